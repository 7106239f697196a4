/*
 * explore.h - the contract between the explorer's two halves
 *
 * The runtime (sandbox/explore/, linked with the submission and a scenario)
 * runs schedules. It lives beside candidate code and is trusted with nothing.
 * The supervisor (exercises/kit/explorer.h) is another process: it owns seeds,
 * budget and verdict, and takes everything here for a stranger's bytes.
 *
 *   supervisor                               runtime
 *      | -- explore_command, trace ------------> |  ASSAY_DRIVER_CHANNEL_FD
 *      | <----------------------- explore_reply- |
 *      |        entries of that command          |  ASSAY_DRIVER_HISTORY_FD
 *
 * One command at a time, each a message of its own on the SOCK_SEQPACKET
 * channel. A command of EXPLORE_REPLAY is followed, in the same message, by
 * its segments and choices. A search of no schedules asks only whether there is
 * such a scenario. When the channel closes the runtime ends.
 *
 * The shared memory holds, from offset 0, the entries of the last command: a
 * struct explore_entry, then what it counts, in that order and with nothing
 * between. A search writes one entry for each recorded history that it has not
 * written before in its life, and one, the last, for a schedule that failed.
 * A replay writes one.
 *
 * Steps number the operations of a schedule from 1, over all threads; an
 * operation is anything that the runtime sees, whether or not it let the
 * scheduler decide there.
 */
#ifndef ASSAY_EXPLORE_H
#define ASSAY_EXPLORE_H

#include <stdint.h>

#include <assay/scenario.h>

#define EXPLORE_THREADS_MAX 32 /* of a schedule; number 0 runs the scenario */
#define EXPLORE_DEPTH_MAX 8    /* frames of a place */
#define EXPLORE_SEGMENTS_MAX 8192
#define EXPLORE_CHOICES_MAX 4096
#define EXPLORE_EVENTS_MAX 8192
#define EXPLORE_TEXT_MAX 160

/* A replay and all that belongs to it has to fit into one message. */
#define EXPLORE_MESSAGE_MAX (128 * 1024)

enum explore_action {
	EXPLORE_SEARCH = 1,
	EXPLORE_REPLAY,
};

/* What the runtime looks for or does beyond trying schedules. */
enum explore_flag {
	EXPLORE_RACES = 1,    /* a data race fails the schedule */
	EXPLORE_STALE = 2,    /* loads of atomics may be stale, see race.h */
	EXPLORE_SPURIOUS = 4, /* waits may return for no reason */
	EXPLORE_EARLY = 8,    /* timeouts may pass while others could run */
	EXPLORE_LOG = 16,     /* replay: with events */
	EXPLORE_LENIENT = 32, /* replay: a segment whose thread cannot go on is
				 left out; past the last one threads run, in
				 order, for as long as they can */
};

/* How schedules are chosen; strategy.c names the papers. */
enum explore_strategy {
	EXPLORE_PORTFOLIO, /* the others in turn */
	EXPLORE_RANDOM,
	EXPLORE_UNIFORM,
	EXPLORE_PCT,
	EXPLORE_POS,
	EXPLORE_SURW,
	EXPLORE_SITES,
	EXPLORE_DELAYS,    /* every schedule with at most two delays */
	EXPLORE_REPLAYED,
	EXPLORE_STRATEGY_MAX
};

struct explore_command {
	uint64_t nonce; /* comes back with the reply */
	uint32_t action;
	uint32_t flags;
	uint32_t strategy;
	uint32_t steps_max; /* of a schedule; more is EXPLORE_LIVELOCK */
	uint64_t seed;      /* of the first schedule; one more for each next */
	uint64_t schedules; /* to run at most */
	uint32_t segments;  /* replay: how many follow */
	uint32_t choices;
	char scenario[SCENARIO_NAME_MAX];
};

