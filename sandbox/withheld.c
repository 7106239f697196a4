/*
 * withheld.c - see withheld.h
 *
 * Why a call is here:
 * - a run is one process group, which is how all of it is found and killed at
 *   once; so nobody may leave it
 * - System V ipc and inotify have nothing that keeps a run's apart from
 *   everybody's
 * - Landlock does not look at changes of a file's mode or times, and before
 *   Linux 6.2 not at truncate(2); that matters where the program is the same
 *   user as the owner of files
 * - before Linux 6.12 it does not look at signals either
 *
 * A program that needs what this host cannot give safely is not to blame: its
 * run ends as failed, not as forbidden. An errno is the answer where programs
 * go on well without.
 */
#include "withheld.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include <assay/box.h>

#include "landlock.h"

#define INT_MASK 0xffffffffu

enum when { ALWAYS, SAME_USER, NO_TRUNCATE_RIGHT, NO_SIGNAL_SCOPE };

enum {
	RUN = 1 << BOX_PROFILE_RUN,
	BUILD = 1 << BOX_PROFILE_BUILD,
	JUDGE = 1 << BOX_PROFILE_JUDGE,
	EXPLORE = 1 << BOX_PROFILE_EXPLORE,
	DIALOGUE = 1 << BOX_PROFILE_DIALOGUE,
	ALL = RUN | BUILD | JUDGE | EXPLORE | DIALOGUE,
	IPC = RUN | DIALOGUE,     /* as policy.c has them */
	FORKING = ALL & ~EXPLORE,
};

/* the tables are laid out to be read */
/* clang-format off */

static const struct withheld {
	const char *name;
	int who;
	enum when when;
	enum withheld_answer answer;
	int error;
} table[] = {
	{ "setsid", ALL, ALWAYS, WITHHELD_ERROR, EPERM },
	{ "setpgid", ALL, ALWAYS, WITHHELD_ERROR, EPERM },
	{ "inotify_add_watch", ALL, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "shmget", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "shmat", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "shmdt", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "shmctl", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "semget", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "semop", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "semtimedop", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "semctl", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "msgget", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "msgsnd", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "msgrcv", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "msgctl", IPC, ALWAYS, WITHHELD_NOT_HERE, 0 },
	{ "truncate", ALL, NO_TRUNCATE_RIGHT, WITHHELD_NOT_HERE, 0 },
	/* truncating what is opened for reading */
	{ "open", ALL, NO_TRUNCATE_RIGHT, WITHHELD_ERROR, EACCES },
	{ "openat", ALL, NO_TRUNCATE_RIGHT, WITHHELD_ERROR, EACCES },
	/* a linker makes its output executable, and goes on if it may not;
	 * the harness does that itself */
	{ "chmod", BUILD, SAME_USER, WITHHELD_ERROR, EPERM },
	{ "fchmod", BUILD, SAME_USER, WITHHELD_ERROR, EPERM },
	{ "fchmodat", BUILD, SAME_USER, WITHHELD_ERROR, EPERM },
	{ "chmod", ALL & ~BUILD, SAME_USER, WITHHELD_NOT_HERE, 0 },
	{ "fchmod", ALL & ~BUILD, SAME_USER, WITHHELD_NOT_HERE, 0 },
	{ "fchmodat", ALL & ~BUILD, SAME_USER, WITHHELD_NOT_HERE, 0 },
	{ "utime", ALL, SAME_USER, WITHHELD_ERROR, EPERM },
	{ "utimes", ALL, SAME_USER, WITHHELD_ERROR, EPERM },
	{ "futimesat", ALL, SAME_USER, WITHHELD_ERROR, EPERM },
	{ "utimensat", ALL, SAME_USER, WITHHELD_ERROR, EPERM },
	/* other processes' limits */
	{ "prlimit64", ALL, SAME_USER, WITHHELD_ERROR, EPERM },
	/* who is told of events on a descriptor, by which signal */
	{ "fcntl", ALL, NO_SIGNAL_SCOPE, WITHHELD_ERROR, ENOLCK },
	{ "kill", FORKING, NO_SIGNAL_SCOPE, WITHHELD_WATCHED, 0 },
	{ "tkill", FORKING, NO_SIGNAL_SCOPE, WITHHELD_WATCHED, 0 },
	{ "tgkill", ALL, NO_SIGNAL_SCOPE, WITHHELD_WATCHED, 0 },
	{ "rt_sigqueueinfo", FORKING, NO_SIGNAL_SCOPE, WITHHELD_WATCHED, 0 },
	{ "rt_tgsigqueueinfo", FORKING, NO_SIGNAL_SCOPE, WITHHELD_WATCHED, 0 },
	{ "pidfd_send_signal", FORKING, NO_SIGNAL_SCOPE, WITHHELD_WATCHED, 0 },
};

