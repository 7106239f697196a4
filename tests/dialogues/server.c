/*
 * server.c - a judge that is started once and judges many dialogues
 *
 * Linked into a judge with --wrap=main, in place of its main(): starting a
 * program with sanitizers costs more than most dialogues. For each message on
 * the socket that ASSAY_JUDGE_SERVER names, which carries the judge's
 * descriptors in the order of targets[], a child becomes the judge. Answered by
 * its pid, and by its status when it has ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/judge.h>

static const int targets[] = {
	STDIN_FILENO,           ASSAY_JUDGE_VERDICT_FD, ASSAY_JUDGE_CHANNEL_FD,
	ASSAY_JUDGE_HISTORY_FD, ASSAY_JUDGE_INPUT_FD,   ASSAY_JUDGE_OUTPUT_FD,
	STDERR_FILENO,
};

#define TARGETS (sizeof targets / sizeof *targets)
#define ASIDE 200 /* above all targets */

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

/* false: whoever wants judges has gone. */
static bool receive(int socket_fd, int fds[static TARGETS])
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof targets)];
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };

	if (recvmsg(socket_fd, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		return false;
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof targets);
	return true;
}

static void become_judge(int socket_fd, int fds[static TARGETS])
{
	size_t i;

	(void)close(socket_fd);
	for (i = 0; i < TARGETS; i++) {
		int aside = fcntl(fds[i], F_DUPFD, ASIDE);

		(void)close(fds[i]);
		fds[i] = aside;
	}
	for (i = 0; i < TARGETS; i++) {
		(void)dup2(fds[i], targets[i]);
		(void)close(fds[i]);
	}
}

int __wrap_main(int argc, char **argv)
{
	const char *number = getenv("ASSAY_JUDGE_SERVER");
	int fds[TARGETS];
	int socket_fd;
	int status;
	size_t i;
	pid_t pid;

	if (!number)
		return __real_main(argc, argv);
	socket_fd = (int)strtol(number, NULL, 10);
	while (receive(socket_fd, fds)) {
		pid = fork();
		if (pid == 0) {
			become_judge(socket_fd, fds);
			return __real_main(argc, argv);
		}
		for (i = 0; i < TARGETS; i++)
			(void)close(fds[i]);
		if (pid < 0 || send(socket_fd, &pid, sizeof pid, 0) < 0 ||
		    waitpid(pid, &status, 0) < 0 ||
		    send(socket_fd, &status, sizeof status, 0) < 0)
			return 1;
	}
	return 0;
}
