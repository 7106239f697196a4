/*
 * atomics.h - the operations that C11 atomics come down to
 *
 * All are called with rt->busy clear and leave it so, but for
 * atomics_operation(). Orders are the compiler's (__ATOMIC_RELAXED, ...);
 * values of less than eight bytes are zero-extended.
 */
#ifndef EXPLORE_ATOMICS_H
#define EXPLORE_ATOMICS_H

#include "runtime.h"

#pragma GCC visibility push(hidden)

enum arithmetic { EXCHANGE, ADD, SUB, AND, OR, XOR, NAND };

/** Come to an operation on an atomic; rt->busy is set from then on. */
void atomics_operation(uint32_t kind, uint64_t address, uint32_t size,
		       uint64_t pc);

/** Returns what was read, maybe a stale value. */
uint64_t atomics_load(uint64_t address, uint32_t size, int order, uint64_t pc);
void atomics_store(uint64_t address, uint32_t size, uint64_t value, int order,
		   uint64_t pc);
/** Returns what was there before. */
uint64_t atomics_modify(enum arithmetic what, uint64_t address, uint32_t size,
			uint64_t operand, int order, uint64_t pc);
/** Returns what was there; *ret: whether it was exchanged. */
uint64_t atomics_exchange_if(uint64_t address, uint32_t size, uint64_t expected,
			     uint64_t desired, bool weak, int order,
			     int failure, uint64_t pc, bool *ret);
void atomics_fence(int order, uint64_t pc);

#pragma GCC visibility pop

#endif
