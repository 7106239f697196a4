/*
 * bank-audit.c - a transfer is two critical sections, and an audit may come in
 * between
 *
 * Fails: the auditor runs between the withdrawal and the deposit.
 */
#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int balance[2] = { 10, 10 };

static void add(int account, int amount)
{
	pthread_mutex_lock(&lock);
	balance[account] += amount;
	pthread_mutex_unlock(&lock);
}

static void *payer(void *number)
{
	(void)number;
	add(0, -5);
	add(1, 5);
	return NULL;
}

static void *auditor(void *number)
{
	int sum;

	(void)number;
	pthread_mutex_lock(&lock);
	sum = balance[0] + balance[1];
	pthread_mutex_unlock(&lock);
	scenario_require(sum == 20, "no money is away");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(payer, auditor);
}

SUITE_MAIN(run);
