#include "graded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "cases.h"
#include "handed_in.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"
#include "text.h"

#define EXERCISE "hostile/counter"
#define CANARY "CANARY-of-the-hidden-test"
#define HONEST "zz-honest" /* the case's own name comes before */

/* Made once: the exercise with what it needs, and an honest verdict. */
static struct {
	char *folder;
	char *exercises; /* "ASSAY_EXERCISES=..." */
	char *reports;   /* a copy of each one so far */
	char *digest;    /* of the honest submission alone */
	unsigned count;  /* of reports */
} home;

static void put(json_t *seen, const char *key, json_t *value)
{
	CHECK(json_object_set_new(seen, key, value) == 0);
}

static void put_text(json_t *seen, const char *key, const char *text)
{
	AUTO_FREE char *clean = text_clean(text, strlen(text), 1 << 20);

	put(seen, key, json_string(clean));
}

/* The first complaint stays. */
__attribute__((format(printf, 2, 3))) static void
disturb(json_t *seen, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	va_list args;

	if (json_object_get(seen, "disturbed"))
		return;
	va_start(args, format);
	CHECK(vasprintf(&text, format, args) >= 0);
	va_end(args);
	put_text(seen, "disturbed", text);
}

/* ---- running ---- */

static void grade(struct process *process, const char *scratch,
		  const char *first, const char *second)
{
	AUTO_FREE char *secret = scratch_path(home.folder, "secret");
	const struct process_options options = {
		.folder = scratch,
		.env = { home.exercises, cases_mark() },
	};
	const char *argv[] = { "assay",  "grade", "--exercise", EXERCISE,
			       "--jobs", "1",     "--hidden",   secret,
			       "--out",  "out",   first,        second,
			       NULL };

	process_start(process, argv, &options);
	process_wait(process);
}

static int setup(void **state)
{
	AUTO_FREE char *kit = source_path("exercises/kit");
	AUTO_FREE char *include = source_path("include");
	AUTO_FREE char *exercise = source_path("tests/hostile/exercise");
	AUTO_FREE char *to_kit = NULL, *to_include = NULL, *to = NULL;
	AUTO_FREE char *honest = NULL;
	json_auto_t *report = NULL;
	struct process process;

	(void)state;
	home.folder = scratch_new();
	to_kit = scratch_path(home.folder, "exercises/kit");
	to_include = scratch_path(home.folder, "include");
	to = scratch_path(home.folder, "exercises/" EXERCISE);
	honest = scratch_path(home.folder, HONEST);
	home.reports = scratch_path(home.folder, "reports");
	home.exercises = text_format("ASSAY_EXERCISES=%s/exercises",
				     home.folder);
	scratch_copy(kit, to_kit);
	scratch_copy(include, to_include);
	scratch_copy(exercise, to);
	assert_int_equal(mkdir(home.reports, 0755), 0);
	handed_in_honestly(honest);
	grade(&process, home.folder, HONEST, NULL);
	assert_status(&process, 0);
	process_release(&process);
	report = scratch_json(home.folder, "out/reports/" HONEST ".json");
	assert_string_equal(
		json_text(json_object_get(report, "score"), "status"), "pass");
	home.digest = text_format("%s", json_text(report, "verdict_digest"));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(home.exercises);
	free(home.reports);
	free(home.digest);
	scratch_remove(home.folder);
	return 0;
}

/* ---- what no case may bring about ---- */

