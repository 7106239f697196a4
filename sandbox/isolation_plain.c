/*
 * isolation_plain.c - a box on a host that gives no namespaces; see isolation.h
 *
 * What holds a run then, wall by wall:
 *   files      Landlock, without which there is no such box; withheld.c for
 *              what Landlock does not look at
 *   processes  one process group that cannot be left (inside.c); as root, a
 *              user of their own; Landlock or signals.c for signals
 *   /proc      all of the host's can be listed, but Landlock keeps programs
 *              from looking into processes that are not theirs
 *   network    no socket but pairs
 *   ipc        none but between relatives
 *
 * As root, programs are a user that nobody else is, if such a one can be had:
 * the number must be mapped where root is only root of a container, and root
 * may have lost the capabilities. Otherwise they are the user who started the
 * box, and what that user may do to its own files and processes has to be
 * withheld from them.
 */
#include <errno.h>
#include <dirent.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "isolation.h"
#include "request.h"

#define UIDS_MIN 0x8000u /* of a range, for two boxes never to meet in it */

/* ---- as whom ---- */

static bool have_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	const uint32_t wanted = 1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE |
				1u << CAP_FOWNER | 1u << CAP_KILL |
				1u << CAP_SETGID | 1u << CAP_SETUID;

	memset(data, 0, sizeof data);
	return syscall(SYS_capget, &header, data) == 0 &&
	       (data[0].effective & wanted) == wanted;
}

/* A user number that is mapped here, and nobody's: our favourite one, or one
 * from the end of a large range. 0: none. */
static unsigned pick_uid(void)
{
	const unsigned pid = (unsigned)getpid();
	unsigned long long first, length, favourite = ISOLATION_OUTER_UID + pid;
	unsigned picked = 0;
	char line[128];
	FILE *map = fopen("/proc/self/uid_map", "re");

	if (!map)
		return 0;
	while (fgets(line, sizeof line, map)) {
		if (sscanf(line, "%llu %*u %llu", &first, &length) != 2)
			continue;
		if (favourite >= first && favourite < first + length) {
			picked = (unsigned)favourite;
			break;
		}
		if (length >= 2 * UIDS_MIN)
			picked = (unsigned)(first + length - 1 -
					    pid % UIDS_MIN);
	}
	(void)fclose(map);
	return picked;
}

static bool bounding_set_is_empty(void)
{
	int capability;

	for (capability = 0; capability < 64; capability++)
		if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1)
			return false;
	return true;
}

static int choose_user(struct isolation *isolation, bool has_pids,
		       struct error *err)
{
	unsigned uid = geteuid() == 0 && have_capabilities() ? pick_uid() : 0;

	isolation->map_root = uid > 0;
	isolation->inner_uid = isolation->outer_uid = uid > 0 ? uid : geteuid();
	isolation_empty_bounding_set();
	if (isolation->map_root)
		return prctl(PR_SET_DUMPABLE, 0) < 0
			       ? error_errno(err, errno, "become undumpable")
			       : 0;
	if (geteuid() != 0)
		return 0;
	/* root without anybody else to be */
	if (!bounding_set_is_empty())
		return error_set(
			err, EPERM,
			"root here may neither change to another user "
			"nor give up its capabilities; run assay as an "
			"ordinary user");
	if (!has_pids) /* RLIMIT_NPROC is not for root (setrlimit(2)) */
		return error_set(err, EPERM,
				 "root here cannot change to another user, and "
				 "its processes cannot be limited without a "
				 "cgroup; run assay as an ordinary user");
	return 0;
}

/* ---- where ---- */

static int allow_system(struct landlock *landlock, struct error *err)
{
	char path[64];
	int result = 0;
	unsigned i;

	for (i = 0; isolation_system[i] && result == 0; i++)
		result = landlock_allow(landlock, isolation_system[i],
					LANDLOCK_READ, err);
	for (i = 0; isolation_etc[i] && result == 0; i++)
		result = landlock_allow(landlock, isolation_etc[i],
					LANDLOCK_READ, err);
	for (i = 0; isolation_devices[i] && result == 0; i++) {
		(void)snprintf(path, sizeof path, "/dev/%s",
			       isolation_devices[i]);
		result = landlock_allow(landlock, path, LANDLOCK_DEVICE, err);
	}
	/* never to write: oom_score_adj and others are the user's, not only
	 * the process's own */
	return result < 0
		       ? result
		       : landlock_allow(landlock, "/proc", LANDLOCK_LOOK, err);
}

