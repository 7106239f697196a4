/*
 * runtime.h - what the parts of the explorer's runtime share
 *
 * Theory of operation. Candidate code is compiled with -fsanitize=thread and
 * linked with this instead of libtsan: each access to memory calls a hook, and
 * each call of pthread, C11 threads, semaphores, clocks and the heap arrives
 * here. Threads are fibers on one kernel thread (fiber.c), so nothing happens
 * at the same time and an order of operations is a run of the program.
 *
 *   hooks.c atomics.c mutex.c ...   an operation, as candidate code asks for it
 *          |
 *        core.c                     may it go on? who is next?
 *       /      \
 *  strategy.c  trace.c              chosen, or as it was
 *
 * Before the first schedule all writable memory of the program is copied, and
 * put back before each (snapshot.c). What must outlive that lies in a mapping
 * of its own: struct runtime, the only state there is. rt is NULL until main()
 * has made it, and all that is defined here behaves like libc until then.
 *
 * Rules for this room: no stdio, no malloc, no libc call that could come back
 * here; rt->busy is 1 while code of the runtime runs.
 */
#ifndef EXPLORE_RUNTIME_H
#define EXPLORE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/explore.h>

/* What is declared here collides with no name of a candidate's: the object is
 * linked with its hidden symbols made local. */
#pragma GCC visibility push(hidden)

#define THREADS EXPLORE_THREADS_MAX
#define STACK_DEPTH 64 /* calls that are remembered of a thread */
#define KEYS_MAX 64    /* of thread-specific data */
#define NOBODY (-1)
#define NEVER UINT64_MAX

/* ---- vector clocks (race.c) ---- */

struct clock {
	uint32_t of[THREADS];
};

/* ---- fibers (fiber.c) ---- */

struct context {
	void *stack;  /* where its registers are saved */
	uint64_t tls; /* the base of fs */
};

enum fiber_state {
	FIBER_FREE,
	FIBER_READY,  /* before an operation; may be unable to carry it out */
	FIBER_PARKED, /* asleep until somebody wakes it or its time is over */
	FIBER_ENDED,
};

struct operation {
	uint32_t kind;  /* enum explore_kind */
	uint32_t write; /* 1: conflicts with any other on the same address */
	uint64_t address;
	uint64_t pc;
	struct object *object; /* that must let it through; or NULL */
};

struct fiber {
	struct context context;
	uint64_t stack_low, stack_high;
	uint64_t stack_used; /* the lowest address seen */
	uint64_t tls_low;    /* its thread-local variables begin here */
	uint32_t number;
	enum fiber_state state;
	struct operation op;
	uint32_t ops;        /* carried out so far */
	struct fiber *maker; /* who goes on after its first decision; or NULL */
	bool detached, joined;
	bool timed_out, woken;

	/* asleep */
	uint64_t deadline_ns; /* on its clock, NEVER for none */
	int clock_id;
	struct object *queue; /* that it is parked on; NULL: just asleep */
	uint64_t queued;      /* order of arrival */
	uint64_t sleeps_on;   /* address, for people */

	/* what it runs */
	void *(*start)(void *);
	int (*start_c11)(void *);
	void *argument;
	void *result;
	void *values[KEYS_MAX];

	/* where it is */
	uint64_t calls[STACK_DEPTH];
	uint32_t depth;

	/* what it knows (race.c, atomics.c) */
	struct clock clock;
	struct clock released; /* by its last release fence */
	struct clock acquired; /* by relaxed loads, for an acquire fence */
	struct clock fenced; /* seen at its last sequentially consistent one */

	/* fairness */
	uint32_t vain;         /* operations in a row without any effect */
	uint64_t vain_effects; /* rt->effects when it began to be in vain */
	uint64_t waited;       /* decision at which it could last run */
	bool yielded;
	uint32_t stale_loads; /* in a row */
	uint32_t clock_reads; /* since it last slept or ended a call */

	int pending_call;  /* recorded, not yet stamped; -1 */
	uint64_t priority; /* strategy.c */
};

