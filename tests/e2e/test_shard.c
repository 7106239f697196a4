/*
 * A batch on several machines: parts of it, and what puts them together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define SUBMISSIONS "ada", "bob", "sub/ada", "cy", "dan"

/* Made once: submissions, graded whole in "whole" and in three shards. */
static struct counter_home home;

#define RUN(process, ...) COUNTER_RUN(process, home, __VA_ARGS__)

#define GRADE(...)                                                        \
	do {                                                              \
		struct process process_;                                  \
                                                                          \
		RUN(&process_, "grade", "--quiet", "--exercise", COUNTER, \
		    __VA_ARGS__);                                         \
		assert_status(&process_, 0);                              \
		process_release(&process_);                               \
	} while (0)

static int set_up(void **state)
{
	AUTO_FREE char *sub = NULL;

	(void)state;
	counter_home_make(&home);
	sub = scratch_path(home.folder, "sub");
	assert_int_equal(mkdir(sub, 0755), 0);
	counter_submission(home.folder, "ada", COUNTER_RIGHT);
	counter_submission(home.folder, "bob", COUNTER_WRONG);
	counter_submission(home.folder, "sub/ada", COUNTER_WRONG);
	counter_submission(home.folder, "cy", COUNTER_RIGHT);
	counter_submission(home.folder, "dan", "abort();");
	GRADE("--hidden", "secret", "--out", "whole", SUBMISSIONS);
	GRADE("--hidden", "secret", "--out", "s1", "--shard", "1/3",
	      SUBMISSIONS);
	GRADE("--hidden", "secret", "--out", "s2", "--shard", "2/3",
	      SUBMISSIONS);
	GRADE("--hidden", "secret", "--out", "s3", "--shard", "3/3",
	      SUBMISSIONS);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	counter_home_remove(&home);
	return 0;
}

static void assert_same_file(const char *one, const char *other)
{
	AUTO_FREE char *first = scratch_read(home.folder, one);
	AUTO_FREE char *second = scratch_read(home.folder, other);

	assert_string_equal(first, second);
}

static void test_shard__merged_they_are_what_one_machine_makes(void **state)
{
	struct process process;
	json_auto_t *second = NULL;

	(void)state;
	RUN(&process, "report", "--merge", "s3", "s1", "s2", "--out", "merged");
	assert_status(&process, 0);
	assert_string_equal(process.err, "");
	assert_non_null(strstr(process.out, "5 submissions"));
	process_release(&process);
	assert_same_file("whole/summary.json", "merged/summary.json");
	assert_same_file("whole/summary.csv", "merged/summary.csv");
	second = scratch_json(home.folder, "merged/reports/ada-2.json");
	assert_string_equal(
		json_text(json_object_get(second, "score"), "status"), "fail");
}

/* Each shard's chain of signatures is whole in what they became. */
static void test_shard__merged_reports_are_what_the_grader_wrote(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "report", "--merge", "s2", "s3", "s1", "--out", "sealed");
	assert_status(&process, 0);
	process_release(&process);
	RUN(&process, "report", "--verify", "sealed");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "ada-2.json: fine\n"));
	process_release(&process);
}

static void assert_refused(struct process *process, const char *words)
{
	assert_status(process, 2);
	if (!strstr(process->err, words))
		fail_msg("no \"%s\" in: %s", words, process->err);
	assert_string_equal(strchr(process->err, '\n'), "\n");
	process_release(process);
}

#define REFUSES(words, ...)                                             \
	do {                                                            \
		struct process process_;                                \
                                                                        \
		RUN(&process_, "report", "--out", "refused", "--merge", \
		    __VA_ARGS__);                                       \
		assert_refused(&process_, words);                       \
	} while (0)

static void test_shard__missing_ones_are_named(void **state)
{
	(void)state;
	REFUSES("a shard is missing: 2/3", "s1", "s3");
	REFUSES("shards are missing: 1/3, 3/3", "s2");
}

static void test_shard__what_is_no_other_shard_of_it_is_refused(void **state)
{
	(void)state;
	REFUSES("s1: is shard 1/3, and so is s1", "s1", "s2", "s1");
	REFUSES("whole: is no shard", "s1", "whole");
	REFUSES("journal.jsonl: No such file", "s1", "ada");
}

