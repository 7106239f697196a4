/*
 * double-checked-relaxed.c - made by the first who needs it, and published by a
 * relaxed store
 *
 * Fails: thread 2 sees the pointer without the lock and races with thread 1's
 * writing of what it points to.
 */
#include "suite.h"

#include <stdatomic.h>

struct table {
	int size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct table storage;
static _Atomic(struct table *) shared;

static struct table *table_get(void)
{
	struct table *table = atomic_load_explicit(&shared,
						   memory_order_acquire);

	if (table)
		return table;
	pthread_mutex_lock(&lock);
	table = atomic_load_explicit(&shared, memory_order_relaxed);
	if (!table) {
		table = &storage;
		table->size = 16;
		atomic_store_explicit(&shared, table, memory_order_relaxed);
	}
	pthread_mutex_unlock(&lock);
	return table;
}

static void *user(void *number)
{
	(void)number;
	scenario_require(table_get()->size == 16, "a table is made");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(user, user, user);
}

SUITE_MAIN(run);
