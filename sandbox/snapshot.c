/*
 * snapshot.c - see snapshot.h
 *
 * In this order, each step for all threads before the next:
 *
 *   list     descendants of init, their threads, and of each thread its state,
 *            how often it was switched to, and the call it sleeps in
 *   confirm  state and switches once more. Who slept both times and was not
 *            switched to in between slept all the while, so there was one
 *            moment, between the two steps, at which all of those slept at
 *            once: whoever waits for another of them waits for good
 *   stop     PTRACE_INTERRUPT, registers, stack; then all go on
 *   open     the files that are mapped, by way of the program's own root, as
 *            it may be in another mount namespace than we are
 *
 * What ends in the middle of this is passed over. A thread stops as soon as it
 * gets a CPU, which on a busy machine can take a while (BUSY_PATIENCE_NS); but
 * not if the kernel has it in a wait that nothing interrupts. Who is in one when
 * STOP_PATIENCE_NS are over is told without a stack; it stays traced until it
 * stops or ends, and who is traced cannot be reaped by its parent before we
 * have waited for it: see snapshot_let_go().
 */
#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "policy.h"
#include "waits.h"

#define STOP_PATIENCE_NS 10000000u
#define BUSY_PATIENCE_NS 1000000000u
#define STOP_LOOK_NS 20000
#define BUSY_LOOK_NS 1000000
#define PATH_BYTES 512
/* What the kernel leaves in the result register of an interrupted call; these
 * are never seen by a program (include/linux/errno.h of the kernel). */
#define ERESTARTSYS_ 512
#define ERESTART_RESTARTBLOCK_ 516

