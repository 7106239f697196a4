/*
 * fuzz_dialogue.c - what a candidate's program writes, as lines of a dialogue
 *
 * It comes in pieces, as large as the first bytes of the input say. Every LF
 * ends one line, whatever the pieces were; a line is an object or has a problem
 * that can be told; and what is shown of it is text for people.
 */
#include "fuzz.h"

#include <string.h>

#include "dialogue.h"
#include "dialogue_clean.h"
#include "dialogue_lines.h"

#define PIECES 8
#define ROOM_MAX 600

static void check_shown(const char *text, size_t size, size_t room)
{
	char shown[ROOM_MAX];

	dialogue_clean(shown, room, text, size, size);
	CHECK(strlen(shown) < room);
	fuzz_check_line(shown);
	dialogue_clean(shown, room, text, size, 2 * size + 1);
	CHECK(strlen(shown) < room);
	fuzz_check_line(shown);
	CHECK(strstr(shown, " bytes)"));
}

static void check_line(const char *text, size_t size, size_t room)
{
	char problem[DIALOGUE_PROBLEM_MAX] = "";
	const char *plain = dialogue_line_problem(text, size);
	json_t *line = dialogue_line_parse(text, size, problem);

	CHECK(!memchr(text, '\n', size) && text[size] == '\0');
	CHECK(!line == !!*problem);
	CHECK(!plain || strcmp(plain, problem) == 0);
	CHECK(!line || json_is_object(line));
	if (line)
		fuzz_check_json(line);
	json_decref(line);
	check_shown(text, size, room);
}

/* All lines that are whole by now; how many. */
static size_t take(struct dialogue_lines *lines, size_t room)
{
	size_t taken = 0, size;
	char *text;

	while (dialogue_lines_take(lines, &text, &size)) {
		check_line(text, size, room);
		taken++;
	}
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	struct dialogue_lines lines = { 0 };
	size_t room = DIALOGUE_CLEAN_MIN + 2u * fuzz_byte(&input);
	size_t pieces[PIECES], ends = 0, rest = 0, taken = 0, got, most, i;

	for (i = 0; i < PIECES; i++)
		pieces[i] = 1 + fuzz_byte(&input);
	for (i = 0; fuzz_left(&input) > 0; i++) {
		char *to = dialogue_lines_room(&lines, &most);
		const char *from = fuzz_bytes(&input, pieces[i % PIECES], &got);
		size_t at;

		CHECK(most >= DIALOGUE_CHUNK);
		memcpy(to, from, got);
		dialogue_lines_add(&lines, got);
		for (at = 0; at < got; at++) {
			ends += from[at] == '\n';
			rest = from[at] == '\n' ? 0 : rest + 1;
		}
		CHECK(dialogue_lines_rest(&lines) == rest);
		if (pieces[i % PIECES] % 4 != 0) /* else they pile up */
			taken += take(&lines, room);
	}
	dialogue_lines_tear(&lines);
	CHECK(dialogue_lines_rest(&lines) == 0);
	taken += take(&lines, room);
	CHECK(taken == ends && lines.used == lines.first);
	dialogue_lines_release(&lines);
	return 0;
}
