/*
 * testrun.c - see testrun.h
 *
 * Happy path: the candidate's program and the judge start in a box each,
 * joined by a socket pair and a piece of shared memory. The judge asks and
 * watches, writes its verdict, and ends; the candidate sees the channel close
 * and ends as well. When every box has answered, testrun_decide() weighs what
 * the judge said against how the candidate ended.
 *
 *   start() -> [ candidate | judge | baseline, in any order ] -> decided
 *
 * Failure modes: the judge decides while the candidate hangs (it is given
 * GRACE_MS, then killed); the candidate hits a limit first (the judge is told,
 * and has until its own limit to say what it saw); a box dies or cannot start
 * (the others are killed and the run is a fault of the host).
 */
#include "testrun.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "build.h"
#include "decide.h"
#include "boxthreads.h"
#include "text.h"
#include "verdict_lines.h"

/* For exit handlers, sanitizer reports and a busy machine. After a fail as
 * well: a program that crashed may not be dead yet when the judge has seen its
 * channel close, and must not be taken for one that we ended. */
#define GRACE_MS 2000u
/* A judge may outlive its candidate by this, to explain what it saw. */
#define JUDGE_EXTRA_US 10000000u
#define JUDGE_MEMORY_BYTES (512ull << 20)
#define JUDGE_LOG_BYTES (64u * 1024)

enum member { CANDIDATE, JUDGE, BASELINE, MEMBERS };

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
	json_t *params = test->params ? json_incref(test->params)
				      : json_object();

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

static void next_probe(struct testrun *run)
{
	if (run->probing || run->lines.probes == 0 || run->closing)
		return;
	run->probing = true;
	box_client_probe(run->parts[CANDIDATE].client, probed_cb, run);
}

static void probed_cb(void *data, const struct box_probed *probed)
{
	static const struct box_probed none;
	struct testrun *run = data;
	const struct box_probed *now = probed ? probed : &none;

	run->probing = false;
	if (run->lines.probes > 0)
		run->lines.probes--;
	if (!run->parts[JUDGE].running)
		return;
	send_event(run, json_pack("{s:s, s:I, s:i, s:i, s:b}", "type", "probe",
				  "cpu_us", (json_int_t)now->cpu_us, "threads",
				  (int)now->threads, "running",
				  (int)now->running, "alive", probed != NULL));
	next_probe(run);
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
	next_probe(run);
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
	kill_part(run, BASELINE);
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
	kill_part(run, BASELINE);
	check_over(run);
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
		kill_part(run, BASELINE);
	} else {
		run->seen.judge = *result;
		(void)uv_timer_start(&run->grace, grace_over_cb, GRACE_MS, 0);
	}
	check_over(run);
}

static void baseline_done_cb(void *data, const struct box_result *result,
			     const struct box_files *files, const char *fault)
{
	struct part *part = data;
	struct testrun *run = part->run;

	(void)files;
	part->running = false;
	if (fault ||
	    (result->outcome != BOX_EXITED && result->outcome != BOX_KILLED)) {
		note_fault(run, fault ? fault
				      : "the reference solution did not end "
					"as it should");
		kill_part(run, JUDGE);
	}
	check_over(run);
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

/* One end of everything that two processes share, until they have it. */
struct wiring {
	int channel[2]; /* judge, driver */
	int baseline_channel[2];
	int history, baseline_history;
	int verdict[2]; /* read by us, written by the judge */
	int events[2];  /* read by the judge, written by us */
};

static int make_history(const struct exercise_test *test)
{
	AUTO_CLOSE int fd = memfd_create("history",
					 MFD_CLOEXEC | MFD_ALLOW_SEALING);
	uint64_t bytes = test->history_bytes ? test->history_bytes : 4096;

	/* its size is fixed, or the judge's mapping could be cut short */
	if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
		    0)
		return -1;
	return TAKE_FD(fd);
}

