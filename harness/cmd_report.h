/*
 * cmd_report.h - the pieces of "assay report"
 */
#ifndef ASSAY_CMD_REPORT_H
#define ASSAY_CMD_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "format.h"
#include "report_list.h"
#include "report_view.h"

/**
 * The report @path, a new reference, or the one line why it is none. An exit
 * status.
 */
int report_read(const char *path, json_t **ret);

/**
 * cmd_report_verify.c: one line for each of @count reports, or results folders,
 * on whether it is what the owner of @key wrote (NULL: of this user's own key).
 * Returns an exit status: COMMAND_NOT_PASSED when one is not.
 */
int report_verify(char *const *paths, int count, const char *key);

struct report_site;

/**
 * cmd_report_similarity.c: "--similarity". Whether it goes with the rest of the
 * command line: COMMAND_DONE, or what is wrong has been said. @format is NULL
 * for text and JSON; @folder: it goes into one.
 */
int report_similarity_check(enum audience audience, const struct format *format,
			    bool folder, char *const *paths, int count);
/** What code of the submissions of @results is alike, for people or, with
 * @json, as a document, to @out. Returns an exit status. */
int report_similarity_print(const char *results, bool json, FILE *out);
/** The same as pages of @site, and in its index. */
int report_similarity_site(const char *results, struct report_site *site);

/** cmd_report_blind.c: "--blind". Exit statuses, whose reasons have been said. */
struct report_blind;

/** Read a report; 0 or an exit status. */
typedef int (*report_loader)(const char *path, json_t **ret);

/** Who is who is kept at @place (NULL: beside the first report's results) and
 * told by the table @names (NULL: none). @list is not empty. */
int report_blind_new(const struct report_list *list, const char *place,
		     const char *names, struct report_blind **ret);
/** The same, but only when there is somebody in it already: else *ret is NULL. */
int report_blind_find(const struct report_list *list, const char *place,
		      struct report_blind **ret);
void report_blind_free(struct report_blind *blind);
/** The pseudonym of whom @report is about. */
const char *report_blind_name(struct report_blind *blind, const json_t *report);
/** Give @report that instead of its submission's id and digest. */
void report_blind_rename(struct report_blind *blind, json_t *report);
/** Whether the folder @path may be written to and handed out. */
int report_blind_folder(const struct report_blind *blind, const char *path);
/** In @object, which has a submission's id as "submission", its pseudonym. */
void report_blind_tell(struct report_blind *blind, json_t *object);
/** Write the sources of each to the folder @path as well, which is made. */
int report_blind_sources(struct report_blind *blind, const char *path);
/** By pseudonym, where the order was one of names. */
int report_blind_sort(struct report_blind *blind, struct report_list *list,
		      report_loader load);
/** @view of @report, read from @path, a new reference. */
json_t *report_blind_view(struct report_blind *blind, const char *path,
			  const json_t *report, const json_t *view);
/** Keep who is who, and say what is not known of it. */
int report_blind_end(struct report_blind *blind);

#endif
