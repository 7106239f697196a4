#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explain.h"
#include "result_fixture.h"
#include "text.h"
#include "thread_story.h"
#include "threads_fixture.h"

/* Nothing in what a candidate controls may come out as one of these. */
#define EVIL              \
	"evil\x1b[2J\x9b" \
	"\u202e\u2066\xff\b"

static char *explained_at(const json_t *report, unsigned columns, bool colour)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	explain_report(report, out, columns, colour, false);
	explain_next_step(report, out, columns);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *explained(const json_t *report, bool colour)
{
	return explained_at(report, 80, colour);
}

static char *explain(struct fixture *fixture)
{
	json_auto_t *report = fixture_report(fixture);

	return explained(report, false);
}

static void assert_says(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("does not say \"%s\":\n%s", words, text);
}

static void assert_harmless(const char *text)
{
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		AUTO_FREE char *clean = text_line(line);

		assert_string_equal(line, clean);
		assert_true(text_columns(line) <= 80);
	}
}

static void test_explain__a_pass_is_short_and_leads_to_pack(void **state)
{
	AUTO_FREE char *text = explain(*state);

	assert_says(text, "message-queue/bounded-queue 1.0.0: Bounded queue\n"
			  "pass: 100 of 100 points\n");
	assert_says(text, "  PASS  sequential");
	assert_says(text, "   10/10    0.12 s\n");
	assert_says(text, "assay pack");
	assert_harmless(text);
}

static void
test_explain__a_failure_says_what_why_and_how_to_see_it_again(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run =
		&fixture->result->tests[FIXTURE_TWO_PRODUCERS].run;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_FAIL);
	fixture->result->tests[FIXTURE_TWO_PRODUCERS].passed = 2;
	run->property = strdup("Nothing is lost.");
	run->message = strdup("3 of 10 values never came out of the queue, "
			      "which nobody emptied on the way to here.");
	run->expected = json_pack("[iii]", 1, 2, 3);
	run->actual = json_string("1 2");
	run->traces = json_pack("[{s:s, s:[ss]}]", "title", "smallest history",
				"lines", "T1 put(1)", "T2 get() -> 2");
	run->output = strdup("a\nb\nlast words\n\n");
	text = explain(fixture);
	assert_says(text, "FAIL  two-producers");
	assert_says(text, "property  Nothing is lost.\n");
	assert_says(text, "message   3 of 10 values never came out of the "
			  "queue, which nobody\n"
			  "                  emptied on the way to here.\n");
	assert_says(text, "2 of 3 passed");
	assert_says(text, "smallest history\n          T1 put(1)\n");
	assert_says(text, "expected  [1, 2, 3]\n");
	assert_says(text, "actual    1 2\n");
	assert_says(text, "last words\n");
	assert_says(text, "assay check --test two-producers --seed "
			  "9007199254740991");
	assert_says(text, "Next: assay check --test two-producers");
	assert_harmless(text);
}

static void test_explain__endings_are_told_with_limit_and_signal(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_CRASH);
	fixture_end(fixture, FIXTURE_TWO_PRODUCERS, VERDICT_MEMORY_LIMIT);
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FORBIDDEN_SYSCALL);
	fixture_end(fixture, FIXTURE_THROUGHPUT, VERDICT_WALL_LIMIT);
	text = explain(fixture);
	assert_says(text, "signal 11 (SIGSEGV) (waitid)");
	assert_says(text, "64 MiB of 64 MiB allowed (cgroup memory)");
	assert_says(text, "5000.456 ms of 5000 ms allowed (timerfd)");
	assert_null(strstr(text, "at most")); /* 0 points: nothing to bound */
	assert_says(text, "refused   ptrace(0x10, 0x1, 0xffffffffffffffff");
	assert_harmless(text);
}

static void test_explain__a_hang_says_where_each_thread_is(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_DEADLOCK);
	run->message = strdup("nothing moves");
	run->threads = threads_told(threads_abba());
	run->threads_note = strdup("3 of 90 threads are told");
	text = explain(fixture);
	assert_says(text, "DEADLOCK  sequential");
	assert_says(text, "message   nothing moves\n");
	assert_says(
		text,
		"where     thread 2 and thread 3 wait for each other:\n"
		"                  thread 2 waits in bq_put, bq.c:41, for a "
		"mutex that thread 3\n"
		"                  holds, taken at bq.c:63\n"
		"                  thread 3 waits in bq_take, bq.c:72, for a "
		"mutex that thread 2\n"
		"                  holds, taken at bq.c:30\n"
		"                  1 more thread waits for the test\n"
		"        threads   3 of 90 threads are told\n");
	assert_harmless(text);
}

