/*
 * cmd_verify.c - "assay verify": an exercise proves itself
 *
 * verify_gate.h has what it must prove, verify_subject.h what is judged for
 * that.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "batch.h"
#include "command.h"
#include "commands.h"
#include "home.h"
#include "report.h"
#include "report_parts.h"
#include "text.h"
#include "verify_gate.h"
#include "verify_generated_table.h"
#include "verify_load.h"
#include "verify_run.h"
#include "verify_table.h"

#define REPEAT_MAX 1000u
#define GENERATED_MAX 100000u

static const char help[] =
	"usage: assay verify [OPTIONS] [EXERCISE...]\n"
	"\n"
	"Prove that an exercise (default: every one) judges rightly: its\n"
	"reference solutions get every point, its starters none; every mutant\n"
	"loses the test that it is there for, which names the property; every\n"
	"test is needed for some mutant, or says why it is there.\n"
	"\n"
	"      --repeat N     all of it N times (default 1), though of a mutant "
	"all\n"
	"                     tests once, then the one that it must lose; 0: "
	"only\n"
	"                     what is generated\n"
	"      --quick        of a mutant never more than that one test: says\n"
	"                     nothing of tests that no mutant needs\n"
	"      --under-load   while two busy processes per CPU run beside it\n"
	"      --jobs N       so many at a time (default: one per CPU)\n"
	"      --json[=FILE]  print the result as JSON, or write it to FILE\n"
	"      --generated[=N]\n"
	"                     besides, mutants made by operators from the C\n"
	"                     reference: a sample of N, or all; needs clang\n"
	"      --operators LIST\n"
	"                     only these, commas between: drop-unlock,\n"
	"                     signal-for-broadcast, if-for-while, swap-locks,\n"
	"                     off-by-one, drop-check, negate, delete-call,\n"
	"                     return-value\n"
	"      --lay-out DIR  judge nothing; write all that would be handed "
	"in\n"
	"                     below DIR/EXERCISE, a folder each\n"
	"      --help\n"
	"\n"
	"Exit status: 0 all as it must be; 1 not all; 2 wrong usage or a "
	"broken\n"
	"exercise; 3 the harness or this host failed.\n"
	"\n"
	"example: assay verify message-queue/bounded-queue --repeat 20\n";

static const struct option long_options[] = {
	{ "repeat", required_argument, NULL, 'r' },
	{ "quick", no_argument, NULL, 'q' },
	{ "under-load", no_argument, NULL, 'u' },
	{ "jobs", required_argument, NULL, 'n' },
	{ "json", optional_argument, NULL, 'j' },
	{ "generated", optional_argument, NULL, 'g' },
	{ "operators", required_argument, NULL, 'o' },
	{ "lay-out", required_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct verify {
	struct verify_run_options run;
	unsigned repeat;
	bool quick;
	bool under_load;
	bool generate;
	size_t generated_most; /* a sample of so many */
	unsigned kinds;        /* of mutations, as bits */
	bool json;
	const char *json_path; /* NULL: standard output */
	const char *lay_out;   /* folder; NULL: judge */
	json_t *exercises;     /* what --json says of each */
	size_t passed, failed; /* checks */
};

static void progress_cb(void *data, size_t done, size_t of)
{
	(void)data;
	if (!isatty(STDERR_FILENO))
		return;
	(void)fprintf(stderr, "\r\033[K");
	if (done < of)
		(void)fprintf(stderr, "%zu of %zu", done, of);
}

static bool to_stdout(const struct verify *verify)
{
	return verify->json && !verify->json_path;
}

/* ---- one exercise ---- */

/* The gate's status, once all has been told. */
static int tell_gate(struct verify *verify,
		     const struct verify_subjects *subjects, json_t *told)
{
	struct verify_gate gate;
	bool spoiled = false;

	for (size_t i = 0; i < subjects->count; i++)
		spoiled = spoiled || subjects->list[i].undecided;
	verify_gate_init(&gate, subjects);
	verify->passed += gate.passed;
	verify->failed += gate.count - gate.passed;
	report_set(told, "gate", verify_table_json(subjects, &gate));
	if (!to_stdout(verify))
		verify_table_print(subjects, &gate, stdout);
	verify_gate_release(&gate);
	return spoiled ? COMMAND_FAULT : COMMAND_DONE;
}

