/* model.c - see model.h and model_inner.h */
#include "model_inner.h"

#include <stdlib.h>
#include <string.h>

#include "judge.h"

/* ---- what is remembered ---- */

bool model_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

struct model *model_new(void)
{
	struct model *model = calloc(1, sizeof *model);

	if (!model)
		judge_broken("no memory");
	model->words = json_object();
	model->places = json_object();
	model->down = json_object();
	model->checks = json_object();
	return model;
}

void model_free(struct model *model)
{
	size_t i;

	for (i = 0; i < model->count; i++)
		free(model->machines[i]);
	free(model->machines);
	free(model->owners);
	json_decref(model->words);
	json_decref(model->places);
	json_decref(model->down);
	json_decref(model->checks);
	free(model);
}

const char *model_keep(struct model *model, const char *word)
{
	if (!word)
		return NULL;
	if (!json_object_get(model->words, word))
		json_object_set_new(model->words, word, json_true());
	return json_object_iter_key(json_object_iter_at(model->words, word));
}

const char *model_text(struct model *model, const json_t *line, const char *key)
{
	return model_keep(model, json_string_value(json_object_get(line, key)));
}

struct machine *model_machine_named(struct model *model, const json_t *line)
{
	json_t *place = json_object_get(
		model->places, json_string_value(json_object_get(line, "vm")));

	return place ? model->machines[json_integer_value(place)] : NULL;
}

struct machine *model_new_machine(struct model *model, const char *vm)
{
	struct machine *machine = calloc(1, sizeof *machine);

	if (model->count == model->room) {
		model->room = model->room ? 2 * model->room : 16;
		model->machines = realloc(model->machines,
					  model->room * sizeof machine);
	}
	if (!machine || !model->machines)
		judge_broken("no memory");
	machine->vm = vm;
	machine->vm_state = "building";
	machine->power = "nostate";
	json_object_set_new(model->places, vm,
			    json_integer((json_int_t)model->count));
	model->machines[model->count++] = machine;
	return machine;
}

size_t model_count(const struct model *model)
{
	return model->count;
}

const struct machine *model_machine(const struct model *model, size_t index)
{
	return model->machines[index];
}

json_int_t model_tokens(const struct model *model)
{
	return model->tokens;
}

bool model_is_down(const struct model *model, const char *host)
{
	return host && json_object_get(model->down, host);
}

/* ---- what is written ---- */

void model_say(struct model *model, json_t *line)
{
	if (!line || json_array_append_new(model->ret, line) != 0)
		judge_broken("no memory");
}

void model_say_state(struct model *model, const struct machine *machine)
{
	model_say(model,
		  json_pack("{s:s,s:s,s:s,s:s?,s:s,s:s?}", "op", "state", "vm",
			    machine->vm, "vm_state", machine->vm_state,
			    "task_state", machine->task_state, "power",
			    machine->power, "host", machine->host));
}

void model_respond(struct model *model, const json_t *line, int code,
		   const char *attr)
{
	model_say(model, json_pack("{s:s,s:O,s:i,s:s?}", "op", "resp", "id",
				   json_object_get(line, "id"), "code", code,
				   "attr", attr));
}

json_int_t model_cast(struct model *model, struct machine *machine,
		      const struct action *action)
{
	if ((size_t)model->tokens == model->owners_room) {
		model->owners_room = 2 * model->owners_room + 16;
		model->owners = realloc(model->owners,
					model->owners_room * sizeof machine);
		if (!model->owners)
			judge_broken("no memory");
	}
	model->owners[model->tokens] = machine;
	model_say(model,
		  json_pack("{s:s,s:I,s:s,s:s,s:s?}", "op", "cast", "token",
			    ++model->tokens, "action", action->name, "vm",
			    machine->vm, "phase", machine->task_state));
	return model->tokens;
}
