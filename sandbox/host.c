/*
 * host.c - see host.h
 *
 * Where the words come from: user_namespaces(7); Debian's patch that adds
 * kernel.unprivileged_userns_clone; Ubuntu's kernel since 23.10 on
 * kernel.apparmor_restrict_unprivileged_userns; docker-run(1) and
 * podman-run(1) on --security-opt; landlock(7) on the boot parameter;
 * systemd.resource-control(5) on Delegate=; kernel-command-line(7) on
 * systemd.unified_cgroup_hierarchy.
 */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "cgroup_parts.h"

#define SYS "/proc/sys/"

/* ---- facts ---- */

static ssize_t read_text(const char *path, char *text, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	text[got > 0 ? got : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return got;
}

static long read_number(const char *path)
{
	char text[32];

	return read_text(path, text, sizeof text) > 0 ? strtol(text, NULL, 10)
						      : -1;
}

static bool is_filtered(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	int mode = 0;

	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "Seccomp: %d", &mode) == 1)
			break;
	if (status)
		(void)fclose(status);
	return mode == 2;
}

static enum host_container which_container(bool filtered)
{
	char text[1024];

	if (getenv("KUBERNETES_SERVICE_HOST"))
		return HOST_KUBERNETES;
	if (access("/run/.containerenv", F_OK) == 0)
		return HOST_PODMAN;
	if (access("/.dockerenv", F_OK) == 0)
		return HOST_DOCKER;
	if (read_text("/proc/1/cgroup", text, sizeof text) > 0) {
		if (strstr(text, "kubepods"))
			return HOST_KUBERNETES;
		if (strstr(text, "docker"))
			return HOST_DOCKER;
		if (strstr(text, "libpod"))
			return HOST_PODMAN;
	}
	return filtered ? HOST_OTHER_CONTAINER : HOST_NO_CONTAINER;
}

static bool has_controller(const char *folder)
{
	char path[512], list[256];

	(void)snprintf(path, sizeof path, "%s/cgroup.controllers", folder);
	return read_text(path, list, sizeof list) > 0 &&
	       cgroup_list_has(list, "memory");
}

void host_look(struct host *host)
{
	char path[256], user[512];

	memset(host, 0, sizeof *host);
	host->root = geteuid() == 0;
	host->filtered = is_filtered();
	host->container = which_container(host->filtered);
	host->systemd = access("/run/systemd/system", F_OK) == 0;
	host->max_user_namespaces = read_number(SYS "user/max_user_namespaces");
	host->unprivileged_clone = read_number(
		SYS "kernel/unprivileged_userns_clone");
	host->apparmor_restricts = read_number(
		SYS "kernel/apparmor_restrict_unprivileged_userns");
	(void)read_text("/sys/kernel/security/lsm", host->lsm,
			sizeof host->lsm);
	host->cgroup_v1_memory = cgroup_find_mount("memory", path, sizeof path);
	host->cgroup_v2 = cgroup_find_mount(NULL, path, sizeof path);
	if (!host->cgroup_v2)
		return;
	host->cgroup_v2_memory = has_controller(path);
	(void)snprintf(user, sizeof user,
		       "%s/user.slice/user-%u.slice/user@%u.service", path,
		       geteuid(), geteuid());
	host->user_has_memory = has_controller(user);
}

bool host_is_doubtful(const struct host *host)
{
	return host->container != HOST_NO_CONTAINER ||
	       (!host->root && host->apparmor_restricts > 0);
}

/* ---- words ---- */

static void say(struct host_advice *advice, const char *reason,
		const char *remedy)
{
	(void)snprintf(advice->reason, sizeof advice->reason, "%s", reason);
	(void)snprintf(advice->remedy, sizeof advice->remedy, "%s", remedy);
}

static const char *container_remedy(enum host_container container)
{
	switch (container) {
	case HOST_DOCKER:
		/* the last one, for a fresh /proc: what is hidden of the old
		 * one must not come to light by it */
		return "docker run --security-opt seccomp=unconfined "
		       "--security-opt apparmor=unconfined --security-opt "
		       "systempaths=unconfined ...";
	case HOST_PODMAN:
		return "podman run --security-opt seccomp=unconfined "
		       "--security-opt unmask=ALL ...";
	case HOST_KUBERNETES:
		return "in the pod: hostUsers: false; in the container's "
		       "securityContext: procMount: Unmasked, "
		       "seccompProfile: {type: Unconfined}, "
		       "appArmorProfile: {type: Unconfined}";
	case HOST_OTHER_CONTAINER:
	case HOST_NO_CONTAINER:
		break;
	}
	return "start the container with a seccomp profile that allows clone, "
	       "unshare, mount, pivot_root and mount_setattr";
}

void host_advise_namespaces(const struct host *host, int error,
			    struct host_advice *ret)
{
	char reason[160];

