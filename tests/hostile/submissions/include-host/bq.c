/*
 * Has the compiler look for files of the host and of the exercise's tests.
 * Compiles only where one of them is there, and must not.
 */
#include "bq.h"

#if __has_include("/root/.bashrc") || __has_include("/etc/hostname") || \
	__has_include("/etc/shadow") || __has_include("/proc/1/environ")
#define FOUND
#endif
#if __has_include("/work/exercise/exercise.json") || \
	__has_include("/work/exercise/judge/judge.c") || \
	__has_include("/work/exercise/judge/test_close.c") || \
	__has_include("/work/exercise/solution/c/bq.c") || \
	__has_include("/work/kit/nothing.h")
#define FOUND
#endif

#ifndef FOUND
#error "there is nothing to read"
#endif

bq_t *bq_new(size_t capacity)
{
	(void)capacity;
	return NULL;
}
