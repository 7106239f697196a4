/*
 * job.c - the state machine of one submission
 *
 *   SELECT --> BUILD --> TEST --> DONE
 *      |        ^  |      ^  |     ^
 *      |        +--+      +--+     |      BUILD: once per variant that is used
 *      |     next variant  next run|      TEST: once per repetition
 *      +----------+----------------+
 *        rejected   build error
 *
 * Callbacks store what happened and call job_tick(), which alone moves the
 * job on. A run that the host spoiled is done again up to RETRIES_MAX times;
 * after that its test is inconclusive and the job goes on with the next.
 */
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "build.h"
#include "level.h"
#include "seed.h"
#include "text.h"

#define RETRIES_MAX 2

enum job_state { JOB_SELECT, JOB_BUILD, JOB_TEST, JOB_DONE };

/* A variant's program, as soon as it has been built. */
struct program {
	int fd;
	bool failed;
};

struct job {
	uv_loop_t *loop;
	struct testrun_boxes boxes;
	const struct job_options *options;
	job_toolkit_cb find_toolkit;
	job_done_cb done;
	void *data;
	enum job_state state;
	bool waiting; /* for a callback */
	bool ticking;
	struct toolkit *toolkit;
	struct result *result;
	struct program *programs; /* by variant of the language */
	size_t test;              /* index into result->tests */
	unsigned repetition;
	unsigned retries; /* of the run or build under way */
	unsigned test_retries;
	struct error err;
};

static void job_tick(struct job *job);

static uint64_t now_ms(void)
{
	struct timeval now;

	(void)gettimeofday(&now, NULL);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_usec / 1000u;
}

static void tell(const struct job *job, const char *what, const char *name)
{
	if (job->options->progress)
		job->options->progress(job->options->progress_data, what, name);
}

static void tell_built(const struct job *job,
		       const struct exercise_variant *variant, int fd)
{
	if (job->options->built && fd >= 0)
		job->options->built(job->options->built_data, variant->name,
				    fd);
}

static void go(struct job *job, enum job_state state)
{
	static const bool allowed[JOB_DONE + 1][JOB_DONE + 1] = {
		[JOB_SELECT] = { [JOB_BUILD] = true, [JOB_DONE] = true },
		[JOB_BUILD] = { [JOB_TEST] = true, [JOB_DONE] = true },
		[JOB_TEST] = { [JOB_DONE] = true },
	};

	CHECK(allowed[job->state][state]);
	job->state = state;
}

/* End with a verdict on the submission as a whole. */
static void end_with(struct job *job, enum verdict verdict, const char *message)
{
	job->result->verdict = verdict;
	if (message)
		job->result->message = text_format("%s", message);
	go(job, JOB_DONE);
}

static void end_with_error(struct job *job)
{
	go(job, JOB_DONE);
}

/* ---- SELECT ---- */

static const struct exercise *exercise_of(const struct job *job)
{
	return job->toolkit->exercise;
}

