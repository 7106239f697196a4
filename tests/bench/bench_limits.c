/*
 * bench_limits.c - what limits and the filter cost
 *
 * Two questions. How long does the last process live once a limit is passed?
 * A program that goes past one limit in a grandchild, beside sleeping ones,
 * says in shared memory when it last did something; a pipe that all of its
 * processes hold open ends when the last one is dead.
 *
 *   wall     from the limit, counted from the first line of main(), so what
 *            exec takes (a fraction of a millisecond) is not in it
 *   cpu      processor time used beyond the limit, by one process that spins
 *   memory   from the last page asked for before memory ran out
 *   output   from the write that was too much
 *
 * And what does a system call cost that the filter lets through? The same
 * program, started plainly and in a box, in turn.
 *
 * "bench_limits OUT.json" prints tables and writes the numbers.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "bench.h"

#define RUNS 200
#define CALL_RUNS 15
#define CALL_KINDS 3
#define SHARED_BYTES 4096
#define AIM_MS 5.0

extern char **environ;

static const struct box_limits usual = {
	.cpu_us = 10000000,
	.wall_us = 10000000,
	.memory_bytes = 256 << 20,
	.processes = 16,
	.open_files = 64,
	.file_bytes = 16 << 20,
	.output_bytes = 1 << 20,
	.stack_bytes = 8 << 20,
};

struct subject {
	const char *name;
	uint32_t outcome;
	struct box_limits limits;
};

static void *shared;
static int shared_fd, null_fd;

static void make_shared(void)
{
	shared_fd = memfd_create("shared", MFD_CLOEXEC);
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (shared_fd < 0 || null_fd < 0 ||
	    ftruncate(shared_fd, SHARED_BYTES) < 0)
		give_up("memfd");
	shared = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		      shared_fd, 0);
	if (shared == MAP_FAILED)
		give_up("mmap");
}

/* @pipe_fd may be -1. */
static void fill_spec(struct boxspec *spec, const struct box_limits *limits,
		      const char *argument, int pipe_fd)
{
	boxspec_init(spec, BOX_PROFILE_RUN, limits);
	boxspec_arg(spec, "/bench/program");
	if (argument)
		boxspec_arg(spec, argument);
	boxspec_cwd(spec, "/work");
	boxspec_fd(spec, null_fd, BOX_CHILD_DIRECT);
	boxspec_fd(spec, null_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(spec, null_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(spec, shared_fd, BOX_CHILD_DIRECT);
	if (pipe_fd >= 0)
		boxspec_fd(spec, pipe_fd, BOX_CHILD_DIRECT);
}

/* ---- limits ---- */

/* When the pipe ended; the result is in the socket's buffer then or soon. */
static double wait_for_end(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		continue;
	return now_ms();
}

static double overrun(int box, const struct subject *subject)
{
	struct box_result result;
	struct boxspec spec;
	struct error err = { 0 };
	double stamp, end;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		give_up("pipe");
	fill_spec(&spec, &subject->limits, subject->name, ends[1]);
	(void)close(ends[1]);
	if (boxspec_send(&spec, box, &err) < 0)
		give_up(err.text);
	boxspec_release(&spec);
	end = wait_for_end(ends[0]);
	(void)close(ends[0]);
	receive_result(box, &result);
	if (result.outcome != subject->outcome) {
		(void)fprintf(stderr, "bench: %s ended as %s\n", subject->name,
			      box_outcome_name(result.outcome));
		exit(3);
	}
	stamp = (double)*(uint64_t *)shared / 1e6;
	if (subject->outcome == BOX_CPU_LIMIT)
		return (double)(result.user_us + result.system_us -
				subject->limits.cpu_us) /
		       1e3;
	if (subject->outcome == BOX_WALL_LIMIT)
		stamp += (double)subject->limits.wall_us / 1e3;
	return end - stamp;
}

static json_t *measure_limit(const struct subject *subject, const char *program,
			     struct box_hello *hello)
{
	static double samples[RUNS];
	struct numbers numbers;
	unsigned i;
	int box;
	pid_t pid = start_box(program, &box, hello);

	for (i = 0; i < RUNS; i++)
		samples[i] = overrun(box, subject);
	stop_box(pid, box);
	numbers = summarize(samples, RUNS);
	(void)printf("  %-8s %9.3f %9.3f %9.3f\n", subject->name,
		     numbers.median, numbers.p99, numbers.min);
	return json_pack("{s:s, s:i, s:f, s:f, s:f, s:b, s:b}", "limit",
			 subject->name, "runs", RUNS, "p50_ms", numbers.median,
			 "p99_ms", numbers.p99, "min_ms", numbers.min,
			 "p50_in_time",
			 (int)bar("half of the runs, ms", numbers.median, "<",
				  AIM_MS),
			 "p99_in_time",
			 (int)bar("99 of 100 runs, ms", numbers.p99, "<",
				  AIM_MS));
}

static json_t *measure_limits(struct box_hello *hello)
{
	AUTO_FREE char *program = built("tests/bench/overrun");
	struct subject subjects[] = {
		{ "wall", BOX_WALL_LIMIT, usual },
		{ "cpu", BOX_CPU_LIMIT, usual },
		{ "memory", BOX_MEMORY_LIMIT, usual },
		{ "output", BOX_OUTPUT_LIMIT, usual },
	};
	json_t *list = json_array();
	size_t i;

	subjects[0].limits.wall_us = 30000;
	subjects[1].limits.cpu_us = 30000;
	subjects[2].limits.memory_bytes = 16 << 20;
	subjects[3].limits.output_bytes = 256 << 10;
	(void)printf("from a limit to the death of the last process, %u runs "
		     "each, ms\n  %-8s %9s %9s %9s\n",
		     RUNS, "", "p50", "p99", "min");
	for (i = 0; i < sizeof subjects / sizeof *subjects; i++)
		(void)json_array_append_new(
			list, measure_limit(&subjects[i], program, hello));
	return list;
}

/* ---- calls ---- */

static void run_plainly(char *program)
{
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, shared_fd, 3);
	errno = posix_spawn(&pid, program, &actions, NULL,
			    (char *[]){ program, NULL }, environ);
	if (errno || waitpid(pid, &status, 0) != pid || status != 0)
		give_up(program);
	(void)posix_spawn_file_actions_destroy(&actions);
}

static json_t *measure_calls(void)
{
	static const char *const names[CALL_KINDS] = { "getppid", "read",
						       "futex" };
	static double samples[CALL_KINDS][2][CALL_RUNS];
	AUTO_FREE char *program = built("tests/bench/calls");
	const double *told = shared;
	struct box_result result;
	struct box_hello hello;
	struct boxspec spec;
	json_t *list = json_array();
	int box, i, kind;
	pid_t pid = start_box(program, &box, &hello);

	for (i = 0; i < CALL_RUNS; i++) {
		run_plainly(program);
		for (kind = 0; kind < CALL_KINDS; kind++)
			samples[kind][0][i] = told[kind];
		fill_spec(&spec, &usual, NULL, -1);
		run_in_box(box, &spec, &result);
		if (result.outcome != BOX_EXITED || result.exit_status != 0)
			give_up(program);
		for (kind = 0; kind < CALL_KINDS; kind++)
			samples[kind][1][i] = told[kind];
	}
	stop_box(pid, box);
	(void)printf("\na system call that the filter lets through, ns (median "
		     "of %d)\n  %-8s %9s %9s %9s\n",
		     CALL_RUNS, "", "plain", "in a box", "over");
	for (kind = 0; kind < CALL_KINDS; kind++) {
		double plain = summarize(samples[kind][0], CALL_RUNS).median;
		double boxed = summarize(samples[kind][1], CALL_RUNS).median;

		(void)printf("  %-8s %9.0f %9.0f %+9.0f\n", names[kind], plain,
			     boxed, boxed - plain);
		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:f, s:f, s:f}", "call", names[kind],
				  "plain_ns", plain, "boxed_ns", boxed, "times",
				  boxed / plain));
	}
	return list;
}

int main(int argc, char **argv)
{
	static struct box_hello hello;
	json_t *limits, *document;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: ASSAY_BUILD=DIR bench_limits "
				      "OUT.json\n");
		return 2;
	}
	make_shared();
	limits = measure_limits(&hello);
	document = json_pack("{s:s, s:s, s:o, s:o}", "benchmark",
			     "what limits and the filter cost", "isolation",
			     box_level_name(hello.level), "limits", limits,
			     "calls", measure_calls());
	if (json_dump_file(document, argv[1],
			   JSON_INDENT(2) | JSON_REAL_PRECISION(6)) < 0)
		give_up(argv[1]);
	(void)printf("isolation level %s; numbers in %s\n",
		     box_level_name(hello.level), argv[1]);
	json_decref(document);
	bars_close();
	return 0;
}
