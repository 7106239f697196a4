/*
 * canary.c - a scenario that is wrong
 *
 * Compiled like candidate code, and run in each build before and after its
 * search. If the explorer does not find fault with this, its findings about
 * the rest mean nothing either: hooks may have been replaced, or its memory
 * written over.
 */
#include <assay/scenario.h>

#include <pthread.h>
#include <stddef.h>

extern const struct scenario explore_canary;

static int count;

static void *add(void *unused)
{
	count++;
	return unused;
}

static void canary(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, add, NULL) != 0)
		return;
	count++;
	(void)pthread_join(other, NULL);
	scenario_require(count == 2, "two increments make two");
}

const struct scenario explore_canary = { "explore-canary", canary };
