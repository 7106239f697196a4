/*
 * vector-stale.c - a reader keeps the address of an array that a writer moves
 *
 * Fails: the writer moves it between the reader's critical section and its
 * read.
 */
#include "suite.h"

#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *items;
static size_t count;

static void append(int item)
{
	int *grown;

	pthread_mutex_lock(&lock);
	grown = malloc((count + 1) * sizeof(*items));
	scenario_require(grown != NULL, "memory");
	for (size_t i = 0; i < count; i++)
		grown[i] = items[i];
	free(items);
	items = grown;
	items[count++] = item;
	pthread_mutex_unlock(&lock);
}

static int first(void)
{
	const int *seen;

	pthread_mutex_lock(&lock);
	seen = items;
	pthread_mutex_unlock(&lock);
	return seen[0];
}

static void *writer(void *number)
{
	append(suite_number(number));
	return NULL;
}

static void *reader(void *number)
{
	(void)number;
	scenario_require(first() == 7, "the first item stays the first");
	return NULL;
}

static void run(void)
{
	append(7);
	SUITE_RUN(writer, reader);
	free(items);
}

SUITE_MAIN(run);
