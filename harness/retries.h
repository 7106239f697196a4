/*
 * retries.h - what was thrown away for faults of the host, and why
 */
#ifndef ASSAY_RETRIES_H
#define ASSAY_RETRIES_H

#include <jansson.h>

#define RETRIES_REASONS_MAX 6 /* that are kept; the first ones */

/* All zero is none. */
struct retries {
	unsigned count;
	char *reasons[RETRIES_REASONS_MAX];
};

/** Note one more, for @why: one line, copied. */
void retries_note(struct retries *retries, const char *why);
void retries_release(struct retries *retries);

/** The reasons that are kept, a new array of strings. */
json_t *retries_reasons(const struct retries *retries);

#endif
