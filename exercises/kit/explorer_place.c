/* explorer_place.c - see explorer_place.h */
#include "explorer_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FUNCTIONS_MAX (2 * EXPLORER_FUNCTION_MAX + 8)

static bool is_known(const struct explorer_line *line)
{
	return line && (line->line > 0 || *line->function);
}

const struct explorer_line *
explorer_place_line(const struct explorer_lines *lines,
		    const struct explore_place *place)
{
	const struct explorer_line *known = NULL;
	const struct explorer_line *line;
	uint32_t i;

	for (i = 0; i < place->depth; i++) {
		line = explorer_lines_find(lines, place->pc[i]);
		if (explorer_line_is_own(line))
			return line;
		if (!is_known(known) && is_known(line) &&
		    !explorer_line_is_runtime(line))
			known = line;
	}
	return known;
}

/* What there is to say without any line. */
static void unknown(const struct explore_place *place, char *text, size_t size)
{
	if (place->depth > 0)
		(void)snprintf(text, size, "0x%" PRIx64, place->pc[0]);
	else
		(void)snprintf(text, size, "a place that is not known");
}

/* "sleep_on in bq_take", or the first alone. */
static void function_text(const struct explorer_line *line,
			  char text[static FUNCTIONS_MAX])
{
	(void)snprintf(text, FUNCTIONS_MAX, "%s%s%s", line->function,
		       *line->within ? " in " : "", line->within);
}

void explorer_place_text(const struct explorer_lines *lines,
			 const struct explore_place *place,
			 char text[static EXPLORER_PLACE_MAX])
{
	const struct explorer_line *line = explorer_place_line(lines, place);
	char function[FUNCTIONS_MAX];

	if (!line) {
		unknown(place, text, EXPLORER_PLACE_MAX);
		return;
	}
	function_text(line, function);
	if (line->line == 0)
		(void)snprintf(text, EXPLORER_PLACE_MAX, "%s", function);
	else if (*function)
		(void)snprintf(text, EXPLORER_PLACE_MAX, "%s:%u (%s)",
			       line->file, line->line, function);
	else
		(void)snprintf(text, EXPLORER_PLACE_MAX, "%s:%u", line->file,
			       line->line);
}

void explorer_place_inside(const struct explorer_lines *lines,
			   const struct explore_place *place,
			   char text[static EXPLORER_PLACE_MAX])
{
	const struct explorer_line *line = explorer_place_line(lines, place);
	char function[FUNCTIONS_MAX];

	if (!line || line->line == 0 || !*line->function) {
		explorer_place_text(lines, place, text);
		return;
	}
	function_text(line, function);
	(void)snprintf(text, EXPLORER_PLACE_MAX, "%s, %s:%u", function,
		       line->file, line->line);
}

/* A path's end says more than its beginning. */
static const char *base(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

/* Without the function, and then without the file's beginning, where they have
 * no room. */
static void put_short(const struct explorer_line *line, char *text,
		      size_t width)
{
	char whole[EXPLORER_PLACE_MAX];
	size_t size;

	(void)snprintf(whole, sizeof whole, "%s:%u %s", base(line->file),
		       line->line, line->function);
	if (strlen(whole) > width)
		(void)snprintf(whole, sizeof whole, "%s:%u", base(line->file),
			       line->line);
	size = strlen(whole);
	if (size <= width)
		(void)snprintf(text, width + 1, "%s", whole);
	else
		(void)snprintf(text, width + 1, "..%s",
			       whole + size - (width - 2));
}

void explorer_place_short(const struct explorer_lines *lines,
			  const struct explore_place *place, char *text,
			  size_t width)
{
	const struct explorer_line *line = explorer_place_line(lines, place);

	if (!line && place->depth == 0)
		(void)snprintf(text, width + 1, "-");
	else if (!line)
		unknown(place, text, width + 1);
	else if (line->line == 0)
		(void)snprintf(text, width + 1, "%s", line->function);
	else
		put_short(line, text, width);
}

/* "bq_take bq.c:63", and what that is inlined into as one frame more. */
static void frame_text(const struct explorer_line *line, uint64_t pc,
		       char text[static EXPLORER_PLACE_MAX])
{
	if (!is_known(line))
		(void)snprintf(text, EXPLORER_PLACE_MAX, "0x%" PRIx64, pc);
	else if (line->line == 0)
		(void)snprintf(text, EXPLORER_PLACE_MAX, "%s", line->function);
	else if (*line->within)
		(void)snprintf(text, EXPLORER_PLACE_MAX, "%s %s:%u < %s :%u",
			       line->function, base(line->file), line->line,
			       line->within, line->within_line);
	else
		(void)snprintf(text, EXPLORER_PLACE_MAX, "%s %s:%u",
			       line->function, base(line->file), line->line);
}

void explorer_place_stack(const struct explorer_lines *lines,
			  const struct explore_place *place, char *text,
			  size_t size)
{
	char frame[EXPLORER_PLACE_MAX];
	size_t used = 0;
	uint32_t i;

	*text = '\0';
	for (i = 0; i < place->depth && used + 1 < size; i++) {
		const struct explorer_line *line = explorer_lines_find(
			lines, place->pc[i]);
		int put;

		if (line && explorer_line_is_runtime(line))
			continue;
		frame_text(line, place->pc[i], frame);
		put = snprintf(text + used, size - used, "%s%s",
			       used ? " < " : "", frame);
		used += put > 0 ? (size_t)put : 0;
	}
}
