/*
 * verdict_lines.h - what a judge writes on its verdict descriptor
 *
 * The protocol is in assay/judge.h. A judge is trusted, but it talks to
 * hostile programs all day: whatever arrives here is bounded and checked.
 */
#ifndef ASSAY_VERDICT_LINES_H
#define ASSAY_VERDICT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/error.h>
#include <assay/judge.h>

/* All lines of a run together; what is kept of them goes into the report. */
#define VERDICT_LINES_BYTES_MAX (4u << 20)
/* How deep a judge's "expected" and "actual" may be nested. */
#define VERDICT_LINES_DEPTH_MAX 64

/* What a judge asks of the candidate's box, where the order matters. */
enum verdict_request {
	VERDICT_REQUEST_PROBE,
	VERDICT_REQUEST_HOLD_SYNCS,
	VERDICT_REQUEST_RELEASE_SYNCS,
};

struct verdict_lines {
	char *buffer; /* the unfinished line */
	size_t used, room; /* bytes of it in use, and in all */
	size_t bytes; /* of all lines so far */
	unsigned lines;
	bool broken;     /* -EPROTO was returned: nothing more is taken in */
	json_t *metrics; /* array */
	json_t *traces;  /* array */
	json_t *verdict; /* object, "score" always in it; NULL until it came */
	unsigned inspections; /* asked for and not yet answered */
	uint8_t requests[ASSAY_JUDGE_LINES_MAX]; /* enum verdict_request */
	unsigned request_count;
	unsigned requests_done; /* the first ones; the reader's to count */
};

void verdict_lines_init(struct verdict_lines *lines);
void verdict_lines_release(struct verdict_lines *lines);

/**
 * Take in bytes as they come. -EPROTO, once and for all, for a line that is
 * not of the protocol, a second verdict, a line after it, or a bound passed;
 * @err says which.
 */
int verdict_lines_feed(struct verdict_lines *lines, const char *bytes,
		       size_t size, struct error *err);

/** At end of file: -EPROTO when no verdict came or a line is unfinished. */
int verdict_lines_finish(struct verdict_lines *lines, struct error *err);

#endif
