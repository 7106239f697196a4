/*
 * testrun.h - one repetition of one test: a judge, a candidate, a verdict
 */
#ifndef ASSAY_TESTRUN_H
#define ASSAY_TESTRUN_H

#include "box_client.h"
#include "exercise.h"
#include "result.h"

/* The boxes of a slot; a test uses two of them, or all three. */
struct testrun_boxes {
	struct box_client *candidate;
	struct box_client *judge;
	struct box_client *second;
	int cpu; /* to which they keep; -1: not known */
};

/* Everything is borrowed until the callback has come. */
struct testrun_request {
	const struct exercise *exercise;
	const struct exercise_test *test;
	const struct exercise_variant *variant; /* of test->variant */
	unsigned repetition;
	uint64_t seed;
	int program;  /* the candidate's build of that variant */
	int judge;    /* the judge's program */
	int baseline; /* the reference's build; needed if test->baseline */
	const struct fileset *submission; /* as built; for the judge of a test
					     that is explored */
	json_t *params; /* object that goes over the test's own, or NULL */
	uint64_t time_us; /* instead of the test's own limits of time; 0: not */
	bool hooks_sanitizer; /* see struct selection */
};

/** @run is the callee's. */
typedef void (*testrun_done_cb)(void *data, struct test_run *run);

/** Start; the callback may come from within. */
void testrun_start(uv_loop_t *loop, const struct testrun_boxes *boxes,
		   const struct testrun_request *request, testrun_done_cb done,
		   void *data);

#endif
