/*
 * gate.h - which of a batch's runs may be under way now
 *
 * Runs of all slots go on side by side, but for one that asks to be alone: it
 * enters when all that entered before have left, and whoever comes after it
 * waits until it has left. They enter in the order in which they came, so
 * nobody waits for ever, as every run ends at its limits.
 */
#ifndef ASSAY_GATE_H
#define ASSAY_GATE_H

#include <stdbool.h>
#include <stdint.h>

/** May come from within gate_enter(), or from within another's gate_leave(). */
typedef void (*gate_granted_cb)(void *data);

/* The gate's own from gate_enter() until it has been granted. */
struct gate_pass {
	struct gate_pass *next;
	bool alone;
	bool company;
	uint64_t entered;
	gate_granted_cb granted;
	void *data;
};

/* All zero is a gate that nobody has come to. */
struct gate {
	struct gate_pass *first, *last; /* that wait */
	unsigned inside;
	bool alone; /* who is inside wants nobody else there */
	bool granting;
	uint64_t entered; /* how many have, ever */
};

/** Ask to enter. Who was granted has to leave. */
void gate_enter(struct gate *gate, struct gate_pass *pass, bool alone,
		gate_granted_cb granted, void *data);

/** Leave. True: another was inside at some time between. */
bool gate_leave(struct gate *gate, struct gate_pass *pass);

/** Whether whoever came now would enter at once. */
bool gate_is_open(const struct gate *gate);

#endif
