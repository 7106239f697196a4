#include "blind_view.h"

#include <stdint.h>
#include <string.h>

#include <assay/cleanup.h>

#include "format_parts.h"
#include "report_parts.h"
#include "text.h"

#define DEPTH_MAX 64 /* of a value; a report's are far below */

struct hiding {
	const struct names *names;
	const char *pseudonym;
};

/* ---- what is left as it is ---- */

/*
 * Where only the harness's and the exercise's own words stand, by path, "*" for
 * each of an array: formats look at them, and the exercise's words are no
 * names. All else is looked through, also what a report gets one day.
 */
static const char *const own_words[] = {
	"exercise",
	"verdict",
	"score",
	"hidden",
	"rubric.*.id",
	"rubric.*.title",
	"rubric.*.marks",
	"ratings.*.rater",
	"submission.rejected.rule",
	"submission.files.*.role",
	"submission.flags.*.kind",
	"build.*.variant",
	"build.*.ended",
	"build.*.resources",
	"build.*.diagnostics.*.kind",
	"build.*.evidence.mechanism",
	"build.*.evidence.unit",
	"tests.*.id",
	"tests.*.title",
	"tests.*.category",
	"tests.*.visibility",
	"tests.*.variant",
	"tests.*.status",
	"tests.*.skipped_for",
	"tests.*.evidence.mechanism",
	"tests.*.evidence.unit",
	"tests.*.resources",
	"tests.*.ended",
	"tests.*.limits",
	"tests.*.questions",
	"tests.*.replay",
	"tests.*.races.*.tool",
	"tests.*.threads.*.frames.*.whose",
	"tests.*.late.*.status",
	"tests.*.late.*.alone",
	"tests.*.late.*.resources",
	"tests.*.late.*.evidence.mechanism",
	"tests.*.late.*.evidence.unit",
	"environment.compiler",
	"environment.isolation.level",
	"environment.limits",
	"timing",
};

static bool is_own(const char *path)
{
	size_t i;

	for (i = 0; i < sizeof own_words / sizeof *own_words; i++)
		if (strcmp(own_words[i], path) == 0)
			return true;
	return false;
}

/* ---- looking through ---- */

static json_t *hide(const struct hiding *hiding, const json_t *value,
		    const char *path, unsigned depth);

static json_t *hide_text(const struct hiding *hiding, const char *text)
{
	AUTO_FREE char *hidden = names_hide(hiding->names, text,
					    hiding->pseudonym);

	return report_text(hidden);
}

/* The schema's keys are no names; those of what a judge compared may be, and
 * those of what the schema does not know yet. */
static bool has_own_keys(const char *path)
{
	static const char *const parts[] = { "submission",  "build",
					     "tests",       "rubric",
					     "environment", "excerpts",
					     "ratings" };
	size_t i;

	if (*path == '\0')
		return true;
	if (strncmp(path, "tests.*.expected", 16) == 0 ||
	    strncmp(path, "tests.*.actual", 14) == 0)
		return false;
	for (i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t size = strlen(parts[i]);

		if (strncmp(path, parts[i], size) == 0 &&
		    (path[size] == '.' || path[size] == '\0'))
			return true;
	}
	return false;
}

static json_t *hide_object(const struct hiding *hiding, const json_t *object,
			   const char *path, unsigned depth)
{
	json_t *hidden = json_object(), *part;
	bool own_keys = has_own_keys(path);
	const char *key;

	ENOUGH(hidden);
	json_object_foreach ((json_t *)(uintptr_t)object, key, part) {
		AUTO_FREE char *below = text_format("%s%s%s", path,
						    *path ? "." : "", key);
		AUTO_FREE char *known = names_hide(hiding->names, key,
						   hiding->pseudonym);

		report_set(hidden, own_keys ? key : known,
			   hide(hiding, part, below, depth + 1));
	}
	return hidden;
}

