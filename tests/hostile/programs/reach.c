/*
 * reach.c - what there is around a program, and what it can do to it
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "misdeed.h"

static void list_descriptors(char **unused)
{
	int fd;

	(void)unused;
	for (fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	putchar('\n');
}

static void list_processes(char **unused)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	(void)unused;
	while (proc && (entry = readdir(proc)))
		if (strtol(entry->d_name, NULL, 10) > 0)
			printf("%s ", entry->d_name);
	putchar('\n');
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void list_folder(char **arguments)
{
	struct dirent **entries;
	int i, count = scandir(arguments[0], &entries, NULL, by_name);

	if (count < 0) {
		say(-1, "");
		return;
	}
	for (i = 0; i < count; i++)
		if (entries[i]->d_name[0] != '.')
			printf("%s ", entries[i]->d_name);
	putchar('\n');
}

/* An error for each path, or that it can be read. */
static void look(char **paths)
{
	char byte[16];
	int fd;

	for (; *paths; paths++) {
		fd = open(*paths, O_RDONLY | O_NONBLOCK);
		if (fd >= 0 && read(fd, byte, sizeof byte) >= 0)
			printf("read ");
		else
			printf("%s ", strerrorname_np(errno));
		if (fd >= 0)
			(void)close(fd);
	}
	putchar('\n');
}

/* The same for writing. */
static void spoil(char **paths)
{
	int fd;

	for (; *paths; paths++) {
		fd = open(*paths, O_WRONLY | O_NONBLOCK);
		if (fd >= 0 && write(fd, "1", 1) >= 0)
			printf("written ");
		else
			printf("%s ", strerrorname_np(errno));
		if (fd >= 0)
			(void)close(fd);
	}
	putchar('\n');
}

static void make(char **paths)
{
	int fd;

	for (; *paths; paths++) {
		fd = open(*paths, O_WRONLY | O_CREAT | O_EXCL, 0644);
		printf("%s ", fd >= 0 ? "made" : strerrorname_np(errno));
		if (fd >= 0)
			(void)close(fd);
	}
	putchar('\n');
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names only; the marker of the test is not the box's. */
static void list_environment(char **unused)
{
	extern char **environ;
	size_t count = 0, i;

	(void)unused;
	while (environ[count])
		count++;
	qsort(environ, count, sizeof *environ, by_text);
	for (i = 0; i < count; i++)
		if (strncmp(environ[i], "HOSTILE_MARK=", 13) != 0)
			printf("%.*s ", (int)strcspn(environ[i], "="),
			       environ[i]);
	putchar('\n');
}

static void identity(char **unused)
{
	uid_t real, effective, saved;
	gid_t groups[64];
	char name[64] = "";

	(void)unused;
	(void)getresuid(&real, &effective, &saved);
	(void)gethostname(name, sizeof name);
	printf("%d %d %d %d %d groups %d %s\n", (int)real, (int)effective,
	       (int)saved, (int)getgid(), (int)getegid(),
	       getgroups(64, groups), name);
}

/* A way to have a terminal, or to type into one. */
static void terminal(char **unused)
{
	int fd = open("/dev/tty", O_RDWR);

	(void)unused;
	printf("%s ", fd >= 0 ? "tty" : strerrorname_np(errno));
	fd = open("/dev/ptmx", O_RDWR);
	printf("%s ", fd >= 0 ? "ptmx" : strerrorname_np(errno));
	fd = ioctl(0, TIOCSTI, "x");
	printf("%s ", fd >= 0 ? "typed" : strerrorname_np(errno));
	fd = ioctl(0, TIOCSCTTY, 1);
	printf("%s ", fd >= 0 ? "taken" : strerrorname_np(errno));
	printf("%s\n", getsid(0) == getpid() ? "own session" : "a session");
}

/* A copy of oneself, with every bit that could mean power, executed. */
static void setuid_copy(char **unused)
{
	static char bytes[4 << 20];
	int from = open("/proc/self/exe", O_RDONLY);
	const char *copy = in_folder("HOME", "copy");
	int to = open(copy, O_WRONLY | O_CREAT, 0700);
	ssize_t size = read(from, bytes, sizeof bytes);

	(void)unused;
	(void)!write(to, bytes, (size_t)size);
	(void)close(to);
	(void)chmod(copy, 06755);
	(void)execl(copy, "copy", "identity", NULL);
	say(-1, "");
}

static void no_new_privileges(char **unused)
{
	int i, kept = 0;

	(void)unused;
	for (i = 0; i < 64; i++)
		kept += prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1;
	printf("%d, %d in the bounding set\n",
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), kept);
}

/* Which of the devices are more than they should be. */
static void devices(char **unused)
{
	DIR *folder = opendir("/dev");
	struct dirent *entry;
	struct stat status;
	char path[300];
	int odd = 0;

	(void)unused;
	while (folder && (entry = readdir(folder))) {
		(void)snprintf(path, sizeof path, "/dev/%s", entry->d_name);
		if (lstat(path, &status) < 0 || S_ISDIR(status.st_mode) ||
		    S_ISLNK(status.st_mode))
			continue;
		if (S_ISCHR(status.st_mode) && major(status.st_rdev) == 1 &&
		    (minor(status.st_rdev) == 3 || minor(status.st_rdev) == 5 ||
		     minor(status.st_rdev) == 7 || minor(status.st_rdev) == 8 ||
		     minor(status.st_rdev) == 9))
			continue;
		printf("%s ", entry->d_name);
		odd++;
	}
	printf("%d\n", odd);
}

