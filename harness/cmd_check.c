/*
 * cmd_check.c - "assay check": a candidate's own look at the verdict
 *
 * The same intake, boxes, judge and seeds as "assay grade" uses for the public
 * tests; only the output differs.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <assay/judge.h>

#include "command.h"
#include "command_folder.h"
#include "commands.h"

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

static bool has_test(const struct result *result, const char *id)
{
	size_t i;

	for (i = 0; i < result->test_count; i++)
		if (strcmp(result->tests[i].test->id, id) == 0)
			return true;
	return false;
}

static int show(struct command_folder *check, const struct result *result)
{
	const char *only = check->job.only_test;

	if (only && result->test_count == 0 && result->exercise &&
	    result->verdict != VERDICT_REJECTED)
		return command_usage("check", "%s has no public test '%s'",
				     result->exercise->id, only);
	if (only && result->test_count > 0 && !has_test(result, only))
		return command_usage("check", "%s has no public test '%s'",
				     result->exercise->id, only);
	return command_folder_print(check, result);
}

int cmd_check(int argc, char **argv)
{
	struct command_folder check = {
		.name = "check",
		.next_step = true,
		.show = show,
	};
	struct job_options *job = &check.job;
	int option, status;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 't':
			job->only_test = optarg;
			break;
		case 's':
			job->seed_given = true;
			if (!command_number(optarg, 0, ASSAY_SEED_MAX,
					    &job->seed))
				return command_usage("check",
						     "--seed: bad value '%s'",
						     optarg);
			break;
		case 'e':
			job->exercise_id = optarg;
			break;
		case 'l':
			job->language = optarg;
			break;
		case 'r':
			job->need_level = true;
			if (!command_level(optarg, &job->level))
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
	status = command_folder_read(&check,
				     optind < argc ? argv[optind] : ".");
	return status ? status : command_folder_judge(&check);
}
