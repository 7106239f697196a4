/*
 * race.c - who knows of what: vector clocks, and the races they show
 *
 * Two accesses race when they overlap, one writes, not both are atomic, and
 * neither happens before the other (ISO C 5.1.2.4). Happening before is kept
 * as in FastTrack (Flanagan and Freund, PLDI 2009): each thread has a clock
 * and a vector of what it knows of the others'; an access is remembered by its
 * thread and clock alone. For each eight bytes that makes a few cells, one for
 * each thread, exact set of bytes, and kind of access: cells of different sets
 * are never merged, which would make a race of two neighbours.
 *
 * It also learns which places of the code touch memory that several threads
 * use, for strategies, and counts which write each read has seen: two
 * schedules that agree in that are one to the program ("reads-from classes").
 */
#include "runtime.h"

#define GRANULES 32768u /* of eight bytes; powers of two */
#define SITES 16384u
#define CLASSES 262144u
#define CELLS 8

struct cell {
	uint64_t pc;
	uint32_t clock;
	uint32_t step;
	uint8_t thread;
	uint8_t mask; /* bytes of the eight */
	bool write;
	bool atomic;
};

struct granule {
	uint64_t address; /* of its first byte */
	uint64_t schedule;
	uint64_t writer; /* thread and operation of the last write */
	uint32_t users;  /* bit set of threads */
	uint8_t count;
	bool written;
	bool shared; /* written, and several threads' */
	struct cell cell[CELLS];
};

struct race_state {
	uint32_t granules;
	uint32_t class_count;
	uint64_t classes_of; /* schedule number 1 of the scenario */
	struct granule granule[GRANULES];
	uint64_t site[SITES]; /* places that touch shared memory */
	uint64_t class[CLASSES];
};

/* ---- clocks ---- */

void clock_join(struct clock *to, const struct clock *from)
{
	uint32_t i;

	for (i = 0; i < rt->threads; i++)
		if (from->of[i] > to->of[i])
			to->of[i] = from->of[i];
}

void clock_tick(struct fiber *fiber)
{
	fiber->clock.of[fiber->number]++;
}

static uint64_t this_operation(void)
{
	return (uint64_t)(rt->current->number + 1) << 32 | rt->current->ops;
}

static void note_reading(uint64_t writer)
{
	rt->reads_hash += mix(mix(1, this_operation()), writer);
}

void race_release(struct object *object)
{
	clock_join(&object->clock, &rt->current->clock);
	clock_tick(rt->current);
	object->released_by = this_operation();
}

void race_acquire(struct object *object)
{
	clock_join(&rt->current->clock, &object->clock);
	note_reading(object->released_by);
}

/* ---- what was learned of places ---- */

static uint64_t *site_of(uint64_t pc)
{
	uint32_t i = (uint32_t)(mix(pc, 1) % SITES), n;
	uint64_t *site = rt->race->site;

	for (n = 0; n < 16 && site[i] && site[i] != pc; n++)
		i = (i + 1) % SITES;
	return &site[i];
}

bool race_site_shared(uint64_t pc)
{
	return *site_of(pc) == pc;
}

static void learn_site(uint64_t pc)
{
	*site_of(pc) = pc;
}

/* ---- accesses ---- */

static struct granule *granule_of(uint64_t address)
{
	struct race_state *race = rt->race;
	uint32_t i = (uint32_t)(mix(address, 2) % GRANULES);
	struct granule *granule = &race->granule[i];

	while (granule->schedule == rt->total && granule->address != address) {
		i = (i + 1) % GRANULES;
		granule = &race->granule[i];
	}
	if (granule->schedule == rt->total)
		return granule;
	if (race->granules >= GRANULES / 4 * 3)
		finding_fail(
			EXPLORE_UNABLE, address, 0,
			"more memory is used than the explorer can follow");
	race->granules++;
	granule->address = address;
	granule->schedule = rt->total;
	granule->writer = 0;
	granule->users = 0;
	granule->count = 0;
	granule->written = granule->shared = false;
	return granule;
}

static bool races(const struct cell *cell, uint8_t mask, bool write,
		  bool atomic)
{
	const struct fiber *self = rt->current;

	return cell->mask & mask && cell->thread != self->number &&
	       (write || cell->write) && !(atomic && cell->atomic) &&
	       cell->clock > self->clock.of[cell->thread];
}

static void place_of_step(const struct cell *cell, struct explore_place *ret)
{
	uint32_t i;

	for (i = rt->events; i-- > 0;)
		if (rt->event[i].step == cell->step) {
			copy(ret, &rt->event[i].place, sizeof *ret);
			return;
		}
	ret->depth = 1;
	ret->pc[0] = cell->pc;
}

static uint32_t kind_of(bool write, bool atomic)
{
	if (atomic)
		return write ? EXPLORE_STORE : EXPLORE_LOAD;
	return write ? EXPLORE_WRITE : EXPLORE_READ;
}

