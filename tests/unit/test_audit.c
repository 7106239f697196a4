#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "audit.h"
#include "audit_pick.h"
#include "text.h"

/* ---- what follows from how many ---- */

/* Upper ends of two-sided 90 % intervals of Clopper and Pearson, as tables
 * have them: they are those of one-sided ones with 95 %. */
static void test_audit__the_bound_is_that_of_clopper_and_pearson(void **state)
{
	static const struct {
		uint64_t differing, of;
		double bound;
	} known[] = {
		{ 0, 1, 0.95 },    { 0, 20, 0.1391 },  { 0, 59, 0.0495 },
		{ 1, 10, 0.3942 }, { 5, 10, 0.7776 },  { 1, 20, 0.2161 },
		{ 3, 20, 0.3437 }, { 5, 100, 0.1023 }, { 19, 20, 0.9974 },
		{ 20, 20, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(fabs(audit_bound(known[i].differing, known[i].of) -
				 known[i].bound) < 0.00006);
}

static void test_audit__the_bound_holds_for_large_numbers(void **state)
{
	(void)state;
	/* "rule of three" */
	assert_true(fabs(audit_bound(0, 20000) - 3.0 / 20000) < 0.000001);
	assert_true(audit_bound(10000, 20000) > 0.5);
	assert_true(audit_bound(10000, 20000) < 0.51);
}

/* ---- what journals tell ---- */

/* @content: the digest's first two digits. */
static json_t *graded(const char *id, const char *content)
{
	char digest[65];

	(void)snprintf(digest, sizeof digest, "%.2s%062d", content, 0);
	return journal_graded_line("x", id, digest, 1, json_object());
}

/* @line, which it takes over. */
static void take(struct audit *audit, enum journal_kind kind, json_t *line)
{
	const struct journal_entry entry = { .kind = kind, .json = line };

	audit_take(audit, &entry);
	json_decref(line);
}

static void take_audit(struct audit *audit, const char *id, const char *again)
{
	take(audit, JOURNAL_AUDIT,
	     journal_audit_line(id, "a", again, json_pack("[ss]", "x", "y")));
}

static char *words_of(const struct audit *audit)
{
	json_auto_t *json = audit_json(audit);

	return audit_words(json);
}

static void test_audit__says_that_there_was_none(void **state)
{
	struct audit *audit = audit_new();
	json_auto_t *json = audit_json(audit);
	AUTO_FREE char *words = audit_words(json);

	(void)state;
	assert_string_equal(words, "nothing was graded twice, see --audit\n");
	assert_true(json_is_null(json_object_get(json, "flaky_below")));
	audit_free(audit);
}

static void test_audit__says_what_it_can_vouch_for(void **state)
{
	struct audit *audit = audit_new();
	AUTO_FREE char *words = NULL;
	char id[8];
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		(void)snprintf(id, sizeof id, "s%d", i);
		take_audit(audit, id, "a");
	}
	audit_end(audit);
	words = words_of(audit);
	assert_string_equal(words, "0 of 20 graded twice differ: fewer than "
				   "13.9 % flaky with 95 % confidence\n");
	audit_free(audit);
}

static void test_audit__names_what_differs_and_adds_journals_up(void **state)
{
	struct audit *audit = audit_new();
	AUTO_FREE char *words = NULL;

	(void)state;
	take_audit(audit, "bob", "b");
	take_audit(audit, "cy", "a");
	audit_end(audit);
	take_audit(audit, "cy", "a");
	take_audit(audit, "ada", "c");
	audit_end(audit);
	words = words_of(audit);
	assert_string_equal(words,
			    "2 of 4 graded twice differ: fewer than 90.2 % "
			    "flaky with 95 % confidence\n"
			    "    ada: x, y\n"
			    "    bob: x, y\n");
	audit_free(audit);
}

static void test_audit__of_an_earlier_report_does_not_count(void **state)
{
	struct audit *audit = audit_new();
	AUTO_FREE char *words = NULL;

	(void)state;
	take_audit(audit, "bob", "b");
	take(audit, JOURNAL_GRADED, graded("bob", "10"));
	audit_end(audit);
	words = words_of(audit);
	assert_non_null(strstr(words, "nothing"));
	audit_free(audit);
}

static void test_audit__where_all_differ_there_is_no_bound(void **state)
{
	struct audit *audit = audit_new();
	AUTO_FREE char *words = NULL;

	(void)state;
	take_audit(audit, "bob", "b");
	audit_end(audit);
	words = words_of(audit);
	assert_string_equal(words, "1 of 1 graded twice differ\n"
				   "    bob: x, y\n");
	audit_free(audit);
}

/* ---- the line ---- */

static void test_audit__a_line_names_the_tests_that_differ(void **state)
{
	json_auto_t *first = json_pack("{s:s, s:{s:[{s:s, s:s}, {s:s, s:s}]}}",
				       "verdict_digest", "1", "verdict",
				       "tests", "id", "one", "status", "pass",
				       "id", "two", "status", "pass");
	json_auto_t *again = json_deep_copy(first);
	json_auto_t *same = audit_line("bob", first, again);
	json_auto_t *other = NULL, *tests = json_pack("[s]", "two");

	(void)state;
	assert_true(json_is_true(json_object_get(same, "same")));
	assert_int_equal(json_array_size(json_object_get(same, "tests")), 0);
	(void)json_object_set_new(again, "verdict_digest", json_string("2"));
	(void)json_object_set_new(
		json_array_get(
			json_object_get(json_object_get(again, "verdict"),
					"tests"),
			1),
		"status", json_string("crash"));
	other = audit_line("bob", first, again);
	assert_true(json_is_false(json_object_get(other, "same")));
	assert_true(json_equal(json_object_get(other, "tests"), tests));
}

/* ---- which ---- */

/* A result folder of five, in the order of neither ids nor digests. */
struct folder {
	char path[32];
	struct journal *journal;
	struct plan plan;
};

static void put(const struct folder *folder, json_t *line)
{
	struct error err = { 0 };

	assert_int_equal(journal_add(folder->journal, line, &err), 0);
}

static int set_up(void **state)
{
	static const struct journal_batch batch = { .total = 5 };
	static const char *const contents[] = { "50", "20", "40", "10", "30" };
	struct folder *folder = calloc(1, sizeof *folder);
	struct error err = { 0 };
	char id[2] = "a";
	size_t i;

	assert_non_null(folder);
	(void)snprintf(folder->path, sizeof folder->path, "%s",
		       "/tmp/test_audit.XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	assert_int_equal(journal_open(folder->path, &folder->journal, &err), 0);
	assert_int_equal(journal_begin(folder->journal,
				       journal_batch_line(&batch), &err),
			 0);
	for (i = 0; i < 5; i++, id[0]++) {
		AUTO_FREE char *path = text_format("in/%s", id);

		plan_add(&folder->plan, path);
		put(folder, graded(id, contents[i]));
	}
	plan_name(&folder->plan);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;
	AUTO_FREE char *journal = text_format("%s/%s", folder->path,
					      JOURNAL_NAME);

	journal_close(folder->journal);
	plan_release(&folder->plan);
	assert_int_equal(unlink(journal), 0);
	assert_int_equal(rmdir(folder->path), 0);
	free(folder);
	return 0;
}

/* Their ids, one letter each. */
static void assert_picks(const struct folder *folder, size_t wanted,
			 const char *ids)
{
	struct audit_picks picks;
	struct error err = { 0 };
	size_t i;

	assert_int_equal(
		audit_pick(folder->path, &folder->plan, wanted, &picks, &err),
		0);
	assert_int_equal(picks.count, strlen(ids));
	for (i = 0; i < picks.count; i++) {
		AUTO_FREE char *path = text_format("in/%c", ids[i]);

		assert_int_equal(picks.items[i].id[0], ids[i]);
		assert_string_equal(picks.items[i].path, path);
		assert_int_equal(strlen(picks.items[i].content), 64);
	}
	audit_picks_release(&picks);
}

static void test_audit__picks_the_smallest_digests(void **state)
{
	assert_picks(*state, 0, "");
	assert_picks(*state, 1, "d");
	assert_picks(*state, 3, "bde");
	assert_picks(*state, 9, "abcde");
}

static void test_audit__picks_none_a_second_time(void **state)
{
	const struct folder *folder = *state;

	put(folder, journal_audit_line("d", "1", "1", json_array()));
	assert_picks(folder, 3, "be");
	/* but what became of it later is another report */
	put(folder, graded("d", "10"));
	assert_picks(folder, 3, "bde");
}

/* Another shard's, or of a shorter list. */
static void test_audit__picks_only_what_can_be_graded(void **state)
{
	struct folder *folder = *state;

	put(folder, graded("z", "00"));
	assert_picks(folder, 2, "d");
}

/* The bound is of all, not of either. */
static void test_audit__of_two_batches_adds_up(void **state)
{
	json_auto_t *one = json_pack("{s:i, s:[{s:s, s:[s]}]}", "graded_twice",
				     2, "differing", "submission", "b", "tests",
				     "close");
	json_auto_t *other = json_pack("{s:i, s:[]}", "graded_twice", 1,
				       "differing");
	json_auto_t *sum = audit_sum(one, other);
	AUTO_FREE char *words = audit_words(sum);

	(void)state;
	assert_string_equal(words,
			    "1 of 3 graded twice differ: fewer than 86.5 % "
			    "flaky with 95 % confidence\n    b: close\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_audit__the_bound_is_that_of_clopper_and_pearson),
		cmocka_unit_test(test_audit__the_bound_holds_for_large_numbers),
		cmocka_unit_test(test_audit__says_that_there_was_none),
		cmocka_unit_test(test_audit__says_what_it_can_vouch_for),
		cmocka_unit_test(
			test_audit__names_what_differs_and_adds_journals_up),
		cmocka_unit_test(
			test_audit__of_an_earlier_report_does_not_count),
		cmocka_unit_test(
			test_audit__where_all_differ_there_is_no_bound),
		cmocka_unit_test(
			test_audit__a_line_names_the_tests_that_differ),
		cmocka_unit_test(test_audit__of_two_batches_adds_up),
		TEST(test_audit__picks_the_smallest_digests),
		TEST(test_audit__picks_none_a_second_time),
		TEST(test_audit__picks_only_what_can_be_graded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
