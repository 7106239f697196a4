/*
 * attack.h - what the programs have in common that attack the explorer from
 * within a scenario
 *
 * Most of them end in attack_bug(), two threads that add to a counter without a
 * lock, so that the only true answer about them is a failure; the misdeed
 * comes first. Whatever the explorer says of them, "passed" it may not be.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <assay/scenario.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ATTACK_CHANNEL_FD 3 /* ASSAY_DRIVER_CHANNEL_FD */
#define ATTACK_HISTORY_FD 4 /* ASSAY_DRIVER_HISTORY_FD */

#define ATTACK_MAIN(function)                 \
	const struct scenario scenarios[] = { \
		{ "main", function },         \
		{ NULL, NULL },               \
	}

static int attack_counter;

static inline void *attack_adder(void *unused)
{
	attack_counter++;
	return unused;
}

/* The bug that has to be found, or not to be hidden. */
static inline void attack_bug(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, attack_adder, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	scenario_require(attack_counter == 2, "both additions count");
}

/* A system call past every function that the explorer may have replaced. */
static inline long attack_call(long number, long a, long b, long c, long d)
{
#ifdef __x86_64__
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = -1;
	register long r9 __asm__("r9") = 0;
	long result;

	/* r8 and r9: no file and offset 0, for mmap(). */
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#else
	return syscall(number, a, b, c, d, -1, 0);
#endif
}

/* For the attack's child, so that thousands of schedules do not leave
 * thousands of processes where nothing keeps them from it. */
static inline void attack_reap(long child)
{
	if (child > 0)
		attack_call(SYS_wait4, child, 0, __WALL, 0);
}

#endif
