/* kept.c - see kept.h */
#define _GNU_SOURCE /* pipe2, unshare, close_range */
#include "kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#define ARGS_MAX 8
#define PATIENCE_MS 30000
#define HIGH_FD 50

/* NULL: it is not built. */
static char *keeper_path(void)
{
	const char *build = getenv("ASSAY_BUILD");
	char path[512];

	(void)snprintf(path, sizeof path, "%s/keeper", build ? build : "build");
	return realpath(path, NULL);
}

/* In the keeper that will be. */
__attribute__((noreturn)) static void
become_keeper(const struct kept *kept, const char *const *argv, const int *fds)
{
	static const int places[] = { STDIN_FILENO, STDOUT_FILENO,
				      ASSAY_DRIVER_CHANNEL_FD };
	char *arguments[ARGS_MAX + 2];
	size_t i;

	arguments[0] = keeper_path();
	for (i = 0; i < ARGS_MAX && argv[i]; i++)
		arguments[i + 1] = strdup(argv[i]);
	arguments[i + 1] = NULL;
	for (i = 0; i < sizeof places / sizeof *places; i++)
		(void)dup2(fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD), places[i]);
	(void)close_range(ASSAY_DRIVER_CHANNEL_FD + 1, ~0u, 0);
	if (arguments[0] && chdir(kept->folder) == 0)
		(void)execv(arguments[0], arguments);
	_exit(99);
}

static void become_nobody(const struct kept *kept)
{
	if (geteuid() == 0 &&
	    (chown(kept->folder, KEPT_NOBODY, KEPT_NOBODY) < 0 ||
	     setresgid(KEPT_NOBODY, KEPT_NOBODY, KEPT_NOBODY) < 0 ||
	     setresuid(KEPT_NOBODY, KEPT_NOBODY, KEPT_NOBODY) < 0))
		_exit(95);
}

/* As the init of a box: whoever is orphaned is reaped. */
__attribute__((noreturn)) static void
become_init(const struct kept *kept, const char *const *argv, const int *fds)
{
	pid_t keeper = fork(), pid;
	int status = 0, its = 0;

	if (keeper == 0)
		become_keeper(kept, argv, fds);
	(void)close(fds[2]);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (pid == keeper) {
			its = status;
			break;
		}
	_exit(WIFEXITED(its) ? WEXITSTATUS(its) : 98);
}

/* A child that is pid 1; waited for through its parent. */
__attribute__((noreturn)) static void
become_parent_of_init(const struct kept *kept, const char *const *argv,
		      const int *fds)
{
	int status = 0;
	pid_t init;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWPID) < 0)
		_exit(97);
	init = fork();
	if (init == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		become_init(kept, argv, fds);
	}
	(void)close(fds[2]);
	while (waitpid(init, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 96);
}

bool kept_can_be_alone(void)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(unshare(CLONE_NEWPID) < 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void set_nonblocking(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK),
			 0);
}

void kept_start(struct kept *kept, enum kept_where where,
		const char *const *argv)
{
	int input[2], output[2], channel[2];

	(void)snprintf(kept->folder, sizeof kept->folder, "/tmp/kept.XXXXXX");
	assert_non_null(mkdtemp(kept->folder));
	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(pipe2(output, O_CLOEXEC), 0);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel),
		0);
	(void)fflush(NULL);
	kept->pid = fork();
	assert_true(kept->pid >= 0);
	if (kept->pid == 0) {
		const int fds[] = { input[0], output[1], channel[1] };

		(void)close(channel[0]);
		(void)close(input[1]);
		(void)close(output[0]);
		(void)setsid();
		if (where == KEPT_ALONE)
			become_parent_of_init(kept, argv, fds);
		if (where == KEPT_AS_NOBODY)
			become_nobody(kept);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		become_keeper(kept, argv, fds);
	}
	(void)close(output[1]);
	(void)close(channel[1]);
	kept->channel = channel[0];
	kept->input = input[1];
	kept->its_input = input[0];
	kept->output = output[0];
	set_nonblocking(kept->input);
	set_nonblocking(kept->output);
}

void kept_start_shell(struct kept *kept, enum kept_where where,
		      const char *script)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	kept_start(kept, where, argv);
}

static void wait_for(int fd, short events)
{
	struct pollfd ready = { .fd = fd, .events = events };

	if (poll(&ready, 1, PATIENCE_MS) != 1)
		fail_msg("nothing happens");
}

void kept_command(const struct kept *kept, enum keeper_message message)
{
	const struct keeper_command command = { .type = message };

	assert_int_equal(
		send(kept->channel, &command, sizeof command, MSG_NOSIGNAL),
		sizeof command);
}

struct keeper_event kept_event(const struct kept *kept,
			       enum keeper_message type)
{
	struct keeper_event event;

	wait_for(kept->channel, POLLIN);
	assert_int_equal(recv(kept->channel, &event, sizeof event, 0),
			 sizeof event);
	assert_int_equal(event.type, type);
	return event;
}

void kept_write(const struct kept *kept, const char *text)
{
	size_t size = strlen(text), done = 0;
	ssize_t put;

	while (done < size) {
		wait_for(kept->input, POLLOUT);
		put = write(kept->input, text + done, size - done);
		assert_true(put > 0);
		done += (size_t)put;
	}
}

void kept_line(const struct kept *kept, char *line, size_t room)
{
	size_t used = 0;

	do {
		assert_true(used < room);
		wait_for(kept->output, POLLIN);
		assert_int_equal(read(kept->output, line + used, 1), 1);
	} while (line[used++] != '\n');
	line[used - 1] = '\0';
}

size_t kept_drain(const struct kept *kept)
{
	char buffer[4096];
	size_t all = 0;
	ssize_t got;

	while ((got = read(kept->output, buffer, sizeof buffer)) > 0)
		all += (size_t)got;
	return all;
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	(void)remove(path);
	return 0;
}

int kept_end(struct kept *kept)
{
	int status = 0;

	(void)close(kept->channel);
	assert_int_equal(waitpid(kept->pid, &status, 0), kept->pid);
	(void)close(kept->input);
	(void)close(kept->its_input);
	(void)close(kept->output);
	(void)nftw(kept->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
