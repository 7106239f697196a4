/*
 * crash.h - the contract between a program that crashes and its box
 *
 * A program that is about to die of a signal may tell the box first, by a
 * system call that no kernel has, made in its signal handler: the box notes
 * what the calling thread was doing and answers ENOSYS, as a kernel would.
 * It is believed only if the program then dies of that signal. Programs that
 * do not crash pay nothing for it.
 */
#ifndef ASSAY_CRASH_H
#define ASSAY_CRASH_H

/* Number of the call; its arguments are the number of the signal and the
 * address of the ucontext_t that the handler got, from which the box takes the
 * registers of the crash: see sigaction(2), SA_SIGINFO. */
#define ASSAY_CRASH_CALL 0xa55a1

#endif
