#include "lesser.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOMEBODY 54321

static void need(bool there, const char *what)
{
	if (there)
		return;
	perror(what);
	_exit(99);
}

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		(void)close(fd);
	return done;
}

static void hide_cgroups(void)
{
	need(unshare(CLONE_NEWNS) == 0 &&
		     mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		     mount("none", "/sys/fs/cgroup", "tmpfs", 0, NULL) == 0,
	     "no-cgroup");
}

/* A map of more than oneself has to be written from outside. */
static void write_maps(pid_t pid, int go, const char *map)
{
	char path[64], byte;

	need(read(go, &byte, 1) == 0, "wait for the namespace");
	(void)snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
	need(put(path, map), path);
	(void)snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
	need(put(path, map), path);
	_exit(0);
}

/* In a user namespace whose own limit is none. */
static void forbid_user_namespaces(const char *map)
{
	pid_t self = getpid(), child;
	int go[2], status;

	need(pipe2(go, O_CLOEXEC) == 0, "pipe");
	child = fork();
	if (child == 0) {
		(void)close(go[1]);
		write_maps(self, go[0], map);
	}
	need(unshare(CLONE_NEWUSER) == 0, "no-userns");
	(void)close(go[0]);
	(void)close(go[1]);
	need(waitpid(child, &status, 0) == child && status == 0, "maps");
	need(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0, "root");
	need(put("/proc/sys/user/max_user_namespaces", "0"), "no-userns");
}

static void be_somebody(void)
{
	need(setgroups(0, NULL) == 0 && setgid(SOMEBODY) == 0 &&
		     setuid(SOMEBODY) == 0,
	     "user");
}

/* The system call @number fails with @error. */
static void refuse(unsigned number, unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = code };

	need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		     syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
			     &program) == 0,
	     "filter");
}

static void impose(const char *condition)
{
	if (strcmp(condition, "no-cgroup") == 0)
		hide_cgroups();
	else if (strcmp(condition, "no-userns") == 0)
		forbid_user_namespaces("0 0 4294967295");
	else if (strcmp(condition, "one-user") == 0)
		forbid_user_namespaces("0 0 1");
	else if (strcmp(condition, "user") == 0)
		be_somebody();
	else if (strcmp(condition, "no-landlock") == 0)
		refuse(SYS_landlock_create_ruleset, ENOSYS);
	else if (strcmp(condition, "off-landlock") == 0)
		refuse(SYS_landlock_create_ruleset, EOPNOTSUPP);
	else if (strcmp(condition, "no-mount") == 0)
		refuse(SYS_mount, EPERM);
	else
		_exit(99);
}

void lesser_host(int argc, char **argv)
{
	char *condition;

	if (argc < 4 || strcmp(argv[1], "--lesser") != 0)
		return;
	while ((condition = strsep(&argv[2], ",")))
		if (*condition)
			impose(condition);
	(void)execv(argv[3], argv + 3);
	perror(argv[3]);
	_exit(99);
}