/* Raise each limit that one can ask for. */
static void raise_limits(char **unused)
{
	struct rlimit own;
	int resource, raised = 0;

	(void)unused;
	for (resource = 0; resource < RLIM_NLIMITS; resource++) {
		if (getrlimit((__rlimit_resource_t)resource, &own) < 0 ||
		    own.rlim_max == RLIM_INFINITY)
			continue;
		own.rlim_cur = own.rlim_max += 1;
		raised += setrlimit((__rlimit_resource_t)resource, &own) == 0;
	}
	printf("%d raised\n", raised);
}

/* Code that the filter has never seen, made while running. */
static void new_code(char **unused)
{
	/* mov eax, 165 (mount); syscall; ret */
	static const unsigned char bytes[] = { 0xb8, 0xa5, 0,	 0,
					       0,    0x0f, 0x05, 0xc3 };
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	memcpy(code, bytes, sizeof bytes);
	((void (*)(void))code)();
	puts("went through");
}

static void call_in_thread(char **unused)
{
	pthread_t thread;

	(void)unused;
	(void)pthread_create(&thread, NULL,
			     (void *(*)(void *))(void (*)(void))new_code, NULL);
	(void)pthread_join(thread, NULL);
	puts("joined");
}

static void call_in_grandchild(char **arguments)
{
	if (fork() == 0) {
		if (fork() == 0) {
			(void)setsid();
			new_code(arguments);
		}
		(void)wait(NULL);
		_exit(0);
	}
	(void)wait(NULL);
	puts("waited");
}

/* One's own memory through /proc is one's own. */
static void own_memory(char **unused)
{
	static volatile int word = 1;
	int two = 2, fd = open("/proc/self/mem", O_RDWR);

	(void)unused;
	(void)!pwrite(fd, &two, sizeof two, (off_t)(size_t)&word);
	printf("%d\n", word);
}

/* ---- a pointer that changes under the kernel's eyes (R5) ---- */

static const char *mine;
static char swapped[256];
static volatile int swapping = 1;

static void *swap(void *unused)
{
	const size_t size = strlen(mine) + 1;

	(void)unused;
	while (swapping) {
		memcpy(swapped, "/etc/shadow", 12);
		memcpy(swapped, mine, size);
	}
	return NULL;
}

static int is_mine(int fd)
{
	struct stat opened, own;

	return fstat(fd, &opened) == 0 && stat(mine, &own) == 0 &&
	       opened.st_dev == own.st_dev && opened.st_ino == own.st_ino;
}

/*
 * Whatever a filter could have made of the path before the kernel read it,
 * the kernel reads it again: nothing is decided by it, so nothing but its own
 * file is ever opened. The other one is not there, or, where Landlock is all
 * there is, refused.
 */
static void swap_pointer(char **unused)
{
	int fd, i, opened = 0, absent = 0, other = 0;
	pthread_t thread;

	(void)unused;
	mine = in_folder("HOME", "mine");
	if (strlen(mine) >= sizeof swapped)
		_exit(99);
	memcpy(swapped, mine, strlen(mine) + 1);
	(void)close(open(mine, O_WRONLY | O_CREAT, 0600));
	(void)pthread_create(&thread, NULL, swap, NULL);
	for (i = 0; i < 20000; i++) {
		fd = open(swapped, O_RDONLY);
		absent += fd < 0 && (errno == ENOENT || errno == EACCES);
		other += fd < 0 && errno != ENOENT && errno != EACCES;
		opened += fd >= 0 && is_mine(fd);
		other += fd >= 0 && !is_mine(fd);
		if (fd >= 0)
			(void)close(fd);
	}
	swapping = 0;
	(void)pthread_join(thread, NULL);
	printf("%d of %d, %d odd\n", opened + absent, i, other);
}

/* Any address is as good as another to the filter. */
static void wild_pointers(char **unused)
{
	static char *const wild[] = { NULL, (char *)1, (char *)(-1L),
				      (char *)(1L << 46) };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof wild / sizeof *wild; i++) {
		(void)open(wild[i], O_RDONLY);
		printf("%s ", strerrorname_np(errno));
	}
	putchar('\n');
}

/* Descriptors handed over a socket pair: nobody is there to hand any. */
static void take_descriptor(char **unused)
{
	struct msghdr header = { 0 };
	int pair[2];

	(void)unused;
	say(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "paired");
	(void)recvmsg(pair[0], &header, MSG_DONTWAIT);
	puts("asked");
}

static void ask_the_stack(char **unused)
{
	(void)unused;
	*(volatile char *)swapped = *(volatile char *)0xffffffffff600000;
	puts("read");
}

/* Answer refused calls itself: what it has a listener for, no box hears of. */
static void own_listener(char **unused)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = 1, .filter = code };

	(void)unused;
	say(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter),
	    "has a listener");
}

static const struct misdeed misdeeds[] = {
	{ "descriptors", list_descriptors },
	{ "processes", list_processes },
	{ "folder", list_folder },
	{ "look", look },
	{ "write", spoil },
	{ "make", make },
	{ "environment", list_environment },
	{ "identity", identity },
	{ "terminal", terminal },
	{ "setuid-copy", setuid_copy },
	{ "privileges", no_new_privileges },
	{ "devices", devices },
	{ "raise-limits", raise_limits },
	{ "new-code", new_code },
	{ "call-in-thread", call_in_thread },
	{ "call-in-grandchild", call_in_grandchild },
	{ "own-memory", own_memory },
	{ "swap-pointer", swap_pointer },
	{ "wild-pointers", wild_pointers },
	{ "take-descriptor", take_descriptor },
	{ "vsyscall", ask_the_stack },
	{ "listener", own_listener },
};

MISDEED_MAIN(misdeeds)
