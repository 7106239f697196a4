/*
 * cmd_grade.c - "assay grade": a batch of submissions, a report for each
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "batch.h"
#include "command.h"
#include "command_key.h"
#include "command_regrade.h"
#include "commands.h"
#include "home.h"
#include "journal.h"
#include "level.h"
#include "plan.h"
#include "report.h"
#include "sealer.h"
#include "seed.h"
#include "shard.h"
#include "summary.h"
#include "text.h"

static const char help[] =
	"usage: assay grade [OPTIONS] SUBMISSION... --out DIR\n"
	"\n"
	"Grade submissions, each a folder, .tar.gz, .tar or .zip, and write\n"
	"DIR/reports/ID.json for each, DIR/summary.json and DIR/summary.csv.\n"
	"\n"
	"      --out DIR        where to write; made if it is not there\n"
	"      --exercise ID    of submissions that do not say it themselves\n"
	"      --lang L         the same for the language\n"
	"      --jobs N         so many at a time (default: one per CPU)\n"
	"      --shard K/N      only each Nth of them, from the Kth on; put "
	"the\n"
	"                       folders of all N together with assay report "
	"--merge\n"
	"      --regrade OLD    grade again what the result folder OLD has, or "
	"those\n"
	"                       given of it, and say what changed and why; "
	"--out OLD\n"
	"                       puts OLD's results aside into OLD/earlier-N\n"
	"      --hidden FILE    also run hidden tests, seeded by the secret "
	"in\n"
	"                       FILE, which is made on first use\n"
	"      --require full|limited|minimal\n"
	"                       refuse to run below this isolation\n"
	"      --json           print the summary as JSON instead of a table\n"
	"      --quiet          no progress\n"
	"      --help\n"
	"\n"
	"Reports are signed with the key in ASSAY_KEY, or your own; see\n"
	"\"assay report --verify\".\n"
	"\n"
	"Exit status: 0 every submission has a report; 2 wrong usage or "
	"input;\n"
	"3 the harness or this host failed. What the verdicts are changes\n"
	"nothing about it.\n"
	"\n"
	"example: assay grade inbox/*.tar.gz --out results --hidden secret\n";

static const struct option long_options[] = {
	{ "out", required_argument, NULL, 'o' },
	{ "exercise", required_argument, NULL, 'e' },
	{ "lang", required_argument, NULL, 'l' },
	{ "jobs", required_argument, NULL, 'n' },
	{ "shard", required_argument, NULL, 'k' },
	{ "regrade", required_argument, NULL, 'g' },
	{ "hidden", required_argument, NULL, 's' },
	{ "require", required_argument, NULL, 'r' },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct grade {
	struct plan plan;
	const char *old; /* --regrade; NULL: none */
	struct regrade regrade;
	struct shard shard;
	const char *shard_text; /* NULL: all */
	size_t total;           /* of all shards */
	char ids[65];           /* plan_digest() of them */
	size_t next, done, graded;
	unsigned passed, inconclusive;
	const char *out;
	bool json, quiet, terminal, level_said;
	struct timespec started;
	struct journal *journal;
	json_t *environment;
	struct sealer *sealer; /* NULL: reports are not signed */
	const char *require;
	unsigned char secret[SEED_SECRET_BYTES];
	int status; /* the worst so far */
};

static void worst(struct grade *grade, int status)
{
	if (status > grade->status)
		grade->status = status;
}

/* ---- progress ---- */

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void show_progress(const struct grade *grade, const char *id,
			  const char *verdict)
{
	double left = seconds_since(&grade->started) / (double)grade->done *
		      (double)(grade->plan.count - grade->done);

	if (grade->quiet)
		return;
	if (grade->terminal)
		(void)fprintf(stderr,
			      "\r\033[K%zu/%zu graded, %u passed, %.0f s left",
			      grade->done, grade->plan.count, grade->passed,
			      left);
	else
		(void)fprintf(stderr, "%zu/%zu %s: %s\n", grade->done,
			      grade->plan.count, id, verdict);
	if (grade->terminal && grade->done == grade->plan.count)
		(void)fputc('\n', stderr);
}

static void end_progress_line(const struct grade *grade)
{
	if (grade->terminal && !grade->quiet)
		(void)fputs("\r\033[K", stderr);
}

/* ---- submissions in, reports out ---- */

static void add_to_journal(struct grade *grade, json_t *line)
{
	struct error err = { 0 };

	if (journal_add(grade->journal, line, &err) < 0) {
		end_progress_line(grade);
		worst(grade, command_fault("grade", "%s", err.text));
	}
}

static void could_not(struct grade *grade, const char *path,
		      const struct error *err)
{
	end_progress_line(grade);
	worst(grade, command_input("grade", err->code, "%s", err->text));
	add_to_journal(grade, journal_error_line(path, err->text));
}

static int next_cb(void *data, struct submission **ret)
{
	struct grade *grade = data;
	struct error err = { 0 };

	while (grade->next < grade->plan.count) {
		const struct planned *item = &grade->plan.items[grade->next++];

		if (submission_read(item->path, ret, &err) == 0) {
			free((*ret)->id);
			(*ret)->id = text_format("%s", item->id);
			return 1;
		}
		could_not(grade, item->path, &err);
		grade->done++;
	}
	return 0;
}

