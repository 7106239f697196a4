/* talk.c - see talk.h */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

#define REHEARSALS 40
#define WAITING "it has a line to answer"

/* ---- one line after the other ---- */

/* A script that is played without some of its lines. */
struct part {
	const struct script *script;
	struct model *model;
	/* By exchange of the script: the token before it, in this part; -1 if
	 * it is left out. */
	json_int_t *tokens;
};

/*
 * The token of a done line in this part: that of the same cast. 0, which is
 * nobody's, if that is left out. Tokens that the script made up stay so.
 */
static json_int_t token_in(const struct part *part, json_int_t token)
{
	const struct exchange *exchanges = part->script->exchanges;
	size_t i = part->script->count;

	if (token < 1 || token > model_tokens(part->script->model))
		return token;
	while (i-- > 0 && exchanges[i].tokens_before >= token)
		;
	if (part->tokens[i] < 0)
		return 0;
	return part->tokens[i] + token - exchanges[i].tokens_before;
}

static json_t *line_in(const struct part *part, size_t item)
{
	json_t *line = part->script->exchanges[item].line;
	const json_t *token = json_object_get(line, "token");
	json_t *copy = json_copy(line);

	if (token)
		json_object_set_new(copy, "token",
				    json_integer(token_in(
					    part, json_integer_value(token))));
	return copy;
}

static void part_init(struct part *part, const struct script *script)
{
	size_t i;

	part->script = script;
	part->model = model_new();
	part->tokens = calloc(script->count, sizeof *part->tokens);
	if (!part->tokens)
		judge_broken("no memory");
	for (i = 0; i < script->count; i++)
		part->tokens[i] = -1;
}

static void play(struct dialogue *dialogue, void *data, const size_t *items,
		 size_t count)
{
	struct exchange exchange = { .rule = "" };
	struct exchange before = exchange;
	struct part part;
	json_t *came;
	size_t i, k;

	part_init(&part, data);
	for (i = 0; i <= count; i++) {
		exchange.answers = json_array();
		if (i < count) {
			exchange.line = line_in(&part, items[i]);
			part.tokens[items[i]] = model_tokens(part.model);
		} else {
			exchange.line = json_pack("{s:s,s:i}", "op", "sync",
						  "n", 0);
		}
		exchange.rule = model_take(part.model, exchange.line,
					   exchange.answers);
		dialogue_send(dialogue, json_incref(exchange.line));
		for (k = 0; k < json_array_size(exchange.answers); k++) {
			came = dialogue_next(dialogue, WAITING);
			if (!json_equal(came,
					json_array_get(exchange.answers, k)))
				story_fail(dialogue, &before, &exchange, k,
					   came);
			json_decref(came);
		}
		json_decref(before.line);
		json_decref(before.answers);
		before = exchange;
	}
	json_decref(before.line);
	json_decref(before.answers);
	free(part.tokens);
	model_free(part.model);
}

void talk(struct dialogue *dialogue, struct script *script)
{
	dialogue_play(dialogue, script->count, REHEARSALS, play, script);
}

/* ---- at once ---- */

static void send_lines(struct dialogue *dialogue, const struct script *script,
		       size_t from, size_t until)
{
	char *lines = NULL;
	size_t size = 0;
	FILE *text = open_memstream(&lines, &size);
	size_t i;

	for (i = from; text && i < until; i++) {
		(void)json_dumpf(script->exchanges[i].line, text, JSON_COMPACT);
		(void)fputc('\n', text);
	}
	if (!text || fclose(text) != 0)
		judge_broken("no memory for lines");
	dialogue_send_text(dialogue, lines, size);
	free(lines);
}

uint64_t talk_at_once(struct dialogue *dialogue, const struct script *script,
		      size_t from, size_t until)
{
	static const struct exchange nothing = { .rule = "" };
	const struct exchange *exchanges = script->exchanges;
	uint64_t began = history_now_ns();
	json_t *wanted;
	json_t *came;
	size_t i, k;

	send_lines(dialogue, script, from, until);
	for (i = from; i < until; i++)
		json_array_foreach (exchanges[i].answers, k, wanted) {
			came = dialogue_next(dialogue, WAITING);
			if (!json_equal(came, wanted))
				story_fail(dialogue,
					   i > 0 ? &exchanges[i - 1] : &nothing,
					   &exchanges[i], k, came);
			json_decref(came);
		}
	return history_now_ns() - began;
}
