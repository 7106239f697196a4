/*
 * fault.c - preloaded into assay and its boxes: makes one call fail
 *
 * tests/faults/walk lays out a file (struct plan below), names it in
 * FAULT_PLAN and runs "assay" with this library in LD_PRELOAD. All processes
 * of a grading map the file. Each gets a number, in the order in which they
 * are forked, and counts its calls of each kind; the call that the plan asks
 * for, "the n-th of this kind in that process", fails as the kernel would make
 * it fail. Once, or from then on everywhere.
 *
 * To find out which calls there are, a plan may ask for notes: each call's
 * kind, number, function and callers, and a key that two calls have in common
 * when they come from the same place.
 *
 * What a run does between clone and exec are system calls without libc
 * (sandbox/inside.c). Those are found by where their instruction is: once a
 * box has said hello, a filter makes the one at the offset "raw" fail.
 *
 * Programs inside boxes see nothing of this: their environment is made for
 * them, and the filter knows the box's own addresses, which are random.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PROCESSES_MAX 64
#define FRAMES_MAX 6
#define SLOTS 32u
#define DEPTH_MAX 24

enum kind { MEMORY, DESCRIPTOR, PROCESS, DISK, VANISH, MESSAGE, HOST, KINDS };

/* One call. A frame is its offset in the program, or, where the highest bit
 * is set, in a library. */
struct note {
	uint64_t process;
	uint64_t kind;
	uint64_t n;
	uint64_t key;
	uint64_t frame[FRAMES_MAX];
	char function[24];
	char program[24];
};

/* tests/faults/walk has the same layout. */
struct plan {
	uint64_t notes_max; /* 0: take none */
	uint64_t kind;      /* KINDS: nothing fails */
	uint64_t process;
	uint64_t n;      /* from 1 */
	uint64_t sticky; /* from then on, in every process */
	uint64_t raw;    /* offset behind a system call instruction, or 0 */
	uint64_t raw_errno;
	uint64_t slot; /* of the function's name */
	_Atomic uint64_t fired;
	_Atomic uint64_t processes;
	_Atomic uint64_t notes;
	uint64_t open_at_exit; /* descriptors of the first process, plus 1 */
	_Atomic uint64_t pids[PROCESSES_MAX];
	_Atomic uint64_t counts[PROCESSES_MAX][KINDS][SLOTS];
	struct note hit;
	struct note note[];
};

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static struct plan *plan;
static uint64_t own;        /* number of this process */
static uintptr_t base, end; /* of the program */
static bool is_box;
static _Thread_local bool busy;

/* ---- set-up ---- */

/* By the number that fork() left for this pid; the first one has none. */
static uint64_t find_number(void)
{
	uint64_t i, count = atomic_load(&plan->processes);

	for (i = count; i-- > 0;)
		if (i < PROCESSES_MAX && plan->pids[i] == (uint64_t)getpid())
			return i;
	i = atomic_fetch_add(&plan->processes, 1);
	if (i < PROCESSES_MAX)
		plan->pids[i] = (uint64_t)getpid();
	return i;
}

static int note_program(struct dl_phdr_info *info, size_t size, void *data)
{
	size_t i;

	(void)size, (void)data;
	base = info->dlpi_addr; /* the program comes first */
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			end = base + info->dlpi_phdr[i].p_vaddr +
			      info->dlpi_phdr[i].p_memsz;
	return 1;
}

