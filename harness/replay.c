#include "replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "changes.h"
#include "journal.h"
#include "report_member.h"
#include "report_parts.h"
#include "report_place.h"
#include "text.h"

#define REPORTS "reports/"

void replay_release(struct replay *replay)
{
	json_decref(replay->graded);
	json_decref(replay->options);
	*replay = (struct replay){ .graded = NULL };
}

/* ---- its journal ---- */

/* "DIR" of "DIR/reports/ID.json", "." of "reports/ID.json"; NULL: another
 * place. free() it. */
static char *results_of(const char *path)
{
	const char *name = strrchr(path, '/');
	size_t folder = name ? (size_t)(name + 1 - path) : 0;
	size_t reports = strlen(REPORTS);

	if (folder < reports ||
	    memcmp(path + folder - reports, REPORTS, reports) != 0)
		return NULL;
	folder -= reports;
	if (folder == 0)
		return text_format(".");
	return path[folder - 1] == '/' ? text_format("%.*s", (int)folder, path)
				       : NULL;
}

/* The last line about @id holds. */
static int find_line(struct replay *replay, struct journal_reader *reader,
		     const char *id, struct error *err)
{
	struct journal_entry entry;
	int r;

	while ((r = journal_read(reader, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED &&
		    report_is(entry.json, "id", id)) {
			json_decref(replay->graded);
			replay->graded = json_incref(entry.json);
		}
		json_decref(entry.json);
	}
	replay->options = report_value(
		json_object_get(journal_reader_batch(reader), "options"));
	return r;
}

int replay_find(struct replay *replay, const char *path, struct error *err)
{
	AUTO_FREE char *folder = results_of(path), *id = report_place_id(path);
	struct journal_reader *reader;
	int r;

	if (!folder)
		return 0;
	r = journal_reader_open(folder, &reader, err);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = find_line(replay, reader, id, err);
	journal_reader_close(reader);
	return r;
}

const char *replay_path(const struct replay *replay)
{
	return report_string_or(replay->graded, "path", NULL);
}

const char *replay_digest(const struct replay *replay)
{
	return report_string_or(json_object_get(replay->graded, "signature"),
				"digest", NULL);
}

const char *replay_secret(const struct replay *replay)
{
	return report_string_or(replay->options, "hidden", NULL);
}

/* ---- how it was graded ---- */

const char *replay_exercise(const struct replay *replay)
{
	return report_string_or(
		json_object_get(replay->report, "exercise"), "id",
		report_string_or(replay->options, "exercise", NULL));
}

const char *replay_language(const struct replay *replay)
{
	return report_string_or(
		json_object_get(replay->report, "exercise"), "language",
		report_string_or(replay->options, "language", NULL));
}

bool replay_with_hidden(const struct replay *replay)
{
	return json_is_true(json_object_get(
		json_object_get(replay->report, "score"), "with_hidden"));
}

/* ---- the submission ---- */

/* The exercise's own files stand in a report in any case, over what was handed
 * in under their names. */
static bool is_owned(const json_t *files, const char *path)
{
	const json_t *file;
	size_t i;

	json_array_foreach (files, i, file)
		if (report_is(file, "path", path))
			return report_is(file, "role", "owned");
	return false;
}

/* @submission of a report without them. */
static json_t *without_owned(const json_t *submission)
{
	json_t *object = json_object(), *files = json_array(), *file;
	size_t i;

	json_array_foreach (json_object_get(submission, "files"), i, file)
		if (!report_is(file, "role", "owned"))
			report_append(files, json_incref(file));
	report_set(object, "digest",
		   report_value(json_object_get(submission, "digest")));
	report_set(object, "files", files);
	return object;
}

/* @submission as the report has it, whose files are @reported. */
static json_t *as_reported(const struct submission *submission,
			   const json_t *reported)
{
	json_t *object = json_object(), *files = json_array();
	char digest[65];
	size_t i;

	fileset_digest(&submission->files, digest);
	for (i = 0; i < submission->files.count; i++) {
		const struct file *file = &submission->files.files[i];
		json_t *one;

		if (is_owned(reported, file->path))
			continue;
		one = json_object();
		report_set(one, "path", report_text(file->path));
		report_set(one, "sha256", report_text(file->sha256));
		report_append(files, one);
	}
	report_set(object, "digest", report_text(digest));
	report_set(object, "files", files);
	return object;
}

char *replay_difference(const struct replay *replay,
			const struct submission *submission)
{
	const json_t *part = json_object_get(replay->report, "submission");
	json_auto_t *was = without_owned(part);
	json_auto_t *now = as_reported(submission,
				       json_object_get(part, "files"));
	const char *content = report_string_or(replay->graded, "content",
					       submission->content);
	AUTO_FREE char *files = changes_files(was, now);

	if (*files)
		return TAKE_PTR(files);
	if (strcmp(content, submission->content) == 0)
		return NULL;
	return text_format("the same files, but what else was handed in with "
			   "them, or their exercise, is not");
}
