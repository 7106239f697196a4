/*
 * scenarios.c - what the explorer plays with a submission
 *
 * Linked with the submission and explore.o, which runs each scenario under
 * thousands of schedules. A scenario is a few threads that make a few calls;
 * each call is recorded, and test_explore.c decides from outside. Small ones
 * do: nearly every mistake with locks shows with two or three threads and an
 * item or two each, if only somebody chooses who goes when.
 *
 * Nothing here waits for a particular moment: every order of the calls is a
 * schedule, and schedules are the explorer's. A take that is lost, or a thread
 * that nobody wakes, ends in a deadlock, because each scenario is such that a
 * right queue lets all of its threads come to their end.
 *
 * This file is compiled without -fsanitize=thread: between two calls a thread
 * touches nothing that others do, and as places to switch at its steps would be
 * as many as the submission's, and worth nothing.
 *
 * Time is the explorer's too: it stands still, or leaps to the next timeout,
 * which it may do while threads could still go on. So a call that returns
 * ETIMEDOUT must have taken its time to the millisecond. How much longer it
 * took says something only where nobody else has a timeout: else a leap may
 * come before the call has worked out its deadline.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <assay/scenario.h>

#include "bq.h"
#include "heap.h"
#include "queue_call.h"
#include "scenarios.h"

#define PARTS_MAX 8
#define DRAIN_MAX 16      /* a queue that gives more than it got is broken */
#define UNTOUCHED 0x5eed5 /* in *ret_item, before */

#define SHORT_MS 100
#define LONG_MS 400
#define LONE_MS 300 /* where nobody else has a timeout; see is_lone() */
#define SECONDS_MS 2750
#define CARRY_MS 999
#define BLOCKS_MAX 64 /* that bq_new() may take */
#define EARLY_MS 10 /* a coarse clock: so much too soon is allowed */
#define LATE_MS 250 /* as the statement has it */
#define AN_HOUR_S 3600

enum { STEP_END, STEP_DRAIN = 100, STEP_SLEEP_UNTIL, STEP_CLOCK };

struct step {
	unsigned kind; /* of queue_call.h, or one of the above */
	int timeout_ms;
	int64_t value; /* item; seconds to set the wall clock ahead */
};

#define STEPS(...) ((const struct step[]){ __VA_ARGS__, { 0 } })
#define STEP(...) ((struct step){ __VA_ARGS__ })
#define PUT(item) STEP(QUEUE_PUT, -1, item)
#define PUT_FOR(item, ms) STEP(QUEUE_PUT, ms, item)
#define TRY_PUT(item) STEP(QUEUE_PUT, 0, item)
#define TAKE STEP(QUEUE_TAKE, -1, 0)
#define TAKE_FOR(ms) STEP(QUEUE_TAKE, ms, 0)
#define TRY_TAKE STEP(QUEUE_TAKE, 0, 0)
#define DRAIN STEP(STEP_DRAIN, -1, 0) /* take until something else comes */
#define CLOSE STEP(QUEUE_CLOSE, 0, 0)
#define LEN STEP(QUEUE_LEN, 0, 0)
#define SLEEP_UNTIL(ms) STEP(STEP_SLEEP_UNTIL, ms, 0) /* since begin() */
#define CLOCK(seconds) STEP(STEP_CLOCK, 0, seconds)

/* A thread and what it does. */
struct part {
	const struct play *play;
	const struct step *steps;
	pthread_t thread;
	int result; /* of its last call */
	bool joined;
};

struct play {
	bq_t *q;
	struct timespec begun;
	struct part parts[PARTS_MAX];
	size_t count;
};

/* ---- calls ---- */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether it is a timeout of a thread that nobody else's leap can delay. */
static bool is_lone(int timeout_ms)
{
	return timeout_ms == LONE_MS || timeout_ms == 1 ||
	       timeout_ms >= CARRY_MS;
}

static void check_time(int timeout_ms, int result, int64_t took_ms)
{
	if (timeout_ms <= 0)
		return;
	scenario_require(result != ETIMEDOUT ||
				 took_ms + EARLY_MS >= timeout_ms,
			 "a call returned ETIMEDOUT before its time was up");
	scenario_require(!is_lone(timeout_ms) ||
				 took_ms <= (int64_t)timeout_ms + LATE_MS,
			 "a call was still asleep long after its time was up");
}

