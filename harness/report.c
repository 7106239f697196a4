#include "report.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <assay/cleanup.h>

#include "report_excerpts.h"
#include "report_file.h"
#include "report_machine.h"
#include "report_parts.h"
#include "text.h"

/* Points have at most three decimals; more digits would show binary noise. */
#define DIGITS JSON_REAL_PRECISION(15)

void report_append(json_t *array, json_t *value)
{
	CHECK(json_array_append_new(array, value) == 0);
}

void report_set(json_t *object, const char *key, json_t *value)
{
	CHECK(json_object_set_new(object, key, value) == 0);
}

json_t *report_text(const char *text)
{
	AUTO_FREE char *clean = NULL;
	json_t *string;

	if (!text)
		return json_null();
	string = json_string(text);
	if (string)
		return string;
	clean = text_clean(text, strlen(text), SIZE_MAX);
	return json_string(clean);
}

json_t *report_decimal(double number)
{
	json_int_t thousandths = (json_int_t)(number * 1000 + 0.5);

	if (thousandths % 1000 == 0)
		return json_integer(thousandths / 1000);
	return json_real((double)thousandths / 1000);
}

json_t *report_count(uint64_t number)
{
	return json_integer(number > INT64_MAX ? INT64_MAX
					       : (json_int_t)number);
}

json_t *report_ms(uint64_t us)
{
	if (us % 1000 == 0 || us > 1000000000000000)
		return report_count(us / 1000);
	return report_decimal((double)us / 1000);
}

json_t *report_value(json_t *value)
{
	return value ? json_incref(value) : json_null();
}

json_t *report_list(json_t *value)
{
	return value ? json_incref(value) : json_array();
}

/* What was handed in; when it was never sorted out, none of it was built. */
static json_t *files_of(const struct result *result)
{
	const struct fileset *set = &result->submission->files;
	json_t *files;
	size_t i;

	if (result->selection.files)
		return json_incref(result->selection.files);
	files = json_array();
	for (i = 0; i < set->count; i++) {
		json_t *file = json_object();

		report_set(file, "path", report_text(set->files[i].path));
		report_set(file, "sha256", report_text(set->files[i].sha256));
		report_set(file, "size", report_count(set->files[i].size));
		report_set(file, "role", report_text("ignored"));
		report_append(files, file);
	}
	return files;
}

static json_t *submission_part(const struct result *result)
{
	const struct submission *submission = result->submission;
	json_t *object = json_object(), *rejected = json_null();
	char digest[65];

	fileset_digest(&submission->files, digest);
	if (submission->rejected) {
		rejected = json_object();
		report_set(rejected, "rule",
			   report_text(submission->rejected_rule));
		report_set(rejected, "reason",
			   report_text(submission->rejected));
	}
	report_set(object, "id", report_text(submission->id));
	report_set(object, "digest", report_text(digest));
	report_set(object, "files", files_of(result));
	report_set(object, "flags", report_list(result->selection.flags));
	report_set(object, "rejected", rejected);
	return object;
}

static json_t *exercise_part(const struct result *result)
{
	const struct exercise *exercise = result->exercise;
	const struct exercise_language *language = result->selection.language;
	json_t *object;

	if (!exercise)
		return json_null();
	object = json_object();
	report_set(object, "id", report_text(exercise->id));
	report_set(object, "version", report_text(exercise->version));
	report_set(object, "title", report_text(exercise->title));
	report_set(object, "digest", report_text(exercise->digest));
	report_set(object, "language",
		   report_text(language ? language->name : NULL));
	return object;
}

static json_t *category_entry(const struct result *result, const char *category,
			      bool with_measured)
{
	double points = 0, maximum = 0;
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];

		if ((test->test->measured && !with_measured) ||
		    strcmp(test->test->category, category) != 0)
			continue;
		points += test->points;
		maximum += test->test->points;
	}
	report_set(object, "category", report_text(category));
	report_set(object, "points", report_decimal(points));
	report_set(object, "maximum", report_decimal(maximum));
	return object;
}

/* In the order in which the exercise first names them. */
static json_t *categories_part(const struct result *result, bool with_measured)
{
	json_t *categories = json_array();
	size_t i, j;

	for (i = 0; i < result->test_count; i++) {
		const struct exercise_test *test = result->tests[i].test;

		if (test->measured && !with_measured)
			continue;
		for (j = 0; j < i; j++) {
			const struct exercise_test *earlier =
				result->tests[j].test;

			if ((with_measured || !earlier->measured) &&
			    strcmp(earlier->category, test->category) == 0)
				break;
		}
		if (j == i)
			report_append(categories,
				      category_entry(result, test->category,
						     with_measured));
	}
	return categories;
}

static json_t *cap_part(const struct exercise_cap *cap)
{
	json_t *object;

	if (!cap)
		return json_null();
	object = json_object();
	report_set(object, "points", report_count(cap->points));
	report_set(object, "why", report_text(cap->why));
	return object;
}

/* Without control characters, which JSON writers do not all write alike. */
static json_t *violated(const struct test_result *test)
{
	AUTO_FREE char *line = text_line(
		test->run.property ? test->run.property : test->test->property);

	return report_text(line);
}