__attribute__((constructor)) static void set_up(void)
{
	const char *path = getenv("FAULT_PLAN");
	const char *name = program_invocation_short_name;
	struct stat status;
	void *frames[4], *map;
	int fd;

	is_box = strcmp(name, "assay-sandbox") == 0;
	if (!path || (!is_box && strcmp(name, "assay") != 0))
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		abort();
	map = (void *)syscall(SYS_mmap, NULL, status.st_size,
			      PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		abort();
	(void)syscall(SYS_close, fd);
	(void)backtrace(frames, 4); /* loads what it needs */
	(void)dl_iterate_phdr(note_program, NULL);
	plan = map;
	own = find_number();
}

/* What the harness has not closed when it is done with everything. */
__attribute__((destructor)) static void count_open(void)
{
	uint64_t count = 0;
	int fd;

	if (!plan || own != 0)
		return;
	for (fd = 0; fd < 1024; fd++)
		count += syscall(SYS_fcntl, fd, F_GETFD) >= 0;
	plan->open_at_exit = count + 1;
}

/* ---- deciding ---- */

static uint64_t mix(uint64_t key, uint64_t value)
{
	return (key ^ value) * 0x100000001b3u;
}

/* Who calls, in this program: three frames of it, behind whichever library
 * function it is that needs something. */
static void describe(enum kind kind, const char *function, uint64_t n,
		     struct note *note)
{
	void *frames[DEPTH_MAX];
	int depth = backtrace(frames, DEPTH_MAX), i;
	unsigned kept = 0, of_program = 0;
	uint64_t key = 0xcbf29ce484222325u;
	const char *c;
	Dl_info info;

	memset(note, 0, sizeof *note);
	note->process = own;
	note->kind = (uint64_t)kind;
	note->n = n;
	snprintf(note->function, sizeof note->function, "%s", function);
	snprintf(note->program, sizeof note->program, "%s",
		 program_invocation_short_name);
	for (c = function; *c; c++)
		key = mix(key, (unsigned char)*c);
	key = mix(key, (uint64_t)kind * 2 + is_box);
	for (i = 3; i < depth && of_program < 3 && kept < FRAMES_MAX; i++) {
		uintptr_t address = (uintptr_t)frames[i];

		if (address >= base && address < end) {
			of_program++;
			note->frame[kept++] = address - base;
			key = mix(key, address - base);
		} else if (kept == 0 && dladdr(frames[i], &info)) {
			note->frame[kept++] = (address -
					       (uintptr_t)info.dli_fbase) |
					      1ull << 63;
		}
	}
	note->key = key;
}

/* Calls are counted by function, so that one more of one kind, where clocks
 * decide, does not move all others. */
static uint64_t slot_of(const char *function)
{
	uint64_t sum = 0;

	for (; *function; function++)
		sum = sum * 31 + (unsigned char)*function;
	return sum % SLOTS;
}

static bool decide(enum kind kind, const char *function)
{
	uint64_t slot = slot_of(function);
	uint64_t n, at;
	struct note note;

	if (own >= PROCESSES_MAX)
		return false;
	n = atomic_fetch_add(&plan->counts[own][kind][slot], 1) + 1;
	if (plan->notes_max > 0) {
		at = atomic_fetch_add(&plan->notes, 1);
		if (at < plan->notes_max)
			describe(kind, function, n, &plan->note[at]);
	}
	if (plan->kind != (uint64_t)kind)
		return false;
	if (plan->sticky && atomic_load(&plan->fired))
		return true;
	if (plan->process != own || plan->n != n || plan->slot != slot ||
	    atomic_exchange(&plan->fired, 1))
		return false;
	describe(kind, function, n, &note);
	plan->hit = note;
	return true;
}

static __attribute__((noinline)) bool fails(enum kind kind,
					    const char *function, int error)
{
	int saved = errno;
	bool result;

	if (!plan || busy)
		return false;
	busy = true;
	result = decide(kind, function);
	busy = false;
	errno = result ? error : saved;
	return result;
}

#define REAL(name)                                                \
	static __typeof__(name) *real;                            \
	if (!real) {                                              \
		bool busy_ = busy;                                \
		busy = true;                                      \
		real = (__typeof__(real))dlsym(RTLD_NEXT, #name); \
		busy = busy_;                                     \
	}

/* ---- memory ---- */

void *malloc(size_t size)
{
	return fails(MEMORY, "malloc", ENOMEM) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(MEMORY, "calloc", ENOMEM) ? NULL
					       : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return fails(MEMORY, "realloc", ENOMEM) ? NULL
						: __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    fails(MEMORY, "reallocarray", ENOMEM)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(memory, bytes);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(MEMORY, "aligned_alloc", ENOMEM)
		       ? NULL
		       : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	if (fails(MEMORY, "posix_memalign", errno))
		return ENOMEM;
	*ret = __libc_memalign(alignment, size);
	return *ret ? 0 : ENOMEM;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd,
	   off_t offset)
{
	REAL(mmap)
	return fails(MEMORY, "mmap", ENOMEM)
		       ? MAP_FAILED
		       : real(address, size, protection, flags, fd, offset);
}

/* ---- what opens something ---- */

static bool open_fails(const char *function, int flags)
{
	if (fails(DESCRIPTOR, function, EMFILE))
		return true;
	if (flags & O_CREAT)
		return fails(DISK, function, ENOSPC);
	return fails(VANISH, function, ENOENT);
}

#define MODE(flags, mode)                        \
	mode_t mode = 0;                         \
	if ((flags) & (O_CREAT | __O_TMPFILE)) { \
		va_list args;                    \
		va_start(args, flags);           \
		mode = va_arg(args, mode_t);     \
		va_end(args);                    \
	}

#define OPEN(name)                                                         \
	int name(const char *path, int flags, ...)                         \
	{                                                                  \
		MODE(flags, mode)                                          \
		REAL(name)                                                 \
		return open_fails(#name, flags) ? -1                       \
						: real(path, flags, mode); \
	}

#define OPENAT(name)                                              \
	int name(int folder, const char *path, int flags, ...)    \
	{                                                         \
		MODE(flags, mode)                                 \
		REAL(name)                                        \
		return open_fails(#name, flags)                   \
			       ? -1                               \
			       : real(folder, path, flags, mode); \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* What open() is called where the compiler knows that there is no mode. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

int __openat_2(int folder, const char *path, int flags)
{
	return openat(folder, path, flags);
}

int __openat64_2(int folder, const char *path, int flags)
{
	return openat64(folder, path, flags);
}

FILE *fopen(const char *path, const char *mode)
{
	REAL(fopen)
	return open_fails("fopen", *mode == 'r' ? 0 : O_CREAT)
		       ? NULL
		       : real(path, mode);
}

DIR *opendir(const char *path)
{
	REAL(opendir)
	return open_fails("opendir", 0) ? NULL : real(path);
}

int mkostemp(char *template, int flags)
{
	REAL(mkostemp)
	return open_fails("mkostemp", O_CREAT) ? -1 : real(template, flags);
}

/* A call with these parameters that returns -1 when it fails. */
#define CALL(kind, error, type, name, parameters, arguments)                  \
	type name parameters                                                  \
	{                                                                     \
		REAL(name)                                                    \
		return fails(kind, #name, error) ? (type)-1 : real arguments; \
	}

CALL(DESCRIPTOR, EMFILE, int, socketpair,
     (int domain, int kind, int protocol, int ends[2]),
     (domain, kind, protocol, ends))
CALL(DESCRIPTOR, EMFILE, int, pipe2, (int ends[2], int flags), (ends, flags))
CALL(DESCRIPTOR, EMFILE, int, eventfd, (unsigned count, int flags),
     (count, flags))
CALL(DESCRIPTOR, EMFILE, int, timerfd_create, (clockid_t clock, int flags),
     (clock, flags))
CALL(DESCRIPTOR, EMFILE, int, memfd_create, (const char *name, unsigned flags),
     (name, flags))
CALL(DESCRIPTOR, EMFILE, int, inotify_init1, (int flags), (flags))
CALL(DESCRIPTOR, EMFILE, int, dup2, (int from, int to), (from, to))
CALL(DESCRIPTOR, EMFILE, int, dup3, (int from, int to, int flags),
     (from, to, flags))

int epoll_create1(int flags);
CALL(DESCRIPTOR, EMFILE, int, epoll_create1, (int flags), (flags))

DIR *fdopendir(int fd)
{
	REAL(fdopendir)
	return fails(MEMORY, "fdopendir", ENOMEM) ? NULL : real(fd);
}

int fcntl(int fd, int command, ...)
{
	va_list args;
	void *argument;
	REAL(fcntl)

	va_start(args, command);
	argument = va_arg(args, void *);
	va_end(args);
	if ((command == F_DUPFD_CLOEXEC || command == F_DUPFD) &&
	    fails(DESCRIPTOR, "fcntl", EMFILE))
		return -1;
	if (command == F_ADD_SEALS && fails(HOST, "fcntl", EPERM))
		return -1;
	return real(fd, command, argument);
}

/* ---- processes ---- */

pid_t fork(void)
{
	uint64_t number;
	pid_t child;
	REAL(fork)

	if (fails(PROCESS, "fork", EAGAIN))
		return -1;
	if (!plan)
		return real();
	number = atomic_fetch_add(&plan->processes, 1);
	child = real();
	if (child == 0) {
		own = number;
		if (own < PROCESSES_MAX)
			plan->pids[own] = (uint64_t)getpid();
	}
	return child;
}

int posix_spawnp(pid_t *pid, const char *file,
		 const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attributes, char *const argv[],
		 char *const envp[])
{
	REAL(posix_spawnp)
	if (fails(PROCESS, "posix_spawnp", errno))
		return EAGAIN;
	return real(pid, file, actions, attributes, argv, envp);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
		   void *(*run)(void *), void *data)
{
	REAL(pthread_create)
	if (fails(PROCESS, "pthread_create", errno))
		return EAGAIN;
	return real(thread, attributes, run, data);
}

/* ---- disk ---- */

static bool is_file(int fd)
{
	struct stat status;
	int saved = errno;
	bool result = syscall(SYS_fstat, fd, &status) == 0 &&
		      S_ISREG(status.st_mode);

	errno = saved;
	return result;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	REAL(write)
	return is_file(fd) && fails(DISK, "write", ENOSPC)
		       ? -1
		       : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	REAL(pwrite)
	return is_file(fd) && fails(DISK, "pwrite", ENOSPC)
		       ? -1
		       : real(fd, bytes, size, offset);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t size)
{
	REAL(sendfile)
	return is_file(to) && fails(DISK, "sendfile", ENOSPC)
		       ? -1
		       : real(to, from, offset, size);
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file)
{
	REAL(fwrite)
	return is_file(fileno(file)) && fails(DISK, "fwrite", ENOSPC)
		       ? 0
		       : real(bytes, size, count, file);
}

int fputs(const char *text, FILE *file)
{
	REAL(fputs)
	return is_file(fileno(file)) && fails(DISK, "fputs", ENOSPC)
		       ? EOF
		       : real(text, file);
}

/* What was written goes with the buffer, as when the disk is full. */
int fclose(FILE *file)
{
	bool lost = is_file(fileno(file)) && fails(DISK, "fclose", ENOSPC);
	int result;
	REAL(fclose)

	result = real(file);
	if (lost)
		errno = ENOSPC;
	return lost ? EOF : result;
}

CALL(DISK, ENOSPC, int, ftruncate, (int fd, off_t size), (fd, size))
CALL(DISK, ENOSPC, int, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(DISK, ENOSPC, int, mkdirat, (int folder, const char *path, mode_t mode),
     (folder, path, mode))
CALL(DISK, ENOSPC, int, rename, (const char *from, const char *to), (from, to))
CALL(DISK, ENOSPC, int, renameat,
     (int from_folder, const char *from, int to_folder, const char *to),
     (from_folder, from, to_folder, to))
CALL(DISK, EIO, int, fsync, (int fd), (fd))
CALL(DISK, ENOSPC, int, symlink, (const char *to, const char *path), (to, path))

char *mkdtemp(char *template)
{
	REAL(mkdtemp)
	return fails(DISK, "mkdtemp", ENOSPC) ? NULL : real(template);
}

/* ---- what is not there any more ---- */

ssize_t read(int fd, void *bytes, size_t size)
{
	REAL(read)
	return is_file(fd) && fails(VANISH, "read", EIO)
		       ? -1
		       : real(fd, bytes, size);
}

ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room);
ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room)
{
	if (size > room)
		abort();
	return read(fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
	REAL(pread)
	return is_file(fd) && fails(VANISH, "pread", EIO)
		       ? -1
		       : real(fd, bytes, size, offset);
}

ssize_t __pread_chk(int fd, void *bytes, size_t size, off_t offset,
		    size_t room);
ssize_t __pread_chk(int fd, void *bytes, size_t size, off_t offset, size_t room)
{
	if (size > room)
		abort();
	return pread(fd, bytes, size, offset);
}

struct dirent *readdir(DIR *dir)
{
	REAL(readdir)
	return fails(VANISH, "readdir", EIO) ? NULL : real(dir);
}

char *fgets(char *line, int size, FILE *file)
{
	REAL(fgets)
	return fails(VANISH, "fgets", EIO) ? NULL : real(line, size, file);
}

CALL(VANISH, ENOENT, int, stat, (const char *path, struct stat *ret),
     (path, ret))
CALL(VANISH, ENOENT, int, fstatat,
     (int folder, const char *path, struct stat *ret, int flags),
     (folder, path, ret, flags))
CALL(VANISH, EIO, int, fstat, (int fd, struct stat *ret), (fd, ret))
CALL(VANISH, ENOENT, int, statvfs, (const char *path, struct statvfs *ret),
     (path, ret))
CALL(VANISH, ENOENT, int, access, (const char *path, int mode), (path, mode))
CALL(VANISH, ENOENT, int, faccessat,
     (int folder, const char *path, int mode, int flags),
     (folder, path, mode, flags))
CALL(VANISH, ENOENT, ssize_t, readlink,
     (const char *path, char *to, size_t size), (path, to, size))
CALL(VANISH, ENOENT, int, chdir, (const char *path), (path))

char *realpath(const char *path, char *to)
{
	REAL(realpath)
	return fails(VANISH, "realpath", ENOENT) ? NULL : real(path, to);
}

char *__realpath_chk(const char *path, char *to, size_t room);
char *__realpath_chk(const char *path, char *to, size_t room)
{
	(void)room;
	return realpath(path, to);
}

/* ---- sockets ---- */

/* From here on, in this process and its children, one instruction fails. */
static void break_raw_call(void)
{
	uint64_t at = (uint64_t)base + plan->raw;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, instruction_pointer)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)at, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, instruction_pointer) +
				 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(at >> 32), 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 SECCOMP_RET_ERRNO | (uint32_t)plan->raw_errno),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof filter / sizeof *filter,
		.filter = filter,
	};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		abort();
	atomic_store(&plan->fired, 1);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t result;
	REAL(sendmsg)

	if (fails(MESSAGE, "sendmsg", ENOBUFS))
		return -1;
	result = real(fd, message, flags);
	if (is_box && plan && plan->raw && plan->process == own &&
	    !atomic_load(&plan->fired))
		break_raw_call();
	return result;
}

CALL(MESSAGE, ENOMEM, ssize_t, recvmsg,
     (int fd, struct msghdr *message, int flags), (fd, message, flags))
CALL(MESSAGE, ENOBUFS, ssize_t, send,
     (int fd, const void *bytes, size_t size, int flags),
     (fd, bytes, size, flags))
CALL(MESSAGE, ENOMEM, ssize_t, recv,
     (int fd, void *bytes, size_t size, int flags), (fd, bytes, size, flags))

/* ---- what a host may refuse ---- */

CALL(HOST, EPERM, int, mount,
     (const char *source, const char *target, const char *type,
      unsigned long flags, const void *data),
     (source, target, type, flags, data))
CALL(HOST, EPERM, int, umount2, (const char *target, int flags),
     (target, flags))
CALL(HOST, EPERM, int, unshare, (int flags), (flags))
CALL(HOST, EPERM, int, sethostname, (const char *name, size_t size),
     (name, size))
CALL(HOST, EPERM, int, fchown, (int fd, uid_t user, gid_t group),
     (fd, user, group))
CALL(HOST, EPERM, int, chmod, (const char *path, mode_t mode), (path, mode))
CALL(HOST, EPERM, int, setresuid, (uid_t real_id, uid_t effective, uid_t saved),
     (real_id, effective, saved))
CALL(HOST, EPERM, int, setresgid, (gid_t real_id, gid_t effective, gid_t saved),
     (real_id, effective, saved))

/* By number; what can only fail for a programmer's mistake is let through. */
static bool call_fails(long number)
{
	switch (number) {
	case SYS_pidfd_open:
	case SYS_openat2:
	case SYS_pidfd_getfd:
	case SYS_open_tree:
	case SYS_landlock_create_ruleset:
		return fails(DESCRIPTOR, "syscall", EMFILE);
	case SYS_renameat2:
		return fails(DISK, "syscall", ENOSPC);
	case SYS_process_vm_readv:
		return fails(VANISH, "syscall", ESRCH);
	case SYS_pivot_root:
	case SYS_mount_setattr:
	case SYS_move_mount:
	case SYS_capset:
	case SYS_landlock_add_rule:
	case SYS_landlock_restrict_self:
		return fails(HOST, "syscall", EPERM);
	default:
		return false;
	}
}

long syscall(long number, ...)
{
	long a[6];
	va_list args;
	int i;
	register long r10 __asm__("r10");
	register long r8 __asm__("r8");
	register long r9 __asm__("r9");
	long result;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (plan && call_fails(number))
		return -1;
	r10 = a[3], r8 = a[4], r9 = a[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]),
			   "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}
