/*
 * syncs.c - see syncs.h
 *
 * A call that is held has been received from the kernel and not answered; its
 * thread sleeps until then. Our own looks at the threads interrupt it (as do
 * signals, with a handler or not), whereupon the kernel forgets the notice and
 * the thread makes the same call again. That is the same sync, so a held one
 * whose notice is gone stays until its thread is dead, or calls again.
 *
 * A thread's number comes to mean another thread only after all others have
 * been used, which takes longer than a run that has somebody held.
 */
#include "syncs.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static void answer(int listener_fd, uint64_t id, int error, uint32_t flags)
{
	struct seccomp_notif_resp response = { .id = id,
					       .error = error,
					       .flags = flags };

	/* who is dead needs none */
	(void)ioctl(listener_fd, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* What is as good as a sync and none: -errno to answer, as where there is no
 * such thing; 0: it is not that. */
static int refuse(const struct seccomp_data *call)
{
	switch (call->nr) {
#ifdef SYS_open
	case SYS_open:
		return call->args[1] & O_DSYNC ? -EINVAL : 0;
#endif
	case SYS_openat:
		return call->args[2] & O_DSYNC ? -EINVAL : 0;
	case SYS_pwritev2:
		return call->args[5] & (RWF_SYNC | RWF_DSYNC) ? -EOPNOTSUPP : 0;
	default:
		return 0;
	}
}

static bool is_sync(int number)
{
	switch (number) {
	case SYS_fsync:
	case SYS_fdatasync:
	case SYS_sync_file_range:
	case SYS_msync:
	case SYS_syncfs:
	case SYS_sync:
		return true;
	default:
		return false;
	}
}

/* Whole file systems are others' as well, and what is in them outlives no
 * run: done as soon as said. */
static void let_go(int listener_fd, uint64_t id, int number)
{
	const uint32_t make = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	bool whole = number == SYS_syncfs || number == SYS_sync;

	answer(listener_fd, id, 0, whole ? 0 : make);
}

static bool is_there(const struct sync_held *held, int listener_fd)
{
	return ioctl(listener_fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &held->id) ==
		       0 ||
	       kill(held->thread, 0) == 0 || errno == EPERM;
}

static void drop_dead(struct syncs *syncs, int listener_fd)
{
	unsigned i, left = 0;

	for (i = 0; i < syncs->held_count; i++)
		if (is_there(&syncs->held[i], listener_fd))
			syncs->held[left++] = syncs->held[i];
	syncs->held_count = left;
}

/* The same call of the same thread again, or NULL. */
static struct sync_held *find(struct syncs *syncs,
			      const struct seccomp_notif *call)
{
	unsigned i;

	for (i = 0; i < syncs->held_count; i++)
		if (syncs->held[i].thread == (pid_t)call->pid &&
		    syncs->held[i].number == call->data.nr)
			return &syncs->held[i];
	return NULL;
}

static void take_sync(struct syncs *syncs, int listener_fd,
		      const struct seccomp_notif *call)
{
	struct sync_held *again = find(syncs, call);

	if (again) {
		again->id = call->id;
		return;
	}
	syncs->begun++;
	if (syncs->hold && syncs->held_count == SYNCS_HELD_MAX)
		drop_dead(syncs, listener_fd);
	if (!syncs->hold || syncs->held_count == SYNCS_HELD_MAX) {
		let_go(listener_fd, call->id, call->data.nr);
		return;
	}
	syncs->held[syncs->held_count++] = (struct sync_held){
		.id = call->id,
		.thread = (pid_t)call->pid,
		.number = call->data.nr,
	};
}

bool syncs_take(struct syncs *syncs, int listener_fd,
		const struct seccomp_notif *call)
{
	int error;

	/* elsewhere the same number is another call */
	if (call->data.arch != seccomp_arch_native())
		return false;
	error = refuse(&call->data);
	if (error) {
		answer(listener_fd, call->id, error, 0);
		return true;
	}
	if (!is_sync(call->data.nr))
		return false;
	take_sync(syncs, listener_fd, call);
	return true;
}

void syncs_hold(struct syncs *syncs)
{
	syncs->hold = true;
}

void syncs_release(struct syncs *syncs, int listener_fd)
{
	unsigned i;

	for (i = 0; i < syncs->held_count; i++)
		let_go(listener_fd, syncs->held[i].id, syncs->held[i].number);
	syncs->held_count = 0;
	syncs->hold = false;
}

unsigned syncs_held(const struct syncs *syncs, int listener_fd)
{
	unsigned i, count = 0;

	for (i = 0; i < syncs->held_count; i++)
		count += is_there(&syncs->held[i], listener_fd);
	return count;
}
