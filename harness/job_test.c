/*
 * job_test.c - TEST: each planned test, as often as it is repeated
 */
#include "job_parts.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "report_member.h"
#include "seed.h"
#include "text.h"

/* Whether a test is wanted, or needed by one that is. */
static bool wanted(const struct job *job, const struct exercise_test *test)
{
	const struct exercise *exercise = job_exercise(job);
	const char *only = job->options->only_test;
	const struct exercise_test *chosen;
	char **need;

	if (test->visibility == VISIBILITY_HIDDEN && !job->options->secret)
		return false;
	if (job->options->wants)
		return job->options->wants(job->options->wants_data,
					   job->result->submission, test);
	if (!only || strcmp(only, test->id) == 0)
		return true;
	chosen = exercise_test(exercise, only);
	for (need = chosen ? chosen->depends_on : NULL; need && *need; need++)
		if (strcmp(*need, test->id) == 0)
			return true;
	return false;
}

void job_test_plan(struct job *job)
{
	const struct exercise *exercise = job_exercise(job);
	struct result *result = job->result;
	size_t i;

	result->tests = calloc(exercise->test_count, sizeof *result->tests);
	ENOUGH(result->tests);
	for (i = 0; i < exercise->test_count; i++)
		if (wanted(job, &exercise->tests[i]))
			result->tests[result->test_count++].test =
				&exercise->tests[i];
}

static uint64_t seed_of(const struct job *job, const struct exercise_test *test)
{
	const char *id = job_exercise(job)->id;

	if (job->options->seed_given)
		return (job->options->seed + job->repetition) & ASSAY_SEED_MAX;
	if (test->visibility == VISIBILITY_HIDDEN)
		return seed_hidden(job->options->secret, id, test->id,
				   job->repetition);
	return seed_public(id, test->id, job->repetition);
}

/* The first test that did not pass. */
static const char *first_lost(const struct job *job)
{
	const struct result *result = job->result;
	size_t i;

	for (i = 0; i < job->test; i++)
		if (result->tests[i].verdict != VERDICT_PASS)
			return result->tests[i].test->id;
	return NULL;
}

/* The first needed test that did not pass, or NULL. */
static const char *unmet_need(const struct job *job,
			      const struct exercise_test *test)
{
	const struct result *result = job->result;
	char **need;
	size_t i;

	if (job->options->stop_when_lost)
		return first_lost(job);
	for (need = test->depends_on; need && *need; need++)
		for (i = 0; i < job->test; i++)
			if (strcmp(result->tests[i].test->id, *need) == 0 &&
			    result->tests[i].verdict != VERDICT_PASS)
				return result->tests[i].test->id;
	return NULL;
}

static void next_test(struct job *job)
{
	job->test++;
	job->repetition = 0;
}

/* Takes @message over. */
static void fail_unrun(struct job *job, struct test_result *test, char *message)
{
	test->verdict = VERDICT_FAIL;
	test->run.verdict = VERDICT_FAIL;
	test->run.property = text_format("%s", test->test->property);
	test->run.message = message;
	test->ran = 1;
	next_test(job);
}

/* "FILE:LINE: MESSAGE"; NULL if it has no place that a person could look at. */
static char *error_text(const json_t *diagnostic)
{
	const json_t *line = json_object_get(diagnostic, "line");
	const char *file = json_string_value(
		json_object_get(diagnostic, "file"));

	if (!file || !line || !report_is(diagnostic, "kind", "error"))
		return NULL;
	return text_format(
		"%s:%lld: %s", file, json_integer_value(line),
		json_string_value(json_object_get(diagnostic, "message")));
}

static char *first_error(const struct result *result, const char *variant)
{
	const json_t *diagnostic;
	char *text = NULL;
	size_t i, n;

	for (i = 0; i < result->build_count; i++)
		if (strcmp(result->builds[i].variant->name, variant) == 0)
			json_array_foreach (result->builds[i].diagnostics, n,
					    diagnostic)
				if (!text)
					text = error_text(diagnostic);
	return text;
}

static char *unbuilt(const struct result *result,
		     const struct exercise_test *test)
{
	AUTO_FREE char *error = first_error(result, test->variant);

	return text_format("The \"%s\" build of the submission failed, see the "
			   "build part%s%s",
			   test->variant, error ? ": " : ".",
			   error ? error : "");
}

