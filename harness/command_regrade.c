#include "command_regrade.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "changes.h"
#include "command.h"
#include "report.h"
#include "text.h"

#define GONE_NAMED_MAX 20 /* paths, on a terminal */

static const char *option_of(const struct regrade *regrade, const char *name)
{
	return json_string_value(json_object_get(
		json_object_get(regrade->batch, "options"), name));
}

static int take_options(const struct regrade *regrade, const char *old,
			struct job_options *job)
{
	if (option_of(regrade, "hidden") && !job->secret)
		return command_usage("grade",
				     "--regrade: %s: was graded with --hidden; "
				     "give the same file, or another one",
				     old);
	if (!job->exercise_id)
		job->exercise_id = option_of(regrade, "exercise");
	if (!job->language)
		job->language = option_of(regrade, "language");
	return 0;
}

/* Nothing is left out silently. */
static int name_gone(const struct regrade *regrade, const char *old,
		     const struct plan *plan)
{
	size_t gone = json_array_size(regrade->gone), i;
	const json_t *path;

	if (plan->count == 0 && gone > 0)
		return command_usage(
			"grade",
			"--regrade: %s: none of its %zu "
			"submissions is there any more, the first "
			"was %s: run this where they were graded, "
			"or name them",
			old, gone,
			json_string_value(json_array_get(regrade->gone, 0)));
	if (plan->count == 0)
		return command_usage("grade",
				     "--regrade: %s: has graded "
				     "nothing",
				     old);
	json_array_foreach (regrade->gone, i, path) {
		if (i == GONE_NAMED_MAX) {
			(void)fprintf(stderr,
				      "assay grade: and %zu more; see "
				      "changes.json\n",
				      gone - i);
			break;
		}
		(void)fprintf(stderr,
			      "assay grade: %s is not there any more, and not "
			      "graded again\n",
			      json_string_value(path));
	}
	return 0;
}

int command_regrade_find(struct regrade *regrade, const char *old,
			 const char *out, bool resume, struct job_options *job,
			 struct plan *plan)
{
	struct error err = { 0 };
	int status;

	if (regrade_find(regrade, old, out, resume, &err) < 0)
		return command_input("grade", err.code, "--regrade: %s",
				     err.text);
	status = take_options(regrade, old, job);
	if (status || plan->count > 0)
		return status;
	if (regrade_plan(regrade, plan, &err) < 0)
		return command_input("grade", err.code, "--regrade: %s",
				     err.text);
	return name_gone(regrade, old, plan);
}

int command_regrade_put_aside(struct regrade *regrade, const char *out)
{
	struct error err = { 0 };

	if (regrade_put_aside(regrade, out, &err) < 0)
		return command_input("grade", err.code, "--regrade: %s",
				     err.text);
	return 0;
}

static void print_changes(const struct regrade *regrade, const char *out,
			  const json_t *changes)
{
	const json_t *builds = json_object_get(changes, "builds");

	changes_print(json_object_get(changes, "submissions"), stdout,
		      command_colour(STDOUT_FILENO));
	(void)printf("builds: %lld cached, %lld compiled\n",
		     json_integer_value(json_object_get(builds, "cached")),
		     json_integer_value(json_object_get(builds, "compiled")));
	(void)printf("\nbefore: %s/, now: %s/, changes: %s/" REGRADE_CHANGES
		     "\n",
		     regrade->before, out, out);
}

int command_regrade_tell(const struct regrade *regrade, const struct plan *plan,
			 const char *out, bool json)
{
	json_auto_t *changes = regrade_changes(regrade, plan, out);
	AUTO_FREE char *path = text_format("%s/" REGRADE_CHANGES, out);
	struct error err = { 0 };

	if (report_write(changes, path, &err) < 0)
		return command_fault("grade", "%s", err.text);
	if (json) {
		(void)json_dumpf(changes, stdout,
				 JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		(void)putchar('\n');
	} else {
		print_changes(regrade, out, changes);
	}
	return json_array_size(regrade->gone) > 0 ? COMMAND_USAGE
						  : COMMAND_DONE;
}
