/*
 * test_crashes.c - killed at any line, again and again, on the same state
 *
 * Each time the queues fill and empty while the kill comes; then the broker is
 * started again, drained, and what comes is compared with the ledger. By turns
 * there are rounds of many publishes, whose confirms are the promises, and
 * rounds of nothing but acks and requeues, where no promise is made and the end
 * of whatever the broker writes can be anywhere. What goes to DRAIN_ARCHIVE is
 * left there until the end, so that it has to survive all kills.
 */
#include "tests.h"

#include "drain.h"

#define BODY_LARGE 20000
#define SETTLED 4 /* times as many lines as in the other rounds */

static void publish_some(struct drain *drain, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		bool large = random_below(&drain->random, 16) == 0;

		drain_publish(drain,
			      random_between(&drain->random, DRAIN_FIRST,
					     DRAIN_ARCHIVE),
			      large ? BODY_LARGE : 0);
		if (i == count / 2)
			drain_sync(drain);
	}
}

/* Take in @lines lines; of ten deliveries, @ack are acked and @requeue
 * requeued. */
static void react(struct drain *drain, unsigned lines, unsigned ack,
		  unsigned requeue)
{
	struct delivery delivery;

	while (lines-- > 0) {
		unsigned choice = random_below(&drain->random, 10);

		if (!drain_next(drain, "there is more to confirm or to deliver",
				&delivery))
			continue;
		if (choice < ack)
			drain_ack(drain, &delivery);
		else if (choice < ack + requeue)
			drain_requeue(drain, &delivery);
	}
}

/* Publishes, consumers, acks and requeues at once. */
static void mixed_round(struct drain *drain, unsigned lines)
{
	drain_open(drain);
	drain_consume(drain, DRAIN_FIRST, 5);
	publish_some(drain, lines);
	drain_consume(drain, DRAIN_SECOND, 20);
	react(drain, random_between(&drain->random, 1, lines), 5, 2);
}

/* Nothing but acks and requeues, once the messages are there: so many that what
 * a broker writes without a sync fills the buffers of any library. */
static void settling_round(struct drain *drain, unsigned lines)
{
	unsigned i;

	for (i = 0; i < SETTLED * lines; i++)
		drain_publish(drain, DRAIN_FIRST, 0);
	drain_sync(drain);
	drain_await_sync(drain);
	drain_open(drain);
	drain_consume(drain, DRAIN_FIRST, 10);
	react(drain, random_between(&drain->random, lines, SETTLED * lines), 7,
	      3);
}

/* The first that a broker writes after a kill is a promise, and then the next
 * kill comes: what was cut off must not take it along. */
static void promise_first(struct drain *drain)
{
	drain_publish(drain, DRAIN_FIRST, 0);
	drain_sync(drain);
	drain_await_sync(drain);
	drain_kill(drain);
}

void test_crashes(struct judge *judge)
{
	unsigned kills = (unsigned)judge_param(judge, "kills");
	unsigned lines = (unsigned)judge_param(judge, "lines");
	struct drain drain;
	unsigned i;

	judge_property(judge, "what was promised survives a kill at any moment,"
			      " and nothing else appears");
	drain_init(&drain, judge);
	for (i = 0; i < kills; i++) {
		if (i % 2 == 0)
			mixed_round(&drain, lines);
		else
			settling_round(&drain, lines);
		drain_kill(&drain);
		if (i % 4 == 1)
			promise_first(&drain);
		drain_all(&drain, DRAIN_SECOND);
	}
	drain_kill(&drain);
	drain_all(&drain, DRAIN_ARCHIVE);
	drain_kill(&drain);
	drain_all(&drain, DRAIN_ARCHIVE);
	drain_pass(&drain);
}
