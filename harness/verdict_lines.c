#include "verdict_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

void verdict_lines_init(struct verdict_lines *lines)
{
	*lines = (struct verdict_lines){
		.metrics = json_array(),
		.traces = json_array(),
	};
	CHECK(lines->metrics && lines->traces);
}

void verdict_lines_release(struct verdict_lines *lines)
{
	free(lines->buffer);
	json_decref(lines->metrics);
	json_decref(lines->traces);
	json_decref(lines->verdict);
	*lines = (struct verdict_lines){ 0 };
}

/* Every key of @object but "type" is one of the NULL-terminated @keys. */
static int check_keys(json_t *object, const char *const *keys,
		      struct error *err)
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		size_t i;

		for (i = 0; keys[i] && strcmp(keys[i], key) != 0; i++)
			;
		if (!keys[i] && strcmp(key, "type") != 0)
			return error_set(err, EPROTO, "unknown key \"%.40s\"",
					 key);
	}
	return 0;
}

/* json_dumps() and other readers recurse; a report must not be too deep. */
static bool is_deeper(json_t *value, unsigned depth)
{
	const char *key;
	json_t *child;
	size_t i;

	if (!json_is_object(value) && !json_is_array(value))
		return false;
	if (depth == 0)
		return true;
	json_array_foreach (value, i, child) {
		if (is_deeper(child, depth - 1))
			return true;
	}
	json_object_foreach (value, key, child) {
		if (is_deeper(child, depth - 1))
			return true;
	}
	return false;
}

static bool is_string_or_absent(const json_t *value)
{
	return !value || json_is_string(value);
}

/* One per line at most, so there is room. */
static int take_request(struct verdict_lines *lines, json_t *object,
			enum verdict_request request, struct error *err)
{
	static const char *const keys[] = { NULL };
	int r = check_keys(object, keys, err);

	if (r == 0)
		lines->requests[lines->request_count++] = (uint8_t)request;
	return r;
}

static int take_probe(struct verdict_lines *lines, json_t *object,
		      struct error *err)
{
	return take_request(lines, object, VERDICT_REQUEST_PROBE, err);
}

static int take_hold_syncs(struct verdict_lines *lines, json_t *object,
			   struct error *err)
{
	return take_request(lines, object, VERDICT_REQUEST_HOLD_SYNCS, err);
}

static int take_release_syncs(struct verdict_lines *lines, json_t *object,
			      struct error *err)
{
	return take_request(lines, object, VERDICT_REQUEST_RELEASE_SYNCS, err);
}

static int take_threads(struct verdict_lines *lines, json_t *object,
			struct error *err)
{
	static const char *const keys[] = { NULL };
	int r = check_keys(object, keys, err);

	if (r == 0)
		lines->inspections++;
	return r;
}

static int take_metric(struct verdict_lines *lines, json_t *object,
		       struct error *err)
{
	static const char *const keys[] = { "name", "value", "unit", NULL };
	int r = check_keys(object, keys, err);

	if (r < 0)
		return r;
	if (!json_is_string(json_object_get(object, "name")) ||
	    !json_is_number(json_object_get(object, "value")) ||
	    !json_is_string(json_object_get(object, "unit")))
		return error_set(err, EPROTO,
				 "expected name, a number as value, and unit");
	(void)json_object_del(object, "type");
	CHECK(json_array_append(lines->metrics, object) == 0);
	return 0;
}

static int take_trace(struct verdict_lines *lines, json_t *object,
		      struct error *err)
{
	static const char *const keys[] = { "title", "lines", NULL };
	json_t *trace_lines = json_object_get(object, "lines");
	int r = check_keys(object, keys, err);
	json_t *line;
	size_t i;

	if (r < 0)
		return r;
	if (!json_is_string(json_object_get(object, "title")) ||
	    !json_is_array(trace_lines))
		return error_set(err, EPROTO,
				 "expected title and an array of lines");
	json_array_foreach (trace_lines, i, line) {
		if (!json_is_string(line))
			return error_set(err, EPROTO,
					 "lines[%zu]: expected a string", i);
	}
	(void)json_object_del(object, "type");
	CHECK(json_array_append(lines->traces, object) == 0);
	return 0;
}

/* The score of a verdict, checked and written back; without one, its default. */
static int settle_score(json_t *object, bool pass, struct error *err)
{
	json_t *score = json_object_get(object, "score");
	double value = json_number_value(score);

	if (!score) {
		CHECK(json_object_set_new(object, "score",
					  json_integer(pass)) == 0);
		return 0;
	}
	if (!json_is_number(score) || value < 0 || value > 1)
		return error_set(err, EPROTO,
				 "score: expected a number from 0 to 1");
	if (pass && value <= 0)
		return error_set(err, EPROTO, "score: a pass is above 0");
	return 0;
}

static int take_verdict(struct verdict_lines *lines, json_t *object,
			struct error *err)
{
	static const char *const keys[] = { "status",   "score",  "property",
					    "message",  "stuck",  "crashed",
					    "late",     "expected", "actual",
					    NULL };
	const json_t *stuck = json_object_get(object, "stuck");
	const json_t *crashed = json_object_get(object, "crashed");
	const json_t *late = json_object_get(object, "late");
	const char *status = json_string_value(
		json_object_get(object, "status"));
	int r = check_keys(object, keys, err);

