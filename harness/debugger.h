/*
 * debugger.h - gdb on a candidate's program, which no box is around then
 */
#ifndef ASSAY_DEBUGGER_H
#define ASSAY_DEBUGGER_H

#include <stdbool.h>
#include <stdint.h>

#include <assay/error.h>

struct debugger {
	int program;          /* as it was built */
	const char *schedule; /* text to replay in it */
	uint64_t step;        /* to stop before */
	/* Where the sources are that the program was built from. */
	const char *submission;
	const char *judge;
	const char *kit;
};

/** Whether gdb is there to be had. */
bool debugger_is_there(void);

/**
 * Have a person debug it, on the terminal that this process has, with a copy of
 * the program in a folder that goes afterwards. 0 when gdb has ended, -errno
 * when it never began.
 */
int debugger_run(const struct debugger *debugger, struct error *err);

#endif
