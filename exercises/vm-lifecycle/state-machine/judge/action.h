/*
 * action.h - a row of the table, and its lists of words
 */
#ifndef ACTION_H
#define ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "actions.h"

#define ACTION_COUNT (sizeof(actions) / sizeof(actions[0]))
#define ACTION_WORD_MAX 64 /* bytes of a name, NUL included */

/* Those that end on the host they were asked for. */
#define ACTION_MOVES "resize evacuate live_migrate unshelve"

/** Ends without a verdict if there is none. */
const struct action *action_named(const char *name);

/** Whether it is the action of that name; NULL is none. */
bool action_is(const struct action *action, const char *name);

/** The same for a list of names. */
bool action_is_one_of(const struct action *action, const char *names);

/** Whether @word is in the column @list; NULL is "none". */
bool action_lists(const char *list, const char *word);

/** How many phases an action has. */
size_t action_phases(const struct action *action);

/** The word for phase @phase, which there has to be. */
void action_phase(const struct action *action, size_t phase,
		  char ret[ACTION_WORD_MAX]);

#endif
