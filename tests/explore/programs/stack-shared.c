/*
 * stack-shared.c - variables on the starter's stack are its threads' until they
 * are joined, and then its own again
 */
#include "suite.h"

#include <string.h>

struct part {
	const int *numbers;
	int sum;
};

static void *worker(void *argument)
{
	struct part *part = argument;

	part->sum = part->numbers[0] + part->numbers[1];
	return NULL;
}

static int sum_of(const int *numbers)
{
	struct part parts[2];
	pthread_t threads[2];

	memset(parts, 0, sizeof(parts));
	for (int i = 0; i < 2; i++) {
		parts[i].numbers = numbers + 2 * i;
		scenario_require(
			!pthread_create(&threads[i], NULL, worker, &parts[i]),
			"a thread starts");
	}
	for (int i = 0; i < 2; i++)
		suite_join(threads[i]);
	return parts[0].sum + parts[1].sum;
}

static void run(void)
{
	const int numbers[4] = { 1, 2, 3, 4 };

	/* The second time the same frame is somebody else's. */
	scenario_require(sum_of(numbers) == 10, "all parts count");
	scenario_require(sum_of(numbers) == 10, "and again");
}

SUITE_MAIN(run);
