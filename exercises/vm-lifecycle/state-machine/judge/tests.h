/*
 * tests.h - the scenarios, one per property of a machine's life
 *
 * Each writes a script that the seed and the parameters of the test decide. What
 * varies between the public and the hidden tests are these only.
 */
#ifndef TESTS_H
#define TESTS_H

#include "dialogue.h"
#include "script.h"

/* A script to fill, and where its numbers come from. */
struct writer {
	struct judge *judge;
	struct random random;
	struct script *script;
};

/** README.md, "An example". */
void test_example(struct writer *writer);

/** Lives of machines from beginning to end, one phase after the other, with
 *  failures. "machines" at a time, "lines". */
void test_sequences(struct writer *writer);

/** The same with done lines that are late, doubled, out of order or made up,
 *  and operations that are preempted. "machines", "lines". */
void test_stale(struct writer *writer);

/** Checks and commits with other lines between them. "machines", "lines". */
void test_commit(struct writer *writer);

/** Every phase of every action, interrupted by each way of deleting. */
void test_delete(struct writer *writer);

/** Locks, administrators, hosts that are down. */
void test_lock(struct writer *writer);

/** init_host: every vm_state with every task_state, and operations that it
 *  ends. */
void test_restart(struct writer *writer);

/** power: every vm_state, power, with and without a task. */
void test_power(struct writer *writer);

/** Whether the guards let pass what they have to: "actions" of the table in
 *  every state. To a verdict. */
__attribute__((noreturn)) void test_accept(struct judge *judge);

/** Whether they refuse, and the right one does. The same. */
__attribute__((noreturn)) void test_refuse(struct judge *judge);

/** Against the reference: "lines" about "machines", in "rounds" stretches. To a
 *  verdict. */
__attribute__((noreturn)) void test_performance(struct judge *judge);

#endif
