/*
 * limits.c - too much of one thing
 *
 * What is bounded by an errno says how far it got; what ends the run says
 * nothing.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "misdeed.h"

#define PIECE ((size_t)1 << 20)

static void spin(char **unused)
{
	(void)unused;
	for (;;)
		(void)getppid();
}

static void *spin_thread(void *unused)
{
	volatile unsigned long i = 0;

	(void)unused;
	for (;;)
		i++;
	return NULL;
}

/* In threads that never make a system call. */
static void spin_threads(char **arguments)
{
	long i, count = number(arguments, 0, 4);
	pthread_t thread;

	for (i = 0; i < count; i++)
		(void)pthread_create(&thread, NULL, spin_thread, NULL);
	(void)pthread_join(thread, NULL);
}

/* In a grandchild whose parent is gone; the first process only sleeps. */
static void spin_in_grandchild(char **arguments)
{
	if (fork() == 0) {
		if (fork() == 0) {
			(void)setsid();
			spin(arguments);
		}
		_exit(0);
	}
	for (;;)
		pause();
}

/* Many short lives, each too short to be seen. */
static void spin_in_relay(char **unused)
{
	volatile unsigned i;

	(void)unused;
	for (;;) {
		if (fork() == 0) {
			for (i = 0; i < 3000000; i++)
				continue;
			_exit(0);
		}
		(void)wait(NULL);
	}
}

static void sleep_on(char **unused)
{
	(void)unused;
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGALRM, SIG_IGN);
	for (;;)
		pause();
}

/* ---- memory ---- */

/* So much that is used; a compiler may not see that nobody looks. */
static int take_piece(size_t size)
{
	char *memory = malloc(size);

	if (memory)
		memset(memory, 1, size);
	__asm__ volatile("" : : "r"(memory) : "memory");
	return memory != NULL;
}

static void take(void)
{
	while (take_piece(PIECE))
		continue;
}

static void memory_alone(char **unused)
{
	(void)unused;
	take();
	puts("refused");
}

/* No child has much; together they have too much. */
static void memory_children(char **arguments)
{
	long i, children = number(arguments, 0, 8);
	size_t each = (size_t)number(arguments, 1, 8) * PIECE;

	for (i = 0; i < children; i++)
		if (fork() == 0) {
			(void)take_piece(each);
			for (;;)
				pause();
		}
	for (i = 0; i < children; i++)
		(void)wait(NULL);
	for (;;)
		pause();
}

/* The same, each smaller than the box and as dear to the kernel: so that it
 * might choose the box when memory runs out. */
static void memory_behind_the_box(char **arguments)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	(void)!write(fd, "0", 1);
	(void)close(fd);
	memory_children(arguments);
}

static void write_all(int fd)
{
	static char piece[PIECE];

	memset(piece, 'x', sizeof piece);
	while (write(fd, piece, sizeof piece) > 0)
		continue;
}

/* Files in memory: several, where one alone is too small to matter. */
static void memory_files(char **arguments)
{
	char path[64];
	int i;

	(void)signal(SIGXFSZ, SIG_IGN);
	for (i = 0; i < 16; i++) {
		(void)snprintf(path, sizeof path, "%s/%d", arguments[0], i);
		write_all(open(path, O_WRONLY | O_CREAT, 0600));
	}
	say(-1, "");
}

static void memory_memfd(char **unused)
{
	int i;

	(void)unused;
	(void)signal(SIGXFSZ, SIG_IGN);
	for (i = 0; i < 32; i++)
		write_all((int)memfd_create("bomb", 0));
	say(-1, "");
}

static void memory_shared(char **unused)
{
	char *memory;
	int i, id;

	(void)unused;
	for (i = 0; i < 64; i++) {
		id = shmget(IPC_PRIVATE, 8 * PIECE, IPC_CREAT | 0600);
		memory = shmat(id, NULL, 0);
		if (memory == (void *)-1) {
			say(-1, "");
			return;
		}
		memset(memory, 1, 8 * PIECE);
	}
	puts("all of it");
}

