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

#define PLAN_MAX 1000000 /* submissions */

struct planned {
	char *path; /* as given */
	char *id;   /* no two alike; NULL before plan_name() */
	bool skip;  /* not to be graded now: it was before */
	bool owned; /* ->path is the plan's */
	uint64_t
		graded_at; /* offset of its last line in the journal; 0: none */
};

struct plan {
	struct planned *items;
	size_t count;
	size_t room;
};

void plan_release(struct plan *plan);
/** What @item owns, of one that leaves the plan. */
void plan_drop(struct planned *item);

/** Add a copy of @path. */
void plan_add(struct plan *plan, const char *path);
/** Add @path itself, which has to stay, as a program's arguments do. */
void plan_borrow(struct plan *plan, char *path);

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

#endif
