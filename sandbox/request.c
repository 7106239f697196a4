/*
 * request.c - see request.h
 *
 * The harness is trusted, but it passes on paths that came from submissions
 * and manifests; whatever would leave /work or overrun a table ends here.
 */
#include "request.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

struct strings {
	char *at;
	char *end;
};

/* The next NUL-terminated string, or NULL. */
static char *next_string(struct strings *strings)
{
	char *start = strings->at, *nul;

	if (start >= strings->end)
		return NULL;
	nul = memchr(start, '\0', (size_t)(strings->end - start));
	if (!nul)
		return NULL;
	strings->at = nul + 1;
	return start;
}

/* Relative, and every part of it a name. */
static bool path_ok(const char *path)
{
	size_t length;

	if (strlen(path) >= BOX_PATH_MAX || *path == '\0')
		return false;
	for (;; path += length + 1) {
		length = strcspn(path, "/");
		if (length == 0 || (length == 1 && path[0] == '.') ||
		    (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (path[length] == '\0')
			return true;
	}
}

static bool counts_ok(const struct box_run *run)
{
	return run->type == BOX_RUN && run->profile < BOX_PROFILE_MAX &&
	       run->network <= BOX_NETWORK_LOOPBACK && run->args >= 1 &&
	       run->args <= BOX_ARGS_MAX && run->envs <= BOX_ENV_MAX &&
	       run->files <= BOX_FILES_MAX && run->outputs <= BOX_OUTPUTS_MAX &&
	       run->child_fds >= 3 &&
	       run->child_fds <= BOX_CHILD_FDS_MAX && run->keeper <= 1;
}

static bool kinds_ok(const struct box_run *run)
{
	unsigned i;

	for (i = 0; i < run->child_fds; i++)
		if (run->child_fd_kind[i] > BOX_CHILD_CAPTURE)
			return false;
	return true;
}

/* Every limit is there and small enough for arithmetic not to overflow. */
static bool limits_ok(const struct box_limits *limits)
{
	const uint64_t values[] = {
		limits->cpu_us,       limits->wall_us,     limits->memory_bytes,
		limits->processes,    limits->open_files,  limits->file_bytes,
		limits->output_bytes, limits->stack_bytes,
	};
	size_t i;

	for (i = 0; i < sizeof values / sizeof *values; i++)
		if (values[i] == 0 || values[i] > (1ULL << 50))
			return false;
	return limits->open_files <= 1u << 20 && limits->processes <= 1u << 20;
}

static bool take_strings(struct request *request, struct strings *strings)
{
	const struct box_run *run = &request->run;
	bool ok = true;
	unsigned i;

	for (i = 0; i < run->args && ok; i++)
		ok = (request->argv[i] = next_string(strings)) != NULL;
	for (i = 0; i < run->envs && ok; i++)
		ok = (request->envp[i] = next_string(strings)) != NULL;
	ok = ok && (request->cwd = next_string(strings)) != NULL &&
	     request->cwd[0] == '/';
	for (i = 0; i < run->files && ok; i++) {
		request->files[i].path = next_string(strings);
		request->files[i].mode = run->file_modes[i] & 0555;
		ok = request->files[i].path && path_ok(request->files[i].path);
	}
	for (i = 0; i < run->outputs && ok; i++) {
		request->outputs[i] = next_string(strings);
		ok = request->outputs[i] && path_ok(request->outputs[i]);
	}
	return ok && strings->at == strings->end && *request->argv[0];
}

int request_parse(char *message, size_t size, const int *fds, size_t fd_count,
		  struct request *ret, struct error *err)
{
	struct strings strings = { message + sizeof ret->run, message + size };
	size_t i;

	memset(ret, 0, sizeof *ret);
	memcpy(ret->fds, fds, fd_count * sizeof *fds);
	ret->fd_count = fd_count;
	if (size < sizeof ret->run)
		return error_set(err, EPROTO, "run message too short");
	memcpy(&ret->run, message, sizeof ret->run);
	if (!counts_ok(&ret->run) || !kinds_ok(&ret->run) ||
	    !limits_ok(&ret->run.limits))
		return error_set(err, EPROTO, "run message out of bounds");
	if (!take_strings(ret, &strings))
		return error_set(err, EPROTO, "run message has a bad string");
	if (fd_count != ret->run.files + ret->run.child_fds)
		return error_set(err, EPROTO,
				 "run message has %zu descriptors "
				 "for %u",
				 fd_count, ret->run.files + ret->run.child_fds);
	for (i = 0; i < ret->run.files; i++)
		ret->files[i].fd = fds[i];
	for (i = 0; i < ret->run.child_fds; i++)
		ret->child_fds[i] = fds[ret->run.files + i];
	return 0;
}

static void close_fd(struct request *request, size_t i)
{
	if (request->fds[i] >= 0)
		(void)close(request->fds[i]);
	request->fds[i] = -1;
}

void request_let_go(struct request *request)
{
	const struct box_run *run = &request->run;
	size_t i;

	for (i = 0; i < request->fd_count; i++)
		if (i < run->files ||
		    run->child_fd_kind[i - run->files] == BOX_CHILD_DIRECT)
			close_fd(request, i);
}

void request_release(struct request *request)
{
	size_t i;

	for (i = 0; i < request->fd_count; i++)
		close_fd(request, i);
	request->fd_count = 0;
}
