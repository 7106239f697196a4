/*
 * report_parts.h - the pieces that report.c puts together
 */
#ifndef ASSAY_REPORT_PARTS_H
#define ASSAY_REPORT_PARTS_H

#include <jansson.h>

#include <assay/box.h>

#include "result.h"

/** Appends to @array or sets in @object; out of memory aborts. */
void report_append(json_t *array, json_t *value);
void report_set(json_t *object, const char *key, json_t *value);

/** A string, cleaned where it is not UTF-8; null for NULL. */
json_t *report_text(const char *text);
/** @number (>= 0) to 1/1000; whole numbers are integers. */
json_t *report_decimal(double number);
/** Microseconds as milliseconds. */
json_t *report_ms(uint64_t us);
json_t *report_count(uint64_t number);
/** A new reference to @value, or null for NULL. */
json_t *report_value(json_t *value);
/** The same, or an empty array. */
json_t *report_list(json_t *value);

/** report_box.c: what a box says of one run. */
json_t *report_resources(const struct box_result *box);
json_t *report_ended(const struct box_result *box);
json_t *report_limits(const struct box_limits *limits);
json_t *report_isolation(const struct box_hello *hello);
json_t *report_forbidden_syscall(const struct box_result *box);
/** What ended a run:
 * {"mechanism","limit","observed","unit","death_ms","detail"}. */
json_t *report_box_evidence(const struct box_result *box);
json_t *report_evidence(const char *mechanism, const char *detail);

/** report_late.c */
json_t *report_late(const struct late_runs *list);

/** report_tests.c */
json_t *report_tests(const struct result *result);
json_t *report_builds(const struct result *result);

#endif
