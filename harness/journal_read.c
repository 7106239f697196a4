/*
 * journal_read.c - a journal line by line: see journal.h
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define FIRST_ROOM 4096 /* bytes of a line, most have some hundred */

struct journal_reader {
	FILE *file;
	char *path;
	json_t *batch;
	char *bytes; /* of the line at hand */
	size_t room;
	uint64_t offset;  /* where the next line starts */
	uint64_t end;     /* behind the last whole line */
	uint64_t damaged; /* passed over */
};

void journal_reader_close(struct journal_reader *reader)
{
	if (!reader)
		return;
	if (reader->file)
		(void)fclose(reader->file);
	json_decref(reader->batch);
	free(reader->bytes);
	free(reader->path);
	free(reader);
}

static void keep_byte(struct journal_reader *reader, size_t size, char byte)
{
	if (size >= reader->room) {
		reader->room = reader->room ? 2 * reader->room : FIRST_ROOM;
		reader->bytes = realloc(reader->bytes, reader->room);
		ENOUGH(reader->bytes);
	}
	reader->bytes[size] = byte;
}

/* The next line's bytes; *size is SIZE_MAX where there are too many. Returns
 * 1, 0 at the end or where a line does not end, -errno. */
static int read_bytes(struct journal_reader *reader, size_t *size)
{
	size_t count = 0;
	int c;

	while ((c = getc_unlocked(reader->file)) != '\n' && c != EOF) {
		if (count < JOURNAL_LINE_MAX - 1)
			keep_byte(reader, count, (char)c);
		count++;
	}
	if (c == EOF)
		return ferror(reader->file) ? -EIO : 0;
	reader->offset += count + 1;
	*size = count < JOURNAL_LINE_MAX ? count : SIZE_MAX;
	return 1;
}

static json_t *parse(const struct journal_reader *reader, size_t size,
		     enum journal_kind *kind)
{
	if (size == 0 || size == SIZE_MAX)
		return NULL;
	return journal_parse(reader->bytes, size, kind);
}

int journal_read(struct journal_reader *reader, struct journal_entry *entry,
		 struct error *err)
{
	size_t size = 0;
	int r;

	for (;;) {
		entry->offset = reader->offset;
		r = read_bytes(reader, &size);
		if (r < 0)
			return error_errno(err, -r, "%s", reader->path);
		if (r == 0)
			return 0;
		entry->json = parse(reader, size, &entry->kind);
		if (entry->json)
			break;
		reader->damaged++;
	}
	reader->end = reader->offset;
	return 1;
}

static int read_first(struct journal_reader *reader, struct error *err)
{
	enum journal_kind kind = JOURNAL_OTHER;
	size_t size = 0;
	int r = read_bytes(reader, &size);
	json_int_t version;

	if (r < 0)
		return error_errno(err, -r, "%s", reader->path);
	reader->batch = r ? parse(reader, size, &kind) : NULL;
	if (!reader->batch || kind != JOURNAL_BATCH)
		return error_set(err, EINVAL,
				 "%s: does not start as a journal of assay "
				 "does",
				 reader->path);
	version = json_integer_value(
		json_object_get(reader->batch, "journal_version"));
	if (version != JOURNAL_VERSION)
		return error_set(err, EINVAL,
				 "%s: is of version %lld, this assay has %d",
				 reader->path, version, JOURNAL_VERSION);
	reader->end = reader->offset;
	return 0;
}

int journal_reader_open(const char *dir, struct journal_reader **ret,
			struct error *err)
{
	struct journal_reader *reader = calloc(1, sizeof *reader);
	int r;

	ENOUGH(reader);
	reader->path = text_format("%s/%s", dir, JOURNAL_NAME);
	reader->file = fopen(reader->path, "re");
	r = reader->file ? read_first(reader, err)
			 : error_errno(err, errno, "%s", reader->path);
	if (r < 0)
		journal_reader_close(reader);
	else
		*ret = reader;
	return r;
}

const json_t *journal_reader_batch(const struct journal_reader *reader)
{
	return reader->batch;
}

uint64_t journal_reader_damaged(const struct journal_reader *reader)
{
	return reader->damaged;
}

uint64_t journal_reader_end(const struct journal_reader *reader)
{
	return reader->end;
}

json_t *journal_read_at(const struct journal_reader *reader, uint64_t offset)
{
	AUTO_FREE char *bytes = NULL;
	size_t room = FIRST_ROOM;
	enum journal_kind kind;
	const char *end;
	ssize_t got;

	for (;; room *= 2) {
		bytes = realloc(bytes, room);
		ENOUGH(bytes);
		got = pread(fileno(reader->file), bytes, room, (off_t)offset);
		if (got <= 0)
			return NULL;
		end = memchr(bytes, '\n', (size_t)got);
		if (end)
			return journal_parse(bytes, (size_t)(end - bytes),
					     &kind);
		if ((size_t)got < room || room >= JOURNAL_LINE_MAX)
			return NULL;
	}
}
