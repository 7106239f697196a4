/*
 * isolation.c - see isolation.h, and user_namespaces(7), pivot_root(2)
 *
 * Who is who. Started by root, two users are mapped: 0 inside is the host's
 * root, with capabilities in this namespace only, and stays the box itself;
 * INSIDE_UID is a number that no account has, different for every box that
 * runs at the same time, and is what programs run as. Started by anyone else,
 * the kernel maps one user only: the caller, seen inside as INSIDE_UID.
 */
#include "isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "inside.h"

#define OLD_ROOT "/old"             /* inside the new one, for a moment */
#define NEW_ROOT "/tmp" /* any folder: a tmpfs is mounted over it, unseen */

/* ---- users ---- */

static int put(const char *path, const char *text)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* Mapping two users takes a privilege outside of the new namespace, so a
 * child that stays there does it. */
static int map_as_root(pid_t box, unsigned outer)
{
	char path[64], map[96];
	int result;

	(void)snprintf(map, sizeof map, "0 0 1\n%u %u 1\n", INSIDE_UID, outer);
	(void)snprintf(path, sizeof path, "/proc/%d/uid_map", box);
	result = put(path, map);
	if (result < 0)
		return result;
	(void)snprintf(path, sizeof path, "/proc/%d/gid_map", box);
	return put(path, map);
}

static int map_as_user(unsigned uid, unsigned gid)
{
	char map[64];
	int result = put("/proc/self/setgroups", "deny");

	if (result < 0)
		return result;
	(void)snprintf(map, sizeof map, "%u %u 1\n", INSIDE_UID, uid);
	result = put("/proc/self/uid_map", map);
	if (result < 0)
		return result;
	(void)snprintf(map, sizeof map, "%u %u 1\n", INSIDE_UID, gid);
	return put("/proc/self/gid_map", map);
}

static int unshare_all(struct error *err)
{
	if (unshare(CLONE_NEWUSER) < 0)
		return error_errno(
			err, errno,
			"no user namespace (look at sysctl "
			"user.max_user_namespaces, "
			"kernel.unprivileged_userns_clone, "
			"kernel.apparmor_restrict_unprivileged_userns)");
	return 0;
}

static int enter_as_user(struct error *err)
{
	unsigned uid = geteuid(), gid = getegid();
	int result;

	if (unshare_all(err) < 0)
		return -err->code;
	result = map_as_user(uid, gid);
	if (result < 0)
		return error_errno(err, -result, "map user %u", uid);
	return 0;
}

static int enter_as_root(unsigned outer, struct error *err)
{
	int ready[2], status;
	pid_t box = getpid(), mapper;
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return error_errno(err, errno, "pipe");
	mapper = fork();
	if (mapper < 0)
		return error_errno(err, errno, "fork");
	if (mapper == 0) {
		(void)close(ready[1]);
		(void)!read(ready[0], &byte, 1);
		_exit(-map_as_root(box, outer));
	}
	(void)close(ready[0]);
	status = unshare_all(err);
	(void)close(ready[1]); /* the mapper's turn */
	if (status < 0) {
		(void)kill(mapper, SIGKILL);
		(void)waitpid(mapper, NULL, 0);
		return status;
	}
	if (waitpid(mapper, &status, 0) != mapper || status != 0)
		return error_errno(err, WEXITSTATUS(status),
				   "map users 0 and %u", outer);
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 ||
	    setgroups(0, NULL) < 0)
		return error_errno(err, errno, "become the inner root");
	return 0;
}

/* Capabilities no program of a run can ever gain, whatever it executes. */
void isolation_empty_bounding_set(void)
{
	int capability;

	for (capability = 0; capability < 64; capability++)
		(void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

int isolation_enter(struct isolation *isolation, struct error *err)
{
	int result;

	isolation->mode = ISOLATION_NAMESPACES;
	isolation->map_root = geteuid() == 0;
	isolation->inner_uid = INSIDE_UID;
	isolation->outer_uid = isolation->map_root
				       ? ISOLATION_OUTER_UID + (unsigned)getpid()
				       : geteuid();
	/* a keyring of our own: the session's is not for runs to see */
	(void)syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL);
	result = isolation->map_root ? enter_as_root(isolation->outer_uid, err)
				     : enter_as_user(err);
	isolation->changed = result == 0;
	if (result < 0)
		return result;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
		    CLONE_NEWCGROUP) < 0)
		return error_errno(err, errno, "unshare namespaces");
	if (sethostname("assay", 5) < 0)
		return error_errno(err, errno, "set the host name");
	isolation_empty_bounding_set();
	/* Nothing may read or trace the box or init through /proc. Without a
	 * user of its own the program is kept from that by lacking init's
	 * capabilities (ptrace(2), "Ptrace access mode checking"), and init
	 * must be able to write its own files there. */
	if (isolation->map_root && prctl(PR_SET_DUMPABLE, 0) < 0)
		return error_errno(err, errno, "become undumpable");
	return 0;
}