static int allow_folders(struct isolation *isolation, struct error *err)
{
	struct landlock *landlock = &isolation->landlock;
	int result = landlock_allow(landlock, isolation->folder.work,
				    LANDLOCK_WRITE, err);

	if (result == 0)
		result = landlock_allow(landlock, isolation->folder.tmp,
					LANDLOCK_WRITE, err);
	if (result == 0 && (aliases_add(&isolation->aliases, "/work",
					isolation->folder.work) < 0 ||
			    aliases_add(&isolation->aliases, "/tmp",
					isolation->folder.tmp) < 0))
		result = error_set(err, E2BIG,
				   "the name of the folder for "
				   "runs is too long");
	return result;
}

static int allow_binds(struct isolation *isolation,
		       const struct isolation_bind *binds, unsigned count,
		       struct error *err)
{
	const struct isolation_bind *bind;
	int result = 0;

	for (bind = binds; bind < binds + count && result == 0; bind++) {
		if (access(bind->source, F_OK) < 0)
			return error_errno(err, errno, "bind %s", bind->source);
		result = landlock_allow(
			&isolation->landlock, bind->source,
			bind->writable ? LANDLOCK_WRITE : LANDLOCK_READ, err);
		if (result == 0 && strcmp(bind->source, bind->target) != 0 &&
		    aliases_add(&isolation->aliases, bind->target,
				bind->source) < 0)
			result = error_set(err, E2BIG, "bind %s: name too long",
					   bind->source);
	}
	return result;
}

int isolation_plain(struct isolation *isolation,
		    const struct isolation_bind *binds, unsigned count,
		    bool has_pids, struct error *err)
{
	int result;

	isolation->mode = ISOLATION_PLAIN;
	landlock_init(&isolation->landlock);
	if (isolation->landlock.abi == 0)
		return error_set(err, isolation->landlock.error,
				 "no Landlock either");
	(void)umask(022);
	/* a keyring of our own: the session's is not for runs to see */
	(void)syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL);
	/* for what is left of a run whose init was killed */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return error_errno(err, errno, "adopt orphans");
	result = choose_user(isolation, has_pids, err);
	if (result == 0)
		result = runfolder_make(&isolation->folder,
					isolation->inner_uid, err);
	if (result == 0)
		result = allow_folders(isolation, err);
	if (result == 0)
		result = allow_system(&isolation->landlock, err);
	if (result == 0)
		result = allow_binds(isolation, binds, count, err);
	return result;
}

/* ---- a run ---- */

static bool translate(struct aliases *aliases, char **text)
{
	*text = aliases_translate(aliases, *text);
	return *text != NULL;
}

int isolation_translate(struct isolation *isolation, struct request *request,
			struct error *err)
{
	struct aliases *aliases = &isolation->aliases;
	unsigned i;
	bool ok;

	if (aliases->count == 0)
		return 0;
	aliases_restart(aliases);
	ok = translate(aliases, &request->cwd);
	for (i = 0; i < request->run.args && ok; i++)
		ok = translate(aliases, &request->argv[i]);
	for (i = 0; i < request->run.envs && ok; i++)
		ok = translate(aliases, &request->envp[i]);
	return ok ? 0 : error_set(err, E2BIG, "translate the names of folders");
}

/* All threads of the user @uid. */
static unsigned count_threads(unsigned uid)
{
	char path[300], line[256];
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	unsigned owner, threads, all = 0;
	FILE *status;

	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		(void)snprintf(path, sizeof path, "/proc/%s/status",
			       entry->d_name);
		status = fopen(path, "re");
		owner = ~0u;
		while (status && fgets(line, sizeof line, status)) {
			(void)sscanf(line, "Uid: %u", &owner);
			if (owner == uid &&
			    sscanf(line, "Threads: %u", &threads) == 1)
				all += threads;
		}
		if (status)
			(void)fclose(status);
	}
	if (proc)
		(void)closedir(proc);
	return all;
}

unsigned isolation_other_processes(const struct isolation *isolation)
{
	/* the kernel counts per user and user namespace. Inside our own: the
	 * box and init */
	if (isolation->map_root)
		return 0;
	return isolation->mode == ISOLATION_NAMESPACES
		       ? 2
		       : count_threads(geteuid());
}
