/*
 * cmd_report_blind.c - "assay report --blind": reports for raters who are not to
 * know whose they are
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "blind.h"
#include "blind_batch.h"
#include "cmd_report.h"
#include "command.h"
#include "report_file.h"
#include "report_list.h"
#include "report_parts.h"
#include "text.h"

struct report_blind {
	struct names_list *names;
	struct blind_batch *batch;
	char *place;
};

void report_blind_free(struct report_blind *blind)
{
	if (!blind)
		return;
	blind_batch_free(blind->batch);
	names_list_free(blind->names);
	free(blind->place);
	free(blind);
}

int report_blind_new(const struct report_list *list, const char *place,
		     const char *names, struct report_blind **ret)
{
	struct report_blind *blind;
	struct error err = { 0 };
	int r = 0;

	/* No secret is made beside what is not there. */
	if (access(list->items[0].path, R_OK) < 0)
		return command_input("report", errno, "%s: %s",
				     list->items[0].path, strerror(errno));
	blind = calloc(1, sizeof *blind);
	ENOUGH(blind);
	blind->place = place ? text_format("%s", place)
			     : blind_batch_place(list->items[0].path);
	if (names)
		r = names_list_load(names, &blind->names, &err);
	if (r == 0)
		r = blind_batch_new(blind->place, blind->names, &blind->batch,
				    &err);
	if (r == 0) {
		*ret = blind;
		return COMMAND_DONE;
	}
	report_blind_free(blind);
	return command_input("report", err.code, "--blind: %s", err.text);
}

int report_blind_find(const struct report_list *list, const char *place,
		      struct report_blind **ret)
{
	AUTO_FREE char *path = place ? text_format("%s", place)
				     : blind_batch_place(list->items[0].path);
	AUTO_FREE char *map = text_format("%s.json", path);

	*ret = NULL;
	if (access(map, F_OK) < 0)
		return COMMAND_DONE;
	return report_blind_new(list, place, NULL, ret);
}

const char *report_blind_name(struct report_blind *blind, const json_t *report)
{
	return blind_batch_name(blind->batch, report);
}

void report_blind_rename(struct report_blind *blind, json_t *report)
{
	json_t *submission = json_object_get(report, "submission");

	if (!json_is_object(submission))
		return;
	report_set(submission, "id",
		   report_text(report_blind_name(blind, report)));
	(void)json_object_del(submission, "digest");
}

void report_blind_tell(struct report_blind *blind, json_t *object)
{
	const char *id = json_string_value(
		json_object_get(object, "submission"));

	if (id)
		report_set(object, "submission",
			   report_text(blind_batch_called(blind->batch, id)));
}

/* ---- what is handed out ---- */

/* Whether the folder @path, or one below it, is where @file is. */
static bool holds(const char *path, const char *file)
{
	AUTO_FREE char *folder = realpath(path, NULL);
	AUTO_FREE char *real = realpath(file, NULL);
	size_t size = folder ? strlen(folder) : 0;

	return folder && real && strncmp(real, folder, size) == 0 &&
	       (real[size] == '/' || size == 1);
}

/* Of a rendering that was blind as well. */
static bool is_blind_name(const char *name)
{
	return *name == '.' || strncmp(name, "candidate-", 10) == 0 ||
	       strcmp(name, "index.html") == 0 || strcmp(name, "reports") == 0;
}

/* A name in the folder @path that is not; NULL for none. free() it. */
static char *other_name(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	char *other = NULL;

	if (!folder)
		return NULL;
	while (!other && (entry = readdir(folder)))
		if (!is_blind_name(entry->d_name))
			other = text_format("%s/%s", path, entry->d_name);
	(void)closedir(folder);
	return other;
}

int report_blind_folder(const struct report_blind *blind, const char *path)
{
	AUTO_FREE char *key = text_format("%s.key", blind->place);
	AUTO_FREE char *pages = text_format("%s/reports", path);
	AUTO_FREE char *other = other_name(path);

	if (holds(path, key))
		return command_usage("report",
				     "%s: who is who is kept in there "
				     "(%s), not to be handed out with it",
				     path, key);
	if (!other)
		other = other_name(pages);
	if (other)
		return command_usage("report",
				     "%s is of no blind rendering: it "
				     "would be handed out with this one; name "
				     "a folder of its own",
				     other);
	return COMMAND_DONE;
}

int report_blind_sources(struct report_blind *blind, const char *path)
{
	if (report_blind_folder(blind, path) != 0)
		return COMMAND_USAGE;
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return command_input("report", errno, "--sources: %s: %s", path,
				     strerror(errno));
	blind_batch_sources(blind->batch, path);
	return COMMAND_DONE;
}

/* ---- reports ---- */

struct named {
	struct report_listed item;
	char *name;
};

static int by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	return strcmp(a->name, b->name);
}

int report_blind_sort(struct report_blind *blind, struct report_list *list,
		      report_loader load)
{
	struct named *all = calloc(list->count + 1, sizeof *all);
	int status = COMMAND_DONE;
	size_t i;

	ENOUGH(all);
	for (i = 0; i < list->count; i++) {
		json_t *report = NULL;
		int r = load(list->items[i].path, &report);

		status = r > status ? r : status;
		all[i].item = list->items[i];
		all[i].name = text_format(
			"%s",
			report ? blind_batch_name(blind->batch, report) : "");
		json_decref(report);
	}
	qsort(all, list->count, sizeof *all, by_name);
	for (i = 0; i < list->count; i++) {
		list->items[i] = all[i].item;
		free(all[i].name);
	}
	free(all);
	return status;
}

json_t *report_blind_view(struct report_blind *blind, const char *path,
			  const json_t *report, const json_t *view)
{
	return blind_batch_view(blind->batch, path, report, view);
}

/* What would make it less blind than who hands it out thinks. */
static void warn(const struct report_blind *blind)
{
	size_t count = blind_batch_count(blind->batch);
	size_t unread = blind_batch_unread(blind->batch);
	size_t listed = blind_batch_listed(blind->batch);

	if (unread > 0)
		(void)fprintf(stderr,
			      "assay report: --blind: %zu of %zu submissions "
			      "are not where they were graded: names that only "
			      "their sources tell are not known (--names tells "
			      "them)\n",
			      unread, count);
	if (listed < count)
		(void)fprintf(
			stderr,
			"assay report: --names: has nothing of %zu of %zu "
			"submissions\n",
			count - listed, count);
}

int report_blind_end(struct report_blind *blind)
{
	struct error err = { 0 };

	warn(blind);
	if (blind_batch_save(blind->batch, &err) == 0)
		return COMMAND_DONE;
	return command_input("report", err.code, "--blind: %s", err.text);
}