static _Noreturn void report(const struct cell *cell, uint64_t address,
			     uint8_t mask, bool write, bool atomic, uint64_t pc)
{
	struct explore_access *access = rt->finding.access;
	struct fiber *self = rt->current;

	rt->finding.accesses = 2;
	access[0].thread = cell->thread;
	access[0].kind = kind_of(cell->write, cell->atomic);
	access[0].size = (uint32_t)__builtin_popcount(cell->mask);
	access[0].step = cell->step;
	place_of_step(cell, &access[0].place);
	access[1].thread = self->number;
	access[1].kind = kind_of(write, atomic);
	access[1].size = (uint32_t)__builtin_popcount(mask);
	access[1].step = rt->steps;
	finding_place(self, pc, &access[1].place);
	finding_fail(EXPLORE_RACE,
		     address + (uint64_t)__builtin_ctz(cell->mask & mask), pc,
		     NULL);
}

static struct cell *cell_for(struct granule *granule, uint8_t mask, bool write,
			     bool atomic)
{
	const struct fiber *self = rt->current;
	struct cell *cell, *oldest = granule->cell;
	uint32_t i;

	for (i = 0; i < granule->count; i++) {
		cell = &granule->cell[i];
		if (cell->thread == self->number && cell->mask == mask &&
		    cell->write == write && cell->atomic == atomic)
			return cell;
		if (cell->step < oldest->step)
			oldest = cell;
	}
	if (granule->count < CELLS)
		return &granule->cell[granule->count++];
	/* one that is known to us does not race with who knows us */
	for (i = 0; i < granule->count; i++) {
		cell = &granule->cell[i];
		if (cell->clock <= self->clock.of[cell->thread] &&
		    (write || !cell->write) &&
		    (mask & cell->mask) == cell->mask)
			return cell;
	}
	return oldest;
}

/* Places of memory that several threads use are kept: those that were there
 * before it was known, too. */
static void learn(struct granule *granule, const struct cell *cell)
{
	uint32_t i;

	if (granule->shared) {
		learn_site(cell->pc);
		return;
	}
	granule->shared = granule->written &&
			  granule->users & (granule->users - 1);
	for (i = 0; granule->shared && i < granule->count; i++)
		learn_site(granule->cell[i].pc);
}

static void access_granule(uint64_t address, uint8_t mask, bool write,
			   bool atomic, uint64_t pc)
{
	struct granule *granule = granule_of(address);
	struct fiber *self = rt->current;
	const uint32_t own = 1u << self->number;
	const uint32_t others = granule->users & ~own;
	struct cell *cell;
	bool known;
	uint32_t i;

	for (i = 0; others && i < granule->count; i++)
		if (races(&granule->cell[i], mask, write, atomic) &&
		    rt->command.flags & EXPLORE_RACES)
			report(&granule->cell[i], address, mask, write, atomic,
			       pc);
	cell = cell_for(granule, mask, write, atomic);
	known = granule->shared && cell->pc == pc;
	cell->pc = pc;
	cell->clock = self->clock.of[self->number];
	cell->step = rt->steps;
	cell->thread = (uint8_t)self->number;
	cell->mask = mask;
	cell->write = write;
	cell->atomic = atomic;
	granule->users |= own;
	granule->written |= write;
	if (!known)
		learn(granule, cell);
	if (write)
		granule->writer = this_operation();
	else
		note_reading(granule->writer);
}

void race_access(uint64_t address, size_t size, bool write, bool atomic,
		 uint64_t pc)
{
	while (size > 0) {
		uint64_t first = address & 7, bytes = 8 - first;

		if (bytes > size)
			bytes = size;
		access_granule(address & ~7ull,
			       (uint8_t)(((1u << bytes) - 1) << first), write,
			       atomic, pc);
		address += bytes;
		size -= bytes;
	}
}

/* ---- classes ---- */

void race_count_class(void)
{
	struct race_state *race = rt->race;
	uint64_t hash = rt->reads_hash | 1;
	uint32_t i = (uint32_t)(mix(hash, 3) % CLASSES);

	if (race->class_count >= CLASSES / 4 * 3)
		return;
	while (race->class[i] && race->class[i] != hash)
		i = (i + 1) % CLASSES;
	if (!race->class[i]) {
		race->class[i] = hash;
		race->class_count++;
	}
}

uint64_t race_classes(void)
{
	return rt->race->class_count;
}

/* ---- ---- */

void race_init(void)
{
	rt->race = runtime_map(sizeof *rt->race);
}

void race_begin(void)
{
	struct race_state *race = rt->race;

	race->granules = 0;
	if (rt->schedule == 1 && race->class_count > 0) {
		fill(race->class, 0, sizeof race->class);
		race->class_count = 0;
	}
}
