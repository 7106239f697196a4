#include "audit_pick.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "changes.h"
#include "journal.h"
#include "report_member.h"
#include "report_parts.h"
#include "text.h"
#include "texts.h"

#define FIRST_ROOM 64

/* A line of the journal: of many submissions, so little of each. */
struct candidate {
	uint64_t digest; /* the first 64 bits of the content's */
	uint64_t offset;
	uint32_t id;  /* in the texts */
	bool audited; /* a line that says so */
};

struct candidates {
	struct texts texts;
	struct candidate *items;
	size_t count, room;
};

/* ---- the journal ---- */

static void add(struct candidates *candidates,
		const struct journal_entry *entry)
{
	const char *id = report_string(entry->json, "id");
	char head[17] = "";

	if (candidates->count == candidates->room) {
		candidates->room = candidates->room ? 2 * candidates->room
						    : FIRST_ROOM;
		candidates->items = reallocarray(candidates->items,
						 candidates->room,
						 sizeof *candidates->items);
		ENOUGH(candidates->items);
	}
	memccpy(head, report_string(entry->json, "content"), '\0',
		sizeof head - 1);
	candidates->items[candidates->count++] = (struct candidate){
		.id = texts_add(&candidates->texts, id, strlen(id)),
		.digest = strtoull(head, NULL, 16),
		.offset = entry->offset,
		.audited = entry->kind == JOURNAL_AUDIT,
	};
}

static int compare_ids(const struct candidates *candidates,
		       const struct candidate *x, const struct candidate *y)
{
	return strcmp(texts_at(&candidates->texts, x->id),
		      texts_at(&candidates->texts, y->id));
}

static int by_id(const void *a, const void *b, void *data)
{
	const struct candidate *x = a, *y = b;
	int order = compare_ids(data, x, y);

	if (order != 0)
		return order;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int by_digest(const void *a, const void *b, void *data)
{
	const struct candidate *x = a, *y = b;

	if (x->digest != y->digest)
		return x->digest < y->digest ? -1 : 1;
	return compare_ids(data, x, y);
}

/* Of each id the last time that it was graded, and whether it was audited
 * after that. */
static void settle(struct candidates *candidates)
{
	struct candidate *items = candidates->items, *last = NULL;
	size_t i, kept = 0;

	if (candidates->count > 0)
		qsort_r(items, candidates->count, sizeof *items, by_id,
			candidates);
	for (i = 0; i < candidates->count; i++) {
		bool same = last &&
			    compare_ids(candidates, last, &items[i]) == 0;

		if (items[i].audited) {
			if (same)
				last->audited = true;
		} else if (same) {
			*last = items[i];
		} else {
			items[kept] = items[i];
			last = &items[kept++];
		}
	}
	candidates->count = kept;
}

static int read_all(struct candidates *candidates,
		    struct journal_reader *reader, struct error *err)
{
	struct journal_entry entry;
	int r;

	while ((r = journal_read(reader, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED || entry.kind == JOURNAL_AUDIT)
			add(candidates, &entry);
		json_decref(entry.json);
	}
	settle(candidates);
	return r;
}

/* ---- which ---- */

static int compare_picks(const void *a, const void *b)
{
	const struct audit_pick *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static void find_paths(struct audit_picks *picks, const struct plan *plan)
{
	struct audit_pick *pick, key;
	size_t i;

	for (i = 0; i < plan->count && picks->count > 0; i++) {
		key.id = (char *)(uintptr_t)plan_id(plan, i);
		pick = bsearch(&key, picks->items, picks->count, sizeof key,
			       compare_picks);
		if (pick && !pick->path)
			pick->path = plan_path(plan, i);
	}
}

/* What the plan has not may be picked, but cannot be graded. */
static void drop_lost(struct audit_picks *picks)
{
	size_t i, kept = 0;

	for (i = 0; i < picks->count; i++) {
		if (picks->items[i].path)
			picks->items[kept++] = picks->items[i];
		else
			free(picks->items[i].id);
	}
	picks->count = kept;
}

static void choose(struct candidates *candidates, size_t wanted,
		   const struct journal_reader *reader,
		   struct audit_picks *picks)
{
	size_t i;

	if (wanted > candidates->count)
		wanted = candidates->count;
	if (wanted == 0)
		return;
	qsort_r(candidates->items, candidates->count, sizeof *candidates->items,
		by_digest, candidates);
	picks->items = calloc(wanted, sizeof *picks->items);
	ENOUGH(picks->items);
	for (i = 0; i < wanted; i++) {
		const struct candidate *candidate = &candidates->items[i];
		json_auto_t *line = journal_read_at(reader, candidate->offset);
		struct audit_pick *pick;

		if (candidate->audited)
			continue;
		pick = &picks->items[picks->count++];
		pick->id = text_format(
			"%s", texts_at(&candidates->texts, candidate->id));
		(void)snprintf(pick->content, sizeof pick->content, "%s",
			       report_string(line, "content"));
	}
	qsort(picks->items, picks->count, sizeof *picks->items, compare_picks);
}

int audit_pick(const char *dir, const struct plan *plan, size_t wanted,
	       struct audit_picks *ret, struct error *err)
{
	struct candidates candidates = { .items = NULL };
	struct journal_reader *reader;
	int r = journal_reader_open(dir, &reader, err);

	*ret = (struct audit_picks){ .items = NULL };
	if (r < 0)
		return r;
	r = read_all(&candidates, reader, err);
	if (r == 0)
		choose(&candidates, wanted, reader, ret);
	find_paths(ret, plan);
	drop_lost(ret);
	texts_release(&candidates.texts);
	free(candidates.items);
	journal_reader_close(reader);
	return r;
}

void audit_picks_release(struct audit_picks *picks)
{
	size_t i;

	for (i = 0; i < picks->count; i++) {
		free(picks->items[i].id);
		free(picks->items[i].path);
	}
	free(picks->items);
	*picks = (struct audit_picks){ .items = NULL };
}

/* ---- the same? ---- */

json_t *audit_line(const char *id, const json_t *first, const json_t *again)
{
	const char *before = report_string(first, "verdict_digest");
	const char *now = report_string(again, "verdict_digest");

	return journal_audit_line(id, before, now,
				  changes_verdict(first, again));
}
