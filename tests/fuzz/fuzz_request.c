/*
 * fuzz_request.c - the message that asks a box for a run
 *
 * An input is the number of descriptors and the message, either as it is, or
 * with a fixed part that is in order so that strings come to be looked at.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

/* What would leave /work. */
static void check_path(const char *path)
{
	AUTO_FREE char *copy = strdup(path);
	char *part, *rest = copy;

	CHECK(copy);
	CHECK(strlen(path) < BOX_PATH_MAX && *path != '/');
	while ((part = strsep(&rest, "/")))
		CHECK(*part && strcmp(part, ".") != 0 &&
		      strcmp(part, "..") != 0);
}

static void check(const struct request *request, const char *message,
		  size_t size)
{
	const struct box_run *run = &request->run;
	const char *end = message + size;
	unsigned i;

	CHECK(run->type == BOX_RUN && run->profile < BOX_PROFILE_MAX);
	CHECK(*request->argv[0] && !request->argv[run->args]);
	for (i = 0; i < run->args; i++)
		CHECK(request->argv[i] >= message && request->argv[i] < end);
	CHECK(!request->envp[run->envs]);
	CHECK(*request->cwd == '/');
	for (i = 0; i < run->files; i++) {
		check_path(request->files[i].path);
		CHECK((request->files[i].mode & ~0555u) == 0);
	}
	for (i = 0; i < run->outputs; i++)
		check_path(request->outputs[i]);
	for (i = 0; i < run->child_fds; i++)
		CHECK(run->child_fd_kind[i] <= BOX_CHILD_CAPTURE);
	CHECK(run->limits.cpu_us && run->limits.stack_bytes);
	CHECK(request->fd_count == run->files + run->child_fds);
}

/* The fixed part that a request for a few of each has. */
static void put_in_order(struct fuzz_input *input, struct box_run *run)
{
	memset(run, 0, sizeof *run);
	run->type = BOX_RUN;
	run->args = 1 + fuzz_byte(input) % 4;
	run->envs = fuzz_byte(input) % 4;
	run->files = fuzz_byte(input) % 4;
	run->outputs = fuzz_byte(input) % 4;
	run->child_fds = 3 + fuzz_byte(input) % 3;
	run->limits = (struct box_limits){ 1, 1, 1, 1, 1, 1, 1, 1 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	size_t fd_count = fuzz_byte(&input) % (BOX_FDS_MAX + 1), head = 0;
	bool raw = fuzz_byte(&input) & 1;
	AUTO_FREE struct request *request = malloc(sizeof *request);
	int fds[BOX_FDS_MAX];
	struct error err = { 0 };
	AUTO_FREE char *message = NULL;
	struct box_run run;
	int rc;

	/* Numbers that are nobody's: closing them does nothing. */
	for (size_t i = 0; i < BOX_FDS_MAX; i++)
		fds[i] = 1000000 + (int)i;
	if (!raw) {
		put_in_order(&input, &run);
		fd_count = run.files + run.child_fds;
		head = sizeof run;
	}
	/* Of just this size, so that a byte read behind it is seen. */
	size = head + fuzz_left(&input);
	message = malloc(size ? size : 1);
	CHECK(message && request);
	memcpy(message, &run, head);
	fuzz_copy(&input, message + head, size - head);
	rc = request_parse(message, size, fds, fd_count, request, &err);
	CHECK(rc == 0 || rc == -EPROTO);
	fuzz_check_result(rc, &err);
	CHECK(request->fd_count == fd_count);
	if (rc == 0)
		check(request, message, size);
	request_release(request);
	CHECK(request->fd_count == 0);
	return 0;
}