/* ---- the root ---- */

/* Make an empty file or folder at @target for a mount, with its parents. */
static int make_target(const char *target, bool folder, struct error *err)
{
	char path[512];
	size_t i;
	int fd;

	for (i = 0; target[i] && i + 1 < sizeof path; i++) {
		path[i] = target[i];
		path[i + 1] = '\0';
		if (i > 0 && target[i + 1] == '/' && mkdir(path, 0755) < 0 &&
		    errno != EEXIST)
			return error_errno(err, errno, "make %s", path);
	}
	if (folder) {
		if (mkdir(target, 0755) < 0 && errno != EEXIST)
			return error_errno(err, errno, "make %s", target);
		return 0;
	}
	fd = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 && errno != EEXIST)
		return error_errno(err, errno, "make %s", target);
	if (fd >= 0)
		(void)close(fd);
	return 0;
}

static int restrict_mount(const char *target, uint64_t flags, struct error *err)
{
	struct mount_attr attributes = { .attr_set = flags };

	if (syscall(SYS_mount_setattr, AT_FDCWD, target, AT_RECURSIVE,
		    &attributes, sizeof attributes) < 0)
		return error_errno(err, errno, "restrict mount %s", target);
	return 0;
}

static int bind_mount(const char *source, const char *target, uint64_t flags,
		      struct error *err)
{
	struct stat status;

	if (stat(source, &status) < 0)
		return error_errno(err, errno, "bind %s", source);
	if (make_target(target, S_ISDIR(status.st_mode), err) < 0)
		return -err->code;
	if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return error_errno(err, errno, "bind %s to %s", source, target);
	return restrict_mount(target, flags, err);
}

/* A top-level folder of the host's system: itself, or the symbolic link that
 * it is on a merged /usr. */
static int provide_system_folder(const char *name, struct error *err)
{
	char target[64], link[256];
	ssize_t length = readlink(name, link, sizeof link - 1);
	struct stat status;

	(void)snprintf(target, sizeof target, NEW_ROOT "%s", name);
	if (length > 0) {
		link[length] = '\0';
		return symlink(link, target) < 0
			       ? error_errno(err, errno, "link %s", name)
			       : 0;
	}
	if (stat(name, &status) < 0)
		return 0; /* not every host has a /lib64 */
	return bind_mount(
		name, target,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, err);
}

static int write_file(const char *path, const char *text, struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return error_errno(err, errno, "write %s", path);
	return 0;
}

/* What programs look for in /etc: the linker's cache, Debian's alternatives
 * (cc is one), and two users. Nothing of the host's own. */
const char *const isolation_etc[] = { "/etc/ld.so.cache", "/etc/alternatives",
				      "/etc/python3", NULL };

static int provide_etc(struct error *err)
{
	const char *const *files = isolation_etc;
	char target[128];
	size_t i;

	if (mkdir(NEW_ROOT "/etc", 0755) < 0)
		return error_errno(err, errno, "make /etc");
	for (i = 0; files[i]; i++) {
		if (access(files[i], R_OK) < 0)
			continue;
		(void)snprintf(target, sizeof target, NEW_ROOT "%s", files[i]);
		if (bind_mount(files[i], target,
			       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
				       MOUNT_ATTR_NODEV,
			       err) < 0)
			return -err->code;
	}
	if (write_file(NEW_ROOT "/etc/passwd",
		       "root:x:0:0::/:/bin/sh\n"
		       "assay:x:1000:1000::/work:/bin/sh\n",
		       err) < 0)
		return -err->code;
	return write_file(NEW_ROOT "/etc/group", "root:x:0:\nassay:x:1000:\n",
			  err);
}

const char *const isolation_devices[] = { "null",   "zero",    "full",
					  "random", "urandom", NULL };

static int provide_dev(struct error *err)
{
	const char *const *nodes = isolation_devices;
	static const char *const links[][2] = {
		{ "/proc/self/fd", "fd" },
		{ "/proc/self/fd/0", "stdin" },
		{ "/proc/self/fd/1", "stdout" },
		{ "/proc/self/fd/2", "stderr" },
		{ "/tmp", "shm" }, /* fresh per run, like all of /tmp */
	};
	char source[64], target[64];
	size_t i;

	for (i = 0; nodes[i]; i++) {
		(void)snprintf(source, sizeof source, "/dev/%s", nodes[i]);
		(void)snprintf(target, sizeof target, NEW_ROOT "/dev/%s",
			       nodes[i]);
		if (bind_mount(source, target,
			       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, err) < 0)
			return -err->code;
	}
	for (i = 0; i < sizeof links / sizeof *links; i++) {
		(void)snprintf(target, sizeof target, NEW_ROOT "/dev/%s",
			       links[i][1]);
		if (symlink(links[i][0], target) < 0)
			return error_errno(err, errno, "link %s", target);
	}
	return 0;
}

