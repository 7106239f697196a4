/*
 * cmd_grade_replay.c - "assay grade --replay": does a report's verdict hold?
 *
 * Nothing is written: what comes of it is a line and an exit status. A report
 * that is not what the grader wrote, or a submission that is not what it is of,
 * would prove nothing either way, and is refused before anything runs.
 */
#include "cmd_grade.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "attest.h"
#include "changes.h"
#include "changes_parts.h"
#include "command.h"
#include "command_folder.h"
#include "command_key.h"
#include "replay.h"
#include "report.h"
#include "report_member.h"
#include "report_parts.h"
#include "text.h"

struct replaying {
	const struct grade *grade;
	const char *path; /* of the report */
	struct replay replay;
	struct attest attest;
	struct command_folder folder;
};

/* ---- what is to be graded ---- */

static int refuse(const struct replaying *replaying, const char *why)
{
	return command_usage("grade", "--replay: %s: %s", replaying->path, why);
}

static int load_report(struct replaying *replaying)
{
	unsigned char public[KEY_PUBLIC_BYTES];
	struct replay *replay = &replaying->replay;
	struct error err = { 0 };
	int status = command_key_public("grade", "--replay",
					replaying->grade->public_key, public);

	if (status)
		return status;
	if (replay_find(replay, replaying->path, &err) < 0 ||
	    attest_report(replaying->path, public, replay_digest(replay),
			  &replaying->attest, &err) < 0)
		return command_input("grade", err.code, "--replay: %s",
				     err.text);
	if (!replaying->attest.fine)
		return command_usage("grade", "--replay: %s",
				     replaying->attest.line);
	replay->report = replaying->attest.report;
	if (json_integer_value(json_object_get(
		    replay->report, "report_version")) != REPORT_VERSION)
		return refuse(replaying, "no report that this assay can read");
	return 0;
}

/* The same hidden tests, or the same none. */
static int take_secret(struct replaying *replaying)
{
	const struct replay *replay = &replaying->replay;
	const char *was = replay_secret(replay);
	char now[65];

	if (!replay_with_hidden(replay)) {
		replaying->folder.job.secret = NULL;
		return 0;
	}
	if (!replaying->folder.job.secret)
		return refuse(replaying, "was graded with --hidden; give the "
					 "same file");
	seed_secret_digest(replaying->folder.job.secret, now);
	if (was && strcmp(was, now) != 0)
		return refuse(replaying, "was graded by another --hidden than "
					 "this one");
	return 0;
}

static int read_submission(struct replaying *replaying, const char *path)
{
	const char *was = replay_path(&replaying->replay);
	AUTO_FREE char *difference = NULL;
	struct submission *submission;
	int status;

	if (!path && !was)
		return refuse(replaying,
			      "no journal beside it says where the submission "
			      "is: name it behind the report");
	if (!path && access(was, R_OK) < 0)
		return command_input("grade", errno,
				     "--replay: %s: %s: name the submission "
				     "behind the report",
				     was, strerror(errno));
	status = command_folder_read(&replaying->folder, path ? path : was);
	if (status)
		return status;
	submission = replaying->folder.submission;
	difference = replay_difference(&replaying->replay, submission);
	if (difference) {
		AUTO_FREE char *line = text_line(difference);

		return command_usage("grade",
				     "--replay: %s is not what was graded: %s",
				     path ? path : was, line);
	}
	free(submission->id);
	submission->id = text_format(
		"%s", report_string(json_object_get(replaying->replay.report,
						    "submission"),
				    "id"));
	return 0;
}

/* ---- what came of it ---- */

/* What differs although the verdict does not. */
static void say_causes(const json_t *entry)
{
	const json_t *cause;
	size_t i;

	json_array_foreach (json_object_get(entry, "causes"), i, cause) {
		AUTO_FREE char *detail = text_line(
			report_string(cause, "detail"));

		if (!report_is(cause, "cause", "measured"))
			(void)fprintf(stderr,
				      "assay grade: by another %s: %s\n",
				      report_string(cause, "cause"), detail);
	}
}

