/*
 * model_inner.h - what the files of the model share
 *
 *   model.c             what is remembered, and what is written
 *   model_operation.c   an operation: its phases, and where it ends
 *   model_guard.c       who may begin one
 *   model_line.c        what each kind of line does
 */
#ifndef MODEL_INNER_H
#define MODEL_INNER_H

#include "model.h"

struct model {
	json_t *words;  /* keys: all names, each once */
	json_t *places; /* vm to its place in machines */
	json_t *down;   /* keys: hosts */
	json_t *checks; /* id to the line of a check that passed */
	struct machine **machines;
	size_t count, room;
	struct machine **owners; /* by token - 1: whom it was given to */
	size_t owners_room;
	json_int_t tokens;
	const char *rule; /* that decided about the line at hand */
	json_t *ret;
};

/* ---- model.c ---- */

/** Whether two names are equal; NULL equals NULL. */
bool model_same(const char *a, const char *b);

/** The one copy of @word that lives as long as the model. */
const char *model_keep(struct model *model, const char *word);

/** The same of a field of a line; NULL if that is null. */
const char *model_text(struct model *model, const json_t *line,
		       const char *key);

/** The machine of field "vm"; NULL if it is not known. */
struct machine *model_machine_named(struct model *model, const json_t *line);
struct machine *model_new_machine(struct model *model, const char *vm);

bool model_is_down(const struct model *model, const char *host);

/** What is written goes to model->ret. Steals @line. */
void model_say(struct model *model, json_t *line);
void model_say_state(struct model *model, const struct machine *machine);
void model_respond(struct model *model, const json_t *line, int code,
		   const char *attr);
/** Returns the token. */
json_int_t model_cast(struct model *model, struct machine *machine,
		      const struct action *action);

/* ---- model_operation.c ---- */

/** Takes the place of what goes on. @act is NULL for what begins without. */
void model_begin(struct model *model, struct machine *machine,
		 const struct action *action, const json_t *act);

/** The phase that goes on was done, or has failed. */
void model_go_on(struct model *model, struct machine *machine, bool ok);

/** Nothing goes on any more. */
void model_settle(struct machine *machine, const char *vm_state);

/* ---- model_guard.c ---- */

/** The machine of an act or a check that may go on; answers it otherwise. */
struct machine *model_let_pass(struct model *model, const json_t *line,
			       const struct action *action);

#endif
