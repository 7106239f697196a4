/*
 * command_folder.c - see command_folder.h
 */
#include "command_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "batch.h"
#include "command.h"
#include "explain.h"
#include "home.h"
#include "report.h"
#include "report_parts.h"

static int next_cb(void *data, struct submission **ret)
{
	struct command_folder *folder = data;

	*ret = folder->submission;
	folder->submission = NULL;
	return *ret != NULL;
}

static void progress_cb(void *data, const char *what, const char *name)
{
	(void)data;
	(void)fprintf(stderr, "\r\033[K%s %s ...", what, name);
}

static void done_cb(void *data, const char *path, struct result *result,
		    const struct error *err)
{
	struct command_folder *folder = data;

	(void)path;
	if (folder->job.progress)
		(void)fputs("\r\033[K", stderr);
	if (!result) {
		folder->status =
			command_status_of(err->code) == COMMAND_USAGE
				? command_usage(folder->name, "%s", err->text)
				: command_fault(folder->name, "%s", err->text);
		return;
	}
	folder->status = folder->show(folder, result);
	result_free(result);
}

int command_folder_read(struct command_folder *folder, const char *path)
{
	struct error err = { 0 };

	folder->job.exercises = home_exercises();
	folder->job.sandbox = home_sandbox();
	if (!folder->job.exercises)
		return command_fault(folder->name,
				     "no exercises are installed; set "
				     "ASSAY_EXERCISES");
	if (submission_read(path, &folder->submission, &err) < 0)
		return command_input(folder->name, err.code, "%s", err.text);
	return COMMAND_DONE;
}

int command_folder_judge(struct command_folder *folder)
{
	struct batch_options batch = {
		.slots = 1,
		.next = next_cb,
		.done = done_cb,
		.data = folder,
	};

	if (isatty(STDERR_FILENO))
		folder->job.progress = progress_cb;
	batch.job = folder->job;
	batch_run(&batch);
	return folder->status;
}

/* Whose code it is may be asked them one day, by others. */
static void leave_out_questions(json_t *report)
{
	json_t *test;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test)
		report_set(test, "questions", json_array());
}

int command_folder_print(const struct command_folder *folder,
			 const struct result *result)
{
	json_auto_t *environment = report_environment();
	json_auto_t *report = report_new(result, environment);

	leave_out_questions(report);
	if (folder->json) {
		(void)json_dumpf(report, stdout, JSON_INDENT(2));
		(void)printf("\n");
	} else {
		unsigned columns = command_columns(STDOUT_FILENO);

		explain_report(report, stdout, columns,
			       command_colour(STDOUT_FILENO), folder->debug);
		if (folder->next_step)
			explain_next_step(report, stdout, columns);
	}
	if (result->verdict == VERDICT_INCONCLUSIVE)
		return COMMAND_FAULT;
	return result->verdict == VERDICT_PASS ? COMMAND_DONE
					       : COMMAND_NOT_PASSED;
}
