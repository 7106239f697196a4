/*
 * boxed.h - "assay sandbox", as a case asks for it
 *
 * Programs of tests/hostile/programs are in /hostile of the box.
 */
#ifndef HOSTILE_BOXED_H
#define HOSTILE_BOXED_H

#include <jansson.h>

#include "tests/e2e/process.h"

#define BOXED_ARGS_MAX 64

/* One "assay sandbox", and the files that it writes to. */
struct boxed {
	struct process process;
	char *scratch;    /* borrowed: the folder of its files */
	const char *name; /* apart from others in that folder */
	char *argv[BOXED_ARGS_MAX + 1];
	unsigned argc;
};

/** Begin a command line: "assay sandbox" with the mark, /hostile, and files
 * for result, output and errors, called @name.* in @scratch. */
void boxed_init(struct boxed *boxed, char *scratch, const char *name);
void boxed_release(struct boxed *boxed);

void boxed_arg(struct boxed *boxed, const char *argument);
/** Every string of the list @arguments, which may be NULL. */
void boxed_args(struct boxed *boxed, const json_t *arguments);

/**
 * The command itself, behind "--": a list whose first string is a program of
 * /hostile, or an absolute path. "@NAME" becomes the number of a system call.
 */
void boxed_command(struct boxed *boxed, const json_t *command);

void boxed_start(struct boxed *boxed);
/** Wait for its end, which tells whether a run failed; its results, one object
 * for each run; to be freed. */
json_t *boxed_wait(struct boxed *boxed);

/** What it wrote to "out", "err" or what else; never NULL; to be freed. */
char *boxed_read(const struct boxed *boxed, const char *what);

/** A pipe with a name, for "in" or "out", to be held on both of its ends so
 * that nobody waits for anybody to open it. A descriptor. */
int boxed_pipe(const struct boxed *boxed, const char *what);

/** What a result line says, flat, as cases expect it. Adds to @seen. */
void boxed_tell(json_t *seen, const json_t *result);

#endif
