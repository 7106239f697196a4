/*
 * bench.h - what benchmarks of the box share: a box of their own, and numbers
 *
 * What cannot be done ends the program with status 3 and a line that says so.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <sys/types.h>

#include <assay/box.h>

#include "boxspec.h"

struct numbers {
	double median, p99, min;
};

__attribute__((noreturn)) void give_up(const char *what);

/** Milliseconds of CLOCK_MONOTONIC. */
double now_ms(void);

/** Sorts @samples. */
struct numbers summarize(double *samples, unsigned count);

/** "BUILD/@name" of the build folder in ASSAY_BUILD; free() it. */
char *built(const char *name);

/**
 * Start an assay-sandbox that shows @program as /bench/program. Returns its
 * process and, in @socket_fd, the way to it.
 */
pid_t start_box(const char *program, int *socket_fd, struct box_hello *hello);
/** Ends it and waits for that. */
void stop_box(pid_t pid, int socket_fd);

/**
 * A figure that the project set itself, met or not. A benchmark's status says
 * nothing of it: the machine may be busy with other things.
 */
bool bar(const char *what, double value, const char *compared, double limit);
/** The closing line, "N passed, N failed": how many were met. */
void bars_close(void);

/** The result of the run under way. */
void receive_result(int socket_fd, struct box_result *ret);

/** One run of @spec, which is released, from request to result. */
void run_in_box(int socket_fd, struct boxspec *spec, struct box_result *ret);

#endif