static void tell(const struct replaying *replaying, const json_t *entry,
		 bool same)
{
	const char *before = report_string(json_object_get(entry, "before"),
					   "verdict_digest");
	const char *after = report_string(json_object_get(entry, "after"),
					  "verdict_digest");

	if (replaying->grade->json) {
		(void)json_dumpf(entry, stdout,
				 JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		(void)putchar('\n');
		return;
	}
	if (same) {
		(void)printf("same verdict: %s\n", after);
		if (!replaying->grade->quiet)
			say_causes(entry);
		return;
	}
	(void)printf("another verdict: %s, was %s\n", after, before);
	changes_print_entry(entry, stdout, command_colour(STDOUT_FILENO));
}

/* Then it says nothing about the verdict. */
static bool has_failed(const struct result *result)
{
	bool failed = result->verdict == VERDICT_INCONCLUSIVE;
	size_t i;

	for (i = 0; i < result->test_count; i++)
		failed = failed ||
			 result->tests[i].verdict == VERDICT_INCONCLUSIVE;
	return failed;
}

static int say_fault(const json_t *entry)
{
	const json_t *cause = changes_find(json_object_get(entry, "causes"),
					   "cause", "fault");
	AUTO_FREE char *detail = text_line(report_string(cause, "detail"));

	return command_fault("grade",
			     "--replay: this host failed, so nothing can be "
			     "said of the verdict: %s",
			     detail);
}

static int show(struct command_folder *folder, const struct result *result)
{
	struct replaying *replaying = folder->data;
	const json_t *before = replaying->replay.report;
	json_auto_t *environment = report_environment();
	json_auto_t *after = report_new(result, environment);
	json_auto_t *entry = changes_entry(before, after);
	bool same = same_at((struct sides){ before, after }, "verdict_digest");

	report_set(entry, "same", json_boolean(same));
	report_set(entry, "verdict_tests", changes_verdict(before, after));
	if (!same && has_failed(result))
		return say_fault(entry);
	tell(replaying, entry, same);
	return same ? COMMAND_DONE : COMMAND_NOT_PASSED;
}

/* ---- all of it ---- */

static int replay(struct replaying *replaying, const char *submission)
{
	struct job_options *job = &replaying->folder.job;
	int status = load_report(replaying);

	if (!status)
		status = take_secret(replaying);
	if (!status)
		status = read_submission(replaying, submission);
	if (status)
		return status;
	job->exercise_id = replay_exercise(&replaying->replay);
	job->language = replay_language(&replaying->replay);
	return command_folder_judge(&replaying->folder);
}

/* Options of a batch have no meaning here; silently is no way to say so. */
static const char *stray(const struct grade *grade)
{
	const struct job_options *job = &grade->batch.job;
	const struct {
		bool given;
		const char *name;
	} all[] = {
		{ grade->out != NULL, "--out" },
		{ grade->resume, "--resume" },
		{ grade->from != NULL, "--from" },
		{ job->exercise_id != NULL, "--exercise" },
		{ job->language != NULL, "--lang" },
		{ grade->shard_text != NULL, "--shard" },
		{ grade->old != NULL, "--regrade" },
		{ grade->audit_given, "--audit" },
	};
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].given)
			return all[i].name;
	return NULL;
}

int grade_replay(const struct grade *grade, char *const *paths)
{
	struct replaying replaying = {
		.grade = grade,
		.path = grade->replay,
		.folder = { .name = "grade",
			    .job = grade->batch.job,
			    .show = show },
	};
	const char *option = stray(grade);
	int status;

	if (option)
		return command_usage("grade", "--replay goes without %s",
				     option);
	if (paths[0] && paths[1])
		return command_usage("grade",
				     "--replay is of one submission, not also "
				     "'%s'",
				     paths[1]);
	replaying.folder.data = &replaying;
	status = replay(&replaying, paths[0]);
	submission_free(replaying.folder.submission);
	attest_release(&replaying.attest);
	replay_release(&replaying.replay);
	return status;
}
