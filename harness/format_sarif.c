/*
 * SARIF 2.1.0: a run for each report.
 *
 * A result is a message of the compiler, an error that a sanitizer found, or a
 * test that failed. What threads did is told as SARIF tells it: a code flow
 * with a thread flow for each of them (format_sarif_flow.c).
 */
#include <assay/cleanup.h>

#include <string.h>

#include "format_parts.h"
#include "format_sarif.h"
#include "report_parts.h"
#include "sanitizer.h"
#include "text.h"
#include "version.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

json_t *sarif_message(const char *text)
{
	json_t *message = json_object();

	ENOUGH(message);
	report_set(message, "text", report_text(text));
	return message;
}

/* A rule's id is made of words; there is one rule for each. */
static char *rule_id(const char *family, const char *name)
{
	char *id = text_format("%s/%s", family, name);
	char *c;

	for (c = id; *c; c++)
		if (*c == ' ')
			*c = '-';
	return id;
}

struct run {
	json_t *rules; /* by id */
	json_t *results;
};

static json_t *result_new(struct run *run, const char *rule, const char *about,
			  const char *level, const char *message)
{
	json_t *result = json_object();

	ENOUGH(result);
	if (!json_object_get(run->rules, rule)) {
		json_t *description = json_object();

		ENOUGH(description);
		report_set(description, "id", report_text(rule));
		report_set(description, "shortDescription",
			   sarif_message(about));
		report_set(run->rules, rule, description);
	}
	report_set(result, "ruleId", report_text(rule));
	report_set(result, "level", report_text(level));
	report_set(result, "message", sarif_message(message));
	report_set(result, "locations", json_array());
	report_append(run->results, result);
	return result;
}

static void add_location(json_t *result, json_t *location)
{
	if (location)
		report_append(json_object_get(result, "locations"), location);
}

/* ---- what the compiler said ---- */

static json_t *place_of(const json_t *diagnostic)
{
	return sarif_location(format_string(diagnostic, "file"),
			      format_number(diagnostic, "line"),
			      format_number(diagnostic, "column"), NULL, NULL);
}

/* A note belongs to what was said before it. */
static void add_note(json_t *result, const json_t *note)
{
	json_t *location = sarif_location(format_string(note, "file"),
					  format_number(note, "line"),
					  format_number(note, "column"), NULL,
					  format_string(note, "message"));
	json_t *related = json_object_get(result, "relatedLocations");

	if (!location)
		return;
	if (!related) {
		related = json_array();
		report_set(result, "relatedLocations", related);
	}
	report_append(related, location);
}

static void add_diagnostics(struct run *run, const json_t *build)
{
	const json_t *diagnostic;
	json_t *last = NULL;
	size_t i;

	json_array_foreach (json_object_get(build, "diagnostics"), i,
			    diagnostic) {
		const char *kind = format_string(diagnostic, "kind");
		const char *option = format_string(diagnostic, "option");
		AUTO_FREE char *rule = rule_id("compiler",
					       *option ? option : kind);

		if (last && strcmp(kind, "note") == 0) {
			add_note(last, diagnostic);
			continue;
		}
		last = result_new(run, rule, *option ? option : kind, kind,
				  format_string(diagnostic, "message"));
		add_location(last, place_of(diagnostic));
	}
}

/* ---- what tests found ---- */

static void add_race(struct run *run, const json_t *test, const json_t *race)
{
	const char *kind = format_string(race, "kind");
	json_auto_t *alone = json_pack("[O]", race);
	AUTO_FREE char *words = sanitizer_summary(alone);
	AUTO_FREE char *rule = rule_id("sanitizer", kind);
	AUTO_FREE char *message = text_format(
		"%s (%s, test %s)", words && *words ? words : kind,
		format_string(race, "tool"), format_string(test, "id"));
	json_t *result = result_new(run, rule, kind, "error", message);
	json_t *flow = sarif_flow_of_stacks(race);

	add_location(result, sarif_location(format_string(race, "file"),
					    format_number(race, "line"), 0,
					    NULL, NULL));
	if (flow)
		report_set(result, "codeFlows", flow);
}

static void add_test(struct run *run, const json_t *view, const json_t *test)
{
	AUTO_FREE char *rule = rule_id("test", format_string(test, "id"));
	AUTO_FREE char *words = format_message(test);
	const char *property = format_string(test, "property");
	AUTO_FREE char *message = text_format(
		"%s: %s", format_string(test, "status"), words);
	json_t *result = result_new(run, rule, *property ? property : rule,
				    "error", message);
	json_t *flows = sarif_flows_of_test(view, test);

	add_location(result, sarif_place_of_test(test));
	if (flows)
		report_set(result, "codeFlows", flows);
}

static void add_tests(struct run *run, const json_t *view)
{
	const json_t *test, *race;
	size_t i, j;

	json_array_foreach (json_object_get(view, "tests"), i, test) {
		json_array_foreach (json_object_get(test, "races"), j, race)
			add_race(run, test, race);
		if (format_outcome(test) == FORMAT_FAILED)
			add_test(run, view, test);
	}
}

