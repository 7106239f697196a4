/*
 * format_parts.h - what the formats do the same way
 */
#ifndef ASSAY_FORMAT_PARTS_H
#define ASSAY_FORMAT_PARTS_H

#include <stdbool.h>

#include "format.h"

extern const struct format format_junit, format_ctrf, format_sarif,
	format_gradescope, format_tap, format_csv, format_html;

/** What of a view stands at the keys of @path, "a.b": "" and 0 for nothing. */
const char *format_string(const json_t *view, const char *path);
double format_number(const json_t *view, const char *path);
const json_t *format_value(const json_t *view, const char *path);

/** What programs that run tests know of a test. */
enum format_outcome {
	FORMAT_PASSED,
	FORMAT_FAILED,
	FORMAT_SKIPPED,
	FORMAT_BROKEN, /* inconclusive: neither, and nobody's fault */
};

enum format_outcome format_outcome(const json_t *test);

/** What came of it in one line, "" where there is nothing to say. free() it. */
char *format_message(const json_t *test);

/** All that "assay check" would say of the test, in lines. free() it. */
char *format_story(const json_t *test);

/**
 * Why there was nothing to test, as a test: "id", "status", "message", and
 * "story" in lines. NULL where there was something.
 */
json_t *format_obstacle(const json_t *view);

/** When the submission was begun, in ms since the epoch; 0 if not told. */
json_int_t format_started_ms(const json_t *view);

/** Points as people write them: "12.5". free() it. */
char *format_points(const json_t *view, const char *path);

/** @value as JSON on one line; it is given up. */
void format_json(FILE *out, json_t *value);

/** A tail of nothing. */
void format_no_tail(FILE *out, size_t count);

#endif
