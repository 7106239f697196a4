/*
 * linear_set.h - byte strings of one length, each of them once
 *
 * Members are numbered from 0 in the order in which they came, lie one after
 * the other, and are taken out together only.
 */
#ifndef ASSAY_KIT_LINEAR_SET_H
#define ASSAY_KIT_LINEAR_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zeroes but for the first four is an empty set. */
struct linear_set {
	size_t member_bytes;
	size_t bytes_max; /* of memory, for all of it */
	/* Both NULL: members are the same when their bytes are. */
	uint64_t (*hash)(const void *member);
	bool (*equal)(const void *left, const void *right);

	uint8_t *members;
	size_t count;
	size_t room;
	struct linear_place *places;
	size_t places_count; /* a power of two, or 0 */
};

/**
 * Find @member, or put a copy of it in. *ret becomes its number. 1: it is new,
 * 0: it was there, -1: there is no memory for it.
 */
int linear_set_add(struct linear_set *set, const void *member, uint32_t *ret);

bool linear_set_has(const struct linear_set *set, const void *member);

static inline const void *linear_set_at(const struct linear_set *set,
					uint32_t number)
{
	return set->members + (size_t)number * set->member_bytes;
}

/** Take all out, and keep the memory. */
void linear_set_clear(struct linear_set *set);

void linear_set_release(struct linear_set *set);

#endif
