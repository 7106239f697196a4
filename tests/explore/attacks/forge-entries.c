/*
 * forge-entries.c - writes entries of schedules that passed over the shared
 * memory, before and while the bug shows
 */
#include "attack.h"

#include <assay/explore.h>
#include <sys/mman.h>

static struct explore_entry *shared;

static void *forger(void *unused)
{
	for (size_t i = 0; shared && i < 16; i++)
		shared[i] = (struct explore_entry){
			.bytes = sizeof(*shared),
			.outcome = EXPLORE_PASSED,
			.schedule = i + 1,
			.threads = 3,
			.steps = 20,
		};
	return unused;
}

static void run(void)
{
	void *memory = mmap(NULL, 16 * sizeof(*shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED, ATTACK_HISTORY_FD, 0);
	pthread_t thread;

	if (memory != MAP_FAILED)
		shared = memory;
	(void)forger(NULL);
	(void)pthread_create(&thread, NULL, forger, NULL);
	attack_bug();
	(void)pthread_join(thread, NULL);
}

ATTACK_MAIN(run);