int snapshot_init(struct snapshot *snapshot)
{
	void *stacks = mmap(NULL, SNAPSHOT_STACKS_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	memset(snapshot, 0, sizeof *snapshot);
	if (stacks == MAP_FAILED)
		return -ENOMEM;
	snapshot->stacks = stacks;
	return 0;
}

void snapshot_release(struct snapshot *snapshot)
{
	unsigned i, k;

	if (!snapshot->there)
		return;
	for (i = 0; i < snapshot->processes; i++)
		for (k = 0; k < snapshot->process[i].objects; k++)
			(void)close(snapshot->process[i].object[k].fd);
	(void)madvise(snapshot->stacks, SNAPSHOT_STACKS_BYTES, MADV_DONTNEED);
	snapshot->there = false;
	snapshot->all = snapshot->processes = snapshot->threads = 0;
	snapshot->files = 0;
	snapshot->stacks_used = 0;
	snapshot->trouble[0] = '\0';
}

/* ---- list ---- */

static bool read_file(const char *path, char *text, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

/* What stands behind "@key:" in a status file; "" if there is none. */
static const char *after(const char *status, const char *key)
{
	size_t length = strlen(key);
	const char *line;

	for (line = status; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0 && line[length] == ':')
			return line + length + 1 +
			       strspn(line + length + 1, " \t");
	}
	return "";
}

/* The last of a list: the number in the innermost namespace. */
static pid_t innermost(const char *list)
{
	pid_t number = 0;
	char *end;

	for (;; list = end) {
		pid_t next = (pid_t)strtol(list, &end, 10);

		if (end == list || *list == '\n')
			return number;
		number = next;
		if (*end == '\n')
			return number;
	}
}

static uint64_t switches(const char *status)
{
	return strtoull(after(status, "voluntary_ctxt_switches"), NULL, 10) +
	       strtoull(after(status, "nonvoluntary_ctxt_switches"), NULL, 10);
}

/* The kernel escapes what is not printable in a name; a newline is one. */
static void take_name(const char *status, char *name, size_t size)
{
	const char *text = after(status, "Name");

	(void)snprintf(name, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void take_call(const struct snapshot_process *process,
		      struct snapshot_thread *thread)
{
	struct box_thread *box = &thread->box;
	char path[64], text[256];
	unsigned long long args[6];
	long number;
	size_t i;

	box->syscall_number = -1;
	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/syscall",
		       process->host_pid, thread->host_tid);
	if (!read_file(path, text, sizeof text) ||
	    sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &number, &args[0],
		   &args[1], &args[2], &args[3], &args[4], &args[5]) != 7 ||
	    number < 0)
		return;
	box->syscall_number = (int32_t)number;
	for (i = 0; i < 6; i++)
		box->syscall_args[i] = args[i];
	policy_syscall_name(box->syscall_number, box->syscall_name,
			    sizeof box->syscall_name);
}

static bool take_status(pid_t pid, pid_t tid, char *status, size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
	return read_file(path, status, size);
}

struct survey {
	struct snapshot *snapshot;
	const struct snapshot_wish *wish;
	uint64_t switches[BOX_THREADS_MAX];
	pid_t waiting[SNAPSHOT_PROCESSES_MAX]; /* whose children to list */
	unsigned first, last;
	bool complete; /* all there are have been listed */
};

/* Timers whose signal may run a handler: those of timer_create(2) are listed;
 * of setitimer(2) and alarm(2) only their handlers can be seen. */
static bool has_timers(pid_t pid, const char *status)
{
	const uint64_t alarms = 1ull << 13 | 1ull << 25 | 1ull << 26;
	char path[64], text[16];

	(void)snprintf(path, sizeof path, "/proc/%d/timers", pid);
	return read_file(path, text, sizeof text) ||
	       (strtoull(after(status, "SigCgt"), NULL, 16) & alarms);
}

static void add_thread(struct survey *survey, unsigned process, pid_t tid)
{
	struct snapshot *snapshot = survey->snapshot;
	const struct snapshot_process *owner = &snapshot->process[process];
	struct snapshot_thread *thread;
	char status[4096];

	if (!take_status(owner->host_pid, tid, status, sizeof status) ||
	    *after(status, "State") == 'Z' || *after(status, "State") == 'X')
		return;
	snapshot->all++;
	if (survey->wish->only && survey->wish->only != tid)
		return;
	if (snapshot->threads == BOX_THREADS_MAX) {
		survey->complete = false;
		return;
	}
	thread = &snapshot->thread[snapshot->threads];
	memset(thread, 0, sizeof *thread);
	thread->process = process;
	thread->host_tid = tid;
	thread->box.process = owner->pid;
	thread->box.thread = innermost(after(status, "NSpid"));
	thread->box.state = *after(status, "State");
	take_name(status, thread->box.name, sizeof thread->box.name);
	survey->switches[snapshot->threads++] = switches(status);
	take_call(owner, thread);
	waits_classify(owner, thread, has_timers(owner->host_pid, status),
		       survey->wish->given);
}

static void add_children(struct survey *survey, pid_t pid, pid_t tid)
{
	char path[64], text[4096], *at, *end;
	long child;

	(void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid,
		       tid);
	(void)read_file(path, text, sizeof text);
	for (at = text;; at = end) {
		child = strtol(at, &end, 10);
		if (end == at || child <= 0)
			return;
		if (survey->last == SNAPSHOT_PROCESSES_MAX) {
			survey->complete = false;
			return;
		}
		survey->waiting[survey->last++] = (pid_t)child;
	}
}

/* Who is ours, init or a keeper, is only asked for its children. */
static void add_process(struct survey *survey, pid_t pid, bool ours)
{
	struct snapshot *snapshot = survey->snapshot;
	unsigned number = snapshot->processes;
	struct snapshot_process *process = &snapshot->process[number];
	char path[64], status[4096];
	const struct dirent *entry;
	DIR *tasks;
	pid_t tid;

	(void)snprintf(path, sizeof path, "/proc/%d/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return;
	if (!ours && take_status(pid, pid, status, sizeof status)) {
		memset(process, 0, sizeof *process);
		process->host_pid = pid;
		process->pid = innermost(after(status, "NSpid"));
		snapshot->processes++;
	}
	while ((entry = readdir(tasks))) {
		tid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (tid <= 0)
			continue;
		if (snapshot->processes > number)
			add_thread(survey, number, tid);
		add_children(survey, pid, tid);
	}
	(void)closedir(tasks);
}

static void list(struct survey *survey, pid_t init)
{
	add_process(survey, init, true);
	/* children are listed in the order in which they came */
	if (survey->wish->keeper && survey->first < survey->last)
		add_process(survey, survey->waiting[survey->first++], true);
	while (survey->first < survey->last)
		add_process(survey, survey->waiting[survey->first++], false);
}

/* ---- confirm ---- */

static void confirm(struct survey *survey)
{
	struct snapshot *snapshot = survey->snapshot;
	char status[4096];
	unsigned i;

	for (i = 0; i < snapshot->threads; i++) {
		struct snapshot_thread *thread = &snapshot->thread[i];
		pid_t pid = snapshot->process[thread->process].host_pid;

		if (!take_status(pid, thread->host_tid, status,
				 sizeof status) ||
		    *after(status, "State") != thread->box.state ||
		    switches(status) != survey->switches[i]) {
			thread->box.for_good = false;
			thread->outside = false;
		}
	}
	snapshot->for_good = snapshot->for_good_or_outside =
		survey->complete && !survey->wish->only &&
		snapshot->threads > 0;
	for (i = 0; i < snapshot->threads; i++) {
		const struct snapshot_thread *thread = &snapshot->thread[i];

		snapshot->for_good &= thread->box.for_good != 0;
		snapshot->for_good_or_outside &= thread->box.for_good ||
						 thread->outside;
	}
}

/* ---- stop ---- */

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The memory from the stack pointer upwards, as much as is there. */
static void copy_stack(struct snapshot *snapshot, pid_t pid,
		       struct snapshot_thread *thread, size_t most)
{
	struct iovec local, remote;
	ssize_t got;

	thread->stack_address = thread->registers.rsp & ~7ull;
	thread->stack_offset = snapshot->stacks_used;
	if (most > SNAPSHOT_STACKS_BYTES - snapshot->stacks_used)
		most = SNAPSHOT_STACKS_BYTES - snapshot->stacks_used;
	local.iov_base = snapshot->stacks + snapshot->stacks_used;
	remote.iov_base = (void *)(uintptr_t)thread->stack_address;
	local.iov_len = remote.iov_len = most;
	got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	thread->stack_bytes = got > 0 ? (size_t)got : 0;
	snapshot->stacks_used += thread->stack_bytes;
}

/* Which call it is in, when it was not asleep when it was looked at. */
static void call_from_registers(struct snapshot_thread *thread)
{
	const struct user_regs_struct *registers = &thread->registers;
	struct box_thread *box = &thread->box;
	long result = (long)registers->rax;

	if (box->syscall_number >= 0 || (long)registers->orig_rax < 0 ||
	    result > -ERESTARTSYS_ || result < -ERESTART_RESTARTBLOCK_)
		return;
	box->syscall_number = (int32_t)registers->orig_rax;
	box->syscall_args[0] = registers->rdi;
	box->syscall_args[1] = registers->rsi;
	box->syscall_args[2] = registers->rdx;
	box->syscall_args[3] = registers->r10;
	box->syscall_args[4] = registers->r8;
	box->syscall_args[5] = registers->r9;
	policy_syscall_name(box->syscall_number, box->syscall_name,
			    sizeof box->syscall_name);
}

static void let_go(struct snapshot_thread *thread)
{
	(void)ptrace(PTRACE_DETACH, thread->host_tid, NULL, NULL);
	thread->traced = false;
}

/* The registers that the kernel saved when a signal came, from the address
 * that the program gave. They are the program's own affair. */
static void take_context(pid_t pid, struct snapshot_thread *thread,
			 uint64_t address)
{
	struct user_regs_struct *to = &thread->registers;
	gregset_t from;
	struct iovec local = { .iov_base = &from, .iov_len = sizeof from };
	struct iovec remote = {
		.iov_base = (void *)(uintptr_t)(address +
						offsetof(ucontext_t,
							 uc_mcontext.gregs)),
		.iov_len = sizeof from,
	};

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) != sizeof from)
		return;
	*to = (struct user_regs_struct){
		.r8 = (uint64_t)from[REG_R8],
		.r9 = (uint64_t)from[REG_R9],
		.r10 = (uint64_t)from[REG_R10],
		.r11 = (uint64_t)from[REG_R11],
		.r12 = (uint64_t)from[REG_R12],
		.r13 = (uint64_t)from[REG_R13],
		.r14 = (uint64_t)from[REG_R14],
		.r15 = (uint64_t)from[REG_R15],
		.rdi = (uint64_t)from[REG_RDI],
		.rsi = (uint64_t)from[REG_RSI],
		.rbp = (uint64_t)from[REG_RBP],
		.rbx = (uint64_t)from[REG_RBX],
		.rdx = (uint64_t)from[REG_RDX],
		.rax = (uint64_t)from[REG_RAX],
		.rcx = (uint64_t)from[REG_RCX],
		.rsp = (uint64_t)from[REG_RSP],
		.rip = (uint64_t)from[REG_RIP],
	};
}

