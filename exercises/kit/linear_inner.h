/*
 * linear_inner.h - what the two searches of linear.c share
 *
 * The calls of a thread are one after the other, so how many of each thread are
 * placed says which. A configuration is these numbers and the number of the
 * state that they lead to, in a set that has each different state once.
 */
#ifndef ASSAY_KIT_LINEAR_INNER_H
#define ASSAY_KIT_LINEAR_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linear.h"
#include "linear_set.h"

/* The calls of one thread. */
struct linear_lane {
	uint32_t thread;
	uint32_t count;
	const struct history_call **calls;
};

struct linear_search {
	const struct linear_model *model;
	struct linear_lane lanes[LINEAR_THREADS_MAX];
	uint32_t lanes_count;
	size_t count;    /* of all calls */
	size_t returned; /* of those that are not pending */
	size_t left;     /* configurations to visit */
	uint8_t *state;  /* room for one, to work on */
	/* The call whose return ends the longest beginning that has been
	 * explained so far. */
	const struct history_call *due;
};

/* A set of configurations, and their states. */
struct linear_layer {
	struct linear_set states;
	struct linear_set configurations;
};

/** The call after @placed ones of @lane; a pending one that begins after all
 * others when there is none. */
const struct history_call *linear_next(const struct linear_search *search,
				       uint32_t lane, uint32_t placed);

/** An empty layer that takes @bytes_max of memory. */
struct linear_layer linear_layer(const struct linear_search *search,
				 size_t bytes_max);

/** Put in the configuration in which nothing is placed; false: no memory. */
bool linear_layer_begin(const struct linear_search *search,
			struct linear_layer *layer);

/**
 * Place the next call of @lane in the configuration @here, whose state is in
 * @layer, as will be that of what it becomes, here and in the layer. 1: done.
 * 0: it cannot be placed, or what it becomes is there already; -1: no memory,
 * or nothing left to visit. @here is then as it was.
 */
int linear_advance(struct linear_search *search, struct linear_layer *layer,
		   uint32_t *here, uint32_t lane);

void linear_layer_clear(struct linear_layer *layer);
void linear_layer_release(struct linear_layer *layer);

/** Depth first: quick where there is an explanation. */
enum linear_answer linear_deep(struct linear_search *search);

/** Return by return: needs little memory. */
enum linear_answer linear_wide(struct linear_search *search);

#endif
