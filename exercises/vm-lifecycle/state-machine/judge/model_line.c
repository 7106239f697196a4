/* model_line.c - what each kind of line does */
#include "model_inner.h"

#include <stdio.h>

#include "judge.h"

#define ID_MAX 32

static void accept(struct model *model, struct machine *machine,
		   const struct action *action, const json_t *line)
{
	model_respond(model, line, 202, NULL);
	if (action_phases(action) > 0) {
		model_begin(model, machine, action, line);
		return;
	}
	model->rule = "an action without phases casts, and changes nothing";
	model_say_state(model, machine);
	(void)model_cast(model, machine, action);
}

static void take_create(struct model *model, const json_t *line)
{
	struct machine *machine = model_new_machine(
		model, model_text(model, line, "vm"));

	model->rule = "create makes a machine and begins to build it";
	machine->host = model_text(model, line, "host");
	model_begin(model, machine, action_named("create"), NULL);
}

static void take_set(struct model *model, const json_t *line)
{
	struct machine *machine = model_machine_named(model, line);

	model->rule = "set overwrites the record; what went on is forgotten";
	if (!machine)
		machine = model_new_machine(model,
					    model_text(model, line, "vm"));
	model_settle(machine, model_text(model, line, "vm_state"));
	machine->task_state = model_text(model, line, "task_state");
	machine->power = model_text(model, line, "power");
	machine->host = model_text(model, line, "host");
	machine->launched = json_is_true(json_object_get(line, "launched"));
	machine->locked = json_is_true(json_object_get(line, "locked"));
	machine->source = NULL;
	machine->was_stopped = false;
	model_say_state(model, machine);
}

static void take_lock(struct model *model, const json_t *line, bool lock)
{
	struct machine *machine = model_machine_named(model, line);

	model->rule = "lock and unlock are always accepted";
	if (!machine) {
		model_respond(model, line, 404, "unknown");
		return;
	}
	machine->locked = lock;
	model_respond(model, line, 202, NULL);
	model_say_state(model, machine);
}

static void take_act(struct model *model, const json_t *line)
{
	const char *name = model_text(model, line, "action");
	const struct action *action;
	struct machine *machine;

	if (model_same(name, "lock") || model_same(name, "unlock")) {
		take_lock(model, line, model_same(name, "lock"));
		return;
	}
	model->rule = "an act is answered 202 if every guard of its row lets it"
		      " pass, or by the first that refuses";
	action = action_named(name);
	machine = model_let_pass(model, line, action);
	if (machine)
		accept(model, machine, action, line);
}

/* The key of an id in an object. */
static const char *id_key(const json_t *line, char ret[ID_MAX])
{
	json_int_t id = json_integer_value(json_object_get(line, "id"));

	(void)snprintf(ret, ID_MAX, "%lld", (long long)id);
	return ret;
}

static void take_check(struct model *model, const json_t *line)
{
	char key[ID_MAX];

	model->rule = "a check looks at the guards; one that passes is not"
		      " answered and changes nothing";
	if (model_let_pass(model, line,
			   action_named(model_text(model, line, "action"))))
		json_object_set_new(model->checks, id_key(line, key),
				    json_deep_copy(line));
}

static void take_commit(struct model *model, const json_t *line)
{
	char key[ID_MAX];
	json_t *check = json_object_get(model->checks, id_key(line, key));
	const struct action *action;
	struct machine *machine;

	model->rule = "a commit of no check that passed is ignored";
	if (!check)
		return;
	json_incref(check);
	json_object_del(model->checks, key);
	machine = model_machine_named(model, check);
	action = action_named(model_text(model, check, "action"));
	model->rule = "a commit compares the task_state of now with the row's"
		      " task_states, and begins or answers 409 conflict";
	if (action_lists(action->task_states, machine->task_state))
		accept(model, machine, action, check);
	else
		model_respond(model, check, 409, "conflict");
	json_decref(check);
}