/* What a verdict without a judge's words says for itself is this story. */
static void test_explain__a_story_is_not_told_twice(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	json_auto_t *story = NULL;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_WALL_LIMIT);
	run->threads = threads_told(threads_abba());
	story = thread_story(run->threads, NULL, NULL);
	run->message = thread_story_paragraph(story);
	text = explain(fixture);
	assert_null(strstr(text, "message  "));
	assert_says(text, "where     thread 2 and thread 3 wait");
	assert_harmless(text);
}

static void test_explain__threads_cannot_harm_a_terminal(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	struct box_threads *threads = threads_abba();
	AUTO_FREE char *text = NULL;

	memcpy(threads->thread[1].name, "\x1b[2J\u202e", 8);
	memcpy(threads->thread[1].frame[2].function, EVIL, sizeof EVIL);
	memcpy(threads->thread[1].frame[2].file, "\r\nPASS", 7);
	memset(threads->thread[2].frame[2].function, 'w',
	       sizeof threads->thread[2].frame[2].function);
	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_DEADLOCK);
	run->threads = threads_told(threads);
	text = explain(fixture);
	assert_says(text, "where ");
	assert_harmless(text);
	assert_null(strstr(text, "\nPASS"));
}

static void test_explain__a_race_shows_both_sides(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_RACE_FREE].run;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FAIL);
	run->races = json_pack(
		"[{s:s, s:s, s:[{s:s, s:[{s:s, s:s, s:i}]}, {s:s, s:[{s:s, "
		"s:s, s:i}]}]}]",
		"kind", "data race", "tool", "ThreadSanitizer", "stacks",
		"what", "Read of size 8", "frames", "function", "bq_len",
		"file", "bq.c", "line", 41, "what", "Previous write of size 8",
		"frames", "function", "bq_put", "file", "bq.c", "line", 30);
	assert_non_null(run->races);
	run->output = strdup("WARNING: ThreadSanitizer: data race");
	text = explain(fixture);
	assert_says(text, "data race: bq_len reads at bq.c:41 what bq_put "
			  "wrote at bq.c:30\n");
	assert_says(text, "Read of size 8\n            bq.c:41 bq_len\n");
	assert_says(text, "bq.c:30 bq_put\n");
	assert_says(text, "at most 50: a data race bounds the score");
	assert_null(strstr(text, "printed"));
	assert_harmless(text);
}

static void test_explain__says_why_a_build_was_tried_again(void **state)
{
	struct fixture *fixture = *state;
	struct build_result *build = &fixture->result->builds[0];
	AUTO_FREE char *passed = NULL;
	AUTO_FREE char *failed = NULL;

	retries_note(&build->retries, "box: killed by SIGKILL");
	passed = explain(fixture);
	assert_null(strstr(passed, "tried again"));
	build->ok = false;
	failed = explain(fixture);
	assert_says(failed, "release build tried again: box: killed by "
			    "SIGKILL");
}

static void
test_explain__a_build_error_comes_as_compilers_print_it(void **state)
{
	struct fixture *fixture = *state;
	struct build_result *build = &fixture->result->builds[0];
	AUTO_FREE char *text = NULL;
	size_t i;

	build->ok = false;
	build->box.exit_status = 1;
	assert_int_equal(
		json_array_append_new(
			build->diagnostics,
			json_pack("{s:s, s:i, s:i, s:s, s:s}", "file", "bq.c",
				  "line", 41, "column", 7, "kind", "error",
				  "message", "\u2018x\u2019 undeclared")),
		0);
	for (i = 0; i < fixture->result->test_count; i++)
		fixture_end(fixture, (enum fixture_test)i, VERDICT_SKIPPED);
	fixture->result->verdict = VERDICT_BUILD_ERROR;
	text = explain(fixture);
	assert_says(text, "build-error: ");
	assert_null(strstr(text, "SKIPPED"));
	assert_says(text, "bq.c:41:7: error: \u2018x\u2019 undeclared\n");
	assert_says(text, "release build failed: gcc did not succeed");
	assert_harmless(text);
}

static void test_explain__skipped_says_for_which(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_SKIPPED);
	fixture->result->tests[FIXTURE_RACE_FREE].skipped_for = "sequential";
	text = explain(fixture);
	assert_says(text, "SKIPPED  race-free");
	assert_says(text, "because test sequential did not pass\n");
}

static void test_explain__sentences_of_a_trace_are_wrapped(void **state)
{
	static const char sentence[] =
		"  thread 1, for a signal of a condition variable that nobody "
		"is left to give: wait_once pool.c:105 < wait_for_work";
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	AUTO_FREE char *text = NULL;
	const char *line;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	run->traces = json_pack("[{s:s, s:[s]}]", "title", "what happened",
				"lines", sentence);
	text = explain(fixture);
	for (line = text; *line; line += strspn(line, "\n")) {
		assert_true(strcspn(line, "\n") <= 80);
		line += strcspn(line, "\n");
	}
	assert_says(text, "            thread 1, for a signal");
}

