#include "names_source.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "text.h"

#define SOURCE_MAX (1u << 20) /* bytes of a file; larger ones are data */
#define GIT_MAX (64u << 10)   /* bytes of a log, from its start */

static void learn_file(struct names *names, const struct file *file)
{
	AUTO_FREE char *bytes = NULL;

	if (file->size > SOURCE_MAX)
		return;
	bytes = file_read(file);
	/* A NUL: it is none of text. */
	if (bytes && strlen(bytes) == file->size)
		names_add_tags(names, bytes);
}

/* The start of a regular file @name below @folder, or NULL. free() it. */
static char *read_start(int folder, const char *name)
{
	AUTO_FREE char *bytes = calloc(1, GIT_MAX + 1);
	AUTO_CLOSE int fd = openat(
		folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t got;

	ENOUGH(bytes);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	got = read(fd, bytes, GIT_MAX);
	if (got < 0)
		return NULL;
	bytes[got] = '\0';
	return TAKE_PTR(bytes);
}

/* Lines "OLD NEW Jane Doe <jane@example.org> TIME ZONE\tWHAT". */
static void learn_log(struct names *names, char *log)
{
	char *line;

	while ((line = strsep(&log, "\n"))) {
		char *name = strchr(line, ' '), *end = strchr(line, '>');

		name = name ? strchr(name + 1, ' ') : NULL;
		if (!name || !end || end < name)
			continue;
		*end = '\0';
		names_add(names, name);
	}
}

/* "name = Jane Doe" and "email = ..." of its section "user". */
static void learn_config(struct names *names, char *config)
{
	bool user = false;
	char *line;

	while ((line = strsep(&config, "\n"))) {
		char *value = strchr(line, '=');

		if (*line == '[')
			user = strncmp(line, "[user]", 6) == 0;
		else if (user && value)
			names_add(names, value + 1);
	}
}

static void learn_git(struct names *names, const char *path)
{
	AUTO_CLOSE int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int git = -1;
	AUTO_CLOSE int logs = -1;
	AUTO_FREE char *log = NULL, *config = NULL;

	if (folder < 0)
		return;
	git = openat(folder, ".git",
		     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (git < 0)
		return;
	logs = openat(git, "logs",
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	log = logs < 0 ? NULL : read_start(logs, "HEAD");
	config = read_start(git, "config");
	if (log)
		learn_log(names, log);
	if (config)
		learn_config(names, config);
}

struct submission *names_find_submission(const char *path, const char *digest)
{
	struct submission *submission = NULL;
	struct error err = { 0 };
	char own[65];

	if (submission_read(path, &submission, &err) < 0)
		return NULL;
	fileset_digest(&submission->files, own);
	if (strcmp(own, digest) == 0)
		return submission;
	submission_free(submission);
	return NULL;
}

void names_learn_submission(struct names *names,
			    const struct submission *submission)
{
	size_t i;

	for (i = 0; i < submission->files.count; i++)
		learn_file(names, &submission->files.files[i]);
	learn_git(names, submission->path);
}
