/* program.c - two threads that add to a counter, under a lock */
#include <assay/scenario.h>
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int counter;

static void *adder(void *unused)
{
	(void)pthread_mutex_lock(&lock);
	counter++;
	(void)pthread_mutex_unlock(&lock);
	return unused;
}

static void run(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, adder, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	scenario_require(counter == 2, "both additions count");
}

const struct scenario scenarios[] = {
	{ "main", run },
	{ NULL, NULL },
};