static json_t *verdict_tests(const struct result *result)
{
	json_t *tests = json_array();
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];
		json_t *object;

		if (test->test->measured)
			continue;
		object = json_object();
		report_set(object, "id", report_text(test->test->id));
		report_set(object, "status",
			   report_text(verdict_name(test->verdict)));
		report_set(object, "points", report_decimal(test->points));
		report_set(object, "maximum", report_count(test->test->points));
		report_set(object, "passed", report_count(test->passed));
		report_set(object, "of", report_count(test->test->repeat));
		if (test->verdict == VERDICT_FAIL)
			report_set(object, "property", violated(test));
		report_append(tests, object);
	}
	return tests;
}

/* The reproducible part: nothing in it may differ from run to run. */
static json_t *verdict_part(const struct result *result,
			    const struct score *score)
{
	json_t *object = json_object();

	report_set(object, "status", report_text(verdict_name(score->verdict)));
	report_set(object, "points", report_decimal(score->verdict_points));
	report_set(object, "maximum", report_decimal(score->verdict_maximum));
	if (score->verdict_cap)
		report_set(object, "cap", cap_part(score->verdict_cap));
	report_set(object, "categories", categories_part(result, false));
	report_set(object, "tests", verdict_tests(result));
	return object;
}

static json_t *score_part(const struct result *result,
			  const struct score *score)
{
	json_t *object = json_object();

	report_set(object, "status",
		   report_text(verdict_name(result->verdict)));
	report_set(object, "points", report_decimal(score->points));
	report_set(object, "maximum", report_decimal(score->maximum));
	report_set(object, "reproducible_points",
		   report_decimal(score->verdict_points));
	report_set(object, "reproducible_maximum",
		   report_decimal(score->verdict_maximum));
	report_set(object, "measured_points",
		   report_decimal(score->measured_points));
	report_set(object, "measured_maximum",
		   report_decimal(score->measured_maximum));
	report_set(object, "undecided", report_decimal(score->undecided));
	report_set(object, "cap", cap_part(result->cap));
	report_set(object, "categories", categories_part(result, true));
	report_set(object, "with_hidden", json_boolean(result->with_hidden));
	return object;
}

static json_t *environment_part(const struct result *result,
				json_t *environment)
{
	json_t *object = json_copy(environment), *limits = json_null();

	CHECK(object);
	if (result->exercise) {
		limits = json_object();
		report_set(limits, "run",
			   report_limits(&result->exercise->limits));
		report_set(limits, "build",
			   report_limits(&result->exercise->build_limits));
	}
	report_set(object, "isolation", report_isolation(&result->isolation));
	report_set(object, "limits", limits);
	report_set(object, "load", report_load(result));
	return object;
}

/* RFC 3339, UTC, with milliseconds. */
static json_t *timestamp(uint64_t since_epoch_ms)
{
	time_t seconds = (time_t)(since_epoch_ms / 1000);
	struct tm utc = { 0 };
	char text[32];

	CHECK(gmtime_r(&seconds, &utc));
	(void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	return json_sprintf("%s.%03uZ", text,
			    (unsigned)(since_epoch_ms % 1000));
}

static json_t *timing_part(const struct result *result)
{
	json_t *object = json_object();

	report_set(object, "started", timestamp(result->started_ms));
	report_set(object, "wall_ms", report_count(result->wall_ms));
	return object;
}

json_t *report_new(const struct result *result, json_t *environment)
{
	json_t *document = json_object(), *verdict;
	struct score score;
	char digest[65];

	result_score(result, &score);
	verdict = verdict_part(result, &score);
	report_verdict_digest(verdict, digest);
	report_set(document, "report_version", json_integer(REPORT_VERSION));
	report_set(document, "submission", submission_part(result));
	report_set(document, "exercise", exercise_part(result));
	report_set(document, "verdict", verdict);
	report_set(document, "verdict_digest", report_text(digest));
	report_set(document, "score", score_part(result, &score));
	report_set(document, "message", report_text(result->message));
	report_set(document, "build", report_builds(result));
	report_set(document, "tests", report_tests(result));
	report_set(document, "rubric",
		   report_list(result->exercise ? result->exercise->rubric
						: NULL));
	report_set(document, "environment",
		   environment_part(result, environment));
	report_set(document, "timing", timing_part(result));
	report_set(document, "excerpts",
		   report_excerpts(document, &result->submission->files));
	return document;
}

void report_verdict_digest(const json_t *verdict, char hex[65])
{
	AUTO_FREE char *canonical = json_dumps(
		verdict, JSON_SORT_KEYS | JSON_COMPACT | DIGITS);
	unsigned char hash[crypto_hash_sha256_BYTES];

	CHECK(canonical);
	(void)crypto_hash_sha256(hash, (const unsigned char *)canonical,
				 strlen(canonical));
	(void)sodium_bin2hex(hex, 65, hash, sizeof hash);
}

char *report_dump(const json_t *document)
{
	AUTO_FREE char *text = json_dumps(document, JSON_INDENT(1) | DIGITS);

	CHECK(text);
	return text_format("%s\n", text);
}

int report_write(const json_t *document, const char *path, struct error *err)
{
	AUTO_FREE char *text = report_dump(document);

	return report_file_replace(path, text, strlen(text), err);
}
