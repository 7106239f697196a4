/* script.c - see script.h */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "judge.h"

void script_init(struct script *script)
{
	*script = (struct script){ .model = model_new() };
}

void script_release(struct script *script)
{
	size_t i;

	for (i = 0; i < script->count; i++) {
		json_decref(script->exchanges[i].line);
		json_decref(script->exchanges[i].answers);
	}
	free(script->exchanges);
	model_free(script->model);
}

void script_add(struct script *script, json_t *line)
{
	struct exchange *exchange;

	if (script->count == script->room) {
		script->room = 2 * script->room + 64;
		script->exchanges = realloc(script->exchanges,
					    script->room * sizeof *exchange);
	}
	if (!script->exchanges || !line)
		judge_broken("no memory, or a line that cannot be written");
	exchange = &script->exchanges[script->count++];
	exchange->line = line;
	exchange->answers = json_array();
	exchange->tokens_before = model_tokens(script->model);
	exchange->rule = model_take(script->model, line, exchange->answers);
}

void script_create(struct script *script, const char *vm, const char *host)
{
	script_add(script, json_pack("{s:s,s:s,s:s}", "op", "create", "vm", vm,
				     "host", host));
}

void script_act(struct script *script, const struct act *act)
{
	json_t *line = json_pack("{s:s,s:I,s:s,s:s,s:b}", "op",
				 act->op ? act->op : "act", "id", ++script->ids,
				 "vm", act->vm, "action", act->action, "admin",
				 act->admin);

	if (act->host && action_lists(ACTION_MOVES, act->action))
		json_object_set_new(line, "host", json_string(act->host));
	if (act->offload && strcmp(act->action, "shelve") == 0)
		json_object_set_new(line, "offload", json_true());
	script_add(script, line);
}

void script_commit(struct script *script, json_int_t id)
{
	script_add(script, json_pack("{s:s,s:I}", "op", "commit", "id", id));
}

void script_done(struct script *script, json_int_t token, bool ok,
		 const char *power)
{
	script_add(script, json_pack("{s:s,s:I,s:b,s:s}", "op", "done", "token",
				     token, "ok", ok, "power", power));
}

void script_power(struct script *script, const char *vm, const char *host,
		  const char *power)
{
	script_add(script, json_pack("{s:s,s:s,s:s,s:s}", "op", "power", "vm",
				     vm, "host", host, "power", power));
}

void script_init_host(struct script *script, const char *host, json_t *powers)
{
	script_add(script, json_pack("{s:s,s:s,s:o}", "op", "init_host", "host",
				     host, "powers", powers));
}

void script_host_down(struct script *script, const char *host)
{
	script_add(script,
		   json_pack("{s:s,s:s}", "op", "host_down", "host", host));
}

void script_sync(struct script *script)
{
	script_add(script,
		   json_pack("{s:s,s:I}", "op", "sync", "n", ++script->syncs));
}

void script_set(struct script *script, const struct record *record)
{
	script_add(script,
		   json_pack("{s:s,s:s,s:s,s:s?,s:s,s:s?,s:b,s:b}", "op", "set",
			     "vm", record->vm, "vm_state", record->vm_state,
			     "task_state", record->task_state, "power",
			     record->power, "host", record->host, "launched",
			     !record->unlaunched, "locked", record->locked));
}

const struct machine *script_machine(const struct script *script,
				     const char *vm)
{
	size_t i = model_count(script->model);

	/* From the end: tests go on with what they made last. */
	while (i-- > 0)
		if (strcmp(model_machine(script->model, i)->vm, vm) == 0)
			return model_machine(script->model, i);
	judge_broken("no machine \"%s\"", vm);
}

void script_finish(struct script *script, const char *vm, const char *power)
{
	const struct machine *machine = script_machine(script, vm);

	while (machine->action)
		script_done(script, machine->token, true, power);
}
