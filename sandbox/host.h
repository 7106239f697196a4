/*
 * host.h - what of this host stands in the way of isolation, and what to do
 *
 * host_look() collects facts; the others make words of them, each a reason
 * and the command, or what comes nearest to one, that changes it.
 */
#ifndef ASSAY_HOST_H
#define ASSAY_HOST_H

#include <stdbool.h>
#include <stddef.h>

enum host_container {
	HOST_NO_CONTAINER,
	HOST_DOCKER,
	HOST_PODMAN,
	HOST_KUBERNETES,
	HOST_OTHER_CONTAINER, /* a filter for system calls is on us */
};

/* A number of -1: there is no such setting. */
struct host {
	bool root;
	enum host_container container;
	bool filtered; /* by seccomp */
	bool systemd;
	long max_user_namespaces; /* user.max_user_namespaces */
	long unprivileged_clone;  /* kernel.unprivileged_userns_clone */
	long apparmor_restricts;  /* kernel.apparmor_restrict_... */
	char lsm[128];            /* security modules in force; "" unknown */
	bool cgroup_v2;           /* mounted */
	bool cgroup_v2_memory;    /* ... and has the memory controller */
	bool cgroup_v1_memory;    /* mounted */
	bool user_has_memory;     /* systemd hands memory on to this user */
};

struct host_advice {
	char reason[160];
	char remedy[256]; /* "" when there is none */
};

void host_look(struct host *host);

/** Whether namespaces that can be entered may still turn out to be useless,
 * so that it has to be tried out. */
bool host_is_doubtful(const struct host *host);

/** Why no user namespace: @error is what the kernel said. */
void host_advise_namespaces(const struct host *host, int error,
			    struct host_advice *ret);
void host_advise_landlock(const struct host *host, int error,
			  struct host_advice *ret);
/** Why no cgroup. */
void host_advise_cgroup(const struct host *host, struct host_advice *ret);

#endif
