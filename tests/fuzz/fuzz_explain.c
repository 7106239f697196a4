/*
 * fuzz_explain.c - a report on a terminal
 *
 * Most strings of a report are a candidate's or a judge's. Whatever they are,
 * nothing but text comes out, and no line is wider than a terminal's.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "text.h"

static void check(const json_t *report, unsigned columns, bool all)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	CHECK(out);
	explain_report(report, out, columns, false, all);
	explain_next_step(report, out, columns);
	CHECK(fclose(out) == 0);
	CHECK(strlen(text) == size);
	fuzz_check_text(text);
	CHECK(!strchr(text, '\t'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_auto_t *report = json_loadb((const char *)data, size, 0, NULL);

	if (!report)
		return 0;
	check(report, 80, false);
	check(report, 80, true);
	check(report, 0, true);
	check(report, 120, true);
	return 0;
}
