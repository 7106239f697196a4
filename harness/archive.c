/*
 * archive.c - the entries of a .tar.gz, .tar or .zip, see intake.h
 *
 * The packed bytes are bounded and read into memory, and libarchive reads
 * from there: only tar and zip, only plain or through gzip once. Every byte of
 * every entry is unpacked by the loops below, never skipped by the library,
 * so that a bomb is noticed wherever it hides and reading ends right there.
 */
#include "intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <assay/cleanup.h>

#include "memory.h"

#define PACKED_MAX SUBMISSION_BYTES_MAX
/* What comes out of gzip, with headers and padding. */
#define STREAM_MAX (2 * SUBMISSION_BYTES_MAX)
#define PACKED_CHUNK 65536

/* Bytes in memory; grows by doubling. */
struct buffer {
	char *bytes;
	size_t size, capacity;
};

static bool buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
	size_t capacity = buffer->capacity ? buffer->capacity : PACKED_CHUNK;
	char *longer;

	while (capacity < buffer->size + size)
		capacity *= 2;
	if (capacity > buffer->capacity) {
		longer = realloc(buffer->bytes, capacity);
		if (!longer)
			return false;
		buffer->bytes = longer;
		buffer->capacity = capacity;
	}
	memcpy(buffer->bytes + buffer->size, bytes, size);
	buffer->size += size;
	return true;
}

/* All of @fd, unless that is more than PACKED_MAX, which is rejected. */
static int read_packed(struct intake *intake, int fd, struct buffer *packed,
		       struct error *err)
{
	char chunk[PACKED_CHUNK];

	for (;;) {
		ssize_t got = pread(fd, chunk, sizeof chunk,
				    (off_t)packed->size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, errno, "reading");
		if (got == 0)
			return 0;
		if (packed->size + (size_t)got > PACKED_MAX) {
			submission_reject(intake->submission, "too-large", NULL,
					  "The archive is larger than %u MiB",
					  PACKED_MAX >> 20);
			return 0;
		}
		if (!buffer_append(packed, chunk, (size_t)got))
			return error_set(err, ENOMEM, "out of memory");
	}
}

static bool starts_with(const struct buffer *packed, size_t at,
			const char *magic)
{
	size_t length = strlen(magic);

	return packed->size >= at + length &&
	       memcmp(packed->bytes + at, magic, length) == 0;
}

/* Whether it was meant to be an archive, even when it cannot be read. */
static bool looks_like_archive(const struct buffer *packed)
{
	return starts_with(packed, 0, "\x1f\x8b") ||   /* gzip, RFC 1952 */
	       starts_with(packed, 0, "PK\x03\x04") || /* zip, APPNOTE 4.3.7 */
	       starts_with(packed, 0, "PK\x05\x06") || /* and an empty one */
	       starts_with(packed, 257, "ustar");      /* POSIX pax */
}

/* Out of memory must not look like damage; it takes tens of KiB at most. */
static void *zlib_alloc(void *data, unsigned count, unsigned size)
{
	void *memory = calloc(count, size);

	(void)data;
	ENOUGH(memory);
	return memory;
}

static void zlib_free(void *data, void *memory)
{
	(void)data;
	free(memory);
}

/*
 * Whether what is packed by gzip comes out as it went in: libarchive reads past
 * the checksums (RFC 1952, 2.3.1), so a submission that was damaged on its way
 * would be judged as it is. Stops where the loops below will stop as well.
 */
