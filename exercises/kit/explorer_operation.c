/* explorer_operation.c - see explorer_operation.h */
#include "explorer_operation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <assay/cleanup.h>

/* ---- words ---- */

enum shape {
	PLAIN,  /* the words are all */
	VALUE,  /* what was read or written follows */
	OBJECT, /* the object's letter follows */
	THREAD, /* a thread's number follows */
};

static const struct {
	const char *words;
	enum shape shape;
} kinds[EXPLORE_KIND_MAX] = {
	[EXPLORE_READ] = { "reads", VALUE },
	[EXPLORE_WRITE] = { "writes", PLAIN }, /* it is told before it does */
	[EXPLORE_LOAD] = { "loads", VALUE },
	[EXPLORE_STORE] = { "stores", VALUE },
	[EXPLORE_UPDATE] = { "updates to", VALUE },
	[EXPLORE_FENCE] = { "fence", PLAIN },
	[EXPLORE_LOCK] = { "locks", OBJECT },
	[EXPLORE_TRYLOCK] = { "tries to lock", OBJECT },
	[EXPLORE_UNLOCK] = { "unlocks", OBJECT },
	[EXPLORE_READ_LOCK] = { "locks for reading", OBJECT },
	[EXPLORE_COND_WAIT] = { "waits on", OBJECT },
	[EXPLORE_COND_WAKE] = { "is woken on", OBJECT },
	[EXPLORE_SIGNAL] = { "signals", OBJECT },
	[EXPLORE_BROADCAST] = { "broadcasts on", OBJECT },
	[EXPLORE_SEM_WAIT] = { "takes semaphore", OBJECT },
	[EXPLORE_SEM_POST] = { "posts semaphore", OBJECT },
	[EXPLORE_BARRIER] = { "is at barrier", OBJECT },
	[EXPLORE_ONCE] = { "once", OBJECT },
	[EXPLORE_CREATE] = { "creates thread", THREAD },
	[EXPLORE_JOIN] = { "joins thread", THREAD },
	[EXPLORE_BEGIN] = { "begins", PLAIN },
	[EXPLORE_END] = { "ends", PLAIN },
	[EXPLORE_SLEEP] = { "sleeps", PLAIN },
	[EXPLORE_YIELD] = { "yields", PLAIN },
	[EXPLORE_FUTEX_WAIT] = { "waits on futex", OBJECT },
	[EXPLORE_FUTEX_WAKE] = { "wakes futex", OBJECT },
	[EXPLORE_INIT] = { "initializes", OBJECT },
	[EXPLORE_DESTROY] = { "destroys", OBJECT },
	[EXPLORE_ALLOCATE] = { "allocates", PLAIN },
	[EXPLORE_FREE] = { "frees", PLAIN },
	[EXPLORE_CALL] = { "the call begins", PLAIN },
	[EXPLORE_RETURN] = { "the call returns", PLAIN },
	[EXPLORE_EXIT] = { "the scenario returns", PLAIN },
	[EXPLORE_CLOCK] = { "reads the clock", PLAIN },
};

/* Its index; EXPLORER_OBJECTS_MAX where there are too many. */
static size_t object_of(struct explorer_objects *objects, uint64_t address)
{
	size_t i;

	for (i = 0; i < objects->count; i++)
		if (objects->address[i] == address)
			return i;
	if (i < EXPLORER_OBJECTS_MAX)
		objects->address[objects->count++] = address;
	return i;
}

/* Small numbers are numbers, large ones addresses or all bits set. */
static void value_text(uint64_t value, char *text, size_t size)
{
	if (value < 100000)
		(void)snprintf(text, size, "%" PRIu64, value);
	else if (value >= UINT64_MAX - 1000)
		(void)snprintf(text, size, "%" PRId64, (int64_t)value);
	else if (value <= UINT32_MAX && value >= UINT32_MAX - 1000)
		(void)snprintf(text, size, "%" PRId32, (int32_t)value);
	else
		(void)snprintf(text, size, "0x%" PRIx64, value);
}

void explorer_operation_text(struct explorer_objects *objects,
			     const struct explore_event *event,
			     char text[static EXPLORER_OPERATION_MAX])
{
	const char *words = kinds[event->kind].words;
	char value[24];
	size_t object;

	value_text(event->value, value, sizeof value);
	switch (kinds[event->kind].shape) {
	case VALUE:
		(void)snprintf(text, EXPLORER_OPERATION_MAX, "%s %s%s", words,
			       value, event->stale ? " (stale)" : "");
		break;
	case OBJECT:
		object = object_of(objects, event->address);
		if (object < EXPLORER_OBJECTS_MAX)
			(void)snprintf(text, EXPLORER_OPERATION_MAX, "%s %c",
				       words, (char)('A' + object));
		else
			(void)snprintf(text, EXPLORER_OPERATION_MAX,
				       "%s 0x%" PRIx64, words, event->address);
		break;
	case THREAD:
		if (event->address < EXPLORE_THREADS_MAX)
			(void)snprintf(text, EXPLORER_OPERATION_MAX,
				       "%s %" PRIu64, words, event->address);
		else
			(void)snprintf(text, EXPLORER_OPERATION_MAX, "%s",
				       words);
		break;
	case PLAIN:
		(void)snprintf(text, EXPLORER_OPERATION_MAX, "%s", words);
		break;
	}
}

