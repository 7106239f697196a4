/*
 * schedule.h - a schedule that the explorer found, as the text of a file
 *
 * Judges write it as a trace called ASSAY_JUDGE_SCHEDULE and take it as their
 * parameter "replay"; the supervisor in exercises/kit/ says what each line
 * means. Here it is looked at as far as it takes to know whether a file is one,
 * which scenario it is of, and how long it is.
 */
#ifndef ASSAY_SCHEDULE_H
#define ASSAY_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/error.h>
#include <assay/scenario.h>

/* What a judge writes, and can be told as a parameter. */
#define SCHEDULE_BYTES_MAX (160u * 1024)

struct schedule {
	char *text; /* NUL-terminated */
	char scenario[SCENARIO_NAME_MAX];
	uint64_t steps; /* operations of all its threads together */
};

/** Fine with zeroes. */
void schedule_release(struct schedule *schedule);

/**
 * Take @text, @size bytes, in. *ret is the caller's. -EINVAL with the line that
 * is wrong.
 */
int schedule_parse(const char *text, size_t size, struct schedule *ret,
		   struct error *err);

/** The same of the file @path. Other errors are those of reading it. */
int schedule_read(const char *path, struct schedule *ret, struct error *err);

/**
 * The one among @traces, an array as a run has them. -ENOENT: none; -EINVAL as
 * schedule_parse().
 */
int schedule_find(const json_t *traces, struct schedule *ret,
		  struct error *err);

/** Whether @name may be a scenario's: letters, digits, dots, dashes and
 * underscores, and no dot at its start. */
bool schedule_name_ok(const char *name);

#endif