static void check_gzip(struct intake *intake, const struct buffer *packed)
{
	unsigned char chunk[PACKED_CHUNK];
	uint64_t unpacked = 0;
	z_stream stream;
	int status = Z_OK;

	memset(&stream, 0, sizeof stream);
	stream.next_in = (unsigned char *)packed->bytes;
	stream.avail_in = (unsigned)packed->size;
	stream.zalloc = zlib_alloc;
	stream.zfree = zlib_free;
	CHECK(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
	while (status == Z_OK && unpacked <= STREAM_MAX) {
		stream.next_out = chunk;
		stream.avail_out = sizeof chunk;
		status = inflate(&stream, Z_NO_FLUSH);
		unpacked += sizeof chunk - stream.avail_out;
		/* another one may follow, as gzip(1) unpacks it */
		if (status == Z_STREAM_END && stream.avail_in >= 2 &&
		    memcmp(stream.next_in, "\x1f\x8b", 2) == 0)
			status = inflateReset(&stream);
	}
	if (status != Z_OK && status != Z_STREAM_END)
		submission_reject(intake->submission, "corrupt-archive", NULL,
				  "The archive is damaged or cut off (gzip: "
				  "%s)",
				  stream.msg ? stream.msg
					     : "its end is missing");
	(void)inflateEnd(&stream);
}

/*
 * libarchive reads all of a zip's directory before it hands out the first
 * entry. So the headers in there are counted before it is let near
 * (APPNOTE 4.3.12); those of a zip in the zip count, too.
 */
static bool check_directory(struct intake *intake, const struct buffer *packed)
{
	const char *at = packed->bytes, *end = packed->bytes + packed->size;
	unsigned entries = 0;

	if (starts_with(packed, 0, "\x1f\x8b") ||
	    starts_with(packed, 257, "ustar"))
		return true;
	while ((at = memmem(at, (size_t)(end - at), "PK\1\2", 4))) {
		at += 4;
		if (++entries <= SUBMISSION_ENTRIES_MAX)
			continue;
		submission_reject(intake->submission, "too-many-entries", NULL,
				  "It has more than %d files and folders",
				  SUBMISSION_ENTRIES_MAX);
		return false;
	}
	return true;
}

static struct archive *reader_new(void)
{
	struct archive *reader = archive_read_new();

	if (reader && (archive_read_support_filter_gzip(reader) != ARCHIVE_OK ||
		       archive_read_support_format_tar(reader) != ARCHIVE_OK ||
		       archive_read_support_format_zip(reader) != ARCHIVE_OK)) {
		(void)archive_read_free(reader);
		return NULL;
	}
	return reader;
}

/*
 * The name in UTF-8 where it can be had: in a C locale, the other one may
 * have question marks for what that locale cannot say.
 */
static const char *entry_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name ? name : archive_entry_pathname(entry);
}

/*
 * A zip may name methods whose decoders take gigabytes because a header asks
 * for them (LZMA, PPMd); archivers use none of them unless told to. libarchive
 * says the method only in words, "ZIP 2.0 (deflation)".
 */
static bool check_method(struct intake *intake, struct archive *reader,
			 const char *name)
{
	const char *words = archive_format_name(reader);

	if (archive_format(reader) != ARCHIVE_FORMAT_ZIP ||
	    (words &&
	     (strstr(words, "(uncompressed)") || strstr(words, "(deflation)"))))
		return true;
	submission_reject(intake->submission, "compression-method", name,
			  "is not compressed by deflate, as zips usually are");
	return false;
}

/* What the archive says of an entry and a folder cannot have. */
static bool check_header(struct intake *intake, struct archive_entry *entry,
			 const char *name, enum intake_choice choice)
{
	const char *rule = NULL, *text = NULL;

	if (choice == INTAKE_FILE && archive_entry_hardlink(entry)) {
		rule = "hard-link";
		text = "is a hard link; only plain files are taken";
	} else if (archive_entry_is_encrypted(entry)) {
		rule = "encrypted";
		text = "is encrypted";
	} else if (archive_entry_sparse_count(entry) > 0) {
		rule = "sparse-file";
		text = "is a sparse file; only plain files are taken";
	} else if (archive_entry_size_is_set(entry) &&
		   (archive_entry_size(entry) < 0 ||
		    archive_entry_size(entry) > SUBMISSION_BYTES_MAX)) {
		rule = "too-large";
		text = "says that it is larger than all files may be together";
	}
	if (rule)
		submission_reject(intake->submission, rule, name, "%s", text);
	return !rule;
}

/*
 * libarchive takes an allocation that failed for a mistake in the archive, or
 * goes on without; only errno, set to 0 before, tells.
 */
static bool no_memory(struct archive *reader)
{
	return errno == ENOMEM || archive_errno(reader) == ENOMEM;
}

/* What could not be read is the archive's fault, unless memory ran out. */
static int reject_corrupt(struct intake *intake, struct archive *reader,
			  struct error *err)
{
	const char *text = archive_error_string(reader);

	if (no_memory(reader))
		return error_set(err, ENOMEM, "out of memory");
	submission_reject(intake->submission, "corrupt-archive", NULL,
			  "The archive is damaged or cut off (%s)",
			  text ? text : "no details");
	return 0;
}

/* Unpack an entry, into @data if that is not NULL; at worst into nothing. */
static int unpack(struct intake *intake, struct archive *reader,
		  const char *name, struct buffer *data, struct error *err)
{
	uint64_t unpacked = 0;
	const void *block;
	la_int64_t offset;
	size_t size;

	for (;;) {
		int got;

		errno = 0;
		got = archive_read_data_block(reader, &block, &size, &offset);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got != ARCHIVE_OK)
			return reject_corrupt(intake, reader, err);
		if (offset < 0 || (uint64_t)offset != unpacked) {
			submission_reject(intake->submission, "sparse-file",
					  name,
					  "is a sparse file; only plain "
					  "files are taken");
			return 0;
		}
		if (!intake_bytes(intake, name, size))
			return 0;
		unpacked += size;
		if (data && size > 0 && !buffer_append(data, block, size))
			return error_set(err, ENOMEM, "out of memory");
	}
}

