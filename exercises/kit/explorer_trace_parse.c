/* explorer_trace_parse.c - the strict reader of traces: see explorer_trace.h */
#include "explorer_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

struct reader {
	const char *at;
	unsigned line; /* that was read last */
	struct error *err;
};

static int wrong(const struct reader *reader, const char *expected)
{
	return error_set(reader->err, EINVAL, "trace: line %u: expected %s",
			 reader->line, expected);
}

/* The next line without its newline; false: none, or longer than any is. */
static bool next_line(struct reader *reader,
		      char line[static EXPLORER_TRACE_LINE_MAX])
{
	size_t size = strcspn(reader->at, "\n");

	reader->line++;
	if (reader->at[size] != '\n' || size >= EXPLORER_TRACE_LINE_MAX)
		return false;
	memcpy(line, reader->at, size);
	line[size] = '\0';
	reader->at += size + 1;
	return true;
}

/* What stands behind "@key " on the next line. */
static int read_value(struct reader *reader, const char *key,
		      char value[static EXPLORER_TRACE_LINE_MAX])
{
	char line[EXPLORER_TRACE_LINE_MAX];
	size_t size = strlen(key);

	if (!next_line(reader, line) || strncmp(line, key, size) != 0 ||
	    line[size] != ' ')
		return wrong(reader, key);
	memcpy(value, line + size + 1, strlen(line + size + 1) + 1);
	return 0;
}

/* A number as printf() writes it, at **text; moves *text behind it. */
static bool take_number(const char **text, uint64_t most, uint64_t *ret)
{
	const char *at = *text;
	uint64_t value = 0;

	if (*at < '0' || *at > '9' ||
	    (at[0] == '0' && at[1] >= '0' && at[1] <= '9'))
		return false;
	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*text = at;
	*ret = value;
	return true;
}

static int read_number(struct reader *reader, const char *key, uint64_t most,
		       uint64_t *ret)
{
	char value[EXPLORER_TRACE_LINE_MAX];
	const char *at = value;
	int r = read_value(reader, key, value);

	if (r < 0)
		return r;
	if (!take_number(&at, most, ret) || *at)
		return wrong(reader, "a number that is not too large");
	return 0;
}

/* One of the names that @name_of gives the numbers below @count. */
static int read_name(struct reader *reader, const char *key,
		     const char *(*name_of)(uint32_t), uint32_t count,
		     uint32_t *ret)
{
	char value[EXPLORER_TRACE_LINE_MAX];
	int r = read_value(reader, key, value);
	uint32_t i;

	if (r < 0)
		return r;
	for (i = 0; i < count; i++)
		if (strcmp(name_of(i), value) == 0) {
			*ret = i;
			return 0;
		}
	return wrong(reader, key);
}

static int read_scenario(struct reader *reader, struct explorer_trace *trace)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	char value[EXPLORER_TRACE_LINE_MAX];
	int r = read_value(reader, "scenario", value);

	if (r < 0)
		return r;
	if (!*value || value[strspn(value, letters)] ||
	    strlen(value) >= sizeof trace->scenario)
		return wrong(reader, "the name of a scenario");
	memcpy(trace->scenario, value, strlen(value) + 1);
	return 0;
}

static int read_program(struct reader *reader, struct explorer_trace *trace)
{
	char value[EXPLORER_TRACE_LINE_MAX];
	int r = read_value(reader, "program", value);
	size_t size = strlen(value);

	if (r < 0)
		return r;
	if (strcmp(value, "-") == 0)
		return 0;
	if (size == 0 || size >= sizeof trace->program ||
	    value[strspn(value, "0123456789abcdef")])
		return wrong(reader, "a program's digest");
	memcpy(trace->program, value, size + 1);
	return 0;
}

static int read_result(struct reader *reader, struct explorer_trace *trace)
{
	char value[EXPLORER_TRACE_LINE_MAX];
	int r = read_value(reader, "result", value);

	if (r < 0)
		return r;
	if (strlen(value) != 16 || value[strspn(value, "0123456789abcdef")])
		return wrong(reader, "a hash");
	trace->result = strtoull(value, NULL, 16);
	return 0;
}

