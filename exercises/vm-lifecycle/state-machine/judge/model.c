/* model.c - see model.h; in the order of README.md from the bottom up */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

#define WORD_MAX 64

struct model {
	json_t *words;    /* keys: all names, each once */
	json_t *places;   /* vm to its place in machines */
	json_t *down;     /* keys: hosts */
	json_t *checks;   /* id to the line of a check that passed */
	struct machine **machines;
	size_t count, room;
	struct machine **owners; /* by token - 1: whom it was given to */
	size_t owners_room;
	json_int_t tokens;
	const char *rule; /* that decided about the line at hand */
	json_t *ret;
};

struct refusal {
	int code;
	const char *attr; /* NULL: none */
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* ---- the table ---- */

/* Word @index of a list as @ret; false past its end. */
static bool word_at(const char *list, size_t index, char ret[WORD_MAX])
{
	size_t length;

	for (;; list += length + 1) {
		length = strcspn(list, " ");
		if (index-- == 0)
			break;
		if (list[length] == '\0')
			return false;
	}
	(void)snprintf(ret, WORD_MAX, "%.*s", (int)length, list);
	return true;
}

bool action_lists(const char *list, const char *word)
{
	char each[WORD_MAX];
	size_t i;

	if (strcmp(list, "any") == 0)
		return true;
	for (i = 0; word_at(list, i, each); i++)
		if (strcmp(each, word ? word : "none") == 0)
			return true;
	return false;
}

size_t action_phases(const struct action *action)
{
	char word[WORD_MAX];
	size_t count = 0;

	if (strcmp(action->path, "-") == 0)
		return 0;
	while (word_at(action->path, count, word))
		count++;
	return count;
}

const struct action *action_named(const char *name)
{
	size_t i;

	for (i = 0; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	judge_broken("no action \"%s\"", name);
}

static bool is(const struct action *action, const char *name)
{
	return action && strcmp(action->name, name) == 0;
}

static bool is_one_of(const struct action *action, const char *names)
{
	return action && action_lists(names, action->name);
}

/* ---- what the model remembers ---- */

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

/* The one copy of @word that lives as long as the model. */
static const char *keep(struct model *model, const char *word)
{
	if (!word)
		return NULL;
	if (!json_object_get(model->words, word))
		json_object_set_new(model->words, word, json_true());
	return json_object_iter_key(json_object_iter_at(model->words, word));
}

static const char *text(struct model *model, const json_t *line,
			const char *key)
{
	return keep(model, json_string_value(json_object_get(line, key)));
}

static struct machine *machine_named(struct model *model, const json_t *line)
{
	json_t *place = json_object_get(
		model->places,
		json_string_value(json_object_get(line, "vm")));

	return place ? model->machines[json_integer_value(place)] : NULL;
}

static struct machine *new_machine(struct model *model, const char *vm)
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

static bool is_down(const struct model *model, const char *host)
{
	return host && json_object_get(model->down, host);
}

/* ---- what is written ---- */

static void say(struct model *model, json_t *line)
{
	if (!line || json_array_append_new(model->ret, line) != 0)
		judge_broken("no memory");
}

static void say_state(struct model *model, const struct machine *machine)
{
	say(model, json_pack("{s:s,s:s,s:s,s:s?,s:s,s:s?}", "op", "state",
			     "vm", machine->vm, "vm_state", machine->vm_state,
			     "task_state", machine->task_state, "power",
			     machine->power, "host", machine->host));
}

static void respond(struct model *model, const json_t *line, int code,
		    const char *attr)
{
	say(model, json_pack("{s:s,s:O,s:i,s:s?}", "op", "resp", "id",
			     json_object_get(line, "id"), "code", code, "attr",
			     attr));
}

static json_int_t cast(struct model *model, struct machine *machine,
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
	say(model, json_pack("{s:s,s:I,s:s,s:s,s:s?}", "op", "cast", "token",
			     ++model->tokens, "action", action->name, "vm",
			     machine->vm, "phase", machine->task_state));
	return model->tokens;
}

/* ---- operations ---- */

static void enter_phase(struct model *model, struct machine *machine,
			size_t phase)
{
	char word[WORD_MAX];

	if (!word_at(machine->action->path, phase, word))
		judge_broken("%s has no phase %zu", machine->action->name,
			     phase);
	machine->phase = phase;
	machine->task_state = NULL;
	if (strcmp(word, "none") != 0)
		machine->task_state = keep(model, word);
	say_state(model, machine);
	machine->token = cast(model, machine, machine->action);
}

/* @act is NULL for what begins without one. */
static void begin(struct model *model, struct machine *machine,
		  const struct action *action, const json_t *act)
{
	if (is_one_of(action, "resize rebuild evacuate"))
		machine->was_stopped = same(machine->vm_state, "stopped");
	machine->action = action;
	machine->target = act ? text(model, act, "host") : NULL;
	machine->offload = json_is_true(json_object_get(act, "offload"));
	enter_phase(model, machine, 0);
}

static void settle(struct machine *machine, const char *vm_state)
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
		vm_state = same(machine->power, "running") ? "active"
							   : "error";
	settle(machine, vm_state);
	say_state(model, machine);
}

/* Where the machine is once @action has ended well. */
static void move(struct machine *machine, const struct action *action)
{
	if (is(action, "resize"))
		machine->source = machine->host;
	if (is_one_of(action, "resize evacuate live_migrate unshelve") &&
	    machine->target)
		machine->host = machine->target;
	if (is(action, "revert_resize") && machine->source)
		machine->host = machine->source;
	if (is_one_of(action, "confirm_resize revert_resize"))
		machine->source = NULL;
	if (is_one_of(action, "shelve_offload delete force_delete"))
		machine->host = NULL;
}

static const char *ends_in(const struct machine *machine)
{
	const char *ends = machine->action->ends;

	if (strcmp(ends, "same") == 0)
		return machine->vm_state;
	if (strcmp(ends, "power") == 0)
		return same(machine->power, "shutdown") ? "stopped" : "active";
	return ends;
}

static void succeed(struct model *model, struct machine *machine)
{
	const struct action *action = machine->action;

	model->rule = "the last phase that is done ends the operation: vm_state"
		      " and host are as \"Where it ends\" says";
	settle(machine, ends_in(machine));
	move(machine, action);
	if (is(action, "create"))
		machine->launched = true;
	if (is_one_of(action, "rebuild evacuate revert_resize") &&
	    machine->was_stopped) {
		model->rule = "rebuild, evacuate and revert_resize are followed"
			      " by stop if the machine was stopped before";
		begin(model, machine, action_named("stop"), NULL);
	} else if (is(action, "shelve") && machine->offload) {
		model->rule = "shelve with \"offload\" is followed by"
			      " shelve_offload";
		begin(model, machine, action_named("shelve_offload"), NULL);
	} else {
		say_state(model, machine);
	}
}

/* ---- guards ---- */

/* The guards that are columns of the table, in their order. */
static const char *guard(const struct model *model,
			 const struct machine *machine,
			 const struct action *action, bool admin)
{
	if (*action->lock != '-' && machine->locked && !admin)
		return "locked";
	if (*action->host != '-' && !machine->host)
		return "not_ready";
	if (same(action->host, "up") && is_down(model, machine->host))
		return "host_down";
	if (!action_lists(action->vm_states, machine->vm_state))
		return "vm_state";
	if (!action_lists(action->task_states, machine->task_state))
		return "task_state";
	if (*action->launched != '-' && !machine->launched)
		return "not_launched";
	return NULL;
}

static struct refusal refusal(const struct model *model,
			      const struct machine *machine,
			      const struct action *action, bool admin)
{
	const char *attr = guard(model, machine, action, admin);

	if (attr)
		return (struct refusal){ 409, attr };
	if (is(action, "evacuate") && machine->host &&
	    !is_down(model, machine->host))
		return (struct refusal){ 400, "host_up" };
	if (is_one_of(action, "confirm_resize revert_resize") &&
	    is(machine->action, "confirm_resize"))
		return (struct refusal){ 400, "no_migration" };
	if (is(action, "confirm_resize") && is_down(model, machine->source))
		return (struct refusal){ 409, "host_down" };
	return (struct refusal){ 202, NULL };
}

const char *model_refusal(const struct model *model,
			  const struct machine *machine,
			  const struct action *action, bool admin)
{
	return refusal(model, machine, action, admin).attr;
}

/* The machine of an act or a check that may go on; answers it otherwise. */
static struct machine *let_pass(struct model *model, const json_t *line,
				const struct action *action)
{
	struct machine *machine = machine_named(model, line);
	struct refusal refused = { 404, "unknown" };

	if (machine)
		refused = refusal(model, machine, action,
				  json_is_true(json_object_get(line, "admin")));
	if (!refused.attr)
		return machine;
	respond(model, line, refused.code, refused.attr);
	return NULL;
}

static void accept(struct model *model, struct machine *machine,
		   const struct action *action, const json_t *line)
{
	respond(model, line, 202, NULL);
	if (action_phases(action) > 0) {
		begin(model, machine, action, line);
		return;
	}
	model->rule = "an action without phases casts, and changes nothing";
	say_state(model, machine);
	(void)cast(model, machine, action);
}

/* ---- lines ---- */

static void take_create(struct model *model, const json_t *line)
{
	struct machine *machine = new_machine(model, text(model, line, "vm"));

	model->rule = "create makes a machine and begins to build it";
	machine->host = text(model, line, "host");
	begin(model, machine, action_named("create"), NULL);
}

static void take_set(struct model *model, const json_t *line)
{
	struct machine *machine = machine_named(model, line);

	model->rule = "set overwrites the record; what went on is forgotten";
	if (!machine)
		machine = new_machine(model, text(model, line, "vm"));
	settle(machine, text(model, line, "vm_state"));
	machine->task_state = text(model, line, "task_state");
	machine->power = text(model, line, "power");
	machine->host = text(model, line, "host");
	machine->launched = json_is_true(json_object_get(line, "launched"));
	machine->locked = json_is_true(json_object_get(line, "locked"));
	machine->source = NULL;
	machine->was_stopped = false;
	say_state(model, machine);
}

static void take_lock(struct model *model, const json_t *line, bool lock)
{
	struct machine *machine = machine_named(model, line);

	model->rule = "lock and unlock are always accepted";
	if (!machine) {
		respond(model, line, 404, "unknown");
		return;
	}
	machine->locked = lock;
	respond(model, line, 202, NULL);
	say_state(model, machine);
}

static void take_act(struct model *model, const json_t *line)
{
	const char *name = text(model, line, "action");
	const struct action *action;
	struct machine *machine;

	if (same(name, "lock") || same(name, "unlock")) {
		take_lock(model, line, same(name, "lock"));
		return;
	}
	model->rule = "an act is answered 202 if every guard of its row lets it"
		      " pass, or by the first that refuses";
	action = action_named(name);
	machine = let_pass(model, line, action);
	if (machine)
		accept(model, machine, action, line);
}

/* The key of an id in an object. */
static const char *id_key(const json_t *line, char ret[WORD_MAX])
{
	json_int_t id = json_integer_value(json_object_get(line, "id"));

	(void)snprintf(ret, WORD_MAX, "%lld", (long long)id);
	return ret;
}

static void take_check(struct model *model, const json_t *line)
{
	char key[WORD_MAX];

	model->rule = "a check looks at the guards; one that passes is not"
		      " answered and changes nothing";
	if (let_pass(model, line, action_named(text(model, line, "action"))))
		json_object_set_new(model->checks, id_key(line, key),
				    json_deep_copy(line));
}

static void take_commit(struct model *model, const json_t *line)
{
	char key[WORD_MAX];
	json_t *check = json_object_get(model->checks, id_key(line, key));
	const struct action *action;
	struct machine *machine;

	model->rule = "a commit of no check that passed is ignored";
	if (!check)
		return;
	json_incref(check);
	json_object_del(model->checks, key);
	machine = machine_named(model, check);
	action = action_named(text(model, check, "action"));
	model->rule = "a commit compares the task_state of now with the row's"
		      " task_states, and begins or answers 409 conflict";
	if (action_lists(action->task_states, machine->task_state))
		accept(model, machine, action, check);
	else
		respond(model, check, 409, "conflict");
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
	machine->power = text(model, line, "power");
	if (!json_is_true(json_object_get(line, "ok"))) {
		fail(model, machine);
	} else if (machine->phase + 1 < action_phases(machine->action)) {
		model->rule = "a phase that is done is followed by the next of"
			      " the path";
		enter_phase(model, machine, machine->phase + 1);
	} else {
		succeed(model, machine);
	}
}

static void take_power(struct model *model, const json_t *line)
{
	struct machine *machine = machine_named(model, line);

	model->rule = "a power report is ignored while there is a task, and"
		      " from a host that the machine is not on";
	if (!machine || machine->task_state ||
	    !same(machine->host, text(model, line, "host")))
		return;
	model->rule = "a power report is recorded; active and shutdown, or"
		      " stopped and running, begin stop without guards";
	machine->power = text(model, line, "power");
	if ((same(machine->vm_state, "active") &&
	     same(machine->power, "shutdown")) ||
	    (same(machine->vm_state, "stopped") &&
	     same(machine->power, "running")))
		begin(model, machine, action_named("stop"), NULL);
	else
		say_state(model, machine);
}

/* The service of the host of @machine has started again. */
static void recover(struct model *model, struct machine *machine,
		    const char *power)
{
	const char *task = machine->task_state;
	const char *begun = NULL;

	if (same(machine->vm_state, "building") ||
	    action_lists(action_named("rebuild")->path, task)) {
		settle(machine, "error");
	} else if (action_lists("resize_prep image_snapshot_pending"
				" image_snapshot image_backup"
				" image_pending_upload image_uploading",
				task)) {
		settle(machine, machine->vm_state);
	} else if (same(task, "deleting")) {
		settle(machine, "deleted");
		machine->host = NULL;
	} else if (same(task, "powering-on")) {
		begun = "start";
	} else if (same(task, "powering-off")) {
		begun = "stop";
	} else if (action_lists(action_named("soft_reboot")->path, task) &&
		   same(power, "shutdown")) {
		begun = "hard_reboot";
	} else {
		return;
	}
	if (begun)
		begin(model, machine, action_named(begun), NULL);
	else
		say_state(model, machine);
}

static void take_init_host(struct model *model, const json_t *line)
{
	const char *host = text(model, line, "host");
	const json_t *powers = json_object_get(line, "powers");
	struct machine *machine;
	size_t i;

	model->rule = "init_host settles the tasks of the host's machines by"
		      " the list in \"A host restarts\", the first rule that"
		      " fits, oldest machine first";
	json_object_del(model->down, host);
	for (i = 0; i < model->count; i++) {
		machine = model->machines[i];
		if (same(machine->host, host))
			recover(model, machine,
				json_string_value(json_object_get(
					powers, machine->vm)));
	}
}

const char *model_take(struct model *model, const json_t *line, json_t *ret)
{
	const char *op = json_string_value(json_object_get(line, "op"));

	model->ret = ret;
	model->rule = "";
	if (same(op, "create"))
		take_create(model, line);
	else if (same(op, "set"))
		take_set(model, line);
	else if (same(op, "act"))
		take_act(model, line);
	else if (same(op, "check"))
		take_check(model, line);
	else if (same(op, "commit"))
		take_commit(model, line);
	else if (same(op, "done"))
		take_done(model, line);
	else if (same(op, "power"))
		take_power(model, line);
	else if (same(op, "init_host"))
		take_init_host(model, line);
	else if (same(op, "host_down"))
		json_object_set_new(model->down, text(model, line, "host"),
				    json_true());
	else if (same(op, "sync"))
		say(model, json_pack("{s:s,s:O}", "op", "synced", "n",
				     json_object_get(line, "n")));
	else
		judge_broken("a line of no kind: \"%s\"", op ? op : "");
	return model->rule;
}
