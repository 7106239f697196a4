#include "cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "expect.h"
#include "leftovers.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"
#include "text.h"

/* All of this program; cmocka's tests have no argument but their state. */
static struct {
	struct hostile_case *cases;
	struct CMUnitTest *tests;
	size_t count;
	hostile_try try;
	char *mark;
} all;

/* ---- level ---- */

/* The word that "assay doctor" has for this host. */
static char *host_level(void)
{
	struct process process;
	json_auto_t *doctor = NULL;
	char *level;

	process_run(&process, NULL, "assay", "doctor", "--json");
	assert_status(&process, 0);
	doctor = scratch_parse(process.out);
	level = text_format(
		"%s", json_text(json_object_get(doctor, "isolation"), "level"));
	process_release(&process);
	return level;
}

const char *cases_level(void)
{
	static char *level;

	if (!level)
		level = getenv("ASSAY_HOSTILE_LEVEL")
				? text_format("%s",
					      getenv("ASSAY_HOSTILE_LEVEL"))
				: host_level();
	return level;
}

const char *cases_mark(void)
{
	return all.mark;
}

/* ---- loading ---- */

__attribute__((noreturn, format(printf, 1, 2))) static void
broken(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	exit(1);
}

static const char *need_text(const char *file, const json_t *data,
			     const char *key)
{
	const char *text = json_string_value(json_object_get(data, key));

	if (!text || !*text)
		broken("cases/%s.json: a case without \"%s\"", file, key);
	return text;
}

/* Take out of @expect what need not be seen here. */
static void leave_out(const char *file, const json_t *data,
		      const json_t *names, json_t *expect)
{
	json_t *name;
	size_t i;

	json_array_foreach (names, i, name)
		if (json_object_del(expect, json_string_value(name)) < 0)
			broken("cases/%s.json: %s: \"without\" what is not "
			       "expected",
			       file, json_text(data, "name"));
}

/* What is to be seen at the level in hand. */
static json_t *expectation(const char *file, json_t *data)
{
	json_t *expect = json_deep_copy(json_object_get(data, "expect"));
	const json_t *here = json_object_get(json_object_get(data, "at"),
					     cases_level());

	if (!json_is_object(expect) || json_object_size(expect) == 0)
		broken("cases/%s.json: %s: expects nothing", file,
		       json_text(data, "name"));
	if (!here)
		return expect;
	(void)need_text(file, here, "why");
	leave_out(file, data, json_object_get(here, "without"), expect);
	if (json_object_update(expect, json_object_get(here, "expect")) < 0)
		broken("cases/%s.json: %s: \"at\" without \"expect\"", file,
		       json_text(data, "name"));
	return expect;
}

static void add(const char *file, json_t *data)
{
	struct hostile_case *hostile;

	all.cases = reallocarray(all.cases, all.count + 1, sizeof *all.cases);
	CHECK(all.cases);
	hostile = &all.cases[all.count++];
	*hostile = (struct hostile_case){
		.file = text_format("%s", file),
		.name = need_text(file, data, "name"),
		.shows = need_text(file, data, "shows"),
		.data = json_incref(data),
		.expect = expectation(file, data),
	};
}

static void load(const char *file)
{
	AUTO_FREE char *name = text_format("tests/hostile/cases/%s.json", file);
	AUTO_FREE char *path = source_path(name);
	json_error_t error;
	json_auto_t *document = json_load_file(path, JSON_REJECT_DUPLICATES,
					       &error);
	json_t *data;
	size_t i;

	if (!document)
		broken("%s:%d: %s", path, error.line, error.text);
	if (json_array_size(json_object_get(document, "cases")) == 0)
		broken("%s: no cases", path);
	json_array_foreach (json_object_get(document, "cases"), i, data)
		add(file, data);
}

static void refuse_twins(void)
{
	size_t i, j;

	for (i = 0; i < all.count; i++)
		for (j = 0; j < i; j++)
			if (strcmp(all.cases[i].name, all.cases[j].name) == 0 &&
			    strcmp(all.cases[i].file, all.cases[j].file) == 0)
				broken("cases/%s.json: two cases \"%s\"",
				       all.cases[i].file, all.cases[i].name);
}

/* ---- running ---- */

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One line for people, and for tests/tools/test-hostile. */
static void print_line(const struct hostile_case *hostile, const json_t *seen,
		       double seconds, bool good)
{
	AUTO_FREE char *was = expect_line(hostile->expect, seen);
	AUTO_FREE char *wanted = json_dumps(hostile->expect, JSON_COMPACT);

	(void)printf("| %s | %s/%s | %s | %s | %s | %.2f s\n",
		     good ? "ok" : "NOT", hostile->file, hostile->name,
		     hostile->shows, wanted, was, seconds);
	(void)fflush(stdout);
}

static void run_case(void **state)
{
	const struct hostile_case *hostile = *state;
	struct leftovers *before = leftovers_note();
	AUTO_FREE char *complaint = NULL, *left = NULL, *whole = NULL;
	double started = now();
	json_t *seen;

	free(all.mark);
	all.mark = text_format("HOSTILE_MARK=%d-%zu", getpid(),
			       (size_t)(hostile - all.cases));
	seen = all.try(hostile);
	left = leftovers_complaint(before, all.mark);
	complaint = expect_complaint(hostile->expect, seen);
	if (!complaint && json_object_get(seen, "disturbed"))
		complaint = text_format("what came after it was disturbed: %s",
					json_text(seen, "disturbed"));
	print_line(hostile, seen, now() - started, !left && !complaint);
	leftovers_free(before);
	whole = json_dumps(seen, JSON_INDENT(1));
	json_decref(seen);
	if (left)
		fail_msg("%s: %s", hostile->name, left);
	if (complaint)
		fail_msg("%s: %s\n%.6000s", hostile->name, complaint, whole);
}

static bool is_wanted(const struct hostile_case *hostile)
{
	const char *pattern = getenv("HOSTILE_ONLY");

	return !pattern || strcmp(hostile->name, pattern) == 0 ||
	       strcmp(hostile->file, pattern) == 0;
}

int cases_run(const char *group, const char *const *files, hostile_try try,
	      int (*setup)(void **), int (*teardown)(void **))
{
	size_t i, count = 0;
	int failed;

	all.try = try;
	for (; *files; files++)
		load(*files);
	refuse_twins();
	all.tests = calloc(all.count, sizeof *all.tests);
	CHECK(all.tests);
	for (i = 0; i < all.count; i++)
		if (is_wanted(&all.cases[i]))
			all.tests[count++] = (struct CMUnitTest){
				.name = all.cases[i].name,
				.test_func = run_case,
				.initial_state = &all.cases[i],
			};
	(void)printf("level: %s\n", cases_level());
	leftovers_begin();
	failed = _cmocka_run_group_tests(group, all.tests, count, setup,
					 teardown);
	leftovers_end();
	for (i = 0; i < all.count; i++) {
		free(all.cases[i].file);
		json_decref(all.cases[i].data);
		json_decref(all.cases[i].expect);
	}
	free(all.cases);
	free(all.tests);
	free(all.mark);
	return failed;
}
