/* test_example.c - the example of README.md, line by line; see example.h */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "dialogue.h"
#include "example.h"

#define LINES (sizeof example / sizeof example[0])

static void send(struct dialogue *dialogue, const char *line)
{
	char text[DIALOGUE_LINE_MAX];

	(void)snprintf(text, sizeof text, "%s\n", line);
	dialogue_send_text(dialogue, text, strlen(text));
}

/* Take @line out of @due, the texts that may come now. */
static bool was_due(json_t *due, const json_t *line)
{
	json_t *text;
	json_t *parsed;
	bool same;
	size_t i;

	json_array_foreach (due, i, text) {
		parsed = json_loads(json_string_value(text), 0, NULL);
		same = json_equal(parsed, line);
		json_decref(parsed);
		if (!same)
			continue;
		json_array_remove(due, i);
		return true;
	}
	return false;
}

/* Whether it confirms a publish whose return is due yet. */
static bool is_before_return(const json_t *due, const json_t *line)
{
	const json_t *seq = json_object_get(line, "seq");
	const json_t *text;
	bool found = false;
	size_t i;

	if (strcmp(json_string_value(json_object_get(line, "op")), "confirm") !=
	    0)
		return false;
	json_array_foreach (due, i, text) {
		json_t *other = json_loads(json_string_value(text), 0, NULL);
		const char *op = json_string_value(
			json_object_get(other, "op"));

		found |= strcmp(op, "return") == 0 &&
			 json_equal(json_object_get(other, "seq"), seq);
		json_decref(other);
	}
	return found;
}

static bool same_field(const json_t *a, const json_t *b, const char *key)
{
	const json_t *left = json_object_get(a, key);
	const json_t *right = json_object_get(b, key);

	return (!left && !right) || json_equal(left, right);
}

/* Of the lines that are due, the one that @line may have been meant to be: of
 * the same op, and about the same thing; otherwise the next one. */
static const char *meant(const json_t *due, const json_t *line)
{
	static const char *const keys[] = { "op", "seq", "n", "ch" };
	const char *found = NULL;
	json_t *text, *parsed;
	size_t i, k;

	json_array_foreach (due, i, text) {
		bool same = true;

		parsed = json_loads(json_string_value(text), 0, NULL);
		for (k = 0; k < sizeof keys / sizeof *keys; k++)
			same = same && same_field(parsed, line, keys[k]);
		json_decref(parsed);
		if (same && !found)
			found = json_string_value(text);
	}
	return found ? found : json_string_value(json_array_get(due, 0));
}

/* @line came, and none like it is due. */
__attribute__((noreturn)) static void
fail_example(struct dialogue *dialogue, json_t *due, const json_t *line,
	     bool early)
{
	const char *other = meant(due, line);

	if (early)
		dialogue_fail(dialogue,
			      "the synced came before all that"
			      " earlier lines cause was written; %s is missing",
			      json_string_value(json_array_get(due, 0)));
	dialogue_fail(dialogue, "the last line is not one that is due here;"
				" README.md has %s%s",
		      other, json_array_size(due) > 1 ? ", among others" : "");
}

/* The lines of the example that come from @at on, in any order, but the last
 * of them last, and a return before its confirm. Returns where they end. */
static size_t await(struct dialogue *dialogue, size_t at)
{
	json_t *due = json_array();
	json_t *line;

	for (; at < LINES && example[at][0] == '<'; at++)
		json_array_append_new(due, json_string(example[at] + 2));
	while (json_array_size(due) > 0) {
		bool last = json_array_size(due) == 1;
		bool was;

		line = dialogue_next(dialogue, "the example goes on");
		was = was_due(due, line);
		if (!was || (!last && strcmp(dialogue_text(dialogue, line, "op"),
					     "synced") == 0))
			fail_example(dialogue, due, line, was);
		if (is_before_return(due, line))
			dialogue_fail(dialogue,
				      "a mandatory publish is confirmed before"
				      " it is returned");
		json_decref(line);
	}
	json_decref(due);
	return at;
}

void test_example(struct judge *judge)
{
	struct dialogue *dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	size_t i = 0;

	judge_property(judge, "the example in README.md goes as it says there");
	while (i < LINES) {
		if (example[i][0] == '<') {
			i = await(dialogue, i);
			continue;
		}
		if (example[i][0] == '>')
			send(dialogue, example[i] + 2);
		else
			dialogue_restart(dialogue, true);
		i++;
	}
	dialogue_finish(dialogue);
	judge_pass(judge, 1.0);
}
