/*
 * tests.h - the scenarios, one per property of a pool
 *
 * Each returns when the candidate's pool has shown the property, and fails the
 * candidate through run.h or judge.h otherwise. What varies between the public
 * and the hidden tests are the seed and the parameters.
 */
#ifndef POOL_TESTS_H
#define POOL_TESTS_H

#include "run.h"

/** The statement's example, then "tasks" by several threads on pools of the
 *  lists "min", "max", "capacity". */
void test_once(struct run *run);

/** Tasks that are queued, running and finished are cancelled; then "tasks" are
 *  by one thread while others wait for them. "threads" of the pool. */
void test_cancel(struct run *run);

/** "threads" that sleep, tasks that are queued ("queued") and running: drain,
 *  now, twice, from inside a task, in time; then "rounds" beside submits. */
void test_shutdown(struct run *run);

/** Tasks that wait for tasks: "depth" of them, each for the next; "width" for
 *  one; in a circle but one. */
void test_nested(struct run *run);

/** A full queue of "capacity", under each of the policies. */
void test_policies(struct run *run);

/** Threads there are: "min", "max". Then test_exits(). */
void test_threads(struct run *run);

/** Tasks that end their threads, "exits" of them; part of test_threads(). */
void test_exits(struct run *run);

/** Futures that are freed before their tasks are over; "tasks" of them. */
void test_freed(struct run *run);

/** Everything at once, for a sanitizer to watch. "tasks". */
void test_races(struct run *run);

/** Scenarios under thousands of schedules, to a verdict: judge_explore.h. */
__attribute__((noreturn)) void test_explore(struct judge *judge);

/** Against the reference. "rounds" of "waves" of "width" tasks. Returns the
 *  score. */
double test_performance(struct run *run, struct run *reference);

#endif
