/*
 * explain_parts.h - the pieces that explain.c puts together
 *
 * Whatever text goes through these functions comes out without control
 * characters and within the paper's columns.
 */
#ifndef ASSAY_EXPLAIN_PARTS_H
#define ASSAY_EXPLAIN_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#define EXPLAIN_COLUMNS 80 /* lines that are longer are hard to read */

/* Where the words go. */
struct paper {
	FILE *out;
	size_t columns; /* of words, at most EXPLAIN_COLUMNS */
	size_t drawn;   /* of pictures */
	bool colour;
	bool all;            /* of passing tests, too */
	bool hidden;         /* of hidden tests, too */
	const json_t *asked; /* the view whose questions for an interview are
				told; NULL: none are, as other programs show
				what they are given to anybody */
};

/** explain_paper.c: plain paper for a reader of @columns columns; @out may be
 * set later. */
struct paper paper_of(FILE *out, unsigned columns);
/** @text behind @lead, wrapped and hanging beneath itself. */
void paper_text(struct paper *paper, size_t indent, const char *lead,
		const char *text);
/** @text wrapped, on a line of which @hang columns are written already. */
void paper_rest(struct paper *paper, size_t hang, const char *text);
/** Each line of @text on its own, at most @lines_max of them, the last ones. */
void paper_last_lines(struct paper *paper, size_t indent, const char *lead,
		      const char *text, size_t lines_max);
/** Any JSON, cut to a few lines. */
void paper_json(struct paper *paper, size_t indent, const char *lead,
		const json_t *value);
/** @text in the colour of verdict @status, at least @columns wide. */
void paper_status(struct paper *paper, const char *status, const char *text,
		  size_t columns);

/** explain_timeline.c: the picture that @lines of a trace are, @most rows of it;
 * false: they are none (timeline.h), and nothing was written. */
bool paper_timeline(struct paper *paper, size_t indent, const json_t *lines,
		    size_t most);

/** explain_rubric.c: what people scored, where the view has it. */
void explain_rubric(struct paper *paper, const json_t *view);

/** explain_test.c: the line of a test and what belongs under it. */
void explain_test(struct paper *paper, const json_t *test,
		  size_t label_columns);

#endif
