/*
 * job_parts.h - a job as the files that make it up see it
 *
 * job.c has the states and what a job begins and ends with, job_build.c is
 * BUILD, job_test.c is TEST, job_late.c what of TEST is done again alone.
 */
#ifndef ASSAY_JOB_PARTS_H
#define ASSAY_JOB_PARTS_H

#include "gate.h"
#include "job.h"

/* A run or build that the host spoiled is done again so often. */
#define JOB_RETRIES_MAX 2

enum job_state { JOB_SELECT, JOB_BUILD, JOB_TEST, JOB_DONE };

/* A variant's program, as soon as it has been built. */
struct job_program {
	int fd;
	bool failed;
	char key[65]; /* in the store; "": is not to be kept */
};

struct job {
	uv_loop_t *loop;
	struct testrun_boxes boxes;
	const struct job_options *options;
	job_toolkit_cb find_toolkit;
	job_done_cb done;
	void *data;
	enum job_state state;
	bool waiting; /* for a callback */
	bool ticking;
	struct toolkit *toolkit;
	struct result *result;
	struct job_program *programs; /* by variant of the language */
	size_t test;                  /* index into result->tests */
	unsigned repetition;
	struct retries retries; /* of the build under way */
	unsigned test_retries;  /* of the run under way */
	struct gate_pass pass;
	bool alone;             /* the run under way is, or is to be */
	struct late_budget late;
	uint64_t busy_us;       /* of the machine, when the run began */
	struct error err;
};

/* ---- job.c ---- */

/** Move on until there is something to wait for. */
void job_tick(struct job *job);

/** To @state, which has to be a way that the states have. */
void job_go(struct job *job, enum job_state state);

/** End with a verdict on the submission as a whole; @message may be NULL. */
void job_end_with(struct job *job, enum verdict verdict, const char *message);

/** Tell who wants to know what the job does now. */
void job_tell(const struct job *job, const char *what, const char *name);

const struct exercise *job_exercise(const struct job *job);

/** Of the variant @name, in the language and in job->programs. */
size_t job_variant_index(const struct job *job, const char *name);

/* ---- job_build.c ---- */

/** Room for what will be built, as soon as the language is known. */
void job_build_plan(struct job *job);

void job_build_tick(struct job *job);

/* ---- job_test.c ---- */

/** Which tests the job has. */
void job_test_plan(struct job *job);

void job_test_tick(struct job *job);

/* ---- job_late.c ---- */

/** When the run under way begins. */
void job_late_begin(struct job *job);

/**
 * The run under way is over and came to @run; @company: it was not the only one
 * of the batch. Whether it is to be done again, alone; else its verdict stays.
 */
bool job_late_again(struct job *job, struct test_result *test,
		    struct test_run *run, bool company);

#endif
