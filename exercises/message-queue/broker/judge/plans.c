/* plans.c - the plans, one for each rule of README.md; see plan.h */
#include "plan.h"

#include <string.h>

/*
 * Each asks for its own rule and as little else as it can, so that one mistake
 * does not cost the points of all. Where messages come back that are not what
 * it is about, a queue has one consumer that holds one message (.alone, and
 * a prefetch of 1): then the head of the queue is the old position.
 */

/* clang-format off */
#define PLAIN { .limit = STEP_NO_LIMIT }
/* clang-format on */
#define USED .declared = true, .consumed = true, .published = true
#define FULL_OF_DEAD .declared = true, .consumed = true

static const struct plan plans[] = {
	{
		.name = "confirms",
		.property = "each publish is confirmed or refused exactly once,"
			    " an unroutable one confirmed after its return",
		.queues = {
			{ USED, .settings = PLAIN },
			{ USED, .settings = { .max_len = 20,
					      .limit = STEP_NO_LIMIT,
					      .reject_publish = true } },
			{ USED, .settings = { .max_len = 1,
					      .limit = STEP_NO_LIMIT,
					      .reject_publish = true } },
		},
		.channels_max = 2,
		.weights = { [ACT_PUBLISH] = 12, [ACT_PUBLISH_NOWHERE] = 4,
			     [ACT_CONSUME] = 1, [ACT_DECLARE] = 1 },
	},
	{
		.name = "acks",
		.property = "ack and nack settle what they name, and what was"
			    " published first is delivered first",
		.queues = { { USED, .settings = PLAIN },
			    { USED, .settings = PLAIN } },
		.channels_max = 3,
		.weights = { [ACT_PUBLISH] = 10, [ACT_CONSUME] = 3,
			     [ACT_ACK] = 5, [ACT_ACK_MULTIPLE] = 3,
			     [ACT_REJECT] = 2, [ACT_REJECT_MULTIPLE] = 1 },
	},
	{
		.name = "together",
		.property = "lines that come together take effect one after the"
			    " other, each completely before the next",
		.queues = { { USED, .settings = PLAIN },
			    { USED, .settings = { .max_len = 2,
						  .limit = STEP_NO_LIMIT } } },
		.channels_max = 3,
		.weights = { [ACT_PUBLISH] = 10, [ACT_CONSUME] = 3,
			     [ACT_ACK] = 6 },
	},
	{
		.name = "prefetch",
		.property = "a channel has no more unacked messages than its"
			    " prefetch, and gets what there is up to that",
		.queues = { { USED, .settings = PLAIN },
			    { USED, .settings = PLAIN } },
		.channels_max = 4,
		.weights = { [ACT_PUBLISH] = 14, [ACT_CONSUME] = 2,
			     [ACT_ACK] = 8 },
	},
	{
		.name = "requeue",
		.property = "a requeued message comes again at its old"
			    " position, as redelivered and counted",
		.queues = { { USED, .settings = PLAIN },
			    { USED, .settings = PLAIN } },
		.channels_max = 3,
		.weights = { [ACT_PUBLISH] = 6, [ACT_CONSUME] = 2,
			     [ACT_ACK] = 3, [ACT_REQUEUE] = 6,
			     [ACT_REQUEUE_MULTIPLE] = 2 },
	},
	{
		.name = "consumers",
		.property = "what a closed channel had not settled goes to"
			    " others, or waits for one",
		.queues = { { USED, .settings = PLAIN },
			    { USED, .settings = PLAIN } },
		.channels_max = 4,
		.weights = { [ACT_PUBLISH] = 8, [ACT_CONSUME] = 4,
			     [ACT_ACK] = 4, [ACT_CLOSE] = 3, [ACT_LATE] = 1 },
	},
	{
		.name = "ttl",
		.property = "a message dies when it has been in its queue for"
			    " the ttl, but not while it is unacked",
		.queues = {
			{ USED, .settings = { .ttl = 100, .dlq = 3,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .ttl = 250,
					      .limit = STEP_NO_LIMIT } },
			{ FULL_OF_DEAD, .settings = PLAIN },
		},
		.channels_max = 3,
		.alone = true,
		.weights = { [ACT_PUBLISH] = 8, [ACT_CONSUME] = 2,
			     [ACT_ACK] = 3, [ACT_REQUEUE] = 2, [ACT_CLOSE] = 1,
			     [ACT_TICK] = 4 },
		.ticks = { 1, 49, 50, 99, 100, 249 },
	},
	{
		.name = "max-len",
		.property = "a queue holds no more ready messages than its"
			    " max_len, and unacked ones do not count",
		.queues = {
			{ USED, .settings = { .max_len = 3, .dlq = 3,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .max_len = 1,
					      .limit = STEP_NO_LIMIT } },
			{ FULL_OF_DEAD, .settings = PLAIN },
			{ USED, .settings = { .max_len = 2,
					      .limit = STEP_NO_LIMIT,
					      .reject_publish = true } },
		},
		.channels_max = 4,
		.alone = true,
		.weights = { [ACT_PUBLISH] = 10, [ACT_CONSUME] = 3,
			     [ACT_ACK] = 3, [ACT_REQUEUE] = 2,
			     [ACT_CLOSE] = 1 },
	},
	{
		/* 1 and 2 send to each other, 3 and 4 as well, 5 to itself, 6
		 * to a queue that is not there. */
		.name = "dead-letters",
		.property = "the dead go to the dlq with the reason of their"
			    " death, and never round in circles by themselves",
		.queues = {
			{ USED, .settings = { .dlq = 2,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .ttl = 95, .dlq = 1,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .ttl = 45, .dlq = 4,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .ttl = 45, .dlq = 3,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .ttl = 95, .dlq = 5,
					      .limit = STEP_NO_LIMIT } },
			{ USED, .settings = { .dlq = PLAN_NOWHERE,
					      .limit = STEP_NO_LIMIT } },
		},
		.channels_max = 5,
		.alone = true,
		.weights = { [ACT_PUBLISH] = 8, [ACT_CONSUME] = 4,
			     [ACT_ACK] = 1, [ACT_REJECT] = 5, [ACT_CLOSE] = 2,
			     [ACT_TICK] = 3 },
		.ticks = { 10, 50, 100 },
	},
	{
		.name = "limit",
		.property = "a message is delivered limit + 1 times, then it"
			    " dies",
		.queues = {
			{ USED, .settings = { .limit = 0, .dlq = 4 } },
			{ USED, .settings = { .limit = 1 } },
			{ USED, .settings = { .limit = 2, .dlq = 5 } },
			{ FULL_OF_DEAD, .settings = PLAIN },
			{ FULL_OF_DEAD, .settings = { .limit = 1 } },
		},
		.channels_max = 5,
		.alone = true,
		.weights = { [ACT_PUBLISH] = 6, [ACT_CONSUME] = 4,
			     [ACT_ACK] = 1, [ACT_REQUEUE] = 8,
			     [ACT_CLOSE] = 1 },
	},
	{
		.name = "errors",
		.property = "a tag that is not unacked on its channel closes"
			    " the channel with 406, a queue that is not there"
			    " with 404",
		.queues = { { USED, .settings = PLAIN },
			    { USED, .settings = PLAIN },
			    { USED, .settings = PLAIN } },
		.channels_max = 3,
		.alone = true,
		.weights = { [ACT_PUBLISH] = 8, [ACT_CONSUME] = 6,
			     [ACT_CONSUME_NOWHERE] = 1, [ACT_ACK] = 5,
			     [ACT_BAD_TAG] = 3 },
	},
	{
		.name = "restart",
		.property = "after a kill all that was synced is as it was, and"
			    " what was unacked is ready again",
		.queues = {
			{ USED, .settings = { .limit = 2, .dlq = 2 } },
			{ FULL_OF_DEAD, .settings = PLAIN },
			{ USED, .settings = { .ttl = 255, .dlq = 4,
					      .limit = STEP_NO_LIMIT } },
			{ FULL_OF_DEAD, .settings = PLAIN },
			{ USED, .settings = { .max_len = 4,
					      .limit = STEP_NO_LIMIT } },
		},
		.channels_max = 5,
		.alone = true,
		.weights = { [ACT_PUBLISH] = 20, [ACT_CONSUME] = 12,
			     [ACT_ACK] = 5, [ACT_REJECT] = 2,
			     [ACT_LATE] = 2, [ACT_TICK] = 8,
			     [ACT_KILL] = 3 },
		.ticks = { 50, 90, 100 },
	},
};

const struct plan *plan_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof plans / sizeof plans[0]; i++)
		if (strcmp(plans[i].name, name) == 0)
			return &plans[i];
	return NULL;
}