/* ---- objects: mutexes, conditions, ... (object.c) ---- */

enum object_type {
	OBJECT_NONE,
	OBJECT_MUTEX,
	OBJECT_CONDITION,
	OBJECT_RWLOCK,
	OBJECT_SPIN,
	OBJECT_BARRIER,
	OBJECT_SEMAPHORE,
	OBJECT_ONCE,
	OBJECT_FUTEX,
	OBJECT_THREAD,
	OBJECT_WIDE, /* an atomic of 16 bytes */
};

struct object {
	uint64_t address;
	uint64_t schedule; /* that it belongs to; another one: not in use */
	enum object_type type;
	int kind;  /* of a mutex: PTHREAD_MUTEX_...; clock of a condition */
	int owner; /* fiber that has it, NOBODY */
	uint32_t count; /* recursion, readers, value of a semaphore, arrived */
	uint32_t limit; /* of a barrier */
	uint32_t readers; /* bit set of fibers that hold a rwlock to read */
	bool destroyed;
	uint32_t round;       /* of a barrier */
	uint64_t released_by; /* thread and operation, for coverage */
	struct clock clock;
	struct clock reader_clock;
	struct explore_place taken;
};

/* ---- the rest of a schedule's state ---- */

enum granularity {
	SEE_ALL,    /* each access is a decision */
	SEE_SHARED, /* those at places that touched what two threads use */
	SEE_SYNC,   /* calls and atomics only */
};

struct strategy_state;
struct race_state;
struct atomic_state;
struct heap_state;
struct snapshot_state;

struct runtime {
	/* ---- for good ---- */
	volatile int busy;
	uint8_t *memory; /* shared with the supervisor */
	uint64_t memory_bytes, memory_used;
	struct context scheduler;
	struct fiber *current; /* NULL: no schedule runs */
	struct fiber fibers[THREADS];
	uint32_t pool; /* fibers that have a thread to live in */
	struct explore_command command;
	const struct scenario *scenario;
	uint64_t schedule; /* number since the scenario began */
	uint64_t total;    /* schedules ever, for "not in use" */
	uint32_t most_threads;
	bool trylock_seen;
	bool quiet; /* its output goes nowhere any more */
	bool standalone; /* no supervisor: replay for a debugger */

	/* ---- of one schedule ---- */
	uint64_t seed, random;
	uint32_t strategy;
	enum granularity granularity;
	uint32_t threads; /* numbers given so far */
	uint32_t steps, decisions, preemptions;
	uint64_t effects; /* operations that could let others go on */
	uint32_t effect_step; /* the last of them */
	uint64_t now_ns;  /* CLOCK_MONOTONIC */
	int64_t wall_offset_ns;
	uint64_t arrivals;
	uint64_t fair_until; /* decision up to which all are treated alike */
	uint64_t result_hash, history_hash, reads_hash;
	uint32_t outcome;
	struct explore_finding finding;
	bool found;
	bool see_unlock;     /* unlocking is a decision */
	uint32_t calls;
	struct explore_call call[SCENARIO_CALLS_MAX];
	uint32_t segments, choices, events;
	struct explore_segment segment[EXPLORE_SEGMENTS_MAX];
	struct explore_choice choice[EXPLORE_CHOICES_MAX];
	struct explore_event event[EXPLORE_EVENTS_MAX];

	/* ---- a trace to follow ---- */
	bool replaying, lenient;
	uint32_t at_segment, done_in_segment;
	uint32_t given_segments, given_choices;
	struct explore_segment given_segment[EXPLORE_SEGMENTS_MAX];
	struct explore_choice given_choice[EXPLORE_CHOICES_MAX];
	uint32_t stop_step;

	/* ---- the parts ---- */
	struct strategy_state *strategy_state;
	struct race_state *race;
	struct atomic_state *atomics;
	struct heap_state *heap;
	struct snapshot_state *snapshot;
};

