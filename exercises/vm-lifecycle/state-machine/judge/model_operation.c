/* model_operation.c - an operation: its phases, and where it ends */
#include "model_inner.h"

#include <string.h>

static void enter_phase(struct model *model, struct machine *machine,
			size_t phase)
{
	char word[ACTION_WORD_MAX];

	action_phase(machine->action, phase, word);
	machine->phase = phase;
	machine->task_state = NULL;
	if (strcmp(word, "none") != 0)
		machine->task_state = model_keep(model, word);
	model_say_state(model, machine);
	machine->token = model_cast(model, machine, machine->action);
}

void model_begin(struct model *model, struct machine *machine,
		 const struct action *action, const json_t *act)
{
	if (action_is_one_of(action, "resize rebuild evacuate"))
		machine->was_stopped = model_same(machine->vm_state, "stopped");
	machine->action = action;
	machine->target = act ? model_text(model, act, "host") : NULL;
	machine->offload = json_is_true(json_object_get(act, "offload"));
	enter_phase(model, machine, 0);
}

void model_settle(struct machine *machine, const char *vm_state)
{
	machine->vm_state = vm_state;
	machine->task_state = NULL;
	machine->action = NULL;
	machine->token = 0;
}

static void fail(struct model *model, struct machine *machine)
{
	const char *fails = machine->action->fails;
	const char *vm_state = machine->vm_state;

	model->rule = "a phase that fails ends the operation: there is no task"
		      " any more, and vm_state is as the column fails says";
	if (strcmp(fails, "error") == 0)
		vm_state = "error";
	else if (strcmp(fails, "reboot") == 0)
		vm_state = model_same(machine->power, "running") ? "active"
								 : "error";
	model_settle(machine, vm_state);
	model_say_state(model, machine);
}

/* Where the machine is once @action has ended well. */
static void move(struct machine *machine, const struct action *action)
{
	if (action_is(action, "resize"))
		machine->source = machine->host;
	if (action_is_one_of(action, ACTION_MOVES) && machine->target)
		machine->host = machine->target;
	if (action_is(action, "revert_resize") && machine->source)
		machine->host = machine->source;
	if (action_is_one_of(action, "confirm_resize revert_resize"))
		machine->source = NULL;
	if (action_is_one_of(action, "shelve_offload delete force_delete"))
		machine->host = NULL;
}

static const char *ends_in(const struct machine *machine)
{
	const char *ends = machine->action->ends;

	if (strcmp(ends, "same") == 0)
		return machine->vm_state;
	if (strcmp(ends, "power") == 0)
		return model_same(machine->power, "shutdown") ? "stopped"
							      : "active";
	return ends;
}

static void succeed(struct model *model, struct machine *machine)
{
	const struct action *action = machine->action;

	model->rule = "the last phase that is done ends the operation: vm_state"
		      " and host are as \"Where it ends\" says";
	model_settle(machine, ends_in(machine));
	move(machine, action);
	if (action_is(action, "create"))
		machine->launched = true;
	if (action_is_one_of(action, "rebuild evacuate revert_resize") &&
	    machine->was_stopped) {
		model->rule = "rebuild, evacuate and revert_resize are followed"
			      " by stop if the machine was stopped before";
		model_begin(model, machine, action_named("stop"), NULL);
	} else if (action_is(action, "shelve") && machine->offload) {
		model->rule = "shelve with \"offload\" is followed by"
			      " shelve_offload";
		model_begin(model, machine, action_named("shelve_offload"),
			    NULL);
	} else {
		model_say_state(model, machine);
	}
}

void model_go_on(struct model *model, struct machine *machine, bool ok)
{
	if (!ok) {
		fail(model, machine);
	} else if (machine->phase + 1 < action_phases(machine->action)) {
		model->rule = "a phase that is done is followed by the next of"
			      " the path";
		enter_phase(model, machine, machine->phase + 1);
	} else {
		succeed(model, machine);
	}
}
