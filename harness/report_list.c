#include "report_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "audit.h"
#include "journal.h"
#include "report_place.h"
#include "summary.h"
#include "text.h"

#define FIRST_ROOM 16

void report_list_release(struct report_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	json_decref(list->audit);
	*list = (struct report_list){ .items = NULL };
}

bool report_list_is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Takes @path. */
static void add(struct report_list *list, char *path, bool is_folder)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : FIRST_ROOM;
		list->items = reallocarray(list->items, list->room,
					   sizeof *list->items);
		ENOUGH(list->items);
	}
	list->items[list->count++] = (struct report_listed){
		.path = path,
		.is_folder = is_folder,
	};
}

/* A journal may be anybody's: what it names is in the folder, or nowhere. */
static int add_report(struct report_list *list, const char *folder,
		      const char *id, struct error *err)
{
	if (strchr(id, '/'))
		return error_set(err, EINVAL,
				 "%s/" JOURNAL_NAME ": '%s' is no "
				 "submission's id",
				 folder, id);
	add(list, report_place(folder, id), false);
	return 0;
}

/* Takes @audit. */
static void add_audit(struct report_list *list, json_t *audit)
{
	json_t *sum = list->audit ? audit_sum(list->audit, audit)
				  : json_incref(audit);

	json_decref(list->audit);
	json_decref(audit);
	list->audit = sum;
}

/* In the order of its summary. */
static int add_reports(struct report_list *list, const char *folder,
		       struct error *err)
{
	struct summary *summary = summary_new();
	int r = summary_read(summary, folder, err);
	size_t i;

	for (i = 0; r == 0 && i < summary_count(summary); i++)
		r = add_report(list, folder, summary_id(summary, i), err);
	if (r == 0)
		add_audit(list, summary_audit(summary));
	summary_free(summary);
	return r;
}

static int check_results(const char *folder, struct error *err)
{
	AUTO_FREE char *journal = text_format("%s/" JOURNAL_NAME, folder);
	struct stat info;

	if (stat(journal, &info) == 0)
		return 0;
	if (errno != ENOENT)
		return error_errno(err, errno, "%s", journal);
	return error_set(err, EINVAL,
			 "%s: has no " JOURNAL_NAME
			 ": it is no result folder of \"assay grade\"",
			 folder);
}

int report_list_add(struct report_list *list, const char *path, bool whole,
		    struct error *err)
{
	int r;

	if (!report_list_is_folder(path)) {
		add(list, text_format("%s", path), false);
		return 0;
	}
	r = check_results(path, err);
	if (r < 0)
		return r;
	if (!whole)
		return add_reports(list, path, err);
	add(list, text_format("%s", path), true);
	return 0;
}
