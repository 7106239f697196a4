/*
 * refcount.c - who drops the last reference frees, and has all others' uses
 * behind it
 */
#include "suite.h"

#include <stdatomic.h>
#include <stdlib.h>

struct object {
	atomic_int references;
	int uses[2];
};

static struct object *object;

static void *user(void *number)
{
	object->uses[suite_number(number)]++;
	if (atomic_fetch_sub_explicit(&object->references, 1,
				      memory_order_acq_rel) == 1)
		free(object);
	return NULL;
}

static void run(void)
{
	object = calloc(1, sizeof(*object));
	scenario_require(object != NULL, "memory");
	atomic_init(&object->references, 2);
	SUITE_RUN(user, user);
}

SUITE_MAIN(run);
