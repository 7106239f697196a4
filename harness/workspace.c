/*
 * workspace.c - making a workspace, see workspace.h
 */
#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"

static int make_folder(const char *dir, struct error *err)
{
	AUTO_FREE char *path = text_format("%s", dir);

	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return error_errno(err, errno, "%s", path);
		*slash = '/';
	}
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return error_errno(err, errno, "%s", path);
	return 0;
}

/* Open @dir, made if need be, for files to be put into; or -errno. */
static int open_empty(const char *dir, struct error *err)
{
	AUTO_CLOSE int fd = -1;
	struct dirent *entry;
	bool empty = true;
	DIR *stream;
	int rc = make_folder(dir, err);

	if (rc < 0)
		return rc;
	stream = opendir(dir);
	if (!stream)
		return error_errno(err, errno, "%s", dir);
	while (empty && (entry = readdir(stream)))
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	fd = fcntl(dirfd(stream), F_DUPFD_CLOEXEC, 3);
	(void)closedir(stream);
	if (!empty)
		return error_set(err, ENOTEMPTY, "%s: the folder is not empty",
				 dir);
	return fd < 0 ? error_errno(err, errno, "%s", dir) : TAKE_FD(fd);
}

/* Make the file @path, which is not there yet, in the folder at @dir_fd. */
static int put(int dir_fd, const char *path, const char *bytes, size_t size,
	       mode_t mode, struct error *err)
{
	AUTO_FREE char *folder = text_format("%s", path);
	AUTO_CLOSE int fd = -1;
	int rc;

	for (char *slash = folder; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdirat(dir_fd, folder, 0777) < 0 && errno != EEXIST)
			return error_errno(err, errno, "%s", folder);
		*slash = '/';
	}
	fd = openat(dir_fd, path,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	rc = fd_write_all(fd, bytes, size);
	return rc < 0 ? error_errno(err, -rc, "%s", path) : 0;
}

static int put_set(int dir_fd, const struct fileset *set, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < set->count; i++) {
		const struct file *file = &set->files[i];
		AUTO_FREE char *bytes = file_read(file);

		rc = bytes ? put(dir_fd, file->path, bytes, file->size,
				 file->executable ? 0777 : 0666, err)
			   : error_set(err, EIO, "%s: cannot be read",
				       file->path);
	}
	return rc;
}

/* Takes @json over. */
static int put_json(int dir_fd, const char *path, json_t *json,
		    struct error *err)
{
	AUTO_FREE char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
	AUTO_FREE char *line = NULL;

	json_decref(json);
	if (!text)
		return error_set(err, ENOMEM, "out of memory");
	line = text_format("%s\n", text);
	return put(dir_fd, path, line, strlen(line), 0666, err);
}

static int put_statement(int dir_fd, const struct exercise *exercise,
			 struct error *err)
{
	AUTO_FREE char *path = text_format("%s/" WORKSPACE_STATEMENT,
					   exercise->dir);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct fileset set;
	int rc;

	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	fileset_init(&set);
	rc = fileset_add_fd(&set, WORKSPACE_STATEMENT, fd, false, err);
	if (rc == 0)
		rc = put_set(dir_fd, &set, err);
	fileset_release(&set);
	return rc;
}

/* By the end of a source's name, how editors are to read it. */
static const struct compiler {
	const char *suffix, *program, *standard;
} compilers[] = {
	{ ".c", "gcc", "-std=gnu17" },
	{ ".cc", "g++", "-std=gnu++20" },
	{ ".cpp", "g++", "-std=gnu++20" },
};

static const struct compiler *compiler_of(const char *path)
{
	const char *suffix = strrchr(path, '.');

	for (size_t i = 0; suffix && i < sizeof compilers / sizeof *compilers;
	     i++)
		if (strcmp(suffix, compilers[i].suffix) == 0)
			return &compilers[i];
	return NULL;
}

/* See clang.llvm.org, "JSON Compilation Database Format Specification". */
static json_t *compile_commands(const struct fileset *starter,
				const char *directory)
{
	json_t *commands = json_array();

	for (size_t i = 0; commands && i < starter->count; i++) {
		const char *path = starter->files[i].path;
		const struct compiler *compiler = compiler_of(path);
		json_t *command;

		if (!compiler)
			continue;
		command = json_pack("{ss, ss, s[ssssss]}", "directory",
				    directory, "file", path, "arguments",
				    compiler->program, compiler->standard,
				    "-Wall", "-Wextra", "-c", path);
		CHECK(command != NULL);
		CHECK(json_array_append_new(commands, command) == 0);
	}
	return commands;
}

/* In other languages, there is nothing to say. */
static int put_commands(int dir_fd, const struct fileset *starter,
			const char *directory, struct error *err)
{
	json_t *commands = compile_commands(starter, directory);

	if (commands && json_array_size(commands) == 0) {
		json_decref(commands);
		return 0;
	}
	return put_json(dir_fd, WORKSPACE_COMMANDS, commands, err);
}

static int put_marker(int dir_fd, const struct exercise *exercise,
		      const struct exercise_language *language,
		      struct error *err)
{
	return put_json(dir_fd, SUBMISSION_MARKER,
			json_pack("{ss, ss, ss}", "exercise", exercise->id,
				  "version", exercise->version, "language",
				  language->name),
			err);
}

int workspace_create(const struct exercise *exercise,
		     const struct exercise_language *language, const char *dir,
		     struct error *err)
{
	AUTO_CLOSE int fd = open_empty(dir, err);
	AUTO_FREE char *real = NULL;
	int rc;

	if (fd < 0)
		return fd;
	real = realpath(dir, NULL);
	if (!real)
		return error_errno(err, errno, "%s", dir);
	rc = put_set(fd, &language->starter, err);
	if (rc == 0)
		rc = put_statement(fd, exercise, err);
	if (rc == 0)
		rc = put_commands(fd, &language->starter, real, err);
	if (rc == 0)
		rc = put_marker(fd, exercise, language, err);
	return rc < 0 ? error_wrap(err, "%s", dir) : 0;
}

int workspace_lay_out(const struct exercise *exercise,
		      const struct exercise_language *language,
		      const struct fileset *files, const char *dir,
		      struct error *err)
{
	AUTO_CLOSE int fd = open_empty(dir, err);
	int rc;

	if (fd < 0)
		return fd;
	rc = put_set(fd, files, err);
	if (rc == 0)
		rc = put_marker(fd, exercise, language, err);
	return rc < 0 ? error_wrap(err, "%s", dir) : 0;
}
