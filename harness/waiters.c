/*
 * waiters.c - see waiters.h
 */
#include "waiters.h"

#include <string.h>

#include "syntax.h"

static const char *const library[] = {
	"pthread_cond_wait", "pthread_cond_timedwait", "pthread_cond_clockwait",
	"cnd_wait",          "cnd_timedwait",          "sem_wait",
	"sem_timedwait",     "sem_clockwait",
};

static bool is_waiter(const struct waiters *waiters, const char *name)
{
	for (size_t i = 0; i < sizeof library / sizeof *library; i++)
		if (strcmp(library[i], name) == 0)
			return true;
	for (size_t i = 0; i < waiters->count; i++)
		if (strcmp(waiters->names[i], name) == 0)
			return true;
	return false;
}

bool waiters_have(const struct waiters *waiters, const json_t *node)
{
	const char *callee = syntax_callee(node);

	if (callee && is_waiter(waiters, callee))
		return true;
	for (size_t i = 0; i < syntax_child_count(node); i++)
		if (waiters_have(waiters, syntax_child(node, i)))
			return true;
	return false;
}

/* Until no more is found: who calls somebody who waits does so as well. */
void waiters_find(struct waiters *waiters, const json_t *tree)
{
	size_t before;

	waiters->count = 0;
	do {
		before = waiters->count;
		for (size_t i = 0; i < syntax_child_count(tree); i++) {
			const char *name;
			const json_t *body = syntax_body(syntax_child(tree, i),
							 &name);

			if (body && waiters->count < WAITERS_MAX &&
			    !is_waiter(waiters, name) &&
			    waiters_have(waiters, body))
				waiters->names[waiters->count++] = name;
		}
	} while (waiters->count > before);
}
