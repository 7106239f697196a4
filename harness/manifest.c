/*
 * manifest.c - see manifest.h
 */
#include "manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define ID_MAX 64
#define PLACE_TEXT_MAX 160

/* Keys and what is near a mistake are quoted, and may be anything. */
static void make_one_line(struct error *err)
{
	AUTO_FREE char *line = text_line(err->text);

	(void)error_set(err, err->code, "%s", line);
}

int manifest_parse(const char *name, const char *bytes, size_t size,
		   struct place *top, json_t **ret, struct error *err)
{
	json_error_t problem;
	json_t *json;

	json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &problem);
	if (!json) {
		(void)error_set(err, EINVAL, "%s: line %d, column %d: %s", name,
				problem.line, problem.column, problem.text);
		make_one_line(err);
		return -EINVAL;
	}
	err->code = 0;
	*top = (struct place){ .key = name, .json = json, .err = err };
	*ret = json;
	return 0;
}

/* Write the way from the top to @at, without the document's name. */
static size_t place_format(const struct place *at, char *text, size_t size)
{
	size_t used;
	int wrote;

	if (!at->up)
		return 0;
	used = place_format(at->up, text, size);
	if (at->key)
		wrote = snprintf(text + used, size - used, "%s%s",
				 used ? "." : "", at->key);
	else
		wrote = snprintf(text + used, size - used, "[%zu]", at->index);
	/* One that does not fit is cut. */
	used += wrote > 0 ? (size_t)wrote : 0;
	return used < size ? used : size - 1;
}

bool manifest_ok(const struct place *at)
{
	return at->err->code == 0;
}

void manifest_fail(const struct place *at, const char *format, ...)
{
	char text[ERROR_TEXT_MAX], where[PLACE_TEXT_MAX] = "";
	const struct place *top = at;
	va_list args;

	if (!manifest_ok(at))
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	while (top->up)
		top = top->up;
	(void)place_format(at, where, sizeof where);
	(void)error_set(at->err, EINVAL, "%s: %s%s%s", top->key, where,
			*where ? ": " : "", text);
	make_one_line(at->err);
}

void *manifest_need(const struct place *at, void *pointer)
{
	if (!pointer && manifest_ok(at))
		(void)error_set(at->err, ENOMEM, "out of memory");
	return pointer;
}

struct place manifest_get(const struct place *up, const char *key)
{
	return (struct place){
		.up = up,
		.key = key,
		.json = json_object_get(up->json, key),
		.err = up->err,
	};
}

struct place manifest_at(const struct place *up, size_t index)
{
	return (struct place){
		.up = up,
		.index = index,
		.json = json_array_get(up->json, index),
		.err = up->err,
	};
}

/* Whether @key is the one that @listed, maybe with a mark behind, allows. */
static bool key_matches(const char *listed, const char *key)
{
	size_t length = strcspn(listed, "?");

	return strlen(key) == length && strncmp(key, listed, length) == 0;
}

void manifest_keys(const struct place *at, const char *const *keys)
{
	const char *key;
	json_t *value;

	if (!json_is_object(at->json)) {
		manifest_fail(at, "expected an object");
		return;
	}
	json_object_foreach (at->json, key, value) {
		const char *const *listed = keys;

		while (*listed && !key_matches(*listed, key))
			listed++;
		if (!*listed)
			manifest_fail(at, "unknown key \"%s\"", key);
	}
	for (; *keys; keys++)
		if (!strchr(*keys, '?') && !json_object_get(at->json, *keys))
			manifest_fail(at, "key \"%s\" is missing", *keys);
}

static void check_size(const struct place *at, size_t size, size_t min,
		       size_t max)
{
	if (size < min)
		manifest_fail(at, "expected at least %zu", min);
	if (size > max)
		manifest_fail(at, "expected at most %zu", max);
}

static void check_list(const struct place *at, size_t min, size_t max)
{
	if (!json_is_array(at->json))
		manifest_fail(at, "expected a list");
	else
		check_size(at, json_array_size(at->json), min, max);
}

struct place manifest_object(const struct place *up, const char *key,
			     size_t min, size_t max)
{
	struct place at = manifest_get(up, key);

	if (at.json && !json_is_object(at.json))
		manifest_fail(&at, "expected an object");
	else if (at.json)
		check_size(&at, json_object_size(at.json), min, max);
	return at;
}

struct place manifest_list(const struct place *up, const char *key, size_t min,
			   size_t max)
{
	struct place at = manifest_get(up, key);

	if (at.json)
		check_list(&at, min, max);
	return at;
}

size_t manifest_count(const struct place *at)
{
	if (!manifest_ok(at))
		return 0;
	return json_is_array(at->json) ? json_array_size(at->json)
				       : json_object_size(at->json);
}

static void read_text(const struct place *at, char **ret)
{
	const char *text = json_string_value(at->json);

	if (!manifest_ok(at))
		return;
	if (!text || !*text) {
		manifest_fail(at, "expected a string, not empty");
		return;
	}
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			manifest_fail(at, "expected one line, without "
					  "control characters");
	*ret = manifest_need(at, strdup(text));
}

void manifest_text(const struct place *up, const char *key, char **ret)
{
	struct place at = manifest_get(up, key);

	if (at.json)
		read_text(&at, ret);
}

bool manifest_id_ok(const char *id)
{
	size_t size = strlen(id);

	return size > 0 && size <= ID_MAX && id[0] != '-' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

void manifest_id(const struct place *up, const char *key, char **ret)
{
	struct place at = manifest_get(up, key);
	const char *id = json_string_value(at.json);

	if (at.json && (!id || !manifest_id_ok(id)))
		manifest_fail(&at,
			      "expected at most %d lower case letters, "
			      "digits and dashes",
			      ID_MAX);
	manifest_text(up, key, ret);
}

void manifest_integer(const struct place *up, const char *key, uint64_t min,
		      uint64_t max, uint64_t *ret)
{
	struct place at = manifest_get(up, key);
	json_int_t value = json_integer_value(at.json);

	if (!at.json)
		return;
	if (json_is_integer(at.json) && value >= 0 && (uint64_t)value >= min &&
	    (uint64_t)value <= max)
		*ret = (uint64_t)value;
	else if (min == max)
		manifest_fail(&at, "expected %" PRIu64, min);
	else
		manifest_fail(
			&at, "expected an integer from %" PRIu64 " to %" PRIu64,
			min, max);
}

void manifest_boolean(const struct place *up, const char *key, bool *ret)
{
	struct place at = manifest_get(up, key);

	if (at.json && !json_is_boolean(at.json))
		manifest_fail(&at, "expected true or false");
	else if (at.json)
		*ret = json_is_true(at.json);
}

void manifest_texts_at(const struct place *list, size_t min, size_t max,
		       char ***ret)
{
	char **texts;

	check_list(list, min, max);
	if (!manifest_ok(list))
		return;
	texts = manifest_need(list,
			      calloc(manifest_count(list) + 1, sizeof *texts));
	*ret = texts;
	for (size_t i = 0; i < manifest_count(list); i++) {
		struct place at = manifest_at(list, i);

		read_text(&at, &texts[i]);
	}
}

void manifest_texts(const struct place *up, const char *key, size_t min,
		    size_t max, char ***ret)
{
	struct place at = manifest_get(up, key);

	if (at.json)
		manifest_texts_at(&at, min, max, ret);
}
