#include "report_view.h"

#include <string.h>

#include <assay/cleanup.h>

#include "report_excerpts.h"
#include "report_parts.h"

static const char *const names[] = {
	[AUDIENCE_CANDIDATE] = "candidate",
	[AUDIENCE_GRADER] = "grader",
	[AUDIENCE_TEAM] = "team",
};

bool audience_parse(const char *name, enum audience *audience)
{
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(names[i], name) == 0) {
			*audience = (enum audience)i;
			return true;
		}
	}
	return false;
}

const char *audience_name(enum audience audience)
{
	return names[audience];
}

/* What a candidate sees of each object, by name: a key that reports get one
 * day is not shown before somebody has thought about it. */
static const char *const submission_keys[] = { "id",    "digest",   "files",
					       "flags", "rejected", NULL };
static const char *const exercise_keys[] = { "id", "version", "title",
					     "language", NULL };
static const char *const score_keys[] = { "status", "points",      "maximum",
					  "cap",    "with_hidden", NULL };
static const char *const build_keys[] = { "variant",     "ok",     "argv",
					  "diagnostics", "output", NULL };
static const char *const evidence_keys[] = { "mechanism", "limit",  "observed",
					     "unit",      "detail", NULL };
static const char *const test_keys[] = { "id",
					 "title",
					 "category",
					 "visibility",
					 "variant",
					 "measured",
					 "status",
					 "points",
					 "maximum",
					 "property",
					 "message",
					 "expected",
					 "actual",
					 "ended",
					 "forbidden_syscall",
					 "threads",
					 "threads_note",
					 "races",
					 "metrics",
					 "traces",
					 "output",
					 "late",
					 "repeat",
					 "seed",
					 "replay",
					 "limits",
					 NULL };
static const char *const resource_keys[] = { "wall_ms",      "user_ms",
					     "system_ms",    "peak_bytes",
					     "output_bytes", NULL };
static const char *const environment_keys[] = { "compiler", "libc", "assay",
						NULL };

static bool is(const json_t *object, const char *key, const char *value)
{
	const char *string = json_string_value(json_object_get(object, key));

	return string && strcmp(string, value) == 0;
}

static json_t *copy_of(const json_t *value)
{
	json_t *copy = json_deep_copy(value);

	ENOUGH(copy);
	return copy;
}

/* Those of @keys that @object has, a copy; null when it is none. */
static json_t *pick(const json_t *object, const char *const *keys)
{
	json_t *picked;

	if (!json_is_object(object))
		return json_null();
	picked = json_object();
	ENOUGH(picked);
	for (; *keys; keys++) {
		const json_t *value = json_object_get(object, *keys);

		if (value)
			report_set(picked, *keys, copy_of(value));
	}
	return picked;
}

static json_t *pick_at(const json_t *object, const char *key,
		       const char *const *keys)
{
	return pick(json_object_get(object, key), keys);
}

/* A test whose visibility is not told is not a candidate's to see. */
static bool is_public(const json_t *test)
{
	return is(test, "visibility", "public");
}

static bool is_public_id(const json_t *tests, const char *id)
{
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test)
		if (is(test, "id", id))
			return is_public(test);
	return false;
}

/* Why it is no pass. A fault of the host's is told by the status alone, and a
 * test that waited for a hidden one does not name it. */
static json_t *candidate_evidence(const json_t *test, bool names_hidden)
{
	json_t *evidence = pick_at(test, "evidence", evidence_keys);

	if (!json_is_object(evidence))
		return evidence;
	if (is(test, "status", "inconclusive"))
		report_set(evidence, "detail", json_null());
	else if (names_hidden)
		report_set(evidence, "detail",
			   report_text("a hidden test did not pass"));
	return evidence;
}

static json_t *candidate_test(const json_t *tests, const json_t *test)
{
	const json_t *skipped_for = json_object_get(test, "skipped_for");
	const char *id = json_string_value(skipped_for);
	bool names_hidden = id && !is_public_id(tests, id);
	json_t *object = pick(test, test_keys);

	report_set(object, "skipped_for",
		   id && !names_hidden ? copy_of(skipped_for) : json_null());
	report_set(object, "evidence", candidate_evidence(test, names_hidden));
	report_set(object, "resources",
		   pick_at(test, "resources", resource_keys));
	return object;
}

static json_t *candidate_tests(const json_t *tests)
{
	json_t *shown = json_array(), *test;
	size_t i;

	ENOUGH(shown);
	json_array_foreach (tests, i, test)
		if (is_public(test))
			report_append(shown, candidate_test(tests, test));
	return shown;
}

static double points_of(const json_t *test, const char *key)
{
	return json_number_value(json_object_get(test, key));
}

static json_t *sum_new(double points, double maximum)
{
	json_t *sum = json_object();

	ENOUGH(sum);
	report_set(sum, "points", report_decimal(points));
	report_set(sum, "maximum", report_decimal(maximum));
	return sum;
}

