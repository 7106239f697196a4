/*
 * A batch of which some are graded a second time: how often that is said to
 * differ, what it leaves alone, and when it is done again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "report.h"
#include "scratch.h"
#include "text.h"

#define BATCH "--exercise", COUNTER, "ada", "bob", "cy"
#define TWO_SAME                                                         \
	"0 of 2 graded twice differ: fewer than 77.6 % flaky with 95 % " \
	"confidence\n"

/* Made once: submissions, graded in "out", two of them twice. Each test leaves
 * it so but the last, which has the third graded twice as well. */
static struct counter_home home;

#define RUN(process, ...) COUNTER_RUN(process, home, __VA_ARGS__)

/* It says @words on standard output. */
#define SAYS(words, ...)                                               \
	do {                                                           \
		struct process process_;                               \
                                                                       \
		RUN(&process_, __VA_ARGS__);                           \
		assert_status(&process_, 0);                           \
		if (!strstr(process_.out, (words)))                    \
			fail_msg("not '%s': %s", words, process_.out); \
		process_release(&process_);                            \
	} while (0)

static int set_up(void **state)
{
	(void)state;
	counter_home_make(&home);
	counter_submission(home.folder, "ada", COUNTER_RIGHT);
	counter_submission(home.folder, "bob", COUNTER_WRONG);
	counter_submission(home.folder, "cy", "abort();");
	/* one of 50 is none of three */
	SAYS("nothing was graded twice", "grade", "--quiet", "--out", "out",
	     BATCH);
	SAYS(TWO_SAME, "grade", "--quiet", "--audit", "2", "--resume", "--out",
	     "out", BATCH);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	counter_home_remove(&home);
	return 0;
}

/* How many lines of this type the journal of @out has. */
static unsigned lines(const char *out, const char *type)
{
	AUTO_FREE char *name = text_format("%s/journal.jsonl", out);
	AUTO_FREE char *text = scratch_read(home.folder, name);
	AUTO_FREE char *start = text_format("{\"type\":\"%s\",", type);
	const char *at = text;
	unsigned count = 0;

	while ((at = strstr(at, start))) {
		at++;
		count++;
	}
	return count;
}

static void test_audit__is_a_line_and_counts_nowhere_else(void **state)
{
	json_auto_t *summary = scratch_json(home.folder, "out/summary.json");
	const json_t *audit = json_object_get(summary, "audit");

	(void)state;
	assert_int_equal(lines("out", "audit"), 2);
	assert_int_equal(lines("out", "graded"), 3);
	assert_int_equal(json_value(audit, "graded_twice"), 2);
	assert_int_equal(
		json_array_size(json_object_get(summary, "submissions")), 3);
	SAYS("bob.json: fine\n", "report", "--verify", "out");
}

static void test_audit__done_is_not_done_again(void **state)
{
	(void)state;
	SAYS(TWO_SAME, "grade", "--quiet", "--audit", "2", "--resume", "--out",
	     "out", BATCH);
	assert_int_equal(lines("out", "audit"), 2);
}

/* As a kill leaves it. */
static void test_audit__cut_off_is_done_again(void **state)
{
	AUTO_FREE char *text = scratch_read(home.folder, "out/journal.jsonl");
	char *cut = strstr(text, "{\"type\":\"audit\"");

	(void)state;
	assert_non_null(cut);
	cut[20] = '\0'; /* in the middle of the first */
	free(scratch_write(home.folder, "out/journal.jsonl", text));
	SAYS(TWO_SAME, "grade", "--quiet", "--audit", "2", "--resume", "--out",
	     "out", BATCH);
	assert_int_equal(lines("out", "audit"), 2);
	assert_int_equal(lines("out", "graded"), 3);
}

/* In a text, the only @was becomes @is, of the same length. */
static void put_over(char *text, const char *was, const char *is)
{
	char *at = strstr(text, was);

	assert_non_null(at);
	assert_int_equal(strlen(was), strlen(is));
	memcpy(at, is, strlen(is));
}

