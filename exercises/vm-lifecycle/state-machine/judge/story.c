/*
 * story.c - see story.h
 *
 * All failures are one dialogue_fail(): a shorter dialogue in which anything
 * goes wrong is the better one to show.
 */
#include "story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE_MAX 1024

static const char *text(const json_t *line, const char *key)
{
	const char *value = json_string_value(json_object_get(line, key));

	return value ? value : "";
}

static bool is(const json_t *line, const char *op)
{
	return strcmp(text(line, "op"), op) == 0;
}

static bool same_field(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

static char *dump(const json_t *value)
{
	char *line = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

	return line ? line : strdup("nothing");
}

static long long code_of(const json_t *line)
{
	return json_integer_value(json_object_get(line, "code"));
}

/* Both answer the same act or check. */
static void tell_response(const json_t *wanted, const json_t *came,
			  char ret[SENTENCE_MAX])
{
	if (code_of(wanted) == 202)
		(void)snprintf(ret, SENTENCE_MAX,
			       "was refused (%lld %.40s),"
			       " and has to be accepted",
			       code_of(came), text(came, "attr"));
	else if (code_of(came) == 202)
		(void)snprintf(ret, SENTENCE_MAX,
			       "was accepted, and has to be"
			       " refused (%lld %s)",
			       code_of(wanted), text(wanted, "attr"));
	else
		(void)snprintf(ret, SENTENCE_MAX,
			       "was refused with %lld"
			       " %.40s, and has to be with %lld %s",
			       code_of(came), text(came, "attr"),
			       code_of(wanted), text(wanted, "attr"));
}

/* Both are of one kind. */
static void tell_field(json_t *wanted, const json_t *came,
		       char ret[SENTENCE_MAX])
{
	const char *key = "";
	const json_t *other = NULL;
	json_t *value;
	char *is_now, *has_to_be;

	json_object_foreach (wanted, key, value) {
		other = json_object_get(came, key);
		if (!json_equal(value, other))
			break;
	}
	if (!key) {
		(void)snprintf(ret, SENTENCE_MAX,
			       "is answered by a line that"
			       " has more keys than it should have");
		return;
	}
	is_now = dump(other);
	has_to_be = dump(value);
	(void)snprintf(ret, SENTENCE_MAX,
		       "is answered by a line \"%s\" in"
		       " which \"%s\" is %.80s, and has to be %.80s",
		       text(wanted, "op"), key, is_now, has_to_be);
	free(is_now);
	free(has_to_be);
}

static void tell(json_t *wanted, const json_t *came, char ret[SENTENCE_MAX])
{
	if (!wanted)
		(void)snprintf(ret, SENTENCE_MAX,
			       "is answered by a line"
			       " \"%.40s\" too many",
			       text(came, "op"));
	else if (is(wanted, "resp") && same_field(wanted, came, "op") &&
		 same_field(wanted, came, "id"))
		tell_response(wanted, came, ret);
	else if (same_field(wanted, came, "op"))
		tell_field(wanted, came, ret);
	else
		(void)snprintf(ret, SENTENCE_MAX,
			       "has to be answered by a"
			       " line \"%s\" next, and \"%.40s\" comes",
			       text(wanted, "op"), text(came, "op"));
}

void story_fail(struct dialogue *dialogue, const struct exchange *before,
		const struct exchange *exchange, size_t answer,
		const json_t *came)
{
	json_t *wanted = json_array_get(exchange->answers, answer);
	const struct exchange *at = exchange;
	char sentence[SENTENCE_MAX];
	char *line;

	/* What comes too early belongs to the line before. */
	if (before->line && answer == 0 && !same_field(wanted, came, "id") &&
	    (is(wanted, "synced") || json_array_size(before->answers) == 0)) {
		at = before;
		wanted = NULL;
	}
	line = dump(at->line);
	tell(wanted, came, sentence);
	dialogue_fail(dialogue, "%s %s. The rule: %s", line, sentence,
		      at->rule);
}
