/*
 * cmd_grade.c - "assay grade": a batch of submissions, a report for each
 *
 * This part knows the command line and the result folder before and after;
 * cmd_grade_run.c is the batch at work, cmd_grade_audit.c its end.
 */
#include "cmd_grade.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "command.h"
#include "command_key.h"
#include "command_regrade.h"
#include "commands.h"
#include "home.h"
#include "report_file.h"
#include "resume.h"
#include "store.h"
#include "summary.h"
#include "text.h"

static const char help[] =
	"usage: assay grade [OPTIONS] SUBMISSION... --out DIR\n"
	"       assay grade --replay REPORT [SUBMISSION]\n"
	"\n"
	"Grade submissions, each a folder, .tar.gz, .tar or .zip, and write\n"
	"DIR/reports/ID.json for each, DIR/summary.json and DIR/summary.csv.\n"
	"\n"
	"      --out DIR        where to write; made if it is not there\n"
	"      --resume         go on in DIR, where a batch was stopped or "
	"killed:\n"
	"                       the same submissions and options again\n"
	"      --from FILE      take paths of submissions from FILE, one on a "
	"line,\n"
	"                       behind those named here; - is standard input\n"
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
	"      --replay REPORT  grade what REPORT is of once more, and say "
	"whether\n"
	"                       the verdict is the same, or what differs; "
	"nothing is\n"
	"                       written, and a report that is not the "
	"grader's, or\n"
	"                       of other files, refused\n"
	"      --key PUBLIC     of --replay: the grader's public key, as of "
	"\"assay\n"
	"                       report --verify\"\n"
	"      --hidden FILE    also run hidden tests, seeded by the secret "
	"in\n"
	"                       FILE, which is made on first use\n"
	"      --audit N        grade N of all submissions a second time at "
	"the end,\n"
	"                       and say how many differ (default: one of 50)\n"
	"      --no-cache       take no build from the cache and keep none in "
	"it\n"
	"      --require full|limited|minimal\n"
	"                       refuse to run below this isolation\n"
	"      --json           print the summary as JSON instead of a table\n"
	"      --quiet          no progress\n"
	"      --help\n"
	"\n"
	"What is graded is in DIR/journal.jsonl and survives a kill and a "
	"power\n"
	"cut; --resume grades nothing twice. Ctrl-C (SIGINT or SIGTERM) lets "
	"what\n"
	"is in flight finish, a second one stops at once; either way the "
	"process\n"
	"ends by that signal.\n"
	"\n"
	"Reports are signed with the key in ASSAY_KEY, or your own; see\n"
	"\"assay report --verify\".\n"
	"\n"
	"Exit status: 0 every submission has a report; 1 --replay, and the "
	"verdict\n"
	"is another one; 2 wrong usage or input; 3 the harness or this host\n"
	"failed. What the verdicts are changes nothing about it.\n"
	"\n"
	"example: assay grade inbox/*.tar.gz --out results --hidden secret\n";

static const struct option long_options[] = {
	{ "out", required_argument, NULL, 'o' },
	{ "resume", no_argument, NULL, 'c' },
	{ "from", required_argument, NULL, 'f' },
	{ "exercise", required_argument, NULL, 'e' },
	{ "lang", required_argument, NULL, 'l' },
	{ "jobs", required_argument, NULL, 'n' },
	{ "shard", required_argument, NULL, 'k' },
	{ "regrade", required_argument, NULL, 'g' },
	{ "replay", required_argument, NULL, 'y' },
	{ "key", required_argument, NULL, 'p' },
	{ "hidden", required_argument, NULL, 's' },
	{ "audit", required_argument, NULL, 'a' },
	{ "no-cache", no_argument, NULL, 'x' },
	{ "require", required_argument, NULL, 'r' },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

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
	size_t i;

	for (i = 0; i < grade->plan.count; i++) {
		AUTO_FREE char *path = plan_path(&grade->plan, i);

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

/* ---- the journal: begin one, or go on ---- */

static void say_again(void *data, const char *id, const char *why)
{
	(void)data;
	(void)fprintf(stderr, "assay grade: %s is graded again: %s\n", id, why);
}

/* What a kill or a power cut did. */
static void say_damage(const struct grade *grade)
{
	unsigned long long torn = journal_torn(grade->journal);
	unsigned long long damaged = journal_damaged(grade->journal);

	if (torn)
		(void)fprintf(stderr,
			      "assay grade: %s/" JOURNAL_NAME
			      ": cut %llu bytes of a line that was never "
			      "finished\n",
			      grade->out, torn);
	if (damaged)
		(void)fprintf(stderr,
			      "assay grade: %s/" JOURNAL_NAME
			      ": passed over %llu damaged lines\n",
			      grade->out, damaged);
}

/* Half-written files of a killed run. */
static void sweep(const char *folder)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)report_file_sweep(fd);
}

