/*
 * atomics.c - C11 atomics, with loads that may be stale
 *
 * Memory holds the newest store of an atomic. Older ones stay here for a
 * while, because a load that is not sequentially consistent may return one of
 * them, as long as coherence allows it (ISO C 5.1.2.4): not when the thread
 * knows a newer one, that is when a newer one's writing, or its reading by
 * anybody, happens before the load. On x86 such loads hardly ever happen; on
 * other processors and after other compilers they do.
 *
 * What is kept of a store: by whom, what its reader acquires, and since when
 * (in its own clock) each thread knows it. Updates always act on the newest.
 * Sequentially consistent operations are taken one stronger than the standard
 * has them, as fences for what came before: some stale loads are never tried,
 * none is tried that the standard forbids.
 */
#include "atomics.h"

#define LOCATIONS 4096u /* a power of two */
#define WINDOW 6u       /* stores of a location that can still be read */
#define STALE_ONE_IN 3
#define STALE_MAX 4    /* stale loads of a thread in a row */
#define SPINNING 8     /* then stores arrive at last */
#define WEAK_ONE_IN 24 /* a weak exchange fails for no reason */

struct store {
	uint64_t value;
	uint32_t known[THREADS]; /* since when; 0: not */
	bool releases;
	bool to_all; /* everybody knows it: it was there before */
	struct clock clock;
};

struct location {
	uint64_t address;
	uint64_t schedule;
	uint64_t count; /* stores so far */
	uint32_t size;
	bool overwritten; /* by a plain write */
	struct store store[WINDOW];
};

struct atomic_state {
	uint32_t locations;
	uint32_t fenced[THREADS]; /* clock at the last sc fence of each */
	struct location location[LOCATIONS];
};

void atomics_init(void)
{
	rt->atomics = runtime_map(sizeof *rt->atomics);
}

void atomics_begin(void)
{
	rt->atomics->locations = 0;
	fill(rt->atomics->fenced, 0, sizeof rt->atomics->fenced);
}

/* ---- locations ---- */

static uint64_t in_memory(uint64_t address, uint32_t size)
{
	uint64_t value = 0;

	copy(&value, (const void *)address, size);
	return value;
}

static struct location *slot(uint64_t address)
{
	struct location *table = rt->atomics->location;
	uint32_t i = (uint32_t)(mix(address, 4) % LOCATIONS);

	while (table[i].schedule == rt->total && table[i].address != address)
		i = (i + 1) % LOCATIONS;
	return &table[i];
}

static struct store *store_at(struct location *location, uint64_t index)
{
	return &location->store[index % WINDOW];
}

static struct store *newest(struct location *location)
{
	return store_at(location, location->count - 1);
}

static struct store *push(struct location *location, uint64_t value)
{
	struct store *store = store_at(location, location->count++);

	fill(store, 0, sizeof *store);
	store->value = value;
	return store;
}

static void forget(struct location *location, uint32_t size)
{
	location->size = size;
	location->count = 0;
	location->overwritten = false;
	push(location, in_memory(location->address, size))->to_all = true;
}

static struct location *location_of(uint64_t address, uint32_t size)
{
	struct location *location = slot(address);

	if (location->schedule != rt->total) {
		if (++rt->atomics->locations > LOCATIONS / 4 * 3)
			finding_fail(
				EXPLORE_UNABLE, address, 0,
				"more atomics than the explorer can follow");
		location->address = address;
		location->schedule = rt->total;
		forget(location, size);
	} else if (location->size != size || location->overwritten ||
		   newest(location)->value != in_memory(address, size)) {
		forget(location, size);
	}
	return location;
}

void atomics_plain_write(uint64_t address, size_t size)
{
	uint64_t at;

	if (rt->atomics->locations == 0)
		return;
	for (at = address; at < address + size; at = (at & ~3ull) + 4) {
		struct location *location = slot(at);

		if (location->schedule == rt->total)
			location->overwritten = true;
	}
}

/* ---- what a thread knows ---- */

static bool knows(const struct fiber *self, const struct store *store)
{
	uint32_t i;

	if (store->to_all)
		return true;
	for (i = 0; i < rt->threads; i++)
		if (store->known[i] && (store->known[i] <= self->clock.of[i] ||
					store->known[i] <= self->fenced.of[i]))
			return true;
	return false;
}

static void learn(const struct fiber *self, struct store *store)
{
	if (!store->known[self->number])
		store->known[self->number] = self->clock.of[self->number];
}

/* How far back the running thread may look. */
static uint32_t oldest_readable(struct location *location)
{
	const struct fiber *self = rt->current;
	uint64_t most = location->count < WINDOW ? location->count : WINDOW;
	uint32_t back;

	for (back = 0; back + 1 < most; back++)
		if (knows(self, store_at(location, location->count - 1 - back)))
			break;
	return back;
}

static bool acquires(int order)
{
	return order != __ATOMIC_RELAXED && order != __ATOMIC_RELEASE;
}

static bool releases(int order)
{
	return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL ||
	       order == __ATOMIC_SEQ_CST;
}

static void acquire_from(struct store *store, int order)
{
	struct fiber *self = rt->current;

	if (!store->releases)
		return;
	if (acquires(order))
		clock_join(&self->clock, &store->clock);
	else
		clock_join(&self->acquired, &store->clock);
}

static bool empty(const struct clock *clock)
{
	uint32_t i;

	for (i = 0; i < rt->threads; i++)
		if (clock->of[i])
			return false;
	return true;
}

