/*
 * machine.c - the life of virtual machines, as a table of states
 *
 * One line in, its answers out. Rows of actions.h say who may begin what and how
 * it goes on; the functions below are in that order: guards, operations, lines.
 * A machine is in the middle of one operation at most, and only the token of
 * its last cast can move it on. Everything else that is done is history.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "actions.h"

#define ACTION_COUNT (sizeof actions / sizeof actions[0])
#define WORD_MAX 64

struct machine {
	const char *vm, *vm_state, *task_state, *power, *host;
	const char *source; /* where a resize came from */
	bool launched, locked;
	bool was_stopped;         /* before a resize or rebuild */
	const struct action *now; /* the operation it is in, or NULL */
	size_t phase;
	json_int_t token;   /* of the last cast of now; 0: none */
	const char *target; /* host and offload of the act */
	bool offload;
};

/* All there is. */
static struct {
	json_t *words;  /* every text that is kept, once, as a key */
	json_t *places; /* name of a machine to its index */
	json_t *down;   /* hosts */
	json_t *checks; /* id to the line of a check */
	struct machine **machines;
	size_t count, room;
	struct machine **owners; /* index: token - 1 */
	size_t owners_room;
	json_int_t tokens;
} all;

static void *need(void *memory)
{
	if (!memory) {
		fputs("machine: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *keep(const char *text)
{
	if (!text)
		return NULL;
	if (!json_object_get(all.words, text))
		json_object_set_new(all.words, text, json_null());
	return json_object_iter_key(json_object_iter_at(all.words, text));
}

static const char *text(const json_t *line, const char *key)
{
	return keep(json_string_value(json_object_get(line, key)));
}

static bool flag(const json_t *line, const char *key)
{
	return json_is_true(json_object_get(line, key));
}

/* ---- lists of words ---- */

static bool lists(const char *list, const char *word)
{
	size_t length, wanted;

	if (!word)
		word = "none";
	wanted = strlen(word);
	for (;; list += length + 1) {
		length = strcspn(list, " ");
		if (length == wanted && memcmp(list, word, length) == 0)
			return true;
		if (list[length] == '\0')
			return false;
	}
}

static bool allows(const char *column, const char *word)
{
	return strcmp(column, "any") == 0 || lists(column, word);
}

/* Phase @index of an action as @ret; false if it has no such. */
static bool phase_at(const struct action *action, size_t index,
		     const char **ret)
{
	const char *list = action->path;
	char word[WORD_MAX];

	while (index-- > 0) {
		list += strcspn(list, " ");
		if (*list++ == '\0')
			return false;
	}
	snprintf(word, sizeof word, "%.*s", (int)strcspn(list, " "), list);
	*ret = strcmp(word, "none") == 0 ? NULL : keep(word);
	return true;
}

static const struct action *action_named(const char *name)
{
	size_t i;

	for (i = 0; i < ACTION_COUNT; i++)
		if (same(actions[i].name, name))
			return &actions[i];
	return NULL;
}

static bool is(const struct action *action, const char *names)
{
	return action && lists(names, action->name);
}

/* ---- what is written ---- */

static void say(json_t *line)
{
	json_dumpf(need(line), stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void say_state(const struct machine *machine)
{
	say(json_pack("{s:s,s:s,s:s,s:s?,s:s,s:s?}", "op", "state", "vm",
		      machine->vm, "vm_state", machine->vm_state, "task_state",
		      machine->task_state, "power", machine->power, "host",
		      machine->host));
}

static void respond(const json_t *line, int code, const char *attr)
{
	say(json_pack("{s:s,s:O,s:i,s:s?}", "op", "resp", "id",
		      json_object_get(line, "id"), "code", code, "attr", attr));
}

static json_int_t cast(struct machine *machine, const struct action *action)
{
	if ((size_t)all.tokens == all.owners_room) {
		all.owners_room = 2 * all.owners_room + 64;
		all.owners = need(
			realloc(all.owners, all.owners_room * sizeof machine));
	}
	all.owners[all.tokens++] = machine;
	say(json_pack("{s:s,s:I,s:s,s:s,s:s?}", "op", "cast", "token",
		      all.tokens, "action", action->name, "vm", machine->vm,
		      "phase", machine->task_state));
	return all.tokens;
}

/* ---- guards ---- */

static bool is_down(const char *host)
{
	return host && json_object_get(all.down, host);
}

/* What refuses, and with which code; NULL if nothing does. */
static const char *refusal(const struct machine *machine,
			   const struct action *action, bool admin, int *code)
{
	*code = 409;
	if (same(action->lock, "lock") && machine->locked && !admin)
		return "locked";
	if (!same(action->host, "-") && !machine->host)
		return "not_ready";
	if (same(action->host, "up") && is_down(machine->host))
		return "host_down";
	if (!allows(action->vm_states, machine->vm_state))
		return "vm_state";
	if (!allows(action->task_states, machine->task_state))
		return "task_state";
	if (same(action->launched, "launched") && !machine->launched)
		return "not_launched";
	if (is(action, "evacuate") && machine->host &&
	    !is_down(machine->host)) {
		*code = 400;
		return "host_up";
	}
	if (is(action, "confirm_resize revert_resize") &&
	    is(machine->now, "confirm_resize")) {
		*code = 400;
		return "no_migration";
	}
	if (is(action, "confirm_resize") && is_down(machine->source))
		return "host_down";
	return NULL;
}

/* ---- an operation: begin, next phase, end ---- */

static void enter_phase(struct machine *machine, size_t phase,
			const char *task_state)
{
	machine->phase = phase;
	machine->task_state = task_state;
	say_state(machine);
	machine->token = cast(machine, machine->now);
}

/* Takes the place of whatever went on. @act may be NULL. */
static void begin(struct machine *machine, const struct action *action,
		  const json_t *act)
{
	const char *task_state;

	if (is(action, "resize rebuild evacuate"))
		machine->was_stopped = same(machine->vm_state, "stopped");
	machine->now = action;
	machine->target = act ? text(act, "host") : NULL;
	machine->offload = act && flag(act, "offload");
	if (phase_at(action, 0, &task_state))
		enter_phase(machine, 0, task_state);
}

static void settle(struct machine *machine, const char *vm_state)
{
	machine->vm_state = vm_state;
	machine->task_state = NULL;
	machine->now = NULL;
	machine->token = 0;
}

static void fail(struct machine *machine)
{
	const char *fails = machine->now->fails;

	if (same(fails, "reboot") && same(machine->power, "running"))
		settle(machine, "active");
	else if (same(fails, "same"))
		settle(machine, machine->vm_state);
	else
		settle(machine, "error");
	say_state(machine);
}

static void move(struct machine *machine, const struct action *action)
{
	if (is(action, "resize"))
		machine->source = machine->host;
	if (is(action, "resize evacuate live_migrate unshelve") &&
	    machine->target)
		machine->host = machine->target;
	if (is(action, "revert_resize") && machine->source)
		machine->host = machine->source;
	if (is(action, "confirm_resize revert_resize"))
		machine->source = NULL;
	if (is(action, "shelve_offload delete force_delete"))
		machine->host = NULL;
}

static void succeed(struct machine *machine)
{
	const struct action *action = machine->now;
	const char *vm_state = action->ends;

	if (same(vm_state, "same"))
		vm_state = machine->vm_state;
	else if (same(vm_state, "power"))
		vm_state = same(machine->power, "shutdown") ? "stopped"
							    : "active";
	settle(machine, vm_state);
	move(machine, action);
	if (is(action, "create"))
		machine->launched = true;
	if (is(action, "rebuild evacuate revert_resize") &&
	    machine->was_stopped)
		begin(machine, action_named("stop"), NULL);
	else if (is(action, "shelve") && machine->offload)
		begin(machine, action_named("shelve_offload"), NULL);
	else
		say_state(machine);
}

/* ---- machines ---- */

static struct machine *find(const json_t *line)
{
	const char *vm = json_string_value(json_object_get(line, "vm"));
	json_t *place = json_object_get(all.places, vm);

	return place ? all.machines[json_integer_value(place)] : NULL;
}

static struct machine *make(const char *vm)
{
	struct machine *machine = need(calloc(1, sizeof *machine));

	if (all.count == all.room) {
		all.room = 2 * all.room + 64;
		all.machines = need(
			realloc(all.machines, all.room * sizeof machine));
	}
	machine->vm = vm;
	machine->vm_state = "building";
	machine->power = "nostate";
	json_object_set_new(all.places, vm,
			    json_integer((json_int_t)all.count));
	all.machines[all.count++] = machine;
	return machine;
}

/* ---- lines ---- */

static void on_create(const json_t *line)
{
	struct machine *machine = make(text(line, "vm"));

	machine->host = text(line, "host");
	begin(machine, action_named("create"), NULL);
}

static void on_set(const json_t *line)
{
	struct machine *machine = find(line);

	if (!machine)
		machine = make(text(line, "vm"));
	settle(machine, text(line, "vm_state"));
	machine->task_state = text(line, "task_state");
	machine->power = text(line, "power");
	machine->host = text(line, "host");
	machine->launched = flag(line, "launched");
	machine->locked = flag(line, "locked");
	machine->source = NULL;
	machine->was_stopped = false;
	say_state(machine);
}

static void accept(struct machine *machine, const struct action *action,
		   const json_t *line)
{
	respond(line, 202, NULL);
	if (!same(action->path, "-")) {
		begin(machine, action, line);
		return;
	}
	say_state(machine);
	cast(machine, action);
}

/* The machine if all guards let the line pass; else it has been answered. */
static struct machine *guard(const json_t *line)
{
	struct machine *machine = find(line);
	const char *attr = "unknown";
	int code = 404;

	if (machine)
		attr = refusal(machine, action_named(text(line, "action")),
			       flag(line, "admin"), &code);
	if (!attr)
		return machine;
	respond(line, code, attr);
	return NULL;
}

static void on_act(const json_t *line)
{
	const char *name = text(line, "action");
	struct machine *machine = find(line);

	if (machine && (same(name, "lock") || same(name, "unlock"))) {
		machine->locked = same(name, "lock");
		respond(line, 202, NULL);
		say_state(machine);
	} else if (guard(line)) {
		accept(machine, action_named(name), line);
	}
}

static const char *id_of(const json_t *line)
{
	char id[WORD_MAX];

	snprintf(id, sizeof id, "%lld",
		 (long long)json_integer_value(json_object_get(line, "id")));
	return keep(id);
}

static void on_check(const json_t *line)
{
	if (guard(line))
		json_object_set_new(all.checks, id_of(line),
				    json_deep_copy(line));
}

/* The guards were a look; the task_state is what is compared and swapped. */
static void on_commit(const json_t *line)
{
	const char *id = id_of(line);
	json_t *check = json_incref(json_object_get(all.checks, id));
	const struct action *action;
	struct machine *machine;

	if (!check)
		return;
	json_object_del(all.checks, id);
	machine = find(check);
	action = action_named(text(check, "action"));
	if (allows(action->task_states, machine->task_state))
		accept(machine, action, check);
	else
		respond(check, 409, "conflict");
	json_decref(check);
}

static void on_done(const json_t *line)
{
	json_int_t token = json_integer_value(json_object_get(line, "token"));
	struct machine *machine;
	const char *task_state;

	if (token < 1 || token > all.tokens)
		return;
	machine = all.owners[token - 1];
	if (machine->token != token)
		return; /* late, doubled, or preempted */
	machine->power = text(line, "power");
	if (!flag(line, "ok"))
		fail(machine);
	else if (phase_at(machine->now, machine->phase + 1, &task_state))
		enter_phase(machine, machine->phase + 1, task_state);
	else
		succeed(machine);
}

static void on_power(const json_t *line)
{
	struct machine *machine = find(line);
	bool active, stopped;

	if (!machine || machine->task_state ||
	    !same(machine->host, text(line, "host")))
		return;
	machine->power = text(line, "power");
	active = same(machine->vm_state, "active");
	stopped = same(machine->vm_state, "stopped");
	if ((active && same(machine->power, "shutdown")) ||
	    (stopped && same(machine->power, "running")))
		begin(machine, action_named("stop"), NULL);
	else
		say_state(machine);
}

static void on_host_down(const json_t *line)
{
	json_object_set_new(all.down, text(line, "host"), json_true());
}

static void recover(struct machine *machine, const char *power)
{
	const char *task = machine->task_state;

	if (same(machine->vm_state, "building") ||
	    lists("rebuilding rebuild_block_device_mapping rebuild_spawning",
		  task)) {
		settle(machine, "error");
	} else if (lists("resize_prep image_snapshot_pending image_snapshot"
			 " image_backup image_pending_upload image_uploading",
			 task)) {
		settle(machine, machine->vm_state);
	} else if (same(task, "deleting")) {
		settle(machine, "deleted");
		machine->host = NULL;
	} else {
		if (same(task, "powering-on"))
			begin(machine, action_named("start"), NULL);
		else if (same(task, "powering-off"))
			begin(machine, action_named("stop"), NULL);
		else if (lists("rebooting reboot_pending reboot_started",
			       task) &&
			 same(power, "shutdown"))
			begin(machine, action_named("hard_reboot"), NULL);
		return;
	}
	say_state(machine);
}

static void on_init_host(const json_t *line)
{
	const char *host = text(line, "host");
	const json_t *powers = json_object_get(line, "powers");
	size_t i;

	json_object_del(all.down, host);
	for (i = 0; i < all.count; i++)
		if (same(all.machines[i]->host, host))
			recover(all.machines[i],
				text(powers, all.machines[i]->vm));
}

static void on_sync(const json_t *line)
{
	say(json_pack("{s:s,s:O}", "op", "synced", "n",
		      json_object_get(line, "n")));
}

static const struct {
	const char *op;
	void (*take)(const json_t *line);
} ops[] = {
	{ "create", on_create },
	{ "set", on_set },
	{ "act", on_act },
	{ "check", on_check },
	{ "commit", on_commit },
	{ "done", on_done },
	{ "power", on_power },
	{ "host_down", on_host_down },
	{ "init_host", on_init_host },
	{ "sync", on_sync },
};

int main(void)
{
	char *input = NULL;
	size_t size = 0, i;
	json_t *line;

	all.words = json_object();
	all.places = json_object();
	all.down = json_object();
	all.checks = json_object();
	while (getline(&input, &size, stdin) > 0) {
		line = need(json_loads(input, 0, NULL));
		for (i = 0; i < sizeof ops / sizeof ops[0]; i++)
			if (same(ops[i].op, text(line, "op")))
				ops[i].take(line);
		fflush(stdout);
		json_decref(line);
	}
	free(input);
	return 0;
}