static int take_entry(struct intake *intake, struct archive *reader,
		      struct archive_entry *entry, struct error *err)
{
	const char *name;
	char path[FILESET_PATH_MAX + 1];
	struct buffer data = { 0 };
	enum intake_choice choice;
	mode_t mode = archive_entry_mode(entry);
	int rc;

	errno = 0;
	name = entry_name(entry);
	if (!name && errno == ENOMEM)
		return error_set(err, ENOMEM, "out of memory");
	if (!name) {
		submission_reject(intake->submission, "non-ascii-name", NULL,
				  "Entry %u has a name that is not plain ASCII",
				  intake->entries + 1);
		return 0;
	}
	/* A hard link has the type of what it leads to, or none. */
	if (archive_entry_hardlink(entry))
		mode = S_IFREG;
	choice = intake_entry(intake, name, mode, path);
	if (choice == INTAKE_REJECTED ||
	    !check_header(intake, entry, name, choice) ||
	    !check_method(intake, reader, name))
		return 0;
	rc = unpack(intake, reader, name, choice == INTAKE_FILE ? &data : NULL,
		    err);
	if (rc == 0 && choice == INTAKE_FILE && !intake->submission->rejected)
		rc = intake_add(intake, path, data.size ? data.bytes : "",
				data.size, err);
	free(data.bytes);
	return rc;
}

/* Headers can be a bomb as well, and gzip in gzip always is suspicious. */
static bool check_stream(struct intake *intake, struct archive *reader)
{
	/* The last "filter" is the source in memory itself. */
	if (archive_filter_count(reader) > 2)
		submission_reject(intake->submission, "nested-compression",
				  NULL, "The archive is compressed twice");
	if (archive_filter_bytes(reader, 0) > STREAM_MAX)
		submission_reject(intake->submission, "too-large", NULL,
				  "The archive unpacks to more than %u MiB",
				  STREAM_MAX >> 20);
	return !intake->submission->rejected;
}

/* With an entry of our own: the reader makes itself one as well, but does not
 * look whether there was memory for it. */
static int take_entries(struct intake *intake, struct archive *reader,
			struct archive_entry *entry,
			const struct buffer *packed, struct error *err)
{
	bool recognised = looks_like_archive(packed), readable;
	int rc = 0;

	while (rc == 0 && !intake->submission->rejected) {
		int got;

		errno = 0;
		got = archive_read_next_header2(reader, entry);
		if (no_memory(reader))
			return error_set(err, ENOMEM, "out of memory");
		if (got == ARCHIVE_EOF)
			break;
		/* ARCHIVE_RETRY, too, means a header that makes no sense. */
		readable = got == ARCHIVE_OK || got == ARCHIVE_WARN;
		if (!readable && !recognised)
			return error_set(err, EINVAL,
					 "not a .tar.gz, .tar or .zip archive");
		recognised = true;
		if (!readable)
			rc = reject_corrupt(intake, reader, err);
		else if (check_stream(intake, reader))
			rc = take_entry(intake, reader, entry, err);
	}
	return rc;
}

/* @packed is not empty. */
static int take_packed(struct intake *intake, const struct buffer *packed,
		       struct error *err)
{
	struct archive_entry *entry;
	struct archive *reader;
	int rc = 0;

	memory_library_enter();
	reader = reader_new();
	entry = reader ? archive_entry_new2(reader) : NULL;
	if (!reader || !entry) {
		(void)archive_read_free(reader);
		archive_entry_free(entry);
		memory_library_leave();
		return error_set(err, ENOMEM, "libarchive cannot be started");
	}
	errno = 0;
	if (archive_read_open_memory(reader, packed->bytes, packed->size) ==
	    ARCHIVE_OK)
		rc = take_entries(intake, reader, entry, packed, err);
	else if (no_memory(reader) || looks_like_archive(packed))
		rc = reject_corrupt(intake, reader, err);
	else
		rc = error_set(err, EINVAL,
			       "not a .tar.gz, .tar or .zip archive");
	archive_entry_free(entry);
	(void)archive_read_free(reader);
	memory_library_leave();
	if (rc == 0 && !intake->submission->rejected &&
	    starts_with(packed, 0, "\x1f\x8b"))
		check_gzip(intake, packed);
	return rc;
}

int archive_take(struct intake *intake, int fd, struct error *err)
{
	struct buffer packed = { 0 };
	int rc = read_packed(intake, fd, &packed, err);

	if (rc == 0 && packed.size == 0)
		rc = error_set(err, EINVAL, "an empty file");
	intake->packed_bytes = packed.size;
	if (rc == 0 && !intake->submission->rejected &&
	    check_directory(intake, &packed))
		rc = take_packed(intake, &packed, err);
	free(packed.bytes);
	return rc;
}
