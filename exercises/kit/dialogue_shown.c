/* dialogue_shown.c - see dialogue_shown.h */
#include "dialogue_shown.h"

#include <stdio.h>
#include <string.h>

#include <assay/cleanup.h>

#include "dialogue_clean.h"

#define MARK_BYTES 2
#define TEXT_MAX (MARK_BYTES + DIALOGUE_SHOWN_BYTES)

void dialogue_shown_add(struct dialogue_shown *shown, enum dialogue_way way,
			const char *text, size_t size)
{
	uint64_t place = shown->count[way]++ % DIALOGUE_SHOWN;
	struct dialogue_shown_line *line = &shown->last[way][place];

	line->number = shown->lines++;
	line->size = size;
	memcpy(line->text, text,
	       size < sizeof line->text ? size : sizeof line->text);
}

json_t *dialogue_shown_text(enum dialogue_way way, const char *text,
			    size_t size, size_t whole)
{
	static const char *const marks[] = { "> ", "< ", "# " };
	char clean[TEXT_MAX];

	memcpy(clean, marks[way], MARK_BYTES);
	dialogue_clean(clean + MARK_BYTES, sizeof clean - MARK_BYTES, text,
		       size, whole);
	return json_string(clean);
}

/* How many lines of this way are there to be shown at all. */
static size_t kept(const struct dialogue_shown *shown, unsigned way)
{
	return shown->count[way] < DIALOGUE_SHOWN ? (size_t)shown->count[way]
						  : DIALOGUE_SHOWN;
}

/* The line of this way that came @back lines before the last one, from 1. */
static const struct dialogue_shown_line *
line_at(const struct dialogue_shown *shown, unsigned way, size_t back)
{
	return &shown->last[way][(shown->count[way] - back) % DIALOGUE_SHOWN];
}

/* The way whose next line back is the last in order; DIALOGUE_WAYS: none. */
static unsigned last_way(const struct dialogue_shown *shown,
			 const size_t *chosen, const size_t *most)
{
	unsigned way, best = DIALOGUE_WAYS;
	uint64_t number = 0;

	for (way = 0; way < DIALOGUE_WAYS; way++) {
		if (chosen[way] == most[way])
			continue;
		if (best == DIALOGUE_WAYS ||
		    line_at(shown, way, chosen[way] + 1)->number > number) {
			best = way;
			number = line_at(shown, way, chosen[way] + 1)->number;
		}
	}
	return best;
}

/* Fill @chosen: how many lines of each way are shown, the last ones of it. */
static void choose(const struct dialogue_shown *shown, size_t *chosen)
{
	size_t all = 0, most[DIALOGUE_WAYS];
	unsigned way;

	for (way = 0; way < DIALOGUE_WAYS; way++) {
		most[way] = kept(shown, way);
		chosen[way] = most[way] < DIALOGUE_SHOWN_EACH
				      ? most[way]
				      : DIALOGUE_SHOWN_EACH;
		all += chosen[way];
	}
	for (; all < DIALOGUE_SHOWN; all++) {
		way = last_way(shown, chosen, most);
		if (way == DIALOGUE_WAYS)
			break;
		chosen[way]++;
	}
}

/* The way whose first line that is left is the first in order. */
static unsigned first_way(const struct dialogue_shown *shown,
			  const size_t *left)
{
	unsigned way, best = DIALOGUE_WAYS;

	for (way = 0; way < DIALOGUE_WAYS; way++)
		if (left[way] > 0 &&
		    (best == DIALOGUE_WAYS ||
		     line_at(shown, way, left[way])->number <
			     line_at(shown, best, left[best])->number))
			best = way;
	return best;
}

json_t *dialogue_shown_lines(const struct dialogue_shown *shown)
{
	json_t *lines = json_array();
	const struct dialogue_shown_line *line;
	size_t left[DIALOGUE_WAYS];
	uint64_t next = 0;
	unsigned way;

	ENOUGH(lines);
	choose(shown, left);
	while ((way = first_way(shown, left)) != DIALOGUE_WAYS) {
		line = line_at(shown, way, left[way]--);
		if (line->number != next)
			(void)json_array_append_new(lines, json_string("..."));
		(void)json_array_append_new(
			lines,
			dialogue_shown_text(way, line->text,
					    line->size < sizeof line->text
						    ? line->size
						    : sizeof line->text,
					    line->size));
		next = line->number + 1;
	}
	return lines;
}
