/*
 * waits.c - see waits.h
 *
 * A thread waits "for good" when only the program itself could end its wait:
 * on a futex without a timeout, for a child, on a pipe of its own. A wait
 * with a timeout is not, nor one for a timer, nor one for a descriptor that
 * the program was started with, whose other end somebody else holds
 * ("outside"). In doubt it is not for good: "wall-limit" is then said where
 * "deadlock" would have been true, never the reverse.
 *
 * Calls and their arguments: futex(2), poll(2), select(2), epoll_wait(2),
 * semop(2), fcntl(2); proc(5) on /proc/pid/fdinfo.
 */
#include "waits.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define POLLED_MAX 64
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#define FUTEX_LOCK_PI2_ 13 /* since Linux 5.14 */

/* Memory of the program, as a whole or not at all. */
static bool peek(const struct snapshot_process *process, uint64_t address,
		 void *ret, size_t size)
{
	struct iovec local = { .iov_base = ret, .iov_len = size };
	/* an address over there, never used here */
	struct iovec remote = { .iov_base = (void *)(uintptr_t)address,
				.iov_len = size };

	return process_vm_readv(process->host_pid, &local, 1, &remote, 1, 0) ==
	       (ssize_t)size;
}

enum holder { HELD_INSIDE, HELD_OUTSIDE, HELD_BY_TIME };

/* Who could make descriptor @fd of the process ready. */
static enum holder holder_of(const struct snapshot_process *process, int fd,
			     const struct snapshot_given *given)
{
	char path[64], link[64];
	struct stat status;
	ssize_t size;
	unsigned i;

	(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", process->host_pid,
		       fd);
	size = readlink(path, link, sizeof link - 1);
	if (size <= 0 || stat(path, &status) < 0)
		return HELD_OUTSIDE;
	link[size] = '\0';
	for (i = 0; i < given->count; i++)
		if (given->file[i].device == status.st_dev &&
		    given->file[i].inode == status.st_ino)
			return HELD_OUTSIDE;
	if (strncmp(link, "pipe:", 5) == 0 ||
	    strncmp(link, "socket:", 7) == 0 ||
	    strcmp(link, "anon_inode:[eventfd]") == 0 ||
	    strcmp(link, "anon_inode:inotify") == 0 ||
	    /* of another process of its own; the latter since Linux 6.9 */
	    strcmp(link, "anon_inode:[pidfd]") == 0 ||
	    strncmp(link, "pidfd:", 6) == 0 || S_ISFIFO(status.st_mode))
		return HELD_INSIDE;
	return HELD_BY_TIME; /* a timer, signals, or who knows what */
}

static void note_holder(struct snapshot_thread *thread, enum holder holder)
{
	if (holder == HELD_OUTSIDE)
		thread->outside = true;
	if (holder != HELD_INSIDE)
		thread->box.for_good = false;
}

static void on_descriptor(const struct snapshot_process *process,
			  struct snapshot_thread *thread, int fd,
			  const struct snapshot_given *given)
{
	thread->box.wait = BOX_WAIT_INPUT;
	thread->box.wait_fd = fd;
	thread->box.for_good = true;
	note_holder(thread, holder_of(process, fd, given));
}

/* Several descriptors: as good as the worst of them. */
static void on_many(struct snapshot_thread *thread)
{
	thread->box.wait = BOX_WAIT_INPUT;
	thread->box.wait_fd = -1;
	thread->box.for_good = true;
}

static void on_poll(const struct snapshot_process *process,
		    struct snapshot_thread *thread,
		    const struct snapshot_given *given)
{
	struct pollfd polled[POLLED_MAX];
	uint64_t i, count = thread->box.syscall_args[1];

	on_many(thread);
	if (count > POLLED_MAX ||
	    (count > 0 && !peek(process, thread->box.syscall_args[0], polled,
				count * sizeof *polled))) {
		note_holder(thread, HELD_BY_TIME);
		return;
	}
	for (i = 0; i < count; i++)
		if (polled[i].fd >= 0)
			note_holder(thread,
				    holder_of(process, polled[i].fd, given));
	if (count == 1)
		thread->box.wait_fd = polled[0].fd;
}

static void on_select(const struct snapshot_process *process,
		      struct snapshot_thread *thread,
		      const struct snapshot_given *given)
{
	uint64_t count = thread->box.syscall_args[0], bits;
	unsigned set, fd;

	on_many(thread);
	if (count > POLLED_MAX) {
		note_holder(thread, HELD_BY_TIME);
		return;
	}
	for (set = 1; set <= 3; set++) {
		if (!thread->box.syscall_args[set])
			continue;
		if (!peek(process, thread->box.syscall_args[set], &bits,
			  sizeof bits))
			note_holder(thread, HELD_BY_TIME);
		else
			for (fd = 0; fd < count; fd++)
				if (bits >> fd & 1)
					note_holder(thread,
						    holder_of(process, (int)fd,
							      given));
	}
}

static void on_epoll(const struct snapshot_process *process,
		     struct snapshot_thread *thread,
		     const struct snapshot_given *given)
{
	char path[64], line[256];
	FILE *info;
	int fd;

	on_many(thread);
	(void)snprintf(path, sizeof path, "/proc/%d/fdinfo/%d",
		       process->host_pid, (int)thread->box.syscall_args[0]);
	info = fopen(path, "re");
	if (!info) {
		note_holder(thread, HELD_BY_TIME);
		return;
	}
	while (fgets(line, sizeof line, info))
		if (sscanf(line, "tfd: %d", &fd) == 1)
			note_holder(thread, holder_of(process, fd, given));
	(void)fclose(info);
}

