/*
 * explorer_trace.h - a schedule as text, to be kept and replayed
 *
 *	explorer-trace 1
 *	scenario one-each
 *	seed 7001
 *	flags races,stale
 *	steps-max 20000
 *	strategy pos
 *	outcome race
 *	program 9f86d081...         or "-": not known
 *	result 00c0ffee00c0ffee
 *	segments 3
 *	0 12
 *	1 3
 *	2 0 timeout
 *	choices 1
 *	1 2 1
 *	end
 *
 * A segment is a thread, its number of operations, and "timeout" or "woken"
 * where that is what happens; a choice is a thread, its how-manieth operation,
 * and the way that it went. How the schedule was found does not matter for a
 * replay. There is exactly one text for each trace, and no other is taken, so
 * that whoever edits one by hand learns where it went wrong.
 */
#ifndef ASSAY_KIT_EXPLORER_TRACE_H
#define ASSAY_KIT_EXPLORER_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/error.h>
#include <assay/explore.h>

#include "explorer_run.h"

#define EXPLORER_TRACE_FORMAT 1
#define EXPLORER_TRACE_LINE_MAX 160
#define EXPLORER_TRACE_PROGRAM_MAX 65 /* a digest in hexadecimal, and NUL */
/* Longest text: all segments and choices there can be. */
#define EXPLORER_TRACE_TEXT_MAX (512 * 1024)

/* The flags that are part of a trace. */
#define EXPLORER_TRACE_FLAGS \
	(EXPLORE_RACES | EXPLORE_STALE | EXPLORE_SPURIOUS | EXPLORE_EARLY)

struct explorer_trace {
	char scenario[SCENARIO_NAME_MAX];
	uint32_t flags; /* of EXPLORER_TRACE_FLAGS */
	uint32_t steps_max;
	uint32_t strategy;
	uint32_t outcome;
	char program[EXPLORER_TRACE_PROGRAM_MAX]; /* "": not known */
	uint64_t result;
	struct explorer_steps steps; /* with the seed */
	void *memory; /* of the steps, if they are the trace's own */
};

/**
 * The trace of @run, whose steps it borrows. @program may be "". Names must
 * consist of what a name of a trace may: see explorer_trace_parse().
 */
struct explorer_trace explorer_trace_of(const struct explorer_run *run,
					const char *scenario, uint32_t flags,
					uint32_t steps_max,
					const char *program);

/** The text, ended by a newline and NUL; the caller's. NULL: no memory. */
char *explorer_trace_text(const struct explorer_trace *trace);

/**
 * Take @text in. A scenario's name is of letters, digits, dots, dashes and
 * underscores. *ret is the caller's, for explorer_trace_release(). 0, -EINVAL
 * with the line that is wrong in @err, or -ENOMEM.
 */
int explorer_trace_parse(const char *text, struct explorer_trace *ret,
			 struct error *err);

void explorer_trace_release(struct explorer_trace *trace);

/** What stands behind a segment with @flags: "", " timeout" or " woken". */
const char *explorer_segment_word(uint32_t flags);

/**
 * "races,stale" to flags and back; "none" is no flag. false: not a list of
 * flags that a trace can have. @text has room for EXPLORER_TRACE_LINE_MAX.
 */
bool explorer_flags_parse(const char *text, uint32_t *ret);
void explorer_flags_text(uint32_t flags,
			 char text[static EXPLORER_TRACE_LINE_MAX]);

#endif
