/*
 * model.h - the rules of README.md, as a program that is given a line
 *
 * It knows nothing of judges or candidates: a line goes in, the lines that have
 * to come out are added to a list, and the sentence of README.md that decided
 * comes back. All that an answer has, tokens included, follows from the lines
 * so far, so a whole dialogue can be written down before it is held.
 *
 * Lines that go in are the exercise's own; one that breaks the protocol ends
 * the process without a verdict.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "action.h"

struct machine {
	const char *vm;
	const char *vm_state;
	const char *task_state; /* NULL: none */
	const char *power;
	const char *host;   /* NULL: on none */
	const char *source; /* where a resize came from, or NULL */
	bool launched;
	bool locked;
	bool was_stopped; /* before a resize or rebuild */
	/* What it is in the middle of; action is NULL when of nothing. */
	const struct action *action;
	size_t phase;
	json_int_t token;
	const char *target; /* "host" of the act, or NULL */
	bool offload;       /* "offload" of the act */
};

struct model;

struct model *model_new(void);
void model_free(struct model *model);

/** Adds to @ret, an array, what has to be written. Returns the rule. */
const char *model_take(struct model *model, const json_t *line, json_t *ret);

/** Machines in the order in which they were first named; @index from 0. */
size_t model_count(const struct model *model);
const struct machine *model_machine(const struct model *model, size_t index);

/** Tokens given so far are 1 to this. */
json_int_t model_tokens(const struct model *model);

/** Which guard refuses @action: an attr of README.md, NULL if none does. */
const char *model_refusal(const struct model *model,
			  const struct machine *machine,
			  const struct action *action, bool admin);

#endif