	if (r < 0)
		return r;
	if (!status ||
	    (strcmp(status, "pass") != 0 && strcmp(status, "fail") != 0))
		return error_set(err, EPROTO,
				 "status: expected \"pass\" or \"fail\"");
	if (!is_string_or_absent(json_object_get(object, "property")) ||
	    !is_string_or_absent(json_object_get(object, "message")))
		return error_set(err, EPROTO,
				 "expected strings as property and message");
	if (stuck && !json_is_boolean(stuck))
		return error_set(err, EPROTO, "stuck: expected a boolean");
	if (crashed && !json_is_boolean(crashed))
		return error_set(err, EPROTO, "crashed: expected a boolean");
	if (late && !json_is_boolean(late))
		return error_set(err, EPROTO, "late: expected a boolean");
	r = settle_score(object, strcmp(status, "pass") == 0, err);
	if (r < 0)
		return r;
	(void)json_object_del(object, "type");
	lines->verdict = json_incref(object);
	return 0;
}

static const struct {
	const char *type;
	int (*take)(struct verdict_lines *lines, json_t *object,
		    struct error *err);
} takers[] = {
	{ "probe", take_probe },
	{ "hold-syncs", take_hold_syncs },
	{ "release-syncs", take_release_syncs },
	{ "threads", take_threads },
	{ "metric", take_metric },
	{ "trace", take_trace },
	{ "verdict", take_verdict },
};

static int take_line(struct verdict_lines *lines, const char *line, size_t size,
		     struct error *err)
{
	json_error_t parse;
	json_auto_t *object = json_loadb(line, size, JSON_REJECT_DUPLICATES,
					 &parse);
	const char *type;
	size_t i;

	if (lines->verdict)
		return error_set(err, EPROTO, "a line after the verdict");
	if (!object)
		return error_set(err, EPROTO, "%s", parse.text);
	type = json_string_value(json_object_get(object, "type"));
	if (!type)
		return error_set(err, EPROTO, "expected an object with a type");
	if (is_deeper(object, VERDICT_LINES_DEPTH_MAX))
		return error_set(err, EPROTO, "nested more than %d deep",
				 VERDICT_LINES_DEPTH_MAX);
	for (i = 0; i < sizeof takers / sizeof *takers; i++) {
		if (strcmp(takers[i].type, type) != 0)
			continue;
		if (takers[i].take(lines, object, err) < 0)
			return error_wrap(err, "%s", takers[i].type);
		return 0;
	}
	return error_set(err, EPROTO, "unknown type \"%.40s\"", type);
}

/* For @size more bytes; by doubling, as a judge may write byte by byte. */
static void make_room(struct verdict_lines *lines, size_t size)
{
	size_t room = lines->room ? lines->room : 4096;
	char *buffer;

	if (lines->used + size <= lines->room)
		return;
	while (room < lines->used + size)
		room *= 2;
	buffer = realloc(lines->buffer, room);
	ENOUGH(buffer);
	lines->buffer = buffer;
	lines->room = room;
}

/* The bytes up to a newline or to the end of what came, behind the buffer. */
static int take_part(struct verdict_lines *lines, const char *bytes,
		     size_t size, bool whole, struct error *err)
{
	int r;

	lines->bytes += size;
	if (lines->used + size > ASSAY_JUDGE_LINE_MAX)
		return error_set(err, EPROTO, "longer than %d bytes",
				 ASSAY_JUDGE_LINE_MAX);
	if (lines->bytes > VERDICT_LINES_BYTES_MAX)
		return error_set(err, EPROTO, "more than %u bytes in all",
				 VERDICT_LINES_BYTES_MAX);
	if (size > 0) {
		make_room(lines, size);
		memcpy(lines->buffer + lines->used, bytes, size);
		lines->used += size;
	}
	if (!whole)
		return 0;
	if (lines->lines == ASSAY_JUDGE_LINES_MAX)
		return error_set(err, EPROTO, "more than %d lines",
				 ASSAY_JUDGE_LINES_MAX);
	r = take_line(lines, lines->buffer ? lines->buffer : "", lines->used,
		      err);
	lines->lines++;
	lines->used = 0;
	return r;
}

/* Keys and values that a text quotes may hold anything. */
static int line_error(struct error *err, unsigned number)
{
	AUTO_FREE char *text = NULL;

	if (!err)
		return -EPROTO;
	text = text_line(err->text);
	return error_set(err, EPROTO, "verdict line %u: %s", number, text);
}

int verdict_lines_feed(struct verdict_lines *lines, const char *bytes,
		       size_t size, struct error *err)
{
	const char *end = bytes + size;

	if (lines->broken)
		return error_set(err, EPROTO, "an earlier line was wrong");
	while (bytes < end) {
		const char *newline = memchr(bytes, '\n',
					     (size_t)(end - bytes));
		const char *stop = newline ? newline : end;
		unsigned number = lines->lines + 1;

		if (take_part(lines, bytes, (size_t)(stop - bytes),
			      newline != NULL, err) < 0) {
			lines->broken = true;
			return line_error(err, number);
		}
		bytes = newline ? newline + 1 : end;
	}
	return 0;
}

int verdict_lines_finish(struct verdict_lines *lines, struct error *err)
{
	if (lines->broken)
		return error_set(err, EPROTO, "an earlier line was wrong");
	if (lines->used > 0)
		return error_set(err, EPROTO,
				 "verdict line %u: ends in the middle",
				 lines->lines + 1);
	if (!lines->verdict)
		return error_set(err, EPROTO, "no verdict came");
	return 0;
}
