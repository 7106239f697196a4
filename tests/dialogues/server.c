/*
 * server.c - a judge that is started once and judges many dialogues
 *
 * Linked into a judge with --wrap=main,--wrap=exit, in place of its main():
 * starting a program with sanitizers costs more than most dialogues, and so
 * does fork() of one. For each message on the socket that ASSAY_JUDGE_SERVER
 * names there is a dialogue:
 *
 *   all the judge's descriptors, in the order of player.h: whoever sent them
 *   plays to it. Answered by the judge's pid, and by its status when it has
 *   ended.
 *
 *   one descriptor, of a file with a plan: player.c plays it. Answered by 0,
 *   and then the outcome is in the file.
 *
 * The judge is a worker, a child that is a judge up to WORKER_DIALOGUES times:
 * exit() leads back to where it waits for the next one. Judges keep nothing in
 * static variables; what they have allocated is lost.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* close_range */
#endif
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
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

#define ASIDE 200   /* above all targets */
#define CONTROL 300 /* and above those that were put aside */
#define WORKER_DIALOGUES 50

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);
__attribute__((noreturn)) void __real_exit(int status);
__attribute__((noreturn)) void __wrap_exit(int status);

struct server {
	int socket_fd;
	pid_t worker; /* 0: none */
	int control;  /* of it: descriptors go in, a status comes out */
	unsigned dialogues;
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

static struct {
	bool is_one; /* this process */
	jmp_buf ended;
	int status;
} worker;

void __wrap_exit(int status)
{
	if (!worker.is_one)
		__real_exit(status);
	worker.status = status;
	longjmp(worker.ended, 1);
}

/* Status and then the end of its descriptors, which tells the player. */
static void judge_once(const struct server *server, const int *ends)
{
	int status;

	(void)signal(SIGPIPE, SIG_DFL);
	take_ends(ends);
	if (setjmp(worker.ended) == 0)
		worker.status = __real_main(server->argc, server->argv);
	status = (worker.status & 0xff) << 8; /* as waitpid() has it */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)send(CONTROL, &status, sizeof status, 0);
	(void)close_range(STDERR_FILENO + 1, ASIDE - 1, 0);
}

__attribute__((noreturn)) static void work(const struct server *server,
					   int control)
{
	int ends[PLAYER_ENDS_MAX];

	worker.is_one = true;
	(void)dup2(control, CONTROL);
	(void)close_range(STDERR_FILENO + 1, ASIDE - 1, 0);
	while (receive(CONTROL, ends) == PLAYER_ENDS_MAX)
		judge_once(server, ends);
	_exit(0);
}

static bool make_worker(struct server *server)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	server->worker = fork();
	if (server->worker == 0)
		work(server, pair[1]);
	(void)close(pair[1]);
	server->control = pair[0];
	server->dialogues = 0;
	return server->worker > 0;
}

static int end_worker(struct server *server)
{
	int status = 0;

	(void)close(server->control);
	(void)waitpid(server->worker, &status, 0);
	server->worker = 0;
	return status;
}

static bool start_cb(void *data, const int *ends)
{
	struct server *server = data;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof targets)];
	char byte = 0;
	struct iovec bytes = { &byte, 1 };
	const struct msghdr message = { .msg_iov = &bytes,
					.msg_iovlen = 1,
					.msg_control = control,
					.msg_controllen = sizeof control };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (server->worker && server->dialogues == WORKER_DIALOGUES)
		(void)end_worker(server);
	if (!server->worker && !make_worker(server))
		return false;
	server->dialogues++;
	memset(control, 0, sizeof control);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof targets);
	memcpy(CMSG_DATA(header), ends, sizeof targets);
	return sendmsg(server->control, &message, MSG_NOSIGNAL) == 1;
}

static bool ended_cb(void *data, int *ret_status)
{
	struct server *server = data;
	ssize_t got = recv(server->control, ret_status, sizeof *ret_status,
			   MSG_DONTWAIT);

	if (got < 0 && errno == EAGAIN)
		return false;
	if (got != (ssize_t)sizeof *ret_status)
		*ret_status = end_worker(server);
	return true;
}

static int kill_cb(void *data)
{
	struct server *server = data;

	(void)kill(server->worker, SIGKILL);
	return end_worker(server);
}

static int serve_ends(struct server *server, const int *ends)
{
	bool started = start_cb(server, ends);
	int status;

	for (size_t i = 0; i < PLAYER_ENDS_MAX; i++)
		(void)close(ends[i]);
	if (!started || send(server->socket_fd, &server->worker,
			     sizeof server->worker, 0) < 0)
		return -1;
	if (recv(server->control, &status, sizeof status, 0) !=
	    (ssize_t)sizeof status)
		status = end_worker(server);
	return send(server->socket_fd, &status, sizeof status, 0) < 0 ? -1 : 0;
}

static int serve_plan(struct server *server, int fd)
{
	const struct player_judge judge = { start_cb, ended_cb, kill_cb,
					    server };
	int rc = player_play(fd, &judge);

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
	if (server.worker)
		(void)end_worker(&server);
	return rc == 0 ? 0 : 1;
}
