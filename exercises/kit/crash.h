/*
 * crash.h - a driver's program says where it crashed
 *
 * Linked with a driver, crash.c tells the box once which thread is about to
 * die of which signal (assay/crash.h); the box notes its stack for the report.
 * The program then dies of that signal as it would have anyway. Handlers that
 * the submission installs itself take the place of these.
 *
 * Not for builds with a sanitizer, which have handlers of their own.
 */
#ifndef ASSAY_KIT_CRASH_H
#define ASSAY_KIT_CRASH_H

/* Room for a signal's frame, whatever registers the processor has. */
#define CRASH_STACK_BYTES (32 * 1024)

/**
 * Give the calling thread @stack (CRASH_STACK_BYTES) to handle a crash on, so
 * that running out of its own is seen, too. @stack may lie on the thread's
 * own: that overflows at its other end.
 */
void crash_thread(void *stack);

#endif
