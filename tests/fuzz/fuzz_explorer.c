/*
 * fuzz_explorer.c - what the explorer's runtime writes, and traces
 *
 * Both come from where the candidate's code can write. The first byte says
 * what the rest is: a trace's text; an entry as it lies in memory; an answer
 * of several, to a command; or the parts of an entry, whose counts and sizes
 * are made to be right, so that what lies behind them is reached. Whatever is
 * taken must be as the headers say, and can be told as a story.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explorer.h"
#include "explorer_story.h"
#include "explorer_trace.h"

#define BYTES_MAX 65536
#define SCHEDULES 8
#define SEED 5

/* ---- entries ---- */

static void check_place(const struct explore_place *place)
{
	CHECK(place->depth <= EXPLORE_DEPTH_MAX);
}

static void check_finding(const struct explorer_run *run)
{
	const struct explore_finding *finding = run->finding;
	uint32_t i;

	fuzz_check_line(finding->text);
	CHECK(finding->thread < run->entry.threads);
	CHECK(finding->threads <= run->entry.threads);
	CHECK(finding->accesses <= 2);
	check_place(&finding->place);
	for (i = 0; i < finding->accesses; i++) {
		CHECK(finding->access[i].thread < run->entry.threads);
		check_place(&finding->access[i].place);
	}
	for (i = 0; i < finding->threads; i++) {
		CHECK(finding->thread_of[i].holder <
		      (int32_t)run->entry.threads);
		check_place(&finding->thread_of[i].place);
		check_place(&finding->thread_of[i].taken);
	}
}

static void check_calls(const struct explorer_run *run)
{
	uint32_t end[EXPLORE_THREADS_MAX] = { 0 };
	uint32_t i;

	for (i = 0; i < run->entry.calls; i++) {
		const struct explore_call *call = &run->calls[i];

		CHECK(call->thread < run->entry.threads);
		CHECK(call->invoked || !call->completed);
		CHECK(end[call->thread] != UINT32_MAX);
		CHECK(!call->invoked || call->invoked > end[call->thread]);
		end[call->thread] = call->completed ? call->completed
						    : UINT32_MAX;
	}
}

static void check_lines(json_t *lines)
{
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		CHECK(json_is_string(line));
		fuzz_check_line(json_string_value(line));
		CHECK(json_string_length(line) <= EXPLORER_STORY_WIDTH);
	}
	json_decref(lines);
}

static void tell(const struct explorer_run *run)
{
	const struct explorer_story story = { .run = run, .preemptions = 7 };
	char sentence[EXPLORER_SENTENCE_MAX], text[128];
	json_t *schedule = explorer_story_schedule(&story);
	AUTO_FREE uint64_t *pcs = NULL;
	size_t count = explorer_story_pcs(run, &pcs), i;

	for (i = 1; i < count; i++)
		CHECK(pcs[i - 1] < pcs[i]);
	explorer_story_sentence(&story, sentence);
	fuzz_check_line(sentence);
	explorer_story_preemptions(&story, text, sizeof text);
	fuzz_check_line(text);
	CHECK(json_array_size(schedule) <= EXPLORER_STORY_ROWS_MAX + 2);
	check_lines(schedule);
	check_lines(explorer_story_what(&story));
}

static void check_round_trip(const struct explorer_trace *trace);

static void check_run(const struct explorer_run *run)
{
	const struct explore_entry *entry = &run->entry;
	struct explorer_trace trace;
	uint32_t i;

	CHECK(entry->outcome < EXPLORE_OUTCOME_MAX);
	CHECK(entry->threads > 0 && entry->threads <= EXPLORE_THREADS_MAX);
	CHECK(!!run->finding == (entry->findings == 1));
	if (run->finding)
		check_finding(run);
	check_calls(run);
	for (i = 0; i < run->steps.segment_count; i++)
		CHECK(run->steps.segments[i].thread < entry->threads);
	for (i = 0; i < entry->events; i++) {
		CHECK(run->events[i].kind < EXPLORE_KIND_MAX);
		check_place(&run->events[i].place);
	}
	tell(run);
	trace = explorer_trace_of(run, "main", EXPLORE_RACES, 100, "");
	check_round_trip(&trace);
}

static void try_entry(const uint8_t *bytes, size_t size)
{
	struct explorer_run run = { 0 };
	struct error err = { 0 };
	int r = explorer_run_parse(bytes, size, &run, &err);

	CHECK(r == 0 || r == -EBADMSG);
	fuzz_check_result(r, &err);
	if (r < 0)
		return;
	CHECK(run.entry.bytes <= size);
	check_run(&run);
	explorer_run_release(&run);
}