/* ---- what concerns others ---- */

static bool is_plain(const struct explore_event *event)
{
	return event->kind == EXPLORE_READ || event->kind == EXPLORE_WRITE;
}

/* Nothing that another thread could have come before or after. */
static bool is_quiet(uint32_t kind)
{
	return kind == EXPLORE_CLOCK || kind == EXPLORE_BEGIN ||
	       kind == EXPLORE_END;
}

static int by_address(const void *left, const void *right)
{
	const struct explore_event *a = *(
		const struct explore_event *const *)left;
	const struct explore_event *b = *(
		const struct explore_event *const *)right;

	return (a->address > b->address) - (a->address < b->address);
}

/* All events of one address, @count of them from @first on. */
static void hide_own(const struct explorer_run *run,
		     const struct explore_event **first, size_t count,
		     bool *hidden)
{
	bool shared = false;
	size_t i;

	for (i = 1; i < count; i++)
		shared = shared || first[i]->thread != first[0]->thread;
	for (i = 0; i < count; i++)
		if (!shared && is_plain(first[i]))
			hidden[first[i] - run->events] = true;
}

void explorer_operation_hide(const struct explorer_run *run, bool *hidden)
{
	uint32_t count = run->entry.events;
	AUTO_FREE const struct explore_event **sorted = calloc(count + 1,
							       sizeof *sorted);
	uint32_t i, from;

	ENOUGH(sorted);
	for (i = 0; i < count; i++) {
		hidden[i] = is_quiet(run->events[i].kind);
		sorted[i] = &run->events[i];
	}
	qsort(sorted, count, sizeof *sorted, by_address);
	for (from = 0; from < count; from = i) {
		for (i = from; i < count; i++)
			if (sorted[i]->address != sorted[from]->address)
				break;
		hide_own(run, sorted + from, i - from, hidden);
	}
}

/* ---- preempted, or waiting ---- */

/* Whether another thread than @thread has the lock at @address when event
 * @at is over. A thread that waits on a condition gave its lock up. */
static bool is_taken(const struct explorer_run *run, uint32_t at,
		     uint64_t address, uint32_t thread)
{
	bool waits[EXPLORE_THREADS_MAX] = { false };
	bool seen[EXPLORE_THREADS_MAX] = { false };
	uint32_t i;

	for (i = at + 1; i-- > 0;) {
		const struct explore_event *event = &run->events[i];

		if (!seen[event->thread])
			waits[event->thread] = event->kind == EXPLORE_COND_WAIT;
		seen[event->thread] = true;
		if (event->address != address)
			continue;
		if (event->kind == EXPLORE_UNLOCK)
			return false;
		if (event->kind == EXPLORE_LOCK ||
		    event->kind == EXPLORE_READ_LOCK)
			return event->thread != thread && !waits[event->thread];
	}
	return false;
}

/* Whether a thread that is before an operation of @kind may have had to wait
 * there. Of a semaphore or a barrier nobody can tell from here. */
static bool may_wait(const struct explorer_run *run, uint32_t last,
		     uint32_t kind, uint64_t address)
{
	switch (kind) {
	case EXPLORE_LOCK:
	case EXPLORE_READ_LOCK:
		return is_taken(run, last, address, run->events[last].thread);
	case EXPLORE_COND_WAKE:
	case EXPLORE_JOIN:
	case EXPLORE_SEM_WAIT:
	case EXPLORE_BARRIER:
	case EXPLORE_ONCE:
	case EXPLORE_SLEEP:
		return true;
	default:
		return false;
	}
}

/* Whether a thread gives way of its own in an operation of @kind. */
static bool gives_way(uint32_t kind)
{
	return kind == EXPLORE_COND_WAIT || kind == EXPLORE_FUTEX_WAIT ||
	       kind == EXPLORE_SLEEP || kind == EXPLORE_YIELD ||
	       kind == EXPLORE_END || kind == EXPLORE_EXIT;
}

bool explorer_operation_preempted(const struct explorer_run *run, uint32_t last,
				  uint32_t *next)
{
	uint32_t thread = run->events[last].thread;
	const struct explore_thread *end;
	uint32_t i;

	for (i = last + 1; i < run->entry.events; i++)
		if (run->events[i].thread == thread)
			break;
	*next = i;
	if (gives_way(run->events[last].kind))
		return false;
	if (i < run->entry.events)
		return !may_wait(run, last, run->events[i].kind,
				 run->events[i].address);
	if (!run->finding || thread >= run->finding->threads)
		return false;
	end = &run->finding->thread_of[thread];
	return end->state == EXPLORE_CAN_RUN &&
	       !may_wait(run, last, end->kind, end->address);
}