static void take_done(struct model *model, const json_t *line)
{
	json_int_t token = json_integer_value(json_object_get(line, "token"));
	struct machine *machine;

	model->rule = "a done counts only if its token is the newest of an"
		      " operation that goes on; any other is ignored";
	if (token < 1 || token > model->tokens)
		return;
	machine = model->owners[token - 1];
	if (machine->token != token)
		return;
	machine->power = model_text(model, line, "power");
	model_go_on(model, machine, json_is_true(json_object_get(line, "ok")));
}

static void take_power(struct model *model, const json_t *line)
{
	struct machine *machine = model_machine_named(model, line);

	model->rule = "a power report is ignored while there is a task, and"
		      " from a host that the machine is not on";
	if (!machine || machine->task_state ||
	    !model_same(machine->host, model_text(model, line, "host")))
		return;
	model->rule = "a power report is recorded; active and shutdown, or"
		      " stopped and running, begin stop without guards";
	machine->power = model_text(model, line, "power");
	if ((model_same(machine->vm_state, "active") &&
	     model_same(machine->power, "shutdown")) ||
	    (model_same(machine->vm_state, "stopped") &&
	     model_same(machine->power, "running")))
		model_begin(model, machine, action_named("stop"), NULL);
	else
		model_say_state(model, machine);
}

/* The service of the host of @machine has started again. */
static void recover(struct model *model, struct machine *machine,
		    const char *power)
{
	const char *task = machine->task_state;
	const char *begun = NULL;

	if (model_same(machine->vm_state, "building") ||
	    action_lists(action_named("rebuild")->path, task)) {
		model_settle(machine, "error");
	} else if (action_lists("resize_prep image_snapshot_pending"
				" image_snapshot image_backup"
				" image_pending_upload image_uploading",
				task)) {
		model_settle(machine, machine->vm_state);
	} else if (model_same(task, "deleting")) {
		model_settle(machine, "deleted");
		machine->host = NULL;
	} else if (model_same(task, "powering-on")) {
		begun = "start";
	} else if (model_same(task, "powering-off")) {
		begun = "stop";
	} else if (action_lists(action_named("soft_reboot")->path, task) &&
		   model_same(power, "shutdown")) {
		begun = "hard_reboot";
	} else {
		return;
	}
	if (begun)
		model_begin(model, machine, action_named(begun), NULL);
	else
		model_say_state(model, machine);
}

static void take_init_host(struct model *model, const json_t *line)
{
	const char *host = model_text(model, line, "host");
	const json_t *powers = json_object_get(line, "powers");
	struct machine *machine;
	size_t i;

	model->rule = "init_host settles the tasks of the host's machines by"
		      " the list in \"A host restarts\", the first rule that"
		      " fits, oldest machine first";
	json_object_del(model->down, host);
	for (i = 0; i < model->count; i++) {
		machine = model->machines[i];
		if (model_same(machine->host, host))
			recover(model, machine,
				json_string_value(
					json_object_get(powers, machine->vm)));
	}
}

const char *model_take(struct model *model, const json_t *line, json_t *ret)
{
	const char *op = json_string_value(json_object_get(line, "op"));

	model->ret = ret;
	model->rule = "";
	if (model_same(op, "create"))
		take_create(model, line);
	else if (model_same(op, "set"))
		take_set(model, line);
	else if (model_same(op, "act"))
		take_act(model, line);
	else if (model_same(op, "check"))
		take_check(model, line);
	else if (model_same(op, "commit"))
		take_commit(model, line);
	else if (model_same(op, "done"))
		take_done(model, line);
	else if (model_same(op, "power"))
		take_power(model, line);
	else if (model_same(op, "init_host"))
		take_init_host(model, line);
	else if (model_same(op, "host_down"))
		json_object_set_new(model->down,
				    model_text(model, line, "host"),
				    json_true());
	else if (model_same(op, "sync"))
		model_say(model, json_pack("{s:s,s:O}", "op", "synced", "n",
					   json_object_get(line, "n")));
	else
		judge_broken("a line of no kind: \"%s\"", op ? op : "");
	return model->rule;
}
