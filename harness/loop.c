/*
 * loop.c - see loop.h
 *
 * libuv returns an error for some of what it cannot get, and calls abort()
 * for the rest; while it opens a loop, both come to the same.
 */
#include "loop.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <assay/cleanup.h>

/* In a signal handler: nothing but system calls. */
static void aborted(int signal)
{
	static const char text[] =
		"assay: no event loop: out of descriptors, threads or "
		"memory\n";

	(void)signal;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(3);
}

void loop_open(uv_loop_t *loop)
{
	void (*before)(int) = signal(SIGABRT, aborted);
	int result = uv_loop_init(loop);

	(void)signal(SIGABRT, before);
	if (result == 0)
		return;
	(void)fprintf(stderr, "assay: no event loop: %s\n",
		      uv_strerror(result));
	_exit(3);
}

static void no_work(uv_work_t *work)
{
	(void)work;
}

static void no_work_over(uv_work_t *work, int status)
{
	(void)work;
	(void)status;
}

void loop_use_threads(uv_loop_t *loop)
{
	void (*before)(int) = signal(SIGABRT, aborted);
	uv_work_t work;
	int result = uv_queue_work(loop, &work, no_work, no_work_over);

	if (result == 0)
		(void)uv_run(loop, UV_RUN_DEFAULT);
	(void)signal(SIGABRT, before);
	CHECK(result == 0);
}
