/*
 * explorer_run.h - one schedule as the explorer's runtime wrote it down
 *
 * A struct explore_entry of assay/explore.h with all that it counts, copied
 * out of the shared memory and checked: after explorer_run_parse() every
 * count, every thread's number and every step is within its bounds, texts end
 * and are printable, and a thread's calls are one after the other. Nothing
 * else is known: that it is well formed does not make it true.
 */
#ifndef ASSAY_KIT_EXPLORER_RUN_H
#define ASSAY_KIT_EXPLORER_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/error.h>
#include <assay/explore.h>

/* What decides a schedule: who runs for how long, and the unusual ways that
 * operations went. The seed is where it came from, and decides only what a
 * lenient replay does past its end. */
struct explorer_steps {
	uint64_t seed;
	const struct explore_segment *segments;
	const struct explore_choice *choices;
	uint32_t segment_count;
	uint32_t choice_count;
};

struct explorer_run {
	struct explore_entry entry;
	const struct explore_finding *finding; /* NULL: none */
	struct explorer_steps steps;
	const struct explore_call *calls;   /* entry.calls of them */
	const struct explore_event *events; /* entry.events, by step */
	void *memory;                       /* in which all these lie */
};

/**
 * Copy and check the entry at the beginning of @bytes, of which there are
 * @size. *ret is the caller's, for explorer_run_release(); untouched on
 * failure. The entry ends after ret->entry.bytes. 0, -EBADMSG with what is
 * wrong in @err, or -ENOMEM.
 */
int explorer_run_parse(const void *bytes, size_t size, struct explorer_run *ret,
		       struct error *err);

/** Fine with zeroes. */
void explorer_run_release(struct explorer_run *run);

/** Whether it ended as a schedule of a right program does. */
static inline bool explorer_run_passed(const struct explorer_run *run)
{
	return run->entry.outcome == EXPLORE_PASSED;
}

/** Whether two runs are the same, operation by operation. */
bool explorer_run_same(const struct explorer_run *left,
		       const struct explorer_run *right);

#endif
