/*
 * plan.h - which submissions a batch is of, and what each is called
 *
 * An id comes from the paths alone, of all of them and in the order given:
 * neither what is in a submission, nor who is done first, nor which of them
 * this process grades changes it.
 */
#ifndef ASSAY_PLAN_H
#define ASSAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/error.h>

#include "texts.h"

#define PLAN_MAX 1000000 /* submissions */

/* A few bytes only, as there may be so many. */
struct planned {
	uint32_t folder, name; /* the path, in two of the plan's texts */
	uint32_t id;           /* another; TEXTS_NONE before plan_name() */
	bool given;            /* the id is, and is not to be changed */
	bool skip;             /* not to be graded now: it was before */
};

struct plan {
	struct planned *items;
	size_t count;
	size_t room;
	struct texts texts;
	uint64_t *graded_at; /* by item; NULL: of none, see plan_graded() */
};

void plan_release(struct plan *plan);

void plan_add(struct plan *plan, const char *path);
/** Call the @i-th item @id, whatever the others are called. */
void plan_call(struct plan *plan, size_t i, const char *id);

/** The path of the @i-th item, as given; the caller's to free. */
char *plan_path(const struct plan *plan, size_t i);
/** No two alike; until the plan is changed. NULL before plan_name(). */
const char *plan_id(const struct plan *plan, size_t i);

/** Note that the last line of the @i-th item stands at @offset in the journal. */
void plan_graded(struct plan *plan, size_t i, uint64_t offset);
/** Where it does, or 0. */
uint64_t plan_graded_at(const struct plan *plan, size_t i);

/**
 * Add the paths in the file at @name, or of standard input for "-": one on a
 * line, in full; empty lines are passed over. -EINVAL: a line with a NUL, or
 * too many of them.
 */
int plan_read(struct plan *plan, const char *name, struct error *err);

/** SHA-256 over the ids, each with a newline behind; 64 digits and a NUL. */
void plan_digest(const struct plan *plan, char hex[65]);

/**
 * Give each that has none an id. Of submissions of one name the first gets it,
 * the others what is free of "queue-2", "queue-3" and so on, and is no other
 * one's name either.
 */
void plan_name(struct plan *plan);

/** Put a plan that has names in the order of these. */
void plan_sort(struct plan *plan);

#endif