static int run_gate(struct verify *verify, const struct exercise *exercise,
		    json_t *told)
{
	struct verify_subjects subjects;
	struct error err = { 0 };
	int status;

	verify_subjects_init(&subjects, exercise, verify->repeat,
			     verify->quick);
	if (verify_run(&subjects, &verify->run, &err) < 0)
		status = command_input("verify", err.code, "%s", err.text);
	else
		status = tell_gate(verify, &subjects, told);
	verify_subjects_release(&subjects);
	return status;
}

static int run_generated(struct verify *verify, const struct exercise *exercise,
			 json_t *told)
{
	struct verify_generated generated;
	struct error err = { 0 };
	int rc = verify_generate(exercise, &verify->run, verify->kinds,
				 verify->generated_most, &generated, &err);

	if (rc == -ENOENT)
		return command_fault("verify", "%s", err.text);
	if (rc < 0)
		return command_input("verify", err.code, "%s", err.text);
	report_set(told, "generated", verify_generated_json(&generated));
	if (!to_stdout(verify))
		verify_generated_print(&generated, stdout);
	verify_generated_release(&generated);
	return COMMAND_DONE;
}

static int lay_out(const struct verify *verify, const struct exercise *exercise)
{
	AUTO_FREE char *dir = text_format("%s/%s", verify->lay_out,
					  exercise->id);
	struct verify_subjects subjects;
	struct error err = { 0 };
	int rc;

	verify_subjects_init(&subjects, exercise, verify->repeat,
			     verify->quick);
	rc = verify_subjects_lay_out(&subjects, dir, &err);
	verify_subjects_release(&subjects);
	return rc < 0 ? command_usage("verify", "%s", err.text) : COMMAND_DONE;
}

static int judge(struct verify *verify, const struct exercise *exercise)
{
	json_t *told = json_object();
	int status = COMMAND_DONE;

	report_set(told, "exercise", report_text(exercise->id));
	report_set(told, "version", report_text(exercise->version));
	report_set(told, "digest", report_text(exercise->digest));
	report_append(verify->exercises, told);
	if (!to_stdout(verify))
		(void)printf("%s %s\n\n", exercise->id, exercise->version);
	if (verify->repeat)
		status = run_gate(verify, exercise, told);
	if (verify->generate && status == COMMAND_DONE)
		status = run_generated(verify, exercise, told);
	return status;
}

static int verify_one(struct verify *verify, const char *id)
{
	struct exercise *exercise = NULL;
	struct error err = { 0 };
	int status;

	if (exercise_load(verify->run.exercises, id, &exercise, &err) < 0)
		return command_input("verify", err.code, "%s", err.text);
	status = verify->lay_out ? lay_out(verify, exercise)
				 : judge(verify, exercise);
	exercise_free(exercise);
	return status;
}

/* ---- all ---- */

static int write_json(const struct verify *verify)
{
	json_auto_t *document = json_object();
	struct error err = { 0 };

	report_set(document, "under_load", json_boolean(verify->under_load));
	report_set(document, "jobs", report_count(verify->run.slots));
	report_set(document, "passed", report_count(verify->passed));
	report_set(document, "failed", report_count(verify->failed));
	report_set(document, "exercises", report_list(verify->exercises));
	if (verify->json_path)
		return report_write(document, verify->json_path, &err) < 0
			       ? command_fault("verify", "%s", err.text)
			       : COMMAND_DONE;
	(void)json_dumpf(document, stdout, JSON_INDENT(2));
	(void)printf("\n");
	return COMMAND_DONE;
}