/* How a schedule ended. */
enum explore_outcome {
	EXPLORE_PASSED,
	EXPLORE_REQUIRED,  /* scenario_require() or assert() */
	EXPLORE_CRASHED,   /* a signal */
	EXPLORE_EXITED,    /* exit(), abort() and their like */
	EXPLORE_DEADLOCK,
	EXPLORE_LIVELOCK,  /* more than steps_max, all of them in vain */
	EXPLORE_RACE,
	EXPLORE_MISUSE,    /* of a mutex, condition, ... */
	EXPLORE_HEAP,      /* use after free, overflow, double free */
	EXPLORE_UNSEEN,    /* no operation for too long: a loop without any, or
			      a call that blocks and is not modelled */
	EXPLORE_FORBIDDEN, /* a call that scenarios may not make */
	EXPLORE_UNABLE,    /* a bound of the explorer's own; decides nothing */
	EXPLORE_DIVERGED,  /* replay: the program did something else */
	EXPLORE_UNKNOWN_SCENARIO,
	EXPLORE_OUTCOME_MAX
};

struct explore_reply {
	uint64_t nonce;
	uint32_t outcome;   /* of the last schedule */
	uint32_t entries;
	uint64_t bytes;     /* of the entries together */
	uint64_t schedules; /* that ended; fewer than asked for after a failure
			       or when the memory was full */
	uint64_t steps;     /* of all these together */
	uint64_t classes;   /* reads-from classes since the scenario began */
	uint32_t exhausted; /* EXPLORE_DELAYS: there are no more */
	uint32_t threads;   /* most at once */
};

enum explore_segment_flag {
	EXPLORE_TIMED_OUT = 1, /* its timeout passes now; ops is 0 */
	EXPLORE_WOKEN = 2,     /* its wait returns for no reason now; 0 too */
};

/* A thread runs for so many operations. */
struct explore_segment {
	uint16_t thread;
	uint16_t flags;
	uint32_t ops;
};

/* Where an operation had more than one way to go and did not take the usual
 * one (0): the oldest waiter for a signal, the newest store for a load. */
struct explore_choice {
	uint16_t thread;
	uint16_t value;
	uint32_t op; /* the how-manieth operation of this thread, from 1 */
};

/* A recorded call of scenario_call(). */
struct explore_call {
	uint64_t argument;
	uint64_t value;
	uint32_t invoked;   /* twice its first step, less 1; 0: none yet */
	uint32_t completed; /* twice its last step; 0: it did not return */
	int32_t result;
	int32_t timeout_ms;
	uint32_t kind;
	uint32_t object;
	uint32_t thread;
	uint32_t reserved;
};

enum explore_kind {
	EXPLORE_READ = 1,
	EXPLORE_WRITE,
	EXPLORE_LOAD,  /* of an atomic, and so on */
	EXPLORE_STORE,
	EXPLORE_UPDATE,
	EXPLORE_FENCE,
	EXPLORE_LOCK,
	EXPLORE_TRYLOCK,
	EXPLORE_UNLOCK,
	EXPLORE_READ_LOCK,
	EXPLORE_COND_WAIT,   /* gives the mutex up and waits */
	EXPLORE_COND_WAKE,   /* has it again */
	EXPLORE_SIGNAL,
	EXPLORE_BROADCAST,
	EXPLORE_SEM_WAIT,
	EXPLORE_SEM_POST,
	EXPLORE_BARRIER,
	EXPLORE_ONCE,
	EXPLORE_CREATE,
	EXPLORE_JOIN,
	EXPLORE_BEGIN,       /* of a thread */
	EXPLORE_END,
	EXPLORE_SLEEP,
	EXPLORE_YIELD,
	EXPLORE_FUTEX_WAIT,
	EXPLORE_FUTEX_WAKE,
	EXPLORE_INIT,        /* of a mutex, condition, ... */
	EXPLORE_DESTROY,
	EXPLORE_ALLOCATE,
	EXPLORE_FREE,
	EXPLORE_CALL,        /* scenario_call() */
	EXPLORE_RETURN,
	EXPLORE_EXIT,        /* the scenario returns */
	EXPLORE_CLOCK,
	EXPLORE_KIND_MAX
};

/* Return addresses, innermost first: the place of the operation, then of the
 * calls that led there. */
struct explore_place {
	uint32_t depth;
	uint32_t reserved;
	uint64_t pc[EXPLORE_DEPTH_MAX];
};

