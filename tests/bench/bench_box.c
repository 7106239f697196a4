/*
 * bench_box.c - what one run in the box costs
 *
 * The same static program that does nothing, started in turn by posix_spawn,
 * by a box, and by bubblewrap, waited for each time, on a machine that does
 * other things as well: so medians of many, interleaved, and differences to
 * posix_spawn of the same sitting. In four settings: free to move between CPUs
 * or all on one, and back to back or with a pause, because a machine that was
 * idle for a moment is slower and a loop hides that.
 *
 * A box gets ready for its next run while nobody waits, so a last measurement
 * asks for one run right after the other with nothing in between, which leaves
 * it no such time: what a run costs a CPU that does nothing else.
 *
 * "bench_box OUT.json" prints a table and writes the numbers. The two bars
 * are those of the project: at most 0.5 ms over posix_spawn, and at most an
 * eighth of what bubblewrap adds.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "bench.h"

#define RUNS 500
#define PAUSED_RUNS 60
#define WARM_UP 20
#define PAUSE_MS 100
#define BAR_OVER_SPAWN_MS 0.5
#define BAR_TIMES_LESS_THAN_BWRAP 8.0

extern char **environ;

enum way { SPAWN, BOX, BWRAP, WAYS };

static const char *const way_names[WAYS] = { "posix_spawn", "assay box",
					     "bwrap --unshare-all" };

struct setting {
	const char *name;
	bool pinned;
	unsigned pause_ms;
	unsigned runs;
};

static const struct setting settings[] = {
	{ "one CPU, back to back", true, 0, RUNS },
	{ "any CPU, back to back", false, 0, RUNS },
	{ "one CPU, 100 ms apart", true, PAUSE_MS, PAUSED_RUNS },
	{ "any CPU, 100 ms apart", false, PAUSE_MS, PAUSED_RUNS },
};

static struct numbers sustained; /* box runs with nothing in between */

static char *noop;

/* ---- the three ways ---- */

static void spawn_and_wait(char *const *argv)
{
	int status;
	pid_t pid;

	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (errno)
		give_up(argv[0]);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		give_up(argv[0]);
}

static void run_spawn(int box)
{
	char *argv[] = { noop, NULL };

	(void)box;
	spawn_and_wait(argv);
}

static void run_bwrap(int box)
{
	const char *const words[] = {
		"bwrap", "--unshare-all", "--die-with-parent", "--ro-bind",
		"/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs",
		"/tmp", "--ro-bind", noop, "/tmp/noop", "/tmp/noop", NULL,
	};

	(void)box;
	/* posix_spawn's prototype is older than const */
	spawn_and_wait((char *const *)(uintptr_t)words);
}

static void run_box(int box)
{
	static const struct box_limits limits = {
		.cpu_us = 1000000,
		.wall_us = 1000000,
		.memory_bytes = 64 << 20,
		.processes = 16,
		.open_files = 64,
		.file_bytes = 16 << 20,
		.output_bytes = 1 << 20,
		.stack_bytes = 8 << 20,
	};
	static int null = -1;
	struct boxspec spec;
	struct box_result result;

	if (null < 0)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	boxspec_init(&spec, BOX_PROFILE_RUN, &limits);
	boxspec_arg(&spec, "/bench/program");
	boxspec_cwd(&spec, "/work");
	boxspec_fd(&spec, null, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, null, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, null, BOX_CHILD_CAPTURE);
	run_in_box(box, &spec, &result);
	if (result.outcome != BOX_EXITED || result.exit_status != 0)
		give_up("a run in the box");
}

static void (*const ways[WAYS])(int box) = { run_spawn, run_box, run_bwrap };

/* ---- measuring ---- */

static void pause_for(unsigned ms)
{
	struct timespec time = { .tv_nsec = (long)ms * 1000000 };

	if (ms)
		(void)nanosleep(&time, NULL);
}

static void pin(bool pinned, const cpu_set_t *all)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	(void)sched_setaffinity(0, sizeof one, pinned ? &one : all);
}

static struct numbers measure_sustained(int box)
{
	static double samples[RUNS];
	double start;
	unsigned i;

	for (i = 0; i < RUNS; i++) {
		start = now_ms();
		run_box(box);
		samples[i] = now_ms() - start;
	}
	return summarize(samples, RUNS);
}

static void measure(const struct setting *setting, struct numbers *numbers,
		    struct box_hello *hello)
{
	double *samples[WAYS], start;
	cpu_set_t all;
	unsigned i;
	int box, way;
	pid_t pid;

