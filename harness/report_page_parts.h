/*
 * report_page_parts.h - the sections that report_page.c puts together
 *
 * Each writes its heading and what stands under it, or nothing where the view
 * has nothing to say of it. A section of the page has an <h2>.
 */
#ifndef ASSAY_REPORT_PAGE_PARTS_H
#define ASSAY_REPORT_PAGE_PARTS_H

#include <jansson.h>

#include "html.h"

/* ---- pieces of them ---- */

/** "2.004 s", "65 MiB": @value of @unit ("ms", "bytes"). free() it. */
char *page_quantity(double value, const char *unit);
/** Class of the colour for a status: "pass", "fail", "warn". */
const char *page_tone(const char *status);
/** A status in its colour, in words: "wall limit". */
void page_badge(struct html *html, const char *status, const char *also);
/** What a status means, in one sentence; "" for one that says all itself. */
const char *page_status_meaning(const char *status);
/** A term and what it is, in an open <dl>; nothing where @text is "". */
void page_fact(struct html *html, const char *term, const char *text);
void page_fact_code(struct html *html, const char *term, const char *text);
/** A heading cell: @scope "col" or "row", @class may be NULL. */
void page_heading(struct html *html, const char *scope, const char *class,
		  const char *text);
/** A heading of @level ("h2", "h3") with @id (NULL: none), and a card for what
 * stands under it. */
void page_section_begin(struct html *html, const char *level, const char *id,
			const char *heading);
void page_section_end(struct html *html);
/** A table, open for its rows; @class may be NULL. @names are its columns'
 * (NULL: it has none) and end with NULL; one that starts with "#" is that of a
 * column of numbers. */
void page_table_begin(struct html *html, const char *class, const char *caption,
		      const char *const *names);
void page_table_end(struct html *html);
/** Around what may be wider than the page; @label names it. */
void page_wide_begin(struct html *html, const char *label);
void page_wide_end(struct html *html);
/** A way back to @index, the path of a batch's index; NULL is none. */
void page_crumb(struct html *html, const char *index);
/** @text with tabs as wide as four blanks. free() it. */
char *page_with_blanks(const char *text);
/** All lines of @text, as they are; "" is nothing. */
void page_lines(struct html *html, const char *text);
/** A bar of @part of @whole, decoration beside the same numbers in text. */
void page_bar(struct html *html, double part, double whole, const char *tone);

/* ---- sections ---- */

/** report_page_score.c: verdict, points, categories, the table of tests. */
void page_score(struct html *html, const json_t *view);
void page_categories(struct html *html, const json_t *view);
void page_test_table(struct html *html, const json_t *view);

/** report_page_test.c: tests that did not pass, each with its evidence. */
void page_failures(struct html *html, const json_t *view);
void page_failure(struct html *html, const json_t *view, const json_t *test);

/** report_page_trace.c: a history, drawn and as a table; under an <h4>. */
void page_trace(struct html *html, const json_t *trace, const char *unique);
/** report_page_drawing.c: the drawings in it. */
struct timeline;
void page_draw_calls(struct html *html, const struct timeline *timeline,
		     const char *title, const char *unique);
void page_draw_schedule(struct html *html, const struct timeline *timeline,
			const char *title, const char *unique);

/** report_page_threads.c: where each thread was. */
void page_threads(struct html *html, const json_t *view, const json_t *test);

/** report_page_source.c: diagnostics and races beside the source lines. */
void page_build(struct html *html, const json_t *view);
void page_races(struct html *html, const json_t *view, const json_t *test);
void page_excerpt(struct html *html, const json_t *view, const char *file,
		  json_int_t line);

/** report_page_rubric.c: what people score, and did; what to ask about a test,
 * under an <h4>. */
void page_rubric(struct html *html, const json_t *view);
void page_questions(struct html *html, const json_t *view, const json_t *test);

/** report_page_environment.c: resources, isolation, toolchain, files. */
void page_resources(struct html *html, const json_t *view);
void page_environment(struct html *html, const json_t *view);
void page_files(struct html *html, const json_t *view);

/** report_page_feedback.c: the candidate's page between its head and end. */
void page_feedback(struct html *html, const json_t *view);

#endif
