/*
 * judge.c - the judge of guide/store
 *
 * A script is made from the seed; while it is played, the model says what the
 * program must answer. Each step may be left out, and what is right without it
 * is still known, so a failure is shown by the few lines that it takes.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "dialogue.h"
#include "judge.h"

#define STEPS_MAX 2000
#define REHEARSALS 60
#define SETTLE_MS 2000

enum step_kind { PUT, DELETE, GET, COMMIT, CRASH };

struct step {
	enum step_kind kind;
	char key[8];
	json_int_t number; /* the value, or that of the commit */
};

struct script {
	struct step steps[STEPS_MAX];
};

/* What the store holds now, and what it held at the last commit. */
struct model {
	json_t *now;
	json_t *durable;
};

/* ---- one step ---- */

static void check_value(struct dialogue *dialogue, const char *key,
			const json_t *value)
{
	static const char *const keys[] = { "op", "key", "value", NULL };
	json_t *line = dialogue_next(dialogue, "answering a get");
	const json_t *said = json_object_get(line, "value");

	dialogue_only(dialogue, line, keys);
	if (strcmp(dialogue_text(dialogue, line, "op"), "value") != 0 ||
	    strcmp(dialogue_text(dialogue, line, "key"), key) != 0)
		dialogue_fail(dialogue,
			      "a get of \"%s\" is not answered by its"
			      " value",
			      key);
	if (!said)
		dialogue_fail(dialogue, "the answer has no \"value\"");
	if (!json_equal(said, value ? value : json_null()))
		dialogue_fail(dialogue, "\"%s\" has another value", key);
	json_decref(line);
}

static void check_committed(struct dialogue *dialogue, json_int_t number)
{
	static const char *const keys[] = { "op", "n", NULL };
	json_t *line = dialogue_next(dialogue, "answering a commit");

	dialogue_only(dialogue, line, keys);
	if (strcmp(dialogue_text(dialogue, line, "op"), "committed") != 0)
		dialogue_fail(dialogue, "a commit is not answered by"
					" \"committed\"");
	(void)dialogue_number(dialogue, line, "n", number, number);
	json_decref(line);
}

static void put(struct dialogue *dialogue, struct model *model,
		const struct step *step)
{
	json_object_set_new(model->now, step->key, json_integer(step->number));
	dialogue_send(dialogue, json_pack("{s:s,s:s,s:I}", "op", "put", "key",
					  step->key, "value", step->number));
}

static void commit(struct dialogue *dialogue, struct model *model,
		   json_int_t number)
{
	dialogue_send(dialogue,
		      json_pack("{s:s,s:I}", "op", "commit", "n", number));
	check_committed(dialogue, number);
	json_decref(model->durable);
	model->durable = json_copy(model->now);
}

static void take(struct dialogue *dialogue, struct model *model,
		 const struct step *step)
{
	switch (step->kind) {
	case PUT:
		put(dialogue, model, step);
		break;
	case DELETE:
		(void)json_object_del(model->now, step->key);
		dialogue_send(dialogue, json_pack("{s:s,s:s}", "op", "delete",
						  "key", step->key));
		break;
	case GET:
		dialogue_send(dialogue, json_pack("{s:s,s:s}", "op", "get",
						  "key", step->key));
		check_value(dialogue, step->key,
			    json_object_get(model->now, step->key));
		break;
	case COMMIT:
		commit(dialogue, model, step->number);
		break;
	case CRASH:
		dialogue_kill(dialogue);
		if (dialogue_left(dialogue))
			dialogue_fail(dialogue, "there was an answer to"
						" nothing");
		dialogue_restart(dialogue, true);
		json_decref(model->now);
		model->now = json_copy(model->durable);
		break;
	}
}

static void play(struct dialogue *dialogue, void *data, const size_t *items,
		 size_t count)
{
	struct model model = { json_object(), json_object() };
	const struct script *script = data;
	size_t i;

	for (i = 0; i < count; i++)
		take(dialogue, &model, &script->steps[items[i]]);
	json_decref(model.now);
	json_decref(model.durable);
}

/* ---- tests ---- */

static void check_steps(json_int_t steps)
{
	if (steps > STEPS_MAX)
		judge_broken("there are no more than %d steps", STEPS_MAX);
}

static void make_step(struct random *random, struct step *step, uint32_t keys,
		      enum step_kind kind)
{
	step->kind = kind;
	step->number = random_below(random, 1000000);
	(void)snprintf(step->key, sizeof step->key, "k%u",
		       random_below(random, keys));
}