static json_t *hide_array(const struct hiding *hiding, const json_t *array,
			  const char *path, unsigned depth)
{
	AUTO_FREE char *below = text_format("%s.*", path);
	json_t *hidden = json_array(), *part;
	size_t i;

	ENOUGH(hidden);
	json_array_foreach (array, i, part)
		report_append(hidden, hide(hiding, part, below, depth + 1));
	return hidden;
}

static json_t *hide(const struct hiding *hiding, const json_t *value,
		    const char *path, unsigned depth)
{
	json_t *copy;

	if (depth > DEPTH_MAX)
		return json_null();
	if (!is_own(path)) {
		if (json_is_object(value))
			return hide_object(hiding, value, path, depth);
		if (json_is_array(value))
			return hide_array(hiding, value, path, depth);
		if (json_is_string(value))
			return hide_text(hiding, json_string_value(value));
	}
	copy = json_deep_copy(value);
	ENOUGH(copy);
	return copy;
}

/* ---- what is left out ---- */

static void leave_out(json_t *object, const char *key)
{
	(void)json_object_del(object, key);
}

static void leave_out_digests(json_t *view)
{
	json_t *submission = json_object_get(view, "submission"), *file;
	size_t i;

	leave_out(view, "signature");
	leave_out(view, "verdict_digest");
	leave_out(submission, "digest");
	json_array_foreach (json_object_get(submission, "files"), i, file)
		leave_out(file, "sha256");
}

/* The day is left: midnight. */
static void leave_out_time(json_t *view)
{
	json_t *timing = json_object_get(view, "timing");
	const char *started = format_string(view, "timing.started");

	if (strlen(started) >= sizeof "2026-11-22T" - 1)
		report_set(timing, "started",
			   json_sprintf("%.10sT00:00:00.000Z", started));
}

/* What only who runs the host can use may name an account of it. */
static void leave_out_host(json_t *view)
{
	const json_t *layers = format_value(view,
					    "environment.isolation.layers");
	json_t *layer;
	size_t i;

	json_array_foreach (layers, i, layer)
		if (json_is_object(layer))
			report_set(layer, "remedy", report_text(""));
}

json_t *blind_view(const json_t *view, const struct names *names,
		   const char *pseudonym)
{
	const struct hiding hiding = { names, pseudonym };
	json_t *hidden = hide(&hiding, view, "", 0);
	json_t *submission = json_object_get(hidden, "submission");

	if (!json_is_object(hidden))
		return hidden;
	leave_out_digests(hidden);
	leave_out_time(hidden);
	leave_out_host(hidden);
	if (json_is_object(submission))
		report_set(submission, "id", report_text(pseudonym));
	report_set(hidden, "blinded", json_true());
	return hidden;
}

bool blind_view_is(const json_t *view)
{
	return json_is_true(json_object_get(view, "blinded"));
}

/* ---- learning ---- */

static void learn_tags(struct names *names, const json_t *value, unsigned depth)
{
	const char *key;
	json_t *part;
	size_t i;

	if (depth > DEPTH_MAX)
		return;
	if (json_is_string(value))
		names_add_tags(names, json_string_value(value));
	json_object_foreach ((json_t *)(uintptr_t)value, key, part)
		learn_tags(names, part, depth + 1);
	json_array_foreach (value, i, part)
		learn_tags(names, part, depth + 1);
}

void blind_view_learn(struct names *names, const json_t *report)
{
	static const char *const told[] = { "id", "title", "category",
					    "property", "variant" };
	const json_t *exercise = json_object_get(report, "exercise");
	json_t *test;
	size_t i, j;

	names_except(names, format_string(exercise, "id"));
	names_except(names, format_string(exercise, "title"));
	json_array_foreach (json_object_get(report, "tests"), i, test)
		for (j = 0; j < sizeof told / sizeof *told; j++)
			names_except(names, format_string(test, told[j]));
	names_add_path(names, format_string(report, "submission.id"));
	learn_tags(names, report, 0);
}