/* Nothing degrades silently. */
static void say_level(struct grade *grade, const struct box_hello *hello)
{
	const struct box_layer *missing = level_missing(hello, BOX_LEVEL_FULL);

	if (grade->level_said || !hello->type || hello->error || !missing)
		return;
	grade->level_said = true;
	end_progress_line(grade);
	(void)fprintf(stderr,
		      "assay grade: isolation is %s, not full: %s is off "
		      "(%s); see \"assay doctor\"\n",
		      box_level_name(hello->level), missing->name,
		      missing->detail);
}

static void keep(struct grade *grade, const struct result *result)
{
	json_auto_t *report = report_new(result, grade->environment);
	const char *id = result->submission->id;
	AUTO_FREE char *name = text_format("reports/%s.json", id);
	AUTO_FREE char *path = text_format("%s/%s", grade->out, name);
	struct error err = { 0 };
	json_t *line = journal_graded_line(
		result->submission->path, id, result->submission->content,
		(double)result->wall_ms / 1000, summary_line(report, name));

	sealer_seal(grade->sealer, report, line);
	if (report_write(report, path, &err) < 0) {
		json_decref(line);
		end_progress_line(grade);
		worst(grade, command_fault("grade", "%s", err.text));
		return;
	}
	say_level(grade, &result->isolation);
	add_to_journal(grade, line);
	grade->graded++;
	grade->passed += result->verdict == VERDICT_PASS;
	grade->inconclusive += result->verdict == VERDICT_INCONCLUSIVE;
	show_progress(grade, id, verdict_name(result->verdict));
}

static void done_cb(void *data, const char *path, struct result *result,
		    const struct error *err)
{
	struct grade *grade = data;

	grade->done++;
	if (result) {
		keep(grade, result);
		result_free(result);
		return;
	}
	end_progress_line(grade);
	worst(grade, command_status_of(err->code) == COMMAND_USAGE
			     ? command_usage("grade", "%s", err->text)
			     : command_fault("grade", "%s", err->text));
	add_to_journal(grade, journal_error_line(path, err->text));
}

/* ---- before and after ---- */

static int make_folder(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return command_input("grade", errno, "--out: %s: %s", path,
				     strerror(errno));
	if (access(path, W_OK | X_OK) < 0)
		return command_input("grade", errno, "--out: %s: %s", path,
				     strerror(errno));
	return 0;
}

static int prepare_output(const struct grade *grade)
{
	AUTO_FREE char *reports = text_format("%s/reports", grade->out);
	int status = make_folder(grade->out);

	return status ? status : make_folder(reports);
}

/* A path that is not there is told before anything runs. */
static int check_paths(const struct grade *grade)
{
	const char *path;
	size_t i;

	for (i = 0; i < grade->plan.count; i++) {
		path = grade->plan.items[i].path;
		if (access(path, R_OK) < 0)
			return command_input("grade", errno, "%s: %s", path,
					     strerror(errno));
	}
	return 0;
}

static int check_exercise(const struct job_options *job)
{
	struct exercise *exercise;
	struct error err = { 0 };

	if (!job->exercise_id)
		return 0;
	if (exercise_load(job->exercises, job->exercise_id, &exercise, &err) <
	    0)
		return command_input("grade", err.code, "%s", err.text);
	exercise_free(exercise);
	return 0;
}

static void copy_summary(const struct grade *grade)
{
	AUTO_FREE char *path = text_format("%s/summary.json", grade->out);
	FILE *in = fopen(path, "re");
	int c;

	while (in && (c = getc_unlocked(in)) != EOF)
		(void)putchar_unlocked(c);
	if (in)
		(void)fclose(in);
}

static void print_summary(const struct grade *grade,
			  const struct summary *summary)
{
	if (grade->json) {
		copy_summary(grade);
		return;
	}
	summary_print(summary, stdout, command_colour(STDOUT_FILENO));
	(void)printf("\nreports: %s/reports/, summary: %s/summary.csv\n",
		     grade->out, grade->out);
}

/* The folder is this batch's from here on. */
static int open_journal(struct grade *grade, const struct job_options *job)
{
	struct journal_batch batch = { .exercise = job->exercise_id,
				       .language = job->language,
				       .require = grade->require,
				       .ids = grade->ids,
				       .shard = grade->shard_text,
				       .regrade_of = grade->regrade.name,
				       .total = grade->total };
	struct error err = { 0 };
	char hidden[65];

	if (job->secret) {
		seed_secret_digest(job->secret, hidden);
		batch.hidden = hidden;
	}
	if (journal_open(grade->out, &grade->journal, &err) < 0)
		return command_input("grade", err.code, "--out: %s", err.text);
	if (journal_graded(grade->journal) > 0)
		return command_usage("grade",
				     "--out: %s: has a batch already; name "
				     "another folder",
				     grade->out);
	if (journal_begin(grade->journal, journal_batch_line(&batch), &err) < 0)
		return command_fault("grade", "%s", err.text);
	return 0;
}

