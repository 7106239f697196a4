/*
 * cmd_explore.c - "assay explore": search the schedules of a scenario
 *
 * Runs tests of variant "explore" as "assay check" does, with what the options
 * say instead of some of their parameters. A schedule that fails is kept as a
 * file, which is replayed by the same way, and in a debugger by another.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "command.h"
#include "command_folder.h"
#include "commands.h"
#include "debugger.h"
#include "report_file.h"
#include "report_member.h"
#include "scenarios.h"
#include "schedule.h"
#include "text.h"

#define BUDGET_MAX 1000000000u
/* For a budget that is not the test's own: as good as none. */
#define TIME_MS 86400000

static const char help[] =
	"usage: assay explore [OPTIONS] DIR\n"
	"\n"
	"Search for a schedule of the threads of DIR, a workspace, that goes\n"
	"wrong: in the scenarios of its exercise, in a box. One that is found\n"
	"is explained and kept as NAME.trace.\n"
	"\n"
	"      --scenario NAME  only this one\n"
	"      --list           print which there are, search nothing\n"
	"      --budget N       so many schedules, instead of the exercise's\n"
	"      --seed N         other schedules\n"
	"      --replay TRACE   only the schedule that is in this file\n"
	"      --gdb            stop in that schedule, or in the one found, in "
	"gdb;\n"
	"                       no box is around the program then\n"
	"      --step N         stop before step N (default: the last)\n"
	"  -o, --output TRACE   where to keep what is found\n"
	"      --exercise ID    of a folder that \"assay start\" did not make\n"
	"      --lang L         the same\n"
	"      --require full|limited|minimal\n"
	"                       refuse to run below this isolation\n"
	"      --json           print the report instead\n"
	"      --help\n"
	"\n"
	"Exit status: 0 no failing schedule found, which proves nothing; 1 "
	"one\n"
	"was found, or there was nothing to search; 2 wrong usage or input; 3\n"
	"the harness or this host failed.\n"
	"\n"
	"example: assay explore . --scenario close --budget 100000\n";

enum {
	OPT_SCENARIO = 256,
	OPT_LIST,
	OPT_BUDGET,
	OPT_SEED,
	OPT_REPLAY,
	OPT_GDB,
	OPT_STEP,
	OPT_EXERCISE,
	OPT_LANG,
	OPT_REQUIRE,
	OPT_JSON,
	OPT_HELP,
};

