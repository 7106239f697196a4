/* explorer_run.c - see explorer_run.h */
#include "explorer_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

_Static_assert(sizeof(struct explore_entry) % 8 == 0 &&
		       sizeof(struct explore_finding) % 8 == 0 &&
		       sizeof(struct explore_segment) % 8 == 0 &&
		       sizeof(struct explore_choice) % 8 == 0 &&
		       sizeof(struct explore_call) % 8 == 0 &&
		       sizeof(struct explore_event) % 8 == 0,
	       "entries and their parts stay aligned one behind the other");

__attribute__((format(printf, 2, 3))) static int
malformed(struct error *err, const char *format, ...)
{
	va_list args;

	if (err) {
		err->code = EBADMSG;
		va_start(args, format);
		(void)vsnprintf(err->text, sizeof err->text, format, args);
		va_end(args);
	}
	return -EBADMSG;
}

/* ---- the entry itself ---- */

static uint64_t bytes_counted(const struct explore_entry *entry)
{
	return sizeof *entry +
	       (uint64_t)entry->findings * sizeof(struct explore_finding) +
	       (uint64_t)entry->segments * sizeof(struct explore_segment) +
	       (uint64_t)entry->choices * sizeof(struct explore_choice) +
	       (uint64_t)entry->calls * sizeof(struct explore_call) +
	       (uint64_t)entry->events * sizeof(struct explore_event);
}

static int check_entry(const struct explore_entry *entry, size_t size,
		       struct error *err)
{
	if (entry->findings > 1 || entry->segments > EXPLORE_SEGMENTS_MAX ||
	    entry->choices > EXPLORE_CHOICES_MAX ||
	    entry->calls > SCENARIO_CALLS_MAX ||
	    entry->events > EXPLORE_EVENTS_MAX)
		return malformed(err, "an entry counts more than there can be");
	if (entry->bytes > size || entry->bytes != bytes_counted(entry))
		return malformed(err,
				 "an entry of %u bytes where its parts take"
				 " %llu",
				 entry->bytes,
				 (unsigned long long)bytes_counted(entry));
	if (entry->outcome >= EXPLORE_OUTCOME_MAX ||
	    entry->strategy >= EXPLORE_STRATEGY_MAX)
		return malformed(err, "an outcome or strategy without a name");
	if (entry->threads == 0 || entry->threads > EXPLORE_THREADS_MAX)
		return malformed(err, "a schedule of %u threads",
				 entry->threads);
	if (entry->preemptions > entry->segments)
		return malformed(err, "%u preemptions in %u segments",
				 entry->preemptions, entry->segments);
	return 0;
}

/* ---- what it counts ---- */

static int check_steps(const struct explorer_run *run, struct error *err)
{
	const struct explorer_steps *steps = &run->steps;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < steps->segment_count; i++) {
		const struct explore_segment *segment = &steps->segments[i];

		sum += segment->ops;
		if (segment->thread >= run->entry.threads ||
		    segment->flags > EXPLORE_WOKEN ||
		    (segment->flags == 0) != (segment->ops > 0))
			return malformed(err, "segment %u makes no sense", i);
	}
	if (sum > run->entry.steps)
		return malformed(err, "segments of %llu operations, of %u",
				 (unsigned long long)sum, run->entry.steps);
	for (i = 0; i < steps->choice_count; i++)
		if (steps->choices[i].thread >= run->entry.threads)
			return malformed(err, "choice %u makes no sense", i);
	return 0;
}

/* A thread's calls are each after the one before, and only its last may not
 * have returned; that one may not even have done anything yet. */
static int check_calls(const struct explorer_run *run, struct error *err)
{
	uint64_t stamps = 2 * (uint64_t)run->entry.steps;
	uint32_t busy_until[EXPLORE_THREADS_MAX] = { 0 };
	uint32_t i;

	for (i = 0; i < run->entry.calls; i++) {
		const struct explore_call *call = &run->calls[i];
		bool begun = call->invoked > 0, over = call->completed > 0;
		uint32_t *busy;

		if (call->thread >= run->entry.threads)
			return malformed(err, "call %u of no thread", i);
		busy = &busy_until[call->thread];
		if (call->invoked > stamps || call->completed > stamps ||
		    (begun && call->invoked % 2 == 0) ||
		    call->completed % 2 == 1 ||
		    (begun ? call->invoked <= *busy : *busy == UINT32_MAX) ||
		    (over && (!begun || call->completed < call->invoked)))
			return malformed(err, "call %u lies outside its time",
					 i);
		*busy = over ? call->completed : UINT32_MAX;
	}
	return 0;
}

static int check_events(const struct explorer_run *run, struct error *err)
{
	uint32_t last = 0;
	uint32_t i;

	for (i = 0; i < run->entry.events; i++) {
		const struct explore_event *event = &run->events[i];

		if (event->thread >= run->entry.threads || event->step < last ||
		    event->step > run->entry.steps || event->kind == 0 ||
		    event->kind >= EXPLORE_KIND_MAX ||
		    event->place.depth > EXPLORE_DEPTH_MAX)
			return malformed(err, "event %u makes no sense", i);
		last = event->step;
	}
	return 0;
}

