/*
 * test_lock.c - who may do it, and where: locks, administrators, hosts
 */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "states.h"

#define NAME_SIZE 32

/* Asked by a user and by an administrator, of a machine that is locked. */
static void try_locked(struct writer *writer, const struct action *action)
{
	struct script *script = writer->script;
	struct record record = {
		.vm = action->name, /* a machine of its own */
		.vm_state = vm_states[random_below(&writer->random, VM_STATES)],
		.power = "running",
		.host = "h1",
	};
	struct act act = { .vm = record.vm, .action = action->name };

	script_set(script, &record);
	script_act(script, &(struct act){ .vm = record.vm, .action = "lock" });
	script_act(script, &act);
	act.admin = true;
	script_act(script, &act);
	record.locked = true;
	script_set(script, &record);
	script_act(script,
		   &(struct act){ .vm = record.vm, .action = "unlock" });
	act.admin = false;
	script_act(script, &act);
}

/* From a host that is up, from one that is down, locked or not. */
static void try_evacuate(struct writer *writer, const char *vm,
			 const char *vm_state, bool locked)
{
	struct script *script = writer->script;
	struct record record = { .vm = vm,
				 .vm_state = vm_state,
				 .power = "running",
				 .host = "h1",
				 .locked = locked };
	struct act act = { .vm = vm, .action = "evacuate", .host = "h2" };

	record.task_state =
		task_states[random_below(&writer->random, TASK_STATES)];
	script_set(script, &record);
	script_act(script, &act);
	record.host = "down";
	script_set(script, &record);
	script_act(script, &act);
	if (script_machine(script, vm)->action)
		script_finish(script, vm, "running");
	script_act(script, &act); /* its host is up now */
}

static void try_resize(struct writer *writer, const char *vm, bool stopped,
		       const char *end)
{
	struct script *script = writer->script;
	struct record record = { .vm = vm,
				 .vm_state = stopped ? "stopped" : "active",
				 .power = stopped ? "shutdown" : "running",
				 .host = "h3" };
	struct act act = { .vm = vm, .action = "resize", .host = "h2" };

	script_set(script, &record);
	script_act(script, &act);
	script_finish(script, vm, record.power);
	act.action = end;
	script_act(script, &act);
	act.action = "confirm_resize"; /* while it goes on, and once more */
	script_act(script, &act);
	act.action = "revert_resize";
	script_act(script, &act);
	script_finish(script, vm, record.power);
	script_act(script, &act);
}

/* A machine comes from a host that goes down after it has left. */
static void try_source_down(struct writer *writer)
{
	struct script *script = writer->script;
	struct act act = { .vm = "moved", .action = "resize", .host = "h2" };

	script_set(script, &(struct record){ .vm = "moved",
					     .vm_state = "active",
					     .power = "running",
					     .host = "h4" });
	script_act(script, &act);
	script_finish(script, act.vm, "running");
	script_host_down(script, "h4");
	act.action = "confirm_resize";
	script_act(script, &act);
	act.action = "revert_resize";
	script_act(script, &act);
	script_finish(script, act.vm, "running");
	act.action = "resize"; /* back on the host that is down */
	script_act(script, &act);
	script_init_host(script, "h4", json_object());
	script_act(script, &act);
}

void test_lock(struct writer *writer)
{
	static const char *const states[] = { "active", "stopped", "error",
					      "paused" };
	char vm[NAME_SIZE];
	size_t i;

	script_host_down(writer->script, "down");
	script_act(writer->script,
		   &(struct act){ .vm = "nobody", .action = "start" });
	for (i = 0; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, "create") != 0)
			try_locked(writer, &actions[i]);
	for (i = 0; i < 8; i++) {
		(void)snprintf(vm, sizeof vm, "evacuated%zu", i);
		try_evacuate(writer, vm, states[i % 4], i >= 4);
	}
	for (i = 0; i < 4; i++) {
		(void)snprintf(vm, sizeof vm, "resized%zu", i);
		try_resize(writer, vm, i % 2 == 0,
			   i < 2 ? "confirm_resize" : "revert_resize");
	}
	try_source_down(writer);
}