static int go_on(struct grade *grade, const struct journal_batch *batch)
{
	const struct resume_options options = {
		.dir = grade->out,
		.exercises = grade->batch.job.exercises,
		.again = say_again,
	};
	AUTO_FREE char *reports = text_format("%s/reports", grade->out);
	struct error err = { 0 };

	if (resume_check(journal_batch(grade->journal), batch, &err) < 0 ||
	    resume_plan(&options, &grade->plan, &grade->progress, &err) < 0)
		return command_input("grade", err.code, "--resume: %s: %s",
				     grade->out, err.text);
	say_damage(grade);
	sweep(reports);
	sweep(grade->out);
	if (journal_add(grade->journal, journal_resumed_line(), &err) < 0)
		return command_fault("grade", "%s", err.text);
	if (!grade->quiet)
		(void)fprintf(stderr,
			      "assay grade: going on: %zu of %zu were graded "
			      "before\n",
			      grade->progress.before, grade->progress.total);
	return 0;
}

static int begin(struct grade *grade, const struct journal_batch *batch)
{
	struct error err = { 0 };

	if (journal_begin(grade->journal, journal_batch_line(batch), &err) < 0)
		return command_fault("grade", "%s", err.text);
	return 0;
}

/* The folder is this batch's from here on. A batch that came to nothing at
 * all, because an option was wrong, is in nobody's way. */
static int open_journal(struct grade *grade)
{
	const struct job_options *job = &grade->batch.job;
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
	if (grade->resume && journal_batch(grade->journal))
		return go_on(grade, &batch);
	if (journal_graded(grade->journal) > 0)
		return command_usage("grade",
				     "--out: %s: has a batch already; go on "
				     "with it by --resume, or name another "
				     "--out",
				     grade->out);
	return begin(grade, &batch);
}

/* ---- the summary ---- */

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
		grade_worst(grade,
			    command_regrade_tell(&grade->regrade, &grade->plan,
						 grade->out, grade->json));
	else
		print_summary(grade, summary);
}

/* Of all there is, also when it was stopped. */
static void sum_up(struct grade *grade)
{
	struct summary *summary = summary_new();
	struct error err = { 0 };

	/* its memory is as much as the summary is going to take */
	if (!grade->old)
		plan_release(&grade->plan);
	if (summary_read(summary, grade->out, &err) < 0 ||
	    summary_write(summary, grade->out, &err) < 0)
		grade_worst(grade, command_fault("grade", "%s", err.text));
	else
		tell(grade, summary);
	summary_free(summary);
}

/* So that who started this sees what ended it (a shell, Slurm). */
static void end_by_signal(const struct grade *grade)
{
	(void)fflush(stdout);
	(void)fprintf(
		stderr,
		"assay grade: stopped, %zu of %zu graded; the same command "
		"goes on by --resume\n",
		grade->progress.before + grade->progress.graded,
		grade->progress.total);
	(void)signal(grade->stopped_by, SIG_DFL);
	(void)raise(grade->stopped_by);
}

static int check_all(struct grade *grade)
{
	struct job_options *job = &grade->batch.job;
	int status;

	job->exercises = home_exercises();
	job->sandbox = home_sandbox();
	if (!job->exercises)
		return command_fault("grade", "no exercises are installed; "
					      "set ASSAY_EXERCISES");
	status = check_paths(grade);
	if (!status)
		status = check_exercise(job);
	if (!status)
		status = command_regrade_put_aside(&grade->regrade, grade->out);
	if (!status)
		status = prepare_output(grade);
	return status;
}

static int run(struct grade *grade)
{
	int status = check_all(grade);
	struct key key = { 0 };
	bool has_key = false;

	if (status)
		return status;
	grade->terminal = isatty(STDERR_FILENO);
	grade->progress.total = grade->plan.count;
	status = command_key("grade", &key, &has_key);
	if (!status)
		status = open_journal(grade);
	if (!status && has_key)
		status = open_sealer(grade, &key);
	if (!status) {
		grade_run(grade);
		sum_up(grade);
	}
	sealer_free(grade->sealer);
	key_clear(&key);
	journal_close(grade->journal);
	if (!status && grade->stopped_by)
		end_by_signal(grade);
	return status ? status : grade->status;
}

