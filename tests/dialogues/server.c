/*
 * server.c - a judge that is started once and judges many dialogues
 *
 * Linked into a judge with --wrap=main, in place of its main(): starting a
 * program with sanitizers costs more than most dialogues. For each message on
 * the socket that ASSAY_JUDGE_SERVER names a child becomes the judge:
 *
 *   all the judge's descriptors, in the order of player.h: whoever sent them
 *   plays to it. Answered by its pid, and by its status when it has ended.
 *
 *   one descriptor, of a file with a plan: player.c plays it. Answered by 0,
 *   and then the outcome is in the file.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* close_range */
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/judge.h>

#include "player.h"

static const int targets[PLAYER_ENDS_MAX] = {
	[PLAYER_EVENTS] = STDIN_FILENO,
	[PLAYER_VERDICT] = ASSAY_JUDGE_VERDICT_FD,
	[PLAYER_CHANNEL] = ASSAY_JUDGE_CHANNEL_FD,
	[PLAYER_HISTORY] = ASSAY_JUDGE_HISTORY_FD,
	[PLAYER_INPUT] = ASSAY_JUDGE_INPUT_FD,
	[PLAYER_OUTPUT] = ASSAY_JUDGE_OUTPUT_FD,
	[PLAYER_LOG] = STDERR_FILENO,
};

#define ASIDE 200 /* above all targets */

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

struct server {
	int socket_fd;
	int argc;
	char **argv;
};

/* How many descriptors came; 0: whoever wants judges has gone. */
static size_t receive(int socket_fd, int fds[static PLAYER_ENDS_MAX])
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof targets)];
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };
	const struct cmsghdr *header;
	size_t size;

	if (recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC) != 1)
		return 0;
	header = CMSG_FIRSTHDR(&message);
	if (!header)
		return 0;
	size = header->cmsg_len - CMSG_LEN(0);
	memcpy(fds, CMSG_DATA(header), size);
	return size / sizeof *fds;
}

static void take_ends(const int ends[static PLAYER_ENDS_MAX])
{
	int aside[PLAYER_ENDS_MAX];

	for (size_t i = 0; i < PLAYER_ENDS_MAX; i++)
		aside[i] = fcntl(ends[i], F_DUPFD, ASIDE);
	(void)close_range(STDERR_FILENO + 1, ASIDE - 1, 0);
	for (size_t i = 0; i < PLAYER_ENDS_MAX; i++) {
		(void)dup2(aside[i], targets[i]);
		(void)close(aside[i]);
	}
}

/* In the child this does not return. */
static pid_t start_cb(void *data, const int *ends)
{
	const struct server *server = data;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	(void)signal(SIGPIPE, SIG_DFL);
	take_ends(ends);
	exit(__real_main(server->argc, server->argv));
}

static int serve_ends(struct server *server, const int *ends)
{
	pid_t pid = start_cb(server, ends);
	int status;

	for (size_t i = 0; i < PLAYER_ENDS_MAX; i++)
		(void)close(ends[i]);
	if (pid < 0 || send(server->socket_fd, &pid, sizeof pid, 0) < 0 ||
	    waitpid(pid, &status, 0) < 0 ||
	    send(server->socket_fd, &status, sizeof status, 0) < 0)
		return -1;
	return 0;
}

static int serve_plan(struct server *server, int fd)
{
	int rc = player_play(fd, start_cb, server);

	(void)close(fd);
	if (send(server->socket_fd, &rc, sizeof rc, 0) < 0)
		return -1;
	return rc;
}

int __wrap_main(int argc, char **argv)
{
	const char *number = getenv("ASSAY_JUDGE_SERVER");
	struct server server = { .argc = argc, .argv = argv };
	int fds[PLAYER_ENDS_MAX];
	size_t count;
	int rc = 0;

	if (!number)
		return __real_main(argc, argv);
	server.socket_fd = (int)strtol(number, NULL, 10);
	(void)signal(SIGPIPE, SIG_IGN);
	while (rc == 0 && (count = receive(server.socket_fd, fds)) > 0)
		rc = count == 1 ? serve_plan(&server, fds[0])
				: serve_ends(&server, fds);
	return rc == 0 ? 0 : 1;
}
