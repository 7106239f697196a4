/*
 * linear_set.c - see linear_set.h
 *
 * A hash table of numbers, open and at most half full, beside the members.
 */
#include "linear_set.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"

#define PLACES_FIRST 256u

struct linear_place {
	uint32_t tag;    /* of the member's hash, to look at few members */
	uint32_t number; /* of the member, from 1; 0: free */
};

static uint64_t hash_of(const struct linear_set *set, const uint8_t *member)
{
	uint64_t hash = set->member_bytes;
	uint64_t word;
	size_t part;
	size_t i;

	if (set->hash)
		return random_mix(set->hash(member));
	for (i = 0; i < set->member_bytes; i += part) {
		part = set->member_bytes - i;
		if (part > sizeof word)
			part = sizeof word;
		word = 0;
		memcpy(&word, member + i, part);
		hash = random_mix(hash ^ word) + i;
	}
	return random_mix(hash);
}

static bool equal(const struct linear_set *set, const void *left,
		  const void *right)
{
	return set->equal ? set->equal(left, right)
			  : memcmp(left, right, set->member_bytes) == 0;
}

/* The member's place, or the free one where it would go. */
static struct linear_place *find(const struct linear_set *set,
				 const void *member, uint64_t hash)
{
	size_t at = hash & (set->places_count - 1);
	struct linear_place *place;

	for (;; at = (at + 1) & (set->places_count - 1)) {
		place = &set->places[at];
		if (place->number == 0 ||
		    (place->tag == (uint32_t)(hash >> 32) &&
		     equal(set, linear_set_at(set, place->number - 1), member)))
			return place;
	}
}

static bool affordable(const struct linear_set *set, size_t room,
		       size_t places_count)
{
	return places_count <= UINT32_MAX &&
	       room * set->member_bytes + places_count * sizeof *set->places <=
		       set->bytes_max;
}

static bool grow(struct linear_set *set)
{
	size_t places_count = set->places_count ? set->places_count * 2
						: PLACES_FIRST;
	size_t room = places_count / 2;
	struct linear_place *places;
	struct linear_place *place;
	uint8_t *members;
	uint64_t hash;
	uint32_t i;

	if (!affordable(set, room, places_count))
		return false;
	members = realloc(set->members, room * set->member_bytes);
	if (!members)
		return false;
	set->members = members;
	places = calloc(places_count, sizeof *places);
	if (!places)
		return false;
	free(set->places);
	set->places = places;
	set->places_count = places_count;
	set->room = room;
	for (i = 0; i < set->count; i++) {
		hash = hash_of(set, linear_set_at(set, i));
		place = find(set, linear_set_at(set, i), hash);
		place->tag = (uint32_t)(hash >> 32);
		place->number = i + 1;
	}
	return true;
}

int linear_set_add(struct linear_set *set, const void *member, uint32_t *ret)
{
	struct linear_place *place;
	uint64_t hash;

	if (set->count == set->room && !grow(set))
		return -1;
	hash = hash_of(set, member);
	place = find(set, member, hash);
	if (place->number) {
		*ret = place->number - 1;
		return 0;
	}
	memcpy(set->members + set->count * set->member_bytes, member,
	       set->member_bytes);
	place->tag = (uint32_t)(hash >> 32);
	place->number = (uint32_t)++set->count;
	*ret = place->number - 1;
	return 1;
}

bool linear_set_has(const struct linear_set *set, const void *member)
{
	return set->count && find(set, member, hash_of(set, member))->number;
}

void linear_set_clear(struct linear_set *set)
{
	if (set->count)
		memset(set->places, 0, set->places_count * sizeof *set->places);
	set->count = 0;
}

void linear_set_release(struct linear_set *set)
{
	free(set->members);
	free(set->places);
	set->members = NULL;
	set->places = NULL;
	set->count = set->room = set->places_count = 0;
}