struct explore_event {
	uint32_t step;
	uint16_t thread;
	uint8_t kind;
	uint8_t stale;    /* EXPLORE_LOAD: how many stores it is behind */
	uint64_t address; /* of what it is about; a thread's number */
	uint64_t value;   /* read, stored, returned, as the kind has it */
	struct explore_place place;
};

enum explore_state {
	EXPLORE_CAN_RUN,
	EXPLORE_ENDED,
	EXPLORE_WAITS, /* kind says for what, address of which object */
};

struct explore_thread {
	uint32_t state;
	uint32_t kind;    /* of the operation it is before, or sleeps in */
	uint64_t address;
	int32_t holder;   /* EXPLORE_WAITS: thread that has it or is waited
			     for, -1 if none */
	uint32_t timed;   /* 1: with a timeout */
	struct explore_place place;
	struct explore_place taken; /* where the holder took it */
};

struct explore_access {
	uint32_t thread;
	uint32_t kind;
	uint32_t size;
	uint32_t step;
	struct explore_place place;
};

/* A block of the heap that a finding is about; base 0: none. */
struct explore_block {
	uint64_t base;
	uint64_t size;
	uint32_t allocated_by;
	uint32_t freed_by; /* EXPLORE_THREADS_MAX: not freed */
	struct explore_place allocated;
	struct explore_place freed;
};

struct explore_finding {
	char text[EXPLORE_TEXT_MAX]; /* one line, without places */
	uint32_t thread;
	uint32_t signal;     /* EXPLORE_CRASHED */
	uint64_t address;    /* of memory, an object or a call's number */
	struct explore_place place;
	uint32_t accesses;   /* EXPLORE_RACE: 2, the earlier first */
	uint32_t threads;
	struct explore_access access[2];
	struct explore_block block;
	struct explore_thread thread_of[EXPLORE_THREADS_MAX];
};

struct explore_entry {
	uint32_t bytes;       /* all of the entry, a multiple of 8 */
	uint32_t outcome;
	uint64_t schedule;    /* number since the scenario began, from 1 */
	uint64_t seed;
	uint64_t history;     /* hash of the recorded calls */
	uint64_t result;      /* hash of all operations and what they gave */
	uint32_t strategy;
	uint32_t threads;
	uint32_t steps;
	uint32_t preemptions; /* switches away from a thread that could run */
	uint32_t findings;    /* 0 or 1: struct explore_finding */
	uint32_t segments;
	uint32_t choices;
	uint32_t calls;
	uint32_t events;
	uint32_t reserved;
};

static inline const char *explore_outcome_name(uint32_t outcome)
{
	static const char *const names[EXPLORE_OUTCOME_MAX] = {
		[EXPLORE_PASSED] = "passed",
		[EXPLORE_REQUIRED] = "requirement",
		[EXPLORE_CRASHED] = "crash",
		[EXPLORE_EXITED] = "exit",
		[EXPLORE_DEADLOCK] = "deadlock",
		[EXPLORE_LIVELOCK] = "livelock",
		[EXPLORE_RACE] = "race",
		[EXPLORE_MISUSE] = "misuse",
		[EXPLORE_HEAP] = "heap",
		[EXPLORE_UNSEEN] = "unseen",
		[EXPLORE_FORBIDDEN] = "forbidden",
		[EXPLORE_UNABLE] = "unable",
		[EXPLORE_DIVERGED] = "diverged",
		[EXPLORE_UNKNOWN_SCENARIO] = "unknown-scenario",
	};

	return outcome < EXPLORE_OUTCOME_MAX ? names[outcome] : "unknown";
}

static inline const char *explore_strategy_name(uint32_t strategy)
{
	static const char *const names[EXPLORE_STRATEGY_MAX] = {
		[EXPLORE_PORTFOLIO] = "portfolio",
		[EXPLORE_RANDOM] = "random",
		[EXPLORE_UNIFORM] = "uniform",
		[EXPLORE_PCT] = "pct",
		[EXPLORE_POS] = "pos",
		[EXPLORE_SURW] = "surw",
		[EXPLORE_SITES] = "sites",
		[EXPLORE_DELAYS] = "delays",
		[EXPLORE_REPLAYED] = "replay",
	};

	return strategy < EXPLORE_STRATEGY_MAX ? names[strategy] : "unknown";
}

#endif