/* ---- the command line ---- */

static int load_secret(struct grade *grade, const char *path)
{
	struct error err = { 0 };

	if (seed_secret_load(path, grade->secret, &err) < 0)
		return command_input("grade", err.code, "--hidden: %s",
				     err.text);
	grade->batch.job.secret = grade->secret;
	return 0;
}

static int take_jobs(struct grade *grade, const char *text)
{
	uint64_t number;

	if (!command_number(text, 1, BATCH_SLOTS_MAX, &number))
		return command_usage("grade", "--jobs: bad value '%s'", text);
	grade->batch.slots = (unsigned)number;
	return 0;
}

static int take_audit(struct grade *grade, const char *text)
{
	uint64_t number;

	if (!command_number(text, 0, PLAN_MAX, &number))
		return command_usage("grade", "--audit: bad value '%s'", text);
	grade->audit = (size_t)number;
	grade->audit_given = true;
	return 0;
}

static int take_shard(struct grade *grade, const char *text)
{
	grade->shard_text = text;
	if (!shard_parse(text, &grade->shard))
		return command_usage("grade",
				     "--shard: bad value '%s', it is K/N with "
				     "K from 1 to N",
				     text);
	return 0;
}

static int take_level(struct grade *grade, const char *text)
{
	grade->batch.job.need_level = true;
	grade->require = text;
	if (!command_level(text, &grade->batch.job.level))
		return command_usage("grade", "--require: bad value '%s'",
				     text);
	return 0;
}

/* 0, or the exit status of a wrong value. */
static int take_option(struct grade *grade, int option)
{
	switch (option) {
	case 'o':
		grade->out = optarg;
		return 0;
	case 'c':
		grade->resume = true;
		return 0;
	case 'f':
		grade->from = optarg;
		return 0;
	case 'e':
		grade->batch.job.exercise_id = optarg;
		return 0;
	case 'l':
		grade->batch.job.language = optarg;
		return 0;
	case 'n':
		return take_jobs(grade, optarg);
	case 'g':
		grade->old = optarg;
		return 0;
	case 'y':
		grade->replay = optarg;
		return 0;
	case 'p':
		grade->public_key = optarg;
		return 0;
	case 'k':
		return take_shard(grade, optarg);
	case 's':
		return load_secret(grade, optarg);
	case 'a':
		return take_audit(grade, optarg);
	case 'x':
		/* no thread and no box is there yet */
		CHECK(setenv(STORE_VARIABLE, STORE_OFF, 1) == 0);
		return 0;
	case 'r':
		return take_level(grade, optarg);
	case 'j':
		grade->json = true;
		return 0;
	default:
		grade->quiet = true;
		return 0;
	}
}

static int make_plan(struct grade *grade, char **paths)
{
	struct error err = { 0 };
	int status = 0;

	for (; *paths; paths++)
		plan_add(&grade->plan, *paths);
	if (grade->from && plan_read(&grade->plan, grade->from, &err) < 0)
		return command_input("grade", err.code, "--from: %s", err.text);
	if (grade->plan.count == 0 && !grade->old)
		return command_usage("grade", "no submission given "
					      "(see assay grade --help)");
	if (!grade->out)
		return command_usage("grade", "--out is needed: where to write "
					      "the reports");
	if (grade->old)
		status = command_regrade_find(&grade->regrade, grade->old,
					      grade->out, grade->resume,
					      &grade->batch.job, &grade->plan);
	plan_name(&grade->plan);
	plan_digest(&grade->plan, grade->ids);
	grade->total = grade->plan.count;
	shard_select(&grade->shard, &grade->plan);
	return status;
}

int cmd_grade(int argc, char **argv)
{
	struct grade grade = { .batch.slots = batch_default_slots() };
	int option, status;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		if (option == 'h')
			return command_help(help);
		if (option == '?' || option == ':')
			return command_bad_option("grade", argv, option);
		status = take_option(&grade, option);
		if (status)
			return status;
	}
	if (grade.replay)
		return grade_replay(&grade, argv + optind);
	if (grade.public_key)
		return command_usage("grade", "--key goes with --replay");
	status = make_plan(&grade, argv + optind);
	if (!status)
		status = run(&grade);
	regrade_release(&grade.regrade);
	plan_release(&grade.plan);
	return status;
}
