/* step.c - see step.h */
#include "step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

void script_add(struct script *script, struct step step)
{
	if (script->count == script->size) {
		script->size = script->size ? 2 * script->size : 64;
		script->steps = realloc(script->steps,
					script->size * sizeof script->steps[0]);
		if (!script->steps)
			judge_broken("out of memory");
	}
	script->steps[script->count++] = step;
}

void script_release(struct script *script)
{
	free(script->steps);
	*script = (struct script){ 0 };
}

/* Every body has characters that JSON escapes, or that take several bytes. */
char *step_body(unsigned seq, unsigned size)
{
	static const char *const beginnings[] = {
		"resize vm %u",          "boot \"vm-%u\"",        "C:\\vm\\%u",
		"d\xc3\xa9j\xc3\xa0 %u", "line %u\nand one more", "{\"vm\":%u}",
		"\xf0\x9f\x90\x87 %u",
	};
	const char *beginning =
		beginnings[seq % (sizeof beginnings / sizeof beginnings[0])];
	size_t room = (size_t)size + 64;
	char *body = malloc(room);
	size_t length;

	if (!body)
		judge_broken("out of memory");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(body, room, beginning, seq);
#pragma GCC diagnostic pop
	length = strlen(body);
	while (length < size) {
		body[length] = (char)('a' + (seq + length) % 26);
		length++;
	}
	body[length] = '\0';
	return body;
}

unsigned step_seq(const char *mid)
{
	char copy[24];
	unsigned seq;

	if (sscanf(mid, "m%9u", &seq) != 1)
		return 0;
	(void)snprintf(copy, sizeof copy, "m%u", seq);
	return strcmp(copy, mid) == 0 ? seq : 0;
}

static json_t *declare(const struct step *step)
{
	const struct settings *settings = &step->settings;
	json_t *line = json_pack("{s:s, s:o}", "op", "declare", "q",
				 json_sprintf("q%u", step->queue));

	if (settings->max_len)
		json_object_set_new(line, "max_len",
				    json_integer(settings->max_len));
	if (settings->reject_publish)
		json_object_set_new(line, "overflow",
				    json_string("reject-publish"));
	if (settings->ttl)
		json_object_set_new(line, "ttl", json_integer(settings->ttl));
	if (settings->limit != STEP_NO_LIMIT)
		json_object_set_new(line, "limit",
				    json_integer(settings->limit));
	if (settings->dlq)
		json_object_set_new(line, "dlq",
				    json_sprintf("q%u", settings->dlq));
	return line;
}

static json_t *publish(const struct step *step)
{
	char *body = step_body(step->number, step->size);
	json_t *line = json_pack("{s:s, s:i, s:o, s:o, s:s, s:b}", "op",
				 "publish", "seq", step->number, "q",
				 json_sprintf("q%u", step->queue), "mid",
				 json_sprintf("m%u", step->number), "body",
				 body, "mandatory", step->mandatory);

	free(body);
	return line;
}

static json_t *step_line(const struct step *step)
{
	switch (step->op) {
	case STEP_DECLARE:
		return declare(step);
	case STEP_PUBLISH:
		return publish(step);
	case STEP_CONSUME:
		return json_pack("{s:s, s:i, s:o, s:i}", "op", "consume", "ch",
				 step->number, "q",
				 json_sprintf("q%u", step->queue), "prefetch",
				 step->prefetch);
	case STEP_ACK:
		return json_pack("{s:s, s:i, s:i, s:b}", "op", "ack", "ch",
				 step->number, "tag", step->tag, "multiple",
				 step->multiple);
	case STEP_NACK:
		return json_pack("{s:s, s:i, s:i, s:b, s:b}", "op", "nack",
				 "ch", step->number, "tag", step->tag,
				 "multiple", step->multiple, "requeue",
				 step->requeue);
	case STEP_CLOSE:
		return json_pack("{s:s, s:i}", "op", "close", "ch",
				 step->number);
	case STEP_TICK:
		return json_pack("{s:s, s:i}", "op", "tick", "ms", step->ms);
	case STEP_SYNC:
		return json_pack("{s:s, s:i}", "op", "sync", "n", step->number);
	case STEP_KILL:
	default:
		return NULL;
	}
}

char *step_text(const struct step *step)
{
	json_t *line = step_line(step);
	size_t length = json_dumpb(line, NULL, 0, JSON_COMPACT);
	char *text = malloc(length + 2);

	if (!text || length == 0)
		judge_broken("a step that is no line");
	(void)json_dumpb(line, text, length, JSON_COMPACT);
	text[length] = '\n';
	text[length + 1] = '\0';
	json_decref(line);
	return text;
}