/* One exercise that cannot be judged keeps no other from it. */
static int verify_all(struct verify *verify, char *const *ids)
{
	int status = COMMAND_DONE, wrote = COMMAND_DONE;

	for (; *ids; ids++) {
		int one = verify_one(verify, *ids);

		status = one > status ? one : status;
	}
	if (json_array_size(verify->exercises) == 0)
		return status;
	if (verify->json)
		wrote = write_json(verify);
	if (!to_stdout(verify))
		(void)printf("%zu passed, %zu failed\n", verify->passed,
			     verify->failed);
	if (status || wrote)
		return status > wrote ? status : wrote;
	return verify->failed ? COMMAND_NOT_PASSED : COMMAND_DONE;
}

static int verify_loaded(struct verify *verify, char *const *ids)
{
	struct verify_load load = { 0 };
	struct error err = { 0 };
	int status;

	if (verify->under_load &&
	    verify_load_start(&load, 2 * batch_default_slots(), &err) < 0)
		return command_fault("verify", "%s", err.text);
	status = verify_all(verify, ids);
	verify_load_stop(&load);
	return status;
}

/* A number, or the message that it is none. */
static int read_number(const char *option, const char *text, uint64_t min,
		       uint64_t max, uint64_t *ret)
{
	return command_number(text, min, max, ret)
		       ? COMMAND_DONE
		       : command_usage("verify", "%s: bad value '%s'", option,
				       text);
}

/* One option with its value, if it has one, in optarg. */
static int take_option(struct verify *verify, int option)
{
	struct error err = { 0 };
	uint64_t number = 0;
	int status = COMMAND_DONE;

	switch (option) {
	case 'q':
		verify->quick = true;
		break;
	case 'u':
		verify->under_load = true;
		break;
	case 'j':
		verify->json = true;
		verify->json_path = optarg;
		break;
	case 'l':
		verify->lay_out = optarg;
		break;
	case 'r':
		status = read_number("--repeat", optarg, 0, REPEAT_MAX,
				     &number);
		verify->repeat = (unsigned)number;
		break;
	case 'n':
		status = read_number("--jobs", optarg, 1, BATCH_SLOTS_MAX,
				     &number);
		verify->run.slots = (unsigned)number;
		break;
	case 'g':
		verify->generate = true;
		if (!optarg)
			break;
		status = read_number("--generated", optarg, 1, GENERATED_MAX,
				     &number);
		verify->generated_most = number;
		break;
	default:
		if (mutation_kinds_parse(optarg, &verify->kinds, &err) < 0)
			status = command_usage("verify", "--operators: %s",
					       err.text);
		break;
	}
	return status;
}

/* -1 once help was given. */
static int read_options(struct verify *verify, int argc, char **argv)
{
	int option, status = COMMAND_DONE;

	while (status == COMMAND_DONE &&
	       (option = getopt_long(argc, argv, ":", long_options, NULL)) !=
		       -1) {
		if (option == 'h')
			return command_help(help) - 1;
		if (option == '?' || option == ':')
			return command_bad_option("verify", argv, option);
		status = take_option(verify, option);
	}
	return status;
}

int cmd_verify(int argc, char **argv)
{
	struct verify verify = {
		.run = { .exercises = home_exercises(),
			 .sandbox = home_sandbox(),
			 .slots = batch_default_slots(),
			 .progress = progress_cb },
		.repeat = 1,
		.generated_most = GENERATED_MAX,
		.kinds = UINT_MAX,
	};
	string_list all = NULL;
	struct error err = { 0 };
	int status = read_options(&verify, argc, argv);

	if (status)
		return status < 0 ? COMMAND_DONE : status;
	if (!verify.run.exercises)
		return command_fault("verify", "no exercises are installed; "
					       "set ASSAY_EXERCISES");
	if (optind == argc &&
	    exercise_list(verify.run.exercises, &all, &err) < 0)
		return command_fault("verify", "%s", err.text);
	CHECK(sodium_init() >= 0);
	verify.exercises = json_array();
	status = verify_loaded(&verify, all ? all : argv + optind);
	json_decref(verify.exercises);
	string_list_free(all);
	return status;
}
