/*
 * fuzz_submission.c - an archive that a candidate handed in, with its marker
 *
 * Nothing but plain files within the bounds may come out, and every refusal
 * is one line with the name of a rule.
 */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exercise.h"
#include "submission.h"

static void check_rejected(const struct submission *submission)
{
	const char *c = submission->rejected_rule;

	CHECK(c && *c);
	for (; *c; c++)
		CHECK(islower((unsigned char)*c) || *c == '-');
	CHECK(*submission->rejected);
	fuzz_check_line(submission->rejected);
}

static void check_files(const struct submission *submission)
{
	const struct fileset *set = &submission->files;
	uint64_t bytes = 0;

	CHECK(set->count <= FILESET_FILES_MAX);
	for (size_t i = 0; i < set->count; i++) {
		const struct file *file = &set->files[i];

		CHECK(fileset_path_ok(file->path));
		CHECK(strcmp(file->path, SUBMISSION_MARKER) != 0);
		CHECK(!file->executable);
		CHECK(i == 0 || strcmp(set->files[i - 1].path, file->path) < 0);
		CHECK(fileset_find(set, file->path) == file);
		bytes += file->size;
	}
	CHECK(bytes <= SUBMISSION_BYTES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_CLOSE int fd = fuzz_file(data, size);
	struct submission *submission = NULL;
	struct error err = { 0 };
	char path[64];
	int rc;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	rc = submission_read(path, &submission, &err);
	fuzz_check_result(rc, &err);
	if (rc < 0) {
		CHECK(rc == -EINVAL);
		return 0;
	}
	check_files(submission);
	if (submission->rejected)
		check_rejected(submission);
	if (submission->exercise_id)
		CHECK(exercise_id_ok(submission->exercise_id));
	for (char **name = submission->ignored; name && *name; name++)
		fuzz_check_line(*name);
	submission_free(submission);
	return 0;
}