static void read_thread(struct snapshot *snapshot,
			struct snapshot_thread *thread, uint64_t context)
{
	struct iovec registers = { .iov_base = &thread->registers,
				   .iov_len = sizeof thread->registers };
	pid_t pid = snapshot->process[thread->process].host_pid;

	if (ptrace(PTRACE_GETREGSET, thread->host_tid, 1 /* NT_PRSTATUS */,
		   &registers) < 0) {
		let_go(thread);
		return;
	}
	thread->has_registers = true;
	call_from_registers(thread);
	if (context)
		take_context(pid, thread, context);
	copy_stack(snapshot, pid, thread,
		   SNAPSHOT_STACKS_BYTES / (snapshot->threads + 1));
}

/* Whether it is stopped now. Who has ended is let go of by this. */
static bool has_stopped(struct snapshot_thread *thread)
{
	int status = 0;
	pid_t got = waitpid(thread->host_tid, &status, __WALL | WNOHANG);

	if (got == 0)
		return false;
	if (got == thread->host_tid && WIFSTOPPED(status))
		return true;
	thread->traced = false;
	return false;
}

bool snapshot_let_go(struct snapshot *snapshot)
{
	bool left = false;
	unsigned i;

	for (i = 0; i < snapshot->threads; i++) {
		struct snapshot_thread *thread = &snapshot->thread[i];

		if (thread->traced && has_stopped(thread))
			let_go(thread);
		left |= thread->traced;
	}
	return left;
}

