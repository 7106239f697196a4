/*
 * syncs.h - calls that make data durable: counted, and held on request
 *
 * A judge that wants to know whether an answer waited for the data to be on
 * the disk has these calls not return, and looks at what is answered. Only
 * with BOX_PROFILE_DIALOGUE are they told to the box.
 */
#ifndef ASSAY_SYNCS_H
#define ASSAY_SYNCS_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* More threads than any run has; what calls beyond that is let go on. */
#define SYNCS_HELD_MAX 1024

struct syncs {
	uint64_t begun;
	bool hold;
	unsigned held_count;
	struct sync_held {
		uint64_t id; /* the kernel's, of the notification */
		pid_t thread;
		int number; /* of the call */
	} held[SYNCS_HELD_MAX];
};

/**
 * Take on a notified call, if it is one of these: count it, and answer it or
 * keep it waiting. False: it is another one.
 */
bool syncs_take(struct syncs *syncs, int listener_fd,
		const struct seccomp_notif *call);

/** From now on, calls wait; and no more, nor do those that did. */
void syncs_hold(struct syncs *syncs);
void syncs_release(struct syncs *syncs, int listener_fd);

/** How many wait. Who was killed meanwhile waits no more. */
unsigned syncs_held(const struct syncs *syncs, int listener_fd);

#endif
