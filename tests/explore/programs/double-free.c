/*
 * double-free.c - whoever closes first frees, by a look and a store
 *
 * Fails: both see the buffer before either takes it away.
 */
#include "suite.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(void *) buffer;

static void *closer(void *number)
{
	void *seen = atomic_load(&buffer);

	(void)number;
	if (seen) {
		atomic_store(&buffer, NULL);
		free(seen);
	}
	return NULL;
}

static void run(void)
{
	void *block = malloc(16);

	scenario_require(block != NULL, "memory");
	atomic_store(&buffer, block);
	SUITE_RUN(closer, closer);
}

SUITE_MAIN(run);
