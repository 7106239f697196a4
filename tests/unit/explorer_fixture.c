/* explorer_fixture.c - see explorer_fixture.h */
#include "explorer_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned char *put(unsigned char *at, const void *from, size_t count,
			  size_t size)
{
	if (count > 0)
		memcpy(at, from, count * size);
	return at + count * size;
}

void *explorer_bytes(const struct explorer_parts *parts, size_t *size)
{
	struct explore_entry entry = parts->entry;
	unsigned char *bytes, *at;

	entry.findings = parts->finding != NULL;
	entry.segments = parts->segment_count;
	entry.choices = parts->choice_count;
	entry.calls = parts->call_count;
	entry.events = parts->event_count;
	*size = sizeof entry + entry.findings * sizeof *parts->finding +
		entry.segments * sizeof *parts->segments +
		entry.choices * sizeof *parts->choices +
		entry.calls * sizeof *parts->calls +
		entry.events * sizeof *parts->events;
	entry.bytes = (uint32_t)*size;
	bytes = malloc(*size);
	assert_non_null(bytes);
	at = put(bytes, &entry, 1, sizeof entry);
	at = put(at, parts->finding, entry.findings, sizeof *parts->finding);
	at = put(at, parts->segments, entry.segments, sizeof *parts->segments);
	at = put(at, parts->choices, entry.choices, sizeof *parts->choices);
	at = put(at, parts->calls, entry.calls, sizeof *parts->calls);
	(void)put(at, parts->events, entry.events, sizeof *parts->events);
	return bytes;
}

struct explorer_run explorer_made(const struct explorer_parts *parts)
{
	struct explorer_run run;
	struct error err = { 0 };
	size_t size;
	void *bytes = explorer_bytes(parts, &size);

	if (explorer_run_parse(bytes, size, &run, &err) < 0)
		fail_msg("%s", err.text);
	free(bytes);
	return run;
}

struct explorer_parts explorer_full(void)
{
	static const struct explore_segment segments[] = {
		{ .thread = 0, .ops = 3 },
		{ .thread = 1, .ops = 2 },
		{ .thread = 0, .flags = EXPLORE_TIMED_OUT },
		{ .thread = 0, .ops = 2 },
	};
	static const struct explore_choice choices[] = {
		{ .thread = 1, .value = 1, .op = 2 },
	};
	static const struct explore_call calls[] = {
		{ .invoked = 1, .completed = 6, .thread = 0, .kind = 1 },
		{ .invoked = 7, .completed = 10, .thread = 1, .kind = 2 },
		{ .invoked = 11, .thread = 0, .kind = 2 },
	};
	static const struct explore_event events[] = {
		{ .step = 1,
		  .thread = 0,
		  .kind = EXPLORE_WRITE,
		  .address = 0x1000,
		  .value = 7,
		  .place = { .depth = 1, .pc = { 0x400100 } } },
		{ .step = 4,
		  .thread = 1,
		  .kind = EXPLORE_READ,
		  .address = 0x1000,
		  .value = 7,
		  .place = { .depth = 2, .pc = { 0x400200, 0x400300 } } },
	};
	static const struct explore_finding finding = {
		.text = "a race",
		.thread = 1,
		.accesses = 2,
		.access = { { .thread = 0, .kind = EXPLORE_WRITE, .size = 8 },
			    { .thread = 1, .kind = EXPLORE_READ, .size = 8 } },
		.threads = 2,
		.thread_of = { { .holder = -1 },
			       { .state = EXPLORE_WAITS, .holder = 0 } },
	};

	return (struct explorer_parts){
		.entry = { .outcome = EXPLORE_RACE,
			   .schedule = 5,
			   .seed = 77,
			   .result = 0xabcdef,
			   .strategy = EXPLORE_POS,
			   .threads = 2,
			   .steps = 7,
			   .preemptions = 1 },
		.finding = &finding,
		.segments = segments,
		.segment_count = 4,
		.choices = choices,
		.choice_count = 1,
		.calls = calls,
		.call_count = 3,
		.events = events,
		.event_count = 2,
	};
}
