/*
 * call.c - one system call, whatever it is
 *
 * call [i386] NUMBER [ARGUMENT...] makes it and says "allowed" or the errno.
 * An argument is a number, or a name of the table below, or several of both
 * joined by "|"; "page" is the address of zeroed memory, "text:WORDS" that of
 * the words, "open:PATH" a descriptor. A case has names of calls where this
 * has numbers: the runner looks them up.
 */
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "misdeed.h"

#define ARGS 6

static char page[16][4096] __attribute__((aligned(4096)));

#define NAME(word) { #word, (unsigned long long)word }

static const struct {
	const char *name;
	unsigned long long value;
} names[] = {
	/* what a filter overlooks that compares 64 bits of an int */
	{ "BIT_32", 1ull << 32 },
	{ "BIT_63", 1ull << 63 },
	NAME(AF_UNIX), NAME(AF_INET), NAME(AF_INET6), NAME(AF_NETLINK),
	NAME(AF_PACKET), NAME(AF_VSOCK), NAME(AF_ALG), NAME(AF_BLUETOOTH),
	NAME(SOCK_STREAM), NAME(SOCK_DGRAM), NAME(SOCK_RAW),
	NAME(CLONE_NEWNS), NAME(CLONE_NEWUTS), NAME(CLONE_NEWIPC),
	NAME(CLONE_NEWUSER), NAME(CLONE_NEWPID), NAME(CLONE_NEWNET),
	NAME(CLONE_NEWCGROUP), { "CLONE_NEWTIME", 0x80 },
	NAME(CLONE_THREAD), NAME(CLONE_SIGHAND), NAME(CLONE_VM),
	NAME(SIGCHLD), NAME(MS_BIND), NAME(MS_REMOUNT), NAME(MNT_DETACH),
	NAME(PTRACE_TRACEME), NAME(PTRACE_ATTACH), NAME(PTRACE_SEIZE),
	NAME(TIOCSTI), NAME(TIOCLINUX), NAME(TIOCSCTTY), NAME(TIOCSETD),
	{ "TIOCCONS", TIOCCONS },
	{ "FIFREEZE", 0xc0045877 },
	{ "FS_IOC_SETFLAGS", 0x40086602 },
	NAME(PR_SET_SECCOMP), NAME(PR_SET_DUMPABLE), NAME(PR_SET_MM),
	NAME(PR_SET_PTRACER), NAME(PR_CAP_AMBIENT), NAME(PR_SET_SECUREBITS),
	NAME(PR_SET_CHILD_SUBREAPER), NAME(PR_SET_NAME), NAME(PR_SET_TSC),
	{ "PR_SCHED_CORE", 62 },
	{ "ADDR_NO_RANDOMIZE", 0x0040000 },
	{ "READ_IMPLIES_EXEC", 0x0400000 },
	{ "SECCOMP_SET_MODE_FILTER", 1 },
	{ "SECCOMP_FILTER_FLAG_NEW_LISTENER", 8 },
	NAME(SCHED_FIFO), NAME(SCHED_IDLE), NAME(PRIO_PROCESS),
	NAME(F_SETLK), NAME(F_SETLEASE), NAME(F_NOTIFY), NAME(F_SETPIPE_SZ),
	NAME(RLIMIT_NOFILE), NAME(RLIMIT_CPU), NAME(RLIMIT_NPROC),
	NAME(AT_FDCWD), NAME(S_IFIFO), NAME(S_IFCHR), NAME(S_IFSOCK),
	NAME(S_ISUID), NAME(S_ISGID),
};

static unsigned long long value_of(const char *word)
{
	size_t i;
	char *end;
	unsigned long long value;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(word, names[i].name) == 0)
			return names[i].value;
	value = strtoull(word, &end, 0);
	if (*word == '-')
		value = (unsigned long long)strtoll(word, &end, 0);
	if (*end || !*word) {
		fprintf(stderr, "call: what is %s?\n", word);
		_exit(99);
	}
	return value;
}

static unsigned long long parse(char *argument)
{
	unsigned long long value = 0;
	char *word;

	if (strcmp(argument, "page") == 0)
		return (unsigned long long)(size_t)page;
	if (strncmp(argument, "text:", 5) == 0)
		return (unsigned long long)(size_t)(argument + 5);
	if (strncmp(argument, "open:", 5) == 0)
		return (unsigned long long)open(argument + 5, O_RDONLY);
	while ((word = strsep(&argument, "|")))
		value |= value_of(word);
	return value;
}

/* The 32-bit door to the same kernel, where calls have other numbers. */
static long call_i386(long number, const unsigned long long *args)
{
	long result = number;

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(args[0]), "c"(args[1]), "d"(args[2]),
			   "S"(args[3]), "D"(args[4])
			 : "memory");
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

int main(int argc, char **argv)
{
	unsigned long long args[ARGS] = { 0 };
	int i386 = argc > 1 && strcmp(argv[1], "i386") == 0;
	long call, result;
	int i;

	if (argc < 2 + i386)
		return 99;
	call = (long)value_of(argv[1 + i386]);
	for (i = 0; i < ARGS && i + 2 + i386 < argc; i++)
		args[i] = parse(argv[i + 2 + i386]);
	result = i386 ? call_i386(call, args)
		      : syscall(call, args[0], args[1], args[2], args[3],
				args[4], args[5]);
	if (call == SYS_clone && result == 0)
		_exit(0); /* the child of a clone that went through */
	say(result, "allowed");
	return 0;
}
