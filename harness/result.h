/*
 * result.h - what is known about one submission when it has been judged
 *
 * Filled by the job (job.h) as it goes, read by the report, the summary and
 * the explanation on a terminal. Holds facts only; how they are worded is the
 * reader's business.
 */
#ifndef ASSAY_RESULT_H
#define ASSAY_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/box.h>
#include <assay/verdict.h>

#include "exercise.h"
#include "late.h"
#include "machine.h"
#include "retries.h"
#include "submission.h"

/* One repetition of one test. */
struct test_run {
	enum verdict verdict;
	double score; /* 0..1; 1 unless the judge said less */
	uint64_t seed;
	char *property;   /* which property failed; NULL when it passed */
	char *message;    /* one paragraph for a person; may be NULL */
	json_t *expected; /* what the judge said, any JSON; may be NULL */
	json_t *actual;
	json_t *metrics; /* array of {"name","value","unit"}; may be NULL */
	json_t *traces;  /* array of {"title","lines":[...]}; may be NULL */
	json_t *races;   /* array, see sanitizer.h; NULL without a sanitizer */
	json_t *threads; /* array, see boxthreads.h; NULL: not known */
	char *threads_note; /* what that does not show, one line; or NULL */
	bool ran;           /* false: skipped, or no box could be had */
	struct box_result candidate; /* how the candidate's program ended */
	char *output;     /* last of what it printed, valid UTF-8; or NULL */
	char *fault;      /* VERDICT_INCONCLUSIVE: what went wrong, one line */
	bool late;        /* it ended for time, see late.h */
	uint64_t beside_us; /* processor time of judge and second program */
};

void test_run_release(struct test_run *run);

/* One test with all its repetitions. */
struct test_result {
	const struct exercise_test *test;
	enum verdict verdict;    /* the first that is not a pass, else pass */
	unsigned passed;         /* k ... */
	unsigned ran;            /* ... of n */
	double points;           /* of test->points */
	const char *skipped_for; /* VERDICT_SKIPPED: id of the test that did
				    not pass; owned by the exercise */
	struct test_run run;     /* the first that failed, else the last */
	struct retries retries;
	struct late_runs late;
};

/* One variant's build. */
struct build_result {
	const struct exercise_variant *variant;
	bool ok;
	unsigned command;      /* index of the last command that ran */
	struct box_result box; /* of that command */
	json_t *diagnostics;   /* array, see diagnostics.h; never NULL */
	char *output;          /* what the compiler printed that is not a
				   diagnostic, valid UTF-8, bounded; or NULL */
	char *fault;           /* host or harness fault; NULL: none */
	bool kept;             /* not made now, but earlier from the same */
	struct retries retries;
	bool scanned;          /* as build_request.scan asked for */
	char *unsearchable;    /* see scan_preprocessed(); NULL: nothing */
};

void build_result_release(struct build_result *build);

struct result {
	struct submission *submission;   /* owned */
	const struct exercise *exercise; /* NULL when it could not be told */
	struct selection selection;      /* owned */
	enum verdict verdict; /* of the submission: PASS when every test that
				 was run passed, FAIL, BUILD_ERROR, REJECTED or
				 INCONCLUSIVE */
	char *message;        /* why, for REJECTED, BUILD_ERROR, INCONCLUSIVE */
	struct build_result *builds;
	size_t build_count;
	struct test_result *tests; /* those that were to run: public ones, and
				      hidden ones when there is a secret */
	size_t test_count;
	const struct exercise_cap *cap; /* the lowest that applied, or NULL */
	bool with_hidden;
	struct box_hello isolation; /* of the candidate's box */
	uint64_t started_ms;        /* since the epoch, UTC */
	uint64_t wall_ms;           /* from intake to report */
	struct machine_moment began, ended; /* the machine, then */
	int boxes_cpu; /* to which the boxes keep, not what runs in them; -1:
			  not known */
};

void result_free(struct result *result);

/* Points, as result_score() adds them up. */
struct score {
	double points;         /* after caps; verdict and measured together */
	double maximum;        /* of the tests that were to run */
	double verdict_points; /* the reproducible part, after caps */
	double verdict_maximum;
	double measured_points; /* tests with ->measured */
	double measured_maximum;
	double undecided; /* points of inconclusive tests and of those
				   skipped for them, charged to nobody:
				   neither earned nor lost */
	/* The reproducible part again: without tests with ->measured. */
	enum verdict verdict;
	const struct exercise_cap *verdict_cap; /* or NULL */
};

void result_score(const struct result *result, struct score *ret);

/**
 * Settle result->verdict, test points and the cap from the tests, once all of
 * them have ended. To be called for every result, also one whose verdict is
 * set already for the whole submission (REJECTED, BUILD_ERROR, INCONCLUSIVE):
 * that stays, and its tests are laid out as skipped, so that every report of
 * an exercise has the same maximum.
 */
void result_settle(struct result *result);

#endif