/* The first character that a terminal would obey instead of show, or 0. */
static uint32_t control_in(const char *text, size_t size)
{
	uint32_t code;
	size_t at;

	for (at = 0; at < size;) {
		if (text[at] == '\0')
			return 0x2400; /* its picture; 0 is none */
		at += text_decode(text + at, size - at, &code);
		if ((code < 0x20 && code != '\n' && code != '\t') ||
		    (code >= 0x7f && code < 0xa0) ||
		    (code >= 0x202a && code <= 0x202e) ||
		    (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
		    code == 0x200f || code == 0x061c || code == 0xfeff)
			return code;
	}
	return 0;
}

static void look_at_terminal(json_t *seen, const char *what, const char *text)
{
	uint32_t code = control_in(text, strlen(text));

	if (code)
		disturb(seen, "%s has the control character U+%04X", what,
			code);
	if (strstr(text, CANARY))
		disturb(seen, "%s has words of the hidden test", what);
}

/* Cells as RFC 4180 has them; a spreadsheet computes what starts like this. */
static void look_at_csv(json_t *seen, const char *text)
{
	bool quoted = false, start = true;
	AUTO_FREE char *lines = text_format("%s", text);
	char *end;
	const char *at;

	/* each line ends in both, as RFC 4180 has it */
	for (end = lines; (end = strstr(end, "\r\n"));)
		memmove(end, end + 1, strlen(end));
	for (at = lines; *at; at++) {
		if (start && *at == '"') {
			quoted = true;
			continue;
		}
		if (start && strchr("=+-@\t\r", *at))
			disturb(seen,
				"summary.csv has a cell with a formula: "
				"%.40s",
				at);
		start = false;
		if (quoted && *at == '"' && at[1] == '"')
			at++;
		else if (*at == '"')
			quoted = false;
		else if (!quoted)
			start = *at == ',' || *at == '\n';
	}
	look_at_terminal(seen, "summary.csv", lines);
}

/* Only what there ought to be in the folder with the results. */
static void look_at_folder(json_t *seen, const char *scratch)
{
	static const char *const known[] = { ".",
					     "..",
					     "reports",
					     "journal.jsonl",
					     "summary.json",
					     "summary.csv" };
	AUTO_FREE char *out = scratch_path(scratch, "out");
	DIR *folder = opendir(out);
	struct dirent *entry;
	bool fine;
	size_t i;

	while (folder && (entry = readdir(folder))) {
		for (fine = false, i = 0; i < sizeof known / sizeof *known; i++)
			fine = fine || strcmp(known[i], entry->d_name) == 0;
		if (!fine)
			disturb(seen, "%s was left in the results",
				entry->d_name);
	}
	if (folder)
		(void)closedir(folder);
}

static void look_at_honest(json_t *seen, const char *scratch)
{
	json_auto_t *report = scratch_json(scratch,
					   "out/reports/" HONEST ".json");
	AUTO_FREE char *text = NULL;

	if (strcmp(json_text(report, "verdict_digest"), home.digest) == 0)
		return;
	text = json_dumps(json_object_get(report, "verdict"), JSON_COMPACT);
	disturb(seen, "the honest submission's verdict is another: %.1500s",
		text);
}

/* ---- what is seen of a case ---- */

static void tell_flags(json_t *seen, const json_t *report)
{
	json_t *kinds = json_array(), *flag;
	size_t i;

	json_array_foreach (
		json_object_get(json_object_get(report, "submission"), "flags"),
		i, flag)
		CHECK(json_array_append(kinds, json_object_get(flag, "kind")) ==
		      0);
	put(seen, "flags", kinds);
}

static void tell_tests(json_t *seen, const json_t *report)
{
	json_t *tests = json_object(), *evidence = json_object(), *test;
	const char *id;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test) {
		id = json_text(test, "id");
		CHECK(json_object_set(tests, id,
				      json_object_get(test, "status")) == 0);
		CHECK(json_object_set(evidence, id,
				      json_object_get(test, "evidence")) == 0);
	}
	put(seen, "tests", tests);
	put(seen, "evidence", evidence);
}

/* How the last build that was tried ended. */
static void tell_build(json_t *seen, const json_t *report)
{
	const json_t *builds = json_object_get(report, "build");
	const json_t *last = json_array_get(builds,
					    json_array_size(builds) - 1);
	AUTO_FREE char *text = NULL;

	if (!last)
		return;
	text = json_dumps(last, JSON_COMPACT);
	CHECK(text);
	put_text(seen, "build", text);
	put(seen, "diagnostics",
	    json_integer((json_int_t)json_array_size(
		    json_object_get(last, "diagnostics"))));
}

static void tell_report(json_t *seen, const char *text)
{
	json_auto_t *report = scratch_parse(text);
	const json_t *score = json_object_get(report, "score");
	const json_t *rejected = json_object_get(
		json_object_get(report, "submission"), "rejected");

	put_text(seen, "report", text);
	put_text(seen, "message", json_text(report, "message"));
	put_text(seen, "status", json_text(score, "status"));
	put_text(seen, "rule", json_text(rejected, "rule"));
	put(seen, "points", json_real(json_value(score, "points")));
	put(seen, "report_bytes", json_integer((json_int_t)strlen(text)));
	tell_flags(seen, report);
	tell_tests(seen, report);
	tell_build(seen, report);
	if (strstr(text, CANARY))
		disturb(seen, "the report has words of the hidden test");
}

