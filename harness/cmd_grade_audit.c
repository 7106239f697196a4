/*
 * cmd_grade_audit.c - "assay grade" at its end: some are graded once more
 *
 * When all else is over and on the disk, so that the journal has what there is
 * to pick from. What comes of it is a line in the journal and nothing else.
 */
#include "cmd_grade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "command.h"
#include "report.h"
#include "report_place.h"
#include "text.h"

/* Of all shards together, as the list of submissions is. */
static size_t wanted(const struct grade *grade)
{
	size_t all = grade->audit_given ? grade->audit
					: grade->total / AUDIT_SHARE;

	if (all > grade->total)
		all = grade->total;
	return shard_count(&grade->shard, all);
}

static void begin(struct grade *grade)
{
	struct error err = { 0 };

	grade->auditing = true;
	if (audit_pick(grade->out, &grade->plan, wanted(grade), &grade->picks,
		       &err) < 0)
		grade_worst(grade, command_fault("grade", "%s", err.text));
	if (grade->picks.count == 0 || grade->quiet)
		return;
	grade_clear_line(grade);
	(void)fprintf(stderr, "assay grade: grading %zu a second time\n",
		      grade->picks.count);
}

/* False: not what was graded before. */
static bool take(struct grade *grade, const struct audit_pick *pick,
		 struct submission **ret)
{
	struct error err = { 0 };

	if (submission_read(pick->path, ret, &err) < 0) {
		grade_worst(grade, command_input("grade", err.code,
						 "graded twice: %s", err.text));
		return false;
	}
	if (strcmp((*ret)->content, pick->content) != 0) {
		submission_free(*ret);
		grade_worst(
			grade,
			command_usage("grade",
				      "%s: has changed since it was graded; "
				      "--resume grades it again",
				      pick->path));
		return false;
	}
	free((*ret)->id);
	(*ret)->id = text_format("%s", pick->id);
	return true;
}

int grade_audit_next(struct grade *grade, struct submission **ret)
{
	if (wanted(grade) == 0)
		return 0;
	if (!grade->auditing) {
		if (grade->in_flight > 0 || !writer_is_idle(grade->writer))
			return BATCH_LATER;
		begin(grade);
	}
	while (grade->audited < grade->picks.count && !grade->stop) {
		if (writer_is_full(grade->writer))
			return BATCH_LATER;
		if (!take(grade, &grade->picks.items[grade->audited++], ret))
			continue;
		grade->in_flight++;
		return 1;
	}
	return 0;
}

void grade_audit_done(struct grade *grade, const struct result *result)
{
	const char *id = result->submission->id;
	AUTO_FREE char *path = report_place(grade->out, id);
	json_auto_t *first = json_load_file(path, 0, NULL);
	json_auto_t *again = report_new(result, grade->environment);

	if (first)
		writer_put(grade->writer, NULL, NULL,
			   audit_line(id, first, again), NULL);
	else
		grade_worst(grade,
			    command_fault("grade",
					  "%s: is not there any more, or "
					  "damaged",
					  path));
}
