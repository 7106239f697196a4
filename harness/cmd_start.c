/*
 * cmd_start.c - "assay start": a workspace for an exercise
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <assay/cleanup.h>

#include "command.h"
#include "commands.h"
#include "exercise.h"
#include "home.h"
#include "text.h"
#include "workspace.h"

static const char help[] =
	"usage: assay start [OPTIONS] EXERCISE [DIR]\n"
	"\n"
	"Make the folder DIR (default: the last part of EXERCISE) with what "
	"you\n"
	"need to begin: the statement, the starter's files, and settings for\n"
	"editors that understand C or C++.\n"
	"\n"
	"      --lang L  language, where the exercise has more than one (the "
	"first\n"
	"                of those that \"assay list\" names)\n"
	"      --json    print what was made as JSON\n"
	"      --help\n"
	"\n"
	"example: assay start message-queue/bounded-queue ~/queue\n";

static const struct option long_options[] = {
	{ "lang", required_argument, NULL, 'l' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct start {
	const char *exercise_id;
	const char *dir;
	const char *language;
	bool json;
};

static int print_json(const struct start *start,
		      const struct exercise *exercise,
		      const struct exercise_language *language)
{
	AUTO_FREE char *dir = text_clean(start->dir, strlen(start->dir),
					 PATH_MAX);
	json_auto_t *object = json_pack(
		"{ss, ss, ss, ss}", "exercise", exercise->id, "version",
		exercise->version, "language", language->name, "dir", dir);

	if (!object || json_dumpf(object, stdout, JSON_INDENT(2)) < 0)
		return COMMAND_FAULT;
	(void)putchar('\n');
	return fflush(stdout) ? COMMAND_FAULT : COMMAND_DONE;
}

/* What else --lang could have been. */
static void print_choice(const struct exercise *exercise,
			 const struct exercise_language *language)
{
	(void)printf("It is in %s; with --lang also in", language->name);
	for (size_t i = 0, told = 0; i < exercise->language_count; i++)
		if (&exercise->languages[i] != language)
			(void)printf("%s %s", told++ ? "," : "",
				     exercise->languages[i].name);
	(void)printf(".\n\n");
}

static int print_steps(const struct start *start,
		       const struct exercise *exercise,
		       const struct exercise_language *language)
{
	const char *name = strchr(exercise->id, '/') + 1;

	(void)printf("%s is in %s. You have %u minutes.\n\n", exercise->title,
		     start->dir, exercise->time_box_minutes);
	if (!start->language && exercise->language_count > 1)
		print_choice(exercise, language);
	(void)printf("  cd %s\n", start->dir);
	(void)printf("  read " WORKSPACE_STATEMENT "\n");
	(void)printf("  edit");
	for (char *const *file = language->required; *file; file++)
		(void)printf(" %s", *file);
	(void)printf("\n  assay check             as often as you like\n");
	(void)printf("  assay pack -o ../%s.tar.gz\n", name);
	return fflush(stdout) ? COMMAND_FAULT : COMMAND_DONE;
}

/* NULL, with the reason said: no such language. */
static const struct exercise_language *
choose_language(const struct start *start, const struct exercise *exercise)
{
	const struct exercise_language *language = &exercise->languages[0];

	if (start->language)
		language = exercise_language(exercise, start->language);
	if (!language)
		(void)command_usage("start",
				    "%s has no language '%s' (see assay list)",
				    exercise->id, start->language);
	return language;
}

static int start_exercise(struct start *start, const struct exercise *exercise)
{
	const struct exercise_language *language = choose_language(start,
								   exercise);
	struct error err;
	int rc;

	if (!language)
		return COMMAND_USAGE;
	if (!start->dir)
		start->dir = strchr(exercise->id, '/') + 1;
	rc = workspace_create(exercise, language, start->dir, &err);
	if (rc < 0) {
		(void)command_usage("start", "%s", err.text);
		return rc == -ENOTEMPTY ? COMMAND_USAGE
					: command_status_of(err.code);
	}
	return start->json ? print_json(start, exercise, language)
			   : print_steps(start, exercise, language);
}

/* COMMAND_DONE to go on; *help_shown when there is nothing to go on with. */
static int parse(int argc, char **argv, struct start *start, bool *help_shown)
{
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'l':
			start->language = optarg;
			break;
		case 'j':
			start->json = true;
			break;
		case 'h':
			*help_shown = true;
			return command_help(help);
		default:
			return command_bad_option("start", argv, option);
		}
	}
	if (argc - optind < 1 || argc - optind > 2)
		return command_usage("start",
				     "expected EXERCISE [DIR] (see assay "
				     "start --help, assay list)");
	start->exercise_id = argv[optind];
	start->dir = argv[optind + 1];
	return COMMAND_DONE;
}

int cmd_start(int argc, char **argv)
{
	const char *root = home_exercises();
	struct start start = { 0 };
	struct exercise *exercise;
	bool help_shown = false;
	struct error err;
	int status = parse(argc, argv, &start, &help_shown);

	if (status != COMMAND_DONE || help_shown)
		return status;
	if (!root)
		return command_fault("start",
				     "there is no folder of exercises; set "
				     "ASSAY_EXERCISES");
	if (exercise_load(root, start.exercise_id, &exercise, &err) < 0) {
		(void)command_usage("start", "%s: %s (see assay list)",
				    start.exercise_id, err.text);
		return command_status_of(err.code);
	}
	status = start_exercise(&start, exercise);
	exercise_free(exercise);
	return status;
}
