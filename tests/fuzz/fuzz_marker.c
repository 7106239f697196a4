/*
 * fuzz_marker.c - .assay.json, which a candidate may have edited
 *
 * Held in a folder that is read as a submission, beside one source file.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "exercise.h"
#include "submission.h"

static const char *folder;
static char marker[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char source[64];

	(void)argc;
	(void)argv;
	folder = fuzz_folder();
	(void)snprintf(marker, sizeof marker, "%s/" SUBMISSION_MARKER, folder);
	(void)snprintf(source, sizeof source, "%s/bq.c", folder);
	fuzz_write(source, "int x;\n", 7);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct submission *submission = NULL;
	struct error err = { 0 };

	fuzz_write(marker, data, size);
	CHECK(submission_read(folder, &submission, &err) == 0);
	CHECK(submission->files.count == 1);
	if (submission->rejected) {
		CHECK(strcmp(submission->rejected_rule, "marker") == 0);
		fuzz_check_line(submission->rejected);
		CHECK(!submission->exercise_id && !submission->language);
	} else {
		CHECK(exercise_id_ok(submission->exercise_id));
		fuzz_check_line(submission->language);
	}
	submission_free(submission);
	return 0;
}
