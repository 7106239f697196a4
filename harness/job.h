/*
 * job.h - one submission on its way from intake to report
 */
#ifndef ASSAY_JOB_H
#define ASSAY_JOB_H

#include <uv.h>

#include "result.h"
#include "testrun.h"
#include "submission.h"
#include "toolkit.h"

/** What a job does now: "build release", "test timeouts". */
typedef void (*job_progress_cb)(void *data, const char *what,
				const char *name);

/** Whether to run a test of @submission, whatever others it depends on. */
typedef bool (*job_wants_cb)(void *data, const struct submission *submission,
			     const struct exercise_test *test);

/** @program, which stays the job's, is what came of a build. */
typedef void (*job_built_cb)(void *data, const char *variant, int program);

/* What a whole batch has in common. */
struct job_options {
	const char *exercises;    /* folder */
	const char *sandbox;      /* path of assay-sandbox */
	const char *exercise_id;  /* NULL: what each submission says */
	const char *language;     /* NULL: what each submission says */
	const char *only_test;    /* NULL: all; else this and what it needs */
	job_wants_cb wants;       /* NULL; else it says which, and not
				     only_test */
	void *wants_data;
	json_t *explore_params;   /* over those of the tests of variant
				     "explore"; NULL: none */
	uint64_t explore_us;      /* their limit of time, 0: each one's own */
	job_built_cb built;       /* NULL: nobody wants to know */
	void *built_data;
	bool seed_given;
	uint64_t seed;            /* for every test, instead of its own */
	const unsigned char *secret; /* 32 bytes: run hidden tests; NULL: not */
	bool stop_when_lost;      /* after the first test that does not pass,
				     skip all others */
	bool need_level;
	enum box_level level;     /* refuse to run below it */
	job_progress_cb progress; /* NULL: nobody wants to know */
	void *progress_data;
	struct gate *gate; /* of all jobs that run side by side; batch.c has it */
};

struct job;
struct gate;

/**
 * @result is the callee's. With an @err (and then no result) the fault is not
 * of this submission alone: a wrong exercise, a missing file, no box.
 */
typedef void (*job_done_cb)(void *data, struct result *result,
			    const struct error *err);

/* Finds the toolkit of an exercise, making it at the first time. */
typedef int (*job_toolkit_cb)(void *data, const char *id, struct toolkit **ret,
			      struct error *err);

/**
 * Start with @submission, which becomes the job's. The callback may come from
 * within. @boxes and @options are borrowed until then.
 */
void job_start(uv_loop_t *loop, const struct testrun_boxes *boxes,
	       const struct job_options *options, struct submission *submission,
	       job_toolkit_cb toolkit, job_done_cb done, void *data);

#endif
