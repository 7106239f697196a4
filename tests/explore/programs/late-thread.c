/*
 * late-thread.c - a job is freed as soon as it is done, while its worker still
 * looks into it
 *
 * Fails: the worker is preempted after it has said that the job is done; the
 * owner frees the job; the worker reads its number.
 */
#include "suite.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct job {
	atomic_int done;
	int number;
};

static atomic_int last;

static void *worker(void *argument)
{
	struct job *job = argument;

	atomic_store(&job->done, 1);
	atomic_store(&last, job->number);
	return NULL;
}

static void run(void)
{
	struct job *job = calloc(1, sizeof(*job));
	pthread_t thread;

	scenario_require(job != NULL, "memory");
	job->number = 3;
	scenario_require(!pthread_create(&thread, NULL, worker, job),
			 "a thread starts");
	while (!atomic_load(&job->done))
		sched_yield();
	free(job);
	pthread_join(thread, NULL);
}

SUITE_MAIN(run);
