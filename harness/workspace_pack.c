/*
 * workspace_pack.c - making the archive to hand in, see workspace.h
 */
#include "workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>
#include <sodium.h>

#include <assay/cleanup.h>

#include "text.h"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length &&
	       strcmp(text + length - end_length, end) == 0;
}

bool workspace_archive_ok(const char *path)
{
	return ends_with(path, ".tar.gz") || ends_with(path, ".tgz") ||
	       ends_with(path, ".zip");
}

/* What is handed in; a fileset is sorted by itself. */
static int choose(const struct submission *submission,
		  const struct exercise *exercise,
		  const struct exercise_language *language,
		  struct fileset *files, struct error *err)
{
	json_auto_t *marker = json_pack(
		"{ss, ss, ss}", "exercise", exercise->id, "version",
		exercise->version, "language", language->name);
	AUTO_FREE char *text = marker ? json_dumps(marker, JSON_COMPACT) : NULL;
	AUTO_FREE char *line = NULL;
	int rc;

	if (!text)
		return error_set(err, ENOMEM, "out of memory");
	line = text_format("%s\n", text);
	rc = fileset_add_bytes(files, SUBMISSION_MARKER, line, strlen(line),
			       false, err);
	for (size_t i = 0; rc == 0 && i < submission->files.count; i++) {
		const struct file *file = &submission->files.files[i];

		if (string_list_has(language->required, file->path) ||
		    string_list_has(language->optional, file->path))
			rc = fileset_add_file(files, file->path, file, err);
	}
	return rc;
}

/* Where libarchive's output goes: a file, and its hash. */
struct sink {
	int fd;
	uint64_t size;
	crypto_hash_sha256_state hash;
};

static la_ssize_t sink_write_cb(struct archive *writer, void *data,
				const void *bytes, size_t size)
{
	struct sink *sink = data;
	ssize_t wrote = write(sink->fd, bytes, size);

	if (wrote < 0) {
		archive_set_error(writer, errno, "%s", strerror(errno));
		return -1;
	}
	crypto_hash_sha256_update(&sink->hash, bytes,
				  (unsigned long long)wrote);
	sink->size += (uint64_t)wrote;
	return wrote;
}

/* Nothing may go in that changes from one run to the next. */
static int open_writer(struct archive *writer, const char *path,
		       struct sink *sink)
{
	int rc;

	if (ends_with(path, ".zip"))
		rc = archive_write_set_format_zip(writer);
	else
		rc = archive_write_set_format_pax_restricted(writer) |
		     archive_write_add_filter_gzip(writer) |
		     archive_write_set_filter_option(writer, "gzip",
						     "timestamp", NULL);
	if (rc != ARCHIVE_OK)
		return rc;
	/* No padding behind the end of a .gz. */
	(void)archive_write_set_bytes_in_last_block(writer, 1);
	return archive_write_open2(writer, sink, NULL, sink_write_cb, NULL,
				   NULL);
}

static int write_entry(struct archive *writer, const struct file *file,
		       struct error *err)
{
	struct archive_entry *entry = archive_entry_new();
	AUTO_FREE char *bytes = file_read(file);
	int rc = 0;

	if (!entry || !bytes) {
		archive_entry_free(entry);
		return error_set(err, ENOMEM, "%s: cannot be read", file->path);
	}
	archive_entry_set_pathname(entry, file->path);
	archive_entry_set_mode(entry, S_IFREG | 0644);
	archive_entry_set_size(entry, (la_int64_t)file->size);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	if (archive_write_header(writer, entry) != ARCHIVE_OK ||
	    archive_write_data(writer, bytes, file->size) !=
		    (la_ssize_t)file->size)
		rc = error_set(err, EIO, "%s: %s", file->path,
			       archive_error_string(writer));
	archive_entry_free(entry);
	return rc;
}

static int write_archive(const struct fileset *files, const char *path,
			 struct sink *sink, struct error *err)
{
	struct archive *writer = archive_write_new();
	int rc = 0;

	if (!writer)
		return error_set(err, ENOMEM, "out of memory");
	if (open_writer(writer, path, sink) != ARCHIVE_OK)
		rc = error_set(err, EIO, "%s", archive_error_string(writer));
	for (size_t i = 0; rc == 0 && i < files->count; i++)
		rc = write_entry(writer, &files->files[i], err);
	if (rc == 0 && archive_write_close(writer) != ARCHIVE_OK)
		rc = error_set(err, EIO, "%s", archive_error_string(writer));
	(void)archive_write_free(writer);
	return rc;
}

/* The archive as a grader will read it. */
static int check_archive(const char *path, struct error *err)
{
	struct submission *submission;
	int rc = submission_read(path, &submission, err);

	if (rc < 0)
		return rc;
	if (submission->rejected)
		rc = error_set(err, EINVAL, "%s (%s)", submission->rejected,
			       submission->rejected_rule);
	submission_free(submission);
	return rc;
}

/* Write to @temporary, which is open already, and move it to @path. */
static int write_file(const struct fileset *files, const char *temporary,
		      const char *path, struct sink *sink, struct error *err)
{
	int rc = write_archive(files, path, sink, err);

	if (rc < 0)
		return error_wrap(err, "%s", path);
	if (fchmod(sink->fd, 0644) < 0 || fsync(sink->fd) < 0)
		return error_errno(err, errno, "%s", path);
	rc = check_archive(temporary, err);
	if (rc == 0 && rename(temporary, path) < 0)
		rc = error_errno(err, errno, "%s", path);
	return rc;
}

int workspace_pack(const struct submission *submission,
		   const struct exercise *exercise,
		   const struct exercise_language *language, const char *path,
		   struct workspace_pack *ret, struct error *err)
{
	AUTO_FREE char *temporary = text_format("%s.XXXXXX", path);
	unsigned char sum[crypto_hash_sha256_BYTES];
	struct workspace_pack pack = { 0 };
	AUTO_CLOSE int fd = -1;
	struct sink sink = { 0 };
	int rc = choose(submission, exercise, language, &pack.files, err);

	if (rc == 0 && (fd = mkostemp(temporary, O_CLOEXEC)) < 0)
		rc = error_errno(err, errno, "%s", path);
	if (rc == 0) {
		sink.fd = fd;
		crypto_hash_sha256_init(&sink.hash);
		rc = write_file(&pack.files, temporary, path, &sink, err);
		if (rc < 0)
			(void)unlink(temporary);
	}
	if (rc < 0) {
		fileset_release(&pack.files);
		return rc;
	}
	crypto_hash_sha256_final(&sink.hash, sum);
	sodium_bin2hex(pack.sha256, sizeof pack.sha256, sum, sizeof sum);
	pack.size = sink.size;
	*ret = pack;
	return 0;
}

void workspace_pack_release(struct workspace_pack *pack)
{
	fileset_release(&pack->files);
}
