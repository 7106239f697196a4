/*
 * boxspec.c - see boxspec.h
 */
#include "boxspec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/message.h>

enum { ARGS, ENVS, CWD, FILES, OUTPUTS, FDS };

void boxspec_init(struct boxspec *spec, enum box_profile profile,
		  const struct box_limits *limits)
{
	memset(spec, 0, sizeof *spec);
	spec->run.type = BOX_RUN;
	spec->run.profile = profile;
	spec->run.limits = *limits;
	spec->strings = malloc(BOX_MESSAGE_MAX);
	if (!spec->strings)
		spec->error = ENOMEM;
	else
		memcpy(spec->strings, &spec->run, sizeof spec->run);
	spec->used = sizeof spec->run;
}

void boxspec_release(struct boxspec *spec)
{
	for (; spec->owned_fds > 0; spec->owned_fds--)
		(void)close(spec->fds[--spec->fd_count]);
	free(spec->strings);
	spec->strings = NULL;
}

static bool count_up(struct boxspec *spec, uint32_t *count, uint32_t max)
{
	if (*count >= max && !spec->error)
		spec->error = E2BIG;
	return *count < max && ++*count;
}

static void add_string(struct boxspec *spec, int stage, const char *string)
{
	size_t size = strlen(string) + 1;

	CHECK(stage >= spec->stage);
	spec->stage = stage;
	if (spec->error)
		return;
	if (size > BOX_MESSAGE_MAX - spec->used) {
		spec->error = E2BIG;
		return;
	}
	memcpy(spec->strings + spec->used, string, size);
	spec->used += size;
}

static void add_fd(struct boxspec *spec, int fd)
{
	if (spec->fd_count < BOX_FDS_MAX)
		spec->fds[spec->fd_count++] = fd;
	else if (!spec->error)
		spec->error = E2BIG;
}

void boxspec_arg(struct boxspec *spec, const char *arg)
{
	if (count_up(spec, &spec->run.args, BOX_ARGS_MAX))
		add_string(spec, ARGS, arg);
}

void boxspec_args(struct boxspec *spec, char *const *argv)
{
	for (; *argv; argv++)
		boxspec_arg(spec, *argv);
}

void boxspec_env(struct boxspec *spec, const char *name_value)
{
	if (count_up(spec, &spec->run.envs, BOX_ENV_MAX))
		add_string(spec, ENVS, name_value);
}

void boxspec_cwd(struct boxspec *spec, const char *path)
{
	add_string(spec, CWD, path);
}

void boxspec_file(struct boxspec *spec, const char *path, int fd,
		  bool executable)
{
	uint32_t index = spec->run.files;

	if (!count_up(spec, &spec->run.files, BOX_FILES_MAX))
		return;
	spec->run.file_modes[index] = executable ? 0555 : 0444;
	add_string(spec, FILES, path);
	add_fd(spec, fd);
}

void boxspec_files(struct boxspec *spec, const char *prefix,
		   const struct fileset *set)
{
	char path[BOX_PATH_MAX];
	size_t i;

	for (i = 0; i < set->count; i++) {
		(void)snprintf(path, sizeof path, "%s%s", prefix,
			       set->files[i].path);
		boxspec_file(spec, path, set->files[i].fd,
			     set->files[i].executable);
	}
}

void boxspec_output(struct boxspec *spec, const char *path, uint64_t max_bytes)
{
	if (count_up(spec, &spec->run.outputs, BOX_OUTPUTS_MAX))
		add_string(spec, OUTPUTS, path);
	spec->run.output_max_bytes = max_bytes;
}

void boxspec_fd(struct boxspec *spec, int fd, enum box_child_fd kind)
{
	uint32_t index = spec->run.child_fds;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	spec->stage = FDS;
	if (copy < 0 && !spec->error)
		spec->error = errno;
	if (copy < 0 || spec->fd_count >= BOX_FDS_MAX ||
	    !count_up(spec, &spec->run.child_fds, BOX_CHILD_FDS_MAX))
		return;
	spec->run.child_fd_kind[index] = kind;
	add_fd(spec, copy);
	spec->owned_fds++;
}

int boxspec_send(struct boxspec *spec, int socket_fd, struct error *err)
{
	int result;

	if (spec->error)
		return error_errno(err, spec->error, "box request");
	memcpy(spec->strings, &spec->run, sizeof spec->run);
	result = message_send(socket_fd, spec->strings, spec->used, spec->fds,
			      spec->fd_count);
	if (result < 0)
		return error_errno(err, -result, "send to the box");
	return 0;
}
