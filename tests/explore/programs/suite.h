/*
 * suite.h - what most programs of the suite would write out otherwise
 *
 * A program is one scenario. It starts a few threads, joins them, and says by
 * scenario_require() what has to be true then.
 */
#ifndef SUITE_H
#define SUITE_H

#include <assay/scenario.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define SUITE_THREADS_MAX 5

typedef void *suite_body(void *number);

/* The program's only scenario. */
#define SUITE_MAIN(function)                  \
	const struct scenario scenarios[] = { \
		{ "main", function },         \
		{ NULL, NULL },               \
	}

/* A thread for each of the bodies, which gets its place in the list, from 0;
 * returns when all of them have ended. */
#define SUITE_RUN(...)                                           \
	suite_run((suite_body *const[]){ __VA_ARGS__ },          \
		  sizeof((suite_body *const[]){ __VA_ARGS__ }) / \
			  sizeof(suite_body *))

static inline pthread_t suite_start(suite_body *body, int number)
{
	pthread_t thread = 0;
	int failed = pthread_create(&thread, NULL, body,
				    (void *)(intptr_t)number);

	scenario_require(!failed, "suite: a thread starts");
	return thread;
}

static inline void suite_join(pthread_t thread)
{
	int failed = pthread_join(thread, NULL);

	scenario_require(!failed, "suite: a thread is joined");
}

static inline void suite_run(suite_body *const bodies[], size_t count)
{
	pthread_t threads[SUITE_THREADS_MAX];

	for (size_t i = 0; i < count; i++)
		threads[i] = suite_start(bodies[i], (int)i);
	for (size_t i = 0; i < count; i++)
		suite_join(threads[i]);
}

/* Which of the list this thread is. */
static inline int suite_number(void *number)
{
	return (int)(intptr_t)number;
}

#endif
