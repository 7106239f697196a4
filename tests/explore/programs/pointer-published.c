/*
 * pointer-published.c - a new block is written, then published by release;
 * readers acquire it, and the old one is freed when they are gone
 */
#include "suite.h"

#include <stdatomic.h>
#include <stdlib.h>

struct config {
	int a;
	int b;
};

static _Atomic(struct config *) current;

static struct config *config_new(int value)
{
	struct config *config = malloc(sizeof(*config));

	scenario_require(config != NULL, "memory");
	config->a = value;
	config->b = value;
	return config;
}

static void *reader(void *number)
{
	const struct config *config = atomic_load_explicit(
		&current, memory_order_acquire);

	(void)number;
	scenario_require(config->a == config->b, "a whole configuration");
	return NULL;
}

static void *writer(void *number)
{
	(void)number;
	atomic_store_explicit(&current, config_new(2), memory_order_release);
	return NULL;
}

static void run(void)
{
	struct config *old = config_new(1);

	atomic_store_explicit(&current, old, memory_order_relaxed);
	SUITE_RUN(reader, writer, reader);
	free(old);
	free(atomic_load_explicit(&current, memory_order_relaxed));
}

SUITE_MAIN(run);
