/*
 * testrun_parts.h - between the files of a test run
 *
 * testrun.c follows a run from its start to its verdict; testrun_boxes.c says
 * what is in its boxes.
 */
#ifndef ASSAY_TESTRUN_PARTS_H
#define ASSAY_TESTRUN_PARTS_H

#include <uv.h>

#include "decide.h"
#include "testrun.h"
#include "verdict_lines.h"

enum member { CANDIDATE, JUDGE, SECOND, MEMBERS };

/* Whose program is the second one, with a channel and a history of its own. */
enum second {
	NOBODY,
	REFERENCE, /* beside a test with a baseline; it has to end well */
	AGAIN,     /* the submission once more, for a search to be confirmed in
		      a process that has seen nothing of it; its end is the
		      judge's to make something of */
};

struct part {
	struct testrun *run;
	struct box_client *client;
	bool running;
};

struct testrun {
	uv_loop_t *loop;
	struct testrun_request request;
	testrun_done_cb done;
	void *data;
	struct part parts[MEMBERS];
	struct decide_input seen;
	struct verdict_lines lines;
	bool lines_over; /* end of file on the verdict pipe */
	bool probing;
	bool inspecting;
	int output_fd;    /* memfd: the candidate's output */
	int judge_log_fd; /* memfd */
	int null_fd;
	uv_pipe_t verdict; /* from the judge */
	uv_pipe_t events;  /* to the judge */
	uv_timer_t grace;
	int open_handles;
	bool closing;
	char buffer[16 * 1024];
	struct test_run result;
};

/* One end of everything that two processes share, until they have it. */
struct wiring {
	int channel[2]; /* judge, driver */
	int second_channel[2];
	int history, second_history;
	int verdict[2]; /* read by us, written by the judge */
	int events[2];  /* read by the judge, written by us */
	/* of a dialogue, read by whom the name says it is for */
	int input[2], output[2];
	int second_input[2], second_output[2];
};

/* What a program gets of that. */
struct program_ends {
	int input, output; /* of a dialogue, else -1 */
	int channel, history;
};

/** Who runs beside the candidate in @test. */
enum second testrun_second(const struct exercise_test *test);

/** Make all of that; false: something could not be had. */
bool testrun_wire(struct testrun *run, struct wiring *wiring);
void testrun_unwire(struct wiring *wiring);

/** Start @program as @member; what it prints goes to @printed. */
void testrun_start_program(struct testrun *run, enum member member, int program,
			   const struct program_ends *ends, int printed,
			   box_done_cb done);
void testrun_start_judge(struct testrun *run, const struct wiring *wiring,
			 box_done_cb done);

#endif