/* All that is told of hidden tests; null where there were none. */
static json_t *hidden_sum(const json_t *tests)
{
	double points = 0, maximum = 0;
	bool any = false;
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (is_public(test))
			continue;
		any = true;
		points += points_of(test, "points");
		maximum += points_of(test, "maximum");
	}
	return any ? sum_new(points, maximum) : json_null();
}

static json_t *category_of(const json_t *tests, const char *name)
{
	double points = 0, maximum = 0;
	json_t *test, *category;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (!is(test, "category", name))
			continue;
		points += points_of(test, "points");
		maximum += points_of(test, "maximum");
	}
	category = sum_new(points, maximum);
	report_set(category, "category", report_text(name));
	return category;
}

/* The report's categories count hidden tests; these count @tests. */
static json_t *categories_of(const json_t *tests)
{
	json_t *categories = json_array(), *test;
	size_t i, j;

	ENOUGH(categories);
	json_array_foreach (tests, i, test) {
		const char *name = json_string_value(
			json_object_get(test, "category"));

		for (j = 0; name && j < i; j++)
			if (is(json_array_get(tests, j), "category", name))
				break;
		if (name && j == i)
			report_append(categories, category_of(tests, name));
	}
	return categories;
}

static json_t *candidate_builds(const json_t *builds)
{
	json_t *shown = json_array(), *build;
	size_t i;

	ENOUGH(shown);
	json_array_foreach (builds, i, build) {
		json_t *object = pick(build, build_keys);

		if (!json_is_object(object)) {
			json_decref(object);
			continue;
		}
		report_set(object, "evidence",
			   is(json_object_get(build, "evidence"), "mechanism",
			      "harness")
				   ? json_null()
				   : pick_at(build, "evidence", evidence_keys));
		report_append(shown, object);
	}
	return shown;
}

static json_t *candidate_environment(const json_t *environment)
{
	static const char *const level_keys[] = { "level", NULL };
	json_t *object = pick(environment, environment_keys);

	if (json_is_object(object))
		report_set(object, "isolation",
			   pick_at(environment, "isolation", level_keys));
	return object;
}

/* What it says of an inconclusive submission is about the host. */
static json_t *candidate_message(const json_t *report)
{
	const json_t *message = json_object_get(report, "message");

	if (!message ||
	    is(json_object_get(report, "score"), "status", "inconclusive"))
		return json_null();
	return copy_of(message);
}

/* Excerpts are those that what is shown speaks of: another one would tell where
 * a hidden test failed. */
static json_t *candidate_view(const json_t *report)
{
	static const char *const timing_keys[] = { "started", NULL };
	static const char *const top_keys[] = { "report_version", NULL };
	const json_t *tests = json_object_get(report, "tests");
	json_t *view = pick(report, top_keys), *score, *shown;

	if (!json_is_object(view))
		return view;
	shown = candidate_tests(tests);
	score = pick_at(report, "score", score_keys);
	if (json_is_object(score))
		report_set(score, "categories", categories_of(shown));
	report_set(view, "submission",
		   pick_at(report, "submission", submission_keys));
	report_set(view, "exercise",
		   pick_at(report, "exercise", exercise_keys));
	report_set(view, "score", score);
	report_set(view, "hidden", hidden_sum(tests));
	report_set(view, "message", candidate_message(report));
	report_set(view, "build",
		   candidate_builds(json_object_get(report, "build")));
	report_set(view, "tests", shown);
	report_set(
		view, "environment",
		candidate_environment(json_object_get(report, "environment")));
	report_set(view, "timing", pick_at(report, "timing", timing_keys));
	report_set(view, "excerpts",
		   report_excerpts_near(json_object_get(report, "excerpts"),
					view));
	return view;
}

static json_t *team_view(const json_t *report)
{
	json_t *view = copy_of(report), *test, *layer;
	const json_t *layers = json_object_get(
		json_object_get(json_object_get(view, "environment"),
				"isolation"),
		"layers");
	size_t i;

	json_array_foreach (json_object_get(view, "tests"), i, test) {
		if (!json_is_object(test) || is_public(test))
			continue;
		report_set(test, "seed", json_null());
		report_set(test, "replay", json_null());
	}
	json_array_foreach (layers, i, layer)
		if (json_is_object(layer))
			report_set(layer, "remedy", report_text(""));
	return view;
}

json_t *report_view(const json_t *report, enum audience audience)
{
	switch (audience) {
	case AUDIENCE_CANDIDATE:
		return candidate_view(report);
	case AUDIENCE_TEAM:
		return team_view(report);
	case AUDIENCE_GRADER:
		break;
	}
	return copy_of(report);
}

bool report_view_asks(const json_t *view, const json_t *test)
{
	const json_t *questions = json_object_get(test, "questions");
	json_t *other;
	size_t i;

	if (json_array_size(questions) == 0)
		return false;
	json_array_foreach (json_object_get(view, "tests"), i, other) {
		if (other == test)
			return true;
		if (json_equal(json_object_get(other, "questions"), questions))
			return false;
	}
	return true;
}

bool report_view_is_candidates(const json_t *view)
{
	return json_object_get(view, "hidden") != NULL;
}
