/*
 * signals.h - signals from programs to others, where only the box can tell
 * whether the other is of the run
 */
#ifndef ASSAY_SIGNALS_H
#define ASSAY_SIGNALS_H

#include <linux/seccomp.h>
#include <sys/types.h>

/**
 * Answer a notified call that would send a signal: fill @answer so that the
 * signal reaches a process of the process group @group, or nobody.
 */
void signals_answer(const struct seccomp_notif *call, pid_t group,
		    struct seccomp_notif_resp *answer);

#endif
