/*
 * trap.c - what a schedule dies of, and what it may ask of the kernel
 *
 * Signals of a crash end the schedule, not the process: the next one begins
 * from the snapshot. They come on a stack of their own, since the fiber's may
 * be what overflowed, and are left by switching away, never by returning.
 *
 * A clock of processor time looks whether the schedule has come to another
 * operation since; a loop without any is told after half a second.
 *
 * trap_seal() lets the process make few system calls from then on, by a filter
 * on top of the box's: what libc needs for printing. Everything
 * else, and everything on descriptors but printing, only from the one
 * instruction in raw_call(). A refused call is a SIGSYS, which ends the
 * schedule by name. It cannot be undone.
 */
#include "runtime.h"

#include <asm/prctl.h>
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a SIGSYS; asm-generic/siginfo.h */
#endif

#define STACK_BYTES ((size_t)64 * 1024)
#define TICK_US 100000
#define TICKS_WITHOUT_STEP 5

extern const char raw_call_instruction[];

/* raw_call(number, a, b, c, d, e, f): the kernel's result, or -errno. */
__asm__(".text\n"
	".globl raw_call\n"
	".hidden raw_call\n"
	".type raw_call, @function\n"
	"raw_call:\n\t"
	"mov %rdi, %rax\n\t"
	"mov %rsi, %rdi\n\t"
	"mov %rdx, %rsi\n\t"
	"mov %rcx, %rdx\n\t"
	"mov %r8, %r10\n\t"
	"mov %r9, %r8\n\t"
	"mov 8(%rsp), %r9\n\t"
	"syscall\n"
	".globl raw_call_instruction\n"
	".hidden raw_call_instruction\n"
	"raw_call_instruction:\n\t" /* what the kernel sees: the next one */
	"ret\n\t"
	".size raw_call, . - raw_call\n");

/* ---- what a schedule dies of ---- */

static const int deadly[] = { SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
			      SIGABRT, SIGTRAP, SIGSYS };

/* The processor's clock, read by an instruction: a trap (PR_SET_TSC), and
 * answered from the schedule's own. */
static bool reads_clock(ucontext_t *context)
{
	greg_t *registers = context->uc_mcontext.gregs;
	const uint8_t *code = (const uint8_t *)registers[REG_RIP];
	uint64_t ticks;

	if (code[0] != 0x0f ||
	    (code[1] != 0x31 && (code[1] != 0x01 || code[2] != 0xf9)))
		return false;
	ticks = rt->current ? clock_read_ns(1) : rt->now_ns;
	registers[REG_RAX] = (greg_t)(ticks & 0xffffffff);
	registers[REG_RDX] = (greg_t)(ticks >> 32);
	registers[REG_RIP] += code[1] == 0x31 ? 2 : 3;
	return true;
}

static _Noreturn void fail_sys(const siginfo_t *info, uint64_t pc)
{
	finding_fail(EXPLORE_FORBIDDEN, (uint64_t)info->si_syscall, pc,
		     "a system call that scenarios may not make");
}

static void deadly_signal(int signal, siginfo_t *info, void *data)
{
	ucontext_t *context = data;
	uint64_t pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP] + 1;
	bool own = rt->busy;

	if (signal == SIGSEGV && info->si_code == SI_KERNEL &&
	    reads_clock(context))
		return;
	if (!rt->current) {
		/* nothing to blame: the memory of the runtime is broken */
		(void)raw_call(SYS_exit_group, 4, 0, 0, 0, 0, 0);
	}
	rt->busy = 1;
	rt->finding.signal = (uint32_t)signal;
	if (signal == SIGSYS && info->si_code == SYS_SECCOMP)
		fail_sys(info, pc - 1); /* it is behind the call already */
	finding_fail(EXPLORE_CRASHED,
		     signal == SIGSEGV || signal == SIGBUS
			     ? (uint64_t)info->si_addr
			     : 0,
		     own ? 0 : pc,
		     own ? "the explorer itself crashed: its memory is damaged"
			 : NULL);
}

/* ---- loops without operations ---- */

static void tick(int signal, siginfo_t *info, void *data)
{
	STATE static volatile uint32_t last_step, ticks;
	STATE static volatile uint64_t last_schedule;
	ucontext_t *context = data;

	(void)signal;
	(void)info;
	if (!rt->current)
		return;
	if (last_schedule != rt->total || last_step != rt->steps) {
		last_schedule = rt->total;
		last_step = rt->steps;
		ticks = 0;
		return;
	}
	if (++ticks < TICKS_WITHOUT_STEP || rt->busy)
		return;
	ticks = 0;
	finding_fail(
		EXPLORE_UNSEEN, 0,
		(uint64_t)context->uc_mcontext.gregs[REG_RIP] + 1,
		"no operation that the explorer could see for half a second "
		"of processor time");
}

/* libc's, which ours stands before. */
static int real_sigaction(int number, const struct sigaction *action)
{
	int (*real)(int, const struct sigaction *, struct sigaction *) =
		(int (*)(int, const struct sigaction *, struct sigaction *))(
			uintptr_t)dlsym(RTLD_NEXT, "sigaction");

	return real ? real(number, action, NULL) : -1;
}

bool trap_install(void)
{
	const struct itimerval every = {
		.it_interval = { .tv_usec = TICK_US },
		.it_value = { .tv_usec = TICK_US },
	};
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK |
						SA_NODEFER | SA_RESTART };
	stack_t stack = { .ss_size = STACK_BYTES };
	size_t i;

	stack.ss_sp = runtime_map(STACK_BYTES);
	if (!stack.ss_sp || sigaltstack(&stack, NULL) < 0)
		return false;
	action.sa_sigaction = deadly_signal;
	for (i = 0; i < sizeof deadly / sizeof *deadly; i++)
		if (real_sigaction(deadly[i], &action) < 0)
			return false;
	action.sa_sigaction = tick;
	return real_sigaction(SIGPROF, &action) == 0 &&
	       setitimer(ITIMER_PROF, &every, NULL) == 0;
}