static unsigned interrupt(struct snapshot *snapshot)
{
	unsigned i, seized = 0;

	for (i = 0; i < snapshot->threads; i++) {
		struct snapshot_thread *thread = &snapshot->thread[i];
		pid_t tid = thread->host_tid;

		/* nothing interrupts it: a parent in vfork, mostly */
		if (thread->box.state == 'D' ||
		    ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
			continue;
		thread->traced = true;
		(void)ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
		seized++;
	}
	if (seized == 0 && snapshot->threads > 0)
		(void)snprintf(snapshot->trouble, sizeof snapshot->trouble,
			       "the threads could not be stopped: %s",
			       strerror(errno));
	return seized;
}

/* Takes in who has stopped. Returns how many are yet to. */
static unsigned take_stopped(struct snapshot *snapshot, uint64_t context)
{
	unsigned i, waiting = 0;

	for (i = 0; i < snapshot->threads; i++) {
		struct snapshot_thread *thread = &snapshot->thread[i];

		if (!thread->traced || thread->has_registers)
			continue;
		if (has_stopped(thread))
			read_thread(snapshot, thread, context);
		waiting += thread->traced && !thread->has_registers;
	}
	return waiting;
}

/* Whether of those that have yet to stop one lacks nothing but a CPU: it runs,
 * or sleeps in a way that we have interrupted. */
static bool lacks_cpu(const struct snapshot *snapshot)
{
	char status[4096], state;
	unsigned i;

	for (i = 0; i < snapshot->threads; i++) {
		const struct snapshot_thread *thread = &snapshot->thread[i];
		pid_t pid = snapshot->process[thread->process].host_pid;

		if (!thread->traced || thread->has_registers ||
		    !take_status(pid, thread->host_tid, status, sizeof status))
			continue;
		state = *after(status, "State");
		if (state == 'R' || state == 'S')
			return true;
	}
	return false;
}

static void stop(struct snapshot *snapshot, uint64_t context)
{
	const struct timespec soon = { .tv_nsec = STOP_LOOK_NS };
	const struct timespec later = { .tv_nsec = BUSY_LOOK_NS };
	uint64_t begun = now_ns(), taken;
	unsigned i, waiting = interrupt(snapshot);

	while (waiting > 0) {
		waiting = take_stopped(snapshot, context);
		taken = now_ns() - begun;
		if (waiting == 0 || taken > BUSY_PATIENCE_NS ||
		    (taken > STOP_PATIENCE_NS && !lacks_cpu(snapshot)))
			break;
		(void)nanosleep(taken > STOP_PATIENCE_NS ? &later : &soon,
				NULL);
	}
	if (waiting > 0)
		(void)snprintf(snapshot->trouble, sizeof snapshot->trouble,
			       "%u of the threads did not stop in time",
			       waiting);
	for (i = 0; i < snapshot->threads; i++)
		if (snapshot->thread[i].has_registers)
			let_go(&snapshot->thread[i]);
}

/* ---- open ---- */

static int open_mapped(int root_fd, const char *path, unsigned long inode)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	AUTO_CLOSE int fd = (int)syscall(SYS_openat2, root_fd, path, &how,
					 sizeof how);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_ino != inode)
		return -1;
	return TAKE_FD(fd);
}

