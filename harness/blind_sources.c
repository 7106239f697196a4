#include "blind_sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "report_file.h"
#include "report_parts.h"
#include "text.h"

#define SOURCE_MAX (1u << 20) /* bytes of a file; larger ones are data */

/* The folders of @path below its first @top bytes, which are there. */
static int make_folders(const char *path, size_t top, struct error *err)
{
	AUTO_FREE char *copy = text_format("%s", path);
	char *slash = copy + top;

	for (; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			return error_errno(err, errno, "%s", copy);
		*slash = '/';
	}
	return 0;
}

/* @path without names, and as no other file of @taken. free() it. */
static char *hidden_path(const char *path, const struct names *names,
			 const char *pseudonym, json_t *taken)
{
	char *hidden = names_hide(names, path, pseudonym);
	unsigned number;

	for (number = 2; json_object_get(taken, hidden); number++) {
		AUTO_FREE char *other = TAKE_PTR(hidden);

		hidden = text_format("%s-%u", other, number);
	}
	report_set(taken, hidden, json_true());
	return hidden;
}

static int write_text(const char *path, const char *text, struct error *err)
{
	static const struct timespec never[2] = { { 0 }, { 0 } };
	int r = report_file_replace(path, text, strlen(text), err);

	if (r == 0 && utimensat(AT_FDCWD, path, never, 0) < 0)
		r = error_errno(err, errno, "%s", path);
	return r;
}

/* NULL for what is no text. free() it. */
static char *text_of(const struct file *file)
{
	AUTO_FREE char *bytes = NULL;

	if (file->size > SOURCE_MAX)
		return NULL;
	bytes = file_read(file);
	return bytes && strlen(bytes) == file->size ? TAKE_PTR(bytes) : NULL;
}

int blind_sources_write(const struct submission *submission,
			const struct names *names, const char *pseudonym,
			const char *folder, struct error *err)
{
	json_auto_t *taken = json_object();
	size_t i;
	int r = 0;

	ENOUGH(taken);
	for (i = 0; r == 0 && i < submission->files.count; i++) {
		const struct file *file = &submission->files.files[i];
		AUTO_FREE char *bytes = text_of(file);
		AUTO_FREE char *text = NULL, *name = NULL, *path = NULL;

		if (!bytes)
			continue;
		text = names_hide(names, bytes, pseudonym);
		name = hidden_path(file->path, names, pseudonym, taken);
		path = text_format("%s/%s", folder, name);
		r = make_folders(path, strlen(folder), err);
		if (r == 0)
			r = write_text(path, text, err);
	}
	return r;
}
