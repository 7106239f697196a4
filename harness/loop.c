/*
 * loop.c - see loop.h
 *
 * libuv returns an error for some of what it cannot get, and calls abort()
 * for the rest; while it opens a loop, both come to the same.
 */
#include "loop.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

static _Noreturn void no_loop(const char *why)
{
	char text[128];
	int size = snprintf(text, sizeof text, "assay: no event loop: %.80s\n",
			    why);

	(void)!write(STDERR_FILENO, text, size > 0 ? (size_t)size : 0);
	_exit(3);
}

static void aborted(int signal)
{
	(void)signal;
	no_loop("out of descriptors or memory");
}

void loop_open(uv_loop_t *loop)
{
	void (*before)(int) = signal(SIGABRT, aborted);
	int result = uv_loop_init(loop);

	if (result < 0)
		no_loop(uv_strerror(result));
	(void)signal(SIGABRT, before);
}
