/*
 * command_rubric.h - "assay report --rubric" and "--rubric-sheets"
 */
#ifndef ASSAY_COMMAND_RUBRIC_H
#define ASSAY_COMMAND_RUBRIC_H

#include <jansson.h>

#include "ratings.h"
#include "report_list.h"

/** ratings_open(), or the one line why not. An exit status. */
int command_rubric_open(const char *folder, struct ratings **ret);

/**
 * ratings_attach(), with a line on standard error for each file that is not as
 * it should be: then COMMAND_USAGE, and @report has the others. Nothing for
 * NULL.
 */
int command_rubric_attach(const struct ratings *ratings, json_t *report);

/**
 * Make empty sheets in @folder for @rater, of each report that @list has, and
 * say how many. An exit status.
 */
int command_rubric_sheets(const char *folder, const char *rater,
			  const struct report_list *list);

#endif
