/*
 * html_page.h - what every page of a report has around it
 *
 * A page is one file: its style is in it, it has no script and fetches
 * nothing, and its Content-Security-Policy forbids both to whatever gets into
 * it: only the style whose SHA-256 it names applies.
 */
#ifndef ASSAY_HTML_PAGE_H
#define ASSAY_HTML_PAGE_H

#include <stdio.h>

#include "html.h"

/** Everything up to and with "<main>"; the page's <h1> comes next. */
void html_page_begin(struct html *html, FILE *out, const char *title);

/** "</main>", a line that says what made it, and the end. */
void html_page_end(struct html *html, const char *about);

#endif
