#include "html.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

static void put(struct html *html, const char *markup)
{
	(void)fputs(markup, html->out);
}

/* One character of escaped text; both kinds of quotes, so that it is fit for
 * an attribute as well. */
static void put_escaped(struct html *html, char c)
{
	switch (c) {
	case '&':
		put(html, "&amp;");
		break;
	case '<':
		put(html, "&lt;");
		break;
	case '>':
		put(html, "&gt;");
		break;
	case '"':
		put(html, "&quot;");
		break;
	case '\'':
		put(html, "&#39;");
		break;
	default:
		(void)fputc(c, html->out);
	}
}

void html_text(struct html *html, const char *text)
{
	size_t size = text ? strlen(text) : 0;
	AUTO_FREE char *clean = text_clean(text ? text : "", size,
					   HTML_TEXT_MAX);
	char *rest = clean, *part;
	const char *c;

	while ((part = strsep(&rest, "\n"))) {
		AUTO_FREE char *line = text_line(part);

		for (c = line; *c; c++)
			put_escaped(html, *c);
		if (rest)
			put(html, "\n");
	}
}

void html_textf(struct html *html, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	html_text(html, text);
}

static void put_name(struct html *html, const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		CHECK(isalnum((unsigned char)*c) || *c == '-');
	put(html, name);
}

/* No scheme survives: a colon is always encoded. */
static void put_link(struct html *html, const char *target)
{
	const char *c = target;

	/* "//host/" would leave the folder, too. */
	while (*c == '/')
		c++;
	for (; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (isalnum(byte) || strchr("-._~/#", byte))
			(void)fputc(byte, html->out);
		else
			(void)fprintf(html->out, "%%%02X", byte);
	}
}

static void put_attributes(struct html *html, va_list args)
{
	const char *name, *value;

	while ((name = va_arg(args, const char *))) {
		value = va_arg(args, const char *);
		if (!value)
			continue;
		CHECK(strncmp(name, "on", 2) != 0 &&
		      strcmp(name, "style") != 0 && strcmp(name, "src") != 0);
		put(html, " ");
		put_name(html, name);
		put(html, "=\"");
		if (strcmp(name, "href") == 0)
			put_link(html, value);
		else
			html_text(html, value);
		put(html, "\"");
	}
}

void html_begin(struct html *html, const char *name, ...)
{
	va_list args;

	CHECK(html->depth < HTML_DEPTH_MAX);
	html->open[html->depth++] = name;
	put(html, "<");
	put_name(html, name);
	va_start(args, name);
	put_attributes(html, args);
	va_end(args);
	put(html, ">");
}

void html_void(struct html *html, const char *name, ...)
{
	va_list args;

	put(html, "<");
	put_name(html, name);
	va_start(args, name);
	put_attributes(html, args);
	va_end(args);
	put(html, ">");
}

/* A newline behind these would be a blank on the page. */
static bool is_inline(const char *name)
{
	static const char *const names[] = { "a",    "b",      "code",
					     "span", "strong", "text" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

void html_end(struct html *html, const char *name)
{
	CHECK(html->depth > 0);
	CHECK(strcmp(html->open[html->depth - 1], name) == 0);
	html->depth--;
	put(html, "</");
	put(html, name);
	put(html, is_inline(name) ? ">" : ">\n");
}

void html_element(struct html *html, const char *name, const char *class,
		  const char *text)
{
	html_begin(html, name, "class", class, NULL);
	html_text(html, text);
	html_end(html, name);
}

void html_elementf(struct html *html, const char *name, const char *class,
		   const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	html_element(html, name, class, text);
}

char *html_id(const char *prefix, const char *text)
{
	char *id = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&id, &size);

	ENOUGH(out);
	(void)fputs(prefix, out);
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (isalnum(byte) || byte == '-')
			(void)fputc(byte, out);
		else
			(void)fprintf(out, "_%02x", byte);
	}
	text_stream_close(out, &id);
	return id;
}