static int put(bq_t *q, int64_t item, int timeout_ms)
{
	unsigned call = scenario_call(QUEUE_PUT, 0, (uint64_t)item, timeout_ms);
	int64_t begun_ms = timeout_ms > 0 ? now_ms() : 0;
	int r = bq_put(q, (void *)(uintptr_t)item, timeout_ms);

	scenario_return(call, r, 0);
	if (timeout_ms > 0)
		check_time(timeout_ms, r, now_ms() - begun_ms);
	return r;
}

static int take(bq_t *q, int timeout_ms)
{
	void *item = (void *)(uintptr_t)UNTOUCHED;
	unsigned call = scenario_call(QUEUE_TAKE, 0, 0, timeout_ms);
	int64_t begun_ms = timeout_ms > 0 ? now_ms() : 0;
	int r = bq_take(q, &item, timeout_ms);

	scenario_return(call, r, (uintptr_t)item);
	if (timeout_ms > 0)
		check_time(timeout_ms, r, now_ms() - begun_ms);
	return r;
}

static int drain(bq_t *q)
{
	int r = 0;
	int i;

	for (i = 0; i < DRAIN_MAX && r == 0; i++)
		r = take(q, -1);
	return r;
}

static int close_it(bq_t *q)
{
	unsigned call = scenario_call(QUEUE_CLOSE, 0, 0, 0);

	bq_close(q);
	scenario_return(call, 0, 0);
	return 0;
}

static int len(bq_t *q)
{
	unsigned call = scenario_call(QUEUE_LEN, 0, 0, 0);

	scenario_return(call, 0, bq_len(q));
	return 0;
}

/* Until a time that is the same however late the thread comes to it. */
static int sleep_until(const struct play *play, int ms)
{
	struct timespec time = play->begun;

	time.tv_nsec += ms * 1000000L;
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static int make_step(const struct play *play, const struct step *step)
{
	bq_t *q = play->q;

	switch (step->kind) {
	case QUEUE_PUT:
		return put(q, step->value, step->timeout_ms);
	case QUEUE_TAKE:
		return take(q, step->timeout_ms);
	case QUEUE_CLOSE:
		return close_it(q);
	case QUEUE_LEN:
		return len(q);
	case STEP_DRAIN:
		return drain(q);
	case STEP_SLEEP_UNTIL:
		return sleep_until(play, step->timeout_ms);
	case STEP_CLOCK:
		scenario_set_wall_clock(step->value);
		return 0;
	}
	return 0;
}

/* ---- plays ---- */

static int make_steps(const struct play *play, const struct step *step)
{
	int r = 0;

	for (; step->kind != STEP_END; step++)
		r = make_step(play, step);
	return r;
}

static void *act(void *data)
{
	struct part *part = data;

	part->result = make_steps(part->play, part->steps);
	return NULL;
}

static struct play begin(size_t capacity)
{
	struct play play = { .q = bq_new(capacity) };

	(void)clock_gettime(CLOCK_MONOTONIC, &play.begun);
	scenario_require(play.q != NULL, "bq_new() returned NULL");
	return play;
}

/* One more thread. @play and @steps have to stay where they are. */
static struct part *start(struct play *play, const struct step *steps)
{
	struct part *part = &play->parts[play->count++];

	part->play = play;
	part->steps = steps;
	scenario_require(pthread_create(&part->thread, NULL, act, part) == 0,
			 "a thread cannot be made");
	return part;
}

/* What the part's last call returned. */
static int await(struct part *part)
{
	if (!part->joined)
		(void)pthread_join(part->thread, NULL);
	part->joined = true;
	return part->result;
}

/* Nobody is left inside when the queue is freed: what is used or leaked after
 * that is a mistake. */
static void end(struct play *play, const struct step *last)
{
	size_t i;

	for (i = 0; i < play->count; i++)
		(void)await(&play->parts[i]);
	if (last)
		(void)make_steps(play, last);
	bq_free(play->q);
}

/* ---- items change hands ---- */

static void items_1x1(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(0), PUT(2)));
	start(&play, STEPS(TAKE, TAKE, TAKE));
	end(&play, NULL);
}

