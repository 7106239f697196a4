/*
 * fuzz_scan.c - a candidate's source, looked through for what a person
 * should see
 *
 * An input is a file's name, a NUL, and its bytes.
 */
#include "fuzz.h"

#include <string.h>

#include "scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	AUTO_FREE char *name = fuzz_string(&input);
	json_auto_t *flags = json_array();
	const char *text = (const char *)input.at;
	unsigned lines = 1;
	struct scan_result scanned;
	bool told = false;
	json_t *flag;
	size_t i;

	/* Names are ASCII by the time that files are looked at. */
	for (char *c = name; *c; c++)
		*c = (char)(*c & 0x7f) < 0x20 ? '_' : (char)(*c & 0x7f);
	size = fuzz_left(&input);
	for (i = 0; i < size; i++)
		lines += text[i] == '\n';
	scan_file(name, text, size, flags);
	scanned = scan_source(name, text, size, flags);
	fuzz_check_json(flags);
	json_array_foreach (flags, i, flag) {
		const json_t *line = json_object_get(flag, "line");
		const char *kind = json_string_value(
			json_object_get(flag, "kind"));

		CHECK(kind);
		CHECK(!line || (json_integer_value(line) >= 1 &&
				json_integer_value(line) <= lines));
		fuzz_check_line(
			json_string_value(json_object_get(flag, "message")));
		told = told || strcmp(kind, "sanitizer-hook") == 0;
	}
	CHECK(scanned.hooks_sanitizer == told);
	/* what hooks a sanitizer is not searched either; all is flagged */
	CHECK(scanned.unsearchable || !told);
	CHECK(!scanned.unsearchable || json_array_size(flags) > 0);
	CHECK(!scanned.unsearchable || (scanned.unsearchable_line >= 1 &&
					scanned.unsearchable_line <= lines));
	free(scanned.unsearchable);
	free(scan_preprocessed(text, size));
	return 0;
}
