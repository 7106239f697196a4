/*
 * test_table.c - the guards, in every state there is
 *
 * A record is set, an action asked for, and a barrier put behind it, for each
 * of the 12 vm_states with each of the 43 task_states. Only the answer counts:
 * a program that is wrong about one cell is asked for all others as well, and
 * told all that it is wrong about. What has to be accepted and what has to be
 * refused are tests of their own, so that neither is had by saying always the
 * same.
 */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "states.h"

#define KINDS_MAX 12 /* of wrong answers */
#define SHOWN_EACH 3 /* of one kind */
#define CELLS (VM_STATES * TASK_STATES)
#define ASKED_MAX (2 * CELLS) /* of one action, by ask_cell() */
#define NAME_MAX_LENGTH 64

/* One question, and the answer that it has to have. */
struct question {
	struct record record;
	json_t *answer;
};

/* Wrong in the same way: "409 not_launched, has to be 409 vm_state". */
struct kind {
	char text[2 * NAME_MAX_LENGTH + 16];
	size_t count;
};

struct table {
	struct judge *judge;
	struct dialogue *dialogue;
	struct script script; /* of one action */
	struct random random;
	bool accepts; /* only what has to be accepted, or the rest */
	struct question questions[ASKED_MAX];
	size_t asked;
	size_t tried, wrong; /* over all actions */
	size_t accepted;     /* of the shown ones */
	json_t *shown;       /* texts of some wrong ones; accepted first */
	struct kind kinds[KINDS_MAX]; /* the last takes all further ones */
	size_t kind_count;
};

static void ask(struct table *table, const struct action *action,
		const struct record *record)
{
	struct script *script = &table->script;
	struct question *question = &table->questions[table->asked];
	const struct machine machine = {
		.vm_state = record->vm_state,
		.task_state = record->task_state,
		.host = record->host,
		.launched = !record->unlaunched,
	};
	bool refused = model_refusal(script->model, &machine, action, false);

	if (refused == table->accepts)
		return;
	script_set(script, record);
	script_act(script,
		   &(struct act){ .vm = record->vm, .action = action->name });
	question->record = *record;
	question->answer = json_array_get(
		script->exchanges[script->count - 1].answers, 0);
	script_sync(script);
	table->asked++;
}

/* One cell: as it should be, and with one thing more that may refuse. */
static void ask_cell(struct table *table, const struct action *action,
		     const char *vm_state, const char *task_state)
{
	struct record record = {
		.vm = "vm",
		.vm_state = vm_state,
		.task_state = task_state,
		.power = powers[random_below(&table->random, POWERS)],
		.host = strcmp(action->name, "evacuate") == 0 ? "down" : "up",
	};

	ask(table, action, &record);
	switch (random_below(&table->random, 3)) {
	case 0:
		record.unlaunched = true;
		break;
	case 1:
		record.host = NULL;
		break;
	default:
		record.host = *record.host == 'd' ? "up" : "down";
		break;
	}
	ask(table, action, &record);
}

static struct kind *kind_of(struct table *table, const char *text)
{
	size_t i;

	for (i = 0; i < table->kind_count; i++)
		if (strcmp(table->kinds[i].text, text) == 0)
			return &table->kinds[i];
	if (i == KINDS_MAX) {
		(void)snprintf(table->kinds[KINDS_MAX - 1].text,
			       sizeof table->kinds[0].text, "others");
		return &table->kinds[KINDS_MAX - 1];
	}
	table->kind_count++;
	(void)snprintf(table->kinds[i].text, sizeof table->kinds[i].text, "%s",
		       text);
	return &table->kinds[i];
}

static int by_count(const void *left, const void *right)
{
	const struct kind *a = left, *b = right;

	return (a->count < b->count) - (a->count > b->count);
}

/* The kinds, most frequent first. */
static json_t *kinds_told(struct table *table)
{
	json_t *lines = json_array();
	size_t i;

	qsort(table->kinds, table->kind_count, sizeof *table->kinds, by_count);
	for (i = 0; i < table->kind_count; i++)
		json_array_append_new(lines,
				      json_sprintf("%5zu times  %s",
						   table->kinds[i].count,
						   table->kinds[i].text));
	return lines;
}

static void note(struct table *table, const struct action *action,
		 const struct question *question, const json_t *came)
{
	const struct record *record = &question->record;
	const json_t *sides[] = { came, question->answer };
	char answers[2][NAME_MAX_LENGTH];
	char line[6 * NAME_MAX_LENGTH], both[2 * NAME_MAX_LENGTH + 16];
	const char *attr;
	size_t i;

	table->wrong++;
	for (i = 0; i < 2; i++) {
		attr = json_string_value(json_object_get(sides[i], "attr"));
		(void)snprintf(answers[i], sizeof answers[i], "%lld%s%.40s",
			       (long long)json_integer_value(
				       json_object_get(sides[i], "code")),
			       attr ? " " : "", attr ? attr : "");
	}
	(void)snprintf(both, sizeof both, "%s, has to be %s", answers[0],
		       answers[1]);
	if (kind_of(table, both)->count++ >= SHOWN_EACH)
		return;
	(void)snprintf(
		line, sizeof line, "%s in %s, %s%s%s%s: %s",
		action->name, record->vm_state,
		record->task_state ? record->task_state : "no task",
		record->unlaunched ? ", never launched" : "",
		record->host ? ", on host " : ", on no host",
		record->host ? record->host : "", both);
	if (json_integer_value(json_object_get(came, "code")) == 202)
		json_array_insert_new(table->shown, table->accepted++,
				      json_string(line));
	else
		json_array_append_new(table->shown, json_string(line));
}

