/*
 * object.c - what the candidate synchronizes with, by address
 *
 * The memory of a mutex belongs to the candidate; what the explorer knows of
 * it stands here. A table of one schedule: entries of an earlier one count as
 * empty, so nothing has to be cleared.
 */
#include "runtime.h"

#define OBJECTS 2048u /* a power of two; three quarters of it may be in use */

STATE static struct object *table;
STATE static uint32_t used;
STATE static uint64_t used_in;

void object_tables_init(void)
{
	table = runtime_map(OBJECTS * sizeof *table);
}

static struct object *slot(uint64_t address)
{
	uint32_t i = (uint32_t)(mix(address, 0) % OBJECTS);

	while (table[i].schedule == rt->total && table[i].address != address)
		i = (i + 1) % OBJECTS;
	return &table[i];
}

struct object *object_find(uint64_t address)
{
	struct object *object = slot(address);

	return object->schedule == rt->total ? object : NULL;
}

static void start_over(struct object *object, uint64_t address,
		       enum object_type type)
{
	fill(object, 0, sizeof *object);
	object->address = address;
	object->schedule = rt->total;
	object->type = type;
	object->owner = NOBODY;
}

static bool in_use(const struct object *object)
{
	return object->owner != NOBODY || object->readers ||
	       sleep_count(object);
}

const char *object_name(enum object_type type)
{
	static const char *const names[] = {
		[OBJECT_NONE] = "object",
		[OBJECT_MUTEX] = "mutex",
		[OBJECT_CONDITION] = "condition",
		[OBJECT_RWLOCK] = "read-write lock",
		[OBJECT_SPIN] = "spin lock",
		[OBJECT_BARRIER] = "barrier",
		[OBJECT_SEMAPHORE] = "semaphore",
		[OBJECT_ONCE] = "once control",
		[OBJECT_FUTEX] = "futex",
		[OBJECT_THREAD] = "thread",
		[OBJECT_WIDE] = "atomic",
	};

	return names[type];
}

/* "use of a destroyed mutex", ... */
static _Noreturn void misuse(uint64_t address, const char *what,
			     enum object_type type, const char *rest,
			     uint64_t pc)
{
	const char *const parts[] = { what, object_name(type), rest };
	char text[EXPLORE_TEXT_MAX];
	size_t at = 0, i, k;

	for (i = 0; i < 3; i++)
		for (k = 0; parts[i][k] && at < sizeof text - 1; k++)
			text[at++] = parts[i][k];
	text[at] = '\0';
	finding_fail(EXPLORE_MISUSE, address, pc, text);
}

struct object *object_get(uint64_t address, enum object_type type)
{
	struct object *object;

	if (used_in != rt->total) {
		used_in = rt->total;
		used = 0;
	}
	object = slot(address);
	if (object->schedule != rt->total) {
		if (++used > OBJECTS / 4 * 3)
			finding_fail(EXPLORE_UNABLE, address, 0,
				     "more mutexes, conditions, ... than the "
				     "explorer can follow");
		start_over(object, address, type);
	} else if (object->type != type) {
		/* the memory has become something else */
		if (in_use(object))
			misuse(address, "memory of a ", object->type,
			       " that is in use is taken for another thing",
			       rt->current->op.pc);
		start_over(object, address, type);
	}
	if (object->destroyed)
		misuse(address, "use of a destroyed ", type, "",
		       rt->current->op.pc);
	return object;
}

struct object *object_init(const void *address, enum object_type type,
			   uint64_t pc)
{
	struct object *object = object_find((uint64_t)address);

	heap_check((uint64_t)address, 8, true, pc);
	core_operation(EXPLORE_INIT, (uint64_t)address, true, pc, NULL);
	if (object && object->type == type && !object->destroyed &&
	    in_use(object))
		misuse((uint64_t)address, "initialization of a ", type,
		       " that is in use", pc);
	if (object)
		start_over(object, (uint64_t)address, type);
	return object_get((uint64_t)address, type);
}

void object_destroy(const void *address, enum object_type type, uint64_t pc)
{
	struct object *object;

	heap_check((uint64_t)address, 8, true, pc);
	core_operation(EXPLORE_DESTROY, (uint64_t)address, true, pc, NULL);
	object = object_get((uint64_t)address, type);
	if (in_use(object))
		misuse((uint64_t)address, "destruction of a ", type,
		       type == OBJECT_CONDITION ? " that threads wait for"
						: " that is in use",
		       pc);
	object->destroyed = true;
}

struct object *object_at(const void *address, enum object_type type,
			 uint64_t pc)
{
	heap_check((uint64_t)address, 4, true, pc);
	rt->current->op.pc = pc;
	return object_get((uint64_t)address, type);
}
