/*
 * run_program - search one program that is linked with the explorer
 *
 *	run_program PROGRAM [--budget N] [--seed S] [--strategy NAME]
 *		[--flags LIST] [--steps-max N] [--scenario NAME]
 *		[--check-replay] [--story] [--save TRACE] [--json] [--output]
 *	run_program PROGRAM --replay TRACE [--story] [--json]
 *
 * What the judge of an exercise does with a submission, for programs that
 * stand alone: a supervisor without a box, for the suite and the benchmarks.
 * --check-replay sees whether a failure happens again, exactly, in the same
 * process and in a fresh one, and makes it small. --output lets the program's
 * own output through.
 *
 * Ends with 0 whatever came out, and with 3 if the program could not be run
 * or wrote what a runtime does not.
 */
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "explorer_lines.h"
#include "explorer_story.h"
#include "explorer_trace.h"

#define CANARY "explore-canary"
#define CANARY_SCHEDULES 200
#define UNABLE_SHARE 100 /* one schedule in so many may decide nothing */

/* ---- options ---- */

static uint64_t number(const char *text)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end)
		cannot("%s is not a number", text);
	return value;
}

static uint32_t strategy(const char *name)
{
	uint32_t i;

	for (i = 0; i < EXPLORE_STRATEGY_MAX; i++)
		if (strcmp(explore_strategy_name(i), name) == 0)
			return i;
	cannot("there is no strategy %s", name);
}

static void take_option(struct options *options, int option, const char *value)
{
	switch (option) {
	case 'b':
		options->budget = number(value);
		break;
	case 's':
		options->seed = number(value);
		break;
	case 't':
		options->strategy = strategy(value);
		break;
	case 'f':
		if (!explorer_flags_parse(value, &options->flags))
			cannot("%s: expected races,stale,spurious,early in"
			       " that order, or none",
			       value);
		break;
	case 'm':
		options->steps_max = (uint32_t)number(value);
		break;
	case 'n':
		options->scenario = value;
		break;
	case 'r':
		options->replay = value;
		break;
	case 'S':
		options->save = value;
		break;
	case 'c':
		options->check_replay = true;
		break;
	case 'y':
		options->story = true;
		break;
	case 'j':
		options->json = true;
		break;
	case 'o':
		options->output = true;
		break;
	default:
		exit(2);
	}
}

static struct options parse(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "budget", required_argument, NULL, 'b' },
		{ "seed", required_argument, NULL, 's' },
		{ "strategy", required_argument, NULL, 't' },
		{ "flags", required_argument, NULL, 'f' },
		{ "steps-max", required_argument, NULL, 'm' },
		{ "scenario", required_argument, NULL, 'n' },
		{ "replay", required_argument, NULL, 'r' },
		{ "save", required_argument, NULL, 'S' },
		{ "check-replay", no_argument, NULL, 'c' },
		{ "story", no_argument, NULL, 'y' },
		{ "json", no_argument, NULL, 'j' },
		{ "output", no_argument, NULL, 'o' },
		{ 0 },
	};
	struct options options = {
		.scenario = "main",
		.budget = 10000,
		.seed = 1,
		.flags = EXPLORER_TRACE_FLAGS,
		.steps_max = 20000,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) >= 0)
		take_option(&options, option, optarg);
	if (optind + 1 != argc)
		cannot("expected one program");
	options.program = argv[optind];
	return options;
}

/* As a judge does: where the canary goes well, a pass means nothing. */
static void check_canary(const struct options *options, struct program *program)
{
	struct explore_command command = explorer_search(
		CANARY, EXPLORER_TRACE_FLAGS, options->steps_max);
	struct explorer_answer answer;
	struct error err = { 0 };

	command.seed = options->seed;
	command.schedules = CANARY_SCHEDULES;
	if (explorer_ask(&program->explorer, &command, NULL, &answer, &err) < 0)
		program_lost(program, &err);
	if (answer.reply.outcome == EXPLORE_PASSED) {
		(void)program_stop(program);
		cannot("what is known to be wrong goes well");
	}
	explorer_answer_release(&answer);
}