/* The report that is not the honest one's; NULL when there is none. */
static char *report_name(const char *scratch)
{
	AUTO_FREE char *path = scratch_path(scratch, "out/reports");
	DIR *folder = opendir(path);
	struct dirent *entry;
	char *name = NULL;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' &&
		    strcmp(entry->d_name, HONEST ".json") != 0) {
			free(name);
			name = text_format("%s", entry->d_name);
		}
	if (folder)
		(void)closedir(folder);
	return name;
}

/* For the schema, later. */
static void keep_report(const char *scratch, const char *name)
{
	AUTO_FREE char *from = text_format("%s/out/reports/%s", scratch, name);
	AUTO_FREE char *to = text_format("%s/%u.json", home.reports,
					 home.count++);

	if (rename(from, to) < 0)
		fail_msg("%s cannot be moved to %s", from, to);
}

static void tell_outcome(json_t *seen, const char *scratch,
			 const struct process *process)
{
	AUTO_FREE char *csv = NULL, *name = NULL, *text = NULL, *path = NULL;

	put(seen, "exit_status", json_integer(process->status));
	put_text(seen, "table", process->out);
	put_text(seen, "errors", process->err);
	look_at_terminal(seen, "standard output", process->out);
	look_at_terminal(seen, "standard error", process->err);
	look_at_honest(seen, scratch);
	if (process->status == 2)
		return; /* no submission at all: one line says why */
	csv = scratch_read(scratch, "out/summary.csv");
	look_at_csv(seen, csv);
	look_at_folder(seen, scratch);
	name = report_name(scratch);
	if (!name) {
		disturb(seen, "there is no report");
		return;
	}
	put_text(seen, "report_name", name);
	path = text_format("out/reports/%s", name);
	text = scratch_read(scratch, path);
	tell_report(seen, text);
	keep_report(scratch, name);
}

static void check(json_t *seen, const char *path)
{
	const struct process_options options = {
		.env = { home.exercises, cases_mark() },
	};
	struct process process;

	process_run(&process, &options, "assay", "check", path, "--exercise",
		    EXERCISE, "--debug");
	put(seen, "check_status", json_integer(process.status));
	put_text(seen, "words", process.out);
	look_at_terminal(seen, "assay check", process.out);
	look_at_terminal(seen, "assay check", process.err);
	process_release(&process);
}

static json_t *validate(void)
{
	static const char script[] =
		"import glob, json, sys, jsonschema\n"
		"schema = json.load(open(sys.argv[1]))\n"
		"validator = jsonschema.Draft202012Validator(schema)\n"
		"for path in glob.glob(sys.argv[2] + '/*.json'):\n"
		"    text = open(path, 'rb').read().decode('utf-8', 'strict')\n"
		"    validator.validate(json.loads(text))\n";
	AUTO_FREE char *schema = source_path(
		"harness/schema/report.schema.json");
	json_t *seen = json_object();
	struct process process;

	process_run(&process, NULL, "/usr/bin/python3", "-c", script, schema,
		    home.reports);
	put(seen, "reports", json_integer(home.count));
	put(seen, "valid", json_boolean(process.status == 0));
	put_text(seen, "errors", process.err);
	process_release(&process);
	return seen;
}

static json_t *try_case(const struct hostile_case *hostile)
{
	AUTO_FREE char *path = NULL, *honest = NULL;
	struct process process;
	char *scratch;
	json_t *seen;

	if (json_object_get(hostile->data, "validate"))
		return validate();
	seen = json_object();
	scratch = scratch_new();
	path = handed_in(hostile, scratch);
	honest = scratch_path(scratch, HONEST);
	handed_in_honestly(honest);
	grade(&process, scratch, path, HONEST);
	tell_outcome(seen, scratch, &process);
	process_release(&process);
	if (json_object_get(hostile->data, "check"))
		check(seen, path);
	scratch_remove(scratch);
	return seen;
}

int graded_run(const char *group, const char *const *files)
{
	return cases_run(group, files, try_case, setup, teardown);
}