static int provide_places(struct error *err)
{
	static const char *const places[] = { "/proc", "/tmp", "/work",
					      OLD_ROOT };
	char target[64];
	size_t i;

	for (i = 0; i < sizeof places / sizeof *places; i++) {
		(void)snprintf(target, sizeof target, NEW_ROOT "%s", places[i]);
		if (mkdir(target, 0755) < 0)
			return error_errno(err, errno, "make %s", places[i]);
	}
	/* A fresh /proc may be mounted only where an old one can be seen
	 * (mount_too_revealing() in fs/namespace.c). Init mounts over it. */
	if (mount("/proc", NEW_ROOT "/proc", NULL, MS_BIND | MS_REC, NULL) < 0)
		return error_errno(err, errno, "bind /proc");
	return 0;
}

static int provide_binds(const struct isolation_bind *binds, const int *fds,
			 unsigned count, struct error *err)
{
	char source[64], target[512];
	uint64_t flags;
	unsigned i;

	for (i = 0; i < count; i++) {
		(void)snprintf(source, sizeof source, "/proc/self/fd/%d",
			       fds[i]);
		(void)snprintf(target, sizeof target, NEW_ROOT "%s",
			       binds[i].target);
		flags = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			(binds[i].writable ? 0 : MOUNT_ATTR_RDONLY);
		if (bind_mount(source, target, flags, err) < 0)
			return error_wrap(err, "bind %s", binds[i].source);
	}
	return 0;
}

/* Sources are opened before the new root hides what lies under it. */
static int open_sources(const struct isolation_bind *binds, int *fds,
			unsigned count, struct error *err)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		fds[i] = open(binds[i].source, O_PATH | O_CLOEXEC);
		if (fds[i] < 0)
			return error_errno(err, errno, "bind %s",
					   binds[i].source);
	}
	return 0;
}

static int move_into_root(struct error *err)
{
	if (syscall(SYS_pivot_root, NEW_ROOT, NEW_ROOT OLD_ROOT) < 0)
		return error_errno(err, errno, "pivot into the new root");
	if (chdir("/") < 0 || umount2(OLD_ROOT, MNT_DETACH) < 0 ||
	    rmdir(OLD_ROOT) < 0)
		return error_errno(err, errno, "let go of the old root");
	if (mount(NULL, "/", NULL,
		  MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
		  NULL) < 0)
		return error_errno(err, errno, "make the root read-only");
	return 0;
}

const char *const isolation_system[] = { "/usr",   "/bin",   "/sbin",
					 "/lib",   "/lib32", "/lib64",
					 "/libx32", NULL };

/* The same once more, to whom mounts are not enough. What each run mounts for
 * itself it adds itself. */
static int allow_files(struct landlock *landlock,
		       const struct isolation_bind *binds, unsigned count,
		       struct error *err)
{
	char path[64];
	int result = 0;
	unsigned i;

	landlock_init(landlock);
	for (i = 0; isolation_system[i] && result == 0; i++)
		result = landlock_allow(landlock, isolation_system[i],
					LANDLOCK_READ, err);
	for (i = 0; isolation_devices[i] && result == 0; i++) {
		(void)snprintf(path, sizeof path, "/dev/%s",
			       isolation_devices[i]);
		result = landlock_allow(landlock, path, LANDLOCK_DEVICE, err);
	}
	for (i = 0; i < count && result == 0; i++)
		result = landlock_allow(landlock, binds[i].target,
					binds[i].writable ? LANDLOCK_WRITE
							  : LANDLOCK_READ,
					err);
	return result < 0 ? result
			  : landlock_allow(landlock, "/etc", LANDLOCK_READ, err);
}

int isolation_root(struct isolation *isolation,
		   const struct isolation_bind *binds, unsigned count,
		   struct error *err)
{
	const char *const *system = isolation_system;
	int fds[ISOLATION_BINDS_MAX];
	size_t i;

	CHECK(count <= ISOLATION_BINDS_MAX);
	(void)umask(022);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, errno, "make mounts private");
	if (open_sources(binds, fds, count, err) < 0)
		return -err->code;
	if (mount("assay", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV,
		  "size=1m,nr_inodes=256,mode=0755") < 0)
		return error_errno(err, errno, "mount the new root");
	for (i = 0; system[i]; i++)
		if (provide_system_folder(system[i], err) < 0)
			return -err->code;
	if (provide_etc(err) < 0 || provide_dev(err) < 0 ||
	    provide_places(err) < 0 ||
	    provide_binds(binds, fds, count, err) < 0)
		return -err->code;
	for (i = 0; i < count; i++)
		(void)close(fds[i]);
	if (move_into_root(err) < 0)
		return -err->code;
	return allow_files(&isolation->landlock, binds, count, err);
}

/* ---- both ways ---- */

void isolation_leave(struct isolation *isolation)
{
	landlock_release(&isolation->landlock);
	runfolder_remove(&isolation->folder);
	aliases_release(&isolation->aliases);
}

int isolation_refresh(struct isolation *isolation, struct error *err)
{
	return runfolder_empty(&isolation->folder, err);
}
