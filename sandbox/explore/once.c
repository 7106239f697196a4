/*
 * once.c - one-time initialization, of POSIX and C11 alike
 */
#include "sync.h"

#include <errno.h>
#include <pthread.h>

/* The state stands in the object: limit is 1 when it is done. */
int sync_once(const void *control, void (*init)(void), uint64_t pc)
{
	struct object *object;

	if (!active()) {
		init();
		return 0;
	}
	ENTER();
	object = object_at(control, OBJECT_ONCE, pc);
	core_operation(EXPLORE_ONCE, object->address, true, pc, object);
	race_acquire(object);
	if (object->limit == 0) {
		object->owner = (int)rt->current->number;
		finding_place(rt->current, pc, &object->taken);
		LEAVE();
		init();
		ENTER();
		object->limit = 1;
		object->owner = NOBODY;
		race_release(object);
		core_effect();
	}
	LEAVE();
	return 0;
}

int pthread_once(pthread_once_t *control, void (*init)(void))
{
	return sync_once(control, init, HERE);
}
