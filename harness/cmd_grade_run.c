/*
 * cmd_grade_run.c - "assay grade" at work: from the plan to the journal
 *
 * A submission is taken from the plan, goes through its job, and its report
 * and line go to the writer; only what the writer has on the disk counts as
 * graded and is told. While the writer has too much waiting, no submission is
 * taken. SIGINT and SIGTERM: the first lets what is in flight end, the second
 * ends the process as soon as the group that is being written is whole; boxes
 * end with their harness.
 */
#include "cmd_grade.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "command.h"
#include "level.h"
#include "loop.h"
#include "report.h"
#include "summary.h"
#include "text.h"

#define LINE_COLUMNS 79 /* of a terminal of 80 */

void grade_worst(struct grade *grade, int status)
{
	if (status > grade->status)
		grade->status = status;
}

/* ---- progress ---- */

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static size_t line_columns(void)
{
	unsigned columns = command_columns(STDERR_FILENO);

	return columns < 2 || columns > LINE_COLUMNS ? LINE_COLUMNS
						     : columns - 1;
}

static void draw_line(const struct grade *grade)
{
	AUTO_FREE char *line = NULL;

	if (!grade->terminal || grade->quiet)
		return;
	line = progress_line(&grade->progress, seconds_since(&grade->started),
			     line_columns());
	(void)fprintf(stderr, "\r\033[K%s", line);
}

void grade_clear_line(const struct grade *grade)
{
	if (grade->terminal && !grade->quiet)
		(void)fputs("\r\033[K", stderr);
}

/* ---- onto the disk ---- */

/* A submission whose report is being written. */
struct graded {
	char *id;
	enum verdict verdict;
};

static void drop_cb(void *tag)
{
	struct graded *graded = tag;

	free(graded->id);
	free(graded);
}

static void written_cb(void *data, void *tag)
{
	struct grade *grade = data;
	struct progress *progress = &grade->progress;
	struct graded *graded = tag;

	if (!graded)
		return;
	progress->graded++;
	progress->verdicts[graded->verdict]++;
	if (!grade->quiet && !grade->terminal)
		(void)fprintf(stderr, "%zu/%zu %s: %s\n",
			      progress_done(progress), progress->total,
			      graded->id, verdict_name(graded->verdict));
	draw_line(grade);
	drop_cb(graded);
}

static void failed_cb(void *data, const struct error *err)
{
	struct grade *grade = data;

	grade->stop = true;
	grade_clear_line(grade);
	grade_worst(grade,
		    command_fault("grade",
				  "%s; what was graded before is kept: when "
				  "this is mended, go on with --resume",
				  err->text));
}

/* In the writer's thread, which alone has the sealer while it writes. */
static void seal_cb(void *data, json_t *report, json_t *line)
{
	const struct grade *grade = data;

	sealer_seal(grade->sealer, report, line);
}

static void put_report(struct grade *grade, const struct result *result)
{
	const struct submission *submission = result->submission;
	json_t *report = report_new(result, grade->environment);
	AUTO_FREE char *path = text_format("reports/%s.json", submission->id);
	json_t *line = journal_graded_line(
		submission->path, submission->id, submission->content,
		(double)result->wall_ms / 1000, summary_line(report, path));
	struct graded *graded = calloc(1, sizeof *graded);

	ENOUGH(graded);
	graded->id = text_format("%s", submission->id);
	graded->verdict = result->verdict;
	writer_put(grade->writer, text_format("%s.json", submission->id),
		   report, line, graded);
}

static void could_not(struct grade *grade, const char *path,
		      const struct error *err, int status)
{
	grade->progress.errors++;
	grade_worst(grade, status);
	writer_put(grade->writer, NULL, NULL,
		   journal_error_line(path, err->text), NULL);
	draw_line(grade);
}

/* ---- submissions in, results out ---- */

static int next_cb(void *data, struct submission **ret)
{
	struct grade *grade = data;
	struct error err = { 0 };

	while (grade->next < grade->plan.count && !grade->stop) {
		size_t i = grade->next;
		bool skip = grade->plan.items[i].skip;
		AUTO_FREE char *path = NULL;

		if (!skip && writer_is_full(grade->writer))
			return BATCH_LATER;
		grade->next++;
		if (skip)
			continue;
		path = plan_path(&grade->plan, i);
		if (submission_read(path, ret, &err) == 0) {
			free((*ret)->id);
			(*ret)->id = text_format("%s",
						 plan_id(&grade->plan, i));
			grade->in_flight++;
			return 1;
		}
		grade_clear_line(grade);
		could_not(grade, path, &err,
			  command_input("grade", err.code, "%s", err.text));
	}
	return grade->stop ? 0 : grade_audit_next(grade, ret);
}

/* Nothing degrades silently. */
static void say_level(struct grade *grade, const struct box_hello *hello)
{
	const struct box_layer *missing = level_missing(hello, BOX_LEVEL_FULL);

	if (grade->level_said || !hello->type || hello->error || !missing)
		return;
	grade->level_said = true;
	grade_clear_line(grade);
	(void)fprintf(stderr,
		      "assay grade: isolation is %s, not full: %s is off "
		      "(%s); see \"assay doctor\"\n",
		      box_level_name(hello->level), missing->name,
		      missing->detail);
}

