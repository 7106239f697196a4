/*
 * command_rubric.h - "assay report --rubric" and "--rubric-sheets"
 */
#ifndef ASSAY_COMMAND_RUBRIC_H
#define ASSAY_COMMAND_RUBRIC_H

#include <jansson.h>

#include "cmd_report.h"
#include "ratings.h"
#include "report_list.h"

/** ratings_open(), or the one line why not. An exit status. */
int command_rubric_open(const char *folder, struct ratings **ret);

/**
 * ratings_attach(), with a line on standard error for each file that is not as
 * it should be: then COMMAND_USAGE, and @report has the others. Nothing for
 * NULL. With @blind (or NULL) also what was scored under a pseudonym.
 */
int command_rubric_attach(const struct ratings *ratings,
			  struct report_blind *blind, json_t *report);

/**
 * Make empty sheets in @folder for @rater, of each report that @list has, and
 * say how many; by pseudonym with @blind, which may be NULL. An exit status.
 */
int command_rubric_sheets(const char *folder, const char *rater,
			  const struct report_list *list,
			  struct report_blind *blind);

#endif