static int read_head(struct reader *reader, struct explorer_trace *trace)
{
	char flags[EXPLORER_TRACE_LINE_MAX];
	uint64_t format, steps_max;
	int r;

	if ((r = read_number(reader, "explorer-trace", UINT32_MAX, &format)) <
	    0)
		return r;
	if (format != EXPLORER_TRACE_FORMAT)
		return wrong(reader, "format 1");
	if ((r = read_scenario(reader, trace)) < 0 ||
	    (r = read_number(reader, "seed", UINT64_MAX, &trace->steps.seed)) <
		    0 ||
	    (r = read_value(reader, "flags", flags)) < 0)
		return r;
	if (!explorer_flags_parse(flags, &trace->flags))
		return wrong(reader, "flags, in their order");
	if ((r = read_number(reader, "steps-max", UINT32_MAX, &steps_max)) <
		    0 ||
	    (r = read_name(reader, "strategy", explore_strategy_name,
			   EXPLORE_STRATEGY_MAX, &trace->strategy)) < 0 ||
	    (r = read_name(reader, "outcome", explore_outcome_name,
			   EXPLORE_OUTCOME_MAX, &trace->outcome)) < 0 ||
	    (r = read_program(reader, trace)) < 0)
		return r;
	trace->steps_max = (uint32_t)steps_max;
	return read_result(reader, trace);
}

static int read_segment(struct reader *reader, struct explore_segment *ret)
{
	char line[EXPLORER_TRACE_LINE_MAX];
	const char *at = line;
	uint64_t thread, ops;
	uint32_t flags;

	if (!next_line(reader, line) ||
	    !take_number(&at, EXPLORE_THREADS_MAX - 1, &thread) ||
	    *at++ != ' ' || !take_number(&at, UINT32_MAX, &ops))
		return wrong(reader, "a segment");
	for (flags = 0; flags <= EXPLORE_WOKEN; flags++)
		if (strcmp(explorer_segment_word(flags), at) == 0)
			break;
	if (flags > EXPLORE_WOKEN || (flags == 0) != (ops > 0))
		return wrong(reader, "a segment");
	*ret = (struct explore_segment){
		.thread = (uint16_t)thread,
		.flags = (uint16_t)flags,
		.ops = (uint32_t)ops,
	};
	return 0;
}

static int read_choice(struct reader *reader, struct explore_choice *ret)
{
	char line[EXPLORER_TRACE_LINE_MAX];
	const char *at = line;
	uint64_t thread, op, value;

	if (!next_line(reader, line) ||
	    !take_number(&at, EXPLORE_THREADS_MAX - 1, &thread) ||
	    *at++ != ' ' || !take_number(&at, UINT32_MAX, &op) ||
	    *at++ != ' ' || !take_number(&at, UINT16_MAX, &value) || *at)
		return wrong(reader, "a choice");
	*ret = (struct explore_choice){
		.thread = (uint16_t)thread,
		.value = (uint16_t)value,
		.op = (uint32_t)op,
	};
	return 0;
}

/* All there can be at once: whoever parses knows no better size. */
struct room {
	struct explore_segment segments[EXPLORE_SEGMENTS_MAX];
	struct explore_choice choices[EXPLORE_CHOICES_MAX];
};

static int read_steps(struct reader *reader, struct room *room,
		      struct explorer_steps *ret)
{
	uint64_t segments, choices, i;
	int r = read_number(reader, "segments", EXPLORE_SEGMENTS_MAX,
			    &segments);

	for (i = 0; r == 0 && i < segments; i++)
		r = read_segment(reader, &room->segments[i]);
	if (r == 0)
		r = read_number(reader, "choices", EXPLORE_CHOICES_MAX,
				&choices);
	for (i = 0; r == 0 && i < choices; i++)
		r = read_choice(reader, &room->choices[i]);
	if (r < 0)
		return r;
	*ret = (struct explorer_steps){
		.seed = ret->seed,
		.segments = room->segments,
		.choices = room->choices,
		.segment_count = (uint32_t)segments,
		.choice_count = (uint32_t)choices,
	};
	return 0;
}

int explorer_trace_parse(const char *text, struct explorer_trace *ret,
			 struct error *err)
{
	struct reader reader = { .at = text, .err = err };
	AUTO_FREE struct room *room = malloc(sizeof *room);
	struct explorer_trace trace = { 0 };
	char line[EXPLORER_TRACE_LINE_MAX];
	int r;

	if (!room)
		return error_set(err, ENOMEM, "out of memory");
	r = read_head(&reader, &trace);
	if (r == 0)
		r = read_steps(&reader, room, &trace.steps);
	if (r < 0)
		return r;
	if (!next_line(&reader, line) || strcmp(line, "end") != 0 || *reader.at)
		return wrong(&reader, "the end");
	trace.memory = TAKE_PTR(room);
	*ret = trace;
	return 0;
}
