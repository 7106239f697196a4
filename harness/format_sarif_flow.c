/*
 * What threads did, as code flows.
 *
 * Stacks are written from the outside inwards: in a thread flow, what is later
 * comes later.
 */
#include <assay/cleanup.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "format_parts.h"
#include "format_sarif.h"
#include "report_parts.h"
#include "text.h"

/* ---- places ---- */

/* A path of the candidate's: relative, and never upwards. */
static bool is_within(const char *path)
{
	const char *part;

	if (*path == '\0' || *path == '/' || *path == '<')
		return false;
	for (part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 &&
		    (part[2] == '/' || part[2] == '\0'))
			return false;
	}
	return true;
}

/* RFC 3986: all that is not unreserved is written as a number. */
static char *uri_of(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c < 0x80 && isalnum(c)) || strchr("-._~/", c))
			(void)fputc(c, out);
		else
			(void)fprintf(out, "%%%02X", c);
	}
	text_stream_close(out, &text);
	return text;
}

json_t *sarif_artifact(const char *path)
{
	AUTO_FREE char *uri = NULL;
	json_t *artifact;

	if (!is_within(path))
		return NULL;
	uri = uri_of(path);
	artifact = json_pack("{ss, ss}", "uri", uri, "uriBaseId", SARIF_BASE);
	ENOUGH(artifact);
	return artifact;
}

static json_t *physical(const char *path, double line, double column)
{
	json_t *artifact = sarif_artifact(path), *place, *region;

	if (!artifact)
		return NULL;
	place = json_object();
	report_set(place, "artifactLocation", artifact);
	if (line < 1)
		return place;
	region = json_object();
	report_set(region, "startLine", json_integer((json_int_t)line));
	if (column >= 1)
		report_set(region, "startColumn",
			   json_integer((json_int_t)column));
	report_set(place, "region", region);
	return place;
}

json_t *sarif_location(const char *path, double line, double column,
		       const char *function, const char *message)
{
	json_t *place = physical(path, line, column);
	json_t *location = json_object();

	ENOUGH(location);
	if (place)
		report_set(location, "physicalLocation", place);
	if (function && *function) {
		json_t *logical = json_array(), *name = json_object();

		report_set(name, "name", report_text(function));
		report_set(name, "kind", report_text("function"));
		report_append(logical, name);
		report_set(location, "logicalLocations", logical);
	}
	if (message && *message)
		report_set(location, "message", sarif_message(message));
	if (json_object_size(location) == 0) {
		json_decref(location);
		return NULL;
	}
	return location;
}

/* ---- stacks ---- */

void sarif_add_step(json_t *steps, json_t *location, long order)
{
	json_t *step = json_object();

	ENOUGH(step);
	report_set(step, "location", location);
	if (order >= 0)
		report_set(step, "executionOrder", json_integer(order));
	report_append(steps, step);
}

/* The innermost frame says @what. */
static json_t *steps_of_stack(const json_t *frames, const char *what)
{
	json_t *steps = json_array();
	size_t i;

	ENOUGH(steps);
	for (i = json_array_size(frames); i > 0; i--) {
		const json_t *frame = json_array_get(frames, i - 1);
		json_t *location = sarif_location(
			format_string(frame, "file"),
			format_number(frame, "line"), 0,
			format_string(frame, "function"), i == 1 ? what : "");

		if (location)
			sarif_add_step(steps, location, -1);
	}
	if (json_array_size(steps) == 0)
		sarif_add_step(steps, sarif_location("", 0, 0, NULL, what), -1);
	return steps;
}

void sarif_add_thread(json_t *threads, const char *id, json_t *steps)
{
	json_t *thread = json_object();

	ENOUGH(thread);
	report_set(thread, "id", report_text(id));
	report_set(thread, "locations", steps);
	report_append(threads, thread);
}

