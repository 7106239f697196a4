/* test_walks.c - the properties that a walk tries; see tests.h */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "interrupt.h"
#include "states.h"
#include "walk.h"

#define NAME_SIZE 40

/* What machines do most; the rest of the table is for test_sequences(). */
#define DAILY "start stop pause unpause suspend resume soft_reboot hard_reboot"

/* A machine in @vm_state; one that is resized has been, from another host. */
static void place(struct writer *writer, const char *vm, const char *vm_state,
		  bool stopped)
{
	struct script *script = writer->script;
	struct record record = {
		.vm = vm, .vm_state = vm_state, .power = "running", .host = "h1"
	};

	if (strcmp(vm_state, "resized") != 0) {
		script_set(script, &record);
		return;
	}
	record.vm_state = stopped ? "stopped" : "active";
	script_set(script, &record);
	script_act(script,
		   &(struct act){ .vm = vm, .action = "resize", .host = "h2" });
	script_finish(script, vm, stopped ? "shutdown" : "running");
}

/* From @vm_state to the end of @action, which fails in phase @fails, if it has
 * such. */
static void live(struct writer *writer, const struct action *action,
		 const char *vm_state, size_t fails, bool stopped)
{
	struct script *script = writer->script;
	char vm[NAME_SIZE];
	size_t phase;

	(void)snprintf(vm, sizeof vm, "%.24s-%zu-%s", action->name, fails,
		       stopped ? "off" : "on");
	place(writer, vm, vm_state, stopped);
	script_act(script, &(struct act){ .vm = vm,
					  .action = action->name,
					  .host = "h3",
					  .offload = stopped });
	for (phase = 0; phase < fails && phase < action_phases(action); phase++)
		script_done(script, script_machine(script, vm)->token, true,
			    stopped ? "shutdown" : "running");
	if (script_machine(script, vm)->action)
		script_done(script, script_machine(script, vm)->token,
			    fails > action_phases(action),
			    stopped ? "shutdown" : "running");
}

/* Every row of the table, from every vm_state that it is let pass in. */
static void live_all(struct writer *writer)
{
	size_t i, k, fails;

	for (i = 0; i < ACTION_COUNT; i++)
		for (k = 0; k < VM_STATES; k++) {
			if (strcmp(actions[i].vm_states, "any") == 0 ||
			    !action_lists(actions[i].vm_states, vm_states[k]))
				continue;
			for (fails = 0; fails <= action_phases(&actions[i]);
			     fails++) {
				live(writer, &actions[i], vm_states[k], fails,
				     false);
				live(writer, &actions[i], vm_states[k], fails,
				     true);
			}
		}
}

void test_sequences(struct writer *writer)
{
	live_all(writer);
	walk(writer, &(struct mix){ .act = 30,
				    .preempt = 8,
				    .done = 56,
				    .fail = 6,
				    .actions = DAILY
				    " rescue unrescue resize confirm_resize"
				    " revert_resize live_migrate"
				    " live_migrate_force_complete"
				    " live_migrate_abort shelve shelve_offload"
				    " unshelve snapshot backup rebuild evacuate"
				    " soft_delete restore",
				    .interrupts = "hard_reboot"
						  " live_migrate_force_complete"
						  " live_migrate_abort",
				    .host_fails = true });
}

void test_stale(struct writer *writer)
{
	static const char *const reboot[] = { "hard_reboot", NULL };
	static const char *const evacuate[] = { "evacuate", NULL };

	interrupt_all(writer, reboot, "h1");
	interrupt_all(writer, evacuate, "down");
	walk(writer, &(struct mix){ .act = 25,
				    .preempt = 10,
				    .done = 30,
				    .fail = 5,
				    .doubled = 10,
				    .stale = 15,
				    .made_up = 5,
				    .actions = DAILY " evacuate snapshot",
				    .interrupts = "hard_reboot evacuate",
				    .host_fails = true });
}

void test_commit(struct writer *writer)
{
	walk(writer, &(struct mix){ .act = 20,
				    .done = 35,
				    .check = 25,
				    .commit = 20,
				    .actions = DAILY });
}
