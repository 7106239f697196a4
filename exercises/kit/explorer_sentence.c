/* explorer_sentence.c - what happened, in one sentence: explorer_story.h */
#define _GNU_SOURCE /* sigabbrev_np */
#include "explorer_story.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "explorer_place.h"
#include "explorer_waits.h"

#define GROUPS_MAX 4 /* of threads that wait alike */

/* A text that grows up to its end, and is cut there. */
struct sentence {
	char *text;
	size_t used;
	const struct explorer_story *story;
	const struct explore_finding *finding;
};

__attribute__((format(printf, 2, 3))) static void say(struct sentence *to,
						      const char *format, ...)
{
	size_t room = EXPLORER_SENTENCE_MAX - to->used;
	va_list args;
	int put;

	va_start(args, format);
	put = vsnprintf(to->text + to->used, room, format, args);
	va_end(args);
	if (put > 0)
		to->used += (size_t)put < room ? (size_t)put : room - 1;
}

static void say_at(struct sentence *to, const struct explore_place *place)
{
	char text[EXPLORER_PLACE_MAX];

	explorer_place_text(to->story->lines, place, text);
	say(to, "at %s", text);
}

/* ---- races ---- */

static const char *did(uint32_t kind)
{
	switch (kind) {
	case EXPLORE_READ:
		return "reads";
	case EXPLORE_LOAD:
		return "loads";
	case EXPLORE_STORE:
		return "stores";
	case EXPLORE_UPDATE:
		return "updates";
	case EXPLORE_FREE:
		return "frees";
	default:
		return "writes";
	}
}

static void say_race(struct sentence *to)
{
	const struct explore_access *earlier = &to->finding->access[0];
	const struct explore_access *later = &to->finding->access[1];

	say(to, "data race: thread %u %s %u byte%s ", later->thread,
	    did(later->kind), later->size, later->size == 1 ? "" : "s");
	say_at(to, &later->place);
	say(to, " while thread %u %s %s ", earlier->thread, did(earlier->kind),
	    later->size == 1 ? "it" : "them");
	say_at(to, &earlier->place);
	say(to, ", and no lock or atomic orders the two");
}

/* ---- deadlocks ---- */

/* Whether two threads wait for the same at the same line. */
static bool wait_alike(const struct sentence *to, uint32_t a, uint32_t b)
{
	const struct explore_thread *left = &to->finding->thread_of[a];
	const struct explore_thread *right = &to->finding->thread_of[b];
	char here[EXPLORER_PLACE_MAX], there[EXPLORER_PLACE_MAX];

	explorer_place_inside(to->story->lines, &left->place, here);
	explorer_place_inside(to->story->lines, &right->place, there);
	return left->kind == right->kind && left->holder == right->holder &&
	       strcmp(here, there) == 0;
}

/* "threads 1, 2 and 4": @first and those behind it that wait alike. Takes
 * them out of @order, whose *@count are left. */
static void say_alike(struct sentence *to, uint8_t *order, uint32_t *count)
{
	uint8_t alike[EXPLORE_THREADS_MAX];
	uint32_t found = 0, kept = 0;
	uint8_t first = order[0];
	uint32_t i;

	for (i = 0; i < *count; i++)
		if (wait_alike(to, first, order[i]))
			alike[found++] = order[i];
		else
			order[kept++] = order[i];
	*count = kept;
	say(to, "thread%s", found > 1 ? "s" : "");
	for (i = 0; i < found; i++)
		say(to, "%s %u",
		    i == 0           ? ""
		    : i + 1 == found ? " and"
				     : ",",
		    alike[i]);
	say(to, " wait%s", found > 1 ? "" : "s");
}

static void say_waiters(struct sentence *to, uint8_t *order, uint32_t count)
{
	const struct explore_thread *thread;
	char what[EXPLORER_WAIT_MAX];
	char place[EXPLORER_PLACE_MAX];
	uint32_t shown = 0;

	while (count > 0 && shown < GROUPS_MAX) {
		thread = &to->finding->thread_of[order[0]];
		explorer_place_inside(to->story->lines, &thread->place, place);
		explorer_wait_text(to->story->lines, thread, what);
		say(to, "%s", shown++ ? "; " : "");
		say_alike(to, order, &count);
		say(to, " in %s, for %s", place, what);
	}
	if (count > 0)
		say(to, "; %u more wait%s", count, count == 1 ? "s" : "");
}