json_t *sarif_flow_new(json_t *threads, const char *message)
{
	json_t *flow;

	if (json_array_size(threads) == 0) {
		json_decref(threads);
		return NULL;
	}
	flow = json_object();
	report_set(flow, "message", sarif_message(message));
	report_set(flow, "threadFlows", threads);
	return flow;
}

json_t *sarif_flow_of_stacks(const json_t *race)
{
	json_t *threads = json_array(), *flow, *flows;
	const json_t *stack;
	size_t i;

	ENOUGH(threads);
	json_array_foreach (json_object_get(race, "stacks"), i, stack) {
		AUTO_FREE char *id = text_format("stack %zu", i + 1);
		AUTO_FREE char *what = text_line(format_string(stack, "what"));

		sarif_add_thread(
			threads, id,
			steps_of_stack(json_object_get(stack, "frames"),
				       *what ? what : id));
	}
	flow = sarif_flow_new(threads, format_string(race, "kind"));
	if (!flow)
		return NULL;
	flows = json_array();
	report_append(flows, flow);
	return flows;
}

/* ---- where threads were ---- */

/* "waits for a mutex, which thread 2 holds" */
static char *state_of(const json_t *thread)
{
	const char *what = format_string(thread, "waits.for");
	const char *object = format_string(thread, "waits.object");
	double holder = format_number(thread, "waits.held_by");

	if (json_is_true(json_object_get(thread, "crashed")))
		return text_format("crashed here");
	if (json_is_true(json_object_get(thread, "refused")))
		return text_format("made the refused call");
	if (!*what)
		return text_format("state %s", format_string(thread, "state"));
	if (holder > 0)
		return text_format("waits for a %s%s%s, which thread %.0f "
				   "holds",
				   what, *object ? " " : "", object, holder);
	return text_format("waits (%s%s%s)", what, *object ? " " : "", object);
}

static json_t *flow_of_threads(const json_t *test)
{
	json_t *flows = json_array();
	const json_t *thread;
	size_t i;

	ENOUGH(flows);
	json_array_foreach (json_object_get(test, "threads"), i, thread) {
		AUTO_FREE char *id = text_format(
			"thread %.0f", format_number(thread, "number"));
		AUTO_FREE char *state = state_of(thread);

		sarif_add_thread(
			flows, id,
			steps_of_stack(json_object_get(thread, "frames"),
				       state));
	}
	return sarif_flow_new(flows, "where each thread was");
}

json_t *sarif_flows_of_test(const json_t *view, const json_t *test)
{
	json_t *flows = json_array();
	json_t *flow = flow_of_threads(test);
	const json_t *trace;
	size_t i;

	ENOUGH(flows);
	if (flow)
		report_append(flows, flow);
	json_array_foreach (json_object_get(test, "traces"), i, trace) {
		flow = sarif_flow_of_schedule(view, trace);
		if (flow)
			report_append(flows, flow);
	}
	if (json_array_size(flows) > 0)
		return flows;
	json_decref(flows);
	return NULL;
}

static json_t *place_of_thread(const json_t *thread)
{
	const json_t *frame;
	size_t i;

	json_array_foreach (json_object_get(thread, "frames"), i, frame)
		if (is_within(format_string(frame, "file")))
			return sarif_location(format_string(frame, "file"),
					      format_number(frame, "line"), 0,
					      format_string(frame, "function"),
					      NULL);
	return NULL;
}

/* Who crashed or was refused goes before who was only there. */
json_t *sarif_place_of_test(const json_t *test)
{
	const json_t *threads = json_object_get(test, "threads"), *thread;
	json_t *place = NULL;
	size_t i;

	json_array_foreach (threads, i, thread)
		if (json_is_true(json_object_get(thread, "crashed")) ||
		    json_is_true(json_object_get(thread, "refused")))
			return place_of_thread(thread);
	json_array_foreach (threads, i, thread) {
		place = place_of_thread(thread);
		if (place)
			break;
	}
	return place;
}
