/*
 * html.h - HTML and SVG, written so that no text can become markup
 *
 * The only way into a page: names of elements and attributes are this
 * program's own, everything else goes through one escaping. Text is cut at
 * HTML_TEXT_MAX, is valid UTF-8, and has no control characters nor any that
 * change the direction of writing or cannot be seen (text_line()). Links lead
 * to places on the page or to files beside it, whatever their text is.
 */
#ifndef ASSAY_HTML_H
#define ASSAY_HTML_H

#include <stddef.h>
#include <stdio.h>

#define HTML_TEXT_MAX 4096 /* bytes of one text */
#define HTML_DEPTH_MAX 32   /* elements within each other */

struct html {
	FILE *out;
	const char *open[HTML_DEPTH_MAX];
	size_t depth;
};

/**
 * "<name attribute="value" ...>": pairs of name and value up to a NULL. A
 * pair whose value is NULL is left out. Every name is a constant: lower-case
 * letters, digits and hyphens (and capitals, which SVG has).
 *
 * "href" takes a path or "#id": all but letters, digits and "-._~/#" is
 * percent-encoded, so that it has no scheme. What starts "on", "style" and
 * "src" are a programmer's mistake.
 */
__attribute__((sentinel)) void html_begin(struct html *html, const char *name,
					  ...);
/** The same for what has no end: <meta>, <link>, <br>, <input>. */
__attribute__((sentinel)) void html_void(struct html *html, const char *name,
					 ...);
/** "</name>", of the innermost open element, which has to be @name. */
void html_end(struct html *html, const char *name);

/** An element of @name and class @class (NULL: none), with @text in it. */
void html_element(struct html *html, const char *name, const char *class,
		  const char *text);
/** The same, printf's way. */
__attribute__((format(printf, 4, 5))) void
html_elementf(struct html *html, const char *name, const char *class,
	      const char *format, ...);

/** @text as text. NULL is "". Newlines stay, tabs become a blank. */
void html_text(struct html *html, const char *text);
__attribute__((format(printf, 2, 3))) void html_textf(struct html *html,
						      const char *format, ...);

/**
 * What an id may be made of, from any text: letters, digits and hyphens, with
 * all else in hexadecimal, behind @prefix. free() it.
 */
char *html_id(const char *prefix, const char *text);

#endif