static int tell_error(const struct error *err)
{
	return command_status_of(err->code) == COMMAND_USAGE
		       ? command_usage("grade", "%s", err->text)
		       : command_fault("grade", "%s", err->text);
}

static void done_cb(void *data, const char *path, struct result *result,
		    const struct error *err)
{
	struct grade *grade = data;

	grade->in_flight--;
	if (result) {
		say_level(grade, &result->isolation);
		if (grade->auditing)
			grade_audit_done(grade, result);
		else
			put_report(grade, result);
		result_free(result);
		return;
	}
	grade_clear_line(grade);
	if (grade->auditing)
		grade_worst(grade, tell_error(err));
	else
		could_not(grade, path, err, tell_error(err));
}

/* ---- signals ---- */

static _Noreturn void die(int number)
{
	(void)fflush(NULL);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
	_exit(COMMAND_FAULT); /* it was blocked */
}

static void die_at_once(struct grade *grade)
{
	grade_clear_line(grade);
	(void)fprintf(
		stderr,
		"assay grade: stopped, %zu of %zu graded; the same command "
		"goes on by --resume\n",
		progress_done(&grade->progress) - grade->progress.errors,
		grade->progress.total);
	die(grade->stopped_by);
}

static void signal_cb(uv_signal_t *handle, int number)
{
	struct grade *grade = handle->data;

	grade->stop = true;
	grade_clear_line(grade);
	if (!grade->stopped_by) {
		grade->stopped_by = number;
		(void)fprintf(stderr,
			      "assay grade: %s: finishing the %u in flight; "
			      "once more stops at once\n",
			      number == SIGINT ? "interrupted" : "terminated",
			      grade->in_flight);
		draw_line(grade);
		return;
	}
	/* a third one need not wait for a disk */
	grade->at_once = true;
	(void)signal(number, SIG_DFL);
}

/* Once per turn of the loop, so that what is written is told first. */
static void check_cb(uv_check_t *handle)
{
	struct grade *grade = handle->data;

	if (grade->at_once && !writer_is_writing(grade->writer))
		die_at_once(grade);
}

/* Handles that do not keep the loop alive. */
struct watch {
	uv_signal_t signals[2];
	uv_check_t check;
};

/* Where somebody has it ignored, as nohup(1) does, it stays so. */
static void watch_signal(uv_signal_t *handle, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) == 0 &&
	    action.sa_handler != SIG_IGN)
		CHECK(uv_signal_start(handle, signal_cb, number) == 0);
	uv_unref((uv_handle_t *)handle);
}

static void watch_open(struct watch *watch, struct grade *grade,
		       uv_loop_t *loop)
{
	static const int numbers[] = { SIGINT, SIGTERM };
	size_t i;

	for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		CHECK(uv_signal_init(loop, &watch->signals[i]) == 0);
		watch->signals[i].data = grade;
		watch_signal(&watch->signals[i], numbers[i]);
	}
	CHECK(uv_check_init(loop, &watch->check) == 0);
	watch->check.data = grade;
	CHECK(uv_check_start(&watch->check, check_cb) == 0);
	uv_unref((uv_handle_t *)&watch->check);
}

static void watch_close(struct watch *watch)
{
	uv_close((uv_handle_t *)&watch->signals[0], NULL);
	uv_close((uv_handle_t *)&watch->signals[1], NULL);
	uv_close((uv_handle_t *)&watch->check, NULL);
}

/* ---- all of it ---- */

static void run_batch(struct grade *grade, uv_loop_t *loop)
{
	struct watch watch;

	watch_open(&watch, grade, loop);
	(void)clock_gettime(CLOCK_MONOTONIC, &grade->started);
	draw_line(grade);
	grade->batch.loop = loop;
	grade->batch.next = next_cb;
	grade->batch.done = done_cb;
	grade->batch.data = grade;
	batch_run(&grade->batch);
	while (!writer_is_idle(grade->writer))
		(void)uv_run(loop, UV_RUN_ONCE);
	watch_close(&watch);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	if (grade->terminal && !grade->quiet)
		(void)fputc('\n', stderr);
}

static void end_journal(struct grade *grade)
{
	uint64_t graded = grade->progress.before + grade->progress.graded;
	struct error err = { 0 };

	if (!grade->stop &&
	    journal_add(grade->journal, journal_end_line(graded), &err) < 0)
		failed_cb(grade, &err);
}

void grade_run(struct grade *grade)
{
	AUTO_FREE char *reports = text_format("%s/reports", grade->out);
	struct error err = { 0 };
	uv_loop_t loop;
	struct writer_options options = { .loop = &loop,
					  .journal = grade->journal,
					  .reports = reports,
					  .done = written_cb,
					  .failed = failed_cb,
					  .drop = drop_cb,
					  .seal = seal_cb,
					  .data = grade };

	loop_open(&loop);
	loop_use_threads(&loop);
	if (writer_new(&options, &grade->writer, &err) == 0) {
		grade->environment = report_environment();
		run_batch(grade, &loop);
		json_decref(grade->environment);
		end_journal(grade);
	} else {
		grade_worst(grade, command_fault("grade", "%s", err.text));
	}
	CHECK(uv_loop_close(&loop) == 0);
	writer_free(grade->writer);
	audit_picks_release(&grade->picks);
}