/* Beside the answer: there, but what is in them is for other tests. */
static void check_other(struct table *table, const struct question *question,
			const json_t *line)
{
	struct dialogue *dialogue = table->dialogue;
	const char *op = dialogue_text(dialogue, line, "op");

	if (strcmp(op, "state") != 0 && strcmp(op, "cast") != 0)
		dialogue_fail(dialogue, "a line \"%s\" comes, which there is"
					" not", op);
	if (strcmp(dialogue_text(dialogue, line, "vm"),
		   question->record.vm) != 0)
		dialogue_fail(dialogue, "a line \"%s\" is about a machine that"
					" there is not", op);
}

/* All that comes before the barrier of a question; the answer among it. */
static void hear(struct table *table, const struct action *action,
		 const struct question *question, json_int_t barrier)
{
	struct dialogue *dialogue = table->dialogue;
	static const char *const synced[] = { "op", "n", NULL };
	json_t *came = NULL;
	const char *op;
	json_t *line;

	for (;; json_decref(line)) {
		line = dialogue_next(dialogue, "it has lines to answer");
		op = dialogue_text(dialogue, line, "op");
		if (strcmp(op, "synced") == 0)
			break;
		if (strcmp(op, "resp") != 0) {
			check_other(table, question, line);
			continue;
		}
		if (came || !json_equal(json_object_get(line, "id"),
					json_object_get(question->answer,
							"id")))
			dialogue_fail(dialogue, "%s is answered more than once,"
						" or before it was asked for",
				      action->name);
		came = json_incref(line);
	}
	dialogue_only(dialogue, line, synced);
	if (dialogue_number(dialogue, line, "n", 0, INT64_MAX) != barrier)
		dialogue_fail(dialogue,
			      "the barrier that comes is not the one"
			      " that was asked for, which is %lld",
			      (long long)barrier);
	json_decref(line);
	if (!came)
		dialogue_fail(dialogue,
			      "%s is not answered before the barrier"
			      " behind it",
			      action->name);
	table->tried++;
	if (!json_equal(came, question->answer))
		note(table, action, question, came);
	json_decref(came);
}

static void play(struct table *table, const struct action *action)
{
	struct script *script = &table->script;
	json_int_t barrier = script->syncs - (json_int_t)table->asked;
	size_t i;

	for (i = 0; i < script->count; i++)
		dialogue_send(table->dialogue,
			      json_incref(script->exchanges[i].line));
	for (i = 0; i < table->asked; i++)
		hear(table, action, &table->questions[i], ++barrier);
}

/* Each cell once, in another order each time. */
static void try_action(struct table *table, const struct action *action,
		       struct script *numbers)
{
	static const uint32_t steps[] = { 5, 7, 11, 13 }; /* none divides */
	uint32_t step = steps[random_below(&table->random, 4)];
	uint32_t cell = random_below(&table->random, CELLS);
	size_t i;

	script_init(&table->script);
	table->script.ids = numbers->ids;
	table->script.syncs = numbers->syncs;
	table->asked = 0;
	script_host_down(&table->script, "down");
	for (i = 0; i < CELLS; i++) {
		ask_cell(table, action, vm_states[cell % VM_STATES],
			 task_states[cell / VM_STATES]);
		cell = (cell + step) % CELLS;
	}
	play(table, action);
	numbers->ids = table->script.ids;
	numbers->syncs = table->script.syncs;
	script_release(&table->script);
}

/* The actions of parameter "actions", one after the other. */
static void try_actions(struct table *table)
{
	const char *names = judge_param_text(table->judge, "actions");
	struct script numbers = { .ids = 0 };
	size_t i;

	for (i = 0; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, "create") != 0 &&
		    action_lists(names, actions[i].name))
			try_action(table, &actions[i], &numbers);
}

__attribute__((noreturn)) static void test_table(struct judge *judge,
						 bool accepts)
{
	struct table *table = calloc(1, sizeof *table);

	if (!table)
		judge_broken("no memory");
	table->judge = judge;
	table->dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	table->random = random_from(judge_seed(judge));
	table->accepts = accepts;
	table->shown = json_array();
	try_actions(table);
	dialogue_finish(table->dialogue);
	judge_metric(judge, "states_tried", (double)table->tried, "");
	if (table->wrong == 0)
		judge_pass(judge, 1.0);
	judge_expected(judge, "the answer of the guards in %zu states",
		       table->tried);
	judge_actual(judge, "another one in %zu of them", table->wrong);
	judge_trace(judge, "wrong answers, by kind", kinds_told(table));
	judge_trace(judge, "some of each kind", table->shown);
	judge_fail(judge,
		   "%zu of %zu answers are not those of the table; %zu of"
		   " them: %s",
		   table->wrong, table->tried, table->kinds[0].count,
		   table->kinds[0].text);
}

void test_accept(struct judge *judge)
{
	judge_property(judge, "an action is accepted where all guards of its"
			      " row let it pass");
	test_table(judge, true);
}

void test_refuse(struct judge *judge)
{
	judge_property(judge, "an action is refused by the first guard of its"
			      " row that does not let it pass");
	test_table(judge, false);
}
