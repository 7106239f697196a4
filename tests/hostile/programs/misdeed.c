/*
 * misdeed.c - one thing that a program in a box may try, by name
 *
 * Says on standard output what came of it, where something can.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a filter overlooks that compares 64 bits where the kernel takes 32. */
#define BIT_32 (1ull << 32)

static void exit_with(const char *status)
{
	_exit((int)strtol(status, NULL, 10));
}

static void raise_signal(const char *number)
{
	raise((int)strtol(number, NULL, 10));
}

static void spin(const char *unused)
{
	(void)unused;
	for (;;)
		(void)getppid();
}

static void sleep_on(const char *unused)
{
	(void)unused;
	for (;;)
		sleep(1000);
}

/* Children and grandchildren, some in sessions of their own, none of which
 * ends by itself; the marker in their command line tells whose they are. */
static void litter(const char *marker)
{
	int i;

	(void)marker;
	for (i = 0; i < 3; i++)
		if (fork() == 0) {
			setsid();
			(void)signal(SIGTERM, SIG_IGN);
			(void)signal(SIGHUP, SIG_IGN);
			(void)fork();
			sleep_on(NULL);
		}
}

static void litter_and_sleep(const char *marker)
{
	litter(marker);
	sleep_on(NULL);
}

static void take_memory(const char *unused)
{
	const size_t piece = 1 << 20;
	char *memory;

	(void)unused;
	while ((memory = malloc(piece)))
		memset(memory, 1, piece);
	puts("refused");
}

static void fork_bomb(const char *unused)
{
	(void)unused;
	for (;;)
		(void)fork();
}

static void fork_to_the_limit(const char *unused)
{
	int children = 0;
	pid_t child;

	(void)unused;
	while ((child = fork()) > 0)
		children++;
	if (child == 0)
		sleep_on(NULL);
	printf("%d children, then %s\n", children, strerrorname_np(errno));
}

static void flood(const char *unused)
{
	(void)unused;
	for (;;)
		puts("and another line");
}

static void fill_file(const char *path)
{
	static char piece[1 << 16];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t written = 0;
	ssize_t got;

	(void)signal(SIGXFSZ, SIG_IGN);
	while ((got = write(fd, piece, sizeof piece)) > 0)
		written += (size_t)got;
	printf("%zu bytes, then %s\n", written, strerrorname_np(errno));
}

static void open_to_the_limit(const char *unused)
{
	int last = 2, fd;

	(void)unused;
	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		last = fd;
	printf("up to %d, then %s\n", last, strerrorname_np(errno));
}

static int recurse(int depth)
{
	volatile char frame[4096];

	if (depth == INT_MAX)
		return 0;
	frame[0] = (char)depth;
	depth = recurse(depth + 1);
	return frame[0] + depth; /* so the frame is needed after the call */
}

static void fill_stack(const char *unused)
{
	(void)unused;
	exit(recurse(0));
}

static void list_descriptors(const char *unused)
{
	int fd;

	(void)unused;
	for (fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	putchar('\n');
}

static void list_processes(const char *unused)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	(void)unused;
	while (proc && (entry = readdir(proc)))
		if (strtol(entry->d_name, NULL, 10) > 0)
			printf("%s ", entry->d_name);
	putchar('\n');
}

/* What there is at a path: an error, or the first bytes, or the names. */
static void look_at(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	char bytes[64];
	ssize_t got;

	if (fd < 0) {
		puts(strerrorname_np(errno));
		return;
	}
	got = read(fd, bytes, sizeof bytes);
	if (got >= 0)
		printf("%zd bytes\n", got);
	else
		puts(strerrorname_np(errno));
}

static void print_variable(const char *name)
{
	const char *value = getenv(name);

	puts(value ? value : "(unset)");
}

static void print_folder(const char *unused)
{
	char folder[PATH_MAX];

	(void)unused;
	puts(getcwd(folder, sizeof folder) ? folder : "(none)");
}

static void copy_input(const char *unused)
{
	char bytes[256];
	ssize_t got;

	(void)unused;
	while ((got = read(0, bytes, sizeof bytes)) > 0) {
		(void)!write(1, bytes, (size_t)got);
		(void)!write(2, bytes, (size_t)got);
	}
}