/* Give @store what the running thread releases with it. */
static void release_into(struct store *store, int order)
{
	struct fiber *self = rt->current;

	learn(self, store);
	if (releases(order)) {
		clock_join(&store->clock, &self->clock);
		store->releases = true;
		clock_tick(self);
	} else if (!empty(&self->released)) {
		clock_join(&store->clock, &self->released);
		store->releases = true;
	}
}

static void note_order(int order)
{
	struct fiber *self = rt->current;

	if (order == __ATOMIC_SEQ_CST)
		rt->atomics->fenced[self->number] =
			self->clock.of[self->number];
}

/* ---- the operations ---- */

void atomics_operation(uint32_t kind, uint64_t address, uint32_t size,
		       uint64_t pc)
{
	const bool write = kind != EXPLORE_LOAD;

	ENTER();
	core_step(kind, address, write, pc);
	memory_guard(address, size, pc);
	heap_check(address, size, write, pc);
	race_access(address, size, write, true, pc);
}

static uint32_t staleness(struct location *location)
{
	struct fiber *self = rt->current;
	uint32_t back = 0;

	if (rt->command.flags & EXPLORE_STALE &&
	    (rt->replaying ||
	     (self->vain < SPINNING && self->stale_loads < STALE_MAX)))
		back = core_choose(oldest_readable(location) + 1, STALE_ONE_IN);
	self->stale_loads = back ? self->stale_loads + 1 : 0;
	return back;
}

uint64_t atomics_load(uint64_t address, uint32_t size, int order, uint64_t pc)
{
	struct location *location;
	struct store *store;
	uint32_t back = 0;
	uint64_t value;

	atomics_operation(EXPLORE_LOAD, address, size, pc);
	location = location_of(address, size);
	if (order != __ATOMIC_SEQ_CST)
		back = staleness(location);
	store = store_at(location, location->count - 1 - back);
	learn(rt->current, store);
	acquire_from(store, order);
	note_order(order);
	value = store->value;
	core_in_vain();
	core_value(value, back);
	LEAVE();
	return value;
}

void atomics_store(uint64_t address, uint32_t size, uint64_t value, int order,
		   uint64_t pc)
{
	struct location *location;

	atomics_operation(EXPLORE_STORE, address, size, pc);
	location = location_of(address, size);
	if (newest(location)->value != value)
		core_effect();
	else
		core_in_vain();
	note_order(order);
	copy((void *)address, &value, size);
	release_into(push(location, in_memory(address, size)), order);
	core_value(value, 0);
	LEAVE();
}

/* The newest value was @before and becomes @after: one that continues the
 * release sequence it belongs to. */
static void update(struct location *location, uint64_t after, int order)
{
	struct store *last = newest(location), *next;
	struct clock inherited;
	bool inherits = last->releases;

	if (last->value != after)
		core_effect();
	else
		core_in_vain();
	learn(rt->current, last);
	acquire_from(last, order);
	note_order(order);
	if (inherits)
		copy(&inherited, &last->clock, sizeof inherited);
	copy((void *)location->address, &after, location->size);
	next = push(location, in_memory(location->address, location->size));
	if (inherits) {
		copy(&next->clock, &inherited, sizeof inherited);
		next->releases = true;
	}
	release_into(next, order);
}

static uint64_t result_of(enum arithmetic what, uint64_t a, uint64_t b)
{
	switch (what) {
	case ADD:
		return a + b;
	case SUB:
		return a - b;
	case AND:
		return a & b;
	case OR:
		return a | b;
	case XOR:
		return a ^ b;
	case NAND:
		return ~(a & b);
	case EXCHANGE:
		break;
	}
	return b;
}

uint64_t atomics_modify(enum arithmetic what, uint64_t address, uint32_t size,
			uint64_t operand, int order, uint64_t pc)
{
	uint64_t mask = size == 8 ? UINT64_MAX : (1ull << 8 * size) - 1;
	struct location *location;
	uint64_t before, after;

	atomics_operation(EXPLORE_UPDATE, address, size, pc);
	location = location_of(address, size);
	before = newest(location)->value;
	after = result_of(what, before, operand) & mask;
	update(location, after, order);
	core_value(after, 0);
	LEAVE();
	return before;
}

/* Returns what was there; *ret whether it was exchanged. */
uint64_t atomics_exchange_if(uint64_t address, uint32_t size, uint64_t expected,
			     uint64_t desired, bool weak, int order,
			     int failure, uint64_t pc, bool *ret)
{
	struct location *location;
	uint64_t before;

	atomics_operation(EXPLORE_UPDATE, address, size, pc);
	location = location_of(address, size);
	before = newest(location)->value;
	*ret = before == expected && !(weak && rt->current->vain < SPINNING &&
				       rt->command.flags & EXPLORE_SPURIOUS &&
				       core_choose(2, WEAK_ONE_IN));
	if (*ret) {
		update(location, desired, order);
	} else {
		learn(rt->current, newest(location));
		acquire_from(newest(location), failure);
		note_order(failure);
		core_in_vain();
	}
	core_value(*ret ? desired : before, 0);
	LEAVE();
	return before;
}

void atomics_fence(int order, uint64_t pc)
{
	struct fiber *self = rt->current;
	uint32_t i;

	ENTER();
	core_step(EXPLORE_FENCE, 0, false, pc);
	if (acquires(order))
		clock_join(&self->clock, &self->acquired);
	if (releases(order)) {
		copy(&self->released, &self->clock, sizeof self->released);
		clock_tick(self);
	}
	if (order == __ATOMIC_SEQ_CST) {
		for (i = 0; i < rt->threads; i++)
			if (rt->atomics->fenced[i] > self->fenced.of[i])
				self->fenced.of[i] = rt->atomics->fenced[i];
		rt->atomics->fenced[self->number] =
			self->clock.of[self->number];
	}
	LEAVE();
}
