/*
 * submission.c - see submission.h
 *
 * Entries are taken in by archive.c and folder.c under the rules of intake.c.
 * What is left to do once all of them are there: take a folder off that
 * everything is in, and read the marker. selection.c holds the result against
 * an exercise.
 */
#include "submission.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "intake.h"
#include "manifest.h"
#include "text.h"

#define ID_MAX 100
#define MARKER_MAX 4096 /* bytes */

/* Length of @name without what says that it is an archive. */
static size_t stem_length(const char *name, size_t length)
{
	static const char *const suffixes[] = { ".tar.gz", ".tgz", ".tar",
						".zip" };

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		size_t suffix = strlen(suffixes[i]);

		if (length > suffix && strncasecmp(name + length - suffix,
						   suffixes[i], suffix) == 0)
			return length - suffix;
	}
	return length;
}

char *submission_id(const char *path)
{
	AUTO_FREE char *real = realpath(path, NULL);
	size_t end = strlen(path), start, length;
	char *id;

	/* "." and "x/.." have names of their own. */
	if (real && end > 0 && path[end - 1] == '.') {
		path = real;
		end = strlen(path);
	}
	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	length = stem_length(path + start, end - start);
	if (length > ID_MAX)
		length = ID_MAX;
	id = text_format("%.*s", (int)length, path + start);
	for (char *c = id; *c; c++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789._-",
			    *c))
			*c = '_';
	/* Neither hidden nor "..", nor taken for an option. */
	if (*id == '.' || *id == '-')
		*id = '_';
	if (*id == '\0') {
		free(id);
		id = text_format("_");
	}
	return id;
}

static void read_marker_keys(const struct place *top,
			     struct submission *submission)
{
	static const char *const keys[] = { "exercise", "version", "language",
					    NULL };
	struct place exercise = manifest_get(top, "exercise");
	AUTO_FREE char *id = NULL;
	AUTO_FREE char *version = NULL;
	AUTO_FREE char *language = NULL;

	manifest_keys(top, keys);
	manifest_text(top, "exercise", &id);
	manifest_text(top, "version", &version);
	manifest_id(top, "language", &language);
	if (id && !exercise_id_ok(id))
		manifest_fail(&exercise, "expected the id of an exercise");
	if (!manifest_ok(top))
		return;
	submission->exercise_id = TAKE_PTR(id);
	submission->language = TAKE_PTR(language);
}

static int read_marker(struct submission *submission, const struct file *file,
		       struct error *err)
{
	AUTO_FREE char *bytes = NULL;
	json_auto_t *json = NULL;
	struct error problem = { 0 };
	struct place top;

	if (file->size > MARKER_MAX) {
		submission_reject(submission, "marker", SUBMISSION_MARKER,
				  "is larger than %d bytes", MARKER_MAX);
		return 0;
	}
	bytes = file_read(file);
	if (!bytes)
		return error_set(err, EIO, SUBMISSION_MARKER);
	if (manifest_parse(SUBMISSION_MARKER, bytes, file->size, &top, &json,
			   &problem) == 0)
		read_marker_keys(&top, submission);
	if (problem.code)
		submission_reject(submission, "marker", NULL,
				  "The marker is broken: %s", problem.text);
	return 0;
}

/* Bytes to take off every path: those of a folder that all files are in. */
static size_t top_folder(const struct fileset *files)
{
	const char *slash;
	size_t length;

	if (files->count == 0)
		return 0;
	slash = strchr(files->files[0].path, '/');
	if (!slash)
		return 0;
	length = (size_t)(slash - files->files[0].path) + 1;
	for (size_t i = 1; i < files->count; i++)
		if (strncmp(files->files[i].path, files->files[0].path,
			    length) != 0)
			return 0;
	return length;
}

/* Take @length bytes off the names passed over that are in that folder. */
static void strip_ignored(struct submission *submission, const char *folder,
			  size_t length)
{
	for (size_t i = 0; i < string_list_count(submission->ignored); i++) {
		char *name = submission->ignored[i];

		if (strncmp(name, folder, length) == 0)
			memmove(name, name + length, strlen(name + length) + 1);
	}
}

/* All entries are there: make the submission's files of them. */
static int settle(struct intake *intake, bool is_archive, struct error *err)
{
	struct submission *submission = intake->submission;
	size_t strip = is_archive ? top_folder(&intake->files) : 0;
	int rc = 0;

	if (intake->files.count == 0) {
		submission_reject(submission, "empty", NULL,
				  "There are no files in it");
		return 0;
	}
	strip_ignored(submission, intake->files.files[0].path, strip);
	for (size_t i = 0; rc == 0 && i < intake->files.count; i++) {
		const struct file *file = &intake->files.files[i];
		const char *path = file->path + strip;

		if (strcmp(path, SUBMISSION_MARKER) == 0)
			rc = read_marker(submission, file, err);
		else
			rc = fileset_add_file(&submission->files, path, file,
					      err);
	}
	return rc;
}

static int take(struct intake *intake, const char *path, struct error *err)
{
	AUTO_CLOSE int fd = open(path,
				 O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat info;
	int rc;

	if (fd < 0 || fstat(fd, &info) < 0)
		return error_errno(err, errno, "%s", path);
	if (S_ISDIR(info.st_mode))
		rc = folder_take(intake, fd, err);
	else if (S_ISREG(info.st_mode))
		rc = archive_take(intake, fd, err);
	else
		rc = error_set(err, EINVAL, "neither a folder nor a file");
	if (rc == 0 && !intake->submission->rejected)
		rc = settle(intake, !S_ISDIR(info.st_mode), err);
	return rc < 0 ? error_wrap(err, "%s", path) : 0;
}

/* Each with its NUL, so that no two lists of strings look alike. */
static void hash_text(crypto_hash_sha256_state *state, const char *text)
{
	text = text ? text : "";
	(void)crypto_hash_sha256_update(state, (const unsigned char *)text,
					strlen(text) + 1);
}

static void name_content(struct submission *submission)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	char digest[65];
	size_t i;

	fileset_digest(&submission->files, digest);
	(void)crypto_hash_sha256_init(&state);
	hash_text(&state, digest);
	hash_text(&state, submission->exercise_id);
	hash_text(&state, submission->language);
	hash_text(&state, submission->rejected_rule);
	hash_text(&state, submission->rejected);
	for (i = 0; i < string_list_count(submission->ignored); i++)
		hash_text(&state, submission->ignored[i]);
	(void)crypto_hash_sha256_final(&state, hash);
	(void)sodium_bin2hex(submission->content, sizeof submission->content,
			     hash, sizeof hash);
}

int submission_read(const char *path, struct submission **ret,
		    struct error *err)
{
	struct submission *submission = calloc(1, sizeof *submission);
	struct intake intake = { .submission = submission };
	int rc;

	if (!submission)
		return error_set(err, ENOMEM, "out of memory");
	submission->id = submission_id(path);
	submission->path = text_format("%s", path);
	rc = take(&intake, path, err);
	fileset_release(&intake.files);
	if (rc < 0) {
		submission_free(submission);
	} else {
		name_content(submission);
		*ret = submission;
	}
	return rc;
}

void submission_free(struct submission *submission)
{
	if (!submission)
		return;
	free(submission->id);
	free(submission->path);
	free(submission->exercise_id);
	free(submission->language);
	fileset_release(&submission->files);
	string_list_free(submission->ignored);
	free(submission->rejected);
	free(submission->rejected_rule);
	free(submission);
}
