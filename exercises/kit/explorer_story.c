/* explorer_story.c - see explorer_story.h */
#include "explorer_story.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explorer_place.h"
#include "explorer_waits.h"

/* ---- addresses ---- */

struct pcs {
	uint64_t *pcs;
	size_t count, room;
};

static void add_place(struct pcs *pcs, const struct explore_place *place)
{
	uint32_t i;

	for (i = 0; i < place->depth; i++) {
		if (pcs->count == pcs->room) {
			pcs->room = pcs->room ? 2 * pcs->room : 256;
			pcs->pcs = reallocarray(pcs->pcs, pcs->room,
						sizeof *pcs->pcs);
			ENOUGH(pcs->pcs);
		}
		pcs->pcs[pcs->count++] = place->pc[i];
	}
}

static void add_finding(struct pcs *pcs, const struct explore_finding *finding)
{
	uint32_t i;

	add_place(pcs, &finding->place);
	for (i = 0; i < finding->accesses; i++)
		add_place(pcs, &finding->access[i].place);
	for (i = 0; i < finding->threads; i++) {
		add_place(pcs, &finding->thread_of[i].place);
		add_place(pcs, &finding->thread_of[i].taken);
	}
	if (finding->block.base == 0)
		return;
	add_place(pcs, &finding->block.allocated);
	add_place(pcs, &finding->block.freed);
}

static int by_value(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

size_t explorer_story_pcs(const struct explorer_run *run, uint64_t **ret)
{
	struct pcs pcs = { 0 };
	size_t kept = 0;
	size_t i;

	if (run->finding)
		add_finding(&pcs, run->finding);
	for (i = 0; i < run->entry.events; i++)
		add_place(&pcs, &run->events[i].place);
	if (pcs.count > 0)
		qsort(pcs.pcs, pcs.count, sizeof *pcs.pcs, by_value);
	for (i = 0; i < pcs.count; i++)
		if (kept == 0 || pcs.pcs[kept - 1] != pcs.pcs[i])
			pcs.pcs[kept++] = pcs.pcs[i];
	*ret = pcs.pcs;
	return kept;
}

/* ---- what happened ---- */

/* Append @text, broken between words, the second and later lines indented. */
static void fold(json_t *lines, const char *text)
{
	const char *indent = "";

	while (*text) {
		size_t width = EXPLORER_STORY_WIDTH - strlen(indent);
		size_t size = strlen(text);

		if (size > width) {
			size = width;
			while (size > 0 && text[size] != ' ')
				size--;
			if (size == 0)
				size = width;
			while (size > 0 &&
			       ((unsigned char)text[size] & 0xc0) == 0x80)
				size--;
		}
		(void)json_array_append_new(
			lines, json_sprintf("%s%.*s", indent, (int)size, text));
		text += size;
		text += strspn(text, " ");
		indent = "  ";
	}
}

static void add_stack(const struct explorer_story *story, json_t *lines,
		      const char *who, const struct explore_place *place)
{
	char stack[EXPLORER_DEPTH_TEXT_MAX];
	char text[EXPLORER_DEPTH_TEXT_MAX + EXPLORER_WAIT_MAX + 64];

	explorer_place_stack(story->lines, place, stack, sizeof stack);
	(void)snprintf(text, sizeof text, "%s%s%s", who, *stack ? ": " : "",
		       stack);
	fold(lines, text);
}

static void add_thread(const struct explorer_story *story, json_t *lines,
		       const char *what, uint32_t thread,
		       const struct explore_place *place)
{
	char who[64];

	if (place->depth == 0)
		return;
	(void)snprintf(who, sizeof who, "%s %u", what, thread);
	add_stack(story, lines, who, place);
}

static void add_waiters(const struct explorer_story *story, json_t *lines)
{
	const struct explore_finding *finding = story->run->finding;
	uint8_t order[EXPLORE_THREADS_MAX];
	uint32_t cycle;
	uint32_t count = explorer_waits(finding, order, &cycle);
	char what[EXPLORER_WAIT_MAX];
	uint32_t i;

	if (cycle > 0)
		(void)json_array_append_new(
			lines,
			json_sprintf("the first %u wait for each other in a"
				     " circle:",
				     cycle));
	for (i = 0; i < count; i++) {
		const struct explore_thread *thread =
			&finding->thread_of[order[i]];
		char who[EXPLORER_WAIT_MAX + 64];

		explorer_wait_text(story->lines, thread, what);
		(void)snprintf(who, sizeof who, "thread %u, for %s%s", order[i],
			       what, thread->timed ? ", with a timeout" : "");
		add_stack(story, lines, who, &thread->place);
	}
}

static void add_details(const struct explorer_story *story, json_t *lines)
{
	const struct explore_finding *finding = story->run->finding;
	const struct explore_block *block = &finding->block;
	uint32_t i;

	if (story->run->entry.outcome == EXPLORE_DEADLOCK) {
		add_waiters(story, lines);
		return;
	}
	for (i = 0; i < finding->accesses; i++)
		add_thread(story, lines, "thread", finding->access[i].thread,
			   &finding->access[i].place);
	if (finding->accesses == 0)
		add_thread(story, lines, "thread", finding->thread,
			   &finding->place);
	if (block->base == 0)
		return;
	add_thread(story, lines, "allocated by thread", block->allocated_by,
		   &block->allocated);
	if (block->freed_by < EXPLORE_THREADS_MAX)
		add_thread(story, lines, "freed by thread", block->freed_by,
			   &block->freed);
}

json_t *explorer_story_what(const struct explorer_story *story)
{
	json_t *lines = json_array();

	if (story->run->finding)
		add_details(story, lines);
	return lines;
}

void explorer_story_preemptions(const struct explorer_story *story, char *text,
				size_t size)
{
	uint32_t now = story->run->entry.preemptions;
	char number[16];

	(void)snprintf(number, sizeof number, "%u", now);
	if (story->preemptions == now)
		(void)snprintf(text, size, "%s preemption%s",
			       now ? number : "no", now == 1 ? "" : "s");
	else
		(void)snprintf(text, size,
			       "%s preemption%s (the schedule it was found"
			       " with had %u)",
			       now ? number : "no", now == 1 ? "" : "s",
			       story->preemptions);
}