/* One line of a maps file, see proc(5): beginning of a mapped file? */
static void take_mapping(struct snapshot_process *process, int root_fd,
			 const char *line)
{
	struct snapshot_object *object = &process->object[process->objects];
	unsigned long long start, offset;
	unsigned long inode;
	char path[PATH_BYTES], *slash;

	if (process->objects == SNAPSHOT_OBJECTS_MAX ||
	    sscanf(line, "%llx-%*x %*s %llx %*s %lu %511[^\n]", &start, &offset,
		   &inode, path) != 4 ||
	    offset != 0 || inode == 0 || path[0] != '/')
		return;
	object->fd = open_mapped(root_fd, path, inode);
	if (object->fd < 0)
		return;
	slash = strrchr(path, '/');
	(void)snprintf(object->name, sizeof object->name, "%.47s", slash + 1);
	object->base = start;
	process->objects++;
}

static void open_objects(struct snapshot *snapshot,
			 struct snapshot_process *process)
{
	char path[64], line[PATH_BYTES + 128];
	AUTO_CLOSE int root_fd = -1;
	FILE *maps;

	(void)snprintf(path, sizeof path, "/proc/%d/root", process->host_pid);
	root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(path, sizeof path, "/proc/%d/maps", process->host_pid);
	maps = root_fd < 0 ? NULL : fopen(path, "re");
	if (!maps)
		return;
	while (fgets(line, sizeof line, maps) &&
	       snapshot->files + process->objects < SNAPSHOT_FILES_MAX)
		take_mapping(process, root_fd, line);
	snapshot->files += process->objects;
	(void)fclose(maps);
}

bool snapshot_has_stacks(const struct snapshot *snapshot, unsigned process)
{
	unsigned i;

	for (i = 0; i < snapshot->threads; i++)
		if (snapshot->thread[i].process == process &&
		    snapshot->thread[i].has_registers)
			return true;
	return false;
}

static void open_all(struct snapshot *snapshot)
{
	unsigned i;

	for (i = 0; i < snapshot->processes; i++)
		if (snapshot_has_stacks(snapshot, i))
			open_objects(snapshot, &snapshot->process[i]);
}

void snapshot_take(struct snapshot *snapshot, const struct snapshot_wish *wish)
{
	struct survey survey = {
		.snapshot = snapshot,
		.wish = wish,
		.complete = true,
	};

	snapshot_release(snapshot);
	snapshot->there = true;
	list(&survey, wish->init);
	confirm(&survey);
	stop(snapshot, wish->context);
	open_all(snapshot);
}