static const struct option long_options[] = {
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "budget", required_argument, NULL, OPT_BUDGET },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "gdb", no_argument, NULL, OPT_GDB },
	{ "step", required_argument, NULL, OPT_STEP },
	{ "output", required_argument, NULL, 'o' },
	{ "exercise", required_argument, NULL, OPT_EXERCISE },
	{ "lang", required_argument, NULL, OPT_LANG },
	{ "require", required_argument, NULL, OPT_REQUIRE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

struct explore {
	struct command_folder folder;
	const char *path;     /* of the folder */
	const char *scenario; /* NULL: every one */
	const char *replay;   /* path; NULL: search */
	const char *output;   /* NULL: by the scenario's name */
	const char *only_id;  /* of the test that replays; NULL: each */
	bool help, list, gdb;
	uint64_t budget; /* 0: each test's own */
	uint64_t step;   /* 0: the last */
	struct exercise *exercise;
	struct schedule schedule; /* that is given, or was found first */
	int program;
};

/* ---- the exercise ---- */

static int print_list(const struct explore *explore)
{
	json_auto_t *list = scenarios_list(explore->exercise);
	const char *name;
	json_t *title;

	if (explore->folder.json) {
		(void)json_dumpf(list, stdout, JSON_INDENT(2));
		(void)printf("\n");
		return COMMAND_DONE;
	}
	json_object_foreach (list, name, title)
		(void)printf("%-24s  %s\n", name, json_string_value(title));
	return COMMAND_DONE;
}

static bool wants_cb(void *data, const struct submission *submission,
		     const struct exercise_test *test)
{
	const struct explore *explore = data;

	(void)submission;
	return scenarios_in_test(test, explore->scenario) &&
	       (!explore->only_id || strcmp(explore->only_id, test->id) == 0);
}

/* ---- what is found ---- */

static void built_cb(void *data, const char *variant, int program)
{
	struct explore *explore = data;

	if (exercise_is_explored(variant) && explore->program < 0)
		explore->program = fcntl(program, F_DUPFD_CLOEXEC, 0);
}

/* For people; where the report goes to standard output, not in it. */
static FILE *words_to(const struct explore *explore)
{
	return explore->folder.json ? stderr : stdout;
}

static uint64_t schedules_of(const struct test_run *run)
{
	json_t *metric;
	size_t i;

	json_array_foreach (run->metrics, i, metric)
		if (report_is(metric, "name", "schedules"))
			return (uint64_t)report_number(metric, "value");
	return 0;
}

/* How to come back to it. */
static void tell_replay(const struct explore *explore, const char *path)
{
	const char *id = explore->folder.job.exercise_id;
	AUTO_FREE char *again = text_format(
		"assay explore %s%s%s --replay %s", explore->path,
		id ? " --exercise " : "", id ? id : "", path);

	(void)fprintf(words_to(explore),
		      "\n%s has the schedule. Again, alone, and in gdb:\n"
		      "  %s\n"
		      "  %s --gdb\n",
		      path, again, again);
}

/* Takes @schedule over; 0 or an exit status. One that was replayed is kept
 * again only where that is asked for. */
static int keep(struct explore *explore, struct schedule *schedule)
{
	AUTO_FREE char *path = explore->output
				       ? text_format("%s", explore->output)
				       : text_format("%s.trace",
						     schedule->scenario);
	bool wanted = explore->replay ? explore->output != NULL
				      : !explore->schedule.text;
	struct error err = { 0 };
	int status = 0;

	if (wanted && report_file_replace(path, schedule->text,
					  strlen(schedule->text), &err) < 0)
		status = command_input("explore", err.code, "%s", err.text);
	else if (wanted)
		tell_replay(explore, path);
	if (explore->schedule.text) {
		schedule_release(schedule);
	} else {
		explore->schedule = *schedule;
	}
	return status;
}

static int conclude(struct explore *explore, const struct result *result)
{
	struct schedule schedule = { 0 };
	struct error err = { 0 };
	uint64_t schedules = 0;
	int status = 0;
	size_t i;

	for (i = 0; i < result->test_count && status == 0; i++) {
		const struct test_result *test = &result->tests[i];

		schedules += schedules_of(&test->run);
		if (test->verdict != VERDICT_PASS &&
		    schedule_find(test->run.traces, &schedule, &err) == 0)
			status = keep(explore, &schedule);
	}
	if (result->verdict == VERDICT_PASS && explore->replay)
		(void)fprintf(words_to(explore), "\n%s does not fail here\n",
			      explore->replay);
	else if (result->verdict == VERDICT_PASS)
		(void)fprintf(words_to(explore),
			      "\nno failing schedule in %" PRIu64 "\n",
			      schedules);
	return status;
}

static int show(struct command_folder *folder, const struct result *result)
{
	int printed = command_folder_print(folder, result);
	int status = conclude(folder->data, result);

	return status ? status : printed;
}

/* ---- the debugger ---- */

/* "@folder/@name" as the debugger will find it from anywhere; or NULL. */
static char *source_folder(const char *folder, const char *name)
{
	AUTO_FREE char *path = text_format("%s%s", folder, name);

	return realpath(path, NULL);
}

static int debug(const struct explore *explore, int status)
{
	const struct exercise *exercise = explore->exercise;
	const struct schedule *schedule = &explore->schedule;
	AUTO_FREE char *submission = source_folder(explore->path, "");
	AUTO_FREE char *judge = source_folder(exercise->dir, "/judge");
	AUTO_FREE char *kit = source_folder(explore->folder.job.exercises,
					    "/kit");
	const struct debugger debugger = {
		.program = explore->program,
		.schedule = schedule->text,
		.step = explore->step ? explore->step : schedule->steps,
		.submission = submission,
		.judge = judge,
		.kit = kit,
	};
	struct error err = { 0 };

	if (!schedule->text || explore->program < 0)
		return status;
	if (fflush(stdout))
		return COMMAND_FAULT;
	(void)fprintf(stderr,
		      "assay explore: no box is around the program from here "
		      "on; gdb stops it before step %" PRIu64 " of %" PRIu64
		      "\n",
		      debugger.step, schedule->steps);
	if (debugger_run(&debugger, &err) < 0)
		return command_fault("explore", "%s", err.text);
	return status;
}

/* ---- from the options to a run ---- */

/* What goes over the parameters of the tests. */
static void set_params(struct explore *explore)
{
	struct job_options *job = &explore->folder.job;
	json_t *params = json_object();
	int r = 0;

	ENOUGH(params);
	if (explore->scenario)
		r |= json_object_set_new(params, "scenarios",
					 json_pack("[s]", explore->scenario));
	if (explore->budget) {
		r |= json_object_set_new(
			params, "budget",
			json_integer((json_int_t)explore->budget));
		r |= json_object_set_new(params, "limit_ms",
					 json_integer(TIME_MS));
		job->explore_us = (uint64_t)TIME_MS * 1000;
	}
	if (explore->replay)
		r |= json_object_set_new(params, "replay",
					 json_string(explore->schedule.text));
	ENOUGH(r == 0);
	job->explore_params = params;
}

/* Hold what was asked for against what there is; 0 or an exit status. */
static int choose(struct explore *explore)
{
	const struct exercise_test *test;

	if (explore->replay && explore->scenario &&
	    strcmp(explore->scenario, explore->schedule.scenario) != 0)
		return command_usage("explore", "%s is of scenario '%s'",
				     explore->replay,
				     explore->schedule.scenario);
	if (explore->replay)
		explore->scenario = explore->schedule.scenario;
	test = scenarios_test(explore->exercise, explore->scenario);
	if (!test && explore->scenario)
		return command_usage("explore",
				     "%s has no scenario '%s' (see --list)",
				     explore->exercise->id, explore->scenario);
	if (!test)
		return command_usage("explore",
				     "%s has no public test that is searched",
				     explore->exercise->id);
	if (explore->replay)
		explore->only_id = test->id;
	return COMMAND_DONE;
}

static int load(struct explore *explore)
{
	struct command_folder *folder = &explore->folder;
	const struct submission *submission = folder->submission;
	const char *id = folder->job.exercise_id ? folder->job.exercise_id
						 : submission->exercise_id;
	struct error err = { 0 };

	if (!id)
		return command_usage("explore",
				     "%s: does not say which exercise it is "
				     "of; name it with --exercise",
				     explore->path);
	if (exercise_load(folder->job.exercises, id, &explore->exercise, &err) <
	    0)
		return command_input("explore", err.code, "%s", err.text);
	if (explore->replay &&
	    schedule_read(explore->replay, &explore->schedule, &err) < 0)
		return command_input("explore", err.code, "%s", err.text);
	return COMMAND_DONE;
}

static int run(struct explore *explore)
{
	int status = command_folder_read(&explore->folder, explore->path);

	if (status == 0)
		status = load(explore);
	if (status == 0 && explore->list)
		return print_list(explore);
	if (status == 0)
		status = choose(explore);
	if (status)
		return status;
	if (explore->gdb && !debugger_is_there())
		return command_fault("explore",
				     "gdb is not in PATH; it is in Debian's "
				     "package gdb");
	set_params(explore);
	status = command_folder_judge(&explore->folder);
	return explore->gdb && status <= COMMAND_NOT_PASSED
		       ? debug(explore, status)
		       : status;
}

static void release(struct explore *explore)
{
	submission_free(explore->folder.submission);
	json_decref(explore->folder.job.explore_params);
	schedule_release(&explore->schedule);
	exercise_free(explore->exercise);
	if (explore->program >= 0)
		(void)close(explore->program);
}

/* ---- options ---- */

static bool parse_option(struct explore *explore, int option, const char *text)
{
	struct job_options *job = &explore->folder.job;

	switch (option) {
	case OPT_SCENARIO:
		explore->scenario = text;
		return schedule_name_ok(text);
	case OPT_LIST:
		return explore->list = true;
	case OPT_BUDGET:
		return command_number(text, 1, BUDGET_MAX, &explore->budget);
	case OPT_SEED:
		job->seed_given = true;
		return command_number(text, 0, ASSAY_SEED_MAX, &job->seed);
	case OPT_REPLAY:
		explore->replay = text;
		return true;
	case OPT_GDB:
		return explore->gdb = true;
	case OPT_STEP:
		return command_number(text, 1, UINT32_MAX, &explore->step);
	case 'o':
		explore->output = text;
		return *text != '\0';
	case OPT_EXERCISE:
		job->exercise_id = text;
		return true;
	case OPT_LANG:
		job->language = text;
		return true;
	case OPT_REQUIRE:
		job->need_level = true;
		return command_level(text, &job->level);
	case OPT_JSON:
		return explore->folder.json = true;
	default:
		return false;
	}
}

static int check_options(const struct explore *explore)
{
	if (explore->step && !explore->gdb)
		return command_usage("explore", "--step goes with --gdb");
	if (explore->gdb && explore->folder.json)
		return command_usage("explore", "--json does not go with "
						"--gdb");
	if (explore->replay && explore->budget)
		return command_usage("explore",
				     "--budget does not go with --replay");
	return COMMAND_DONE;
}

static const char *name_of(int option, int index)
{
	return option == 'o' ? "--output" : long_options[index].name;
}

static int parse(int argc, char **argv, struct explore *explore)
{
	int option, index = 0;

	while ((option = getopt_long(argc, argv, ":o:", long_options,
				     &index)) != -1) {
		if (option == '?' || option == ':')
			return command_bad_option("explore", argv, option);
		if (option == OPT_HELP) {
			explore->help = true;
			return COMMAND_DONE;
		}
		if (!parse_option(explore, option, optarg))
			return command_usage("explore", "%s%s: bad value '%s'",
					     option == 'o' ? "" : "--",
					     name_of(option, index), optarg);
	}
	if (optind == argc)
		return command_usage("explore", "which folder? (see assay "
						"explore --help)");
	if (argc - optind > 1)
		return command_usage("explore", "one folder, not '%s'",
				     argv[optind + 1]);
	explore->path = argv[optind];
	return check_options(explore);
}

int cmd_explore(int argc, char **argv)
{
	struct explore explore = {
		.folder = { .name = "explore", .show = show },
		.program = -1,
	};
	struct job_options *job = &explore.folder.job;
	int status;

	explore.folder.data = &explore;
	job->wants = wants_cb;
	job->wants_data = &explore;
	job->built = built_cb;
	job->built_data = &explore;
	status = parse(argc, argv, &explore);
	if (explore.help)
		return command_help(help);
	if (status == 0)
		status = run(&explore);
	release(&explore);
	return status;
}
