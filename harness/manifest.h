/*
 * manifest.h - reading a JSON document that must be exactly as described
 *
 * A struct place is a value and the way to it from the top of the document,
 * linked through the callers' stacks; it is what error texts are made from:
 * "exercise.json: tests[3].points: expected an integer from 0 to 100".
 *
 * The first failure is kept in the document's struct error and every later
 * reader does nothing, so that a run of them needs one look at the end, by
 * manifest_ok(). Readers name a key of an object. Which keys there must be is
 * said once, by manifest_keys(); after that a reader of a key that is not
 * there leaves its result as it was. Strings and lists become the caller's,
 * also those read before a failure.
 */
#ifndef ASSAY_MANIFEST_H
#define ASSAY_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/error.h>

struct place {
	const struct place *up; /* NULL: the whole document */
	const char *key;        /* in an object, or the document's file name */
	size_t index;           /* in a list, when key is NULL */
	json_t *json;           /* borrowed; NULL: not there */
	struct error *err;      /* of the document; code is 0 so far */
};

/**
 * Parse @size bytes of the document @name. *ret is a new reference, @top its
 * place. Keys that appear twice are an error, as is anything behind the end.
 * Returns 0 or -EINVAL.
 */
int manifest_parse(const char *name, const char *bytes, size_t size,
		   struct place *top, json_t **ret, struct error *err);

/** Whether nothing has failed in the document that @at is in. */
bool manifest_ok(const struct place *at);

/** Fail at @at: the place, ": " and the text. */
__attribute__((format(printf, 2, 3))) void
manifest_fail(const struct place *at, const char *format, ...);

/** Fail for want of memory if @pointer is NULL; returns it. */
void *manifest_need(const struct place *at, void *pointer);

/** The value of @key in the object @up, and value @index of the list @up. */
struct place manifest_get(const struct place *up, const char *key);
struct place manifest_at(const struct place *up, size_t index);

/**
 * @at must be an object with all of @keys, a NULL-terminated list, and no
 * other; one that ends in '?' may be missing.
 */
void manifest_keys(const struct place *at, const char *const *keys);

/** @up's @key, which must be an object of @min to @max keys of any name. */
struct place manifest_object(const struct place *up, const char *key,
			     size_t min, size_t max);
/** @up's @key, which must be a list of @min to @max. */
struct place manifest_list(const struct place *up, const char *key, size_t min,
			   size_t max);
/** How many entries @at has; 0 when anything has failed. */
size_t manifest_count(const struct place *at);

/** A line of text: not empty, no control characters. */
void manifest_text(const struct place *up, const char *key, char **ret);
/** Lower case letters, digits and dashes, as in ids and folder names. */
void manifest_id(const struct place *up, const char *key, char **ret);
void manifest_integer(const struct place *up, const char *key, uint64_t min,
		      uint64_t max, uint64_t *ret);
void manifest_boolean(const struct place *up, const char *key, bool *ret);
/** A list of @min to @max lines of text, NULL-terminated in *ret. */
void manifest_texts(const struct place *up, const char *key, size_t min,
		    size_t max, char ***ret);
/** The same, of a list that is at hand. */
void manifest_texts_at(const struct place *list, size_t min, size_t max,
		       char ***ret);

/** The rule of manifest_id(). */
bool manifest_id_ok(const char *id);

#endif
