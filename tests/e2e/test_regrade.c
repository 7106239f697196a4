/*
 * Grading again: what it changed, why, and where the earlier results are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

static char *exercises; /* "ASSAY_EXERCISES=..." */

#define RUN(process, folder_, ...)                                       \
	process_run((process),                                           \
		    (&(struct process_options){ .folder = (folder_),     \
						.env = { exercises } }), \
		    "assay", "grade", "--quiet", __VA_ARGS__)

#define GRADE(folder, ...)                           \
	do {                                         \
		struct process process_;             \
                                                     \
		RUN(&process_, folder, __VA_ARGS__); \
		assert_status(&process_, 0);         \
		process_release(&process_);          \
	} while (0)

/* A right and a wrong one, graded in "old". */
static int set_up(void **state)
{
	char *folder = scratch_new();

	exercises = counter_exercises(folder);
	counter_submission(folder, "ada", COUNTER_RIGHT);
	counter_submission(folder, "bob", COUNTER_WRONG);
	*state = folder;
	GRADE(folder, "--exercise", COUNTER, "--out", "old", "ada", "bob");
	return 0;
}

static int tear_down(void **state)
{
	free(exercises);
	scratch_remove(*state);
	return 0;
}

static const json_t *entry(const json_t *changes, const char *id)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(changes, "submissions"), i, one)
		if (strcmp(json_text(one, "submission"), id) == 0)
			return one;
	fail_msg("no %s in the changes", id);
	return NULL;
}

/* The only cause of @id's entry, or what causes there are. */
static void assert_cause(const json_t *changes, const char *id,
			 const char *cause, const char *detail)
{
	const json_t *causes = json_object_get(entry(changes, id), "causes");
	const json_t *first = json_array_get(causes, 0);

	assert_int_equal(json_array_size(causes), 1);
	assert_string_equal(json_text(first, "cause"), cause);
	assert_string_equal(json_text(first, "detail"), detail);
}

static double number(const json_t *changes, const char *part, const char *key)
{
	return json_value(json_object_get(changes, part), key);
}

static void test_regrade__of_the_same_changes_nothing(void **state)
{
	json_auto_t *changes = NULL;
	struct process process;

	RUN(&process, *state, "--regrade", "old", "--out", "new");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "0 of 2 submissions changed"));
	assert_non_null(strstr(process.out, " cached, 0 compiled\n"));
	process_release(&process);
	changes = scratch_json(*state, "new/changes.json");
	assert_int_equal(number(changes, "totals", "submissions"), 2);
	assert_int_equal(number(changes, "totals", "changed"), 0);
	assert_int_equal(json_array_size(json_object_get(entry(changes, "bob"),
							 "causes")),
			 0);
}

static void test_regrade__tells_a_new_exercise_from_new_files(void **state)
{
	json_auto_t *changes = NULL;
	struct process process;
	const json_t *bob;

	counter_submission(*state, "bob", COUNTER_RIGHT);
	RUN(&process, *state, "--regrade", "old", "--out", "new");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "bob"));
	assert_non_null(strstr(process.out, "1 of 2 submissions changed"));
	process_release(&process);
	changes = scratch_json(*state, "new/changes.json");
	assert_cause(changes, "bob", "submission", "changed counter.c");
	bob = entry(changes, "bob");
	assert_string_equal(json_text(json_object_get(bob, "before"), "status"),
			    "fail");
	assert_string_equal(json_text(json_object_get(bob, "after"), "status"),
			    "pass");
	json_decref(changes);

	counter_edit(*state, "\"version\": \"1.0.0\"",
		     "\"version\": \"1.1.0\"");
	counter_edit(*state, "\"id\": \"races\"", "\"id\": \"no-races\"");
	GRADE(*state, "--regrade", "new", "--out", "newer");
	changes = scratch_json(*state, "newer/changes.json");
	assert_int_equal(number(changes, "totals", "changed"), 2);
	assert_cause(changes, "ada", "exercise",
		     "version 1.1.0, was 1.0.0; tests added: no-races; tests "
		     "removed: races");
	/* nothing that a program is built from has changed */
	assert_int_equal(number(changes, "builds", "compiled"), 0);
	assert_int_equal(number(changes, "builds", "cached"), 4);
}

static void test_regrade__hidden_tests_need_their_secret(void **state)
{
	json_auto_t *changes = NULL;
	struct process process;

	GRADE(*state, "--regrade", "old", "--out", "hidden", "--hidden",
	      "secret");
	changes = scratch_json(*state, "hidden/changes.json");
	assert_cause(changes, "ada", "seeds",
		     "hidden tests ran, and had not before");
	RUN(&process, *state, "--regrade", "hidden", "--out", "again");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "was graded with --hidden"));
	process_release(&process);
	json_decref(changes);
	GRADE(*state, "--regrade", "hidden", "--out", "again", "--hidden",
	      "another");
	changes = scratch_json(*state, "again/changes.json");
	assert_cause(changes, "ada", "seeds",
		     "sums-hidden has another seed: hidden tests ran by "
		     "another secret");
}

static void move(const char *folder, const char *from, const char *to)
{
	AUTO_FREE char *before = scratch_path(folder, from);
	AUTO_FREE char *after = scratch_path(folder, to);

	assert_int_equal(rename(before, after), 0);
}

