#include "counter.h"

#include <stddef.h>

struct counter *counter_new(void)
{
	return NULL;
}

void counter_add(struct counter *counter, long number)
{
	(void)counter;
	(void)number;
}

long counter_get(struct counter *counter)
{
	(void)counter;
	return 0;
}
