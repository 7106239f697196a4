/*
 * tests.h - the tests, one function for each kind
 *
 * None returns. What varies between the public and the hidden ones are the
 * seed and the parameters.
 */
#ifndef BROKER_TESTS_H
#define BROKER_TESTS_H

#include "judge.h"

struct plan;

/** The example of README.md, and what it says has to come. */
__attribute__((noreturn)) void test_example(struct judge *judge);

/** A plan. "episodes" of "bursts" of up to "lines" lines; "prefetches". One
 * that fails is played "rehearsals" times more, to make it small. */
__attribute__((noreturn)) void test_plan(struct judge *judge,
					 const struct plan *plan);

/** Syncs are held, and no promise may come meanwhile. "rounds" of "lines". */
__attribute__((noreturn)) void test_syncs(struct judge *judge);

/** Killed "kills" times, at any line of up to "lines", and drained. */
__attribute__((noreturn)) void test_crashes(struct judge *judge);

/** Against the reference. "rounds" of "messages". */
__attribute__((noreturn)) void test_performance(struct judge *judge);

#endif
