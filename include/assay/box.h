/*
 * box.h - the contract between the harness and a box
 *
 * The harness starts one assay-sandbox per concurrent run and talks to it over
 * one SOCK_SEQPACKET socket, on descriptor BOX_SOCKET_FD of the box:
 *
 *   box -> harness   BOX_HELLO     once: what isolation this box gives
 *   harness -> box   BOX_RUN       one run: spec, strings and descriptors
 *   harness -> box   BOX_PROBE     measure the run now     (any time)
 *   box -> harness   BOX_PROBED    the answer
 *   harness -> box   BOX_INSPECT   what is every thread doing? (any time)
 *   box -> harness   BOX_INSPECTED the answer in short; in full with the result
 *   harness -> box   BOX_HOLD_SYNCS     let what makes data durable wait,
 *   harness -> box   BOX_RELEASE_SYNCS  and go on          (any time)
 *   harness -> box   BOX_KILL      end the run now         (any time)
 *   box -> harness   BOX_RESULT    the run is over, all of it dead and reaped;
 *                                  collected files come as descriptors
 *
 * One run at a time. Both ends are built from the same source, so messages
 * are plain structs; a size or a count that does not fit is a protocol error,
 * after which the box exits. When the socket closes, the box kills its run,
 * removes what it made on the host, and exits.
 */
#ifndef ASSAY_BOX_H
#define ASSAY_BOX_H

#include <stdint.h>

#define BOX_SOCKET_FD 3
#define BOX_PROTOCOL 3
#define BOX_MESSAGE_MAX (128 * 1024)
#define BOX_FDS_MAX 200      /* in one message; the kernel's own bound: 253 */
#define BOX_FILES_MAX 160    /* files placed before a run */
#define BOX_OUTPUTS_MAX 8    /* files collected after it */
#define BOX_CHILD_FDS_MAX 12 /* descriptors of a program, 0-2 included */
#define BOX_ARGS_MAX 512
#define BOX_ENV_MAX 64
#define BOX_PATH_MAX 256     /* of a placed or collected file, in bytes */
#define BOX_LAYERS_MAX 16

enum box_message_type {
	BOX_HELLO = 1,
	BOX_RUN,
	BOX_PROBE,
	BOX_PROBED,
	BOX_KILL,
	BOX_RESULT,
	BOX_INSPECT,
	BOX_INSPECTED,
	BOX_HOLD_SYNCS,
	BOX_RELEASE_SYNCS,
};

/* Which seccomp policy a run gets; sandbox/policy.c has the tables. */
enum box_profile {
	BOX_PROFILE_RUN,   /* a candidate's program: threads, no network */
	BOX_PROFILE_BUILD, /* a compiler: processes, no network */
	BOX_PROFILE_JUDGE, /* trusted exercise code; as run, but no ipc */
	BOX_PROFILE_EXPLORE, /* as run, but one process and no ipc; and it may
				narrow itself further */
	BOX_PROFILE_DIALOGUE, /* as run, and its syncs are counted */
	BOX_PROFILE_MAX
};

enum box_network {
	BOX_NETWORK_NONE,     /* an empty namespace and no sockets at all */
	BOX_NETWORK_LOOPBACK, /* a fresh namespace with 127.0.0.1 up */
};

enum box_level {
	BOX_LEVEL_MINIMAL, /* no user namespace */
	BOX_LEVEL_LIMITED, /* no cgroup */
	BOX_LEVEL_FULL,
};

/* Every limit is mandatory: 0 is a protocol error, not "none". */
struct box_limits {
	uint64_t cpu_us;       /* user + system, the whole process tree */
	uint64_t wall_us;      /* from exec to the end of the first process */
	uint64_t memory_bytes; /* the tree: anonymous, page cache, tmpfs */
	uint64_t processes;    /* processes and threads together */
	uint64_t open_files;   /* descriptors of one process */
	uint64_t file_bytes;   /* one file; also the size of /tmp and /work */
	uint64_t output_bytes; /* standard output and error together */
	uint64_t stack_bytes;  /* the first thread's */
};

/*
 * BOX_RUN. Behind the struct come the strings, each ended by a NUL, in this
 * order: @args program and arguments; @envs "NAME=value"; the working folder;
 * @files paths to place; @outputs paths to collect. All paths of files are
 * relative to /work and stay beneath it.
 *
 * Descriptors, by SCM_RIGHTS, in this order: one per placed file, read from
 * its offset 0 to its end; then one per entry of child_fds, except where that
 * entry is BOX_CHILD_CAPTURE, whose descriptor is where the captured bytes
 * are written to by the box.
 */
enum box_child_fd {
	BOX_CHILD_DIRECT,  /* the program gets this very descriptor */
	BOX_CHILD_CAPTURE, /* the program gets a pipe; what it writes is
			      counted against output_bytes and copied */
};

