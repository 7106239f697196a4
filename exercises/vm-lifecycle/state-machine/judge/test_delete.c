/*
 * test_delete.c - a delete wins over whatever goes on
 *
 * Each action is taken to each of its phases and interrupted there by each way
 * of deleting. Then the interrupted phase is done all the same, late, and twice.
 */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "states.h"

#define NAME_SIZE 32

static const char *const ways[] = { "delete", "force_delete", "soft_delete" };

#define WAYS (sizeof(ways) / sizeof(ways[0]))

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

/* A machine called @vm in phase @phase of @action. */
static void take_to(struct writer *writer, const char *vm,
		    const struct action *action, size_t phase)
{
	struct script *script = writer->script;
	char state[NAME_SIZE];
	struct record record = { .vm = vm, .power = "running", .host = "h1" };
	size_t i;

	if (strcmp(action->name, "create") == 0) {
		script_create(script, vm, "h1");
	} else {
		record.vm_state = one_state(action->vm_states, state);
		if (strcmp(action->name, "evacuate") == 0)
			record.host = "down";
		script_set(script, &record);
		script_act(script,
			   &(struct act){ .vm = vm, .action = action->name });
	}
	for (i = 0; i < phase; i++)
		script_done(script, script_machine(script, vm)->token, true,
			    "running");
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

void test_delete(struct writer *writer)
{
	char vm[NAME_SIZE];
	size_t i, phase, way;
	unsigned count = 0;

	script_host_down(writer->script, "down");
	for (i = 0; i < ACTION_COUNT; i++)
		for (phase = 0; phase < action_phases(&actions[i]); phase++)
			for (way = 0; way < WAYS; way++) {
				(void)snprintf(vm, sizeof vm, "vm%u", ++count);
				take_to(writer, vm, &actions[i], phase);
				interrupt(writer, vm, ways[way]);
			}
}
