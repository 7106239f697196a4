/* talk.c - see talk.h */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>

#include "story.h"

static void send_lines(struct dialogue *dialogue, const struct script *script,
		       size_t from, size_t until)
{
	char *lines = NULL;
	size_t size = 0;
	FILE *text = open_memstream(&lines, &size);
	size_t i;

	for (i = from; text && i < until; i++) {
		(void)json_dumpf(script->exchanges[i].line, text,
				 JSON_COMPACT);
		(void)fputc('\n', text);
	}
	if (!text || fclose(text) != 0)
		judge_broken("no memory for lines");
	dialogue_send_text(dialogue, lines, size);
	free(lines);
}

uint64_t talk(struct judge *judge, struct dialogue *dialogue,
	      const struct script *script, size_t from, size_t until)
{
	const struct exchange *exchange;
	uint64_t began = history_now_ns();
	json_t *wanted;
	json_t *came;
	size_t i, k;

	send_lines(dialogue, script, from, until);
	for (i = from; i < until; i++) {
		exchange = &script->exchanges[i];
		json_array_foreach (exchange->answers, k, wanted) {
			came = dialogue_next(dialogue,
					     "it has lines to answer");
			if (!json_equal(came, wanted))
				story_fail(judge, dialogue, script, i, k,
					   came);
			json_decref(came);
		}
	}
	return history_now_ns() - began;
}
