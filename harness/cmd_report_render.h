/*
 * cmd_report_render.h - "assay report" between its options and its pieces
 */
#ifndef ASSAY_CMD_REPORT_RENDER_H
#define ASSAY_CMD_REPORT_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd_report.h"
#include "format.h"
#include "ratings.h"
#include "report_view.h"

/* What the command line asks for, and how far it has come. Its texts are
 * those of the command line. */
struct rendering {
	const struct format *format; /* NULL: text or JSON */
	bool json;
	enum audience audience;
	const char *path;         /* --out, or NULL */
	FILE *out;                /* where it goes when all go to one place */
	struct report_site *site; /* where pages go */
	size_t count;             /* reports written there */
	bool all;
	bool titled; /* more than one: say which */
	bool merge;  /* folders, not reports */
	bool verify;
	const char *key;
	bool similarity;
	const char *results; /* the folder it is of */
	bool blind;
	const char *blind_map, *names, *sources; /* NULL: not told */
	struct report_blind *blinder;            /* while it renders */
	struct report_blind *known; /* not blind: who was called what */
	const char *rubric;         /* folder of what people scored, or NULL */
	const char *sheets;         /* the same, to make sheets in */
	const char *rater;
	struct ratings *ratings; /* of rubric */
};

/** Render the reports that @paths name, @count of them. An exit status, whose
 * reason has been said. */
int rendering_all(struct rendering *rendering, char *const *paths, int count);

/** What is alike in the folder of results, as text or JSON: of nothing else. An
 * exit status. */
int rendering_similarity(struct rendering *rendering);

/** Whether @count reports go to a document that is a file: "-o page.html". */
bool rendering_is_file(const struct rendering *rendering, size_t count);

#endif
