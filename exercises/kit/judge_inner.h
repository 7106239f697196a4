/*
 * judge_inner.h - what the files of the judge share
 *
 * Three descriptors matter: the harness's events on 0, the verdict on 3, the
 * channel on 4 (and 6); a dialogue has its pipes as well. Nothing blocks
 * without a deadline. Messages stay in the socket until judge_wait() takes
 * them; events are taken in as they come, and what they say is kept here.
 */
#ifndef ASSAY_KIT_JUDGE_INNER_H
#define ASSAY_KIT_JUDGE_INNER_H

#include "judge.h"

#include "events.h"

#define JUDGE_HARNESS_NS UINT64_C(10000000000) /* for the harness to answer */

struct judge {
	struct events events;
	json_t *params; /* the first line */
	const char *property;
	json_t *expected;
	json_t *actual;
	uint64_t started_ns;
	size_t history_bytes;
	struct judge_probe probe;
	bool probed;    /* an answer is in .probe */
	bool inspected; /* an answer is in the next two */
	bool inspected_alive;
	bool for_good; /* only the program could wake its threads */
	unsigned timeout_looks;
	bool stuck; /* as the last judge_wait() left it, for good */
	bool crashed; /* the program of a dialogue, by itself */
	bool late;  /* likewise: its deadline had passed; or judge_late() */
	bool ended;
	bool ended_well;
	bool exited; /* and not otherwise */
	char ending[160];
};

/* Something to wait for, and how. */
struct judge_awaited {
	enum judge_side side;
	const struct judge_patience *patience;
	/* Take in what there is: whether it is what is waited for. */
	bool (*came)(struct judge *judge, void *data);
	/* Sleep until there may be more, or the harness has something, or
	 * @until_ns. */
	void (*sleep)(struct judge *judge, void *data, uint64_t until_ns);
	/* A number that stands still while the program does nothing. */
	uint64_t (*progress)(const struct judge *judge, void *data);
	void *data;
};

/** judge_wait() for whatever it is; JUDGE_MESSAGE is that it came. */
enum judge_event judge_await(struct judge *judge,
			     const struct judge_awaited *awaited);

/** Take in whatever the harness has said by now. */
void judge_take_events(struct judge *judge);

/** Sleep until the harness or @fd (if >= 0) has something, or @until_ns. */
void judge_sleep_until(const struct judge *judge, int fd, uint64_t until_ns);

/** Write one line to the harness. Steals @line. */
void judge_write_line(json_t *line);

#endif
