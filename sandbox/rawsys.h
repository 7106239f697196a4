/*
 * rawsys.h - system calls without libc's errno
 *
 * The box's init and the program-to-be share the box's memory and even its
 * thread-local storage until exec (inside.c says why), so nothing that runs
 * there may write errno. These return what the kernel returns: a result, or
 * -errno in [-4095, -1].
 */
#ifndef ASSAY_RAWSYS_H
#define ASSAY_RAWSYS_H

#include <linux/sched.h>
#include <stddef.h>
#include <sys/syscall.h>

#if !defined(__x86_64__)
#error "rawsys.h knows x86_64 only: add the calling convention of this machine"
#endif

static inline long raw6(long number, long a, long b, long c, long d, long e,
			long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* An argument may be a number or a pointer; unused ones are 0. */
#define RAW_PICK_(n, a, b, c, d, e, f, ...) \
	raw6((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), \
	     (long)(e), (long)(f))
#define RAW(...) RAW_PICK_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

/**
 * clone3() into function @entry on the stack that @args names. Returns in the
 * caller only: the child's pid or -errno. @entry must not return.
 */
static inline long raw_clone3(struct clone_args *args,
			      void (*entry)(void *), void *argument)
{
	register void (*r12)(void *) __asm__("r12") = entry;
	register void *r13 __asm__("r13") = argument;
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(result)
			 : "a"(SYS_clone3), "D"(args), "S"(sizeof *args),
			   "r"(r12), "r"(r13)
			 : "rcx", "r11", "memory");
	return result;
}

#endif