/* ... but these go through: (argument & mask) == value. Opening a dialogue's
 * file for what syncs.c counts never does. */
static const struct through {
	const char *name;
	unsigned argument;
	uint32_t mask;
	uint32_t value;
} through[] = {
	{ "open", 1, O_TRUNC, 0 },
	{ "open", 1, O_TRUNC | O_ACCMODE, O_TRUNC | O_WRONLY },
	{ "open", 1, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDWR },
	{ "openat", 2, O_TRUNC, 0 },
	{ "openat", 2, O_TRUNC | O_ACCMODE, O_TRUNC | O_WRONLY },
	{ "openat", 2, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDWR },
	{ "prlimit64", 0, INT_MASK, 0 }, /* its own */
	{ "fcntl", 1, INT_MASK, F_DUPFD }, { "fcntl", 1, INT_MASK, F_DUPFD_CLOEXEC },
	{ "fcntl", 1, INT_MASK, F_GETFD }, { "fcntl", 1, INT_MASK, F_SETFD },
	{ "fcntl", 1, INT_MASK, F_GETFL }, { "fcntl", 1, INT_MASK, F_SETFL },
	{ "fcntl", 1, INT_MASK, F_GETPIPE_SZ },
	{ "fcntl", 1, INT_MASK, F_ADD_SEALS }, { "fcntl", 1, INT_MASK, F_GET_SEALS },
	{ "fcntl", 1, INT_MASK, F_GETOWN },
};

/* clang-format on */

static bool holds(const struct withheld_host *host, enum when when)
{
	switch (when) {
	case SAME_USER:
		return host->same_user;
	case NO_TRUNCATE_RIGHT:
		return host->landlock_abi < LANDLOCK_ABI_TRUNCATE;
	case NO_SIGNAL_SCOPE:
		/* another user's processes cannot be signalled anyway */
		return host->same_user &&
		       host->landlock_abi < LANDLOCK_ABI_SCOPE;
	case ALWAYS:
		break;
	}
	return true;
}

static bool applies(const struct withheld_host *host,
		    const struct withheld *line, int profile)
{
	return host->plain && line->who & (1 << profile) &&
	       holds(host, line->when);
}

bool withheld_has(const struct withheld_host *host, const char *name,
		  int profile)
{
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, name) == 0 &&
		    applies(host, &table[i], profile))
			return true;
	return false;
}

static bool has_through(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof through / sizeof *through; i++)
		if (strcmp(through[i].name, name) == 0)
			return true;
	return false;
}

static int add_through(scmp_filter_ctx filter, const struct withheld_host *host,
		       int profile)
{
	size_t i;
	int result = 0;

	for (i = 0; i < sizeof through / sizeof *through && result == 0; i++) {
		bool opens = profile == BOX_PROFILE_DIALOGUE &&
			     strncmp(through[i].name, "open", 4) == 0;
		struct scmp_arg_cmp compare = SCMP_CMP(
			through[i].argument, SCMP_CMP_MASKED_EQ,
			through[i].mask | (opens ? O_DSYNC : 0),
			through[i].value);

		if (withheld_has(host, through[i].name, profile))
			result = seccomp_rule_add_array(
				filter, SCMP_ACT_ALLOW,
				seccomp_syscall_resolve_name(through[i].name),
				1, &compare);
	}
	return result;
}

int withheld_add(scmp_filter_ctx filter, const struct withheld_host *host,
		 int profile)
{
	int result = add_through(filter, host, profile), number;
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table && result == 0; i++) {
		number = seccomp_syscall_resolve_name(table[i].name);
		/* a rule without arguments would hide those with */
		if (number < 0 || table[i].answer != WITHHELD_ERROR ||
		    !applies(host, &table[i], profile) ||
		    has_through(table[i].name))
			continue;
		result = seccomp_rule_add(
			filter, SCMP_ACT_ERRNO((uint16_t)table[i].error),
			number, 0);
	}
	return result;
}

enum withheld_answer withheld_answer(const struct withheld_host *host,
				     int profile,
				     const struct seccomp_data *call,
				     int *error)
{
	size_t i;

	for (i = 0; i < sizeof table / sizeof *table; i++)
		if (applies(host, &table[i], profile) &&
		    seccomp_syscall_resolve_name(table[i].name) == call->nr) {
			*error = table[i].error;
			return table[i].answer;
		}
	return WITHHELD_NOT;
}
