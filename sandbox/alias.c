/*
 * alias.c - see alias.h
 */
#include "alias.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_BYTES (1024u * 1024)

int aliases_add(struct aliases *aliases, const char *inside,
		const char *outside)
{
	struct alias *alias = &aliases->alias[aliases->count];

	if (aliases->count == ALIASES_MAX ||
	    strlen(inside) >= sizeof alias->inside ||
	    strlen(outside) >= sizeof alias->outside)
		return -E2BIG;
	(void)snprintf(alias->inside, sizeof alias->inside, "%s", inside);
	(void)snprintf(alias->outside, sizeof alias->outside, "%s", outside);
	aliases->count++;
	return 0;
}

void aliases_restart(struct aliases *aliases)
{
	aliases->used = 0;
}

void aliases_release(struct aliases *aliases)
{
	free(aliases->texts);
	memset(aliases, 0, sizeof *aliases);
}

/* What a name in a path is usually made of. */
static bool is_name(char c)
{
	return isalnum((unsigned char)c) ||
	       (c != '\0' && strchr("._-+~@%", c) != NULL);
}

/* A path may begin at @at: nothing of a longer one is before it, or only an
 * option's letters, as in "-I/work". */
static bool may_begin(const char *text, const char *at)
{
	const char *start = at, *c;

	while (start > text && (is_name(start[-1]) || start[-1] == '/'))
		start--;
	if (start == at)
		return true;
	if (*start != '-')
		return false;
	for (c = start + 1; c < at; c++)
		if (!isalpha((unsigned char)*c) && *c != '-')
			return false;
	return at > start + 1;
}

static const struct alias *find(const struct aliases *aliases, const char *text,
				const char *at)
{
	const struct alias *found = NULL;
	size_t length, longest = 0;
	unsigned i;

	for (i = 0; i < aliases->count; i++) {
		length = strlen(aliases->alias[i].inside);
		if (length <= longest ||
		    strncmp(at, aliases->alias[i].inside, length) != 0 ||
		    is_name(at[length]))
			continue;
		longest = length;
		found = &aliases->alias[i];
	}
	return found && may_begin(text, at) ? found : NULL;
}

static bool put(struct aliases *aliases, const char *text, size_t length)
{
	if (length >= TEXTS_BYTES - aliases->used)
		return false;
	memcpy(aliases->texts + aliases->used, text, length);
	aliases->used += length;
	return true;
}

char *aliases_translate(struct aliases *aliases, char *text)
{
	const char *from = text, *at = text;
	const struct alias *alias;
	size_t start = aliases->used;

	while ((at = strchr(at, '/'))) {
		alias = find(aliases, text, at);
		if (!alias) {
			at++;
			continue;
		}
		if (!aliases->texts)
			aliases->texts = malloc(TEXTS_BYTES);
		if (!aliases->texts ||
		    !put(aliases, from, (size_t)(at - from)) ||
		    !put(aliases, alias->outside, strlen(alias->outside)))
			return NULL;
		from = at += strlen(alias->inside);
	}
	if (from == text)
		return text;
	if (!put(aliases, from, strlen(from) + 1))
		return NULL;
	return aliases->texts + start;
}
