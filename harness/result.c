#include "result.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

void test_run_release(struct test_run *run)
{
	free(run->property);
	free(run->message);
	json_decref(run->expected);
	json_decref(run->actual);
	json_decref(run->metrics);
	json_decref(run->traces);
	json_decref(run->races);
	json_decref(run->threads);
	free(run->threads_note);
	free(run->output);
	free(run->fault);
	*run = (struct test_run){ 0 };
}

void build_result_release(struct build_result *build)
{
	json_decref(build->diagnostics);
	free(build->output);
	free(build->fault);
	free(build->unsearchable);
	retries_release(&build->retries);
	*build = (struct build_result){ 0 };
}

void result_free(struct result *result)
{
	size_t i;

	if (!result)
		return;
	for (i = 0; i < result->build_count; i++)
		build_result_release(&result->builds[i]);
	for (i = 0; i < result->test_count; i++) {
		test_run_release(&result->tests[i].run);
		retries_release(&result->tests[i].retries);
		late_runs_release(&result->tests[i].late);
	}
	free(result->builds);
	free(result->tests);
	free(result->message);
	selection_release(&result->selection);
	submission_free(result->submission);
	free(result);
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

/* To 1/1000, so that what is added up is what is shown. */
static double thousandths(double points)
{
	return (double)(uint64_t)(points * 1000 + 0.5) / 1000;
}

/* Index of the test @id among the first @end, or @end. */
static size_t test_index(const struct result *result, const char *id,
			 size_t end)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (strcmp(result->tests[i].test->id, id) == 0)
			return i;
	return end;
}

/*
 * Whether nothing can be said about test @i because of the host or the
 * harness: its own fault, or that of a test it waited for, however far back.
 */
static bool is_undecided(const struct result *result, size_t i)
{
	for (;;) {
		const struct test_result *test = &result->tests[i];
		size_t earlier;

		if (test->verdict != VERDICT_SKIPPED)
			return test->verdict == VERDICT_INCONCLUSIVE;
		if (!test->skipped_for)
			return result->verdict == VERDICT_INCONCLUSIVE;
		earlier = test_index(result, test->skipped_for, i);
		if (earlier == i)
			return false;
		i = earlier;
	}
}

static bool cap_applies(const struct exercise_cap *cap,
			const struct result *result, bool with_measured)
{
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];

		if (test->test->measured && !with_measured)
			continue;
		if (cap->when[test->verdict] &&
		    string_list_has(cap->tests, test->test->id))
			return true;
	}
	return false;
}

static const struct exercise_cap *lowest_cap(const struct result *result,
					     bool with_measured)
{
	const struct exercise_cap *lowest = NULL;
	size_t i;

	if (!result->exercise)
		return NULL;
	for (i = 0; i < result->exercise->cap_count; i++) {
		const struct exercise_cap *cap = &result->exercise->caps[i];

		if ((!lowest || cap->points < lowest->points) &&
		    cap_applies(cap, result, with_measured))
			lowest = cap;
	}
	return lowest;
}

static enum verdict verdict_of_tests(const struct result *result,
				     bool with_measured)
{
	enum verdict verdict = VERDICT_PASS;
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];

		if (test->test->measured && !with_measured)
			continue;
		if (is_undecided(result, i))
			return VERDICT_INCONCLUSIVE;
		if (test->verdict != VERDICT_PASS)
			verdict = VERDICT_FAIL;
	}
	return verdict;
}

static bool is_of_whole_submission(enum verdict verdict)
{
	return verdict == VERDICT_REJECTED || verdict == VERDICT_BUILD_ERROR ||
	       verdict == VERDICT_INCONCLUSIVE;
}

static void lay_out_skipped_tests(struct result *result)
{
	const struct exercise *exercise = result->exercise;
	size_t i;

	result->tests = calloc(exercise->test_count, sizeof *result->tests);
	ENOUGH(result->tests || exercise->test_count == 0);
	result->test_count = 0;
	for (i = 0; i < exercise->test_count; i++) {
		const struct exercise_test *test = &exercise->tests[i];

		if (test->visibility == VISIBILITY_HIDDEN &&
		    !result->with_hidden)
			continue;
		result->tests[result->test_count++] = (struct test_result){
			.test = test,
			.verdict = VERDICT_SKIPPED,
		};
	}
}

/* Nothing was run of a submission that ended as a whole. */
static void skip_what_never_ran(struct result *result)
{
	size_t i;

	if (!result->tests) {
		if (result->exercise)
			lay_out_skipped_tests(result);
		return;
	}
	for (i = 0; i < result->test_count; i++) {
		struct test_result *test = &result->tests[i];

		if (test->ran == 0 && test->verdict == VERDICT_PASS)
			test->verdict = VERDICT_SKIPPED;
	}
}

void result_settle(struct result *result)
{
	bool whole = is_of_whole_submission(result->verdict);
	size_t i;

	if (whole)
		skip_what_never_ran(result);
	for (i = 0; i < result->test_count; i++) {
		struct test_result *test = &result->tests[i];

		test->points = 0;
		if (test->verdict == VERDICT_PASS)
			test->points = thousandths(test->test->points *
						   least(test->run.score, 1));
	}
	if (!whole)
		result->verdict = verdict_of_tests(result, true);
	result->cap = lowest_cap(result, true);
}

/*
 * A fault that the whole submission ran into is only told apart from one of a
 * single test by what was settled: no test of its own is inconclusive.
 */
static enum verdict reproducible_verdict(const struct result *result)
{
	size_t i;

	if (result->verdict == VERDICT_REJECTED ||
	    result->verdict == VERDICT_BUILD_ERROR)
		return result->verdict;
	if (result->verdict == VERDICT_INCONCLUSIVE) {
		for (i = 0; i < result->test_count; i++)
			if (result->tests[i].verdict == VERDICT_INCONCLUSIVE)
				return verdict_of_tests(result, false);
		return VERDICT_INCONCLUSIVE;
	}
	return verdict_of_tests(result, false);
}

void result_score(const struct result *result, struct score *ret)
{
	struct score score = { .verdict_cap = lowest_cap(result, false) };
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];

		if (test->test->measured) {
			score.measured_points += test->points;
			score.measured_maximum += test->test->points;
		} else {
			score.verdict_points += test->points;
			score.verdict_maximum += test->test->points;
		}
		if (is_undecided(result, i))
			score.undecided += test->test->points;
	}
	score.points = score.verdict_points + score.measured_points;
	score.maximum = score.verdict_maximum + score.measured_maximum;
	if (result->cap)
		score.points = least(score.points, result->cap->points);
	if (score.verdict_cap)
		score.verdict_points = least(score.verdict_points,
					     score.verdict_cap->points);
	score.verdict = reproducible_verdict(result);
	*ret = score;
}
