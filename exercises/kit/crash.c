/*
 * crash.c - see crash.h
 *
 * Everything between the signal and the death of the program is two system
 * calls, made in an ordinary handler; the box walks the stack from the
 * registers that the kernel saved for it.
 *
 * SA_RESETHAND has put the default action back when the handler starts, and
 * the signal is blocked until it returns: sent again, it ends the program at
 * the very instruction, with the status and the core flag of the first one. A
 * second thread that crashes meanwhile ends the program at once.
 */
#define _GNU_SOURCE /* syscall */
#include "crash.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include <assay/crash.h>

static const int signals[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
};

static void on_crash(int number, siginfo_t *info, void *context)
{
	(void)info;
	(void)syscall(ASSAY_CRASH_CALL, number, context);
	(void)raise(number);
}

void crash_thread(void *stack)
{
	const stack_t alternate = {
		.ss_sp = stack,
		.ss_size = CRASH_STACK_BYTES,
	};

	(void)sigaltstack(&alternate, NULL);
}

/* Before main() and before any constructor of the submission's. */
__attribute__((constructor(101))) static void watch_for_crashes(void)
{
	static _Alignas(max_align_t) unsigned char stack[CRASH_STACK_BYTES];
	struct sigaction action = {
		.sa_sigaction = on_crash,
		.sa_flags = SA_ONSTACK | SA_SIGINFO | (int)SA_RESETHAND,
	};
	size_t i;

	crash_thread(stack);
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof signals / sizeof *signals; i++)
		(void)sigaction(signals[i], &action, NULL);
}
