#include "gate.h"

#include <assay/cleanup.h>

static bool may_enter(const struct gate *gate, const struct gate_pass *pass)
{
	return pass->alone ? gate->inside == 0 : !gate->alone;
}

/* A callback may enter and leave in turn, which is for the loop further out to
 * go on with: a pass may be gone as soon as it has been granted. */
static void grant(struct gate *gate)
{
	struct gate_pass *pass;

	if (gate->granting)
		return;
	gate->granting = true;
	while ((pass = gate->first) && may_enter(gate, pass)) {
		gate->first = pass->next;
		if (!gate->first)
			gate->last = NULL;
		pass->company = gate->inside > 0;
		pass->entered = ++gate->entered;
		gate->inside++;
		gate->alone = pass->alone;
		pass->granted(pass->data);
	}
	gate->granting = false;
}

void gate_enter(struct gate *gate, struct gate_pass *pass, bool alone,
		gate_granted_cb granted, void *data)
{
	*pass = (struct gate_pass){ .alone = alone,
				    .granted = granted,
				    .data = data };
	if (gate->last)
		gate->last->next = pass;
	else
		gate->first = pass;
	gate->last = pass;
	grant(gate);
}

bool gate_leave(struct gate *gate, struct gate_pass *pass)
{
	bool company = pass->company || gate->entered != pass->entered;

	CHECK(gate->inside > 0);
	gate->inside--;
	if (pass->alone)
		gate->alone = false;
	grant(gate);
	return company;
}

bool gate_is_open(const struct gate *gate)
{
	return !gate->first && !gate->alone;
}
