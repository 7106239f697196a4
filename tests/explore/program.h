/*
 * program.h - a program that is linked with the explorer, started to be
 * searched, and what came of it
 *
 * For run_program: a supervisor without a box. What cannot be done ends the
 * process with status 3 and a sentence.
 */
#ifndef ASSAY_TESTS_EXPLORE_PROGRAM_H
#define ASSAY_TESTS_EXPLORE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "explorer.h"

struct options {
	const char *program;
	const char *scenario;
	const char *replay;
	const char *save;
	uint64_t budget;
	uint64_t seed;
	uint32_t strategy;
	uint32_t flags;
	uint32_t steps_max;
	bool check_replay, story, json, output;
};

/* The program, running. */
struct program {
	pid_t pid;
	int channel;
	int memory;
	struct explorer explorer;
};

/* What came out. */
struct outcome {
	struct explorer_run run; /* the failing one, or of the replay */
	bool failed;
	uint64_t schedules, steps, classes, histories, unable;
	uint32_t threads;
	double ms;
	/* of outcome_check_replay() */
	bool same, fresh; /* it happens again, here and in another process */
	unsigned attempts;
	uint32_t minimal_preemptions, minimal_segments;
	struct explorer_run minimal;
};

__attribute__((format(printf, 1, 2), noreturn)) void cannot(const char *format,
							    ...);

/** Start it, at fixed addresses, without output unless options->output. */
void program_start(const struct options *options, struct program *ret);

/** End it, and return how it ended, as waitpid() has it. */
int program_stop(struct program *program);

/** End it and say what kept it from answering. */
__attribute__((noreturn)) void program_lost(struct program *program,
					    const struct error *err);

/** Search until it fails, or options->budget is used up. */
void outcome_search(const struct options *options, struct program *program,
		    struct outcome *outcome);

/** See a failure happen again, in @program and another, and make it small. */
void outcome_check_replay(const struct options *options,
			  struct program *program, struct outcome *outcome);

#endif