/* Whether a test is wanted, or needed by one that is. */
static bool wanted(const struct job *job, const struct exercise_test *test)
{
	const struct exercise *exercise = exercise_of(job);
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

static void plan_tests(struct job *job)
{
	const struct exercise *exercise = exercise_of(job);
	struct result *result = job->result;
	size_t i;

	result->tests = calloc(exercise->test_count, sizeof *result->tests);
	ENOUGH(result->tests);
	for (i = 0; i < exercise->test_count; i++)
		if (wanted(job, &exercise->tests[i]))
			result->tests[result->test_count++].test =
				&exercise->tests[i];
}

static void plan_builds(struct job *job)
{
	size_t i, count = job->result->selection.language->variant_count;

	job->programs = calloc(count, sizeof *job->programs);
	job->result->builds = calloc(count, sizeof *job->result->builds);
	ENOUGH(job->programs && job->result->builds);
	for (i = 0; i < count; i++)
		job->programs[i].fd = -1;
}

static int find_exercise(struct job *job)
{
	const struct submission *submission = job->result->submission;
	const char *id = job->options->exercise_id ? job->options->exercise_id
						   : submission->exercise_id;
	int result;

	if (!id)
		return error_set(&job->err, EINVAL,
				 "%s: does not say which exercise it is of; "
				 "name it with --exercise",
				 submission->path);
	result = job->find_toolkit(job->data, id, &job->toolkit, &job->err);
	if (result < 0)
		return result;
	job->result->exercise = job->toolkit->exercise;
	return 0;
}

static void tick_select(struct job *job)
{
	struct result *result = job->result;

	/* the exercise is named in the report even of what is rejected */
	if (!result->submission->rejected || job->options->exercise_id ||
	    result->submission->exercise_id) {
		if (find_exercise(job) < 0) {
			end_with_error(job);
			return;
		}
	}
	if (!result->submission->rejected &&
	    submission_select(result->submission, result->exercise,
			      job->options->language, &result->selection,
			      &job->err) < 0) {
		end_with_error(job);
		return;
	}
	if (result->submission->rejected) {
		end_with(job, VERDICT_REJECTED, result->submission->rejected);
		return;
	}
	if (toolkit_want(job->toolkit, result->selection.language, &job->err) <
	    0) {
		end_with_error(job);
		return;
	}
	plan_tests(job);
	plan_builds(job);
	go(job, JOB_BUILD);
}

/* ---- BUILD ---- */

static size_t variant_index(const struct job *job, const char *name)
{
	const struct exercise_language *language =
		job->result->selection.language;
	size_t i;

	for (i = 0; i < language->variant_count; i++)
		if (strcmp(language->variants[i].name, name) == 0)
			break;
	CHECK(i < language->variant_count);
	return i;
}

/* The next variant that a planned test uses and nobody has tried to build. */
static const struct exercise_variant *next_variant(const struct job *job)
{
	const struct result *result = job->result;
	size_t i, variant;

	for (i = 0; i < result->test_count; i++) {
		CHECK(result->tests[i].test);
		variant = variant_index(job, result->tests[i].test->variant);
		if (job->programs[variant].fd < 0 &&
		    !job->programs[variant].failed)
			return &result->selection.language->variants[variant];
	}
	return NULL;
}

static void note_isolation(struct job *job, const struct box_client *client)
{
	const struct box_hello *hello = box_client_hello(client);

	if (hello)
		job->result->isolation = *hello;
}

/* A preprocessor sees more than a look at the sources, and less that is not
 * there. */
static void trust_build(struct job *job, const struct build_result *built)
{
	struct selection *selection = &job->result->selection;

	if (selection->renames_lines)
		return;
	free(selection->unsearchable);
	selection->unsearchable = built->unsearchable
					  ? text_format("%s",
							built->unsearchable)
					  : NULL;
}

static void built_cb(void *data, struct build_result *built, int fd)
{
	struct job *job = data;
	struct result *result = job->result;
	const struct exercise_variant *variant = next_variant(job);
	struct program *program =
		&job->programs[variant_index(job, variant->name)];

	job->waiting = false;
	note_isolation(job, job->boxes.candidate);
	if (built->fault && job->retries < RETRIES_MAX) {
		job->retries++;
		build_result_release(built);
		if (fd >= 0)
			(void)close(fd);
		job_tick(job);
		return;
	}
	job->retries = 0;
	program->fd = fd;
	program->failed = !built->ok;
	built->variant = variant;
	if (built->scanned)
		trust_build(job, built);
	tell_built(job, variant, fd);
	result->builds[result->build_count++] = *built;
	job_tick(job);
}

static void start_build(struct job *job, const struct exercise_variant *variant)
{
	struct build_request request = build_request_of(
		exercise_of(job), variant, &job->result->selection.build);

	tell(job, "build", variant->name);
	job->waiting = true;
	build_start(job->boxes.candidate, &request, built_cb, job);
}

/* What cannot be compiled at all has no tests to run; where only another
 * variant fails, its own tests say so. */
static bool build_ends_it(struct job *job)
{
	const struct result *result = job->result;
	const struct build_result *last;

	if (result->build_count == 0)
		return false;
	last = &result->builds[result->build_count - 1];
	if (last->fault) {
		end_with(job, VERDICT_INCONCLUSIVE, last->fault);
		return true;
	}
	if (last->ok || result->build_count > 1)
		return false;
	end_with(job, VERDICT_BUILD_ERROR,
		 last->box.outcome == BOX_EXITED
			 ? "the submission does not compile or link"
			 : "the compiler was ended by a limit");
	return true;
}

/* Nothing is decided on a host that isolates less than was asked for. */
static bool below_level(struct job *job)
{
	const struct box_hello *hello = &job->result->isolation;

	return job->options->need_level && hello->type && !hello->error &&
	       level_check(hello, job->options->level, &job->err) < 0;
}

static void tick_build(struct job *job)
{
	const struct exercise_variant *variant;

	if (below_level(job)) {
		end_with_error(job);
		return;
	}
	if (build_ends_it(job))
		return;
	variant = next_variant(job);
	if (variant)
		start_build(job, variant);
	else
		go(job, JOB_TEST);
}

/* ---- TEST ---- */

static uint64_t seed_of(const struct job *job, const struct exercise_test *test)
{
	const char *id = exercise_of(job)->id;

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
	job->test_retries = 0;
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
	const char *kind = json_string_value(
		json_object_get(diagnostic, "kind"));

	if (!file || !line || !kind || strcmp(kind, "error") != 0)
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

static void tested_cb(void *data, struct test_run *run)
{
	struct job *job = data;
	struct test_result *test = &job->result->tests[job->test];

	job->waiting = false;
	if (run->verdict == VERDICT_INCONCLUSIVE &&
	    job->retries < RETRIES_MAX) {
		job->retries++;
		job->test_retries++;
		test_run_release(run);
		job_tick(job);
		return;
	}
	job->retries = 0;
	test_run_release(&test->run);
	test->run = *run;
	test->run.retries = job->test_retries;
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

static void start_test(struct job *job, const struct exercise_test *test,
		       size_t variant)
{
	const struct exercise_language *language =
		job->result->selection.language;
	struct testrun_request request = {
		.exercise = exercise_of(job),
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

	tell(job, "test", test->id);
	job->waiting = true;
	testrun_start(job->loop, &job->boxes, &request, tested_cb, job);
}

static void tick_test(struct job *job)
{
	struct result *result = job->result;
	struct test_result *test;
	size_t variant;

	if (job->test == result->test_count) {
		go(job, JOB_DONE);
		return;
	}
	test = &result->tests[job->test];
	test->skipped_for = unmet_need(job, test->test);
	if (test->skipped_for) {
		test->verdict = test->run.verdict = VERDICT_SKIPPED;
		next_test(job);
		return;
	}
	variant = variant_index(job, test->test->variant);
	if (exercise_is_explored(test->test->variant) &&
	    result->selection.unsearchable)
		fail_unrun(job, test,
			   unsearchable(result->selection.unsearchable));
	else if (job->programs[variant].failed)
		fail_unrun(job, test, unbuilt(result, test->test));
	else
		start_test(job, test->test, variant);
}

/* ---- DONE ---- */

static void finish(struct job *job)
{
	struct result *result = job->result;
	size_t i;

	result->wall_ms = now_ms() - result->started_ms;
	for (i = 0;
	     job->programs && i < result->selection.language->variant_count;
	     i++)
		if (job->programs[i].fd >= 0)
			(void)close(job->programs[i].fd);
	free(job->programs);
	if (job->err.code) {
		result_free(result);
		job->done(job->data, NULL, &job->err);
	} else {
		result_settle(result);
		job->done(job->data, result, NULL);
	}
	free(job);
}

/* Move on until there is something to wait for. */
static void job_tick(struct job *job)
{
	if (job->ticking)
		return;
	job->ticking = true;
	while (!job->waiting && job->state != JOB_DONE) {
		switch (job->state) {
		case JOB_SELECT:
			tick_select(job);
			break;
		case JOB_BUILD:
			tick_build(job);
			break;
		case JOB_TEST:
			tick_test(job);
			break;
		case JOB_DONE:
			break;
		}
	}
	job->ticking = false;
	if (!job->waiting)
		finish(job);
}

void job_start(uv_loop_t *loop, const struct testrun_boxes *boxes,
	       const struct job_options *options, struct submission *submission,
	       job_toolkit_cb toolkit, job_done_cb done, void *data)
{
	struct job *job = calloc(1, sizeof *job);
	struct result *result = calloc(1, sizeof *result);

	ENOUGH(job && result);
	job->loop = loop;
	job->boxes = *boxes;
	job->options = options;
	job->find_toolkit = toolkit;
	job->done = done;
	job->data = data;
	job->result = result;
	result->submission = submission;
	result->with_hidden = options->secret != NULL;
	result->started_ms = now_ms();
	job_tick(job);
}
