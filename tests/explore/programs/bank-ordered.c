/*
 * bank-ordered.c - transfers hold the locks of both accounts, taken by number,
 * and so does the audit
 */
#include "suite.h"

struct account {
	pthread_mutex_t lock;
	int balance;
};

static struct account bank[2] = {
	{ PTHREAD_MUTEX_INITIALIZER, 10 },
	{ PTHREAD_MUTEX_INITIALIZER, 10 },
};

static void lock_both(void)
{
	pthread_mutex_lock(&bank[0].lock);
	pthread_mutex_lock(&bank[1].lock);
}

static void unlock_both(void)
{
	/* The order of unlocking is free. */
	pthread_mutex_unlock(&bank[0].lock);
	pthread_mutex_unlock(&bank[1].lock);
}

static void *payer(void *number)
{
	int from = suite_number(number);

	lock_both();
	bank[from].balance -= 3 + from;
	bank[!from].balance += 3 + from;
	unlock_both();
	return NULL;
}

static void *auditor(void *number)
{
	int sum;

	(void)number;
	lock_both();
	sum = bank[0].balance + bank[1].balance;
	unlock_both();
	scenario_require(sum == 20, "no money is away");
	return NULL;
}

static void run(void)
{
	SUITE_RUN(payer, payer, auditor);
	scenario_require(bank[0].balance == 11 && bank[1].balance == 9,
			 "both transfers are made");
}

SUITE_MAIN(run);
