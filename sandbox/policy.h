/*
 * policy.h - which system calls a run may make
 *
 * One filter per profile and network setting, compiled when the first run of a
 * box asks for it: most boxes are asked for one or two, and each takes 3 ms.
 * The tables in policy.c are meant to be read by a person.
 */
#ifndef ASSAY_POLICY_H
#define ASSAY_POLICY_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#include <assay/box.h>
#include <assay/error.h>

#include "withheld.h"

#define POLICY_NETWORKS 2

struct policy {
	struct withheld_host host;
	/* ->filter is NULL: not asked for yet */
	struct sock_fprog filters[BOX_PROFILE_MAX][POLICY_NETWORKS];
};

/** For boxes on @host. */
void policy_init(struct policy *policy, const struct withheld_host *host);
/** 0 and a filter that @policy owns until policy_release(), or -errno. */
int policy_filter(struct policy *policy, unsigned profile, unsigned network,
		  const struct sock_fprog **ret, struct error *err);
void policy_release(struct policy *policy);

/** Whether runs of @profile may use System V ipc. */
bool policy_has_ipc(unsigned profile);

/**
 * The errno to answer a notified call with when the run may go on; 0: it was
 * refused for good.
 */
int policy_answer(const struct seccomp_data *call);

/** "socket" for 41; a decimal number for what has no name. */
void policy_syscall_name(int number, char *name, size_t size);

/** The same of a refused call: "getpid (i386)" if it came by another door. */
void policy_call_name(const struct seccomp_data *call, char *name, size_t size);

#endif