static void items_2x1(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2)));
	start(&play, STEPS(PUT(3), PUT(4)));
	start(&play, STEPS(TAKE, TAKE, TAKE, TAKE));
	end(&play, NULL);
}

static void items_1x2(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2), PUT(3)));
	start(&play, STEPS(TAKE, TAKE));
	start(&play, STEPS(TAKE));
	end(&play, NULL);
}

static void items_2x2(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2)));
	start(&play, STEPS(PUT(3), PUT(4)));
	start(&play, STEPS(TAKE, TAKE));
	start(&play, STEPS(TAKE, TAKE));
	end(&play, NULL);
}

/* One taker has done its share early; what it gave back is used again. */
static void items_2x2_uneven(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2)));
	start(&play, STEPS(PUT(3), PUT(4)));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE, TAKE, TAKE));
	end(&play, NULL);
}

static void items_3x1(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(PUT(4)));
	start(&play, STEPS(TAKE, TAKE, TAKE, TAKE));
	end(&play, NULL);
}

static void items_1x3(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2), PUT(3)));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	end(&play, NULL);
}

static void items_2x3(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	end(&play, NULL);
}

static void items_3x2(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1)));
	start(&play, STEPS(PUT(2)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(TAKE, TAKE));
	start(&play, STEPS(TAKE));
	end(&play, NULL);
}

static void items_3x3(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1)));
	start(&play, STEPS(PUT(2)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	end(&play, NULL);
}

/* ---- calls that never wait ---- */

static void tries(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TRY_PUT(1), TRY_TAKE, TRY_PUT(2)));
	start(&play, STEPS(TRY_PUT(3), TRY_PUT(4), TRY_TAKE));
	start(&play, STEPS(TRY_TAKE, LEN, TRY_TAKE));
	end(&play, STEPS(LEN, TRY_TAKE));
}

/* Between two calls of one thread a queue does not go from full to empty, or
 * back, by itself: somebody's call has to have done that. */
static void full_or_empty(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TRY_PUT(1), TRY_PUT(2)));
	start(&play, STEPS(TRY_PUT(3), TRY_TAKE, LEN));
	start(&play, STEPS(TRY_TAKE, TRY_PUT(4)));
	end(&play, STEPS(LEN, TRY_TAKE));
}

static void lengths(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2), PUT(3)));
	start(&play, STEPS(TAKE, TAKE, TAKE));
	start(&play, STEPS(LEN, LEN, LEN));
	end(&play, STEPS(LEN));
}

/* ---- the end ---- */

static void close_takers(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(CLOSE));
	end(&play, STEPS(TAKE, TRY_PUT(1)));
}

static void close_putters(size_t capacity)
{
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	start(&play, STEPS(PUT(2)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(PUT(4)));
	start(&play, STEPS(CLOSE));
	end(&play, STEPS(DRAIN, TRY_PUT(5)));
}

static void close_both(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(DRAIN));
	start(&play, STEPS(DRAIN));
	start(&play, STEPS(CLOSE));
	end(&play, STEPS(LEN, TAKE));
}

static void close_twice(size_t capacity)
{
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	start(&play, STEPS(CLOSE));
	start(&play, STEPS(CLOSE));
	start(&play, STEPS(PUT(2), PUT(3)));
	start(&play, STEPS(DRAIN));
	end(&play, STEPS(DRAIN, CLOSE, TAKE));
}

static void close_after_puts(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT(2), CLOSE));
	start(&play, STEPS(DRAIN));
	start(&play, STEPS(DRAIN));
	start(&play, STEPS(DRAIN));
	end(&play, STEPS(LEN));
}

/* Who times out at that moment must not keep the news from the others. */
static void close_beside_timeout(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(SHORT_MS)));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(TAKE));
	start(&play, STEPS(CLOSE));
	end(&play, STEPS(TAKE));
}

