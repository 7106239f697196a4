/* judge.c - parameters, events and verdict: see judge.h */
#define _GNU_SOURCE /* ppoll, sigabbrev_np */
#include "judge.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "judge_inner.h"

void judge_broken(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("judge: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(2);
}

/* ---- events ---- */

static json_int_t number(const json_t *event, const char *key)
{
	const json_t *value = json_object_get(event, key);

	if (!json_is_integer(value))
		judge_broken("event without a number \"%s\"", key);
	return json_integer_value(value);
}

/* What is not there is 0. */
static json_int_t number_if_any(const json_t *event, const char *key)
{
	return json_integer_value(json_object_get(event, key));
}

static void note_probe(struct judge *judge, const json_t *event)
{
	judge->probe = (struct judge_probe){
		.cpu_us = (uint64_t)number(event, "cpu_us"),
		.threads = (unsigned)number(event, "threads"),
		.running = (unsigned)number(event, "running"),
		.alive = json_is_true(json_object_get(event, "alive")),
		.syncs = (uint64_t)number_if_any(event, "syncs"),
		.syncs_held = (unsigned)number_if_any(event, "syncs_held"),
	};
	judge->probed = true;
}

static void note_threads(struct judge *judge, const json_t *event)
{
	judge->for_good = json_is_true(json_object_get(event, "for_good"));
	judge->inspected_alive = json_is_true(json_object_get(event, "alive"));
	judge->inspected = true;
}

static void note_ended(struct judge *judge, const json_t *event)
{
	const char *outcome = json_string_value(
		json_object_get(event, "outcome"));
	int status = (int)number(event, "exit_status");
	const char *name = sigabbrev_np((int)number(event, "signal"));
	char *to = judge->ending;
	size_t room = sizeof judge->ending;

	judge->ended = true;
	judge->ended_well = false;
	if (!outcome)
		judge_broken("\"ended\" without an outcome");
	if (strcmp(outcome, "exited") == 0) {
		judge->ended_well = status == 0;
		judge->exited = true;
		(void)snprintf(to, room, "the program exited with status %d",
			       status);
	} else if (strcmp(outcome, "signaled") == 0) {
		(void)snprintf(to, room, "the program was killed by %s%s",
			       name ? "SIG" : "a signal", name ? name : "");
	} else {
		(void)snprintf(to, room, "the program was stopped: %s",
			       outcome);
	}
}

void judge_take_events(struct judge *judge)
{
	struct error err = { 0 };
	const char *type;
	json_t *event;
	int r;

	while ((r = events_next(&judge->events, &event, &err)) > 0) {
		type = json_string_value(json_object_get(event, "type"));
		if (type && strcmp(type, "probe") == 0)
			note_probe(judge, event);
		else if (type && strcmp(type, "threads") == 0)
			note_threads(judge, event);
		else if (type && strcmp(type, "ended") == 0)
			note_ended(judge, event);
		json_decref(event);
	}
	if (r < 0)
		judge_broken("%s", err.text);
}

void judge_sleep_until(const struct judge *judge, int fd, uint64_t until_ns)
{
	struct pollfd ready[] = {
		{ .fd = judge->events.fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	uint64_t now_ns = history_now_ns();
	uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	struct timespec left = {
		.tv_sec = (time_t)(left_ns / 1000000000u),
		.tv_nsec = (long)(left_ns % 1000000000u),
	};

	(void)ppoll(ready, fd >= 0 ? 2 : 1, &left, NULL);
}

struct judge *judge_start(void)
{
	struct judge *judge = calloc(1, sizeof *judge);
	struct error err = { 0 };
	uint64_t until_ns = history_now_ns() + JUDGE_HARNESS_NS;
	int r;

	if (!judge)
		judge_broken("out of memory");
	(void)signal(SIGPIPE, SIG_IGN);
	judge->started_ns = history_now_ns();
	judge->property = "";
	events_init(&judge->events, STDIN_FILENO);
	while ((r = events_next(&judge->events, &judge->params, &err)) == 0) {
		if (history_now_ns() > until_ns)
			judge_broken("no parameters came");
		judge_sleep_until(judge, -1, until_ns);
	}
	if (r < 0)
		judge_broken("%s", err.text);
	judge->history_bytes = (size_t)number(judge->params, "history_bytes");
	return judge;
}

const char *judge_test(const struct judge *judge)
{
	const char *test = json_string_value(
		json_object_get(judge->params, "test"));

	return test ? test : "";
}

uint64_t judge_seed(const struct judge *judge)
{
	return (uint64_t)number(judge->params, "seed");
}

static const json_t *param(const struct judge *judge, const char *name)
{
	const json_t *params = json_object_get(judge->params, "params");
	const json_t *value = json_object_get(params, name);

	if (!value)
		judge_broken("test %s has no parameter \"%s\"",
			     judge_test(judge), name);
	return value;
}

json_int_t judge_param(const struct judge *judge, const char *name)
{
	return json_integer_value(param(judge, name));
}

const char *judge_param_text(const struct judge *judge, const char *name)
{
	const char *text = json_string_value(param(judge, name));

	return text ? text : "";
}

bool judge_param_at(const struct judge *judge, const char *name, size_t index,
		    json_int_t *ret)
{
	const json_t *list = param(judge, name);

	*ret = json_integer_value(json_array_get(list, index));
	return index < json_array_size(list);
}

const char *judge_param_text_at(const struct judge *judge, const char *name,
				size_t index)
{
	return json_string_value(json_array_get(param(judge, name), index));
}

void judge_need_history(const struct judge *judge, size_t calls)
{
	size_t room = history_capacity(judge->history_bytes);

	if (calls > room)
		judge_broken("test %s may make %zu calls on one thread and has"
			     " history for %zu: raise its history_kib",
			     judge_test(judge), calls, room);
}

/* ---- verdict lines ---- */

/* Whoever cannot be written to has gone, and so do we. */
void judge_write_line(json_t *line)
{
	AUTO_FREE char *text = json_dumps(line, JSON_COMPACT);
	size_t size = text ? strlen(text) : 0;
	size_t done = 0;
	ssize_t put;

	json_decref(line);
	if (!text || size + 1 >= ASSAY_JUDGE_LINE_MAX)
		judge_broken("a verdict line cannot be written");
	text[size++] = '\n'; /* takes the place of the final NUL */
	while (done < size) {
		put = write(ASSAY_JUDGE_VERDICT_FD, text + done, size - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			judge_broken("verdict: %s", strerror(errno));
		done += (size_t)put;
	}
}

void judge_property(struct judge *judge, const char *sentence)
{
	judge->property = sentence;
}

void judge_metric(struct judge *judge, const char *name, double value,
		  const char *unit)
{
	(void)judge;
	judge_write_line(json_pack("{s:s,s:s,s:f,s:s}", "type", "metric",
				   "name", name, "value", value, "unit", unit));
}

void judge_trace(struct judge *judge, const char *title, json_t *lines)
{
	(void)judge;
	judge_write_line(json_pack("{s:s,s:s,s:o}", "type", "trace", "title",
				   title, "lines", lines));
}

__attribute__((format(printf, 2, 0))) static void
keep_text(json_t **place, const char *format, va_list args)
{
	json_decref(*place);
	*place = json_vsprintf(format, args);
}

void judge_expected(struct judge *judge, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_text(&judge->expected, format, args);
	va_end(args);
}

void judge_actual(struct judge *judge, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_text(&judge->actual, format, args);
	va_end(args);
}

void judge_pass(struct judge *judge, double score)
{
	judge_write_line(json_pack("{s:s,s:s,s:f,s:s,s:s}", "type", "verdict",
				   "status", "pass", "score", score, "property",
				   judge->property, "message", ""));
	exit(0);
}

void judge_late(struct judge *judge)
{
	judge->late = true;
}

void judge_fail(struct judge *judge, const char *format, ...)
{
	va_list args;
	json_t *line;
	json_t *message;

	va_start(args, format);
	message = json_vsprintf(format, args);
	va_end(args);
	line = json_pack("{s:s,s:s,s:f,s:s,s:o}", "type", "verdict", "status",
			 "fail", "score", 0.0, "property", judge->property,
			 "message", message);
	if (line && judge->stuck)
		(void)json_object_set_new(line, "stuck", json_true());
	if (line && judge->crashed)
		(void)json_object_set_new(line, "crashed", json_true());
	if (line && judge->late)
		(void)json_object_set_new(line, "late", json_true());
	if (line && judge->expected)
		(void)json_object_set(line, "expected", judge->expected);
	if (line && judge->actual)
		(void)json_object_set(line, "actual", judge->actual);
	judge_write_line(line);
	exit(0);
}
