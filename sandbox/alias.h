/*
 * alias.h - names of folders that are elsewhere than they seem
 *
 * Where a box cannot mount, /work and /tmp are folders with other names on
 * the host. Those who ask for runs need not know: the names are replaced in
 * arguments, environment and the working folder, wherever a path may begin
 * in a text: "/work/x", "-I/work/x", "TMPDIR=/tmp", "cat '/work/x'", but not
 * in "my/work" or "/workshop".
 */
#ifndef ASSAY_ALIAS_H
#define ASSAY_ALIAS_H

#include <stddef.h>

#define ALIASES_MAX 20

struct alias {
	char inside[256];
	char outside[256];
};

struct aliases {
	unsigned count;
	struct alias alias[ALIASES_MAX];
	char *texts; /* of the last translation */
	size_t used;
};

/** 0, or -E2BIG for names that are too long or too many. */
int aliases_add(struct aliases *aliases, const char *inside,
		const char *outside);

/** Forget all translations made. */
void aliases_restart(struct aliases *aliases);

/**
 * @text with the names replaced: itself, where there is none, or a text of
 * @aliases' until aliases_restart(). NULL when there is no room.
 */
char *aliases_translate(struct aliases *aliases, char *text);

void aliases_release(struct aliases *aliases);

#endif