/* What the explorer does not see it cannot put in another order. */
static char *unsearchable(const char *what)
{
	return text_format("%s: the search cannot vouch for such code, so "
			   "nothing was searched.",
			   what);
}

/* SIGKILL, though of no limit: a program may have sent it to itself, or an
 * operator, a scheduler of jobs or a kernel short of memory sent it. Who does
 * it to itself does it each time, and has crashed then. */
static bool killed_by_somebody(const struct test_run *run)
{
	return run->verdict == VERDICT_CRASH &&
	       run->candidate.outcome == BOX_SIGNALED &&
	       run->candidate.signal == SIGKILL;
}

/* By the host, and there is another try. */
static bool spoiled(struct job *job, struct test_result *test,
		    const struct test_run *run)
{
	const char *why = run->verdict == VERDICT_INCONCLUSIVE ? run->fault
			  : killed_by_somebody(run)
				  ? "the program was killed, by nobody that "
				    "assay knows of"
				  : NULL;

	if (!why || job->test_retries == JOB_RETRIES_MAX)
		return false;
	job->test_retries++;
	retries_note(&test->retries, why);
	return true;
}

static void tested_cb(void *data, struct test_run *run)
{
	struct job *job = data;
	struct test_result *test = &job->result->tests[job->test];
	bool company = gate_leave(job->options->gate, &job->pass);

	job->waiting = false;
	if (spoiled(job, test, run) ||
	    job_late_again(job, test, run, company)) {
		test_run_release(run);
		job_tick(job);
		return;
	}
	job->test_retries = 0;
	test_run_release(&test->run);
	test->run = *run;
	test->ran++;
	test->verdict = run->verdict;
	if (run->verdict == VERDICT_PASS) {
		test->passed++;
		job->repetition++;
	}
	if (run->verdict != VERDICT_PASS ||
	    job->repetition == test->test->repeat)
		next_test(job);
	job_tick(job);
}

static void granted_cb(void *data)
{
	struct job *job = data;
	const struct exercise_test *test = job->result->tests[job->test].test;
	size_t variant = job_variant_index(job, test->variant);
	const struct exercise_language *language =
		job->result->selection.language;
	struct testrun_request request = {
		.exercise = job_exercise(job),
		.test = test,
		.variant = &language->variants[variant],
		.repetition = job->repetition,
		.seed = seed_of(job, test),
		.program = job->programs[variant].fd,
		.judge = job->toolkit->judge,
		.baseline = toolkit_baseline(job->toolkit, language,
					     test->variant),
		.submission = &job->result->selection.build,
		.params = exercise_is_explored(test->variant)
				  ? job->options->explore_params
				  : NULL,
		.time_us = exercise_is_explored(test->variant)
				   ? job->options->explore_us
				   : 0,
		.hooks_sanitizer = job->result->selection.hooks_sanitizer,
	};

	job_late_begin(job);
	testrun_start(job->loop, &job->boxes, &request, tested_cb, job);
}

static void start_test(struct job *job, const struct exercise_test *test)
{
	job_tell(job, job->alone ? "alone" : "test", test->id);
	job->waiting = true;
	gate_enter(job->options->gate, &job->pass, job->alone, granted_cb, job);
}

void job_test_tick(struct job *job)
{
	struct result *result = job->result;
	struct test_result *test;
	size_t variant;

	if (job->test == result->test_count) {
		job_go(job, JOB_DONE);
		return;
	}
	test = &result->tests[job->test];
	test->skipped_for = unmet_need(job, test->test);
	if (test->skipped_for) {
		test->verdict = test->run.verdict = VERDICT_SKIPPED;
		next_test(job);
		return;
	}
	variant = job_variant_index(job, test->test->variant);
	if (exercise_is_explored(test->test->variant) &&
	    result->selection.unsearchable)
		fail_unrun(job, test,
			   unsearchable(result->selection.unsearchable));
	else if (job->programs[variant].failed)
		fail_unrun(job, test, unbuilt(result, test->test));
	else
		start_test(job, test->test);
}
