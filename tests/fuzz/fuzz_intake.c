/*
 * fuzz_intake.c - names and types of a submission's entries
 *
 * The same rules hold for archives and folders; here they get entries that no
 * archive library would hand out. An input is a list of entries: a byte for
 * the type, a byte for the size of its content, a name, a NUL.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "intake.h"

static const mode_t modes[] = {
	S_IFREG | 0644, S_IFDIR | 0755,    S_IFLNK | 0777, S_IFIFO | 0644,
	S_IFCHR | 0644, S_IFBLK | 0644,    S_IFSOCK,       S_IFREG | S_ISUID,
	S_IFREG | 0755, S_IFREG | S_ISGID, 0644,           S_IFREG,
};

static const char content[256];

/* One entry; false when nothing more is to be read. */
static bool take(struct intake *intake, struct fuzz_input *input)
{
	mode_t mode = modes[fuzz_byte(input) % (sizeof modes / sizeof *modes)];
	size_t size = fuzz_byte(input);
	AUTO_FREE char *name = fuzz_string(input);
	char path[FILESET_PATH_MAX + 1] = "";
	enum intake_choice choice = intake_entry(intake, name, mode, path);
	struct error err = { 0 };

	CHECK((choice == INTAKE_REJECTED) == !!intake->submission->rejected);
	if (choice == INTAKE_REJECTED)
		return false;
	if (choice == INTAKE_FILE) {
		CHECK(S_ISREG(mode) && !(mode & (S_ISUID | S_ISGID)));
		CHECK(fileset_path_ok(path));
		CHECK(path[0] != '.' || strcmp(path, SUBMISSION_MARKER) == 0);
	}
	if (choice == INTAKE_FILE && intake_bytes(intake, name, size))
		CHECK(intake_add(intake, path, content, size, &err) == 0);
	return !intake->submission->rejected;
}

static void check_no_twins(const struct fileset *set)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t j = 0; j < i; j++)
			CHECK(strcasecmp(set->files[i].path,
					 set->files[j].path) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct submission *submission = calloc(1, sizeof *submission);
	struct intake intake = { .submission = submission };
	struct fuzz_input input = fuzz_input(data, size);

	CHECK(submission);
	while (fuzz_left(&input) > 0 && take(&intake, &input))
		;
	check_no_twins(&intake.files);
	if (submission->rejected)
		fuzz_check_line(submission->rejected);
	for (char **name = submission->ignored; name && *name; name++)
		fuzz_check_line(*name);
	fileset_release(&intake.files);
	submission_free(submission);
	return 0;
}
