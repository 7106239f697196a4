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
 * job on. A run that the host spoiled is done again up to JOB_RETRIES_MAX
 * times; after that its test is inconclusive and the job goes on with the next.
 */
#include "job_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "text.h"

static uint64_t now_ms(void)
{
	struct timeval now;

	(void)gettimeofday(&now, NULL);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_usec / 1000u;
}

void job_tell(const struct job *job, const char *what, const char *name)
{
	if (job->options->progress)
		job->options->progress(job->options->progress_data, what, name);
}

void job_go(struct job *job, enum job_state state)
{
	static const bool allowed[JOB_DONE + 1][JOB_DONE + 1] = {
		[JOB_SELECT] = { [JOB_BUILD] = true, [JOB_DONE] = true },
		[JOB_BUILD] = { [JOB_TEST] = true, [JOB_DONE] = true },
		[JOB_TEST] = { [JOB_DONE] = true },
	};

	CHECK(allowed[job->state][state]);
	job->state = state;
}

void job_end_with(struct job *job, enum verdict verdict, const char *message)
{
	job->result->verdict = verdict;
	if (message)
		job->result->message = text_format("%s", message);
	job_go(job, JOB_DONE);
}

const struct exercise *job_exercise(const struct job *job)
{
	return job->toolkit->exercise;
}

size_t job_variant_index(const struct job *job, const char *name)
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

/* ---- SELECT ---- */

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
			job_go(job, JOB_DONE);
			return;
		}
	}
	if (!result->submission->rejected &&
	    submission_select(result->submission, result->exercise,
			      job->options->language, &result->selection,
			      &job->err) < 0) {
		job_go(job, JOB_DONE);
		return;
	}
	if (result->submission->rejected) {
		job_end_with(job, VERDICT_REJECTED,
			     result->submission->rejected);
		return;
	}
	if (toolkit_want(job->toolkit, result->selection.language, &job->err) <
	    0) {
		job_go(job, JOB_DONE);
		return;
	}
	job_test_plan(job);
	job_build_plan(job);
	job_go(job, JOB_BUILD);
}

/* ---- DONE ---- */

static void finish(struct job *job)
{
	struct result *result = job->result;
	size_t i;

	result->wall_ms = now_ms() - result->started_ms;
	machine_look(&result->ended);
	for (i = 0;
	     job->programs && i < result->selection.language->variant_count;
	     i++)
		if (job->programs[i].fd >= 0)
			(void)close(job->programs[i].fd);
	free(job->programs);
	retries_release(&job->retries);
	if (job->err.code) {
		result_free(result);
		job->done(job->data, NULL, &job->err);
	} else {
		result_settle(result);
		job->done(job->data, result, NULL);
	}
	free(job);
}

void job_tick(struct job *job)
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
			job_build_tick(job);
			break;
		case JOB_TEST:
			job_test_tick(job);
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
	result->boxes_cpu = boxes->cpu;
	machine_look(&result->began);
	job_tick(job);
}
