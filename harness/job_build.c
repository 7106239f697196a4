/*
 * job_build.c - BUILD: each variant that a planned test uses, once
 */
#include "job_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "build.h"
#include "build_kept.h"
#include "level.h"
#include "store.h"
#include "text.h"

static void tell_built(const struct job *job,
		       const struct exercise_variant *variant, int fd)
{
	if (job->options->built && fd >= 0)
		job->options->built(job->options->built_data, variant->name,
				    fd);
}

void job_build_plan(struct job *job)
{
	size_t i, count = job->result->selection.language->variant_count;

	job->programs = calloc(count, sizeof *job->programs);
	job->result->builds = calloc(count, sizeof *job->result->builds);
	ENOUGH(job->programs && job->result->builds);
	for (i = 0; i < count; i++)
		job->programs[i].fd = -1;
}

/* The next variant that a planned test uses and nobody has tried to build. */
static const struct exercise_variant *next_variant(const struct job *job)
{
	const struct result *result = job->result;
	size_t i, variant;

	for (i = 0; i < result->test_count; i++) {
		CHECK(result->tests[i].test);
		variant = job_variant_index(job,
					    result->tests[i].test->variant);
		if (job->programs[variant].fd < 0 &&
		    !job->programs[variant].failed)
			return &result->selection.language->variants[variant];
	}
	return NULL;
}

static void note_isolation(struct job *job)
{
	const struct box_hello *hello = box_client_hello(job->boxes.candidate);

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

static struct job_program *program_of(struct job *job,
				      const struct exercise_variant *variant)
{
	return &job->programs[job_variant_index(job, variant->name)];
}

/* Takes @built and @fd over. */
static void take_build(struct job *job, struct build_result *built, int fd)
{
	const struct exercise_variant *variant = next_variant(job);
	struct job_program *program = program_of(job, variant);
	struct result *result = job->result;

	built->retries = job->retries;
	job->retries = (struct retries){ 0 };
	program->fd = fd;
	program->failed = !built->ok;
	built->variant = variant;
	if (built->scanned)
		trust_build(job, built);
	tell_built(job, variant, fd);
	result->builds[result->build_count++] = *built;
}

static const char *why_again(const struct build_result *built)
{
	if (build_was_killed(built))
		return "the compiler was killed, by nobody that assay knows of";
	return built->fault;
}

static void built_cb(void *data, struct build_result *built, int fd)
{
	struct job *job = data;
	const struct job_program *program = program_of(job, next_variant(job));
	const char *why;

	job->waiting = false;
	(void)gate_leave(job->options->gate, &job->pass);
	note_isolation(job);
	why = why_again(built);
	if (why && job->retries.count < JOB_RETRIES_MAX) {
		retries_note(&job->retries, why);
		build_result_release(built);
		if (fd >= 0)
			(void)close(fd);
		job_tick(job);
		return;
	}
	if (*program->key)
		build_kept_put(program->key, built, fd);
	take_build(job, built, fd);
	job_tick(job);
}

static void granted_cb(void *data)
{
	struct job *job = data;
	const struct exercise_variant *variant = next_variant(job);
	struct build_request request = build_request_of(
		job_exercise(job), variant, &job->result->selection.build);

	build_start(job->boxes.candidate, &request, built_cb, job);
}

/* Which box it is to be is known: in one that isolates less, a compiler might
 * see more. */
static void ready_cb(void *data)
{
	struct job *job = data;
	const struct exercise_variant *variant = next_variant(job);
	struct job_program *program = program_of(job, variant);
	struct build_request request = build_request_of(
		job_exercise(job), variant, &job->result->selection.build);
	const struct box_hello *hello = box_client_hello(job->boxes.candidate);
	struct build_result kept;
	int fd;

	note_isolation(job);
	*program->key = '\0';
	if (hello && !hello->error) {
		request.level = hello->level;
		store_key(&request, program->key);
		if (build_kept_get(program->key, &kept, &fd)) {
			job->waiting = false;
			take_build(job, &kept, fd);
			job_tick(job);
			return;
		}
	}
	gate_enter(job->options->gate, &job->pass, false, granted_cb, job);
}

static void start_build(struct job *job, const struct exercise_variant *variant)
{
	job_tell(job, "build", variant->name);
	if (toolkit_prepare(job->toolkit, job->result->selection.language,
			    variant, &job->err) < 0) {
		job_go(job, JOB_DONE);
		return;
	}
	job->waiting = true;
	box_client_ready(job->boxes.candidate, ready_cb, job);
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
		job_end_with(job, VERDICT_INCONCLUSIVE, last->fault);
		return true;
	}
	if (last->ok || result->build_count > 1)
		return false;
	job_end_with(job, VERDICT_BUILD_ERROR,
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

void job_build_tick(struct job *job)
{
	const struct exercise_variant *variant;

	if (below_level(job)) {
		job_go(job, JOB_DONE);
		return;
	}
	if (build_ends_it(job))
		return;
	variant = next_variant(job);
	if (variant)
		start_build(job, variant);
	else
		job_go(job, JOB_TEST);
}
