/*
 * explorer_fixture.h - entries of the explorer's shared memory, by hand
 */
#ifndef ASSAY_TESTS_EXPLORER_FIXTURE_H
#define ASSAY_TESTS_EXPLORER_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include <assay/explore.h>

#include "explorer_run.h"

/* What an entry is made of; NULL and 0 for what it has none of. */
struct explorer_parts {
	struct explore_entry entry; /* counts and bytes are filled in */
	const struct explore_finding *finding;
	const struct explore_segment *segments;
	const struct explore_choice *choices;
	const struct explore_call *calls;
	const struct explore_event *events;
	uint32_t segment_count, choice_count, call_count, event_count;
};

/** The bytes of it, *size of them; free() them. */
void *explorer_bytes(const struct explorer_parts *parts, size_t *size);

/** The same, parsed; asserts that this works. */
struct explorer_run explorer_made(const struct explorer_parts *parts);

/** An entry of two threads with something of everything. */
struct explorer_parts explorer_full(void);

#endif
