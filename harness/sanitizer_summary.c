#include <string.h>

#include <assay/cleanup.h>

#include "sanitizer.h"
#include "text.h"

/* "bq.c:30 in bq_put", or what is known of it. */
static char *place_of(json_t *frame)
{
	const char *file = json_string_value(json_object_get(frame, "file"));
	const char *function = json_string_value(
		json_object_get(frame, "function"));
	json_int_t line = json_integer_value(json_object_get(frame, "line"));

	if (!file)
		return text_format("%s", function ? function : "?");
	if (!function)
		return text_format("%s:%lld", file, line);
	return text_format("%s:%lld in %s", file, line, function);
}

/* The candidate's frame where there is one, else the innermost. */
static json_t *best_frame(const json_t *report, size_t stack)
{
	json_t *own = sanitizer_own_frame(report, stack);

	if (own)
		return own;
	return json_array_get(
		json_object_get(
			json_array_get(json_object_get(report, "stacks"),
				       stack),
			"frames"),
		0);
}

static const char *what_of(const json_t *report, size_t stack)
{
	const char *what = json_string_value(json_object_get(
		json_array_get(json_object_get(report, "stacks"), stack),
		"what"));

	return what ? what : "";
}

static char *race_summary(const json_t *report)
{
	json_t *now = best_frame(report, 0), *before = best_frame(report, 1);
	const char *function[2] = {
		json_string_value(json_object_get(now, "function")),
		json_string_value(json_object_get(before, "function")),
	};
	const char *file[2] = {
		json_string_value(json_object_get(now, "file")),
		json_string_value(json_object_get(before, "file")),
	};

	if (!function[0] || !function[1] || !file[0] || !file[1])
		return NULL;
	return text_format(
		"data race: %s %s at %s:%lld what %s %s at %s:%lld",
		function[0],
		strcasestr(what_of(report, 0), "write") ? "writes" : "reads",
		file[0], json_integer_value(json_object_get(now, "line")),
		function[1],
		strcasestr(what_of(report, 1), "write") ? "wrote" : "read",
		file[1], json_integer_value(json_object_get(before, "line")));
}

/* How the second stack of a report belongs to its first. */
static const char *relation(const char *what)
{
	if (strstr(what, "freed by"))
		return ", freed at ";
	if (strstr(what, "allocated by"))
		return ", allocated at ";
	return strstr(what, "while holding") ? " and " : NULL;
}

char *sanitizer_summary(const json_t *reports)
{
	const json_t *report = json_array_get(reports, 0);
	const char *kind = json_string_value(json_object_get(report, "kind"));
	const char *second = relation(what_of(report, 1));
	AUTO_FREE char *first_place = NULL, *second_place = NULL;
	char *race;

	if (!report || !kind)
		return NULL;
	if (strcmp(kind, "data race") == 0) {
		race = race_summary(report);
		if (race)
			return race;
	}
	if (!best_frame(report, 0))
		return text_format("%s", kind);
	first_place = place_of(best_frame(report, 0));
	second_place = place_of(best_frame(report, 1));
	return text_format("%s at %s%s%s", kind, first_place,
			   second && best_frame(report, 1) ? second : "",
			   second && best_frame(report, 1) ? second_place : "");
}
