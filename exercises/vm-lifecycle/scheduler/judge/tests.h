/*
 * tests.h - the tests, each to its verdict
 */
#ifndef SCHEDULER_TESTS_H
#define SCHEDULER_TESTS_H

#include "judge.h"

/** The example of README.md, whose lines are the parameter "lines". */
__attribute__((noreturn)) void test_example(struct judge *judge);

/** "scenes" scenes of the category "category". */
__attribute__((noreturn)) void test_scenes(struct judge *judge);

/** "hosts", "vms", "load" in hundredths: how many vCPUs find no room? */
__attribute__((noreturn)) void test_quality(struct judge *judge);

/** "hosts", "requests": how long does a request take? */
__attribute__((noreturn)) void test_latency(struct judge *judge);

#endif
