/*
 * taken.c - see taken.h
 */
#include "taken.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct submission *take_in(const char *path)
{
	struct submission *submission = NULL;
	struct error err;

	if (submission_read(path, &submission, &err) < 0)
		fail_msg("%s", err.text);
	return submission;
}

void assert_rejected(const char *path, const char *rule, const char *part)
{
	struct submission *submission = take_in(path);

	if (!submission->rejected)
		fail_msg("%s: expected %s, taken in", path, rule);
	if (strcmp(submission->rejected_rule, rule) != 0 ||
	    !strstr(submission->rejected, part))
		fail_msg("%s: expected %s and \"%s\", not %s: %s", path, rule,
			 part, submission->rejected_rule, submission->rejected);
	for (const char *c = submission->rejected; *c; c++)
		assert_false((unsigned char)*c < 0x20);
	submission_free(submission);
}

void assert_taken(const char *path, const char *const *names)
{
	struct submission *submission = take_in(path);
	size_t count = 0;

	if (submission->rejected)
		fail_msg("%s: %s", path, submission->rejected);
	for (; names[count]; count++)
		if (!fileset_find(&submission->files, names[count]))
			fail_msg("%s: no %s", path, names[count]);
	assert_int_equal(submission->files.count, count);
	submission_free(submission);
}
