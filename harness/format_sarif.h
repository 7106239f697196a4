/*
 * format_sarif.h - the pieces that format_sarif.c puts together
 */
#ifndef ASSAY_FORMAT_SARIF_H
#define ASSAY_FORMAT_SARIF_H

#include <jansson.h>

/* What paths of a candidate's files are relative to. */
#define SARIF_BASE "SUBMISSION"

json_t *sarif_message(const char *text);

/**
 * format_sarif_flow.c: an artifactLocation for @path; NULL for a path that is
 * not within what was handed in.
 */
json_t *sarif_artifact(const char *path);

/**
 * A location: @path with @line and @column (0: not known), @function and
 * @message (NULL or "": none). A path that is not the candidate's is left out;
 * NULL when nothing is left.
 */
json_t *sarif_location(const char *path, double line, double column,
		       const char *function, const char *message);

/** Append to a threadFlow's @steps; @order (-1: none) is over all threads. */
void sarif_add_step(json_t *steps, json_t *location, long order);
/** Append a threadFlow to @threads; @steps are given up. */
void sarif_add_thread(json_t *threads, const char *id, json_t *steps);
/** A codeFlow of @threads, which are given up; NULL when there are none. */
json_t *sarif_flow_new(json_t *threads, const char *message);

/** format_sarif_schedule.c: NULL when @trace is no schedule. */
json_t *sarif_flow_of_schedule(const json_t *view, const json_t *trace);

/** The codeFlows of a sanitizer's report; NULL when it has no stacks. */
json_t *sarif_flow_of_stacks(const json_t *race);

/**
 * The codeFlows of a test: where each thread was, and the schedules that show
 * the failure, step by step. NULL when there are neither.
 */
json_t *sarif_flows_of_test(const json_t *view, const json_t *test);

/** The innermost place in the candidate's files that is to blame, or NULL. */
json_t *sarif_place_of_test(const json_t *test);

#endif
