/*
 * script.h - a dialogue written down before it is held
 *
 * Lines are added one by one, and the model says at once what each has to be
 * answered with, so that the next can depend on it.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "model.h"

/* A line and what belongs to it. */
struct exchange {
	json_t *line;
	json_t *answers;  /* array of the lines that have to come */
	const char *rule; /* why, a sentence of README.md */
	json_int_t tokens_before;
};

struct script {
	struct model *model;
	struct exchange *exchanges;
	size_t count, room;
	json_int_t ids; /* of acts and checks given so far */
	json_int_t syncs;
};

void script_init(struct script *script);
void script_release(struct script *script);

/** Adds @line, which is stolen. */
void script_add(struct script *script, json_t *line);

/* The lines of the protocol. */
void script_create(struct script *script, const char *vm, const char *host);

/** What is asked for. */
struct act {
	const char *op; /* "act" or "check"; NULL is "act" */
	const char *vm;
	const char *action;
	const char *host; /* where to; left out unless ACTION_MOVES */
	bool admin;
	bool offload; /* only for shelve */
};

/** What makes no sense with the action is left out. */
void script_act(struct script *script, const struct act *act);
void script_commit(struct script *script, json_int_t id);
void script_done(struct script *script, json_int_t token, bool ok,
		 const char *power);
void script_power(struct script *script, const char *vm, const char *host,
		  const char *power);
void script_init_host(struct script *script, const char *host,
		      json_t *powers /* stolen */);
void script_host_down(struct script *script, const char *host);
void script_sync(struct script *script);

/** A record to be set with script_set(); the fields as the protocol has them. */
struct record {
	const char *vm;
	const char *vm_state;
	const char *task_state;
	const char *power;
	const char *host;
	bool unlaunched;
	bool locked;
};

void script_set(struct script *script, const struct record *record);

/** The machine of that name; there has to be one. */
const struct machine *script_machine(const struct script *script,
				     const char *vm);

/** Done, well, until @vm is in the middle of nothing; its power is then
 *  @power. */
void script_finish(struct script *script, const char *vm, const char *power);

#endif