static void try_answer(struct fuzz_input *input)
{
	struct explore_command command = explorer_search("main", 0, 100);
	struct explorer_answer answer = { 0 };
	struct error err = { 0 };
	size_t size, i;
	const char *bytes;
	int r;

	command.seed = SEED;
	command.schedules = SCHEDULES;
	command.nonce = 1;
	fuzz_copy(input, &answer.reply, sizeof answer.reply);
	answer.reply.nonce &= 1;
	bytes = fuzz_bytes(input, BYTES_MAX, &size);
	r = explorer_answer_parse(&command, bytes, size, &answer, &err);
	CHECK(r == 0 || r == -EBADMSG || r == -ENOENT);
	fuzz_check_result(r, &err);
	if (r < 0)
		return;
	CHECK(answer.count == answer.reply.entries);
	for (i = 0; i < answer.count; i++)
		check_run(&answer.runs[i]);
	explorer_answer_release(&answer);
}

/* ---- an entry whose counts are right ---- */

struct whole {
	struct explore_entry entry;
	struct explore_finding finding;
	struct explore_segment segments[4];
	struct explore_choice choices[2];
	struct explore_call calls[4];
	struct explore_event events[6];
};

static void lay_out_event(struct fuzz_input *input, uint32_t *step,
			  struct explore_event *event)
{
	*step += fuzz_byte(input) % 8;
	event->step = *step;
	event->thread = fuzz_byte(input) % 4;
	event->kind = fuzz_byte(input) % (EXPLORE_KIND_MAX + 1);
	event->address = fuzz_byte(input) % 4;
	event->value = fuzz_byte(input);
	event->place.depth = fuzz_byte(input) % 10;
	event->place.pc[0] = fuzz_byte(input);
}

/* One byte for each number that matters, so that a small input is all of an
 * entry. */
static void lay_out(struct fuzz_input *input, struct whole *whole)
{
	uint32_t step = 0;
	unsigned i;

	whole->entry = (struct explore_entry){
		.bytes = sizeof *whole,
		.threads = 3,
		.steps = 200,
		.findings = 1,
		.segments = 4,
		.choices = 2,
		.calls = 4,
		.events = 6,
	};
	whole->entry.outcome = fuzz_byte(input);
	whole->entry.preemptions = fuzz_byte(input) % 4;
	for (i = 0; i < 4; i++) {
		whole->segments[i].thread = fuzz_byte(input) % 4;
		whole->segments[i].flags = fuzz_byte(input) % 4;
		whole->segments[i].ops = fuzz_byte(input) % 64;
	}
	for (i = 0; i < 6; i++)
		lay_out_event(input, &step, &whole->events[i]);
	for (i = 0; i < 4; i++) {
		whole->calls[i].thread = fuzz_byte(input) % 4;
		whole->calls[i].invoked = fuzz_byte(input);
		whole->calls[i].completed = fuzz_byte(input);
	}
	fuzz_copy(input, &whole->finding, sizeof whole->finding);
	whole->finding.text[sizeof whole->finding.text - 1] = '\0';
}

/* ---- traces ---- */

static void check_round_trip(const struct explorer_trace *trace)
{
	AUTO_FREE char *text = explorer_trace_text(trace);
	AUTO_FREE char *again = NULL;
	struct explorer_trace back;

	CHECK(text);
	CHECK(strlen(text) < EXPLORER_TRACE_TEXT_MAX);
	fuzz_check_text(text);
	CHECK(explorer_trace_parse(text, &back, NULL) == 0);
	again = explorer_trace_text(&back);
	CHECK(again && strcmp(text, again) == 0);
	explorer_trace_release(&back);
}

static void try_trace(struct fuzz_input *input)
{
	AUTO_FREE char *text = fuzz_string(input);
	AUTO_FREE char *again = NULL;
	struct explorer_trace trace;
	struct error err = { 0 };
	int r = explorer_trace_parse(text, &trace, &err);

	CHECK(r == 0 || r == -EINVAL);
	fuzz_check_result(r, &err);
	if (r < 0)
		return;
	again = explorer_trace_text(&trace);
	CHECK(again && strcmp(text, again) == 0);
	explorer_trace_release(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	struct whole whole = { 0 };
	const char *bytes;
	size_t left;

	switch (fuzz_byte(&input)) {
	case 't':
		try_trace(&input);
		break;
	case 'a':
		try_answer(&input);
		break;
	case 'w':
		lay_out(&input, &whole);
		try_entry((const uint8_t *)&whole, sizeof whole);
		break;
	default:
		bytes = fuzz_bytes(&input, BYTES_MAX, &left);
		try_entry((const uint8_t *)bytes, left);
		break;
	}
	return 0;
}
