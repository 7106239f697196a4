/*
 * What a candidate is told of a program that hangs, spins, crashes or is
 * stopped: the thread, the function, the file and the line, in words and in
 * the report. Which line that has to be, a comment in the source says:
 * "HERE: NAME".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define SUBMISSIONS "tests/e2e/submissions/"
#define MANIFEST "exercises/" BOUNDED_QUEUE "/exercise.json"

/* A submission, checked for one test: as text and as JSON. */
struct checked {
	char *source; /* bq.c */
	char *words;  /* all on one line, single blanks */
	json_t *report;
	const json_t *test;
};

/* Number of the line of @source that has @mark in it. */
static unsigned line_with(const char *source, const char *mark)
{
	const char *found = strstr(source, mark), *c;
	unsigned line = 1;

	if (!found)
		fail_msg("no line of bq.c has \"%s\"", mark);
	for (c = source; c < found; c++)
		line += *c == '\n';
	return line;
}

static unsigned line_of(const struct checked *checked, const char *name)
{
	AUTO_FREE char *mark = text_format("HERE: %s */", name);

	return line_with(checked->source, mark);
}

static char *unwrapped(const char *text)
{
	char *line = strdup(text), *to = line;
	const char *from;

	assert_non_null(line);
	for (from = line; *from; from++) {
		bool blank = isspace((unsigned char)*from);

		if (!blank || (to > line && to[-1] != ' '))
			*to++ = blank ? ' ' : *from;
	}
	*to = '\0';
	return line;
}

static char *check(const char *path, const char *test, const char *exercises,
		   const char *option)
{
	AUTO_FREE char *home = exercises ? text_format("ASSAY_EXERCISES=%s",
						       exercises)
					 : NULL;
	const struct process_options options = { .env = { home } };
	struct process process;
	char *out;

	process_run(&process, &options, "assay", "check", "--test", test, path,
		    option);
	assert_status(&process, 1);
	out = strdup(process.out);
	process_release(&process);
	return out;
}

/* @exercises: a folder of exercises, or NULL for the usual one. */
static void check_both_ways(const char *scratch, const char *folder,
			    const char *test, const char *exercises,
			    struct checked *ret)
{
	AUTO_FREE char *path = scratch_submission(scratch, "eve", folder);
	AUTO_FREE char *text = check(path, test, exercises, NULL);
	AUTO_FREE char *json = check(path, test, exercises, "--json");

	ret->source = scratch_read(path, "bq.c");
	ret->words = unwrapped(text);
	ret->report = scratch_parse(json);
	ret->test = report_test(ret->report, test);
}

static void checked_release(struct checked *checked)
{
	free(checked->source);
	free(checked->words);
	json_decref(checked->report);
}

static void assert_status_of(const struct checked *checked, const char *status)
{
	if (strcmp(json_text(checked->test, "status"), status) != 0)
		fail_msg("%s instead of %s: %s",
			 json_text(checked->test, "status"), status,
			 checked->words);
}

static void assert_says(const struct checked *checked, const char *words)
{
	if (!strstr(checked->words, words))
		fail_msg("does not say \"%s\": %s", words, checked->words);
}

/* The first of the candidate's own frames of @thread, or NULL. */
static const json_t *own_frame(const json_t *thread)
{
	json_t *frame;
	size_t i;

	json_array_foreach (json_object_get(thread, "frames"), i, frame) {
		if (strcmp(json_text(frame, "whose"), "submission") == 0)
			return frame;
	}
	return NULL;
}

/* A thread that is in @function at the line called @name. */
static const json_t *thread_at(const struct checked *checked,
			       const char *function, const char *name)
{
	unsigned line = line_of(checked, name);
	json_t *thread;
	size_t i;

	json_array_foreach (json_object_get(checked->test, "threads"), i,
			    thread) {
		const json_t *frame = own_frame(thread);

		if (strcmp(json_text(frame, "function"), function) == 0 &&
		    strcmp(json_text(frame, "file"), "bq.c") == 0 &&
		    (unsigned)json_value(frame, "line") == line)
			return thread;
	}
	fail_msg("no thread is in %s, bq.c:%u: %s", function, line,
		 checked->words);
	return NULL;
}

static const json_t *waits_of(const json_t *thread, const char *kind)
{
	const json_t *waits = json_object_get(thread, "waits");

	assert_string_equal(json_text(waits, "for"), kind);
	return waits;
}

static void assert_taken_at(const struct checked *checked, const json_t *waits,
			    const char *name)
{
	const json_t *taken = json_object_get(waits, "taken_at");

	assert_string_equal(json_text(taken, "file"), "bq.c");
	assert_int_equal(json_value(taken, "line"), line_of(checked, name));
}

static void test_hang__two_locks_in_two_orders_are_a_ring(void **state)
{
	const json_t *put, *take;
	const json_t *put_waits, *take_waits;
	AUTO_FREE char *words = NULL;
	struct checked checked;

	check_both_ways(*state, SUBMISSIONS "abba", "no-deadlock", NULL,
			&checked);
	assert_status_of(&checked, "deadlock");
	put = thread_at(&checked, "bq_put", "put waits");
	take = thread_at(&checked, "bq_take", "take waits");
	put_waits = waits_of(put, "mutex");
	take_waits = waits_of(take, "mutex");
	assert_int_equal(json_value(put_waits, "held_by"),
			 json_value(take, "number"));
	assert_int_equal(json_value(take_waits, "held_by"),
			 json_value(put, "number"));
	assert_taken_at(&checked, put_waits, "take takes");
	assert_taken_at(&checked, take_waits, "put takes");
	assert_true(json_is_true(json_object_get(put, "for_good")));

	assert_says(&checked, "wait for each other:");
	words = text_format("waits in bq_put, bq.c:%u, for a mutex that thread",
			    line_of(&checked, "put waits"));
	assert_says(&checked, words);
	checked_release(&checked);
}

