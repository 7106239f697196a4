/*
 * cmd_check.c - "assay check": a candidate's own look at the verdict
 *
 * The same intake, boxes, judge and seeds as "assay grade" uses for the public
 * tests; only the output differs.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/judge.h>

#include "batch.h"
#include "command.h"
#include "commands.h"
#include "explain.h"
#include "home.h"
#include "report.h"

static const char help[] =
	"usage: assay check [OPTIONS] [DIR]\n"
	"\n"
	"Build the workspace DIR (default: this folder) and run its public\n"
	"tests in the same boxes that a grader uses; explain what fails.\n"
	"\n"
	"      --test ID      only this test, and the ones it depends on\n"
	"      --seed N       this seed for every test, to replay a failure\n"
	"      --exercise ID  of a folder that \"assay start\" did not make\n"
	"      --lang L       the same\n"
	"      --require full|limited|minimal\n"
	"                     refuse to run below this isolation\n"
	"      --debug        show output and measurements of every test\n"
	"      --json         print the report instead\n"
	"      --help\n"
	"\n"
	"Exit status: 0 all passed; 1 not all passed; 2 wrong usage or input;\n"
	"3 the harness or this host failed.\n"
	"\n"
	"example: assay check --test timeouts --seed 42\n";

static const struct option long_options[] = {
	{ "test", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 's' },
	{ "exercise", required_argument, NULL, 'e' },
	{ "lang", required_argument, NULL, 'l' },
	{ "require", required_argument, NULL, 'r' },
	{ "debug", no_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct check {
	struct submission *submission; /* until the batch takes it */
	const struct job_options *options;
	bool debug, json;
	int status;
};

static int next_cb(void *data, struct submission **ret)
{
	struct check *check = data;

	*ret = check->submission;
	check->submission = NULL;
	return *ret != NULL;
}

static bool has_test(const struct result *result, const char *id)
{
	size_t i;

	for (i = 0; i < result->test_count; i++)
		if (strcmp(result->tests[i].test->id, id) == 0)
			return true;
	return false;
}

static int show(const struct check *check, const struct result *result)
{
	json_auto_t *environment = report_environment();
	json_auto_t *report = report_new(result, environment);
	const char *only = check->options->only_test;

	if (only && result->test_count == 0 && result->exercise &&
	    result->verdict != VERDICT_REJECTED)
		return command_usage("check", "%s has no public test '%s'",
				     result->exercise->id, only);
	if (only && result->test_count > 0 && !has_test(result, only))
		return command_usage("check", "%s has no public test '%s'",
				     result->exercise->id, only);
	if (check->json) {
		(void)json_dumpf(report, stdout, JSON_INDENT(2));
		(void)printf("\n");
	} else {
		explain_report(report, stdout, command_colour(STDOUT_FILENO),
			       check->debug);
	}
	if (result->verdict == VERDICT_INCONCLUSIVE)
		return COMMAND_FAULT;
	return result->verdict == VERDICT_PASS ? COMMAND_DONE
					       : COMMAND_NOT_PASSED;
}

static void progress_cb(void *data, const char *what, const char *name)
{
	(void)data;
	(void)fprintf(stderr, "\r\033[K%s %s ...", what, name);
}

static void end_progress(const struct job_options *job)
{
	if (job->progress)
		(void)fputs("\r\033[K", stderr);
}

static void done_cb(void *data, struct result *result, const struct error *err)
{
	struct check *check = data;

	end_progress(check->options);
	if (!result) {
		check->status =
			command_status_of(err->code) == COMMAND_USAGE
				? command_usage("check", "%s", err->text)
				: command_fault("check", "%s", err->text);
		return;
	}
	check->status = show(check, result);
	result_free(result);
}

static int run(struct check *check, struct job_options *job, const char *dir)
{
	struct batch_options batch = {
		.slots = 1,
		.next = next_cb,
		.done = done_cb,
		.data = check,
	};
	struct error err = { 0 };

	job->exercises = home_exercises();
	job->sandbox = home_sandbox();
	if (!job->exercises)
		return command_fault("check", "no exercises are installed; "
					      "set ASSAY_EXERCISES");
	if (submission_read(dir, &check->submission, &err) < 0)
		return command_input("check", err.code, "%s", err.text);
	if (isatty(STDERR_FILENO))
		job->progress = progress_cb;
	batch.job = *job;
	check->options = job;
	batch_run(&batch);
	return check->status;
}

int cmd_check(int argc, char **argv)
{
	struct job_options job = { 0 };
	struct check check = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 't':
			job.only_test = optarg;
			break;
		case 's':
			job.seed_given = true;
			if (!command_number(optarg, 0, ASSAY_SEED_MAX,
					    &job.seed))
				return command_usage("check",
						     "--seed: bad value '%s'",
						     optarg);
			break;
		case 'e':
			job.exercise_id = optarg;
			break;
		case 'l':
			job.language = optarg;
			break;
		case 'r':
			job.need_level = true;
			if (!command_level(optarg, &job.level))
				return command_usage("check",
						     "--require: bad value "
						     "'%s'",
						     optarg);
			break;
		case 'd':
			check.debug = true;
			break;
		case 'j':
			check.json = true;
			break;
		case 'h':
			return command_help(help);
		default:
			return command_bad_option("check", argv, option);
		}
	}
	if (argc - optind > 1)
		return command_usage("check", "one folder at most, not '%s'",
				     argv[optind + 1]);
	return run(&check, &job, optind < argc ? argv[optind] : ".");
}