static void test_regrade__names_what_is_not_there_any_more(void **state)
{
	json_auto_t *changes = NULL;
	struct process process;

	move(*state, "bob", "robert");
	RUN(&process, *state, "--regrade", "old", "--out", "new", "--json");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "bob is not there any more"));
	changes = scratch_parse(process.out);
	process_release(&process);
	assert_int_equal(number(changes, "totals", "submissions"), 1);
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(changes, "gone"), 0)),
			    "bob");
	move(*state, "ada", "countess");
	RUN(&process, *state, "--regrade", "old", "--out", "none");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "none of its 2 submissions"));
	process_release(&process);
}

static void test_regrade__takes_those_that_are_named(void **state)
{
	json_auto_t *changes = NULL;

	counter_submission(*state, "cy", COUNTER_RIGHT);
	GRADE(*state, "--regrade", "old", "--out", "new", "cy", "ada");
	changes = scratch_json(*state, "new/changes.json");
	assert_int_equal(number(changes, "totals", "submissions"), 2);
	assert_int_equal(number(changes, "totals", "changed"), 1);
	assert_cause(changes, "cy", "new", "not in the earlier results");
}

static bool is_there(const char *folder, const char *name)
{
	AUTO_FREE char *path = scratch_path(folder, name);

	return access(path, F_OK) == 0;
}

static void assert_regrade_of(const char *folder, const char *name)
{
	AUTO_FREE char *journal = scratch_read(folder, "old/journal.jsonl");
	AUTO_FREE char *words = text_format("\"regrade_of\":\"%s\"", name);

	assert_non_null(strstr(journal, words));
}

static void test_regrade__in_place_keeps_what_was_there(void **state)
{
	AUTO_FREE char *summary = scratch_read(*state, "old/summary.json");
	AUTO_FREE char *journal = scratch_read(*state, "old/journal.jsonl");
	AUTO_FREE char *kept = NULL, *kept_journal = NULL;

	GRADE(*state, "--regrade", "old", "--out", "old");
	kept = scratch_read(*state, "old/earlier-1/summary.json");
	kept_journal = scratch_read(*state, "old/earlier-1/journal.jsonl");
	assert_string_equal(kept, summary);
	assert_string_equal(kept_journal, journal);
	assert_true(is_there(*state, "old/earlier-1/reports/ada.json"));
	assert_true(is_there(*state, "old/reports/ada.json"));
	assert_regrade_of(*state, "earlier-1");
	GRADE(*state, "--regrade", "old", "--out", "./old");
	assert_true(is_there(*state, "old/earlier-2/changes.json"));
	assert_true(is_there(*state, "old/reports/bob.json"));
	assert_regrade_of(*state, "earlier-2");
}

/* What is there when the process is killed between two of the moves. */
static void test_regrade__in_place_goes_on_after_a_kill(void **state)
{
	static const char *const moved[] = { "reports", "summary.json",
					     "summary.csv", "journal.jsonl" };
	AUTO_FREE char *earlier = scratch_path(*state, "old/earlier-1");
	json_auto_t *changes = NULL;
	size_t killed, i;

	for (killed = 0; killed <= 4; killed++) {
		assert_int_equal(mkdir(earlier, 0755), 0);
		for (i = 0; i < killed; i++) {
			AUTO_FREE char *from = text_format("old/%s", moved[i]);
			AUTO_FREE char *to = text_format("old/earlier-1/%s",
							 moved[i]);

			move(*state, from, to);
		}
		GRADE(*state, "--regrade", "old", "--out", "old", "ada");
		assert_true(is_there(*state, "old/earlier-1/reports/bob.json"));
		assert_false(is_there(*state, "old/earlier-2"));
		assert_regrade_of(*state, "earlier-1");
		changes = scratch_json(*state, "old/changes.json");
		assert_int_equal(number(changes, "totals", "changed"), 0);
		json_decref(TAKE_PTR(changes));
		/* back to the beginning */
		{
			AUTO_FREE char *again = scratch_path(*state, "begin");

			move(*state, "old", "done");
			move(*state, "done/earlier-1", "old");
			move(*state, "done", "begin");
			scratch_remove(TAKE_PTR(again));
		}
	}
}

static void test_regrade__needs_earlier_results(void **state)
{
	struct process process;

	RUN(&process, *state, "--regrade", "ada", "--out", "new");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "ada/journal.jsonl"));
	assert_string_equal(strchr(process.err, '\n'), "\n");
	process_release(&process);
	RUN(&process, *state, "--regrade", "nowhere", "--out", "new");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "nowhere: No such file"));
	process_release(&process);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_regrade__of_the_same_changes_nothing),
		TEST(test_regrade__tells_a_new_exercise_from_new_files),
		TEST(test_regrade__hidden_tests_need_their_secret),
		TEST(test_regrade__names_what_is_not_there_any_more),
		TEST(test_regrade__takes_those_that_are_named),
		TEST(test_regrade__in_place_keeps_what_was_there),
		TEST(test_regrade__in_place_goes_on_after_a_kill),
		TEST(test_regrade__needs_earlier_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
