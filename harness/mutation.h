/*
 * mutation.h - one small mistake, put into a C file on purpose
 *
 * Named mutants are mistakes that somebody thought of. These are all those
 * that a few operators make of a reference solution, to see which of them the
 * tests would let pass.
 */
#ifndef ASSAY_MUTATION_H
#define ASSAY_MUTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/error.h>

enum mutation_kind {
	MUTATION_DROP_UNLOCK,          /* an unlock is not there */
	MUTATION_SIGNAL_FOR_BROADCAST, /* one is woken instead of all */
	MUTATION_IF_FOR_WHILE,         /* around what waits */
	MUTATION_SWAP_LOCKS,           /* two locks in the other order */
	MUTATION_OFF_BY_ONE,           /* numbers, and < for <= */
	MUTATION_DROP_CHECK,           /* a condition, or a part, is constant */
	MUTATION_NEGATE,               /* a condition is its opposite */
	MUTATION_DELETE_CALL,          /* a call for its effect is not there */
	MUTATION_RETURN_VALUE,         /* 0 for others, another one for 0 */
	MUTATION_KINDS
};

/** "drop-unlock", ...; never NULL. */
const char *mutation_kind_name(enum mutation_kind kind);

/**
 * Names with commas between as bits, 1 << operator each, in *ret. -EINVAL for
 * one that is none.
 */
int mutation_kinds_parse(const char *list, unsigned *ret, struct error *err);

/* @length bytes at @offset become @replacement. */
struct mutation {
	enum mutation_kind kind;
	size_t offset, length;
	char *replacement;
	char *function; /* that it is in */
	unsigned line;  /* from 1 */
};

struct mutation_list {
	struct mutation *list;
	size_t count;
};

void mutation_list_release(struct mutation_list *mutations);

/**
 * Append one: @replacement and @function are copied. One that changes nothing,
 * or makes of @text what another one makes, is not appended.
 */
void mutation_add(struct mutation_list *mutations, enum mutation_kind kind,
		  const char *text, size_t offset, size_t length,
		  const char *replacement, const char *function);

/** @text, a string, with the change made; free() it. */
char *mutation_apply(const struct mutation *mutation, const char *text);

/** The change as a unified diff of the file @name, with one line of context,
 * that patch_apply() takes; free() it. */
char *mutation_diff(const struct mutation *mutation, const char *text,
		    const char *name);

/**
 * An order of @count mutations of these kinds in which the first ones are a
 * fair sample: kinds in turn, and of each one those that a fixed random order
 * puts first. The same for the same kinds; free() it.
 */
size_t *mutation_sample(const enum mutation_kind *kinds, size_t count);

#endif
