/*
 * testrun_boxes.c - what the boxes of a test run are given, see testrun.h
 *
 * A program gets its channel and its history, the judge the other ends of
 * these, and what a judge of its kind needs besides. A dialogue is started by
 * the keeper, which the channel is for, and talks over two pipes.
 */
#include "testrun_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "build.h"

/* A judge may outlive its candidate by this, to explain what it saw. */
#define JUDGE_EXTRA_US 10000000u
#define JUDGE_MEMORY_BYTES (512ull << 20)
#define JUDGE_LOG_BYTES (64u * 1024)
#define KEEPER "keeper" /* in /work */

enum second testrun_second(const struct exercise_test *test)
{
	if (exercise_is_explored(test->variant))
		return AGAIN;
	return test->baseline ? REFERENCE : NOBODY;
}

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

static bool wire_dialogue(const struct testrun *run, struct wiring *wiring)
{
	if (!run->request.variant->dialogue)
		return true;
	return pipe2(wiring->input, O_CLOEXEC) == 0 &&
	       pipe2(wiring->output, O_CLOEXEC) == 0 &&
	       pipe2(wiring->second_input, O_CLOEXEC) == 0 &&
	       pipe2(wiring->second_output, O_CLOEXEC) == 0;
}

bool testrun_wire(struct testrun *run, struct wiring *wiring)
{
	const struct exercise_test *test = run->request.test;
	const int kind = SOCK_SEQPACKET | SOCK_CLOEXEC;

	memset(wiring, -1, sizeof *wiring);
	run->output_fd = memfd_create("output", MFD_CLOEXEC);
	run->judge_log_fd = memfd_create("judge-log", MFD_CLOEXEC);
	run->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	wiring->history = make_history(test);
	wiring->second_history = make_history(test);
	return run->output_fd >= 0 && run->judge_log_fd >= 0 &&
	       run->null_fd >= 0 && wiring->history >= 0 &&
	       wiring->second_history >= 0 &&
	       socketpair(AF_UNIX, kind, 0, wiring->channel) == 0 &&
	       socketpair(AF_UNIX, kind, 0, wiring->second_channel) == 0 &&
	       pipe2(wiring->verdict, O_CLOEXEC) == 0 &&
	       pipe2(wiring->events, O_CLOEXEC) == 0 &&
	       wire_dialogue(run, wiring);
}

void testrun_unwire(struct wiring *wiring)
{
	int *fds = (int *)wiring;
	size_t i;

	for (i = 0; i < sizeof *wiring / sizeof *fds; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

static struct box_limits limits_of(const struct testrun *run)
{
	struct box_limits limits = run->request.test->limits;

	if (run->request.time_us)
		limits.cpu_us = limits.wall_us = run->request.time_us;
	return limits;
}

static enum box_profile profile_of(const struct exercise_variant *variant)
{
	if (exercise_is_explored(variant->name))
		return BOX_PROFILE_EXPLORE;
	return variant->dialogue ? BOX_PROFILE_DIALOGUE : BOX_PROFILE_RUN;
}

void testrun_start_program(struct testrun *run, enum member member, int program,
			   const struct program_ends *ends, int printed,
			   box_done_cb done)
{
	const struct exercise_variant *variant = run->request.variant;
	const struct box_limits limits = limits_of(run);
	struct part *part = &run->parts[member];
	struct boxspec spec;
	char **env;

	boxspec_init(&spec, profile_of(variant), &limits);
	spec.run.keeper = variant->dialogue;
	if (variant->dialogue)
		boxspec_arg(&spec, "/work/" KEEPER);
	boxspec_args(&spec, variant->run);
	build_environment(&spec);
	for (env = variant->env; env && *env; env++)
		boxspec_env(&spec, *env);
	boxspec_cwd(&spec, "/work");
	boxspec_file(&spec, variant->program, program, true);
	if (variant->dialogue) {
		boxspec_file(&spec, KEEPER,
			     run->request.exercise->keeper.files[0].fd, true);
		boxspec_fd(&spec, ends->input, BOX_CHILD_DIRECT);
		boxspec_fd(&spec, ends->output, BOX_CHILD_DIRECT);
	} else {
		boxspec_fd(&spec, run->null_fd, BOX_CHILD_DIRECT);
		boxspec_fd(&spec, printed, BOX_CHILD_CAPTURE);
	}
	boxspec_fd(&spec, printed, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, ends->channel, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, ends->history, BOX_CHILD_DIRECT);
	part->running = true;
	box_client_run(part->client, &spec, done, part);
}

/* What places in the candidate's code are called. Nothing of it is to run
 * here. */
static void show_submission(struct testrun *run, struct boxspec *spec)
{
	const struct fileset *files = run->request.submission;
	char path[BOX_PATH_MAX];
	size_t i;

	boxspec_file(spec, "candidate", run->request.program, false);
	for (i = 0; i < files->count; i++) {
		(void)snprintf(path, sizeof path, "submission/%s",
			       files->files[i].path);
		boxspec_file(spec, path, files->files[i].fd, false);
	}
}

/* Descriptors from ASSAY_JUDGE_BASELINE_CHANNEL_FD on. */
static void give_judge_more(const struct testrun *run,
			    const struct wiring *wiring, bool second,
			    struct boxspec *spec)
{
	const bool dialogue = run->request.variant->dialogue;

	if (second) {
		boxspec_fd(spec, wiring->second_channel[0], BOX_CHILD_DIRECT);
		boxspec_fd(spec, wiring->second_history, BOX_CHILD_DIRECT);
	} else if (dialogue) { /* for the numbers of those behind */
		boxspec_fd(spec, run->null_fd, BOX_CHILD_DIRECT);
		boxspec_fd(spec, run->null_fd, BOX_CHILD_DIRECT);
	}
	if (!dialogue)
		return;
	boxspec_fd(spec, wiring->input[1], BOX_CHILD_DIRECT);
	boxspec_fd(spec, wiring->output[0], BOX_CHILD_DIRECT);
	if (!second)
		return;
	boxspec_fd(spec, wiring->second_input[1], BOX_CHILD_DIRECT);
	boxspec_fd(spec, wiring->second_output[0], BOX_CHILD_DIRECT);
}

void testrun_start_judge(struct testrun *run, const struct wiring *wiring,
			 box_done_cb done)
{
	const enum second second = testrun_second(run->request.test);
	struct box_limits limits = limits_of(run);
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
	if (second == AGAIN)
		show_submission(run, &spec);
	boxspec_fd(&spec, wiring->events[0], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, run->judge_log_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, run->judge_log_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, wiring->verdict[1], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, wiring->channel[0], BOX_CHILD_DIRECT);
	boxspec_fd(&spec, wiring->history, BOX_CHILD_DIRECT);
	give_judge_more(run, wiring, second != NOBODY, &spec);
	part->running = true;
	box_client_run(part->client, &spec, done, part);
}
