/*
 * changes_parts.h - the pieces that changes.c puts together
 */
#ifndef ASSAY_CHANGES_PARTS_H
#define ASSAY_CHANGES_PARTS_H

#include <stdbool.h>

#include <jansson.h>

/* Two reports, or the same part of both; NULL where one has none. */
struct sides {
	const json_t *before, *after;
};

static inline struct sides at(struct sides sides, const char *key)
{
	return (struct sides){ json_object_get(sides.before, key),
			       json_object_get(sides.after, key) };
}

/** Whether both are equal; null and nothing are. */
bool changes_same(struct sides sides);

static inline bool same_at(struct sides sides, const char *key)
{
	return changes_same(at(sides, key));
}

/** The entry of the array @list with the string @value at @key, or NULL. */
const json_t *changes_find(const json_t *list, const char *key,
			   const char *value);

/** changes_causes.c: the array "causes" of an entry. */
json_t *changes_causes(struct sides reports, bool changed);

#endif
