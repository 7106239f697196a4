#include "bench.h"

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/message.h>

extern char **environ;

void give_up(const char *what)
{
	(void)fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(3);
}

static unsigned bars_met, bars_missed;

bool bar(const char *what, double value, const char *compared, double limit)
{
	bool met = *compared == '<' ? value < limit : value >= limit;

	bars_met += met;
	bars_missed += !met;
	if (!met)
		(void)printf("  missed: %s is %.3f, and should be %s %g\n", what,
			     value, compared, limit);
	return met;
}

void bars_close(void)
{
	(void)printf("%u passed, %u failed\n", bars_met, bars_missed);
}

double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct numbers summarize(double *samples, unsigned count)
{
	qsort(samples, count, sizeof *samples, by_value);
	return (struct numbers){ .median = samples[count / 2],
				 .p99 = samples[count * 99 / 100],
				 .min = samples[0] };
}

char *built(const char *name)
{
	const char *build = getenv("ASSAY_BUILD");
	char *path;

	if (!build) {
		(void)fprintf(stderr, "bench: ASSAY_BUILD is not set: run "
				      "benchmarks with make\n");
		exit(2);
	}
	if (asprintf(&path, "%s/%s", build, name) < 0)
		give_up(name);
	return path;
}

pid_t start_box(const char *program, int *socket_fd, struct box_hello *hello)
{
	AUTO_FREE char *sandbox = built("assay-sandbox");
	AUTO_FREE char *bind = NULL;
	char cpu[] = "--cpu=0", option[] = "--bind";
	posix_spawn_file_actions_t actions;
	size_t fd_count;
	int ends[2], fds[1];
	pid_t pid;

	if (asprintf(&bind, "%s:/bench/program", program) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		give_up("socketpair");
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1],
					       BOX_SOCKET_FD);
	errno = posix_spawn(&pid, sandbox, &actions, NULL,
			    (char *[]){ sandbox, cpu, option, bind, NULL },
			    environ);
	if (errno)
		give_up(sandbox);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	*socket_fd = ends[0];
	if (message_receive(*socket_fd, hello, sizeof *hello, fds, 1,
			    &fd_count) != sizeof *hello ||
	    hello->error) {
		(void)fprintf(stderr, "bench: no box: %s\n", hello->message);
		exit(3);
	}
	return pid;
}

void stop_box(pid_t pid, int socket_fd)
{
	(void)close(socket_fd);
	(void)waitpid(pid, NULL, 0);
}

void receive_result(int socket_fd, struct box_result *ret)
{
	int fds[BOX_OUTPUTS_MAX + 1];
	size_t fd_count, i;

	if (message_receive(socket_fd, ret, sizeof *ret, fds,
			    BOX_OUTPUTS_MAX + 1, &fd_count) != sizeof *ret)
		give_up("a run in the box");
	for (i = 0; i < fd_count; i++)
		(void)close(fds[i]);
}

void run_in_box(int socket_fd, struct boxspec *spec, struct box_result *ret)
{
	struct error err = { 0 };

	if (boxspec_send(spec, socket_fd, &err) < 0)
		give_up(err.text);
	boxspec_release(spec);
	receive_result(socket_fd, ret);
}
