/*
 * sem-rendezvous.c - two threads tell each other by semaphores that they are
 * there, and then look at what the other did before
 */
#include "suite.h"

#include <semaphore.h>

static sem_t here[2];
static int done[2];

static void *guest(void *number)
{
	int own = suite_number(number);

	done[own] = 1;
	sem_post(&here[own]);
	while (sem_wait(&here[!own]))
		;
	scenario_require(done[!own], "the other was there before");
	return NULL;
}

static void run(void)
{
	for (int i = 0; i < 2; i++)
		sem_init(&here[i], 0, 0);
	SUITE_RUN(guest, guest);
	for (int i = 0; i < 2; i++)
		sem_destroy(&here[i]);
}

SUITE_MAIN(run);
