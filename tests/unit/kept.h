/*
 * kept.h - the real keeper, and what it keeps, without a box around them
 *
 * In a session and a folder of their own. Not in a pid namespace, so that the
 * keeper kills its own children; or in one, as in a box, where it kills
 * everybody.
 */
#ifndef ASSAY_TESTS_KEPT_H
#define ASSAY_TESTS_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <assay/keeper.h>

enum kept_where {
	KEPT_AMONG_OTHERS,
	KEPT_ALONE,
	KEPT_AS_NOBODY, /* among others, and as no root is */
};

#define KEPT_NOBODY 65534

/* The judge's ends, all but the channel not blocking. */
struct kept {
	pid_t pid; /* of the keeper, or of the init of its namespace */
	int channel;
	int input;     /* to the program */
	int output;    /* from it */
	int its_input; /* the program's end, for tests only */
	char folder[64];
};

/** Whether this user may make a pid namespace. */
bool kept_can_be_alone(void);

/** Start the keeper of the program @argv. It is the test's to be killed if
 * the test ends early. */
void kept_start(struct kept *kept, enum kept_where where,
		const char *const *argv);

/** The same with "/bin/sh -c SCRIPT". */
void kept_start_shell(struct kept *kept, enum kept_where where,
		      const char *script);

void kept_command(const struct kept *kept, enum keeper_message message);

/** The next event, which has to be of this type. */
struct keeper_event kept_event(const struct kept *kept,
			       enum keeper_message type);

/** Write it all. */
void kept_write(const struct kept *kept, const char *text);

/** Wait for a line and read it, without its LF. */
void kept_line(const struct kept *kept, char *line, size_t room);

/** How many bytes lie in the output, read and thrown away. */
size_t kept_drain(const struct kept *kept);

/** Close the channel, wait for the keeper and remove its folder. Returns its
 * exit status; -1 if a signal killed it. */
int kept_end(struct kept *kept);

#endif
