/*
 * testrun.c - see testrun.h
 *
 * Happy path: the candidate's program and the judge start in a box each,
 * joined by a socket pair and a piece of shared memory. The judge asks and
 * watches, writes its verdict, and ends; the candidate sees the channel close
 * and ends as well. When every box has answered, testrun_decide() weighs what
 * the judge said against how the candidate ended.
 *
 *   start() -> [ candidate | judge | second, in any order ] -> decided
 *
 * Failure modes: the judge decides while the candidate hangs (it is given
 * GRACE_MS, then killed); the candidate hits a limit first (the judge is told,
 * and has until its own limit to say what it saw); a box dies or cannot start
 * (the others are killed and the run is a fault of the host, but for the box of
 * a second process of the submission: a judge that can do without says so).
 */
#include "testrun_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "boxthreads.h"
#include "text.h"

/* For exit handlers, sanitizer reports and a busy machine. After a fail as
 * well: a program that crashed may not be dead yet when the judge has seen its
 * channel close, and must not be taken for one that we ended. */
#define GRACE_MS 2000u

static void check_over(struct testrun *run);

static void note_fault(struct testrun *run, const char *fault)
{
	if (!run->seen.fault)
		run->seen.fault = text_format("%s", fault);
}

/* ---- events, to the judge ---- */

struct event {
	uv_write_t write;
	char *text;
};

static void event_written_cb(uv_write_t *write, int status)
{
	struct event *event = write->data;

	(void)status; /* a judge that does not read has its own limit */
	free(event->text);
	free(event);
}

/* Takes @object over and sends it as a line. */
static void send_event(struct testrun *run, json_t *object)
{
	struct event *event = calloc(1, sizeof *event);
	char *text = json_dumps(object, JSON_COMPACT);
	uv_buf_t parts[2];

	ENOUGH(event && text);
	json_decref(object);
	event->text = text;
	event->write.data = event;
	parts[0] = uv_buf_init(text, (unsigned)strlen(text));
	parts[1].len = 1;
	parts[1].base = (char *)(uintptr_t) "\n";
	if (uv_write(&event->write, (uv_stream_t *)&run->events, parts, 2,
		     event_written_cb) < 0)
		event_written_cb(&event->write, UV_EPIPE);
}

static void send_params(struct testrun *run)
{
	const struct exercise_test *test = run->request.test;
	json_t *params = test->params ? json_copy(test->params) : json_object();

	ENOUGH(params);
	if (run->request.params)
		ENOUGH(json_object_update(params, run->request.params) == 0);
	send_event(run,
		   json_pack("{s:s, s:s, s:I, s:I, s:b, s:I, s:o}", "type",
			     "params", "test", test->id, "seed",
			     (json_int_t)run->request.seed, "repetition",
			     (json_int_t)run->request.repetition, "baseline",
			     (int)test->baseline, "history_bytes",
			     (json_int_t)test->history_bytes, "params",
			     params));
}

static void send_ended(struct testrun *run)
{
	const struct box_result *end = &run->seen.candidate;

	send_event(run, json_pack("{s:s, s:s, s:i, s:i, s:I, s:I}", "type",
				  "ended", "outcome",
				  box_outcome_name(end->outcome), "exit_status",
				  end->exit_status, "signal", end->signal,
				  "wall_us", (json_int_t)end->wall_us, "cpu_us",
				  (json_int_t)end->user_us +
					  (json_int_t)end->system_us));
}

/* ---- what the judge asks about the candidate's program ---- */

static void probed_cb(void *data, const struct box_probed *probed);

/* One after the other, as the judge wrote them: what a probe tells is after
 * what was asked before it. */
static void next_request(struct testrun *run)
{
	struct verdict_lines *lines = &run->lines;
	struct box_client *client = run->parts[CANDIDATE].client;

	while (!run->probing && !run->closing &&
	       lines->requests_done < lines->request_count) {
		switch ((enum verdict_request)
				lines->requests[lines->requests_done++]) {
		case VERDICT_REQUEST_PROBE:
			run->probing = true;
			box_client_probe(client, probed_cb, run);
			break;
		case VERDICT_REQUEST_HOLD_SYNCS:
			box_client_hold_syncs(client, true);
			break;
		case VERDICT_REQUEST_RELEASE_SYNCS:
			box_client_hold_syncs(client, false);
			break;
		}
	}
}

static void probed_cb(void *data, const struct box_probed *probed)
{
	static const struct box_probed none;
	struct testrun *run = data;
	const struct box_probed *now = probed ? probed : &none;
	json_t *answer;

	run->probing = false;
	if (!run->parts[JUDGE].running)
		return;
	answer = json_pack("{s:s, s:I, s:i, s:i, s:b}", "type", "probe",
			   "cpu_us", (json_int_t)now->cpu_us, "threads",
			   (int)now->threads, "running", (int)now->running,
			   "alive", probed != NULL);
	if (answer && run->request.variant->dialogue)
		(void)json_object_update_new(
			answer,
			json_pack("{s:I, s:i}", "syncs", (json_int_t)now->syncs,
				  "syncs_held", (int)now->syncs_held));
	send_event(run, answer);
	next_request(run);
}

