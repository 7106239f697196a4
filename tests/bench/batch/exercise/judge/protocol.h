/*
 * protocol.h - what judge and driver say to each other
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdint.h>

struct command {
	uint32_t count; /* numbers to sort; 0: leave */
	uint32_t seed;
};

struct reply {
	uint32_t sum; /* see mix() */
};

/* The next of a row of numbers that a seed begins. */
static inline uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Of numbers in their order. */
static inline uint32_t mix(uint32_t sum, uint32_t number)
{
	return (sum ^ number) * 16777619u;
}

#endif
