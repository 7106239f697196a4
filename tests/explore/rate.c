/*
 * rate.c - as many threads and steps as asked for, and nothing wrong with them
 *
 * For bench: what a schedule costs against its threads (THREADS) and steps
 * (ROUNDS of lock, read, write, unlock, for each of them).
 */
#include <assay/scenario.h>

#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *add(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		count++;
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

static void run(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	scenario_require(count == THREADS * ROUNDS, "all were counted");
}

const struct scenario scenarios[] = {
	{ "main", run },
	{ NULL, NULL },
};
