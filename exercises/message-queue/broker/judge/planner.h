/*
 * planner.h - steps from acts
 *
 * From an act and the state of the model comes a step that makes sense on what
 * there is, or is wrong on purpose. Where nothing can be done, nothing comes.
 */
#ifndef BROKER_PLANNER_H
#define BROKER_PLANNER_H

#include "model.h"
#include "plan.h"

struct planner {
	const struct plan *plan;
	const struct model *model; /* as it is before the burst */
	struct judge *judge;       /* parameter "prefetches" */
	struct random random;      /* of the item */
	unsigned last_seq;
	unsigned last_channel;
	struct script burst; /* so far */
};

/** Add to the burst what @item comes to: a step, several, or none. */
void planner_add(struct planner *planner, struct item item);

#endif