/* Those who only wait for a thread to end add nothing where others wait. */
static void say_deadlock(struct sentence *to)
{
	uint8_t order[EXPLORE_THREADS_MAX];
	uint32_t cycle, others = 0;
	uint32_t count = explorer_waits(to->finding, order, &cycle);

	while (others < count &&
	       to->finding->thread_of[order[others]].kind != EXPLORE_JOIN)
		others++;
	say(to, "deadlock: ");
	if (count == 0)
		say(to, "%s", to->finding->text);
	say_waiters(to, order, cycle ? cycle : others ? others : count);
}

/* ---- the rest ---- */

static void say_livelock(struct sentence *to)
{
	const struct explore_finding *finding = to->finding;
	char place[EXPLORER_PLACE_MAX];
	uint32_t shown = 0;
	uint32_t i;

	say(to, "livelock: after %u steps the scenario has not ended",
	    to->story->run->entry.steps);
	for (i = 0; i < finding->threads && shown < 4; i++) {
		if (finding->thread_of[i].state != EXPLORE_CAN_RUN)
			continue;
		explorer_place_inside(to->story->lines,
				      &finding->thread_of[i].place, place);
		say(to, "%s thread %u is in %s", shown++ ? "," : ":", i, place);
	}
}

static void say_crash(struct sentence *to)
{
	const struct explore_finding *finding = to->finding;
	const char *name = sigabbrev_np((int)finding->signal);

	say(to, "crash: thread %u dies of %s%s ", finding->thread,
	    name ? "SIG" : "a signal", name ? name : "");
	say_at(to, &finding->place);
	if (finding->signal == SIGSEGV || finding->signal == SIGBUS)
		say(to, ", with address 0x%" PRIx64, finding->address);
}

static void say_heap(struct sentence *to)
{
	const struct explore_finding *finding = to->finding;
	const struct explore_block *block = &finding->block;

	say(to, "heap: %s: thread %u ", finding->text, finding->thread);
	say_at(to, &finding->place);
	if (block->base == 0)
		return;
	say(to, "; thread %u allocated the block, of %" PRIu64 " byte%s, ",
	    block->allocated_by, block->size, block->size == 1 ? "" : "s");
	say_at(to, &block->allocated);
	if (block->freed_by >= EXPLORE_THREADS_MAX)
		return;
	say(to, ", and thread %u freed it ", block->freed_by);
	say_at(to, &block->freed);
}

static const char *title(uint32_t outcome)
{
	switch (outcome) {
	case EXPLORE_REQUIRED:
		return "does not hold";
	case EXPLORE_EXITED:
		return "the program ends";
	case EXPLORE_MISUSE:
		return "misuse";
	case EXPLORE_UNSEEN:
		return "stands still";
	case EXPLORE_FORBIDDEN:
		return "not allowed in a scenario";
	case EXPLORE_UNABLE:
		return "more than the search can judge";
	default:
		return explore_outcome_name(outcome);
	}
}

static void say_other(struct sentence *to)
{
	say(to, "%s: %s: thread %u ", title(to->story->run->entry.outcome),
	    to->finding->text, to->finding->thread);
	say_at(to, &to->finding->place);
}

void explorer_story_sentence(const struct explorer_story *story,
			     char text[static EXPLORER_SENTENCE_MAX])
{
	struct sentence to = {
		.text = text,
		.story = story,
		.finding = story->run->finding,
	};
	uint32_t outcome = story->run->entry.outcome;

	*text = '\0';
	if (outcome == EXPLORE_PASSED)
		say(&to, "%s",
		    story->wrong ? story->wrong : "the schedule goes well");
	else if (!to.finding)
		say(&to, "%s", title(outcome));
	else if (outcome == EXPLORE_RACE)
		say_race(&to);
	else if (outcome == EXPLORE_DEADLOCK)
		say_deadlock(&to);
	else if (outcome == EXPLORE_LIVELOCK)
		say_livelock(&to);
	else if (outcome == EXPLORE_CRASHED)
		say_crash(&to);
	else if (outcome == EXPLORE_HEAP)
		say_heap(&to);
	else
		say_other(&to);
}