static void close_room_beside_timeout(size_t capacity)
{
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	start(&play, STEPS(PUT_FOR(2, SHORT_MS)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(PUT(4)));
	start(&play, STEPS(CLOSE));
	end(&play, STEPS(DRAIN));
}

/* ---- time ---- */

/* One item, and two takes that wait for it. If the one whose time is up does
 * not get it, the other does; else a second item is for that. */
static void late_item(size_t capacity)
{
	struct play play = begin(capacity);
	struct part *timed = start(&play, STEPS(TAKE_FOR(SHORT_MS)));

	start(&play, STEPS(TAKE));
	start(&play, STEPS(PUT(1)));
	if (await(timed) == 0)
		(void)put(play.q, 2, -1);
	end(&play, NULL);
}

static void late_room(size_t capacity)
{
	struct play play = begin(capacity);
	struct part *timed;

	(void)put(play.q, 1, -1);
	timed = start(&play, STEPS(PUT_FOR(2, SHORT_MS)));
	start(&play, STEPS(PUT(3)));
	start(&play, STEPS(TAKE));
	if (await(timed) == 0)
		(void)take(play.q, -1);
	end(&play, STEPS(TAKE, TRY_TAKE));
}

/* The item is handed over, or it is still there. */
static void late_alone(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(SHORT_MS)));
	start(&play, STEPS(PUT(1)));
	end(&play, STEPS(LEN, TRY_TAKE, TRY_TAKE));
}

/* Two may time out, in any order, and two items come; the takes without a
 * timeout get theirs whatever the others got. */
static void late_twice(size_t capacity)
{
	struct play play = begin(capacity);
	struct part *first = start(&play, STEPS(TAKE_FOR(SHORT_MS)));
	struct part *second = start(&play, STEPS(TAKE_FOR(2 * SHORT_MS)));
	int64_t item = 3;

	start(&play, STEPS(TAKE, TAKE));
	start(&play, STEPS(PUT(1), PUT(2)));
	if (await(first) == 0)
		(void)put(play.q, item++, -1);
	if (await(second) == 0)
		(void)put(play.q, item, -1);
	end(&play, NULL);
}

static void clock_ahead(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(LONE_MS), TAKE_FOR(LONE_MS)));
	start(&play, STEPS(CLOCK(AN_HOUR_S)));
	end(&play, NULL);
}

static void clock_back(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(LONE_MS), TAKE_FOR(LONE_MS)));
	start(&play, STEPS(CLOCK(-AN_HOUR_S)));
	end(&play, NULL);
}

static void clock_ahead_full(size_t capacity)
{
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	start(&play, STEPS(PUT_FOR(2, LONE_MS), PUT_FOR(3, LONE_MS)));
	start(&play, STEPS(CLOCK(AN_HOUR_S)));
	end(&play, NULL);
}

static void clock_back_full(size_t capacity)
{
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	start(&play, STEPS(PUT_FOR(2, LONE_MS), PUT_FOR(3, LONE_MS)));
	start(&play, STEPS(CLOCK(-AN_HOUR_S)));
	end(&play, NULL);
}

/* An item comes, and goes to somebody else. Who was woken for it has time left,
 * and waits on. */
static void woken_take(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(LONG_MS)));
	start(&play, STEPS(SLEEP_UNTIL(LONG_MS / 2), PUT(1), TRY_TAKE));
	end(&play, NULL);
}

static void woken_put(size_t capacity)
{
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	start(&play, STEPS(PUT_FOR(2, LONG_MS)));
	start(&play, STEPS(SLEEP_UNTIL(LONG_MS / 2), TAKE, TRY_PUT(3)));
	end(&play, NULL);
}

/* A millisecond is an amount of time, too: no EAGAIN, and not for ever. */
static void times_short(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(1), PUT_FOR(1, 1), PUT_FOR(2, 1),
			   TAKE_FOR(1), TAKE_FOR(1)));
	end(&play, STEPS(LEN));
}

/* Seconds, and parts of seconds that add up to more than one. */
static void times_long(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(CARRY_MS), TAKE_FOR(CARRY_MS),
			   TAKE_FOR(SECONDS_MS), TAKE_FOR(1000)));
	end(&play, STEPS(LEN));
}

