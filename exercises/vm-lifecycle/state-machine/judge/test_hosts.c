/*
 * test_hosts.c - what hosts say on their own: a restart, a power state
 */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "states.h"

#define NAME_SIZE 32
#define LATE_MAX 64

static const char *any_power(struct writer *writer)
{
	return powers[random_below(&writer->random, POWERS)];
}

/* ---- a restart ---- */

/* One machine for each task_state, all in @vm_state, on a host of theirs. */
static void restart_state(struct writer *writer, const char *vm_state)
{
	struct script *script = writer->script;
	json_t *seen = json_object();
	char vm[NAME_SIZE], host[NAME_SIZE];
	size_t i;

	(void)snprintf(host, sizeof host, "host-%s", vm_state);
	script_host_down(script, host);
	for (i = 0; i < TASK_STATES; i++) {
		(void)snprintf(vm, sizeof vm, "%s-%zu", vm_state, i);
		script_set(script,
			   &(struct record){
				   .vm = vm,
				   .vm_state = vm_state,
				   .task_state = task_states[i],
				   .power = any_power(writer),
				   .host = random_below(&writer->random, 8)
						   ? host
						   : "elsewhere" });
		if (random_below(&writer->random, 4) > 0)
			json_object_set_new(seen, vm,
					    json_string(any_power(writer)));
	}
	script_init_host(script, host, seen);
	script_sync(script);
}

/* Actions that a restart does something about, each in each of its phases; all
 * tokens of before are done late, then those of after. */
static void restart_operations(struct writer *writer, const char *host,
			       const char *power)
{
	static const struct {
		const char *action, *vm_state;
	} begun[] = {
		{ "start", "stopped" },      { "stop", "active" },
		{ "soft_reboot", "active" }, { "rebuild", "stopped" },
		{ "snapshot", "paused" },    { "backup", "active" },
		{ "resize", "active" },      { "delete", "error" },
		{ "pause", "active" },
	};
	struct script *script = writer->script;
	json_t *seen = json_object();
	json_int_t late[LATE_MAX];
	char names[LATE_MAX][NAME_SIZE];
	size_t count = 0, i, phase, k;

	for (i = 0; i < sizeof begun / sizeof begun[0]; i++) {
		const struct action *action = action_named(begun[i].action);

		for (phase = 0; phase < action_phases(action); phase++) {
			char *vm = names[count];

			(void)snprintf(vm, NAME_SIZE, "%.8s-%.12s-%zu", host,
				       action->name, phase);
			script_set(
				script,
				&(struct record){ .vm = vm,
						  .vm_state = begun[i].vm_state,
						  .power = "running",
						  .host = host });
			script_act(script,
				   &(struct act){ .vm = vm,
						  .action = action->name });
			for (k = 0; k < phase; k++)
				script_done(script,
					    script_machine(script, vm)->token,
					    true, "running");
			late[count++] = script_machine(script, vm)->token;
			json_object_set_new(seen, vm, json_string(power));
		}
	}
	script_init_host(script, host, seen);
	for (i = 0; i < count; i++) {
		if (script_machine(script, names[i])->token != late[i])
			script_done(script, late[i],
				    random_below(&writer->random, 2) == 0,
				    any_power(writer));
		script_finish(script, names[i], "running");
	}
	script_sync(script);
}

void test_restart(struct writer *writer)
{
	size_t i;

	for (i = 0; i < VM_STATES; i++)
		restart_state(writer, vm_states[i]);
	restart_operations(writer, "h1", "running");
	restart_operations(writer, "h2", "shutdown");
}

/* ---- power ---- */

static void report(struct writer *writer, const char *vm_state,
		   const char *power)
{
	struct script *script = writer->script;
	struct record record = { .vm_state = vm_state, .host = "h1" };
	char vm[NAME_SIZE];
	unsigned way;

	(void)snprintf(vm, sizeof vm, "%s-%s", vm_state, power);
	record.vm = vm;
	for (way = 0; way < 4; way++) {
		record.task_state =
			way == 0 ? task_states[random_below(&writer->random,
							    TASK_STATES - 1) +
					       1]
				 : NULL;
		record.power = any_power(writer);
		record.host = way == 1 ? NULL : "h1";
		record.locked = random_below(&writer->random, 2) == 0;
		script_set(script, &record);
		script_power(script, vm, way == 2 ? "h2" : "h1", power);
	}
	/* And what it began runs into the next report, and ends. */
	script_power(script, vm, "h1", any_power(writer));
	script_finish(script, vm, power);
	script_power(script, vm, "h1", any_power(writer));
}

void test_power(struct writer *writer)
{
	size_t i, k;

	script_power(writer->script, "nobody", "h1", "running");
	for (i = 0; i < VM_STATES; i++)
		for (k = 0; k < POWERS; k++)
			report(writer, vm_states[i], powers[k]);
}