static int open_sealer(struct grade *grade, const struct key *key)
{
	struct error err = { 0 };

	if (sealer_new(key, grade->out, &grade->sealer, &err) < 0)
		return command_fault("grade", "%s", err.text);
	return 0;
}

static void tell(struct grade *grade, const struct summary *summary)
{
	if (grade->old)
		worst(grade, command_regrade_tell(&grade->regrade, &grade->plan,
						  grade->out, grade->json));
	else
		print_summary(grade, summary);
}

static void sum_up(struct grade *grade)
{
	struct summary *summary = summary_new();
	struct error err = { 0 };

	if (summary_read(summary, grade->out, &err) < 0 ||
	    summary_write(summary, grade->out, &err) < 0)
		worst(grade, command_fault("grade", "%s", err.text));
	else
		tell(grade, summary);
	summary_free(summary);
}

static int run(struct grade *grade, struct batch_options *batch)
{
	struct key key = { 0 };
	bool has_key;
	int status;

	batch->job.exercises = home_exercises();
	batch->job.sandbox = home_sandbox();
	if (!batch->job.exercises)
		return command_fault("grade", "no exercises are installed; "
					      "set ASSAY_EXERCISES");
	status = check_paths(grade);
	if (!status)
		status = check_exercise(&batch->job);
	if (!status)
		status = command_regrade_put_aside(&grade->regrade, grade->out);
	if (!status)
		status = prepare_output(grade);
	if (status)
		return status;
	grade->terminal = isatty(STDERR_FILENO);
	grade->environment = report_environment();
	status = command_key("grade", &key, &has_key);
	if (!status)
		status = open_journal(grade, &batch->job);
	if (!status && has_key)
		status = open_sealer(grade, &key);
	if (!status) {
		(void)clock_gettime(CLOCK_MONOTONIC, &grade->started);
		batch_run(batch);
		add_to_journal(grade, journal_end_line(grade->graded));
		sum_up(grade);
	}
	sealer_free(grade->sealer);
	key_clear(&key);
	journal_close(grade->journal);
	json_decref(grade->environment);
	return status ? status : grade->status;
}

static int load_secret(struct grade *grade, struct job_options *job,
		       const char *path)
{
	struct error err = { 0 };

	if (seed_secret_load(path, grade->secret, &err) < 0)
		return command_input("grade", err.code, "--hidden: %s",
				     err.text);
	job->secret = grade->secret;
	return 0;
}

/* 0, or the exit status of a wrong value. */
static int take_option(struct grade *grade, struct batch_options *batch,
		       int option)
{
	uint64_t number;

	switch (option) {
	case 'o':
		grade->out = optarg;
		return 0;
	case 'e':
		batch->job.exercise_id = optarg;
		return 0;
	case 'l':
		batch->job.language = optarg;
		return 0;
	case 'n':
		if (!command_number(optarg, 1, BATCH_SLOTS_MAX, &number))
			return command_usage("grade", "--jobs: bad value '%s'",
					     optarg);
		batch->slots = (unsigned)number;
		return 0;
	case 'g':
		grade->old = optarg;
		return 0;
	case 'k':
		grade->shard_text = optarg;
		if (!shard_parse(optarg, &grade->shard))
			return command_usage("grade",
					     "--shard: bad value '%s', it is "
					     "K/N with K from 1 to N",
					     optarg);
		return 0;
	case 's':
		return load_secret(grade, &batch->job, optarg);
	case 'r':
		batch->job.need_level = true;
		grade->require = optarg;
		if (!command_level(optarg, &batch->job.level))
			return command_usage(
				"grade", "--require: bad value '%s'", optarg);
		return 0;
	case 'j':
		grade->json = true;
		return 0;
	default:
		grade->quiet = true;
		return 0;
	}
}

int cmd_grade(int argc, char **argv)
{
	struct grade grade = { 0 };
	struct batch_options batch = {
		.slots = batch_default_slots(),
		.next = next_cb,
		.done = done_cb,
		.data = &grade,
	};
	int option, status;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		if (option == 'h')
			return command_help(help);
		if (option == '?' || option == ':')
			return command_bad_option("grade", argv, option);
		status = take_option(&grade, &batch, option);
		if (status)
			return status;
	}
	if (optind == argc && !grade.old)
		return command_usage("grade", "no submission given "
					      "(see assay grade --help)");
	if (!grade.out)
		return command_usage("grade", "--out is needed: where to write "
					      "the reports");
	for (; optind < argc; optind++)
		plan_add(&grade.plan, argv[optind]);
	if (grade.old)
		status = command_regrade_find(&grade.regrade, grade.old,
					      grade.out, false, &batch.job,
					      &grade.plan);
	else
		status = 0;
	plan_name(&grade.plan);
	plan_digest(&grade.plan, grade.ids);
	grade.total = grade.plan.count;
	shard_select(&grade.shard, &grade.plan);
	if (!status)
		status = run(&grade, &batch);
	regrade_release(&grade.regrade);
	plan_release(&grade.plan);
	return status;
}