static void test_answers(struct judge *judge, struct dialogue *dialogue)
{
	struct random random = random_from(judge_seed(judge));
	AUTO_FREE struct script *script = calloc(1, sizeof *script);
	uint32_t keys = (uint32_t)judge_param(judge, "keys");
	json_int_t steps = judge_param(judge, "steps");
	json_int_t i;

	ENOUGH(script);
	check_steps(steps);
	for (i = 0; i < steps; i++)
		make_step(&random, &script->steps[i], keys,
			  random_between(&random, PUT, GET));
	dialogue_play(dialogue, (size_t)steps, REHEARSALS, play, script);
}

/* Every key has a value from the first commit on, so that what is wrong here
 * is what a crash did. */
static void test_crashes(struct judge *judge, struct dialogue *dialogue)
{
	static const enum step_kind kinds[] = { PUT, PUT,    GET,
						GET, COMMIT, CRASH };
	struct random random = random_from(judge_seed(judge));
	AUTO_FREE struct script *script = calloc(1, sizeof *script);
	uint32_t keys = (uint32_t)judge_param(judge, "keys");
	json_int_t steps = judge_param(judge, "steps");
	json_int_t i;

	ENOUGH(script);
	check_steps(steps);
	for (i = 0; i < steps; i++) {
		make_step(&random, &script->steps[i], keys,
			  i < keys    ? PUT
			  : i == keys ? COMMIT
				      : kinds[random_below(&random, 6)]);
		if (i < keys)
			(void)snprintf(script->steps[i].key,
				       sizeof script->steps[i].key, "k%u",
				       (unsigned)i);
	}
	dialogue_play(dialogue, (size_t)steps, REHEARSALS, play, script);
}

/* Lines of the statement: "> " is sent, "< " must come. */
static void test_example(struct judge *judge, struct dialogue *dialogue)
{
	AUTO_FREE char *text = strdup(judge_param_text(judge, "example"));
	char *rest = text;
	char *line;
	json_t *expected;
	json_t *came;

	ENOUGH(text);
	while ((line = strsep(&rest, "\n"))) {
		expected = json_loads(line + 2, 0, NULL);
		if (!expected)
			judge_broken("the example has \"%s\"", line);
		if (*line == '>') {
			dialogue_send(dialogue, expected);
			continue;
		}
		came = dialogue_next(dialogue, "answering the example");
		if (!json_equal(came, expected))
			dialogue_fail(dialogue, "the statement has %s",
				      line + 2);
		json_decref(came);
		json_decref(expected);
	}
}

/* While no sync returns, nothing is committed. */
static void test_synced(struct judge *judge, struct dialogue *dialogue)
{
	struct random random = random_from(judge_seed(judge));
	struct step step = { PUT, "k", random_below(&random, 1000) };
	struct model model = { json_object(), json_object() };

	dialogue_hold_syncs(dialogue);
	put(dialogue, &model, &step);
	dialogue_send(dialogue, json_pack("{s:s,s:i}", "op", "commit", "n", 1));
	(void)dialogue_settle(dialogue, SETTLE_MS);
	if (dialogue_poll(dialogue, 0))
		dialogue_fail(dialogue, "the program answers the commit while"
					" none of its fsync() calls has"
					" returned");
	if (dialogue_syncs(dialogue) == 0)
		dialogue_fail(dialogue, "the program does not call fsync()");
	dialogue_release_syncs(dialogue);
	check_committed(dialogue, 1);
	json_decref(model.now);
	json_decref(model.durable);
}

static const struct {
	const char *name;
	const char *property;
	void (*run)(struct judge *judge, struct dialogue *dialogue);
} scenarios[] = {
	{ "example", "The example of the statement goes as it says.",
	  test_example },
	{ "answers", "A get returns what was put last.", test_answers },
	{ "crashes",
	  "A crash takes back what was not committed, and nothing"
	  " else.",
	  test_crashes },
	{ "synced", "\"committed\" comes after the disk has it.", test_synced },
};

int main(void)
{
	struct judge *judge = judge_start();
	const char *scenario = judge_param_text(judge, "scenario");
	struct dialogue *dialogue;
	size_t i;

	for (i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		if (strcmp(scenarios[i].name, scenario) != 0)
			continue;
		judge_property(judge, scenarios[i].property);
		dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
		scenarios[i].run(judge, dialogue);
		dialogue_finish(dialogue);
		judge_pass(judge, 1);
	}
	judge_broken("there is no scenario \"%s\"", scenario);
}
