/*
 * grow.h - arrays that grow as they are filled
 *
 *	struct queue {
 *		struct message *messages;
 *		size_t count, room;
 *	};
 *	GROW(queue->messages, queue->count, queue->room);
 *	queue->messages[queue->count++] = message;
 *
 * All zeroes is one in which nothing is; free() the items. A judge's memory may
 * run out only if the judge is wrong, so that just ends it.
 */
#ifndef ASSAY_KIT_GROW_H
#define ASSAY_KIT_GROW_H

#include <stddef.h>
#include <stdlib.h>

#include <assay/cleanup.h>

/** See that @items, which has @count of them and room for *room, has room for
 * one more. Returns where they are now. */
static inline void *grow(void *items, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room > 0 ? *room * 2 : 16;
	void *grown;

	if (count < *room)
		return items;
	grown = reallocarray(items, wanted, size);
	ENOUGH(grown);
	*room = wanted;
	return grown;
}

#define GROW(items, count, room) \
	((items) = grow((items), (count), &(room), sizeof *(items)))

#endif