/* Leaves something behind, having looked whether it is there already. */
static void leave_behind(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);

	puts(fd >= 0 ? "made" : strerrorname_np(errno));
}

/* Whether the loopback interface can be talked over. */
static void use_loopback(const char *unused)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)unused;
	puts(fd >= 0 && listen(fd, 1) == 0 ? "listening" : "no network");
}

/* ---- system calls that nobody needs here ---- */

struct call {
	const char *name;
	long number;
	unsigned long long args[4];
};

static const struct call calls[] = {
	{ "io_uring", SYS_io_uring_setup, { 8 } },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME } },
	{ "mount", SYS_mount, { 0, 0, 0, MS_BIND } },
	{ "umount", SYS_umount2, { 0 } },
	{ "unshare", SYS_unshare, { CLONE_NEWUSER } },
	{ "setns", SYS_setns, { 0 } },
	{ "keyctl", SYS_keyctl, { 0 } },
	{ "add-key", SYS_add_key, { 0 } },
	{ "bpf", SYS_bpf, { 0 } },
	{ "userfaultfd", SYS_userfaultfd, { 0 } },
	{ "perf", SYS_perf_event_open, { 0 } },
	{ "read-other", SYS_process_vm_readv, { 1 } },
	{ "take-descriptor", SYS_pidfd_getfd, { 0 } },
	{ "chroot", SYS_chroot, { 0 } },
	{ "setuid", SYS_setuid, { 0 } },
	{ "reboot", SYS_reboot, { 0 } },
	{ "netlink", SYS_socket, { AF_NETLINK, SOCK_RAW } },
	{ "wide-netlink", SYS_socket, { AF_NETLINK | BIT_32, SOCK_RAW } },
	{ "vsock", SYS_socket, { AF_VSOCK, SOCK_STREAM } },
	{ "new-user", SYS_clone, { CLONE_NEWUSER | SIGCHLD } },
	{ "wide-new-user", SYS_clone, { BIT_32 | CLONE_NEWUSER | SIGCHLD } },
	{ "new-net", SYS_clone, { CLONE_NEWNET | SIGCHLD } },
	{ "clone3", SYS_clone3, { 0, 0 } },
	{ "type-ahead", SYS_ioctl, { 0, TIOCSTI } },
	{ "wide-type-ahead", SYS_ioctl, { 0, TIOCSTI | BIT_32 } },
	{ "x32", 0x40000000 | SYS_getpid, { 0 } },
};

static void make_call(const char *name)
{
	size_t i;
	long result;

	for (i = 0; i < sizeof calls / sizeof *calls; i++) {
		const struct call *call = &calls[i];

		if (strcmp(call->name, name) != 0)
			continue;
		result = syscall(call->number, call->args[0], call->args[1],
				 call->args[2], call->args[3]);
		puts(result < 0 ? strerrorname_np(errno) : "allowed");
		return;
	}
	_exit(99);
}

/* The 32-bit door to the same kernel, where calls have other numbers. */
static void use_int80(const char *unused)
{
	long result = 20; /* getpid */

	(void)unused;
	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	puts("allowed");
}

static const struct misdeed {
	const char *name;
	void (*commit)(const char *argument);
} misdeeds[] = {
	{ "exit", exit_with },
	{ "signal", raise_signal },
	{ "spin", spin },
	{ "sleep", sleep_on },
	{ "litter", litter },
	{ "litter-and-sleep", litter_and_sleep },
	{ "take-memory", take_memory },
	{ "fork-bomb", fork_bomb },
	{ "fork-to-the-limit", fork_to_the_limit },
	{ "flood", flood },
	{ "fill-file", fill_file },
	{ "open-to-the-limit", open_to_the_limit },
	{ "fill-stack", fill_stack },
	{ "list-descriptors", list_descriptors },
	{ "list-processes", list_processes },
	{ "look-at", look_at },
	{ "print-variable", print_variable },
	{ "print-folder", print_folder },
	{ "copy-input", copy_input },
	{ "leave-behind", leave_behind },
	{ "use-loopback", use_loopback },
	{ "call", make_call },
	{ "int80", use_int80 },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof misdeeds / sizeof *misdeeds; i++)
		if (strcmp(argv[1], misdeeds[i].name) == 0) {
			misdeeds[i].commit(argc > 2 ? argv[2] : "");
			return 0;
		}
	return 99;
}
