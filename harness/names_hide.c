/*
 * A text without names, see names.h: first what stands behind tags, whoever it
 * is, then the words that are known.
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "names_parts.h"
#include "text.h"

#define DOTS "..."
#define THREAD_NAME 15 /* bytes that the kernel keeps of a thread's name */

typedef bool (*tag_finder)(const char *text, struct name_tag *tag);

static char *replace_all(const char *text, tag_finder find, const char *with)
{
	char *copy = NULL;
	size_t size = 0;
	struct name_tag tag;
	FILE *out;

	if (!find(text, &tag)) /* as most have none */
		return text_format("%s", text);
	out = open_memstream(&copy, &size);
	ENOUGH(out);
	for (; find(text, &tag); text = tag.from + tag.size) {
		(void)fwrite(text, 1, (size_t)(tag.from - text), out);
		(void)fputs(with, out);
	}
	(void)fputs(text, out);
	text_stream_close(out, &copy);
	return copy;
}

/* One line, so that no name goes from one to the next. */
static void hide_line(const struct names *names, const char *line, bool cut,
		      FILE *out)
{
	struct letters letters;
	size_t at = 0, written = 0, end;

	letters_of(line, &letters);
	letters.cut = cut;
	while (at < letters.count) {
		end = names_at(names, &letters, at);
		if (end == 0) {
			at++;
			continue;
		}
		(void)fwrite(line + written, 1, letters.list[at].from - written,
			     out);
		(void)fputs(NAMES_HIDDEN, out);
		written = letters.list[end - 1].to;
		at = end;
	}
	(void)fputs(line + written, out);
	letters_release(&letters);
}

/* The dots that text_clean() leaves where it cut; "" if @text has none. They
 * are taken off it. */
static const char *take_dots(char *text)
{
	size_t size = strlen(text), end = strlen(DOTS);

	if (size < end || strcmp(text + size - end, DOTS) != 0)
		return "";
	text[size - end] = '\0';
	return DOTS;
}

static char *hide_words(const struct names *names, char *text)
{
	bool thread = strlen(text) == THREAD_NAME;
	const char *dots = take_dots(text);
	char *copy = NULL, *rest = text, *line;
	size_t size = 0;
	FILE *out = open_memstream(&copy, &size);

	ENOUGH(out);
	while ((line = strsep(&rest, "\n"))) {
		hide_line(names, line, !rest && (*dots || thread), out);
		if (rest)
			(void)fputc('\n', out);
	}
	(void)fputs(dots, out);
	text_stream_close(out, &copy);
	return copy;
}

char *names_hide(const struct names *names, const char *text,
		 const char *pseudonym)
{
	AUTO_FREE char *tags = replace_all(text, names_tag, pseudonym);
	AUTO_FREE char *mails = replace_all(tags, names_mail,
					    NAMES_HIDDEN_MAIL);
	AUTO_FREE char *homes = replace_all(mails, names_home, NAMES_HIDDEN);
	AUTO_FREE char *sites = replace_all(homes, names_site, NAMES_HIDDEN);

	return hide_words(names, sites);
}