static void on_futex(struct snapshot_thread *thread)
{
	struct box_thread *box = &thread->box;
	int operation = (int)box->syscall_args[1] & FUTEX_CMD_MASK;

	box->wait = operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2_
			    ? BOX_WAIT_MUTEX
			    : BOX_WAIT_FUTEX;
	box->wait_address = box->syscall_args[0];
	box->wait_limited = box->syscall_args[3] != 0;
	box->for_good = true;
}

/* A set of signals that a timer could send. */
static bool has_alarm(const struct snapshot_process *process, uint64_t address)
{
	const uint64_t alarms = 1ull << (SIGALRM - 1) |
				1ull << (SIGVTALRM - 1) | 1ull << (SIGPROF - 1);
	uint64_t set;

	return !peek(process, address, &set, sizeof set) || (set & alarms);
}

static void wait_for(struct snapshot_thread *thread, enum box_wait wait,
		     bool for_good)
{
	thread->box.wait = wait;
	thread->box.for_good = for_good;
}

/* Calls that wait for descriptors; false: it is none of these. */
static bool by_descriptors(const struct snapshot_process *process,
			   struct snapshot_thread *thread,
			   const struct snapshot_given *given)
{
	struct box_thread *box = &thread->box;
	const uint64_t *args = box->syscall_args;

	switch (box->syscall_number) {
	case SYS_read:
	case SYS_readv:
	case SYS_write:
	case SYS_writev:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_accept:
	case SYS_accept4:
	case SYS_connect:
		on_descriptor(process, thread, (int)args[0], given);
		return true;
	case SYS_poll:
		on_poll(process, thread, given);
		box->wait_limited = (int)args[2] >= 0;
		return true;
	case SYS_ppoll:
		on_poll(process, thread, given);
		box->wait_limited = args[2] != 0;
		return true;
	case SYS_select:
	case SYS_pselect6:
		on_select(process, thread, given);
		box->wait_limited = args[4] != 0;
		return true;
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
		on_epoll(process, thread, given);
		box->wait_limited = (int)args[3] >= 0;
		return true;
	case SYS_epoll_pwait2:
		on_epoll(process, thread, given);
		box->wait_limited = args[3] != 0;
		return true;
	default:
		return false;
	}
}

static void by_other_calls(const struct snapshot_process *process,
			   struct snapshot_thread *thread)
{
	struct box_thread *box = &thread->box;
	const uint64_t *args = box->syscall_args;

	switch (box->syscall_number) {
	case SYS_futex:
		on_futex(thread);
		break;
	case SYS_futex_waitv:
		wait_for(thread, BOX_WAIT_FUTEX, true);
		box->wait_limited = args[3] != 0;
		break;
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
		wait_for(thread, BOX_WAIT_TIME, false);
		break;
	case SYS_restart_syscall: /* of one that had a timeout */
		wait_for(thread, BOX_WAIT_TIME, false);
		box->wait_limited = 1;
		break;
	case SYS_wait4:
	case SYS_waitid:
		wait_for(thread, BOX_WAIT_CHILD, true);
		break;
	case SYS_pause:
	case SYS_rt_sigsuspend:
		wait_for(thread, BOX_WAIT_SIGNAL, true);
		break;
	case SYS_rt_sigtimedwait:
		wait_for(thread, BOX_WAIT_SIGNAL, !has_alarm(process, args[0]));
		box->wait_limited = args[2] != 0;
		break;
	case SYS_semtimedop:
		wait_for(thread, BOX_WAIT_OTHER, true);
		box->wait_limited = args[3] != 0;
		break;
	case SYS_semop:
	case SYS_msgrcv:
	case SYS_msgsnd:
	case SYS_flock:
	case SYS_fcntl:
		wait_for(thread, BOX_WAIT_OTHER, true);
		break;
	default:
		wait_for(thread, BOX_WAIT_OTHER, false);
		break;
	}
}

/* The one uninterruptible wait that a program can bring about: for a child
 * that shares its memory to exec or end. */
static bool is_vfork(const struct box_thread *box)
{
	return box->state == 'D' && (box->syscall_number == SYS_vfork ||
				     (box->syscall_number == SYS_clone &&
				      (box->syscall_args[0] & CLONE_VFORK)));
}

static void read_words(const struct snapshot_process *process,
		       struct snapshot_thread *thread)
{
	if (thread->box.wait_address && peek(process, thread->box.wait_address,
					     thread->word, sizeof thread->word))
		thread->words = SNAPSHOT_WORDS;
	else if (thread->box.wait_address &&
		 peek(process, thread->box.wait_address, thread->word,
		      sizeof thread->word[0]))
		thread->words = 1;
}

void waits_classify(const struct snapshot_process *process,
		    struct snapshot_thread *thread, bool has_timers,
		    const struct snapshot_given *given)
{
	struct box_thread *box = &thread->box;

	box->wait = BOX_WAIT_NOTHING;
	box->wait_fd = -1;
	if (box->state == 'T') { /* until another one continues it */
		box->for_good = !has_timers;
		return;
	}
	if (is_vfork(box)) {
		wait_for(thread, BOX_WAIT_CHILD, true);
		return;
	}
	if (box->state != 'S' || box->syscall_number < 0)
		return;
	if (!by_descriptors(process, thread, given))
		by_other_calls(process, thread);
	/* a timer of the process may run a handler, which may do anything */
	if (box->wait_limited || has_timers)
		box->for_good = thread->outside = false;
	read_words(process, thread);
}
