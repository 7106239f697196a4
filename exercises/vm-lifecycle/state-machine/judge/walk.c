/* walk.c - see walk.h */
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "states.h"

#define MACHINES_MAX 4096
#define NAME_SIZE 16
#define RECENT_CHECKS 8
#define SYNC_EVERY 50
#define DRAWS 20 /* for a machine of the kind that is looked for */

static const char *const hosts[] = { "h1", "h2", "h3", "h4" };

#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

struct walk {
	struct random *random;
	struct script *script;
	const struct mix *mix;
	const struct machine *machines[MACHINES_MAX]; /* those that live */
	uint32_t count;
	unsigned born;
	unsigned used[ACTION_COUNT]; /* how often an action was asked for */
	json_t *last_done;           /* NULL: none yet */
	json_int_t checks[RECENT_CHECKS];
	size_t check_count;
};

static const char *any_host(struct walk *walk)
{
	return hosts[random_below(walk->random, HOSTS)];
}

static const char *any_power(struct walk *walk)
{
	return powers[random_below(walk->random, POWERS)];
}

/* Some are created; most are there already, which makes failures shorter. */
static const struct machine *bear(struct walk *walk)
{
	char name[NAME_SIZE];
	struct record record = { .vm = name,
				 .vm_state = "active",
				 .power = "running" };

	(void)snprintf(name, sizeof name, "vm%u", ++walk->born);
	record.host = any_host(walk);
	if (random_below(walk->random, 4) == 0)
		script_create(walk->script, name, record.host);
	else
		script_set(walk->script, &record);
	return script_machine(walk->script, name);
}

/* A machine that is in the middle of something, or not; NULL if none is found
 * soon. One that is deleted makes room for another. */
static const struct machine *find(struct walk *walk, bool busy)
{
	const struct machine **machine;
	unsigned i;

	for (i = 0; i < DRAWS; i++) {
		machine = &walk->machines[random_below(walk->random,
						       walk->count)];
		if (strcmp((*machine)->vm_state, "deleted") == 0)
			*machine = bear(walk);
		if (busy == ((*machine)->action != NULL))
			return *machine;
	}
	return NULL;
}

/* Of the actions that all guards let pass one that was asked for least, so that
 * those that are rarely possible are not missed; NULL if there is none. */
static const struct action *find_action(struct walk *walk,
					const struct machine *machine)
{
	const char *names = machine->action ? walk->mix->interrupts
					    : walk->mix->actions;
	uint32_t first = random_below(walk->random, ACTION_COUNT);
	size_t least = ACTION_COUNT;
	size_t each, i;

	for (i = 0; i < ACTION_COUNT; i++) {
		each = (first + i) % ACTION_COUNT;
		if (strcmp(actions[each].name, "create") != 0 &&
		    action_lists(names, actions[each].name) &&
		    !model_refusal(walk->script->model, machine, &actions[each],
				   false) &&
		    (least == ACTION_COUNT ||
		     walk->used[each] < walk->used[least]))
			least = each;
	}
	if (least == ACTION_COUNT)
		return NULL;
	walk->used[least]++;
	return &actions[least];
}

static bool act(struct walk *walk, const struct machine *machine,
		const char *op)
{
	const struct action *action;

	action = machine ? find_action(walk, machine) : NULL;
	if (!action)
		return false;
	script_act(
		walk->script,
		&(struct act){
			.op = op,
			.vm = machine->vm,
			.action = action->name,
			.host = random_below(walk->random, 4) > 0 &&
						action_lists("resize evacuate"
							     " live_migrate"
							     " unshelve",
							     action->name)
					? any_host(walk)
					: NULL,
			.offload = strcmp(action->name, "shelve") == 0 &&
				   random_below(walk->random, 2) == 0,
		});
	return true;
}

static void check(struct walk *walk)
{
	const struct machine *machine = find(walk, false);

	if (act(walk, machine, "check"))
		walk->checks[walk->check_count++ % RECENT_CHECKS] =
			walk->script->ids;
}

