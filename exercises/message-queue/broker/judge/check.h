/*
 * check.h - what a broker wrote, compared with what it had to
 *
 * A burst is some steps and all that came up to the synced after them. The
 * steps take effect on the model; wherever a message has to be delivered, the
 * lines that came say to whom it was. So no order is expected but those that
 * README.md promises, and after each burst the model knows all again.
 */
#ifndef BROKER_CHECK_H
#define BROKER_CHECK_H

#include "event.h"
#include "model.h"

struct check {
	struct model model;
	struct events *events; /* of the burst */
	char finding[1024];    /* the first; "" while there is none */
};

/** @check must not be moved afterwards. */
void check_init(struct check *check);
void check_release(struct check *check);

/** Whether @events are what @steps have to cause; if not, .finding says why
 * not, and @check is of no further use. */
bool check_burst(struct check *check, const struct step *steps, size_t count,
		 struct events *events);

#endif
