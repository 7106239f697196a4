/*
 * signals.c - see signals.h
 *
 * All arguments looked at are integers, so nothing can change behind the
 * check. A pid can, though: it may pass to another process between our look
 * and the kernel's. A signal to the caller's own process goes on in the
 * kernel, for it is there as long as it waits for us; one to another process
 * is sent by us, through a pidfd, which never comes to mean another one.
 */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/cleanup.h>

/* The process that thread @tid belongs to, or 0. */
static pid_t process_of(pid_t tid)
{
	char path[64], line[256];
	long process = 0;
	FILE *status;

	(void)snprintf(path, sizeof path, "/proc/%d/status", tid);
	status = fopen(path, "re");
	if (!status)
		return 0;
	while (process == 0 && fgets(line, sizeof line, status))
		if (strncmp(line, "Tgid:", 5) == 0)
			process = strtol(line + 5, NULL, 10);
	(void)fclose(status);
	return (pid_t)process;
}

/* 0 or -errno, as kill(2) would. */
static int send_to(pid_t pid, int signal, pid_t group)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return -ESRCH;
	/* if the pid has passed on since, the descriptor is of a dead one */
	if (getpgid(pid) != group)
		return -EPERM;
	return syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) < 0 ? -errno
								       : 0;
}

void signals_answer(const struct seccomp_notif *call, pid_t group,
		    struct seccomp_notif_resp *answer)
{
	pid_t caller = (pid_t)call->pid;
	int target = (int)call->data.args[0];
	bool own = target == caller;

	answer->error = -EPERM;
	switch (call->data.nr) {
	case SYS_kill:
		/* the only group that a run has */
		own = own || target == 0 || target == -group ||
		      target == process_of(caller);
		if (!own && target > 0)
			answer->error = send_to(target, (int)call->data.args[1],
						group);
		break;
	case SYS_tgkill:
	case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo:
		own = own || target == process_of(caller);
		break;
	default: /* tkill, and a pidfd whose process only the caller knows */
		own = own && call->data.nr == SYS_tkill;
		break;
	}
	if (own) {
		answer->error = 0;
		answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	}
}
