/*
 * cmd_report_render.c - reports, one after the other, to where they go
 */
#include "cmd_report_render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "blind.h"
#include "blind_view.h"
#include "command.h"
#include "command_rubric.h"
#include "explain.h"
#include "format_parts.h"
#include "report.h"
#include "report_file.h"
#include "report_list.h"
#include "report_place.h"
#include "report_site.h"
#include "summary.h"
#include "text.h"

#define FILE_COLUMNS 80 /* of text in a file, whose reader is not known */

int report_read(const char *path, json_t **ret)
{
	json_error_t where;
	json_t *report = NULL;
	FILE *in = fopen(path, "re");
	json_int_t version;

	if (!in)
		return command_input("report", errno, "%s: %s", path,
				     strerror(errno));
	report = json_loadf(in, JSON_REJECT_DUPLICATES, &where);
	(void)fclose(in);
	if (!report)
		return command_usage("report", "%s: line %d: %s", path,
				     where.line, where.text);
	version = json_integer_value(json_object_get(report, "report_version"));
	if (version != REPORT_VERSION) {
		json_decref(report);
		return command_usage("report",
				     "%s: no report that this assay can read "
				     "(report_version is not %d)",
				     path, REPORT_VERSION);
	}
	/* People's marks come from their files, and from nowhere else. */
	(void)json_object_del(report, "ratings");
	*ret = report;
	return COMMAND_DONE;
}

static bool is_coloured(const struct rendering *rendering)
{
	return rendering->out == stdout && command_colour(STDOUT_FILENO);
}

static void write_title(const struct rendering *rendering, const char *path)
{
	if (rendering->titled)
		(void)fprintf(rendering->out, "== %s\n", path);
}

static void write_end(const struct rendering *rendering)
{
	if (rendering->titled)
		(void)fputc('\n', rendering->out);
}

static void write_text(const struct rendering *rendering, const char *path,
		       const json_t *view)
{
	write_title(rendering, blind_view_is(view)
				       ? format_string(view, "submission.id")
				       : path);
	explain_view(view, rendering->out,
		     rendering->out == stdout ? command_columns(STDOUT_FILENO)
					      : FILE_COLUMNS,
		     is_coloured(rendering), rendering->all);
	write_end(rendering);
}

/* The report's file name, without ".json", or the pseudonym that is on it.
 * free() it. */
static char *name_of(const char *path, const json_t *view)
{
	if (blind_view_is(view))
		return blind_file_name(format_string(view, "submission.id"));
	return report_place_id(path);
}

/* Into the folder --out, named as the report is. */
static int write_own_file(const struct rendering *rendering, const char *path,
			  const json_t *view)
{
	AUTO_FREE char *name = name_of(path, view);
	AUTO_FREE char *text = NULL, *to = NULL;
	struct error err = { 0 };
	size_t size = 0;
	FILE *out;
	int r;

	if (rendering->site) {
		r = report_site_add(rendering->site, view, name, &err);
	} else {
		CHECK(rendering->format);
		out = open_memstream(&text, &size);
		ENOUGH(out);
		format_write(rendering->format, out, view);
		text_stream_close(out, &text);
		to = text_format("%s/%s%s", rendering->path, name,
				 rendering->format->suffix);
		r = report_file_replace(to, text, size, &err);
	}
	return r < 0 ? command_input("report", err.code, "%s", err.text)
		     : COMMAND_DONE;
}

/* A result folder, by its summary. */
static int tell_folder(const struct rendering *rendering, const char *path)
{
	struct summary *summary = summary_new();
	struct error err = { 0 };
	int r = summary_read(summary, path, &err);

	if (r == 0) {
		write_title(rendering, path);
		summary_print(summary, rendering->out, is_coloured(rendering));
		write_end(rendering);
	}
	summary_free(summary);
	return r < 0 ? command_input("report", err.code, "%s", err.text)
		     : COMMAND_DONE;
}