static void inspected_cb(void *data, const struct box_inspected *inspected);

static void next_inspection(struct testrun *run)
{
	if (run->inspecting || run->lines.inspections == 0 || run->closing)
		return;
	run->inspecting = true;
	box_client_inspect(run->parts[CANDIDATE].client, inspected_cb, run);
}

/* The last look at a living program is the one that counts. */
static void inspected_cb(void *data, const struct box_inspected *inspected)
{
	struct testrun *run = data;
	struct decide_input *seen = &run->seen;

	run->inspecting = false;
	if (run->lines.inspections > 0)
		run->lines.inspections--;
	seen->asleep_for_good = inspected && inspected->for_good == 1;
	if (!run->parts[JUDGE].running)
		return;
	send_event(run, json_pack("{s:s, s:b, s:b}", "type", "threads", "alive",
				  inspected != NULL, "for_good",
				  (int)seen->asleep_for_good));
	next_inspection(run);
}

/* ---- the verdict, from the judge ---- */

static void alloc_cb(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	struct testrun *run = handle->data;

	(void)size;
	*buffer = uv_buf_init(run->buffer, sizeof run->buffer);
}

static void kill_part(struct testrun *run, enum member member)
{
	if (run->parts[member].running)
		box_client_kill(run->parts[member].client);
}

static void lines_ended(struct testrun *run)
{
	struct error err = { 0 };

	run->lines_over = true;
	if (!run->seen.judge_broken &&
	    verdict_lines_finish(&run->lines, &err) < 0)
		run->seen.judge_broken = text_format("%s", err.text);
	check_over(run);
}

static void take_lines(struct testrun *run, const char *bytes, size_t size)
{
	struct error err = { 0 };

	if (run->seen.judge_broken)
		return;
	if (verdict_lines_feed(&run->lines, bytes, size, &err) < 0) {
		run->seen.judge_broken = text_format("%s", err.text);
		kill_part(run, JUDGE);
		return;
	}
	next_request(run);
	next_inspection(run);
}

static void verdict_cb(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct testrun *run = stream->data;

	if (got < 0) {
		(void)uv_read_stop(stream);
		lines_ended(run);
		return;
	}
	take_lines(run, buffer->base, (size_t)got);
}

/* What the judge wrote before now, whenever the loop would come to it: the
 * candidate's end may be the answer to the judge's. */
static bool verdict_is_there(struct testrun *run)
{
	uv_os_fd_t fd;
	ssize_t got;

	if (uv_fileno((uv_handle_t *)&run->verdict, &fd) == 0)
		while ((got = read(fd, run->buffer, sizeof run->buffer)) > 0)
			take_lines(run, run->buffer, (size_t)got);
	return run->lines.verdict != NULL;
}

/* ---- the ends ---- */

static void grace_over_cb(uv_timer_t *timer)
{
	struct testrun *run = timer->data;

	kill_part(run, CANDIDATE);
	kill_part(run, SECOND);
}

static void candidate_done_cb(void *data, const struct box_result *result,
			      const struct box_files *files, const char *fault)
{
	struct part *part = data;
	struct testrun *run = part->run;

	part->running = false;
	if (fault) {
		note_fault(run, fault);
		kill_part(run, JUDGE);
	} else {
		run->seen.candidate = *result;
		run->seen.candidate_ran = true;
		if (files->threads >= 0)
			boxthreads_read(files->threads, &run->seen.threads);
		run->seen.judge_first = verdict_is_there(run);
		if (run->parts[JUDGE].running)
			send_ended(run);
	}
	if (fault || testrun_second(run->request.test) != AGAIN)
		kill_part(run, SECOND);
	check_over(run);
}

static void note_beside(struct testrun *run, const struct box_result *result)
{
	if (result)
		run->result.beside_us += result->user_us + result->system_us;
}

static void judge_done_cb(void *data, const struct box_result *result,
			  const struct box_files *files, const char *fault)
{
	struct part *part = data;
	struct testrun *run = part->run;

	(void)files;
	part->running = false;
	if (fault) {
		note_fault(run, fault);
		kill_part(run, CANDIDATE);
		kill_part(run, SECOND);
	} else {
		run->seen.judge = *result;
		note_beside(run, result);
		(void)uv_timer_start(&run->grace, grace_over_cb, GRACE_MS, 0);
	}
	check_over(run);
}

static void reference_done_cb(void *data, const struct box_result *result,
			      const struct box_files *files, const char *fault)
{
	struct part *part = data;
	struct testrun *run = part->run;

	(void)files;
	part->running = false;
	note_beside(run, result);
	if (fault ||
	    (result->outcome != BOX_EXITED && result->outcome != BOX_KILLED)) {
		note_fault(run, fault ? fault
				      : "the reference solution did not end "
					"as it should");
		kill_part(run, JUDGE);
	}
	check_over(run);
}

