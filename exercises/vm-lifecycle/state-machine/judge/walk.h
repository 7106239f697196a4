/*
 * walk.h - lines that come about by chance, but make sense
 *
 * A walk asks the model what each machine may do next and draws one of it. How
 * often it draws what is the mix, and decides which property is tried.
 */
#ifndef WALK_H
#define WALK_H

#include "tests.h"

/* How often, beside each other. */
struct mix {
	unsigned act;        /* an idle machine, and an action it may begin */
	unsigned preempt;    /* the same with a busy machine */
	unsigned done;       /* the phase that goes on is done */
	unsigned fail;       /* it fails */
	unsigned doubled;    /* the last done line once more */
	unsigned stale;      /* a token of before */
	unsigned made_up;    /* a token that was never given */
	unsigned check;      /* an action of any machine is checked */
	unsigned commit;     /* one of the last checks is committed */
	const char *actions; /* of idle machines; names, or "any" */
	const char *interrupts; /* of busy ones; the same */
	bool host_fails;        /* halfway one host goes down */
};

/** "machines" at a time, "lines". */
void walk(struct writer *writer, const struct mix *mix);

#endif
