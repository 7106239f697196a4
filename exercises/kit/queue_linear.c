/*
 * queue_linear.c - see queue_linear.h
 *
 * Depth first, as Wing and Gong do it ("Testing and verifying concurrent
 * objects", 1993): pick a call that no other had to precede, apply it to the
 * queue, go on with the rest, and come back if that leads nowhere. With Lowe's
 * addition ("Testing for linearizability", 2017): a configuration, that is the
 * set of calls already placed and the content of the queue, is never tried
 * twice. Configurations are remembered by 128 bits of hash; that two of them
 * collide is less likely than that the machine errs.
 *
 * linear.h could do this with a model of a queue. But a queue is long, and its
 * states would be copied and compared item by item where here one step forth
 * and back costs the same however long it is: a third of the time, which is
 * what every schedule of an explored queue waits for.
 */
#include "queue_linear.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "queue_call.h"
#include "random.h"

struct key {
	uint64_t low;
	uint64_t high;
};

/* An open hash table that only grows; a key of zeroes is a free place. */
struct visited {
	struct key *keys;
	size_t size; /* a power of two */
	size_t used;
};

struct search {
	const struct history_call *calls;
	size_t count;
	size_t capacity;
	size_t states;   /* left to visit */
	size_t unplaced; /* calls that returned and have no moment yet */
	size_t first;    /* all calls before this one are placed */
	size_t head;     /* taken items are items[0..head) */
	size_t tail;     /* the queue is items[head..tail) */
	size_t closes;   /* how often it was closed */
	struct key key;  /* of the present configuration */
	bool gave_up;
	struct visited visited;
	bool placed[QUEUE_LINEAR_MAX];
	uint64_t items[QUEUE_LINEAR_MAX];
};

static bool visited_grow(struct visited *visited)
{
	size_t size = visited->size ? visited->size * 2 : 1024;
	struct key *keys = calloc(size, sizeof *keys);
	size_t place;
	size_t i;

	if (!keys)
		return false;
	for (i = 0; i < visited->size; i++) {
		place = visited->keys[i].low & (size - 1);
		while (keys[place].low | keys[place].high)
			place = (place + 1) & (size - 1);
		keys[place] = visited->keys[i];
	}
	free(visited->keys);
	visited->keys = keys;
	visited->size = size;
	return true;
}

/* false: it was there. Out of memory counts as out of states. */
static bool visit(struct search *search)
{
	struct visited *visited = &search->visited;
	struct key key = search->key;
	size_t place;

	if (search->states == 0 ||
	    (visited->used * 2 >= visited->size && !visited_grow(visited))) {
		search->gave_up = true;
		return false;
	}
	place = key.low & (visited->size - 1);
	while (visited->keys[place].low | visited->keys[place].high) {
		if (visited->keys[place].low == key.low &&
		    visited->keys[place].high == key.high)
			return false;
		place = (place + 1) & (visited->size - 1);
	}
	visited->keys[place] = key;
	visited->used++;
	search->states--;
	return true;
}

/* Put something into the configuration's hash, or out again. */
static void toggle(struct search *search, uint64_t what, uint64_t which)
{
	search->key.low ^= random_mix(random_mix(what) + which);
	search->key.high ^= random_mix(random_mix(~what) - which);
}

#define CALLS_DOMAIN UINT64_C(0xca11)
#define ITEMS_DOMAIN UINT64_C(0x17e3)

static void toggle_item(struct search *search, size_t place)
{
	toggle(search, search->items[place] ^ ITEMS_DOMAIN << 48, place);
}

static bool timed_out(const struct history_call *call)
{
	return call->result == EAGAIN || call->result == ETIMEDOUT;
}

static bool apply_put(struct search *search, const struct history_call *call)
{
	bool full = search->tail - search->head >= search->capacity;

	if (call->pending || call->result == 0) {
		if (full || search->closes)
			return false;
		search->items[search->tail] = call->argument;
		toggle_item(search, search->tail++);
		return true;
	}
	if (call->result == EPIPE)
		return search->closes > 0;
	return timed_out(call) && full && !search->closes;
}

static bool apply_take(struct search *search, const struct history_call *call)
{
	bool empty = search->tail == search->head;

	if (call->pending || call->result == 0) {
		if (empty || (!call->pending &&
			      search->items[search->head] != call->value))
			return false;
		toggle_item(search, search->head++);
		return true;
	}
	if (call->result == EPIPE)
		return search->closes > 0 && empty;
	return timed_out(call) && empty && !search->closes;
}

/* Make the call now, if it would have answered what it did. */
static bool apply(struct search *search, const struct history_call *call)
{
	switch (call->kind) {
	case QUEUE_PUT:
		return apply_put(search, call);
	case QUEUE_TAKE:
		return apply_take(search, call);
	case QUEUE_CLOSE:
		search->closes++;
		return true;
	case QUEUE_LEN:
		return !call->pending &&
		       call->value == search->tail - search->head;
	default:
		return false;
	}
}

/* Undo apply(). Items stay where they were, so a take only steps back. */
static void revert(struct search *search, const struct history_call *call)
{
	bool changed = call->pending || call->result == 0;

	if (call->kind == QUEUE_CLOSE)
		search->closes--;
	else if (call->kind == QUEUE_PUT && changed)
		toggle_item(search, --search->tail);
	else if (call->kind == QUEUE_TAKE && changed)
		toggle_item(search, --search->head);
}

static bool explain(struct search *search);

static bool place(struct search *search, size_t index)
{
	const struct history_call *call = &search->calls[index];
	size_t first = search->first;
	bool found;

	if (!apply(search, call))
		return false;
	search->placed[index] = true;
	search->unplaced -= !call->pending;
	toggle(search, CALLS_DOMAIN, index);
	while (search->first < search->count && search->placed[search->first])
		search->first++;

	found = explain(search);

	search->first = first;
	toggle(search, CALLS_DOMAIN, index);
	search->unplaced += !call->pending;
	search->placed[index] = false;
	revert(search, call);
	return found;
}

/*
 * Whether the calls that are left can be explained from here. Next can be any
 * that began before the first of them ended.
 */
static bool explain(struct search *search)
{
	uint64_t end_ns = UINT64_MAX;
	const struct history_call *call;
	size_t i;

	if (search->unplaced == 0)
		return true;
	if (!visit(search))
		return false;
	for (i = search->first; i < search->count; i++) {
		call = &search->calls[i];
		if (search->placed[i])
			continue;
		if (call->invoked_ns > end_ns)
			break;
		if (call->completed_ns < end_ns)
			end_ns = call->completed_ns;
		if (place(search, i))
			return true;
		if (search->gave_up)
			return false;
	}
	return false;
}

enum queue_answer queue_linear(const struct history_call *calls, size_t count,
			       size_t capacity, size_t *states)
{
	AUTO_FREE struct search *search = NULL;
	bool found;
	size_t i;

	if (count > QUEUE_LINEAR_MAX)
		return QUEUE_UNDECIDED;
	search = calloc(1, sizeof *search);
	if (!search)
		return QUEUE_UNDECIDED;
	search->calls = calls;
	search->count = count;
	search->capacity = capacity;
	search->states = *states;
	search->key = (struct key){ 1, 1 };
	for (i = 0; i < count; i++)
		search->unplaced += !calls[i].pending;
	found = explain(search);
	*states = search->states;
	free(search->visited.keys);
	if (found)
		return QUEUE_EXPLAINED;
	return search->gave_up ? QUEUE_UNDECIDED : QUEUE_INEXPLICABLE;
}
