/*
 * fuzz_patch.c - an author's diff, applied to a file
 *
 * An input is a file's text, a NUL, and the diff.
 */
#include "fuzz.h"

#include <string.h>

#include "patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	AUTO_FREE char *text = fuzz_string(&input);
	AUTO_FREE char *made = NULL;
	size_t made_size = 0;
	struct error err = { 0 };
	int rc;

	size = fuzz_left(&input);
	rc = patch_apply(text, strlen(text), (const char *)input.at, size,
			 &made, &made_size, &err);
	fuzz_check_result(rc < 0 ? rc : 0, &err);
	CHECK(rc < 0 ||
	      (made[made_size] == '\0' && made_size <= strlen(text) + size));
	return 0;
}