/* N is of all shards, so merged they say what one machine says. */
static void test_audit__of_shards_add_up(void **state)
{
	AUTO_FREE char *whole = scratch_read(home.folder, "out/summary.json");
	AUTO_FREE char *merged = NULL;

	(void)state;
	SAYS("0 of 1 ", "grade", "--quiet", "--audit", "2", "--out", "s1",
	     "--shard", "1/2", BATCH);
	SAYS("0 of 1 ", "grade", "--quiet", "--audit", "2", "--out", "s2",
	     "--shard", "2/2", BATCH);
	SAYS(TWO_SAME, "report", "--merge", "s1", "s2", "--out", "merged");
	merged = scratch_read(home.folder, "merged/summary.json");
	assert_string_equal(whole, merged);
}

/* The one of three that was not graded twice yet. */
static const char *left(void)
{
	static const char *const ids[] = { "ada", "bob", "cy" };
	AUTO_FREE char *text = scratch_read(home.folder, "out/journal.jsonl");
	size_t i;

	for (i = 0; i < sizeof ids / sizeof *ids; i++) {
		AUTO_FREE char *start = text_format(
			"{\"type\":\"audit\",\"id\":\"%s\"", ids[i]);

		if (!strstr(text, start))
			return ids[i];
	}
	fail_msg("all were");
	return NULL;
}

/* As if its first grading had been another one: its report, and the digest in
 * the journal beside it. Returns the id of the test; free() it. */
static char *forge(const char *id)
{
	AUTO_FREE char *name = text_format("out/reports/%s.json", id);
	AUTO_FREE char *journal = scratch_read(home.folder,
					       "out/journal.jsonl");
	json_auto_t *report = scratch_json(home.folder, name);
	json_t *verdict = json_object_get(report, "verdict");
	json_t *test = json_array_get(json_object_get(verdict, "tests"), 0);
	AUTO_FREE char *was = text_format("%s",
					  json_text(report, "verdict_digest"));
	AUTO_FREE char *text = NULL;
	char digest[65];

	(void)json_object_set_new(test, "status", json_string("skipped"));
	report_verdict_digest(verdict, digest);
	(void)json_object_set_new(report, "verdict_digest",
				  json_string(digest));
	text = report_dump(report);
	free(scratch_write(home.folder, name, text));
	put_over(journal, was, digest);
	free(scratch_write(home.folder, "out/journal.jsonl", journal));
	return text_format("%s", json_text(test, "id"));
}

static void test_audit__that_differs_is_named_with_its_tests(void **state)
{
	const char *id = left();
	AUTO_FREE char *test = forge(id);
	AUTO_FREE char *words = text_format(
		"1 of 3 graded twice differ: fewer than 86.5 %% flaky with 95 "
		"%% confidence\n    %s: %s\n",
		id, test);

	(void)state;
	SAYS(words, "grade", "--quiet", "--audit", "3", "--resume", "--out",
	     "out", BATCH);
}

/* In @folder, written by "report --format html" with @option. */
static char *index_with(const char *folder, const char *option)
{
	AUTO_FREE char *name = text_format("%s/index.html", folder);
	struct process process;

	RUN(&process, "report", "--format", "html", "out", "-o", folder,
	    option);
	assert_status(&process, 0);
	process_release(&process);
	return scratch_read(home.folder, name);
}

/* After the test before this one. */
static void test_audit__is_in_the_index(void **state)
{
	AUTO_FREE char *index = index_with("site", "--all");
	AUTO_FREE char *blind = index_with("blind", "--blind");
	const char *at = strstr(index, "1 of 3 graded twice differ: fewer");

	(void)state;
	assert_non_null(at);
	assert_non_null(strstr(at, "<li><a href=\"reports/"));
	at = strstr(blind, "1 of 3 graded twice differ: fewer");
	assert_non_null(at);
	assert_non_null(strstr(at, "<li><a href=\"reports/candidate-"));
}

static void test_audit__wants_a_number(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "grade", "--audit", "all", "--out", "x", "ada");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "--audit: bad value 'all'"));
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit__is_a_line_and_counts_nowhere_else),
		cmocka_unit_test(test_audit__done_is_not_done_again),
		cmocka_unit_test(test_audit__cut_off_is_done_again),
		cmocka_unit_test(test_audit__of_shards_add_up),
		cmocka_unit_test(
			test_audit__that_differs_is_named_with_its_tests),
		cmocka_unit_test(test_audit__is_in_the_index),
		cmocka_unit_test(test_audit__wants_a_number),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