/* ---- replaying a trace ---- */

static char *read_text(const char *path)
{
	char *text = calloc(1, EXPLORER_TRACE_TEXT_MAX + 1);
	FILE *file = fopen(path, "re");
	size_t size;

	if (!file || !text)
		cannot("%s: %s", path, strerror(errno));
	size = fread(text, 1, EXPLORER_TRACE_TEXT_MAX, file);
	if (ferror(file) || strlen(text) != size)
		cannot("%s: not a text", path);
	(void)fclose(file);
	return text;
}

static void replay(struct options *options, struct program *program,
		   struct outcome *outcome)
{
	AUTO_FREE char *text = read_text(options->replay);
	struct explorer_trace trace;
	struct error err = { 0 };

	if (explorer_trace_parse(text, &trace, &err) < 0)
		cannot("%s: %s", options->replay, err.text);
	if (explorer_replay(&program->explorer, trace.scenario,
			    trace.flags | EXPLORE_LOG, trace.steps_max,
			    &trace.steps, &outcome->run, &err) < 0)
		program_lost(program, &err);
	outcome->failed = outcome->run.entry.outcome != EXPLORE_PASSED;
	outcome->same = outcome->run.entry.result == trace.result &&
			outcome->run.entry.outcome == trace.outcome;
	explorer_trace_release(&trace);
}

/* ---- telling ---- */

static void print_lines(json_t *lines)
{
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line)
		(void)printf("  %s\n", json_string_value(line));
	json_decref(lines);
}

struct told {
	char sentence[EXPLORER_SENTENCE_MAX];
	json_t *what, *schedule;
};

