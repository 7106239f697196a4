/*
 * driver.c - makes the calls of bq.h that the judge asks for
 *
 * Linked with the submission. It keeps no score: calls and their results go
 * into the history, and the judge reads that from outside.
 *
 * bq.h is the exercise's own, put back before each build. Its folder is the
 * last that the compiler looks in, so nothing else there stands before a
 * header of the system, of the kit or of this folder.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <assay/judge.h>

#include "bq.h"
#include "driver.h"
#include "history.h"
#include "protocol.h"
#include "queue_call.h"
#include "random.h"
#include "shim.h"

static struct {
	bq_t *queues[PROTOCOL_QUEUES];
	struct history_writer history;
	struct driver_crew crew;
	atomic_uint arrived; /* workers at the start of something together */
	atomic_uint finished; /* jobs; see work() */
} driver;

/* What a worker has in hand. */
struct job {
	unsigned worker;
	const struct command *command;
	struct reply reply;
	uint64_t sum;
	bool full; /* the history is: no further call may be made */
};

static int call(const struct command *command, enum queue_kind kind,
		uint64_t item, uint64_t *ret_value)
{
	bq_t *q = driver.queues[command->queue];
	void *taken = (void *)(uintptr_t)PROTOCOL_UNTOUCHED;
	int r = 0;

	switch (kind) {
	case QUEUE_PUT:
		return bq_put(q, (void *)(uintptr_t)item, command->timeout_ms);
	case QUEUE_TAKE:
		r = bq_take(q, &taken, command->timeout_ms);
		*ret_value = (uintptr_t)taken;
		return r;
	case QUEUE_CLOSE:
		bq_close(q);
		return 0;
	case QUEUE_LEN:
		*ret_value = bq_len(q);
		return 0;
	}
	return r;
}

/* Make one call, with its entry in the history. */
static void make_call(struct job *job, enum queue_kind kind, uint64_t item)
{
	const struct command *command = job->command;
	const struct history_record entry = {
		.argument = item,
		.timeout_ms = command->timeout_ms,
		.kind = kind,
		.object = command->queue,
	};
	struct history_record *record = NULL;
	uint64_t value = 0;
	int r;

	if (!command->unrecorded) {
		record = history_invoke(&driver.history, job->worker, &entry);
		if (!record) {
			job->full = true;
			return;
		}
	}
	r = call(command, kind, item, &value);
	if (record)
		history_complete(record, r, value);
	job->reply.result = r;
	job->reply.value = value;
	if (r == 0) {
		job->reply.count++;
		job->sum += kind == QUEUE_TAKE ? value : 0;
	}
}

/* The judge believes it of the reference solution only. */
static uint32_t cpu_us(void)
{
	struct timespec used = { 0 };

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint32_t)(used.tv_sec * 1000000 + used.tv_nsec / 1000);
}

static void repeat(struct job *job, enum queue_kind kind)
{
	uint32_t i;

	for (i = 0; i < job->command->count && !job->full; i++) {
		make_call(job, kind, job->command->value + i);
		if (job->reply.result != 0)
			break;
	}
}

/* Calls in an order that the seed decides, with room for others between. */
static void mix(struct job *job)
{
	struct random random = random_from(job->command->value);
	uint64_t item = job->command->value;
	uint32_t choice;
	uint32_t i;

	for (i = 0; i < job->command->count && !job->full; i++) {
		choice = random_below(&random, 10);
		if (choice < 4)
			make_call(job, QUEUE_PUT, item++);
		else if (choice < 8)
			make_call(job, QUEUE_TAKE, 0);
		else
			make_call(job, QUEUE_LEN, 0);
		if (random_below(&random, 4) == 0)
			(void)sched_yield();
	}
}

static void pairs(struct job *job)
{
	uint32_t i;

	for (i = 0; i < job->command->count && !job->full; i++) {
		make_call(job, QUEUE_PUT, job->command->value + i);
		if (job->reply.result == 0)
			make_call(job, QUEUE_TAKE, 0);
		if (job->reply.result != 0)
			break;
	}
}

/* The last of a gang to come lets all go. */
static void begin_together(uint32_t arrived)
{
	(void)atomic_fetch_add(&driver.arrived, 1);
	while (atomic_load(&driver.arrived) < arrived)
		(void)sched_yield();
}

/*
 * What is commanded after the reply happens after the job. The judge knows;
 * "finished" tells ThreadSanitizer, which cannot see through the judge. It
 * orders nothing between two workers.
 */
static void work(unsigned worker, const void *message)
{
	struct job job = { .worker = worker, .command = message };

	job.reply.sequence = job.command->sequence;
	if (job.command->gang > 0)
		begin_together(job.command->gang);
	switch (job.command->action) {
	case ACTION_PUT:
		repeat(&job, QUEUE_PUT);
		break;
	case ACTION_TAKE:
		repeat(&job, QUEUE_TAKE);
		break;
	case ACTION_CLOSE:
		repeat(&job, QUEUE_CLOSE);
		break;
	case ACTION_LEN:
		repeat(&job, QUEUE_LEN);
		break;
	case ACTION_MIX:
		mix(&job);
		break;
	case ACTION_PAIRS:
		pairs(&job);
		break;
	}
	if (job.command->unrecorded)
		job.reply.value = job.sum;
	job.reply.cpu_us = cpu_us();
	(void)atomic_fetch_add_explicit(&driver.finished, 1,
					memory_order_release);
	(void)driver_send(&job.reply, sizeof job.reply);
}

/* The main thread's own commands. false: it was none of those. */
static bool serve(const struct command *command)
{
	struct reply reply = { .sequence = command->sequence };
	bq_t **q = &driver.queues[command->queue];

	switch (command->action) {
	case ACTION_NEW:
		*q = bq_new(command->value);
		reply.value = *q != NULL;
		break;
	case ACTION_FREE:
		bq_free(*q);
		*q = NULL;
		break;
	case ACTION_SPURIOUS:
		shim_spurious(command->value, command->count);
		break;
	case ACTION_CLOCK:
		shim_clock((int64_t)command->value);
		break;
	case ACTION_HOLD:
		shim_hold(command->count != 0);
		break;
	case ACTION_HELD:
		reply.value = shim_held();
		break;
	default:
		return false;
	}
	(void)driver_send(&reply, sizeof reply);
	return true;
}

/*
 * When the judge has gone there is nothing left to be told, and threads may be
 * asleep in the candidate's calls: no joining, no clean-up, and no failure.
 */
int main(void)
{
	struct command command;

	(void)history_map(ASSAY_DRIVER_HISTORY_FD, &driver.history);
	driver_crew_init(&driver.crew, sizeof command, work);
	while (driver_receive(&command, sizeof command)) {
		(void)atomic_load_explicit(&driver.finished,
					   memory_order_acquire);
		if (command.action == ACTION_QUIT) {
			driver_crew_join(&driver.crew);
			return 0;
		}
		if (command.queue >= PROTOCOL_QUEUES)
			_exit(3);
		if (serve(&command))
			continue;
		if (driver_crew_post(&driver.crew, command.worker,
				     &command) != 0)
			_exit(3);
	}
	_exit(0);
}