struct box_run {
	uint32_t type; /* BOX_RUN */
	uint32_t profile;
	uint32_t network;
	uint32_t args;
	uint32_t envs;
	uint32_t files;
	uint32_t outputs;
	uint32_t child_fds;
	uint32_t keeper; /* 1: the first process is the harness's, and what is
			    said of threads is about its children */
	uint32_t file_modes[BOX_FILES_MAX]; /* 0444 or 0555 */
	uint32_t child_fd_kind[BOX_CHILD_FDS_MAX]; /* index is the number */
	uint64_t output_max_bytes; /* a larger collected file is a failure */
	struct box_limits limits;
};

struct box_control {
	uint32_t type; /* BOX_PROBE, BOX_INSPECT, BOX_KILL or one below */
};

/*
 * BOX_HOLD_SYNCS, BOX_RELEASE_SYNCS: not answered; what a later BOX_PROBE
 * tells is after them. With BOX_PROFILE_DIALOGUE only, the box is told of each
 * fsync(), fdatasync(), msync(), sync_file_range(), syncfs() and sync(). Held,
 * such a call waits until it is released or its thread dies. The last two are
 * not made at all, as others would notice, and what would make such calls
 * needless does not work: O_DSYNC and O_SYNC are EINVAL, as POSIX has it where
 * there is no synchronised output.
 */

struct box_probed {
	uint32_t type; /* BOX_PROBED */
	uint32_t alive;   /* 0: no run, or it has just ended; the rest is 0 */
	uint32_t threads; /* of the whole tree, the box's own init not counted */
	uint32_t running; /* of these, how many are not asleep */
	uint64_t cpu_us;  /* since exec */
	uint64_t wall_us; /* since exec */
	uint64_t syncs;   /* BOX_PROFILE_DIALOGUE: such calls begun */
	uint32_t syncs_held; /* of these, how many wait */
};

/* How a run ended. */
enum box_outcome {
	BOX_EXITED,            /* see exit_status */
	BOX_SIGNALED,          /* see signal; sent by itself or the kernel */
	BOX_CPU_LIMIT,
	BOX_WALL_LIMIT,
	BOX_DEADLOCK, /* wall limit, with every thread asleep on what only
			 the program itself could release */
	BOX_MEMORY_LIMIT,
	BOX_OUTPUT_LIMIT,
	BOX_FORBIDDEN_SYSCALL, /* see syscall_* */
	BOX_KILLED,            /* by BOX_KILL */
	BOX_FAILED,            /* never ran: see step and error; not the
				  candidate's fault */
	BOX_OUTCOME_MAX
};

struct box_result {
	uint32_t type; /* BOX_RESULT */
	uint32_t outcome;
	int32_t exit_status; /* BOX_EXITED, else -1 */
	int32_t signal;      /* BOX_SIGNALED, else 0 */
	int32_t core_dumped;
	int32_t error;       /* BOX_FAILED: errno */
	char step[48];       /* BOX_FAILED: which step of the set-up */
	char mechanism[48];  /* what enforced or reported the ending */
	uint64_t limit;      /* the limit that ended it, in its own unit */
	uint64_t observed;   /* the value seen, same unit */
	uint64_t wall_us;    /* exec to the end of the first process */
	uint64_t user_us;    /* the whole tree */
	uint64_t system_us;
	uint64_t peak_bytes; /* the tree with a cgroup, else the largest
				single process; see memory_source */
	char memory_source[24]; /* "cgroup-v1", "cgroup-v2", "rss", "rusage" */
	/* What the memory was, at the fullest moment that was looked at; all
	 * BOX_UNKNOWN when the host cannot tell or there was no look. */
	uint64_t anonymous_bytes;
	uint64_t file_bytes;   /* page cache, tmpfs and shared memory */
	uint64_t kernel_bytes; /* page tables, sockets, pipes, ... */
	uint64_t voluntary_switches;
	uint64_t involuntary_switches;
	/* At a limit of time or BOX_KILL: how long the threads that it had then
	 * had been ready to run and had had no CPU, added up. BOX_UNKNOWN at
	 * other endings, and where most of its time was of threads that had
	 * ended, or the kernel does not count it. */
	uint64_t waited_us;
	uint64_t output_bytes;     /* written to captured descriptors */
	uint64_t processes_refused; /* forks denied by the process limit;
				       BOX_UNKNOWN without a cgroup */
	uint64_t death_us; /* a limit or refused call: from the moment it was
			      seen to the death of the last process */
	/* BOX_FORBIDDEN_SYSCALL */
	int32_t syscall_number;
	char syscall_name[32];
	uint64_t syscall_args[6];
	uint64_t syscall_ip;
	uint32_t threads; /* 1: a struct box_threads comes as a descriptor,
			     behind those of the collected files */
	/* Collected files: bit i set when output i was a regular file of at
	 * most output_max_bytes beneath /work; its descriptor, in order of i,
	 * comes with the message. */
	uint32_t collected;
};

