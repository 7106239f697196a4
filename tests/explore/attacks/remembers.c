/*
 * remembers.c - counts its schedules in memory that it maps itself, at a fixed
 * place, and has its bug in the first one only
 */
#include "attack.h"

#include <stdatomic.h>
#include <sys/mman.h>

#define PLACE 0x200000000

static atomic_int counter;

static void *adder(void *unused)
{
	int seen = atomic_load(&counter);

	atomic_store(&counter, seen + 1);
	return unused;
}

/* Without hooks, as the explorer does not know the memory. */
static __attribute__((no_sanitize("thread"))) int schedules(void)
{
	volatile int *count = (volatile int *)PLACE;

	/* Fails from the second time on, as the place is taken. */
	(void)attack_call(SYS_mmap, PLACE, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE);
	return ++*count;
}

static void run(void)
{
	pthread_t threads[2];

	if (schedules() > 1)
		return;
	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, adder, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	scenario_require(atomic_load(&counter) == 2, "both additions count");
}

ATTACK_MAIN(run);