/* ---- the candidate's own handlers: none, they would hide what happens ---- */

int sigaction(int signal, const struct sigaction *restrict action,
	      struct sigaction *restrict old)
{
	(void)signal;
	(void)action;
	if (old)
		fill(old, 0, sizeof *old);
	return 0;
}

__sighandler_t signal(int number, __sighandler_t handler)
{
	(void)number;
	(void)handler;
	return SIG_DFL;
}

/* ---- ends of the program ---- */

static _Noreturn void ended(const char *text, uint64_t pc)
{
	if (rt && rt->current)
		finding_fail(EXPLORE_EXITED, 0, pc, text);
	for (;;)
		(void)raw_call(SYS_exit_group, 3, 0, 0, 0, 0, 0);
}

void exit(int status)
{
	(void)status;
	ended("exit() within a scenario", HERE);
}

void _exit(int status)
{
	(void)status;
	ended("_exit() within a scenario", HERE);
}

void _Exit(int status)
{
	(void)status;
	ended("_Exit() within a scenario", HERE);
}

void quick_exit(int status)
{
	(void)status;
	ended("quick_exit() within a scenario", HERE);
}

void abort(void)
{
	if (rt && rt->current)
		rt->finding.signal = SIGABRT;
	ended("abort()", HERE);
}

void __assert_fail(const char *text, const char *file, unsigned line,
		   const char *function);

void __assert_fail(const char *text, const char *file, unsigned line,
		   const char *function)
{
	(void)file;
	(void)line;
	(void)function;
	if (rt && rt->current)
		finding_fail(EXPLORE_REQUIRED, 0, HERE, text);
	ended("assert", HERE);
}

/* ---- system calls ---- */

/* No memory of its own making: it would outlive the schedule. */
static const uint32_t always[] = {
	SYS_rt_sigreturn, SYS_rt_sigprocmask,  SYS_getpid,
	SYS_gettid,       SYS_getrandom,       SYS_clock_gettime,
	SYS_sched_yield,  SYS_membarrier,      SYS_fstat,
	SYS_newfstatat,   SYS_restart_syscall,
};

bool trap_lets(long number, const long arg[6])
{
	size_t i;

	for (i = 0; i < sizeof always / sizeof *always; i++)
		if (number == (long)always[i] && number != SYS_rt_sigprocmask &&
		    number != SYS_rt_sigreturn)
			return true;
	return number == SYS_futex || number == SYS_exit ||
	       number == SYS_exit_group ||
	       (number == SYS_write && arg[0] >= 1 && arg[0] <= 2);
}

#define LOAD(field)                        \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 (uint32_t)offsetof(struct seccomp_data, field))
#define IF(value, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(action))
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define TRAP ANSWER(SECCOMP_RET_TRAP)
#define ALWAYS_COUNT (sizeof always / sizeof *always)

static void put(struct sock_filter **at, struct sock_filter what)
{
	*(*at)++ = what;
}

/* A call that is allowed when an argument is one of two. */
static void put_checked(struct sock_filter **at, uint32_t number,
			uint32_t argument, uint32_t one, uint32_t other)
{
	const uint32_t offset = (uint32_t)(offsetof(struct seccomp_data, args) +
					   8 * argument);

	put(at, (struct sock_filter)IF(number, 0, 5));
	put(at, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
	put(at, (struct sock_filter)IF(one, 1, 0));
	put(at, (struct sock_filter)IF(other, 0, 1));
	put(at, (struct sock_filter)ALLOW);
	put(at, (struct sock_filter)TRAP);
}

bool trap_seal(void)
{
	struct sock_filter filter[96], *at = filter;
	struct sock_fprog program;
	const uint64_t here = (uint64_t)raw_call_instruction;
	size_t i;

	put(&at, (struct sock_filter)LOAD(arch));
	put(&at, (struct sock_filter)IF(AUDIT_ARCH_X86_64, 1, 0));
	put(&at, (struct sock_filter)TRAP);
	/* little-endian: the low half comes first */
	put(&at, (struct sock_filter)LOAD(instruction_pointer));
	put(&at, (struct sock_filter)IF(here & 0xffffffff, 0, 3));
	put(&at,
	    (struct sock_filter)BPF_STMT(
		    BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, instruction_pointer) + 4));
	put(&at, (struct sock_filter)IF(here >> 32, 0, 1));
	put(&at, (struct sock_filter)ALLOW);
	put(&at, (struct sock_filter)LOAD(nr));
	for (i = 0; i < ALWAYS_COUNT; i++) {
		put(&at, (struct sock_filter)IF(always[i], 0, 1));
		put(&at, (struct sock_filter)ALLOW);
	}
	put_checked(&at, SYS_write, 0, 1, 2);
	put_checked(&at, SYS_writev, 0, 1, 2);
	put_checked(&at, SYS_ioctl, 0, 1, 2);
	if (!fiber_wrfsbase)
		put_checked(&at, SYS_arch_prctl, 0, ARCH_SET_FS, ARCH_SET_FS);
	put_checked(&at, SYS_tgkill, 2, SIGABRT, SIGABRT);
	put(&at, (struct sock_filter)TRAP);
	program.len = (unsigned short)(at - filter);
	program.filter = filter;
	(void)prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       raw_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
			(long)(uintptr_t)&program, 0, 0, 0) == 0;
}
