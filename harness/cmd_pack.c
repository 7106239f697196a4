/*
 * cmd_pack.c - "assay pack": the archive to hand in
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <assay/cleanup.h>

#include "command.h"
#include "commands.h"
#include "exercise.h"
#include "home.h"
#include "report_member.h"
#include "submission.h"
#include "text.h"
#include "workspace.h"

static const char help[] =
	"usage: assay pack [OPTIONS] -o FILE [DIR]\n"
	"\n"
	"Make the archive to hand in from the workspace DIR (default: this\n"
	"folder): the files that the exercise asks for and nothing else. What "
	"a\n"
	"grader would refuse is refused here, with the reason.\n"
	"\n"
	"  -o, --output FILE  a .tar.gz, .tgz or .zip\n"
	"      --json         print what was packed as JSON\n"
	"      --help\n"
	"\n"
	"example: assay pack -o ../queue.tar.gz\n";

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct pack {
	const char *dir;
	const char *output;
	bool json;
};

static int print_json(const struct pack *options,
		      const struct workspace_pack *pack,
		      const struct selection *selection)
{
	AUTO_FREE char *output = text_clean(options->output,
					    strlen(options->output), PATH_MAX);
	json_auto_t *included = json_array();
	json_auto_t *object = NULL;

	for (size_t i = 0; i < pack->files.count; i++)
		(void)json_array_append_new(
			included, json_string(pack->files.files[i].path));
	object = json_pack("{ss, ss, sI, sO, sO, sO}", "file", output, "sha256",
			   pack->sha256, "size", (json_int_t)pack->size,
			   "included", included, "files", selection->files,
			   "flags", selection->flags);
	if (!object || json_dumpf(object, stdout, JSON_INDENT(2)) < 0)
		return COMMAND_FAULT;
	(void)putchar('\n');
	return fflush(stdout) ? COMMAND_FAULT : COMMAND_DONE;
}

static void print_left_out(const struct selection *selection)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (selection->files, i, entry)
		if (report_is(entry, "role", "ignored"))
			(void)printf("  left out  %s\n",
				     report_string(entry, "path"));
	json_array_foreach (selection->flags, i, entry)
		(void)printf("  note      %s: %s\n",
			     report_string(entry, "file"),
			     report_string(entry, "message"));
}

static int print_text(const struct pack *options,
		      const struct workspace_pack *pack,
		      const struct selection *selection)
{
	(void)printf("%s\n  sha256    %s\n", options->output, pack->sha256);
	for (size_t i = 0; i < pack->files.count; i++)
		(void)printf("  packed    %s\n", pack->files.files[i].path);
	print_left_out(selection);
	return fflush(stdout) ? COMMAND_FAULT : COMMAND_DONE;
}

static int failed(const struct error *err)
{
	(void)command_usage("pack", "%s", err->text);
	return command_status_of(err->code);
}

static int refused(const struct pack *options,
		   const struct submission *submission)
{
	return command_usage("pack", "%s: %s (%s)", options->dir,
			     submission->rejected, submission->rejected_rule);
}

static int pack_selection(const struct pack *options,
			  const struct submission *submission,
			  const struct exercise *exercise,
			  const struct selection *selection)
{
	struct workspace_pack pack;
	struct error err;
	int status;

	if (submission->rejected)
		return refused(options, submission);
	if (workspace_pack(submission, exercise, selection->language,
			   options->output, &pack, &err) < 0)
		return failed(&err);
	status = options->json ? print_json(options, &pack, selection)
			       : print_text(options, &pack, selection);
	workspace_pack_release(&pack);
	return status;
}

static int pack_submission(const struct pack *options, const char *root,
			   struct submission *submission)
{
	struct exercise *exercise;
	struct selection selection;
	struct error err;
	int status;

	if (submission->rejected)
		return refused(options, submission);
	if (!submission->exercise_id)
		return command_usage("pack",
				     "%s: no workspace: there is no %s in it",
				     options->dir, SUBMISSION_MARKER);
	if (exercise_load(root, submission->exercise_id, &exercise, &err) < 0)
		return failed(&err);
	if (submission_select(submission, exercise, NULL, &selection, &err) <
	    0) {
		status = failed(&err);
	} else {
		status = pack_selection(options, submission, exercise,
					&selection);
		selection_release(&selection);
	}
	exercise_free(exercise);
	return status;
}

/* COMMAND_DONE to go on; *help_shown when there is nothing to go on with. */
static int parse(int argc, char **argv, struct pack *options, bool *help_shown)
{
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, ":o:", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'o':
			options->output = optarg;
			break;
		case 'j':
			options->json = true;
			break;
		case 'h':
			*help_shown = true;
			return command_help(help);
		default:
			return command_bad_option("pack", argv, option);
		}
	}
	if (argc - optind > 1)
		return command_usage("pack",
				     "unexpected '%s' (see assay pack --help)",
				     argv[optind + 1]);
	if (!*options->output)
		return command_usage("pack", "expected -o FILE (see assay pack "
					     "--help)");
	if (!workspace_archive_ok(options->output))
		return command_usage("pack",
				     "%s: expected a name that ends in "
				     ".tar.gz, .tgz or .zip",
				     options->output);
	if (optind < argc)
		options->dir = argv[optind];
	return COMMAND_DONE;
}

int cmd_pack(int argc, char **argv)
{
	const char *root = home_exercises();
	struct pack options = { .dir = ".", .output = "" };
	struct submission *submission;
	bool help_shown = false;
	struct error err;
	int status = parse(argc, argv, &options, &help_shown);

	if (status != COMMAND_DONE || help_shown)
		return status;
	if (!root)
		return command_fault("pack",
				     "there is no folder of exercises; set "
				     "ASSAY_EXERCISES");
	/* Times in a zip are local; the same files must give the same bytes. */
	if (setenv("TZ", "UTC0", 1) == 0)
		tzset();
	if (submission_read(options.dir, &submission, &err) < 0)
		return failed(&err);
	status = pack_submission(&options, root, submission);
	submission_free(submission);
	return status;
}
