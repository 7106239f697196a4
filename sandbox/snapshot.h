/*
 * snapshot.h - what the threads of a program are doing at one moment
 *
 * Taken by the box while the program lives, before it is killed: facts of the
 * kernel's, registers and the memory next to the stack pointers, copied, and
 * the files that are mapped, opened. Nothing that the program made is
 * interpreted here; describe.c does that later, where it can do no harm.
 *
 * Everything is bounded: a program with more than BOX_THREADS_MAX threads is
 * counted and not looked into.
 */
#ifndef ASSAY_SNAPSHOT_H
#define ASSAY_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/user.h>

#include <assay/box.h>

#define SNAPSHOT_PROCESSES_MAX 64
#define SNAPSHOT_OBJECTS_MAX 24 /* mapped files of one process */
#define SNAPSHOT_FILES_MAX 192  /* open for all of them */
#define SNAPSHOT_STACKS_BYTES (2u << 20)
#define SNAPSHOT_WORDS 12

struct snapshot_object {
	char name[48]; /* last part of its path */
	uint64_t base; /* where its offset 0 is mapped */
	int fd;        /* a regular file, open for reading */
};

struct snapshot_process {
	pid_t host_pid;
	pid_t pid; /* as the program sees it */
	unsigned objects;
	struct snapshot_object object[SNAPSHOT_OBJECTS_MAX];
};

struct snapshot_thread {
	unsigned process; /* index */
	pid_t host_tid;
	struct box_thread box; /* all but the frames, and what needs them */
	bool outside;          /* waits for what is not the program's alone */
	bool traced;           /* see snapshot_let_go() */
	bool has_registers;
	struct user_regs_struct registers;
	uint64_t stack_address;
	size_t stack_offset, stack_bytes; /* in snapshot.stacks */
	/* the memory at box.wait_address */
	unsigned words;
	int32_t word[SNAPSHOT_WORDS];
};

struct snapshot {
	bool there;
	uint32_t all; /* threads that there are */
	unsigned processes, threads, files;
	bool for_good; /* none can go on unless the program itself lets it */
	bool for_good_or_outside; /* ... or something is sent to it */
	char trouble[96];
	char *stacks; /* SNAPSHOT_STACKS_BYTES */
	size_t stacks_used;
	struct snapshot_process process[SNAPSHOT_PROCESSES_MAX];
	struct snapshot_thread thread[BOX_THREADS_MAX];
};

/** Identities of the descriptors that a program was started with. */
struct snapshot_given {
	unsigned count;
	struct {
		dev_t device;
		ino_t inode;
	} file[BOX_CHILD_FDS_MAX];
};

/** -ENOMEM, or 0. Once, before the first use. */
int snapshot_init(struct snapshot *snapshot);

/** What to look at; processes by their numbers in the box's own namespace. */
struct snapshot_wish {
	pid_t init;       /* all threads of all of its descendants, ... */
	bool keeper;      /* ... but its first child, a keeper of ours, ... */
	pid_t only;       /* ... or, if not 0, this thread, ... */
	uint64_t context; /* ... as the ucontext_t at this address has it */
	const struct snapshot_given *given;
};

/**
 * What was taken before is released. The program is stopped for a moment and
 * goes on.
 */
void snapshot_take(struct snapshot *snapshot, const struct snapshot_wish *wish);

/** Whether a thread of the process at that index was looked into: only then are
 * its files open. */
bool snapshot_has_stacks(const struct snapshot *snapshot, unsigned process);

/**
 * Let go of threads that would not stop in time. True as long as there are
 * some: then call again, soon and until it is false, or the program's end
 * will wait for ever.
 */
bool snapshot_let_go(struct snapshot *snapshot);

/** Close what is open; the snapshot is as after snapshot_init(). */
void snapshot_release(struct snapshot *snapshot);

#endif