/*
 * Variables of the runtime's own, few as they are, stand together: candidate
 * code that reads or writes them, or anything else that is not the scenario's,
 * is caught at that (memory.c).
 */
#define STATE __attribute__((section("explore_state")))

extern struct runtime *rt;

/* Candidate code runs and is to be looked at. */
static inline bool active(void)
{
	return rt && rt->current && !rt->busy;
}

#define ENTER() (rt->busy = 1)
#define LEAVE() (rt->busy = 0)
#define HERE ((uint64_t)__builtin_return_address(0))

/* ---- copy and clear, without libc ---- */

static inline void copy(void *to, const void *from, size_t size)
{
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(size)
			 :
			 : "memory");
}

static inline void fill(void *to, int byte, size_t size)
{
	__asm__ volatile("rep stosb"
			 : "+D"(to), "+c"(size)
			 : "a"(byte)
			 : "memory");
}

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ hash >> 32;
}

/* ---- core.c ---- */

/**
 * The running thread is about to carry out an operation. Returns when it may:
 * then nobody else runs until its next operation. @object, if not NULL, has to
 * be free for it.
 */
void core_operation(uint32_t kind, uint64_t address, bool write, uint64_t pc,
		    struct object *object);

/** The same for one that lets nobody in between. */
void core_step(uint32_t kind, uint64_t address, bool write, uint64_t pc);

/**
 * Sleep on @queue (may be NULL) until woken or @deadline_ns on clock
 * @clock_id. When it returns the operation @kind on @object can be carried
 * out. @address is what a person is told. True: the time was over.
 */
bool core_park(struct object *queue, uint64_t address, uint64_t deadline_ns,
	       int clock_id, uint32_t kind, struct object *object, uint64_t pc);

/** One of @count ways to go, 0 being the usual one. */
uint32_t core_choose(uint32_t count, uint32_t one_in);

/** The running thread changed something that others may wait for. */
void core_effect(void);
void core_in_vain(void);

/** What was read or written, for the log and the result's hash. */
void core_value(uint64_t value, unsigned stale);

/** Who goes on when the running thread has ended; no return if nobody can. */
struct fiber *core_next(void);

/** End the schedule, as it stands in rt; no return. */
_Noreturn void core_finish(void);

/** Run one schedule of rt->scenario; the result stands in rt. */
void core_run(void);
uint64_t core_random(void);
bool core_one_in(uint32_t n);

/* ---- sleep.c ---- */

/** Wake one sleeper of @queue, chosen if there are several; NULL: none. */
struct fiber *sleep_wake_one(struct object *queue);
unsigned sleep_count(const struct object *queue);
void sleep_wake(struct fiber *fiber);

/** When its timeout passes, in rt->now_ns's time. */
uint64_t sleep_due_ns(const struct fiber *fiber);
/** Of those that cannot go on, whose timeout is the next; NULL: nobody's. */
struct fiber *sleep_next_due(void);
void sleep_time_out(struct fiber *fiber);
/** Somebody whose wait may return for no reason, or NULL. */
struct fiber *sleep_who_may_wake(void);
void sleep_wake_for_nothing(struct fiber *fiber);

/* ---- choose.c ---- */

bool choose_can_run(const struct fiber *fiber);
/** Bit set of the threads that can go on. */
uint32_t choose_enabled(void);
struct fiber *choose_next(void);
/** Past the end of a lenient trace: as long as one can, then the next. */
struct fiber *choose_run_on(uint32_t enabled);

/* ---- finding.c ---- */

/** Where @fiber is: @pc (0: none), then the calls that led there. */
void finding_place(const struct fiber *fiber, uint64_t pc,
		   struct explore_place *ret);
/** End the schedule; no return. @text may be NULL. */
_Noreturn void finding_fail(uint32_t outcome, uint64_t address, uint64_t pc,
			    const char *text);

/* ---- fiber.c ---- */

/* 1: fs is changed by an instruction; 0: by arch_prctl(2). */
extern char fiber_wrfsbase;