/* ---- the run around them ---- */

static json_t *values_of(const json_t *object)
{
	json_t *values = json_array(), *value;
	const char *key;

	json_object_foreach ((json_t *)(uintptr_t)object, key, value)
		report_append(values, json_incref(value));
	return values;
}

static json_t *artifacts_of(const json_t *view)
{
	json_t *artifacts = json_array();
	const json_t *file;
	size_t i;

	json_array_foreach (format_value(view, "submission.files"), i, file) {
		json_t *artifact, *place;
		const char *sha256 = format_string(file, "sha256");

		if (strcmp(format_string(file, "role"), "candidate") != 0)
			continue;
		place = sarif_artifact(format_string(file, "path"));
		if (!place)
			continue;
		artifact = json_object();
		report_set(artifact, "location", place);
		report_set(
			artifact, "length",
			json_integer((json_int_t)format_number(file, "size")));
		if (*sha256)
			report_set(artifact, "hashes",
				   json_pack("{ss}", "sha-256", sha256));
		report_append(artifacts, artifact);
	}
	return artifacts;
}

static json_t *driver_of(const struct run *run)
{
	json_t *driver = json_object();

	report_set(driver, "name", report_text("assay"));
	report_set(driver, "version", report_text(ASSAY_VERSION));
	report_set(driver, "rules", values_of(run->rules));
	return driver;
}

static json_t *invocations_of(const json_t *view)
{
	json_t *invocation = json_object(), *list = json_array();
	const char *started = format_string(view, "timing.started");

	report_set(invocation, "executionSuccessful",
		   json_boolean(strcmp(format_string(view, "score.status"),
				       "inconclusive") != 0));
	if (*started)
		report_set(invocation, "startTimeUtc", report_text(started));
	report_append(list, invocation);
	return list;
}

static json_t *properties_of(const json_t *view)
{
	static const char *const paths[] = { "submission.id",
					     "submission.digest", "exercise.id",
					     "exercise.version",
					     "score.status" };
	json_t *properties = json_object();
	size_t i;

	for (i = 0; i < sizeof paths / sizeof *paths; i++)
		if (*format_string(view, paths[i]))
			report_set(properties, paths[i],
				   report_text(format_string(view, paths[i])));
	report_set(properties, "score.points",
		   report_decimal(format_number(view, "score.points")));
	report_set(properties, "score.maximum",
		   report_decimal(format_number(view, "score.maximum")));
	return properties;
}

/* "EXERCISE/SUBMISSION": what a run is one of. */
static json_t *details_of(const json_t *view)
{
	json_t *details = json_object();
	AUTO_FREE char *id = text_format("%s/%s",
					 format_string(view, "exercise.id"),
					 format_string(view, "submission.id"));

	report_set(details, "id", report_text(id));
	return details;
}

static json_t *bases_of(void)
{
	json_t *bases = json_object(), *base = json_object();

	report_set(base, "description",
		   sarif_message("the folder that was handed in"));
	report_set(bases, SARIF_BASE, base);
	return bases;
}

/* Nothing was compiled or run, and that has a reason. */
static void add_obstacle(struct run *run, const json_t *view)
{
	json_auto_t *obstacle = format_obstacle(view);
	AUTO_FREE char *rule = NULL;

	if (!obstacle)
		return;
	rule = rule_id("submission", format_string(obstacle, "status"));
	(void)result_new(run, rule, format_string(obstacle, "status"), "error",
			 format_string(obstacle, "message"));
}

static void run_of(FILE *out, const json_t *view, size_t number)
{
	struct run run = { .rules = json_object(), .results = json_array() };
	json_t *object = json_object(), *tool = json_object();
	const json_t *build;
	size_t i;

	(void)number;
	ENOUGH(run.rules && run.results && object && tool);
	add_obstacle(&run, view);
	json_array_foreach (json_object_get(view, "build"), i, build)
		add_diagnostics(&run, build);
	add_tests(&run, view);
	report_set(tool, "driver", driver_of(&run));
	report_set(object, "tool", tool);
	report_set(object, "automationDetails", details_of(view));
	report_set(object, "invocations", invocations_of(view));
	report_set(object, "originalUriBaseIds", bases_of());
	report_set(object, "artifacts", artifacts_of(view));
	report_set(object, "results", run.results);
	report_set(object, "properties", properties_of(view));
	json_decref(run.rules);
	format_json(out, object);
}

static void tail(FILE *out, size_t count)
{
	(void)count;
	(void)fputs("\n]}\n", out);
}

const struct format format_sarif = {
	.name = "sarif",
	.suffix = ".sarif",
	.together = true,
	.head = "{\"$schema\":\"" SCHEMA
		"\",\"version\":\"2.1.0\",\"runs\":[\n",
	.between = ",\n",
	.report = run_of,
	.tail = tail,
};
