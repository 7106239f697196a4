/*
 * writer.c - see writer.h
 */
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report.h"
#include "report_file.h"
#include "text.h"

struct item {
	struct item *next;
	char *name; /* NULL: a line only */
	json_t *report;
	json_t *line;
	void *tag;
};

/* A group, or what waits to be one; first in, first out. */
struct items {
	struct item *first, **end;
	unsigned count;
};

struct writer {
	struct writer_options options;
	char *reports;
	int folder;
	struct items waiting;
	struct items group; /* the thread's, while writing */
	unsigned written;   /* how many of the group */
	bool writing;
	struct error err;
	uv_work_t work;
};

static void items_clear(struct items *items)
{
	*items = (struct items){ .first = NULL };
	items->end = &items->first;
}

/* ---- in the thread ---- */

static int place(struct writer *writer, const struct item *item)
{
	const struct writer_options *options = &writer->options;
	AUTO_FREE char *text = NULL;
	int r;

	if (!item->name)
		return 0;
	if (options->seal)
		options->seal(options->data, item->report, item->line);
	text = report_dump(item->report);
	r = report_file_place(writer->folder, item->name, text, strlen(text));
	if (r < 0)
		return error_errno(&writer->err, -r, "%s/%s", writer->reports,
				   item->name);
	return 0;
}

/* The first @count lines of the group. */
static int append(struct writer *writer, unsigned count)
{
	AUTO_FREE char *lines = NULL;
	const struct item *item = writer->group.first;
	size_t size = 0, length;
	unsigned i;

	for (i = 0; i < count; i++, item = item->next) {
		AUTO_FREE char *line = journal_text(item->line);

		length = strlen(line);
		lines = realloc(lines, size + length);
		ENOUGH(lines);
		memcpy(lines + size, line, length);
		size += length;
	}
	return journal_append(writer->options.journal, lines, size,
			      &writer->err);
}

static void write_group(uv_work_t *work)
{
	struct writer *writer = work->data;
	const struct item *item;
	struct error why;
	unsigned placed = 0;

	for (item = writer->group.first; item; item = item->next) {
		if (place(writer, item) < 0)
			break;
		placed++;
	}
	if (placed == 0)
		return;
	if (fsync(writer->folder) < 0) {
		(void)error_errno(&writer->err, errno, "%s", writer->reports);
		return;
	}
	/* those before the one that failed are whole */
	why = writer->err;
	if (append(writer, placed) == 0)
		writer->written = placed;
	if (why.code)
		writer->err = why;
}

/* ---- in the loop ---- */

static void start(struct writer *writer);

static void item_free(struct item *item)
{
	free(item->name);
	json_decref(item->report);
	json_decref(item->line);
	free(item);
}

/* Tell of the first @written, drop the others. */
static void settle(struct writer *writer, struct items *items, unsigned written)
{
	const struct writer_options *options = &writer->options;
	struct item *item;

	while ((item = items->first)) {
		items->first = item->next;
		if (written > 0) {
			written--;
			options->done(options->data, item->tag);
		} else if (item->tag) {
			options->drop(item->tag);
		}
		item_free(item);
	}
	items_clear(items);
}

static void group_over(uv_work_t *work, int status)
{
	struct writer *writer = work->data;

	(void)status; /* nobody cancels it */
	settle(writer, &writer->group, writer->written);
	writer->writing = false;
	if (!writer->err.code) {
		start(writer);
		return;
	}
	settle(writer, &writer->waiting, 0);
	writer->options.failed(writer->options.data, &writer->err);
}

static void start(struct writer *writer)
{
	if (writer->writing || writer->waiting.count == 0)
		return;
	writer->group = writer->waiting;
	items_clear(&writer->waiting);
	writer->written = 0;
	writer->writing = true;
	writer->work.data = writer;
	CHECK(uv_queue_work(writer->options.loop, &writer->work, write_group,
			    group_over) == 0);
}

void writer_put(struct writer *writer, char *name, json_t *report, json_t *line,
		void *tag)
{
	struct item *item = calloc(1, sizeof *item);

	ENOUGH(item);
	*item = (struct item){
		.name = name, .report = report, .line = line, .tag = tag
	};
	*writer->waiting.end = item;
	writer->waiting.end = &item->next;
	writer->waiting.count++;
	if (writer->err.code)
		settle(writer, &writer->waiting, 0);
	else
		start(writer);
}

bool writer_is_full(const struct writer *writer)
{
	return writer->waiting.count >= WRITER_WAITING_MAX;
}

bool writer_is_idle(const struct writer *writer)
{
	return !writer->writing && writer->waiting.count == 0;
}

bool writer_is_writing(const struct writer *writer)
{
	return writer->writing;
}

int writer_new(const struct writer_options *options, struct writer **ret,
	       struct error *err)
{
	AUTO_CLOSE int folder = open(options->reports,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct writer *writer;

	if (folder < 0)
		return error_errno(err, errno, "%s", options->reports);
	writer = calloc(1, sizeof *writer);
	ENOUGH(writer);
	writer->options = *options;
	writer->reports = text_format("%s", options->reports);
	writer->folder = TAKE_FD(folder);
	items_clear(&writer->waiting);
	items_clear(&writer->group);
	*ret = writer;
	return 0;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	CHECK(writer_is_idle(writer));
	(void)close(writer->folder);
	free(writer->reports);
	free(writer);
}