static void test_shard__other_options_and_lists_are_refused(void **state)
{
	(void)state;
	GRADE("--out", "plain", "--shard", "2/3", SUBMISSIONS);
	REFUSES("plain: other options than in s1", "s1", "plain", "s3");
	GRADE("--hidden", "secret", "--out", "list", "--shard", "2/3", "ada",
	      "bob");
	REFUSES("list: another list of submissions than in s1", "s1", "list");
	GRADE("--hidden", "secret", "--out", "halves", "--shard", "2/2", "ada",
	      "bob");
	REFUSES("split into 3", "s1", "halves");
}

static void test_shard__another_exercise_is_refused(void **state)
{
	(void)state;
	counter_edit(home.folder, "\"rounds\": 5", "\"rounds\": 6");
	GRADE("--hidden", "secret", "--out", "newer", "--shard", "2/3",
	      SUBMISSIONS);
	counter_edit(home.folder, "\"rounds\": 6", "\"rounds\": 5");
	REFUSES("another version of exercise " COUNTER, "s1", "newer", "s3");
}

/* As a kill leaves it: the last lines were never written. */
static void test_shard__an_unfinished_one_says_to_resume(void **state)
{
	AUTO_FREE char *journal = scratch_read(home.folder, "s2/journal.jsonl");
	AUTO_FREE char *whole = text_format("%s", journal);
	char *end = strstr(journal, "{\"type\":\"end\"");

	(void)state;
	assert_non_null(end);
	*end = '\0';
	free(scratch_write(home.folder, "s2/journal.jsonl", journal));
	REFUSES("s2: shard 2/3 is not finished, 2 of 2 are graded: run it "
		"again with --resume",
		"s1", "s2", "s3");
	free(scratch_write(home.folder, "s2/journal.jsonl", whole));
}

static void test_shard__a_report_that_was_swapped_is_named(void **state)
{
	AUTO_FREE char *bob = scratch_read(home.folder, "s2/reports/bob.json");
	AUTO_FREE char *ada = scratch_read(home.folder, "s1/reports/ada.json");

	(void)state;
	free(scratch_write(home.folder, "s2/reports/bob.json", ada));
	REFUSES("s2/reports/bob.json: has another verdict", "s1", "s2", "s3");
	free(scratch_write(home.folder, "s2/reports/bob.json", "{"));
	REFUSES("s2/reports/bob.json", "s1", "s2", "s3");
	free(scratch_write(home.folder, "s2/reports/bob.json", bob));
}

static void test_shard__nothing_is_written_over(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "report", "--merge", "s1", "s2", "s3", "--out", "ada");
	assert_refused(&process, "ada: is not empty");
	RUN(&process, "report", "--merge", "s1", "s2", "s3");
	assert_refused(&process, "--out");
	RUN(&process, "report", "--merge", "--out", "x");
	assert_refused(&process, "no result folder");
}

static void test_shard__there_are_no_other_parts(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "grade", "--shard", "3/2", "--out", "x", "ada");
	assert_refused(&process, "--shard: bad value '3/2'");
}

/* More machines than submissions: some have nothing to do. */
static void test_shard__one_may_be_empty(void **state)
{
	struct process process;

	(void)state;
	GRADE("--out", "e1", "--shard", "1/2", "bob");
	GRADE("--out", "e2", "--shard", "2/2", "bob");
	RUN(&process, "report", "--merge", "e1", "e2", "--out", "e");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "1 submissions"));
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_shard__merged_they_are_what_one_machine_makes),
		cmocka_unit_test(
			test_shard__merged_reports_are_what_the_grader_wrote),
		cmocka_unit_test(test_shard__missing_ones_are_named),
		cmocka_unit_test(
			test_shard__what_is_no_other_shard_of_it_is_refused),
		cmocka_unit_test(
			test_shard__other_options_and_lists_are_refused),
		cmocka_unit_test(test_shard__another_exercise_is_refused),
		cmocka_unit_test(test_shard__an_unfinished_one_says_to_resume),
		cmocka_unit_test(
			test_shard__a_report_that_was_swapped_is_named),
		cmocka_unit_test(test_shard__nothing_is_written_over),
		cmocka_unit_test(test_shard__there_are_no_other_parts),
		cmocka_unit_test(test_shard__one_may_be_empty),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
