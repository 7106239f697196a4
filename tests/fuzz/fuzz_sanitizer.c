/*
 * fuzz_sanitizer.c - a sanitizer's log, which the candidate's program can
 * write into as well
 */
#include "fuzz.h"

#include "sanitizer.h"

static void check_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (text)
		fuzz_check_text(text);
}

static void check_frames(const json_t *stack)
{
	json_t *frame;
	size_t i;

	check_string(stack, "what");
	json_array_foreach (json_object_get(stack, "frames"), i, frame) {
		check_string(frame, "function");
		check_string(frame, "file");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_auto_t *reports = sanitizer_parse((const char *)data, size);
	AUTO_FREE char *summary = sanitizer_summary(reports);
	json_t *report, *stack;
	size_t i, j;

	CHECK(json_is_array(reports));
	CHECK(json_array_size(reports) <= SANITIZER_REPORTS_MAX);
	CHECK(!summary == (json_array_size(reports) == 0));
	fuzz_check_json(reports);
	if (summary)
		fuzz_check_text(summary);
	json_array_foreach (reports, i, report) {
		check_string(report, "kind");
		check_string(report, "file");
		json_array_foreach (json_object_get(report, "stacks"), j, stack)
			check_frames(stack);
	}
	return 0;
}