/* A judge that still needed it sees its channel close. */
static void again_done_cb(void *data, const struct box_result *result,
			  const struct box_files *files, const char *fault)
{
	struct part *part = data;

	(void)files;
	(void)fault;
	part->running = false;
	note_beside(part->run, result);
	check_over(part->run);
}

/* ---- over ---- */

static void closed_cb(uv_handle_t *handle)
{
	struct testrun *run = handle->data;

	if (--run->open_handles > 0)
		return;
	run->done(run->data, &run->result);
	free(run);
}

/* Everything has ended: decide, and report once the handles are closed. */
static void check_over(struct testrun *run)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++)
		if (run->parts[i].running)
			return;
	if (!run->lines_over || run->closing)
		return;
	run->closing = true;
	run->seen.metrics = run->lines.metrics;
	run->seen.traces = run->lines.traces;
	run->seen.verdict = run->lines.verdict;
	run->seen.output_fd = run->output_fd;
	run->seen.judge_log_fd = run->judge_log_fd;
	run->seen.test = run->request.test;
	run->seen.kept = run->request.variant->dialogue;
	run->seen.hooks_sanitizer = run->request.hooks_sanitizer;
	run->result.seed = run->request.seed;
	decide(&run->seen, &run->result);
	decide_input_release(&run->seen);
	verdict_lines_release(&run->lines);
	(void)close(run->output_fd);
	(void)close(run->judge_log_fd);
	(void)close(run->null_fd);
	uv_close((uv_handle_t *)&run->verdict, closed_cb);
	uv_close((uv_handle_t *)&run->events, closed_cb);
	uv_close((uv_handle_t *)&run->grace, closed_cb);
}

/* ---- starting ---- */

static void open_handles(struct testrun *run, struct wiring *wiring)
{
	(void)uv_pipe_init(run->loop, &run->verdict, 0);
	(void)uv_pipe_init(run->loop, &run->events, 0);
	(void)uv_timer_init(run->loop, &run->grace);
	run->verdict.data = run->events.data = run->grace.data = run;
	run->open_handles = 3;
	if (wiring->verdict[0] < 0 || wiring->events[1] < 0)
		return;
	(void)uv_pipe_open(&run->verdict, TAKE_FD(wiring->verdict[0]));
	(void)uv_pipe_open(&run->events, TAKE_FD(wiring->events[1]));
	(void)uv_read_start((uv_stream_t *)&run->verdict, alloc_cb, verdict_cb);
}

static void start_second(struct testrun *run, const struct wiring *wiring)
{
	const struct testrun_request *request = &run->request;
	const struct program_ends ends = {
		.input = wiring->second_input[0],
		.output = wiring->second_output[1],
		.channel = wiring->second_channel[1],
		.history = wiring->second_history,
	};

	switch (testrun_second(request->test)) {
	case NOBODY:
		break;
	case REFERENCE:
		testrun_start_program(run, SECOND, request->baseline, &ends,
				      run->judge_log_fd, reference_done_cb);
		break;
	case AGAIN:
		testrun_start_program(run, SECOND, request->program, &ends,
				      run->null_fd, again_done_cb);
		break;
	}
}

/* The box keeps copies of what it was given only until it has sent them. */
static void start_parts(struct testrun *run, struct wiring *wiring)
{
	const struct program_ends ends = {
		.input = wiring->input[0],
		.output = wiring->output[1],
		.channel = wiring->channel[1],
		.history = wiring->history,
	};

	send_params(run);
	testrun_start_judge(run, wiring, judge_done_cb);
	close(TAKE_FD(wiring->verdict[1]));
	start_second(run, wiring);
	testrun_start_program(run, CANDIDATE, run->request.program, &ends,
			      run->output_fd, candidate_done_cb);
}

void testrun_start(uv_loop_t *loop, const struct testrun_boxes *boxes,
		   const struct testrun_request *request, testrun_done_cb done,
		   void *data)
{
	struct testrun *run = calloc(1, sizeof *run);
	struct wiring wiring;
	bool wired;
	size_t i;

	ENOUGH(run);
	run->loop = loop;
	run->request = *request;
	run->done = done;
	run->data = data;
	run->parts[CANDIDATE].client = boxes->candidate;
	run->parts[JUDGE].client = boxes->judge;
	run->parts[SECOND].client = boxes->second;
	for (i = 0; i < MEMBERS; i++)
		run->parts[i].run = run;
	verdict_lines_init(&run->lines);
	wired = testrun_wire(run, &wiring);
	open_handles(run, &wiring);
	if (wired) {
		start_parts(run, &wiring);
	} else {
		note_fault(run, "no pipes or memory for a test: too many "
				"open files?");
		run->lines_over = true;
	}
	testrun_unwire(&wiring);
	check_over(run);
}
