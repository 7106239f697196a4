/*
 * interrupt.c - see interrupt.h
 */
#include "interrupt.h"

#include <stdio.h>
#include <string.h>

#include "states.h"

#define NAME_SIZE 32

/* The first word of a list of states; any state if it is "any". */
static const char *one_state(const char *list, char ret[NAME_SIZE])
{
	(void)snprintf(ret, NAME_SIZE, "%.*s", (int)strcspn(list, " "), list);
	return strcmp(ret, "any") == 0 ? "active" : ret;
}

static const char *any_power(struct writer *writer)
{
	return powers[random_below(&writer->random, POWERS)];
}

/* A machine called @vm in phase @phase of @action; false if it cannot be. */
static bool take_to(struct writer *writer, const char *vm, const char *host,
		    const struct action *action, size_t phase)
{
	struct script *script = writer->script;
	char state[NAME_SIZE];
	struct record record = { .vm = vm, .power = "running", .host = host };
	size_t i;

	if (strcmp(action->name, "create") == 0) {
		script_create(script, vm, host);
	} else {
		record.vm_state = one_state(action->vm_states, state);
		script_set(script, &record);
		script_act(script,
			   &(struct act){ .vm = vm, .action = action->name });
	}
	for (i = 0; i < phase; i++)
		script_done(script, script_machine(script, vm)->token, true,
			    "running");
	return script_machine(script, vm)->action != NULL;
}

static void interrupt(struct writer *writer, const char *vm, const char *way)
{
	struct script *script = writer->script;
	const struct machine *machine = script_machine(script, vm);
	json_int_t late = machine->token;
	bool ok = random_below(&writer->random, 2) == 0;
	json_int_t first;

	script_act(script, &(struct act){ .vm = vm, .action = way });
	script_done(script, late, ok, any_power(writer));
	if (random_below(&writer->random, 3) == 0) { /* twice, impatiently */
		first = machine->token;
		script_act(script, &(struct act){ .vm = vm, .action = way });
		script_done(script, first, true, any_power(writer));
	}
	script_done(script, late, !ok, any_power(writer));
	script_done(script, machine->token,
		    random_below(&writer->random, 8) > 0, any_power(writer));
	script_done(script, late, ok, any_power(writer));
	script_sync(script);
}

static void try(struct writer *writer, const char *vm, const char *host,
		const struct action *action, size_t phase, const char *way)
{
	const struct machine *machine;

	if (!take_to(writer, vm, host, action, phase))
		return;
	machine = script_machine(writer->script, vm);
	if (!model_refusal(writer->script->model, machine, action_named(way),
			   false))
		interrupt(writer, vm, way);
}

void interrupt_all(struct writer *writer, const char *const *ways,
		   const char *host)
{
	char vm[NAME_SIZE];
	unsigned count = 0;
	size_t i, phase;

	script_host_down(writer->script, "down");
	for (; *ways; ways++)
		for (i = 0; i < ACTION_COUNT; i++)
			for (phase = 0; phase < action_phases(&actions[i]);
			     phase++) {
				(void)snprintf(vm, sizeof vm, "%.12s%u", *ways,
					       ++count);
				try(writer, vm,
				    strcmp(actions[i].name, "evacuate") == 0
					    ? "down"
					    : host,
				    &actions[i], phase, *ways);
			}
}
