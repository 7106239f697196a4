/*
 * vector.c - an array that realloc() moves, under its lock
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
	grown = realloc(items, (count + 1) * sizeof(*items));
	scenario_require(grown != NULL, "memory");
	items = grown;
	items[count++] = item;
	pthread_mutex_unlock(&lock);
}

static int first(void)
{
	int item;

	pthread_mutex_lock(&lock);
	item = items[0];
	pthread_mutex_unlock(&lock);
	return item;
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
