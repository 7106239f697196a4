/*
 * scan_preprocessed.c - sources as a compiler has them, see scan.h
 *
 * Between the lines stand markers (GCC's cpp, "Preprocessor Output"):
 *
 *	# 12 "bq.c" 2
 *
 * says that the next line is line 12 of bq.c. What is not the candidate's
 * becomes an empty line, so that one pass of scan_source() over the rest is
 * enough, and its line is looked up in a table.
 */
#include "scan.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define NAME_MAX_BYTES 256

/* Where a line of the text comes from. */
struct origin {
	const char *name; /* in the text, up to the next '"'; NULL: not known */
	unsigned line;
	bool candidates;
};

struct walk {
	char *kept; /* what goes into scan_source() */
	size_t used;
	struct origin now;
	struct origin *origins; /* of each line kept, from index 1 */
	size_t lines;
	char *foreign; /* a file of the candidate's that is no source */
};

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* A marker's file is the system's, the exercise's or nobody's. By a name with
 * ".." in it, it could be anything. */
static bool is_candidates(const char *name)
{
	if (*name == '<')
		return false;
	if (strstr(name, ".."))
		return true;
	return !starts(name, "/usr/") && !starts(name, "/work/kit/") &&
	       !starts(name, "/work/include/") &&
	       !starts(name, "/work/exercise/");
}

static bool is_source(const char *name)
{
	size_t length = strlen(name);

	return length > 2 && (strcmp(name + length - 2, ".c") == 0 ||
			      strcmp(name + length - 2, ".h") == 0);
}

/* # NUMBER "NAME" ...: true if that is what @line is. */
static bool take_marker(struct walk *walk, const char *line, const char *end)
{
	const char *at = line + 2, *close;
	char name[NAME_MAX_BYTES];
	unsigned number = 0;
	size_t length;

	if (end - line < 5 || line[0] != '#' || line[1] != ' ' ||
	    !isdigit((unsigned char)*at))
		return false;
	for (; at < end && isdigit((unsigned char)*at); at++)
		number = number * 10 + (unsigned)(*at - '0');
	walk->now.line = number;
	if (end - at < 3 || at[0] != ' ' || at[1] != '"')
		return true; /* the same file */
	at += 2;
	close = memchr(at, '"', (size_t)(end - at));
	length = close ? (size_t)(close - at) : 0;
	if (length >= sizeof name)
		length = sizeof name - 1;
	memcpy(name, at, length);
	name[length] = '\0';
	walk->now.name = at;
	walk->now.candidates = is_candidates(name);
	/* a folder is gcc's word on where it works */
	if (walk->now.candidates && length > 0 && name[length - 1] != '/' &&
	    !is_source(name) && !walk->foreign)
		walk->foreign = text_format("%s: code in a file that is no "
					    "C source",
					    name);
	return true;
}

static void keep_line(struct walk *walk, const char *line, const char *end)
{
	size_t size = (size_t)(end - line);

	walk->origins[++walk->lines] = walk->now;
	if (walk->now.candidates) {
		memcpy(walk->kept + walk->used, line, size);
		walk->used += size;
	}
	walk->kept[walk->used++] = '\n';
	walk->now.line++;
}

static char *tell(const struct walk *walk, const struct scan_result *found)
{
	const struct origin *origin = &walk->origins[found->unsearchable_line];
	const char *name = origin->name ? origin->name : "";

	if (starts(name, "./"))
		name += 2;
	return text_format("%.*s:%u: %s", (int)strcspn(name, "\"\n"), name,
			   origin->line, found->unsearchable);
}

char *scan_preprocessed(const char *text, size_t size)
{
	struct walk walk = { 0 };
	json_auto_t *flags = json_array();
	struct scan_result found = { 0 };
	const char *line, *end, *stop = text + size;
	size_t count = 2;
	char *result;

	for (line = text; line < stop; line++)
		count += *line == '\n';
	walk.kept = malloc(size + 2);
	walk.origins = calloc(count, sizeof *walk.origins);
	ENOUGH(walk.kept && walk.origins && flags);
	for (line = text; line < stop; line = end + 1) {
		end = memchr(line, '\n', (size_t)(stop - line));
		if (!end)
			end = stop;
		if (!take_marker(&walk, line, end))
			keep_line(&walk, line, end);
	}
	found = scan_source("", walk.kept, walk.used, flags);
	result = found.unsearchable ? tell(&walk, &found) : NULL;
	if (walk.foreign && !result)
		result = TAKE_PTR(walk.foreign);
	free(found.unsearchable);
	free(walk.foreign);
	free(walk.origins);
	free(walk.kept);
	return result;
}