static void write_together(struct rendering *rendering, const json_t *view)
{
	const struct format *format = rendering->format;

	(void)fputs(rendering->count ? format->between : format->head,
		    rendering->out);
	format->report(rendering->out, view, rendering->count);
}

/* All that any format is given: what the audience may see. */
static json_t *view_of(const struct rendering *rendering, const char *path,
		       const json_t *report)
{
	json_t *view = report_view(report, rendering->audience), *blinded;

	if (!rendering->blinder)
		return view;
	blinded = report_blind_view(rendering->blinder, path, report, view);
	json_decref(view);
	return blinded;
}

static int render(struct rendering *rendering, const char *path)
{
	json_auto_t *report = NULL, *view = NULL;
	int status = report_read(path, &report), marked, wrote;

	if (status)
		return status;
	/* A page that lacks a bad file's marks is better than no page. */
	marked = command_rubric_attach(rendering->ratings,
				       rendering->blinder ? rendering->blinder
							  : rendering->known,
				       report);
	view = view_of(rendering, path, report);
	if (!rendering->out) {
		wrote = write_own_file(rendering, path, view);
		return wrote > marked ? wrote : marked;
	}
	if (rendering->format) {
		write_together(rendering, view);
	} else if (rendering->json) {
		(void)json_dumpf(view, rendering->out,
				 JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		(void)fputc('\n', rendering->out);
	} else {
		write_text(rendering, path, view);
	}
	rendering->count++;
	return marked;
}

/* One document that is to be a file: "-o page.html". */
bool rendering_is_file(const struct rendering *rendering, size_t count)
{
	const char *suffix = rendering->format->suffix;
	size_t size = strlen(rendering->path), end = strlen(suffix);
	struct stat st;

	return count == 1 && size > end &&
	       strcmp(rendering->path + size - end, suffix) == 0 &&
	       (stat(rendering->path, &st) < 0 || !S_ISDIR(st.st_mode));
}

/* A document for each report. */
static int open_folder(struct rendering *rendering)
{
	struct error err = { 0 };

	rendering->out = NULL;
	if (rendering->blinder &&
	    report_blind_folder(rendering->blinder, rendering->path) != 0)
		return COMMAND_USAGE;
	if (strcmp(rendering->format->name, "html") == 0) {
		if (report_site_new(rendering->path, &rendering->site, &err) ==
		    0)
			return COMMAND_DONE;
		return command_input("report", err.code, "--out: %s", err.text);
	}
	if (mkdir(rendering->path, 0777) == 0 || errno == EEXIST)
		return COMMAND_DONE;
	return command_input("report", errno, "--out: %s: %s", rendering->path,
			     strerror(errno));
}

/* Where it all goes; @count reports are to come. */
static int open_output(struct rendering *rendering, size_t count)
{
	const struct format *format = rendering->format;

	rendering->out = stdout;
	if (!rendering->path && format && !format->together && count > 1)
		return command_usage("report",
				     "--format %s has a document for each "
				     "report: -o names the folder for them",
				     format->name);
	if (!rendering->path)
		return COMMAND_DONE;
	if (format && !format->together && !rendering_is_file(rendering, count))
		return open_folder(rendering);
	rendering->out = fopen(rendering->path, "we");
	if (rendering->out)
		return COMMAND_DONE;
	return command_input("report", errno, "--out: %s: %s", rendering->path,
			     strerror(errno));
}

static int close_site(struct rendering *rendering)
{
	struct error err = { 0 };

	if (report_site_end(rendering->site, &err) == 0)
		return COMMAND_DONE;
	return command_input("report", err.code, "%s", err.text);
}

/* What was written to one place is whole only when this has gone well. */
static int close_output(struct rendering *rendering)
{
	bool failed;

	if (!rendering->out)
		return close_site(rendering);
	if (rendering->format) {
		if (rendering->count == 0)
			(void)fputs(rendering->format->head, rendering->out);
		rendering->format->tail(rendering->out, rendering->count);
	}
	failed = ferror(rendering->out) != 0;
	if (rendering->out == stdout)
		failed = fflush(stdout) != 0 || failed;
	else
		failed = fclose(rendering->out) != 0 || failed;
	return failed ? command_fault("report", "%s: cannot be written",
				      rendering->path ? rendering->path
						      : "standard output")
		      : COMMAND_DONE;
}

/* Into an index, and for whom it is blind, without names. */
static void put_audit(const struct rendering *rendering, const json_t *audit)
{
	json_auto_t *given = json_deep_copy(audit);
	json_t *one;
	size_t i;

	if (!rendering->site || !given)
		return;
	json_array_foreach (json_object_get(given, "differing"), i, one)
		if (rendering->blinder)
			report_blind_tell(rendering->blinder, one);
	report_site_audit(rendering->site, given);
}

static int render_list(struct rendering *rendering,
		       const struct report_list *list)
{
	int status = open_output(rendering, list->count), closed;
	size_t i;

	if (status)
		return status;
	rendering->titled = list->count > 1;
	put_audit(rendering, list->audit);
	for (i = 0; i < list->count; i++) {
		const struct report_listed *item = &list->items[i];
		int r = item->is_folder ? tell_folder(rendering, item->path)
					: render(rendering, item->path);

		if (r > status)
			status = r;
	}
	if (!status && rendering->similarity)
		status = report_similarity_site(rendering->results,
						rendering->site);
	closed = close_output(rendering);
	return closed > status ? closed : status;
}

static int render_blind(struct rendering *rendering, struct report_list *list)
{
	int status, end;

	if (list->count == 0)
		return render_list(rendering, list);
	status = report_blind_new(list, rendering->blind_map, rendering->names,
				  &rendering->blinder);
	if (status)
		return status;
	status = report_blind_sort(rendering->blinder, list, report_read);
	if (!status && rendering->sources)
		status = report_blind_sources(rendering->blinder,
					      rendering->sources);
	if (!status) {
		status = rendering->sheets
				 ? command_rubric_sheets(rendering->sheets,
							 rendering->rater, list,
							 rendering->blinder)
				 : render_list(rendering, list);
		end = report_blind_end(rendering->blinder);
		status = end > status ? end : status;
	}
	report_blind_free(rendering->blinder);
	return status;
}

/* Marks may have been given blind. */
static int render_named(struct rendering *rendering,
			const struct report_list *list)
{
	int status = COMMAND_DONE;

	if (rendering->sheets)
		return command_rubric_sheets(rendering->sheets,
					     rendering->rater, list, NULL);
	if (rendering->rubric && list->count > 0)
		status = report_blind_find(list, rendering->blind_map,
					   &rendering->known);
	if (!status)
		status = render_list(rendering, list);
	report_blind_free(rendering->known);
	return status;
}

/* A candidate's summary would be of all others, and has their names. */
static bool tells_folders(const struct rendering *rendering)
{
	return !rendering->format && !rendering->json && !rendering->all &&
	       !rendering->blind && !rendering->rubric && !rendering->sheets &&
	       rendering->audience != AUDIENCE_CANDIDATE;
}

int rendering_all(struct rendering *rendering, char *const *paths, int count)
{
	struct report_list list = { .items = NULL };
	int status = COMMAND_DONE, i;

	if (rendering->rubric)
		status = command_rubric_open(rendering->rubric,
					     &rendering->ratings);
	for (i = 0; !status && i < count; i++) {
		struct error err = { 0 };

		if (report_list_add(&list, paths[i], tells_folders(rendering),
				    &err) < 0)
			status = command_input("report", err.code, "%s",
					       err.text);
	}
	if (!status)
		status = rendering->blind ? render_blind(rendering, &list)
					  : render_named(rendering, &list);
	report_list_release(&list);
	ratings_free(rendering->ratings);
	return status;
}

/* --similarity as text or JSON is of nothing else. */
int rendering_similarity(struct rendering *rendering)
{
	int status = open_output(rendering, 1), closed;

	if (status)
		return status;
	status = report_similarity_print(rendering->results, rendering->json,
					 rendering->out);
	closed = close_output(rendering);
	return closed > status ? closed : status;
}
