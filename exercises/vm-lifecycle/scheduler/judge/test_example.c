/*
 * test_example.c - the example of README.md, line by line
 *
 * In each of its places only one line is right, so it is compared as it
 * stands. The lines are those of exercise.json; that README.md shows the same
 * is a test of the project's.
 */
#include <string.h>

#include "dialogue.h"
#include "tests.h"

static void expect(struct dialogue *dialogue, const char *text)
{
	json_t *want = json_loads(text, 0, NULL);
	json_t *line;

	if (!want)
		judge_broken("the example has a line that is no JSON: %s",
			     text);
	line = dialogue_next(dialogue, "the example goes on");
	if (!json_equal(line, want))
		dialogue_fail(dialogue, "here the example has %s", text);
	json_decref(line);
	json_decref(want);
}

static void say(struct dialogue *dialogue, const char *text)
{
	json_t *line = json_loads(text, 0, NULL);

	if (!line)
		judge_broken("the example has a line that is no JSON: %s",
			     text);
	dialogue_send(dialogue, line);
}

void test_example(struct judge *judge)
{
	struct dialogue *dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	const char *line;
	size_t i;

	judge_property(judge, "the example goes as README.md has it");
	for (i = 0; (line = judge_param_text_at(judge, "lines", i)); i++)
		if (strncmp(line, "> ", 2) == 0)
			say(dialogue, line + 2);
		else
			expect(dialogue, line + 2);
	dialogue_finish(dialogue);
	judge_pass(judge, 1.0);
}
