/*
 * random.h - numbers that a seed decides
 *
 * A judge derives everything it chooses from the seed of its parameters, so
 * that a failure can be run again. This is SplitMix64 (Steele, Lea, Flood,
 * "Fast splittable pseudorandom number generators", 2014): one word of state,
 * any seed is a good seed, and two streams are independent when their seeds
 * differ. It is no secret keeper: never use it where guessing pays.
 */
#ifndef ASSAY_KIT_RANDOM_H
#define ASSAY_KIT_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline struct random random_from(uint64_t seed)
{
	return (struct random){ .state = seed };
}

/** Spread the bits of @word over all of the result. */
static inline uint64_t random_mix(uint64_t word)
{
	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
	word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
	return word ^ (word >> 31);
}

static inline uint64_t random_next(struct random *random)
{
	random->state += 0x9e3779b97f4a7c15u;
	return random_mix(random->state);
}

/** A number from 0 to @bound - 1; @bound >= 1. The bias is below 2^-32. */
static inline uint32_t random_below(struct random *random, uint32_t bound)
{
	return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

/** A number from @low to @high, both included. */
static inline uint32_t random_between(struct random *random, uint32_t low,
				      uint32_t high)
{
	return low + random_below(random, high - low + 1);
}

#endif