/* ---- the finding ---- */

static bool is_thread(const struct explorer_run *run, uint32_t thread)
{
	return thread < run->entry.threads;
}

static bool is_waiting(const struct explorer_run *run,
		       const struct explore_thread *thread)
{
	return thread->state <= EXPLORE_WAITS &&
	       thread->kind < EXPLORE_KIND_MAX &&
	       (thread->holder == -1 ||
		(thread->holder >= 0 &&
		 is_thread(run, (uint32_t)thread->holder))) &&
	       thread->place.depth <= EXPLORE_DEPTH_MAX &&
	       thread->taken.depth <= EXPLORE_DEPTH_MAX;
}

static bool is_access(const struct explorer_run *run,
		      const struct explore_access *access)
{
	return is_thread(run, access->thread) && access->kind > 0 &&
	       access->kind < EXPLORE_KIND_MAX &&
	       access->step <= run->entry.steps &&
	       access->place.depth <= EXPLORE_DEPTH_MAX;
}

static bool is_block(const struct explorer_run *run,
		     const struct explore_block *block)
{
	return is_thread(run, block->allocated_by) &&
	       (is_thread(run, block->freed_by) ||
		block->freed_by == EXPLORE_THREADS_MAX) &&
	       block->allocated.depth <= EXPLORE_DEPTH_MAX &&
	       block->freed.depth <= EXPLORE_DEPTH_MAX;
}

static int check_finding(const struct explorer_run *run, struct error *err)
{
	const struct explore_finding *finding = run->finding;
	uint32_t i;

	if (!is_thread(run, finding->thread) ||
	    finding->threads > run->entry.threads || finding->signal > 64 ||
	    finding->accesses > 2 || finding->place.depth > EXPLORE_DEPTH_MAX ||
	    !memchr(finding->text, '\0', sizeof finding->text))
		return malformed(err, "a finding that makes no sense");
	if (run->entry.outcome == EXPLORE_RACE && finding->accesses != 2)
		return malformed(err, "a race of %u accesses",
				 finding->accesses);
	for (i = 0; i < finding->accesses; i++)
		if (!is_access(run, &finding->access[i]))
			return malformed(err, "a race with no access");
	if (finding->block.base != 0 && !is_block(run, &finding->block))
		return malformed(err, "a block of no thread's");
	for (i = 0; i < finding->threads; i++)
		if (!is_waiting(run, &finding->thread_of[i]))
			return malformed(err, "thread %u waits for nothing", i);
	return 0;
}

/* The runtime's words come with what the candidate's code asserts. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* ---- all of it ---- */

/* Where the parts of an entry of checked counts lie. */
static void locate(struct explorer_run *run)
{
	const struct explore_entry *entry = &run->entry;
	struct explore_finding *finding;
	unsigned char *at = run->memory;

	at += sizeof *entry;
	if (entry->findings) {
		finding = (void *)at;
		run->finding = finding;
		at += sizeof *finding;
	}
	run->steps.seed = entry->seed;
	run->steps.segments = (const void *)at;
	run->steps.segment_count = entry->segments;
	at += entry->segments * sizeof *run->steps.segments;
	run->steps.choices = (const void *)at;
	run->steps.choice_count = entry->choices;
	at += entry->choices * sizeof *run->steps.choices;
	run->calls = (const void *)at;
	at += entry->calls * sizeof *run->calls;
	run->events = (const void *)at;
}

static int check_parts(struct explorer_run *run, struct error *err)
{
	struct explore_finding *finding;
	int r;

	if (run->finding) {
		r = check_finding(run, err);
		if (r < 0)
			return r;
		finding = (void *)((unsigned char *)run->memory +
				   sizeof run->entry);
		make_printable(finding->text);
	}
	r = check_steps(run, err);
	if (r < 0)
		return r;
	r = check_calls(run, err);
	if (r < 0)
		return r;
	return check_events(run, err);
}

int explorer_run_parse(const void *bytes, size_t size, struct explorer_run *ret,
		       struct error *err)
{
	AUTO_FREE void *memory = NULL;
	struct explorer_run run = { 0 };
	int r;

	if (size < sizeof run.entry)
		return malformed(err, "no room for an entry");
	memcpy(&run.entry, bytes, sizeof run.entry);
	r = check_entry(&run.entry, size, err);
	if (r < 0)
		return r;
	CHECK(run.entry.bytes >= sizeof run.entry);
	memory = malloc(run.entry.bytes);
	if (!memory)
		return error_set(err, ENOMEM, "out of memory");
	memcpy(memory, bytes, run.entry.bytes);
	run.memory = memory;
	locate(&run);
	r = check_parts(&run, err);
	if (r < 0)
		return r;
	run.memory = TAKE_PTR(memory);
	*ret = run;
	return 0;
}

void explorer_run_release(struct explorer_run *run)
{
	free(run->memory);
	*run = (struct explorer_run){ 0 };
}

bool explorer_run_same(const struct explorer_run *left,
		       const struct explorer_run *right)
{
	return left->entry.outcome == right->entry.outcome &&
	       left->entry.result == right->entry.result &&
	       left->entry.history == right->entry.history &&
	       left->entry.steps == right->entry.steps;
}