/* Sometimes twice, as the same one can be drawn again. */
static void commit(struct walk *walk)
{
	size_t count = walk->check_count < RECENT_CHECKS ? walk->check_count
							 : RECENT_CHECKS;

	if (count > 0)
		script_commit(walk->script,
			      walk->checks[random_below(walk->random,
							(uint32_t)count)]);
}

/* What the machine's host would most often say. */
static const char *likely_power(struct walk *walk,
				const struct machine *machine)
{
	if (random_below(walk->random, 4) == 0 ||
	    strcmp(machine->action->ends, "power") == 0)
		return any_power(walk);
	return strcmp(machine->action->ends, "stopped") == 0 ? "shutdown"
							     : "running";
}

static void done(struct walk *walk, bool ok)
{
	const struct machine *machine = find(walk, true);
	struct script *script = walk->script;

	if (!machine)
		return;
	script_done(script, machine->token, ok, likely_power(walk, machine));
	json_decref(walk->last_done);
	walk->last_done = json_incref(
		script->exchanges[script->count - 1].line);
}

static void done_again(struct walk *walk)
{
	if (walk->last_done)
		script_add(walk->script, json_incref(walk->last_done));
}

/* A token of one of the last operations that is nobody's now. */
static void done_late(struct walk *walk)
{
	json_int_t tokens = model_tokens(walk->script->model);
	json_int_t range = 4 * (json_int_t)walk->count;
	json_int_t token;
	uint32_t i;

	if (range > tokens)
		range = tokens;
	if (range == 0)
		return;
	token = tokens - random_below(walk->random, (uint32_t)range);
	for (i = 0; i < walk->count; i++)
		if (walk->machines[i]->token == token)
			return;
	script_done(walk->script, token, random_below(walk->random, 2) == 0,
		    any_power(walk));
}

static void done_made_up(struct walk *walk)
{
	json_int_t token = model_tokens(walk->script->model) + 1 +
			   random_below(walk->random, 1000);

	script_done(walk->script,
		    random_below(walk->random, 4) == 0 ? 0 : token, true,
		    any_power(walk));
}

/* True, and @weight taken from @draw, until the draw falls into it. */
static bool past(unsigned *draw, unsigned weight)
{
	if (*draw < weight)
		return false;
	*draw -= weight;
	return true;
}

static void step(struct walk *walk)
{
	const struct mix *mix = walk->mix;
	unsigned draw = random_below(
		walk->random, mix->act + mix->preempt + mix->done + mix->fail +
				      mix->doubled + mix->stale + mix->made_up +
				      mix->check + mix->commit);

	if (!past(&draw, mix->act))
		(void)act(walk, find(walk, false), NULL);
	else if (!past(&draw, mix->preempt))
		(void)act(walk, find(walk, true), NULL);
	else if (!past(&draw, mix->done))
		done(walk, true);
	else if (!past(&draw, mix->fail))
		done(walk, false);
	else if (!past(&draw, mix->doubled))
		done_again(walk);
	else if (!past(&draw, mix->stale))
		done_late(walk);
	else if (!past(&draw, mix->made_up))
		done_made_up(walk);
	else if (!past(&draw, mix->check))
		check(walk);
	else
		commit(walk);
}

void walk(struct writer *writer, const struct mix *mix)
{
	json_int_t machines = judge_param(writer->judge, "machines");
	size_t lines = (size_t)judge_param(writer->judge, "lines");
	struct walk *walk = calloc(1, sizeof *walk);
	bool fails = mix->host_fails;
	size_t middle;

	if (!walk || machines > MACHINES_MAX)
		judge_broken("no room for %lld machines", (long long)machines);
	walk->random = &writer->random;
	walk->script = writer->script;
	walk->mix = mix;
	while (walk->count < machines) {
		const struct machine *machine = bear(walk);

		walk->machines[walk->count++] = machine;
	}
	middle = walk->script->count + lines / 2;
	lines += walk->script->count;
	while (walk->script->count < lines) {
		if (fails && walk->script->count >= middle) {
			script_host_down(walk->script, any_host(walk));
			fails = false;
		}
		if (random_below(walk->random, SYNC_EVERY) == 0)
			script_sync(walk->script);
		step(walk);
	}
	json_decref(walk->last_done);
	free(walk);
}
