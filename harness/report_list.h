/*
 * report_list.h - what a command line of "assay report" is of
 *
 * Reports, and result folders of "assay grade", which stand for all reports
 * that their journals tell of.
 */
#ifndef ASSAY_REPORT_LIST_H
#define ASSAY_REPORT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>

struct report_listed {
	char *path;
	bool is_folder; /* to be told as one, by its summary */
};

struct report_list {
	struct report_listed *items;
	size_t count;
	size_t room;
	json_t *audit; /* what became of all folders' audits (audit_json()),
			  where reports stand for them; NULL: no folder */
};

void report_list_release(struct report_list *list);

/**
 * Add @path. A folder is added as itself with @whole, or else as its reports,
 * by id. -EINVAL: it is a folder without results, and the text says so.
 */
int report_list_add(struct report_list *list, const char *path, bool whole,
		    struct error *err);

/** Whether @path is a folder. */
bool report_list_is_folder(const char *path);

#endif
