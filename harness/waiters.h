/*
 * waiters.h - the functions of a C file that wait for another thread
 *
 * Those of the C library, and of the file's own those that call one of them:
 * many who wait do it through a function of their own.
 */
#ifndef ASSAY_WAITERS_H
#define ASSAY_WAITERS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define WAITERS_MAX 64

struct waiters {
	const char *names[WAITERS_MAX]; /* the tree's */
	size_t count;
};

/** Find those that the file of this tree (syntax.h) defines. */
void waiters_find(struct waiters *waiters, const json_t *tree);

/** Whether @node or something below it calls one that waits. */
bool waiters_have(const struct waiters *waiters, const json_t *node);

#endif