	if (host->max_user_namespaces == 0) {
		say(ret,
		    "user namespaces are switched off (sysctl "
		    "user.max_user_namespaces is 0)",
		    "sudo sysctl -w user.max_user_namespaces=15000");
	} else if (!host->root && host->unprivileged_clone == 0) {
		say(ret,
		    "only root may make user namespaces (sysctl "
		    "kernel.unprivileged_userns_clone is 0)",
		    "sudo sysctl -w kernel.unprivileged_userns_clone=1");
	} else if (host->container != HOST_NO_CONTAINER) {
		(void)snprintf(reason, sizeof reason,
			       "the container does not permit what they take "
			       "(%s)",
			       strerror(error));
		say(ret, reason, container_remedy(host->container));
	} else if (!host->root && host->apparmor_restricts > 0) {
		say(ret,
		    "AppArmor takes the privileges of user namespaces "
		    "away (sysctl "
		    "kernel.apparmor_restrict_unprivileged_userns is 1)",
		    "sudo sysctl -w "
		    "kernel.apparmor_restrict_unprivileged_userns=0");
	} else if (error == ENOSYS || error == EINVAL) {
		say(ret, "the kernel was built without user namespaces",
		    "boot a kernel with CONFIG_USER_NS=y");
	} else if (error == ENOSPC || error == EUSERS) {
		say(ret, "too many user namespaces, or one in the other",
		    "sudo sysctl -w user.max_user_namespaces=15000");
	} else {
		say(ret, strerror(error), "");
	}
}

void host_advise_landlock(const struct host *host, int error,
			  struct host_advice *ret)
{
	char remedy[256];

	if (error == EOPNOTSUPP) {
		(void)snprintf(remedy, sizeof remedy,
			       "add lsm=landlock,%s to the kernel's command "
			       "line (GRUB_CMDLINE_LINUX in /etc/default/grub, "
			       "then update-grub) and boot",
			       host->lsm[0] ? host->lsm : "...");
		say(ret, "in the kernel, but not switched on when it booted",
		    remedy);
	} else if (host->filtered) {
		say(ret,
		    "the container's seccomp profile does not permit it, "
		    "or the kernel has none",
		    "start the container with a seccomp profile that allows "
		    "the landlock_ system calls");
	} else {
		say(ret, "the kernel has none",
		    "boot Linux 5.13 or later with "
		    "CONFIG_SECURITY_LANDLOCK=y");
	}
}

static void advise_user(const struct host *host, struct host_advice *ret)
{
	if (host->user_has_memory)
		say(ret, "assay was not started in a cgroup of its own",
		    "systemd-run --user --scope -p Delegate=yes assay ...");
	else
		say(ret,
		    "systemd does not hand the memory controller on to "
		    "this user",
		    "sudo systemctl edit user@.service, add \"[Service]\" and "
		    "\"Delegate=memory pids cpu\", log out of all sessions and "
		    "in; then systemd-run --user --scope -p Delegate=yes "
		    "assay ...");
}

void host_advise_cgroup(const struct host *host, struct host_advice *ret)
{
	if (host->container == HOST_DOCKER || host->container == HOST_PODMAN)
		say(ret, "the container may not make cgroups",
		    host->container == HOST_DOCKER
			    ? "docker run --cgroupns=host -v "
			      "/sys/fs/cgroup:/sys/fs/cgroup:rw ..."
			    : "podman run --cgroups=enabled -v "
			      "/sys/fs/cgroup:/sys/fs/cgroup:rw ...");
	else if (host->container == HOST_KUBERNETES)
		say(ret, "the container may not make cgroups", "");
	else if (!host->cgroup_v2 && !host->cgroup_v1_memory)
		say(ret, "no cgroup file system is mounted",
		    "sudo mount -t cgroup2 none /sys/fs/cgroup");
	else if (host->cgroup_v2_memory && host->root)
		say(ret, "no cgroup folder that may have children",
		    host->systemd ? "systemd-run --scope -p Delegate=yes "
				    "assay ..."
				  : "sudo mount -o remount,rw /sys/fs/cgroup");
	else if (host->cgroup_v2_memory && host->systemd)
		advise_user(host, ret);
	else if (host->cgroup_v2_memory)
		say(ret, "the cgroup folders belong to root",
		    "run assay as root, or have root make a folder in "
		    "/sys/fs/cgroup that is yours and start assay in it");
	else if (host->root)
		say(ret, "cgroup v1 is not writable here",
		    "sudo mount -o remount,rw /sys/fs/cgroup/memory");
	else
		say(ret,
		    host->cgroup_v2
			    ? "cgroup v2 has no memory controller, v1 has "
			      "it, and that belongs to root (a hybrid "
			      "hierarchy)"
			    : "cgroup v1 belongs to root",
		    host->systemd
			    ? "add systemd.unified_cgroup_hierarchy=1 to the "
			      "kernel's command line "
			      "(GRUB_CMDLINE_LINUX in /etc/default/grub, then "
			      "update-grub) and boot"
			    : "run assay as root");
}