	(void)sched_getaffinity(0, sizeof all, &all);
	pin(setting->pinned, &all);
	pid = start_box(noop, &box, hello);
	for (way = 0; way < WAYS; way++) {
		samples[way] = calloc(setting->runs, sizeof(double));
		CHECK(samples[way]);
		for (i = 0; i < WARM_UP; i++)
			ways[way](box);
	}
	for (i = 0; i < setting->runs; i++)
		for (way = 0; way < WAYS; way++) {
			pause_for(setting->pause_ms);
			start = now_ms();
			ways[way](box);
			samples[way][i] = now_ms() - start;
		}
	for (way = 0; way < WAYS; way++) {
		numbers[way] = summarize(samples[way], setting->runs);
		free(samples[way]);
	}
	if (setting->pinned && !setting->pause_ms)
		sustained = measure_sustained(box);
	stop_box(pid, box);
	pin(false, &all);
}

/* ---- telling ---- */

static json_t *way_json(const struct numbers *numbers, int way)
{
	double over = numbers[way].median - numbers[SPAWN].median;

	return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f}", "way",
			 way_names[way], "median_ms", numbers[way].median,
			 "p99_ms", numbers[way].p99, "min_ms",
			 numbers[way].min, "over_spawn_ms", over,
			 "times_spawn",
			 numbers[way].median / numbers[SPAWN].median);
}

static json_t *tell(const struct setting *setting,
		    const struct numbers *numbers)
{
	double over_box = numbers[BOX].median - numbers[SPAWN].median;
	double over_bwrap = numbers[BWRAP].median - numbers[SPAWN].median;
	double ratio = over_bwrap / over_box;
	json_t *list = json_array();
	bool within, less;
	int way;

	(void)printf("%s, %u runs of each, interleaved\n", setting->name,
		     setting->runs);
	(void)printf("  %-20s %9s %9s %9s %9s\n", "", "median ms", "over",
		     "min", "p99");
	for (way = 0; way < WAYS; way++) {
		(void)printf("  %-20s %9.3f %+9.3f %9.3f %9.3f\n",
			     way_names[way], numbers[way].median,
			     numbers[way].median - numbers[SPAWN].median,
			     numbers[way].min, numbers[way].p99);
		(void)json_array_append_new(list, way_json(numbers, way));
	}
	(void)printf("  over posix_spawn: bwrap's is %.1f times the box's\n",
		     ratio);
	within = bar("the box over posix_spawn, ms", over_box, "<",
		     BAR_OVER_SPAWN_MS);
	less = bar("what bwrap adds, in times of that", ratio, ">=",
		   BAR_TIMES_LESS_THAN_BWRAP);
	(void)printf("\n");
	return json_pack("{s:s, s:b, s:i, s:i, s:f, s:b, s:b, s:o}",
			 "setting", setting->name, "pinned",
			 (int)setting->pinned, "pause_ms",
			 (int)setting->pause_ms, "runs", (int)setting->runs,
			 "bwrap_over_to_box_over", ratio, "bar_over_spawn",
			 (int)within, "bar_bwrap", (int)less, "ways", list);
}

int main(int argc, char **argv)
{
	static struct numbers numbers[WAYS];
	static struct box_hello hello;
	json_t *list = json_array(), *document;
	size_t i;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: ASSAY_BUILD=DIR bench_box "
				      "OUT.json\n");
		return 2;
	}
	noop = built("tests/bench/noop");
	for (i = 0; i < sizeof settings / sizeof *settings; i++) {
		measure(&settings[i], numbers, &hello);
		(void)json_array_append_new(list, tell(&settings[i], numbers));
	}
	(void)printf("box runs with nothing in between, one CPU: median %.3f "
		     "ms, p99 %.3f\n",
		     sustained.median, sustained.p99);
	document = json_pack("{s:s, s:s, s:f, s:o}", "benchmark",
			     "one run of a static program that does nothing",
			     "isolation", box_level_name(hello.level),
			     "sustained_box_ms", sustained.median, "settings",
			     list);
	if (json_dump_file(document, argv[1],
			   JSON_INDENT(2) | JSON_REAL_PRECISION(6)) < 0)
		give_up(argv[1]);
	(void)printf("isolation level %s; numbers in %s\n",
		     box_level_name(hello.level), argv[1]);
	json_decref(document);
	free(noop);
	bars_close();
	return 0;
}