static void memory_mapped(char **unused)
{
	char *memory = mmap(NULL, 1024 * PIECE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)unused;
	if (memory != MAP_FAILED)
		memset(memory, 1, 1024 * PIECE);
	puts("all of it");
}

/* What the kernel keeps on behalf of those who ask. */
static void memory_pipes(char **unused)
{
	static char piece[1 << 16];
	int pair[2], made = 0;

	(void)unused;
	while (fork() > 0)
		continue; /* each with descriptors of its own */
	while (pipe2(pair, O_NONBLOCK) == 0) {
		made++;
		while (write(pair[1], piece, sizeof piece) > 0)
			continue;
	}
	for (;;)
		pause();
}

static void memory_page_tables(char **unused)
{
	/* one byte in every 2 MiB takes a whole page table */
	size_t size = (size_t)1 << 40, at;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)unused;
	if (memory == MAP_FAILED) {
		say(-1, "");
		return;
	}
	for (at = 0; at < size; at += (size_t)2 << 20)
		memory[at] = 1;
	puts("all of it");
}

static void lock_memory(char **unused)
{
	char *memory = mmap(NULL, 64 * PIECE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	say(mlock(memory, 64 * PIECE), "locked");
}

static int recurse(int depth)
{
	volatile char frame[4096];

	if (depth == INT32_MAX)
		return 0;
	frame[0] = (char)depth;
	depth = recurse(depth + 1);
	return frame[0] + depth; /* so the frame is needed after the call */
}

static void deep_stack(char **unused)
{
	(void)unused;
	exit(recurse(0));
}

/* ---- output ---- */

static void flood(char **arguments)
{
	int fd = (int)number(arguments, 0, 1);
	const char line[] = "and another line\n";

	for (;;)
		(void)!write(fd, line, sizeof line - 1);
}

/* As much in one call as a call can take. */
static void flood_at_once(char **unused)
{
	static char bytes[16 << 20];
	struct iovec parts[64];
	size_t i;

	(void)unused;
	memset(bytes, 'x', sizeof bytes);
	for (i = 0; i < 64; i++)
		parts[i] = (struct iovec){ bytes, sizeof bytes };
	for (;;)
		(void)!writev(1, parts, 64);
}

static void flood_from_children(char **unused)
{
	char *both[][2] = { { "1", NULL }, { "2", NULL } };
	int i;

	(void)unused;
	for (i = 0; i < 4; i++)
		if (fork() == 0)
			flood(both[i % 2]);
	for (;;)
		pause();
}

/* ---- files, descriptors, processes ---- */

static void fill_file(char **arguments)
{
	static char piece[1 << 16];
	int fd = open(arguments[0], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t written = 0;
	ssize_t got;

	(void)signal(SIGXFSZ, SIG_IGN);
	while ((got = write(fd, piece, sizeof piece)) > 0)
		written += (size_t)got;
	printf("%zu bytes, then %s\n", written, strerrorname_np(errno));
}

static void fill_file_and_die(char **arguments)
{
	write_all(open(arguments[0], O_WRONLY | O_CREAT | O_TRUNC, 0644));
	puts("still here");
}

static void make_names(char **arguments)
{
	long made = 0;
	char path[64];
	int fd;

	for (;;) {
		(void)snprintf(path, sizeof path, "%s/%ld", arguments[0], made);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			break;
		(void)close(fd);
		made++;
	}
	printf("%s %s\n", made < 20000 ? "few" : "many",
	       strerrorname_np(errno));
}

static void make_folders(char **arguments)
{
	long depth = 0;

	(void)chdir(arguments[0]);
	while (mkdir("d", 0700) == 0 && chdir("d") == 0)
		depth++;
	printf("%s %s\n", depth < 20000 ? "few" : "many",
	       strerrorname_np(errno));
}

static void open_files(char **unused)
{
	int last = 2, fd;

	(void)unused;
	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		last = fd;
	printf("up to %d, then %s\n", last, strerrorname_np(errno));
}

static void fork_to_the_limit(char **unused)
{
	int children = 0;
	pid_t child;

	(void)unused;
	while ((child = fork()) > 0)
		children++;
	if (child == 0)
		for (;;)
			pause();
	printf("%d children, then %s\n", children, strerrorname_np(errno));
}

static void *sleep_thread(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static void threads_to_the_limit(char **unused)
{
	int threads = 0, error;
	pthread_t thread;

	(void)unused;
	while ((error = pthread_create(&thread, NULL, sleep_thread, NULL)) == 0)
		threads++;
	printf("%d threads, then %s\n", threads, strerrorname_np(error));
}

static void fork_bomb(char **unused)
{
	(void)unused;
	for (;;)
		(void)fork();
}

/* Each child stops its parent until it ends, which none does. */
static void vfork_bomb(char **unused)
{
	(void)unused;
	for (;;)
		(void)vfork();
}

/* ---- events without end, of which the box hears ---- */

static void wait_for_input(void)
{
	char byte;

	fputs("done\n", stdout);
	fflush(stdout);
	(void)!read(0, &byte, 1);
}

/* Calls that are looked at by the box, and answered. */
static void refused_calls(char **arguments)
{
	long i, count = number(arguments, 0, 100000);

	for (i = 0; i < count; i++)
		if (ioctl(0, TIOCSTI, "x") == 0)
			puts("allowed");
	wait_for_input();
}

static void forks(char **arguments)
{
	long i, count = number(arguments, 0, 10000);
	pid_t child;

	for (i = 0; i < count; i++) {
		child = fork();
		if (child == 0)
			_exit(0);
		while (child > 0 && waitpid(child, NULL, 0) < 0)
			continue;
	}
	wait_for_input();
}

static void descriptors(char **arguments)
{
	long i, count = number(arguments, 0, 100000);
	int pair[2];

	for (i = 0; i < count; i++)
		if (pipe(pair) == 0) {
			(void)close(pair[0]);
			(void)close(pair[1]);
		}
	wait_for_input();
}

static void small_writes(char **arguments)
{
	long i, count = number(arguments, 0, 100000);

	for (i = 0; i < count; i++)
		(void)!write(2, "\n", 1);
	wait_for_input();
}

static const struct misdeed misdeeds[] = {
	{ "spin", spin },
	{ "spin-threads", spin_threads },
	{ "spin-in-grandchild", spin_in_grandchild },
	{ "spin-in-relay", spin_in_relay },
	{ "sleep", sleep_on },
	{ "memory", memory_alone },
	{ "memory-children", memory_children },
	{ "memory-behind-the-box", memory_behind_the_box },
	{ "memory-files", memory_files },
	{ "memory-memfd", memory_memfd },
	{ "memory-shared", memory_shared },
	{ "memory-mapped", memory_mapped },
	{ "memory-pipes", memory_pipes },
	{ "memory-page-tables", memory_page_tables },
	{ "lock-memory", lock_memory },
	{ "deep-stack", deep_stack },
	{ "flood", flood },
	{ "flood-at-once", flood_at_once },
	{ "flood-from-children", flood_from_children },
	{ "fill-file", fill_file },
	{ "fill-file-and-die", fill_file_and_die },
	{ "make-names", make_names },
	{ "make-folders", make_folders },
	{ "open-files", open_files },
	{ "fork-to-the-limit", fork_to_the_limit },
	{ "threads-to-the-limit", threads_to_the_limit },
	{ "fork-bomb", fork_bomb },
	{ "vfork-bomb", vfork_bomb },
	{ "refused-calls", refused_calls },
	{ "forks", forks },
	{ "descriptors", descriptors },
	{ "small-writes", small_writes },
};

MISDEED_MAIN(misdeeds)