static void times_long_full(size_t capacity)
{
	struct play play = begin(capacity);
	size_t i;

	for (i = 0; i < capacity; i++)
		(void)put(play.q, (int64_t)i, -1);
	start(&play, STEPS(PUT_FOR(9, CARRY_MS), PUT_FOR(9, CARRY_MS),
			   PUT_FOR(9, SECONDS_MS), PUT_FOR(9, 1000)));
	end(&play, STEPS(LEN));
}

/* 24 days, and then what is waited for. */
static void times_longest(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(TAKE_FOR(INT_MAX)));
	end(&play, STEPS(LEN));
}

/* ---- memory ---- */

/* Some items are in it yet, and some have been. */
static void given_back(size_t capacity)
{
	long before = heap_blocks();
	struct play play = begin(capacity);

	(void)put(play.q, 1, -1);
	(void)put(play.q, 2, -1);
	(void)take(play.q, -1);
	start(&play, STEPS(PUT(3), LEN));
	start(&play, STEPS(TAKE_FOR(SHORT_MS), TRY_PUT(4)));
	end(&play, STEPS(CLOSE));
	scenario_require(heap_blocks() <= before,
			 "after bq_free(), memory that the queue had taken was"
			 " not given back");
}

/* No block for bq_new(), then one, then two, until it is content. */
static void no_memory(size_t capacity)
{
	long blocks, before;
	bq_t *q = NULL;

	for (blocks = 0; !q && blocks <= BLOCKS_MAX; blocks++) {
		before = heap_blocks();
		heap_starve(blocks);
		q = bq_new(capacity);
		heap_feed();
		scenario_require(q || heap_blocks() <= before,
				 "bq_new() found no memory for a part of the"
				 " queue and returned NULL, but did not give"
				 " the other parts back");
	}
	scenario_require(q != NULL, "bq_new() returned NULL");
	(void)put(q, 1, -1);
	(void)take(q, -1);
	bq_free(q);
}

/* Who says that there is room for so many has room for a few. What is written
 * past the end of a block the explorer sees. */
static void try_capacity(size_t capacity)
{
	long before = heap_blocks();
	bq_t *q = bq_new(capacity);
	void *item;
	uintptr_t i;

	for (i = 1; q && i <= 4; i++)
		scenario_require(bq_put(q, (void *)i, 0) == 0,
				 "bq_put() with timeout 0 did not return 0 on a"
				 " queue with room for more than 10^17 items");
	for (i = 1; q && i <= 4; i++) {
		item = NULL;
		scenario_require(bq_take(q, &item, 0) == 0 &&
					 item == (void *)i,
				 "a queue with room for more than 10^17 items"
				 " did not give back what had been put");
	}
	bq_free(q);
	scenario_require(heap_blocks() <= before,
			 "no memory holds so many items, but not all that was"
			 " taken for the queue was given back");
}

/* The bytes of so many items are more than a size_t can say; and less. */
static void no_such_memory(size_t capacity)
{
	size_t size = sizeof(void *);

	try_capacity(SIZE_MAX / size + 1 + capacity);
	try_capacity(2 * (SIZE_MAX / size + 1) + capacity);
	try_capacity(SIZE_MAX / size / 2 + 1 + capacity);
	try_capacity(SIZE_MAX / size);
	try_capacity(SIZE_MAX);
}

/* ---- all at once ---- */

static void everything(size_t capacity)
{
	struct play play = begin(capacity);

	start(&play, STEPS(PUT(1), PUT_FOR(2, SHORT_MS), TRY_PUT(3)));
	start(&play, STEPS(TAKE_FOR(SHORT_MS), TRY_TAKE, DRAIN));
	start(&play, STEPS(TAKE_FOR(SHORT_MS), TAKE_FOR(SHORT_MS)));
	start(&play, STEPS(LEN, CLOSE));
	start(&play, STEPS(LEN, CLOSE));
	end(&play, STEPS(DRAIN));
}

/* ---- the list ---- */

#define RUN(name, function, capacity, drained)     \
	static void function##_on_##capacity(void) \
	{                                          \
		function(capacity);                \
	}
#define LIST(name, function, capacity, drained) \
	{ name, function##_on_##capacity },

BQ_SCENARIOS(RUN)

const struct scenario scenarios[] = {
	BQ_SCENARIOS(LIST){ NULL, NULL },
};
