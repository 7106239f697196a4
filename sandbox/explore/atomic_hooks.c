/*
 * atomic_hooks.c - what gcc -fsanitize=thread calls for atomics
 *
 * Names and signatures are gcc's (gcc/sanitizer.def, sync-builtins.def): one
 * set for each size.
 */
#include "atomics.h"

/* These belong to the compiler: no header declares them. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

typedef unsigned __int128 wide;

#define MODIFY(bits, type, name, what, plain)                                 \
	type __tsan_atomic##bits##_##name(volatile void *address, type value, \
					  int order)                          \
	{                                                                     \
		__typeof__(type) *at = (type *)(uintptr_t)address;            \
		if (active())                                                 \
			return (type)atomics_modify(what, (uint64_t)at,       \
						    sizeof(type), value,      \
						    order, HERE);             \
		return plain(at, value, __ATOMIC_SEQ_CST);                    \
	}

#define COMPARE(bits, type, name, is_weak)                                    \
	bool __tsan_atomic##bits##_compare_exchange_##name(                   \
		volatile void *address, void *expected, type desired,         \
		int order, int failure)                                       \
	{                                                                     \
		__typeof__(type) *at = (type *)(uintptr_t)address,            \
				 *want = expected;                            \
		bool done;                                                    \
		type was;                                                     \
		if (!active())                                                \
			return __atomic_compare_exchange_n(                   \
				at, want, desired, false, __ATOMIC_SEQ_CST,   \
				__ATOMIC_SEQ_CST);                            \
		was = (type)atomics_exchange_if((uint64_t)at, sizeof(type),   \
						*want, desired, is_weak,      \
						order, failure, HERE, &done); \
		if (!done)                                                    \
			*want = was;                                          \
		return done;                                                  \
	}

#define ATOMICS(bits, type)                                                   \
	type __tsan_atomic##bits##_load(const volatile void *address,         \
					int order)                            \
	{                                                                     \
		const type *at = (const type *)(uintptr_t)address;            \
		if (active())                                                 \
			return (type)atomics_load((uint64_t)at, sizeof(type), \
						  order, HERE);               \
		return __atomic_load_n(at, __ATOMIC_SEQ_CST);                 \
	}                                                                     \
	void __tsan_atomic##bits##_store(volatile void *address, type value,  \
					 int order)                           \
	{                                                                     \
		__typeof__(type) *at = (type *)(uintptr_t)address;            \
		if (active())                                                 \
			atomics_store((uint64_t)at, sizeof(type), value,      \
				      order, HERE);                           \
		else                                                          \
			__atomic_store_n(at, value, __ATOMIC_SEQ_CST);        \
	}                                                                     \
	MODIFY(bits, type, exchange, EXCHANGE, __atomic_exchange_n)           \
	MODIFY(bits, type, fetch_add, ADD, __atomic_fetch_add)                \
	MODIFY(bits, type, fetch_sub, SUB, __atomic_fetch_sub)                \
	MODIFY(bits, type, fetch_and, AND, __atomic_fetch_and)                \
	MODIFY(bits, type, fetch_or, OR, __atomic_fetch_or)                   \
	MODIFY(bits, type, fetch_xor, XOR, __atomic_fetch_xor)                \
	MODIFY(bits, type, fetch_nand, NAND, __atomic_fetch_nand)             \
	COMPARE(bits, type, strong, false)                                    \
	COMPARE(bits, type, weak, true)

ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)

/*
 * Of 16 bytes: one operation, never stale, and all of them release and
 * acquire. gcc calls these for -mcx16 only.
 */
static void wide_operation(uint32_t kind, const volatile void *address,
			   uint64_t pc)
{
	struct object *object;

	atomics_operation(kind, (uint64_t)address, sizeof(wide), pc);
	object = object_get((uint64_t)address, OBJECT_WIDE);
	race_acquire(object);
	race_release(object);
	if (kind == EXPLORE_LOAD)
		core_in_vain();
	else
		core_effect();
	LEAVE();
}

wide __tsan_atomic128_load(const volatile void *address, int order)
{
	wide value = 0;

	(void)order;
	if (active())
		wide_operation(EXPLORE_LOAD, address, HERE);
	copy(&value, (const void *)(uintptr_t)address, sizeof value);
	return value;
}

void __tsan_atomic128_store(volatile void *address, wide value, int order)
{
	(void)order;
	if (active())
		wide_operation(EXPLORE_STORE, address, HERE);
	copy((void *)(uintptr_t)address, &value, sizeof value);
}

bool __tsan_atomic128_compare_exchange_strong(volatile void *address,
					      void *expected, wide desired,
					      int order, int failure)
{
	wide value = 0, want = 0;

	(void)order;
	(void)failure;
	if (active())
		wide_operation(EXPLORE_UPDATE, address, HERE);
	copy(&value, (const void *)(uintptr_t)address, sizeof value);
	copy(&want, expected, sizeof want);
	if (value != want) {
		copy(expected, &value, sizeof value);
		return false;
	}
	copy((void *)(uintptr_t)address, &desired, sizeof desired);
	return true;
}

bool __tsan_atomic128_compare_exchange_weak(volatile void *address,
					    void *expected, wide desired,
					    int order, int failure)
{
	return __tsan_atomic128_compare_exchange_strong(
		address, expected, desired, order, failure);
}

void __tsan_atomic_thread_fence(int order)
{
	if (active())
		atomics_fence(order, HERE);
}

void __tsan_atomic_signal_fence(int order)
{
	(void)order;
}
