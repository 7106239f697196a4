#include "expect.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define LINE_MAX_BYTES 160

static const struct {
	const char *suffix;
	enum relation { SAME, AT_LEAST, AT_MOST, HAS, HAS_NOT } relation;
} relations[] = {
	{ " at least", AT_LEAST },
	{ " at most", AT_MOST },
	{ " has not", HAS_NOT },
	{ " has", HAS },
};

/* Cut what follows the name off @key. */
static enum relation split(char *key)
{
	size_t length = strlen(key), size, i;

	for (i = 0; i < sizeof relations / sizeof *relations; i++) {
		size = strlen(relations[i].suffix);
		if (length > size &&
		    strcmp(key + length - size, relations[i].suffix) == 0) {
			key[length - size] = '\0';
			return relations[i].relation;
		}
	}
	return SAME;
}

/* Numbers are the same whether they are written with a point or not. */
static bool equal(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) - json_number_value(b) == 0;
	return json_equal(a, b);
}

static bool in_list(const json_t *list, const json_t *value)
{
	json_t *entry;
	size_t i;

	json_array_foreach (list, i, entry)
		if (equal(entry, value))
			return true;
	return false;
}

static bool same(const json_t *expected, const json_t *seen)
{
	json_t *entry;
	size_t i;

	if (!json_is_array(expected))
		return equal(expected, seen);
	if (!json_is_array(seen))
		return in_list(expected, seen);
	json_array_foreach (expected, i, entry)
		if (!in_list(seen, entry))
			return false;
	return true;
}

static bool has_text(const json_t *expected, const json_t *seen, bool all)
{
	const char *text = json_string_value(seen), *word;
	json_t *entry;
	size_t i;

	if (!text)
		text = "";
	if (json_is_string(expected))
		return (strstr(text, json_string_value(expected)) != NULL) ==
		       all;
	json_array_foreach (expected, i, entry) {
		word = json_string_value(entry);
		if (!word || (strstr(text, word) != NULL) != all)
			return false;
	}
	return json_is_array(expected);
}

static bool holds(enum relation relation, const json_t *expected,
		  const json_t *seen)
{
	switch (relation) {
	case AT_LEAST:
		return json_is_number(seen) &&
		       json_number_value(seen) >= json_number_value(expected);
	case AT_MOST:
		return json_is_number(seen) &&
		       json_number_value(seen) <= json_number_value(expected);
	case HAS:
		return has_text(expected, seen, true);
	case HAS_NOT:
		return has_text(expected, seen, false);
	case SAME:
		break;
	}
	return same(expected, seen);
}

static char *short_dump(const json_t *value)
{
	AUTO_FREE char *text = value ? json_dumps(value, JSON_ENCODE_ANY |
								 JSON_COMPACT)
				     : NULL;

	return text ? text_clean(text, strlen(text), 400)
		    : text_format("nothing");
}

char *expect_complaint(const json_t *expect, const json_t *seen)
{
	const char *entry;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)expect, entry, value) {
		AUTO_FREE char *key = strdup(entry);
		AUTO_FREE char *wanted = NULL, *was = NULL, *inner = NULL;
		enum relation relation;
		const json_t *found;

		CHECK(key);
		relation = split(key);
		found = json_object_get(seen, key);
		if (relation == SAME && json_is_object(value)) {
			inner = expect_complaint(value, found);
			if (inner)
				return text_format("%s: %s", key, inner);
			continue;
		}
		if (holds(relation, value, found))
			continue;
		wanted = short_dump(value);
		was = short_dump(found);
		return text_format("%s: %s expected, %s seen", entry, wanted,
				   was);
	}
	return NULL;
}

char *expect_line(const json_t *expect, const json_t *seen)
{
	json_auto_t *part = json_object();
	AUTO_FREE char *text = NULL;
	const char *entry;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)expect, entry, value) {
		AUTO_FREE char *key = strdup(entry);
		json_t *found;

		CHECK(key);
		(void)split(key);
		found = json_object_get(seen, key);
		(void)json_object_set(part, key, found ? found : json_null());
	}
	text = json_dumps(part, JSON_COMPACT);
	CHECK(text);
	return text_clean(text, strlen(text), LINE_MAX_BYTES);
}