static struct told tell(const struct options *options,
			const struct outcome *outcome)
{
	const struct explorer_run *run = outcome->minimal.memory
						 ? &outcome->minimal
						 : &outcome->run;
	AUTO_CLOSE int program = open(options->program, O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int sources = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE uint64_t *pcs = NULL;
	size_t count = explorer_story_pcs(run, &pcs);
	struct explorer_lines lines;
	struct explorer_story story = {
		.run = run,
		.lines = &lines,
		.preemptions = outcome->run.entry.preemptions,
	};
	struct told told;
	char text[128];

	explorer_lines_look_up(program, sources, pcs, count, &lines);
	explorer_story_sentence(&story, told.sentence);
	told.what = explorer_story_what(&story);
	told.schedule = explorer_story_schedule(&story);
	explorer_story_preemptions(&story, text, sizeof text);
	(void)json_array_append_new(told.schedule, json_string(text));
	explorer_lines_release(&lines);
	return told;
}

static void save(const struct options *options, const struct outcome *outcome)
{
	const struct explorer_run *run = outcome->minimal.memory
						 ? &outcome->minimal
						 : &outcome->run;
	struct explorer_trace trace = explorer_trace_of(
		run, options->scenario, options->flags, options->steps_max, "");
	AUTO_FREE char *text = explorer_trace_text(&trace);
	FILE *file = fopen(options->save, "we");

	if (!text || !file || fputs(text, file) < 0 || fclose(file) != 0)
		cannot("%s: %s", options->save, strerror(errno));
}

/* A pass is none if much of it decides nothing. */
static const char *outcome_name(const struct outcome *outcome)
{
	uint32_t number = EXPLORE_PASSED;

	if (outcome->failed)
		number = outcome->run.entry.outcome;
	else if (outcome->unable * UNABLE_SHARE > outcome->schedules)
		number = EXPLORE_UNABLE;
	return explore_outcome_name(number);
}

static void print_json(const struct options *options,
		       const struct outcome *outcome, const struct told *told)
{
	const struct explore_entry *entry = &outcome->run.entry;
	const char *name = outcome_name(outcome);
	json_t *json = json_pack(
		"{s:s, s:s, s:b, s:I, s:f, s:f, s:I, s:I, s:I, s:I, s:i}",
		"program", options->program, "outcome", name, "failed",
		(int)outcome->failed, "schedules",
		(json_int_t)outcome->schedules, "ms", outcome->ms,
		"schedules_per_second",
		outcome->ms > 0 ? (double)outcome->schedules * 1e3 / outcome->ms
				: 0,
		"steps", (json_int_t)outcome->steps, "classes",
		(json_int_t)outcome->classes, "histories",
		(json_int_t)outcome->histories, "unable",
		(json_int_t)outcome->unable, "threads", (int)outcome->threads);

	ENOUGH(json);
	if (outcome->failed) {
		(void)json_object_set_new(
			json, "strategy",
			json_string(explore_strategy_name(entry->strategy)));
		(void)json_object_set_new(json, "preemptions",
					  json_integer(entry->preemptions));
		(void)json_object_set_new(json, "what",
					  json_string(told->sentence));
		(void)json_object_set(json, "story", told->what);
		(void)json_object_set(json, "timeline", told->schedule);
	}
	if (outcome->failed && (options->check_replay || options->replay)) {
		(void)json_object_set_new(json, "same",
					  json_boolean(outcome->same));
		(void)json_object_set_new(json, "fresh",
					  json_boolean(outcome->fresh));
		(void)json_object_set_new(json, "attempts",
					  json_integer(outcome->attempts));
		(void)json_object_set_new(
			json, "minimal_preemptions",
			json_integer(outcome->minimal_preemptions));
	}
	(void)json_dumpf(json, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(json);
}

static void print_text(const struct options *options,
		       const struct outcome *outcome, const struct told *told)
{
	const struct explore_entry *entry = &outcome->run.entry;

	(void)printf("outcome     %s\n", outcome_name(outcome));
	if (!options->replay)
		(void)printf("schedules   %" PRIu64 " in %.1f ms, %.0f/s\n"
			     "steps       %" PRIu64 ", %u threads\n"
			     "classes     %" PRIu64 ", %" PRIu64 " histories\n",
			     outcome->schedules, outcome->ms,
			     outcome->ms > 0 ? (double)outcome->schedules *
						       1e3 / outcome->ms
					     : 0,
			     outcome->steps, outcome->threads, outcome->classes,
			     outcome->histories);
	if (outcome->unable)
		(void)printf("unable      %" PRIu64 "\n", outcome->unable);
	if (outcome->failed && !options->replay)
		(void)printf("found by    %s, %u preemptions\n",
			     explore_strategy_name(entry->strategy),
			     entry->preemptions);
	if (outcome->failed && options->check_replay)
		(void)printf("minimal     %u preemptions, %u segments, %u"
			     " attempts\nreplay      %s in this process, %s in"
			     " a fresh one\n",
			     outcome->minimal_preemptions,
			     outcome->minimal_segments, outcome->attempts,
			     outcome->same ? "identical" : "DIFFERENT",
			     outcome->fresh ? "identical" : "DIFFERENT");
	if (options->replay)
		(void)printf("replay      %s\n",
			     outcome->same ? "as the trace says" : "DIFFERENT");
	if (outcome->failed)
		(void)printf("%s\n", told->sentence);
	if (outcome->failed && options->story) {
		(void)printf("\nwhat happened\n");
		print_lines(json_incref(told->what));
		(void)printf("\nthe schedule\n");
		print_lines(json_incref(told->schedule));
	}
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	struct outcome outcome = { 0 };
	struct told told = { 0 };
	struct program program;

	(void)signal(SIGPIPE, SIG_IGN);
	program_start(&options, &program);
	if (options.replay)
		replay(&options, &program, &outcome);
	else
		outcome_search(&options, &program, &outcome);
	if (!outcome.failed && !options.replay)
		check_canary(&options, &program);
	if (outcome.failed && !options.replay &&
	    (options.check_replay || options.story || options.save))
		outcome_check_replay(&options, &program, &outcome);
	(void)program_stop(&program);
	if (outcome.failed)
		told = tell(&options, &outcome);
	if (outcome.failed && options.save)
		save(&options, &outcome);
	if (options.json)
		print_json(&options, &outcome, &told);
	else
		print_text(&options, &outcome, &told);
	json_decref(told.what);
	json_decref(told.schedule);
	explorer_run_release(&outcome.run);
	explorer_run_release(&outcome.minimal);
	return 0;
}
