/* dialogue_play.c - failures rehearsed, and made small: see dialogue.h */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "dialogue_inner.h"
#include "shrink.h"

bool dialogue_rehearse(struct dialogue *dialogue,
		       void (*body)(struct dialogue *dialogue, void *data),
		       void *data)
{
	jmp_buf failed;

	CHECK(!dialogue->rehearsal);
	dialogue->rehearsal = &failed;
	if (setjmp(failed) != 0) {
		dialogue->rehearsal = NULL;
		return true;
	}
	body(dialogue, data);
	dialogue->rehearsal = NULL;
	return false;
}

struct part {
	void (*play)(struct dialogue *dialogue, void *data, const size_t *items,
		     size_t count);
	void *data;
	const size_t *items;
	size_t count;
	uint64_t time_ns; /* that it may take */
};

/* As if nothing had been before. */
static void forget(struct dialogue *dialogue)
{
	struct judge *judge = dialogue->judge;

	if (dialogue->held)
		dialogue_release_syncs(dialogue);
	dialogue->shown.lines = 0;
	memset(dialogue->shown.count, 0, sizeof dialogue->shown.count);
	json_decref(dialogue->instead);
	json_decref(judge->expected);
	json_decref(judge->actual);
	dialogue->instead = judge->expected = judge->actual = NULL;
	judge->crashed = false;
	free(TAKE_PTR(dialogue->title));
}

static void play_part(struct dialogue *dialogue, void *data)
{
	const struct part *part = data;

	/* if it has just been started, that will do */
	if (dialogue->shown.lines > 0 || !dialogue->running)
		dialogue_restart(dialogue, false);
	forget(dialogue);
	dialogue->deadline_ns = history_now_ns() + part->time_ns;
	part->play(dialogue, part->data, part->items, part->count);
}

struct search {
	struct dialogue *dialogue;
	struct part part;
	struct dialogue_failure smallest;
};

/* Behind what may differ: a number, or a text in quotes. */
static const char *skip_particular(const char *text)
{
	const char *end;

	for (;;) {
		if (*text >= '0' && *text <= '9')
			text++;
		else if (*text == '"' && (end = strchr(text + 1, '"')))
			text = end + 1;
		else
			return text;
	}
}

static bool same_words(const char *a, const char *b)
{
	for (;; a++, b++) {
		a = skip_particular(a);
		b = skip_particular(b);
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

/* Whether the same check failed. Where all of its words are a model's, only
 * they tell. */
static bool is_like(const struct dialogue_failure *a,
		    const struct dialogue_failure *b)
{
	return a->format == b->format && (strcmp(a->format, "%s") != 0 ||
					  same_words(a->message, b->message));
}

static bool fewer_fail(void *data, const size_t *items, size_t count)
{
	struct search *search = data;
	struct dialogue *dialogue = search->dialogue;

	/* no more of this: its input is closed, or all of it has ended, by a
	 * limit */
	if (dialogue->finished || dialogue->judge->ended)
		return false;
	search->part.items = items;
	search->part.count = count;
	if (!dialogue_rehearse(dialogue, play_part, &search->part) ||
	    !is_like(&dialogue->failure, &search->smallest) ||
	    dialogue->judge->ended)
		return false;
	dialogue_failure_release(&search->smallest);
	search->smallest = dialogue->failure;
	dialogue->failure = (struct dialogue_failure){ 0 };
	return true;
}

static unsigned rehearsals_of(const struct judge *judge, unsigned rehearsals)
{
	const json_t *params = json_object_get(judge->params, "params");
	const json_t *most = json_object_get(params, "rehearsals_max");
	json_int_t value = json_integer_value(most);

	return json_is_integer(most) && value < rehearsals ? (unsigned)value
							   : rehearsals;
}

void dialogue_play(struct dialogue *dialogue, size_t count, unsigned rehearsals,
		   void (*play)(struct dialogue *dialogue, void *data,
				const size_t *items, size_t count),
		   void *data)
{
	size_t *items = calloc(count + 1, sizeof *items), i;
	struct search search = {
		.dialogue = dialogue,
		.part = { .play = play,
			  .data = data,
			  .items = items,
			  .count = count },
	};
	const struct shrink how = {
		.fails = fewer_fail,
		.data = &search,
		.calls_max = rehearsals_of(dialogue->judge, rehearsals),
	};
	uint64_t now_ns = history_now_ns();

	ENOUGH(items);
	for (i = 0; i < count; i++)
		items[i] = i;
	if (dialogue->deadline_ns > now_ns)
		search.part.time_ns = dialogue->deadline_ns - now_ns;
	if (!dialogue_rehearse(dialogue, play_part, &search.part)) {
		free(items);
		return;
	}
	search.smallest = dialogue->failure;
	dialogue->failure = (struct dialogue_failure){ 0 };
	/* who used up all the time there was would do so each time */
	if (history_now_ns() < dialogue->deadline_ns) {
		dialogue->shortened = true;
		(void)shrink(&how, items, count);
	}
	dialogue_fail_like(dialogue, &search.smallest);
}
