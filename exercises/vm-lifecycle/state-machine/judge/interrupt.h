/*
 * interrupt.h - whatever goes on is interrupted, and done all the same
 *
 * Each action is taken to each of its phases and interrupted there, by each of
 * some other actions that may. Then the interrupted phase is done, late, and
 * again.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include "tests.h"

/** @ways: names of actions, NULL at the end; @host: where the machines are. A
 * host called "down" is. */
void interrupt_all(struct writer *writer, const char *const *ways,
		   const char *host);

#endif