static void test_hang__the_same_hang_has_the_same_verdict(void **state)
{
	struct checked one, other;

	check_both_ways(*state, SUBMISSIONS "abba", "no-deadlock", NULL, &one);
	check_both_ways(*state, SUBMISSIONS "abba", "no-deadlock", NULL,
			&other);
	assert_status_of(&one, "deadlock");
	assert_string_equal(json_text(one.report, "verdict_digest"),
			    json_text(other.report, "verdict_digest"));
	checked_release(&one);
	checked_release(&other);
}

static void test_hang__a_lost_wake_up_has_nobody_left_to_signal(void **state)
{
	AUTO_FREE char *words = NULL;
	struct checked checked;

	check_both_ways(*state, SUBMISSIONS "lost-wake-up", "no-deadlock", NULL,
			&checked);
	assert_status_of(&checked, "deadlock");
	(void)waits_of(thread_at(&checked, "bq_take", "take waits"),
		       "condition");
	(void)waits_of(thread_at(&checked, "bq_put", "put waits"), "condition");
	/* three at once */
	words = text_format("wait in bq_take, bq.c:%u, for a condition that "
			    "nobody is left to signal",
			    line_of(&checked, "take waits"));
	assert_says(&checked, words);
	checked_release(&checked);
}

/* The exercises, but with a second of processor time for a run: its limit
 * then comes well before the judge's patience ends. Returns the folder. */
static char *short_of_time(const char *scratch)
{
	static const char before[] = "\"cpu_ms\": 10000";
	static const char after[] = "\"cpu_ms\": 1000 ";
	char *exercises = scratch_path(scratch, "exercises");
	AUTO_FREE char *include = scratch_path(scratch, "include");
	AUTO_FREE char *from = source_path("exercises");
	AUTO_FREE char *headers = source_path("include");
	AUTO_FREE char *manifest = NULL;
	char *place;

	scratch_copy(from, exercises);
	scratch_copy(headers, include);
	manifest = scratch_read(scratch, MANIFEST);
	place = strstr(manifest, before);
	assert_non_null(place);
	memcpy(place, after, strlen(after));
	free(scratch_write(scratch, MANIFEST, manifest));
	return exercises;
}

static void test_hang__a_spin_says_where_it_runs(void **state)
{
	AUTO_FREE char *exercises = short_of_time(*state);
	AUTO_FREE char *words = NULL;
	struct checked checked;
	const json_t *spinner;

	check_both_ways(*state, SUBMISSIONS "spin", "no-deadlock", exercises,
			&checked);
	assert_status_of(&checked, "cpu-limit");
	spinner = thread_at(&checked, "spin", "spins");
	assert_true(json_is_null(json_object_get(spinner, "waits")));
	words = text_format(" in spin, bq.c:%u", line_of(&checked, "spins"));
	assert_says(&checked, words);
	checked_release(&checked);
}

static void test_hang__a_crash_says_where_and_who_called(void **state)
{
	AUTO_FREE char *words = NULL;
	struct checked checked;
	const json_t *thread;

	check_both_ways(*state, SUBMISSIONS "null-write", "sequential", NULL,
			&checked);
	assert_status_of(&checked, "crash");
	thread = thread_at(&checked, "store", "crashes");
	assert_true(json_is_true(json_object_get(thread, "crashed")));
	words = text_format("crashed in store, bq.c:%u (SIGSEGV), called from "
			    "bq_put, bq.c:%u",
			    line_of(&checked, "crashes"),
			    line_of(&checked, "calls"));
	assert_says(&checked, words);
	checked_release(&checked);
}

static void test_hang__a_refused_call_says_where_it_was_made(void **state)
{
	AUTO_FREE char *words = NULL;
	struct checked checked;
	const json_t *thread;

	check_both_ways(*state, "tests/hostile/submissions/open-socket",
			"sequential", NULL, &checked);
	assert_status_of(&checked, "forbidden-syscall");
	thread = json_array_get(json_object_get(checked.test, "threads"), 0);
	assert_true(json_is_true(json_object_get(thread, "refused")));
	/* whether the compiler keeps call_home() apart is its business */
	assert_says(&checked, "socket was called in ");
	words = text_format(", bq.c:%u", line_with(checked.source, "socket("));
	assert_says(&checked, words);
	checked_release(&checked);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hang__two_locks_in_two_orders_are_a_ring),
		TEST(test_hang__the_same_hang_has_the_same_verdict),
		TEST(test_hang__a_lost_wake_up_has_nobody_left_to_signal),
		TEST(test_hang__a_spin_says_where_it_runs),
		TEST(test_hang__a_crash_says_where_and_who_called),
		TEST(test_hang__a_refused_call_says_where_it_was_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