/*
 * What the threads of a program were doing: at a limit of wall or processor
 * time, at a refused call (one thread), at a crash of which the program told
 * (one thread; crash.h), or when BOX_INSPECT asked. The descriptor is a memory
 * file with one struct box_threads at its offset 0.
 *
 * The numbers of processes and threads are those that the program sees.
 * Stacks are read from the program's memory and from files that it may have
 * made itself, by a helper process that is as confined as the program was:
 * take all texts for bytes of a stranger's, not ended by a NUL when full.
 */
#define BOX_THREADS_MAX 64
#define BOX_FRAMES_MAX 24
#define BOX_UNKNOWN UINT64_MAX

struct box_frame {
	uint64_t address;
	uint32_t line;     /* 0: not known */
	char function[64]; /* "": not known */
	char file[96];     /* as the compiler noted it; "": not known */
	char object[48];   /* the program's or library's file name */
};

/* What a thread that is asleep waits for. */
enum box_wait {
	BOX_WAIT_NOTHING,   /* it runs, or it is stopped */
	BOX_WAIT_MUTEX,     /* wait_thread holds it */
	BOX_WAIT_CONDITION,
	BOX_WAIT_JOIN,      /* the end of wait_thread */
	BOX_WAIT_SEMAPHORE,
	BOX_WAIT_RWLOCK,
	BOX_WAIT_BARRIER,
	BOX_WAIT_FUTEX,     /* something else made of a futex */
	BOX_WAIT_CHILD,     /* the end of a child process */
	BOX_WAIT_TIME,      /* sleeps for a time */
	BOX_WAIT_INPUT,     /* a descriptor: wait_fd, -1 when several */
	BOX_WAIT_SIGNAL,
	BOX_WAIT_OTHER,
	BOX_WAIT_MAX
};

struct box_thread {
	int32_t process;
	int32_t thread;
	char name[16];
	char state;             /* of proc(5): R, S, D, T, ... */
	uint8_t crashed;        /* this one received the signal */
	uint8_t refused;        /* this one made the refused call */
	uint8_t for_good;       /* only this program could wake it */
	int32_t syscall_number; /* the call it is in, or -1 */
	char syscall_name[32];
	uint64_t syscall_args[6];
	uint32_t wait;          /* enum box_wait */
	uint32_t wait_limited;  /* 1: with a timeout */
	int32_t wait_thread;    /* 0: not known */
	int32_t wait_fd;
	uint64_t wait_address;  /* of the mutex, ...; 0: none */
	char wait_object[48];   /* its name, if it is a global variable */
	/* BOX_WAIT_MUTEX: where wait_thread may have taken it, as far as its
	 * stack tells; line 0: not known */
	struct box_frame taken_at;
	uint32_t frames;        /* innermost first */
	struct box_frame frame[BOX_FRAMES_MAX];
};

struct box_threads {
	uint32_t threads;  /* described here */
	uint32_t all;      /* that there were */
	char trouble[96];  /* "" or why there are no stacks */
	struct box_thread thread[BOX_THREADS_MAX];
};

/* What was seen comes with the result, unless its ending has better. */
struct box_inspected {
	uint32_t type;     /* BOX_INSPECTED */
	uint32_t alive;    /* 0: no run, or it has just ended */
	uint32_t for_good; /* 1: every thread is asleep on what only the
			      program could release or is waiting for a
			      descriptor it was started with */
};

/* One isolation layer as the report and "assay doctor" state it. */
struct box_layer {
	char name[24];    /* "user-namespace", "cgroup", "seccomp", ... */
	uint32_t on;
	char detail[160]; /* how, or why not */
	char remedy[256]; /* when off: the command that turns it on */
};

struct box_hello {
	uint32_t type; /* BOX_HELLO */
	uint32_t protocol;
	uint32_t level;
	uint32_t layers;
	int32_t error;      /* not 0: this host cannot give a box at all */
	char message[256];  /* with error: one line, what and what to do */
	char cgroup[256];   /* name of the box's cgroup folder, "" if none */
	struct box_layer layer[BOX_LAYERS_MAX];
};

static inline const char *box_outcome_name(uint32_t outcome)
{
	static const char *const names[BOX_OUTCOME_MAX] = {
		[BOX_EXITED] = "exited",
		[BOX_SIGNALED] = "signaled",
		[BOX_CPU_LIMIT] = "cpu-limit",
		[BOX_WALL_LIMIT] = "wall-limit",
		[BOX_DEADLOCK] = "deadlock",
		[BOX_MEMORY_LIMIT] = "memory-limit",
		[BOX_OUTPUT_LIMIT] = "output-limit",
		[BOX_FORBIDDEN_SYSCALL] = "forbidden-syscall",
		[BOX_KILLED] = "killed",
		[BOX_FAILED] = "failed",
	};

	return outcome < BOX_OUTCOME_MAX ? names[outcome] : "unknown";
}

static inline const char *box_level_name(uint32_t level)
{
	return level == BOX_LEVEL_FULL      ? "full"
	       : level == BOX_LEVEL_LIMITED ? "limited"
					    : "minimal";
}

#endif
