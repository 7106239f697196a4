/* explorer_waits.c - see explorer_waits.h */
#include "explorer_waits.h"

#include <stdbool.h>
#include <stdio.h>

#include "explorer_place.h"

static bool waits(const struct explore_finding *finding, uint32_t thread)
{
	return thread < finding->threads &&
	       finding->thread_of[thread].state == EXPLORE_WAITS;
}

/* The thread that @thread waits for, if that waits as well; else -1. */
static int32_t next_in_chain(const struct explore_finding *finding,
			     uint32_t thread)
{
	int32_t holder = finding->thread_of[thread].holder;

	if (holder < 0 || !waits(finding, (uint32_t)holder))
		return -1;
	return holder;
}

/* Whether following the chain from @start leads back to it. */
static bool is_in_circle(const struct explore_finding *finding, uint32_t start)
{
	int32_t at = (int32_t)start;
	uint32_t i;

	for (i = 0; i < finding->threads && at >= 0; i++) {
		at = next_in_chain(finding, (uint32_t)at);
		if (at == (int32_t)start)
			return true;
	}
	return false;
}

static uint32_t put_circle(const struct explore_finding *finding,
			   bool told[static EXPLORE_THREADS_MAX],
			   uint8_t *order)
{
	uint32_t count = 0;
	uint32_t start;
	int32_t at;

	for (start = 0; start < finding->threads; start++)
		if (waits(finding, start) && is_in_circle(finding, start))
			break;
	if (start == finding->threads)
		return 0;
	at = (int32_t)start;
	do {
		told[at] = true;
		order[count++] = (uint8_t)at;
		at = next_in_chain(finding, (uint32_t)at);
	} while (at != (int32_t)start);
	return count;
}

uint32_t explorer_waits(const struct explore_finding *finding,
			uint8_t order[static EXPLORE_THREADS_MAX],
			uint32_t *cycle)
{
	bool told[EXPLORE_THREADS_MAX] = { false };
	uint32_t count = put_circle(finding, told, order);
	unsigned join;
	uint32_t i;

	*cycle = count;
	for (join = 0; join < 2; join++)
		for (i = 0; i < finding->threads; i++) {
			bool is_join = finding->thread_of[i].kind ==
				       EXPLORE_JOIN;

			if (told[i] || !waits(finding, i) || is_join != join)
				continue;
			told[i] = true;
			order[count++] = (uint8_t)i;
		}
	return count;
}

/* Who sleeps on a condition is before EXPLORE_COND_WAKE until it is signalled,
 * and then until it has the mutex again. */
static const char *object(uint32_t kind, bool held)
{
	switch (kind) {
	case EXPLORE_LOCK:
		return "a lock";
	case EXPLORE_READ_LOCK:
		return "a lock for reading";
	case EXPLORE_COND_WAIT:
	case EXPLORE_COND_WAKE:
		return held ? "the lock, to return from a condition variable,"
			    : "a signal of a condition variable";
	case EXPLORE_SEM_WAIT:
		return "a semaphore";
	case EXPLORE_BARRIER:
		return "others at a barrier";
	case EXPLORE_ONCE:
		return "an initialization";
	case EXPLORE_FUTEX_WAIT:
		return "a futex";
	case EXPLORE_SLEEP:
		return "the end of a sleep";
	default:
		return "something";
	}
}

/* What is missing where no thread has what is waited for. */
static const char *missing(uint32_t kind)
{
	switch (kind) {
	case EXPLORE_COND_WAIT:
	case EXPLORE_COND_WAKE:
		return " that nobody is left to give";
	case EXPLORE_SEM_WAIT:
		return " that nobody is left to post";
	case EXPLORE_BARRIER:
		return " who do not come";
	case EXPLORE_FUTEX_WAIT:
		return " that nobody is left to wake";
	default:
		return "";
	}
}

void explorer_wait_text(const struct explorer_lines *lines,
			const struct explore_thread *thread,
			char text[static EXPLORER_WAIT_MAX])
{
	char taken[EXPLORER_PLACE_MAX];

	if (thread->kind == EXPLORE_JOIN && thread->holder >= 0) {
		(void)snprintf(text, EXPLORER_WAIT_MAX, "thread %d to end",
			       thread->holder);
	} else if (thread->holder < 0) {
		(void)snprintf(text, EXPLORER_WAIT_MAX, "%s%s",
			       object(thread->kind, false),
			       missing(thread->kind));
	} else if (thread->taken.depth == 0) {
		(void)snprintf(text, EXPLORER_WAIT_MAX, "%s that thread %d has",
			       object(thread->kind, true), thread->holder);
	} else {
		explorer_place_text(lines, &thread->taken, taken);
		(void)snprintf(text, EXPLORER_WAIT_MAX,
			       "%s that thread %d has, taken at %s",
			       object(thread->kind, true), thread->holder,
			       taken);
	}
}
