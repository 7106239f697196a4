/*
 * The folder that one machine would have made.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "journal.h"
#include "merge_parts.h"
#include "report_file.h"
#include "report_member.h"
#include "report_parts.h"
#include "report_place.h"
#include "summary.h"
#include "text.h"

#define LINES_BYTES 65536 /* journal lines that are written at once */

static int make_folder(const char *path, struct error *err)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(err, errno, "%s", path);
	return 0;
}

static int check_empty(const char *path, struct error *err)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	if (!folder)
		return error_errno(err, errno, "%s", path);
	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			empty = false;
	(void)closedir(folder);
	if (!empty)
		return error_set(err, ENOTEMPTY,
				 "%s: is not empty; name another folder, or "
				 "remove it",
				 path);
	return 0;
}

/* ---- reports ---- */

static int copy_report(const char *from, const char *to, struct error *err)
{
	AUTO_CLOSE int fd = open(from, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *bytes = NULL;
	size_t size = 0;

	if (fd < 0)
		return error_errno(err, errno, "%s", from);
	bytes = fd_read_all(fd, &size);
	if (!bytes)
		return error_errno(err, errno, "%s", from);
	return report_file_replace(to, bytes, size, err);
}

static int take_report(const char *dir, const char *out, const char *id,
		       struct error *err)
{
	AUTO_FREE char *from = report_place(dir, id);
	AUTO_FREE char *to = report_place(out, id);

	if (link(from, to) == 0)
		return 0;
	/* another file system, or one that has no links, or too many */
	return copy_report(from, to, err);
}

/* ---- the journal ---- */

struct writing {
	const struct merge *merge;
	const char *out;
	struct journal *journal;
	FILE *lines; /* that wait to be written */
	char *text;
	size_t size;
};

static void open_lines(struct writing *writing)
{
	writing->lines = open_memstream(&writing->text, &writing->size);
	ENOUGH(writing->lines);
}

static int write_lines(struct writing *writing, struct error *err)
{
	int r = 0;

	text_stream_close(writing->lines, &writing->text);
	writing->lines = NULL;
	if (writing->size > 0)
		r = journal_append(writing->journal, writing->text,
				   writing->size, err);
	free(writing->text);
	writing->text = NULL;
	return r;
}

static int keep_line(struct writing *writing, const json_t *line,
		     struct error *err)
{
	AUTO_FREE char *text = journal_text(line);
	int r;

	(void)fputs(text, writing->lines);
	if (ftell(writing->lines) < LINES_BYTES)
		return 0;
	r = write_lines(writing, err);
	open_lines(writing);
	return r;
}

static int take_line(struct writing *writing, const char *dir,
		     const struct journal_entry *entry, struct error *err)
{
	const char *id = report_string(entry->json, "id");
	int r = 0;

	switch (entry->kind) {
	case JOURNAL_GRADED:
		r = take_report(dir, writing->out, id, err);
		return r == 0 ? keep_line(writing, entry->json, err) : r;
	case JOURNAL_AUDIT:
	case JOURNAL_OTHER:
		return keep_line(writing, entry->json, err);
	case JOURNAL_BATCH:
	case JOURNAL_ERROR: /* the last start's are in the merge */
	case JOURNAL_RESUMED:
	case JOURNAL_END:
		break;
	}
	return 0;
}

static int take_shard(struct writing *writing, const char *dir,
		      struct error *err)
{
	struct journal_reader *reader = NULL;
	struct journal_entry entry;
	int r = journal_reader_open(dir, &reader, err);

	while (r == 0 && (r = journal_read(reader, &entry, err)) > 0) {
		r = take_line(writing, dir, &entry, err);
		json_decref(entry.json);
	}
	journal_reader_close(reader);
	return r;
}

static json_t *first_line(const struct merge *merge)
{
	json_t *batch = json_deep_copy(merge->batch);

	ENOUGH(batch);
	report_set(batch, "shard", json_null());
	return batch;
}

/* Links are on the disk before the journal says that all is there. */
static int sync_reports(const char *out, struct error *err)
{
	AUTO_FREE char *path = text_format("%s/reports", out);
	AUTO_CLOSE int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0 || fsync(folder) < 0)
		return error_errno(err, errno, "%s", path);
	return 0;
}

static int take_shards(struct writing *writing, struct error *err)
{
	const struct merge *merge = writing->merge;
	const json_t *line;
	size_t i;
	int r;

	r = journal_begin(writing->journal, first_line(merge), err);
	for (i = 0; r == 0 && i < merge->of; i++)
		r = take_shard(writing, merge->dirs[i], err);
	json_array_foreach (merge->errors, i, line)
		if (r == 0)
			r = keep_line(writing, line, err);
	if (r == 0)
		r = write_lines(writing, err);
	if (r == 0)
		r = sync_reports(writing->out, err);
	if (r == 0)
		r = journal_add(writing->journal,
				journal_end_line(merge_graded(merge)), err);
	return r;
}

static int sum_up(const char *out, struct error *err)
{
	struct summary *summary = summary_new();
	int r = summary_read(summary, out, err);

	if (r == 0)
		r = summary_write(summary, out, err);
	summary_free(summary);
	return r;
}

int merge_write(const struct merge *merge, const char *out, struct error *err)
{
	struct writing writing = { .merge = merge, .out = out };
	AUTO_FREE char *reports = text_format("%s/reports", out);
	int r = make_folder(out, err);

	if (r == 0)
		r = check_empty(out, err);
	if (r == 0)
		r = make_folder(reports, err);
	if (r == 0)
		r = journal_open(out, &writing.journal, err);
	if (r < 0)
		return r;
	open_lines(&writing);
	r = take_shards(&writing, err);
	if (writing.lines)
		text_stream_close(writing.lines, &writing.text);
	free(writing.text);
	if (r == 0)
		r = sum_up(out, err);
	journal_close(writing.journal);
	return r;
}