static void test_explain__a_view_is_told_whole(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	json_auto_t *report = NULL;
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	fixture->tests[FIXTURE_SEQUENTIAL].visibility = VISIBILITY_HIDDEN;
	run->message = strdup("what was seen");
	report = fixture_report(fixture);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	explain_view(report, out, 80, false, false);
	assert_int_equal(fclose(out), 0);
	assert_says(text, "what was seen");
}

static void test_explain__hidden_tests_show_no_data(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	AUTO_FREE char *text = NULL;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	fixture->tests[FIXTURE_SEQUENTIAL].visibility = VISIBILITY_HIDDEN;
	run->message = strdup("canary");
	run->property = strdup("canary");
	run->expected = json_string("canary");
	run->output = strdup("canary");
	text = explain(fixture);
	assert_says(text, "FAIL  sequential");
	assert_null(strstr(text, "canary"));
	assert_null(strstr(text, "--seed"));
}

static void test_explain__nothing_hostile_reaches_the_terminal(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	struct build_result *build = &fixture->result->builds[0];
	AUTO_FREE char *evil = text_clean(EVIL, strlen(EVIL), 1000);
	AUTO_FREE char *text = NULL;
	char *wide = calloc(1, 100001);

	assert_non_null(wide);
	memset(wide, 'w', 100000);
	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	run->message = strdup(EVIL);
	run->property = strdup(EVIL);
	run->expected = json_string("\x1b[31m\u202e");
	run->actual = json_string(wide);
	run->output = wide;
	run->traces = json_pack("[{s:s, s:[s, s]}]", "title", evil, "lines",
				evil, "\x1b]0;t\a");
	run->metrics = json_pack("[{s:s, s:f, s:s}]", "name", evil, "value",
				 1.0, "unit", "\x1b[m");
	build->ok = false;
	build->output = strdup(EVIL "\n" EVIL);
	fixture->result->selection.flags = json_pack("[{s:s, s:s}]", "file",
						     evil, "message", "\x1b[m");
	text = explain(fixture);
	assert_harmless(text);
	assert_true(strlen(text) < 200000);
}

static void test_explain__colours_come_only_when_told(void **state)
{
	json_auto_t *report = fixture_report(*state);
	AUTO_FREE char *plain = explained(report, false);
	AUTO_FREE char *coloured = explained(report, true);

	assert_null(strchr(plain, '\033'));
	assert_says(coloured, "\033[32mPASS\033[0m");
}

static void test_explain__survives_a_document_that_is_no_report(void **state)
{
	static const char *const odd[] = {
		"{\"tests\": [1, {\"status\": 3}], \"score\": {\"status\": 4},"
		" \"build\": \"x\"}",
		"{\"tests\": [{\"status\": \"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
		"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
		"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\", \"races\":"
		" [1, {\"stacks\": 1}], \"traces\": [{\"lines\": [1]}],"
		" \"metrics\": [[]], \"forbidden_syscall\": {\"args\": [1]},"
		" \"evidence\": {\"limit\": 1}, \"threads\": [1, {\"crashed\":"
		" true, \"frames\": {}}, {\"waits\": 3}]}]}",
		"{\"build\": [{\"diagnostics\": [1, {\"line\": -3}]}, 7]}",
		"[]",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof odd / sizeof *odd; i++) {
		json_auto_t *document = json_loads(odd[i], 0, NULL);
		AUTO_FREE char *text = NULL;

		assert_non_null(document);
		text = explained(document, false);
		assert_harmless(text);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_explain__a_pass_is_short_and_leads_to_pack),
		TEST(test_explain__a_failure_says_what_why_and_how_to_see_it_again),
		TEST(test_explain__endings_are_told_with_limit_and_signal),
		TEST(test_explain__a_hang_says_where_each_thread_is),
		TEST(test_explain__a_story_is_not_told_twice),
		TEST(test_explain__threads_cannot_harm_a_terminal),
		TEST(test_explain__a_race_shows_both_sides),
		TEST(test_explain__says_why_a_build_was_tried_again),
		TEST(test_explain__a_build_error_comes_as_compilers_print_it),
		TEST(test_explain__skipped_says_for_which),
		TEST(test_explain__sentences_of_a_trace_are_wrapped),
		TEST(test_explain__a_view_is_told_whole),
		TEST(test_explain__hidden_tests_show_no_data),
		TEST(test_explain__nothing_hostile_reaches_the_terminal),
		TEST(test_explain__colours_come_only_when_told),
		TEST(test_explain__survives_a_document_that_is_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
