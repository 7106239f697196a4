/*
 * driver.c - makes the calls of pool.h that the judge asks for
 *
 * Linked with the submission. It keeps no score: calls, tasks and what came of
 * them go into the history, and the judge reads that from outside.
 *
 * pool.h is the exercise's own, put back before each build. Its folder is the
 * last that the compiler looks in, so nothing else there stands before a
 * header of the system, of the kit or of this folder.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "ledger.h"
#include "log.h"
#include "pool.h"
#include "protocol.h"
#include "task.h"

static struct {
	struct driver_crew crew;
	atomic_uint arrived;  /* workers at the start of something together */
	atomic_uint finished; /* jobs; see work() */
} driver;

/* What a worker has in hand. */
struct job {
	const struct command *command;
	struct reply reply;
};

/* The judge believes it of the reference solution only. */
static uint32_t cpu_us(void)
{
	struct timespec used = { 0 };

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint32_t)(used.tv_sec * 1000000 + used.tv_nsec / 1000);
}

static int submit(struct task *task, const struct command *command)
{
	return task_submit(task, command->kind, command->gate,
			   command->action == ACTION_SUBMIT);
}

static int call(struct job *job, struct task *task)
{
	const struct command *command = job->command;

	switch (command->action) {
	case ACTION_SUBMIT:
	case ACTION_DROP:
		return submit(task, command);
	case ACTION_WAIT:
		return task_wait(task, command->timeout_ms, &job->reply.value);
	case ACTION_CANCEL:
		return task_cancel(task);
	case ACTION_FORGET:
		task_forget(task);
		return 0;
	case ACTION_BEGUN:
		task_await_begin(task);
		return 0;
	default:
		return 0;
	}
}

static void on_tasks(struct job *job)
{
	const struct command *command = job->command;
	uint32_t i;
	int r;

	for (i = 0; i < command->count; i++) {
		r = call(job, task_at(command->pool, command->first + i));
		if (r == 0)
			job->reply.count++;
		else
			job->reply.result = r;
	}
}

static void *plain(void *number)
{
	return number;
}

/* Nothing of the driver's own is in between: it is for measuring. */
static void waves(struct job *job)
{
	future_t *futures[PROTOCOL_TASKS] = { 0 };
	const struct command *command = job->command;
	pool_t *pool = task_pool(command->pool);
	uint32_t wave;
	uint64_t i;
	void *value;

	for (wave = 0; wave < command->count; wave++) {
		for (i = 0; i < command->value; i++)
			if (pool_submit(pool, plain, (void *)(uintptr_t)(i + 1),
					&futures[i]) != 0)
				return;
		for (i = 0; i < command->value; i++) {
			value = NULL;
			(void)future_wait(futures[i], -1, &value);
			job->reply.value += (uintptr_t)value;
			future_free(futures[i]);
		}
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
	struct job job = { .command = message };

	(void)worker;
	job.reply.sequence = job.command->sequence;
	log_mute(job.command->unrecorded != 0);
	if (job.command->gang > 0)
		begin_together(job.command->gang);
	switch (job.command->action) {
	case ACTION_HELLO:
		break;
	case ACTION_SHUTDOWN:
		job.reply.value = (uint64_t)(int64_t)pool_end(
			job.command->pool, job.command->count != 0,
			job.command->timeout_ms);
		break;
	case ACTION_FREE:
		pool_free(task_pool(job.command->pool));
		break;
	case ACTION_WAVES:
		waves(&job);
		break;
	default:
		on_tasks(&job);
		break;
	}
	job.reply.cpu_us = cpu_us();
	(void)atomic_fetch_add_explicit(&driver.finished, 1,
					memory_order_release);
	(void)driver_send(&job.reply, sizeof job.reply);
}

/* The main thread's own commands. false: it was none of those. */
static bool serve(const struct command *command)
{
	struct reply reply = { .sequence = command->sequence };

	switch (command->action) {
	case ACTION_NEW:
		reply.value = task_begin_pool(
			command->pool,
			pool_new((int)command->first, (int)command->count,
				 command->value,
				 (enum pool_policy)command->kind));
		break;
	case ACTION_OPEN:
		gate_open(command->first);
		break;
	case ACTION_BLOCKS:
		reply.value = (uint64_t)ledger_blocks();
		break;
	default:
		return false;
	}
	(void)driver_send(&reply, sizeof reply);
	return true;
}

static bool sound(const struct command *command)
{
	return command->pool < PROTOCOL_POOLS &&
	       (command->action < ACTION_SUBMIT ||
		command->action > ACTION_BEGUN ||
		(command->first < PROTOCOL_TASKS &&
		 command->count <= PROTOCOL_TASKS - command->first)) &&
	       (command->action != ACTION_WAVES ||
		command->value <= PROTOCOL_TASKS);
}

/*
 * When the judge has gone there is nothing left to be told, and threads may be
 * asleep in the candidate's calls: no joining, no clean-up, and no failure.
 */
int main(void)
{
	struct command command;

	log_init();
	driver_crew_init(&driver.crew, sizeof command, work);
	while (driver_receive(&command, sizeof command)) {
		(void)atomic_load_explicit(&driver.finished,
					   memory_order_acquire);
		if (command.action == ACTION_QUIT) {
			driver_crew_join(&driver.crew);
			return 0;
		}
		if (!sound(&command))
			_exit(3);
		if (serve(&command))
			continue;
		if (driver_crew_post(&driver.crew, command.worker, &command) !=
		    0)
			_exit(3);
	}
	_exit(0);
}