static bool make_wiring(struct testrun *run, struct wiring *wiring)
{
	const struct exercise_test *test = run->request.test;
	const int kind = SOCK_SEQPACKET | SOCK_CLOEXEC;

	memset(wiring, -1, sizeof *wiring);
	run->output_fd = memfd_create("output", MFD_CLOEXEC);
	run->judge_log_fd = memfd_create("judge-log", MFD_CLOEXEC);
	run->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	wiring->history = make_history(test);
	wiring->baseline_history = make_history(test);
	return run->output_fd >= 0 && run->judge_log_fd >= 0 &&
	       run->null_fd >= 0 && wiring->history >= 0 &&
	       wiring->baseline_history >= 0 &&
	       socketpair(AF_UNIX, kind, 0, wiring->channel) == 0 &&
	       socketpair(AF_UNIX, kind, 0, wiring->baseline_channel) == 0 &&
	       pipe2(wiring->verdict, O_CLOEXEC) == 0 &&
	       pipe2(wiring->events, O_CLOEXEC) == 0;
}

static void close_wiring(struct wiring *wiring)
{
	int *fds = (int *)wiring;
	size_t i;

	for (i = 0; i < sizeof *wiring / sizeof *fds; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

static void start_program(struct testrun *run, enum member member, int program,
			  int channel, int history, int output,
			  box_done_cb done)
{
	const struct exercise_variant *variant = run->request.variant;
	struct part *part = &run->parts[member];
	struct boxspec spec;
	char **env;

	boxspec_init(&spec, BOX_PROFILE_RUN, &run->request.test->limits);
	boxspec_args(&spec, variant->run);
	build_environment(&spec);
	for (env = variant->env; env && *env; env++)
		boxspec_env(&spec, *env);
	boxspec_cwd(&spec, "/work");
	boxspec_file(&spec, "program", program, true);
	boxspec_fd(&spec, run->null_fd, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, output, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, output, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, channel, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, history, BOX_CHILD_DIRECT);
	part->running = true;
	box_client_run(part->client, &spec, done, part);
}

static void start_judge(struct testrun *run, const struct wiring *wiring)
{
	struct box_limits limits = run->request.test->limits;
	struct part *part = &run->parts[JUDGE];
	struct boxspec spec;

	limits.wall_us += JUDGE_EXTRA_US;
	limits.cpu_us += JUDGE_EXTRA_US;
	limits.output_bytes = JUDGE_LOG_BYTES;
	if (limits.memory_bytes < JUDGE_MEMORY_BYTES)
		limits.memory_bytes = JUDGE_MEMORY_BYTES;
	boxspec_init(&spec, BOX_PROFILE_JUDGE, &limits);
	boxspec_args(&spec, run->request.exercise->judge_run);
	build_environment(&spec);
	boxspec_cwd(&spec, "/work");
	boxspec_file(&spec, "judge", run->request.judge, true);
	boxspec_fd(&spec, wiring->events[0], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, run->judge_log_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, run->judge_log_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, wiring->verdict[1], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, wiring->channel[0], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, wiring->history, BOX_CHILD_DIRECT);
	if (run->request.test->baseline) {
		boxspec_fd(&spec, wiring->baseline_channel[0],
			   BOX_CHILD_DIRECT);
		boxspec_fd(&spec, wiring->baseline_history, BOX_CHILD_DIRECT);
	}
	part->running = true;
	box_client_run(part->client, &spec, judge_done_cb, part);
}

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

/* The box keeps copies of what it was given only until it has sent them. */
static void start_parts(struct testrun *run, struct wiring *wiring)
{
	send_params(run);
	start_judge(run, wiring);
	close(TAKE_FD(wiring->verdict[1]));
	if (run->request.test->baseline)
		start_program(run, BASELINE, run->request.baseline,
			      wiring->baseline_channel[1],
			      wiring->baseline_history, run->judge_log_fd,
			      baseline_done_cb);
	start_program(run, CANDIDATE, run->request.program, wiring->channel[1],
		      wiring->history, run->output_fd, candidate_done_cb);
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
	run->parts[BASELINE].client = boxes->baseline;
	for (i = 0; i < MEMBERS; i++)
		run->parts[i].run = run;
	verdict_lines_init(&run->lines);
	wired = make_wiring(run, &wiring);
	open_handles(run, &wiring);
	if (wired) {
		start_parts(run, &wiring);
	} else {
		note_fault(run, "no pipes or memory for a test: too many "
				"open files?");
		run->lines_over = true;
	}
	close_wiring(&wiring);
	check_over(run);
}
