/*
 * tests.h - the scenarios, one per property of a bounded queue
 *
 * Each returns when the candidate's queue has shown the property, and fails
 * the candidate through run.h or judge.h otherwise. What varies between the
 * public and the hidden tests are the seed and the parameters.
 */
#ifndef BQ_TESTS_H
#define BQ_TESTS_H

#include "run.h"

/** Calls one after the other. "capacities", "bursts" per capacity. */
void test_sequential(struct run *run);

/** Many threads. Lists "capacities", "producers", "consumers", number "items"
 *  of each round; then "mixes" rounds that are small enough to be explained. */
void test_conservation(struct run *run);

/** "producers" and "consumers" at "capacity", "items" in all. */
void test_no_deadlock(struct run *run);

/** Waits that return for nothing. "capacities", "threads" on each side. */
void test_spurious(struct run *run);

/** The wall clock jumps. "timeout_ms", "jump_s". */
void test_timeouts(struct run *run);

/** Close wakes all. "waiters", "capacities". */
void test_close(struct run *run);

/** All functions at once, for a sanitizer to watch. "items" per thread. */
void test_races(struct run *run);

/** Blocked threads use no processor. "waiters" on each side, "interval_ms". */
void test_idle(struct run *run);

/** Scenarios under thousands of schedules, to a verdict: judge_explore.h. */
__attribute__((noreturn)) void test_explore(struct judge *judge);

/** Against the reference. "rounds", "items" of each. Returns the score. */
double test_performance(struct run *run, struct run *reference);

#endif
