/*
 * standalone.h - one schedule of a trace, for a debugger
 */
#ifndef EXPLORE_STANDALONE_H
#define EXPLORE_STANDALONE_H

#include <stdbool.h>

#include <assay/scenario.h>

#pragma GCC visibility push(hidden)

/**
 * Read the trace that the arguments name into the runtime; a line on standard
 * error says what is wrong with them.
 */
bool standalone_read(int argc, char **argv);

/** Run it and print how it ended. The exit status: 0, 1 if it failed, 2. */
int standalone_run(const struct scenario *scenario);

#pragma GCC visibility pop

#endif