/** Make the threads whose stacks and thread-local storage fibers use. */
bool fiber_pool(void);
/** A fiber of number rt->threads that will run @entry; NULL: no more. */
struct fiber *fiber_new(void (*entry)(void));
void fiber_switch(struct context *from, const struct context *to);

/* ---- threads.c ---- */

void threads_main(void); /* entry of fiber 0 */

/* ---- strategy.c ---- */

void strategy_init(void);
void strategy_begin_scenario(void);
void strategy_begin(void);
void strategy_end(void);
struct fiber *strategy_pick(uint32_t enabled);
void strategy_executed(const struct fiber *fiber);
bool strategy_exhausted(void);

/* ---- trace.c ---- */

void trace_record(struct fiber *fiber, uint16_t flags);
void trace_event(const struct fiber *fiber);
/** Who is next by the given trace, or NULL: it says nothing more. */
struct fiber *trace_next(uint32_t enabled);
uint32_t trace_choice(const struct fiber *fiber);
void trace_chosen(const struct fiber *fiber, uint32_t value);

/* ---- race.c ---- */

void race_init(void);
void race_begin(void);
bool race_site_shared(uint64_t pc);
/** An access of the running thread; may end the schedule. */
void race_access(uint64_t address, size_t size, bool write, bool atomic,
		 uint64_t pc);
void clock_join(struct clock *to, const struct clock *from);
void clock_tick(struct fiber *fiber);
/** Everything up to now happens before whoever acquires @object. */
void race_release(struct object *object);
void race_acquire(struct object *object);
uint64_t race_classes(void);
void race_count_class(void);

/* ---- atomics.c ---- */

void atomics_init(void);
void atomics_begin(void);
void atomics_plain_write(uint64_t address, size_t size);

/* ---- object.c ---- */

struct object *object_get(uint64_t address, enum object_type type);
struct object *object_find(uint64_t address);
/** The same for what candidate code at @pc names: it has to be there. */
struct object *object_at(const void *address, enum object_type type,
			 uint64_t pc);
/** Made anew; misuse if it is in use. */
struct object *object_init(const void *address, enum object_type type,
			   uint64_t pc);
void object_destroy(const void *address, enum object_type type, uint64_t pc);
void object_tables_init(void);
const char *object_name(enum object_type type);

/* ---- heap.c ---- */

bool heap_init(void);
void heap_begin(void);
void heap_check(uint64_t address, size_t size, bool write, uint64_t pc);
void heap_block_of(uint64_t address, struct explore_block *ret);
/** What was allocated before the first schedule, to be restored with it. */
void heap_region(uint64_t *ret_low, uint64_t *ret_high);
void heap_freeze(void);

/* ---- memory.c ---- */

#define MEMORY_BASE ((uintptr_t)0x5c0000000000) /* all that is the runtime's */
#define MEMORY_BYTES ((size_t)4 << 30)

/** Zeroed memory that no schedule changes back; NULL when there is none. */
void *runtime_map(size_t bytes);
/** The same of what @fd holds. */
void *runtime_map_file(int fd, size_t bytes);

/** What else is not the scenario's, once main() runs on the stack it has. */
void memory_init(void);

/** An access of candidate code; fails the schedule if it is none of its. */
void memory_guard(uint64_t address, size_t size, uint64_t pc);

/* ---- snapshot.c ---- */

bool snapshot_take(void);
void snapshot_restore(void);

/* ---- clock.c ---- */

uint64_t clock_read_ns(int clock_id);
uint64_t clock_of_timespec(int64_t seconds, int64_t nanoseconds);

/* ---- trap.c ---- */

/** Catch what a schedule dies of, and loops without any operation. */
bool trap_install(void);
/** No system call any more but the few that a schedule may make. */
bool trap_seal(void);
/** Whether candidate code may make it by syscall(). */
bool trap_lets(long number, const long arg[6]);
long raw_call(long number, long a, long b, long c, long d, long e, long f);

/* ---- canary.c ---- */

extern const struct scenario explore_canary;


#pragma GCC visibility pop

#endif
