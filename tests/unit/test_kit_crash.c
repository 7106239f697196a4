/*
 * A program with the kit's crash handlers dies as one without them, and tells
 * its box first. This program is its own victim: it runs itself again, traced,
 * with the name of a crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include <assay/crash.h>

#include "crash.h"

#define DEEP_BYTES 4096
#define STACK_BYTES (256 * 1024)

/* ---- the victim ---- */

/* A sanitizer's own words would come before the signal. */
__attribute__((no_sanitize("undefined", "address"))) static void do_segv(void)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
}

__attribute__((no_sanitize("undefined", "address"))) static void do_bus(void)
{
	int fd = memfd_create("empty", MFD_CLOEXEC);
	volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	(void)page[0];
}

static void do_trap(void)
{
	(void)raise(SIGTRAP);
}

static void do_fpe(void)
{
	(void)raise(SIGFPE);
}

static void do_ill(void)
{
	__builtin_trap();
}

static void do_sys(void)
{
	(void)kill(getpid(), SIGSYS);
}

static void own_handler(int number)
{
	(void)number;
	_exit(7);
}

static void do_own_handler(void)
{
	(void)signal(SIGSEGV, own_handler);
	do_segv();
}

static void do_no_crash(void)
{
	_exit(0);
}

/* Not to be made a loop, nor to be cut short. */
__attribute__((noinline)) static unsigned go_deep(unsigned depth)
{
	volatile unsigned char room[DEEP_BYTES];

	room[depth % DEEP_BYTES] = (unsigned char)depth;
	if (depth == UINT32_MAX)
		return 0;
	return go_deep(depth + 1) + room[depth % DEEP_BYTES];
}

static void *overflow(void *stack)
{
	crash_thread(stack);
	(void)go_deep(0);
	return NULL;
}

static void do_overflow(void)
{
	static _Alignas(max_align_t) unsigned char stack[CRASH_STACK_BYTES];
	pthread_attr_t attributes;
	pthread_t thread;

	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	(void)pthread_create(&thread, &attributes, overflow, stack);
	(void)pthread_join(thread, NULL);
}

static const struct crash {
	const char *name;
	void (*commit)(void);
	int signal;
} crashes[] = {
	{ "segv", do_segv, SIGSEGV },
	{ "bus", do_bus, SIGBUS },
	{ "fpe", do_fpe, SIGFPE },
	{ "ill", do_ill, SIGILL },
	{ "abort", abort, SIGABRT },
	{ "trap", do_trap, SIGTRAP },
	{ "sys", do_sys, SIGSYS },
	{ "overflow", do_overflow, SIGSEGV },
	{ "own-handler", do_own_handler, 0 },
	{ "no-crash", do_no_crash, 0 },
};

static const struct crash *find_crash(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof crashes / sizeof *crashes; i++)
		if (strcmp(crashes[i].name, name) == 0)
			return &crashes[i];
	return NULL;
}

/* ---- the box ---- */

struct death {
	unsigned calls; /* of ASSAY_CRASH_CALL */
	unsigned long argument;
	int status; /* as waitpid() tells it */
};

/* In the child: the victim, traced, all of whose output goes to @out. */
static void become_victim(const char *name, int out)
{
	const struct rlimit no_core = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(out, STDERR_FILENO);
	(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	(void)raise(SIGSTOP);
	(void)execl("/proc/self/exe", "test_kit_crash", name, NULL);
	_exit(111);
}

/* What the call at which @pid stands is, once, on its way in. */
static void note_call(pid_t pid, struct death *death)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY ||
	    info.entry.nr != ASSAY_CRASH_CALL)
		return;
	death->calls++;
	death->argument = (unsigned long)info.entry.args[0];
}

/* Follow the victim and its threads to the end. */
static void follow(pid_t first, struct death *ret)
{
	const int traced = SIGTRAP | 0x80;
	int status;
	pid_t pid;

	memset(ret, 0, sizeof *ret);
	assert_int_equal(waitpid(first, &status, 0), first);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, first, NULL,
				PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
					PTRACE_O_TRACECLONE |
					PTRACE_O_TRACEEXEC),
			 0);
	assert_int_equal(ptrace(PTRACE_SYSCALL, first, NULL, NULL), 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		int pass_on = 0;

		if (!WIFSTOPPED(status)) {
			if (pid == first)
				ret->status = status;
			continue;
		}
		if (WSTOPSIG(status) == traced)
			note_call(pid, ret);
		else if (status >> 16 == 0 && WSTOPSIG(status) != SIGSTOP)
			pass_on = WSTOPSIG(status);
		(void)ptrace(PTRACE_SYSCALL, pid, NULL, pass_on);
	}
}

static void die_of(const char *name, struct death *ret)
{
	int out = memfd_create("output", MFD_CLOEXEC);
	pid_t pid = fork();

	assert_true(out >= 0);
	assert_true(pid >= 0);
	if (pid == 0)
		become_victim(name, out);
	follow(pid, ret);
	assert_int_equal(lseek(out, 0, SEEK_END), 0); /* prints nothing */
	(void)close(out);
}

static void assert_told(const char *name)
{
	const struct crash *crash = find_crash(name);
	struct death death;

	die_of(name, &death);
	if (!WIFSIGNALED(death.status) ||
	    WTERMSIG(death.status) != crash->signal || death.calls != 1 ||
	    death.argument != (unsigned long)crash->signal)
		fail_msg("%s: status %#x, %u calls, argument %lu", name,
			 (unsigned)death.status, death.calls, death.argument);
}

static void test_kit_crash__every_fault_is_told_and_dies_the_same(void **state)
{
	(void)state;
	assert_told("segv");
	assert_told("bus");
	assert_told("fpe");
	assert_told("ill");
	assert_told("trap");
	assert_told("sys");
}

static void test_kit_crash__abort_is_told_once(void **state)
{
	(void)state;
	assert_told("abort");
}

static void test_kit_crash__a_stack_overflow_of_a_thread_is_told(void **state)
{
	(void)state;
	assert_told("overflow");
}

static void
test_kit_crash__a_handler_of_the_programs_replaces_ours(void **state)
{
	struct death death;

	(void)state;
	die_of("own-handler", &death);
	assert_true(WIFEXITED(death.status));
	assert_int_equal(WEXITSTATUS(death.status), 7);
	assert_int_equal(death.calls, 0);
}

static void
test_kit_crash__a_program_that_does_not_crash_tells_nothing(void **state)
{
	struct death death;

	(void)state;
	die_of("no-crash", &death);
	assert_true(WIFEXITED(death.status));
	assert_int_equal(WEXITSTATUS(death.status), 0);
	assert_int_equal(death.calls, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_kit_crash__every_fault_is_told_and_dies_the_same),
		cmocka_unit_test(test_kit_crash__abort_is_told_once),
		cmocka_unit_test(
			test_kit_crash__a_stack_overflow_of_a_thread_is_told),
		cmocka_unit_test(
			test_kit_crash__a_handler_of_the_programs_replaces_ours),
		cmocka_unit_test(
			test_kit_crash__a_program_that_does_not_crash_tells_nothing),
	};

	if (argc == 2 && find_crash(argv[1])) {
		find_crash(argv[1])->commit();
		return 112;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
