/*
 * batch.c - see batch.h
 */
#include "batch.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "gate.h"
#include "loop.h"
#include "machine.h"

struct batch;

struct slot {
	struct batch *batch;
	struct testrun_boxes boxes;
	char *path; /* of the submission in it */
	bool busy;
};

/* An exercise's toolkit, or why there is none. */
struct known_exercise {
	struct known_exercise *next;
	char *id;
	struct toolkit *toolkit;
	struct error err;
};

struct batch {
	const struct batch_options *options;
	struct job_options job; /* options->job, with the gate */
	struct gate gate;
	uv_loop_t own;
	uv_loop_t *loop;
	bool later; /* the source has more, but not now */
	struct slot *slots;
	struct known_exercise *known;
};

/* ---- exercises ---- */

static int find_toolkit(void *data, const char *id, struct toolkit **ret,
			struct error *err)
{
	const struct slot *slot = data;
	struct batch *batch = slot->batch;
	const struct job_options *options = &batch->options->job;
	struct known_exercise *known;

	for (known = batch->known; known; known = known->next)
		if (strcmp(known->id, id) == 0)
			break;
	if (!known) {
		known = calloc(1, sizeof *known);
		ENOUGH(known);
		known->id = strdup(id);
		ENOUGH(known->id);
		known->next = batch->known;
		batch->known = known;
		(void)toolkit_new(options->exercises, id, options->sandbox,
				  &known->toolkit, &known->err);
	}
	if (!known->toolkit) {
		*err = known->err;
		return -known->err.code;
	}
	*ret = known->toolkit;
	return 0;
}

static void forget_exercises(struct batch *batch)
{
	struct known_exercise *known;

	while ((known = batch->known)) {
		batch->known = known->next;
		toolkit_free(known->toolkit);
		free(known->id);
		free(known);
	}
}

/* ---- slots ---- */

static void job_done(void *data, struct result *result, const struct error *err)
{
	struct slot *slot = data;
	const struct batch_options *options = slot->batch->options;
	AUTO_FREE char *path = TAKE_PTR(slot->path);

	slot->busy = false;
	options->done(options->data, path, result, err);
}

/* A job that needs no box is over at once, so this loops; a job that waited
 * comes back through the loop in batch_run(). */
static void fill_slot(struct slot *slot)
{
	struct batch *batch = slot->batch;
	const struct batch_options *options = batch->options;
	struct submission *submission;
	int more = 0;

	while (!slot->busy &&
	       (more = options->next(options->data, &submission)) > 0) {
		slot->busy = true;
		slot->path = strdup(submission->path);
		ENOUGH(slot->path);
		job_start(batch->loop, &slot->boxes, &batch->job, submission,
			  find_toolkit, job_done, slot);
	}
	if (more == BATCH_LATER)
		batch->later = true;
}

/* A slot's boxes share a CPU: one waits for the other most of the time. */
static void open_slot(struct batch *batch, unsigned i)
{
	const char *path = batch->options->job.sandbox;
	struct slot *slot = &batch->slots[i];

	enum box_level level = batch->options->job.need_level
				       ? batch->options->job.level
				       : BOX_LEVEL_MINIMAL;

	slot->batch = batch;
	slot->boxes.cpu = machine_cpu_at(i);
	slot->boxes.candidate = box_client_new(batch->loop, path, NULL, i);
	slot->boxes.judge = box_client_new(batch->loop, path, NULL, i);
	slot->boxes.second = box_client_new(batch->loop, path, NULL, i);
	box_client_require(slot->boxes.candidate, level);
	box_client_require(slot->boxes.judge, level);
	box_client_require(slot->boxes.second, level);
}

static void close_slot(struct slot *slot)
{
	box_client_close(slot->boxes.candidate);
	box_client_close(slot->boxes.judge);
	box_client_close(slot->boxes.second);
}

static bool any_busy(const struct batch *batch)
{
	unsigned i;

	for (i = 0; i < batch->options->slots; i++)
		if (batch->slots[i].busy)
			return true;
	return false;
}

/* Whether anything is left to wait for. */
static bool fill_slots(struct batch *batch)
{
	unsigned i;

	batch->later = false;
	/* taking one in costs time as well, and may cost compiling */
	for (i = 0; i < batch->options->slots && gate_is_open(&batch->gate);
	     i++)
		fill_slot(&batch->slots[i]);
	return batch->later || any_busy(batch);
}

void batch_run(const struct batch_options *options)
{
	struct batch batch = { .options = options,
			       .job = options->job,
			       .loop = options->loop };
	unsigned i;

	CHECK(options->slots >= 1 && options->slots <= BATCH_SLOTS_MAX);
	batch.job.gate = &batch.gate;
	if (!batch.loop) {
		loop_open(&batch.own);
		batch.loop = &batch.own;
	}
	batch.slots = calloc(options->slots, sizeof *batch.slots);
	ENOUGH(batch.slots);
	for (i = 0; i < options->slots; i++)
		open_slot(&batch, i);
	while (fill_slots(&batch))
		(void)uv_run(batch.loop, UV_RUN_ONCE);
	for (i = 0; i < options->slots; i++)
		close_slot(&batch.slots[i]);
	/* until every box has gone */
	(void)uv_run(batch.loop, UV_RUN_DEFAULT);
	if (batch.loop == &batch.own)
		CHECK(uv_loop_close(batch.loop) == 0);
	free(batch.slots);
	forget_exercises(&batch);
}

unsigned batch_default_slots(void)
{
	cpu_set_t cpus;
	int count;

	if (sched_getaffinity(0, sizeof cpus, &cpus) < 0)
		return 1;
	count = CPU_COUNT(&cpus);
	return count > BATCH_SLOTS_MAX ? BATCH_SLOTS_MAX : (unsigned)count;
}
