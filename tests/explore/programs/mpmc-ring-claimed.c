/*
 * mpmc-ring-claimed.c - consumers take a place that is claimed for filled
 *
 * Fails: the producer has claimed its slot and is preempted before it fills it;
 * the consumer reads the empty slot.
 */
#include "suite.h"

#include <stdatomic.h>

static atomic_int slots[2];
static atomic_uint claimed;
static atomic_uint taken;

static void *producer(void *number)
{
	unsigned place = atomic_fetch_add(&claimed, 1);

	(void)number;
	atomic_store(&slots[place], 1);
	return NULL;
}

static void *consumer(void *number)
{
	unsigned place = atomic_load(&taken);

	(void)number;
	while (place < atomic_load(&claimed)) {
		if (!atomic_compare_exchange_strong(&taken, &place, place + 1))
			continue;
		scenario_require(atomic_load(&slots[place]),
				 "what is taken was put");
		break;
	}
	return NULL;
}

static void run(void)
{
	SUITE_RUN(producer, producer, consumer);
}

SUITE_MAIN(run);
