/*
 * fiber.c - threads of the candidate as fibers on one kernel thread
 *
 * A fiber needs what libc gives a thread: a stack, thread-local storage and a
 * control block, which fs points to. So real threads are made, once, and put
 * to sleep for good; their stacks and control blocks are what fibers use.
 * pthread_self() then answers rightly without being modelled. A switch saves
 * six registers and moves the stack pointer and fs; where the kernel does not
 * let programs write fs (before Linux 5.9, arch/x86/kernel/process_64.c), a
 * system call does it.
 */
#include "runtime.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define STACK_BYTES ((size_t)256 * 1024)
#define GUARD_BYTES ((size_t)4096)
#define PARKED_BYTES \
	((uint64_t)4096)    /* what the sleeping thread's frames use */
#define LEAF_BYTES 1024u    /* below the last operation that was seen */
#define HWCAP2_WRFSBASE 2ul /* arch/x86/include/uapi/asm/hwcap2.h */
#define POOL_BASE ((uintptr_t)0x5e0000000000)

typedef int create_call(pthread_t *, const pthread_attr_t *, void *(*)(void *),
			void *);

/* 1: wrfsbase may be used. Read by the assembly below. */
STATE char fiber_wrfsbase;

/* fiber_switch(from, to): registers that a call keeps, stack and fs. */
__asm__(".text\n"
	".globl fiber_switch\n"
	".hidden fiber_switch\n"
	".type fiber_switch, @function\n"
	"fiber_switch:\n\t"
	"push %rbp\n\t"
	"push %rbx\n\t"
	"push %r12\n\t"
	"push %r13\n\t"
	"push %r14\n\t"
	"push %r15\n\t"
	"mov %rsp, (%rdi)\n\t"
	"mov %rsi, %r12\n\t"
	"mov 8(%r12), %rsi\n\t"
	"cmpb $0, fiber_wrfsbase(%rip)\n\t"
	"je 1f\n\t"
	"wrfsbase %rsi\n\t"
	"jmp 2f\n"
	"1:\n\t"
	"mov $158, %eax\n\t"    /* arch_prctl */
	"mov $0x1002, %edi\n\t" /* ARCH_SET_FS */
	"syscall\n"
	"2:\n\t"
	"mov (%r12), %rsp\n\t"
	"pop %r15\n\t"
	"pop %r14\n\t"
	"pop %r13\n\t"
	"pop %r12\n\t"
	"pop %rbx\n\t"
	"pop %rbp\n\t"
	"ret\n\t"
	".size fiber_switch, . - fiber_switch\n");

/* ---- the pool ---- */

STATE static volatile int parked;

static void *park(void *argument)
{
	struct fiber *fiber = argument;
	sigset_t all;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, NULL);
	fiber->context.tls = (uint64_t)pthread_self();
	fiber->stack_high =
		((uint64_t)__builtin_frame_address(0) - PARKED_BYTES) & ~63ull;
	__atomic_store_n(&parked, 1, __ATOMIC_RELEASE);
	for (;;)
		(void)raw_call(SYS_pause, 0, 0, 0, 0, 0, 0);
	return NULL;
}

static int add_tls(struct dl_phdr_info *info, size_t size, void *data)
{
	size_t *total = data;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS)
			*total += info->dlpi_phdr[i].p_memsz +
				  info->dlpi_phdr[i].p_align;
	return 0;
}

static bool make_thread(create_call *create, struct fiber *fiber, size_t tls)
{
	const size_t bytes = GUARD_BYTES + STACK_BYTES;
	uint8_t *stack = mmap((void *)(POOL_BASE + fiber->number * 2 * bytes),
			      bytes, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			      -1, 0);
	pthread_attr_t attr;
	pthread_t thread;

	if (stack == MAP_FAILED ||
	    mprotect(stack, GUARD_BYTES, PROT_NONE) < 0 ||
	    pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setstack(&attr, stack + GUARD_BYTES, STACK_BYTES) != 0)
		return false;
	__atomic_store_n(&parked, 0, __ATOMIC_RELAXED);
	fiber->stack_low = (uint64_t)stack + GUARD_BYTES;
	if (create(&thread, &attr, park, fiber) != 0)
		return false;
	while (!__atomic_load_n(&parked, __ATOMIC_ACQUIRE))
		(void)raw_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	fiber->tls_low = (fiber->context.tls - tls) & ~15ull;
	return true;
}

bool fiber_pool(void)
{
	create_call *create = (create_call *)(uintptr_t)dlsym(RTLD_NEXT,
							      "pthread_create");
	size_t tls = 64;
	uint32_t i;

	fiber_wrfsbase = (getauxval(AT_HWCAP2) & HWCAP2_WRFSBASE) != 0;
	(void)dl_iterate_phdr(add_tls, &tls);
	rt->scheduler.tls = (uint64_t)pthread_self();
	for (i = 0; create && i < THREADS; i++) {
		rt->fibers[i].number = i;
		if (!make_thread(create, &rt->fibers[i], tls))
			break;
		rt->pool++;
	}
	return rt->pool > 1;
}

/* ---- one fiber ---- */

/* What an earlier schedule left there would be read as if it were new. */
static void clear_stack(const struct fiber *fiber)
{
	uint64_t low = fiber->stack_used;

	if (low == 0 || low >= fiber->stack_high)
		return;
	low = low - LEAF_BYTES > fiber->stack_low ? low - LEAF_BYTES
						  : fiber->stack_low;
	fill((void *)low, 0, fiber->stack_high - low);
}

struct fiber *fiber_new(void (*entry)(void))
{
	struct fiber *fiber, fresh = { .state = FIBER_READY };
	uint64_t *stack;

	if (rt->threads >= rt->pool)
		return NULL;
	fiber = &rt->fibers[rt->threads];
	fresh.number = rt->threads++;
	fresh.context.tls = fiber->context.tls;
	fresh.stack_low = fiber->stack_low;
	fresh.stack_high = fiber->stack_high;
	fresh.tls_low = fiber->tls_low;
	fresh.stack_used = fiber->stack_high;
	clear_stack(fiber);
	fresh.deadline_ns = NEVER;
	fresh.pending_call = -1;
	fresh.waited = rt->decisions;
	/* as after a call: entry's own frame is misaligned by 8 */
	stack = (uint64_t *)fiber->stack_high - 8;
	stack[6] = (uint64_t)(uintptr_t)entry;
	stack[7] = 0;
	fill(stack, 0, 6 * sizeof *stack);
	fresh.context.stack = stack;
	copy(fiber, &fresh, sizeof fresh);
	return fiber;
}
