/*
 * fuzz_diagnostics.c - what compilers and linkers print, from sources that
 * want to be quoted
 */
#include "fuzz.h"

#include <string.h>

#include "diagnostics.h"

static void check(const json_t *diagnostic)
{
	const json_t *line = json_object_get(diagnostic, "line");
	const char *kind = json_string_value(
		json_object_get(diagnostic, "kind"));
	const char *message = json_string_value(
		json_object_get(diagnostic, "message"));

	CHECK(kind &&
	      (strcmp(kind, "error") == 0 || strcmp(kind, "warning") == 0 ||
	       strcmp(kind, "note") == 0));
	CHECK(json_is_null(line) || json_integer_value(line) > 0);
	fuzz_check_text(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_auto_t *list = json_array();
	AUTO_FREE char *rest = diagnostics_parse((const char *)data, size,
						 list);
	json_t *diagnostic;
	size_t i;

	CHECK(json_array_size(list) <= DIAGNOSTICS_MAX + 1);
	fuzz_check_json(list);
	json_array_foreach (list, i, diagnostic)
		check(diagnostic);
	if (rest) {
		CHECK(rest[strspn(rest, " \t\r\n")]);
		fuzz_check_text(rest);
	}
	return 0;
}
