#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explain.h"
#include "explain_parts.h"
#include "text.h"

#define JSON_SHOWN 400 /* bytes of a value */

struct paper paper_of(FILE *out, unsigned columns)
{
	size_t drawn = columns < EXPLAIN_COLUMNS_MIN ? EXPLAIN_COLUMNS_MIN
						     : columns;

	return (struct paper){
		.out = out,
		.columns = drawn < EXPLAIN_COLUMNS ? drawn : EXPLAIN_COLUMNS,
		.drawn = drawn,
	};
}

/* Bytes of @text that go on a line of @room columns, cut behind a word. */
static size_t break_at(const char *text, size_t room)
{
	/* one character at least, or nothing would ever come to its end */
	size_t fits = text_fit(text, room > 2 ? room : 2);
	size_t cut = fits;

	if (text[fits] == '\0' || text[fits] == ' ')
		return fits;
	while (cut > 0 && text[cut - 1] != ' ')
		cut--;
	return cut > 0 ? cut : fits;
}

void paper_text(struct paper *paper, size_t indent, const char *lead,
		const char *text)
{
	if (*text || *lead)
		(void)fprintf(paper->out, "%*s%s", (int)indent, "", lead);
	paper_rest(paper, indent + text_columns(lead), text);
}

void paper_rest(struct paper *paper, size_t hang, const char *text)
{
	AUTO_FREE char *line = text_line(text);
	const char *rest = line;

	for (;;) {
		size_t cut = break_at(rest, paper->columns - hang);
		size_t shown = cut;

		while (shown > 0 && rest[shown - 1] == ' ')
			shown--;
		(void)fprintf(paper->out, "%.*s\n", (int)shown, rest);
		rest += cut;
		rest += strspn(rest, " ");
		if (*rest == '\0')
			break;
		(void)fprintf(paper->out, "%*s", (int)hang, "");
	}
}

void paper_last_lines(struct paper *paper, size_t indent, const char *lead,
		      const char *text, size_t lines_max)
{
	AUTO_FREE char *copy = strdup(text);
	char *line, *start;

	ENOUGH(copy);
	start = copy + strlen(copy);
	while (start > copy && start[-1] == '\n')
		*--start = '\0';
	for (; start > copy; start--)
		if (start[-1] == '\n' && --lines_max == 0)
			break;
	while ((line = strsep(&start, "\n"))) {
		paper_text(paper, indent, lead, line);
		indent += text_columns(lead);
		lead = "";
	}
}

void paper_json(struct paper *paper, size_t indent, const char *lead,
		const json_t *value)
{
	AUTO_FREE char *dumped = NULL, *cut = NULL;
	const char *text = json_string_value(value);

	if (!value || json_is_null(value))
		return;
	if (!text) {
		dumped = json_dumps(value,
				    JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		CHECK(dumped);
		text = dumped;
	}
	cut = text_clean(text, strlen(text), JSON_SHOWN);
	paper_text(paper, indent, lead, cut);
}

static const char *status_colour(const char *status)
{
	if (strcmp(status, "pass") == 0)
		return "\033[32m";
	if (strcmp(status, "skipped") == 0 ||
	    strcmp(status, "inconclusive") == 0)
		return "\033[33m";
	return "\033[31m";
}

void paper_status(struct paper *paper, const char *status, const char *text,
		  size_t columns)
{
	AUTO_FREE char *line = text_line(text);
	size_t used = text_columns(line);

	if (paper->colour)
		(void)fputs(status_colour(status), paper->out);
	(void)fputs(line, paper->out);
	if (paper->colour)
		(void)fputs("\033[0m", paper->out);
	if (used < columns)
		(void)fprintf(paper->out, "%*s", (int)(columns - used), "");
}
