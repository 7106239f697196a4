/*
 * cmd_verify.c - "assay verify": an exercise proves itself
 *
 * The reference must score everything, the starter nothing, and each mutant
 * must lose the test that exercise.json names, N times running. Hidden tests
 * run too, under a secret that is another one in every repetition.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "batch.h"
#include "command.h"
#include "commands.h"
#include "home.h"
#include "report_parts.h"
#include "seed.h"
#include "text.h"

#define REPEAT_MAX 1000u
#define POINTS_EPSILON 1e-6

static const char help[] =
	"usage: assay verify [OPTIONS] [EXERCISE...]\n"
	"\n"
	"Prove that an exercise (default: every one) judges rightly: its\n"
	"reference solution scores 100, its starter 0, and every mutant loses\n"
	"the test that it is there for.\n"
	"\n"
	"      --repeat N  all of it N times (default 1)\n"
	"      --jobs N    so many at a time (default: one per CPU)\n"
	"      --json      print the result as JSON\n"
	"      --help\n"
	"\n"
	"Exit status: 0 all as it must be; 1 not all; 2 wrong usage or a "
	"broken\n"
	"exercise; 3 the harness or this host failed.\n"
	"\n"
	"example: assay verify message-queue/bounded-queue --repeat 20\n";

static const struct option long_options[] = {
	{ "repeat", required_argument, NULL, 'r' },
	{ "jobs", required_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* What is handed in: the reference, the starter, or a mutant. */
struct subject {
	const char *name;
	const struct exercise_language *language;
	const struct exercise_mutant *mutant; /* NULL: not one */
	const struct fileset *files;
	bool reference;
	unsigned passed, failed; /* repetitions as they must be, and not */
	unsigned *lost;          /* by test: how often it did not pass */
};

struct verify {
	struct exercise *exercise;
	struct subject *subjects;
	size_t subject_count;
	unsigned repeat, slots;
	bool json;
	unsigned next, end; /* numbers of this repetition's submissions */
	unsigned done;
	unsigned char secret[SEED_SECRET_BYTES];
	int status;
};

/* ---- what is handed in ---- */

static void add_subject(struct verify *verify, const char *name,
			const struct exercise_language *language,
			const struct fileset *files, bool reference,
			const struct exercise_mutant *mutant)
{
	struct subject *subject = &verify->subjects[verify->subject_count++];

	subject->name = name;
	subject->language = language;
	subject->files = files;
	subject->reference = reference;
	subject->mutant = mutant;
	subject->lost = calloc(verify->exercise->test_count,
			       sizeof *subject->lost);
	ENOUGH(subject->lost);
}

static void plan(struct verify *verify)
{
	const struct exercise *exercise = verify->exercise;
	size_t i;

	verify->subject_count = 0;
	verify->next = verify->end = verify->done = 0;
	verify->subjects = calloc(exercise->mutant_count +
					  2 * exercise->language_count,
				  sizeof *verify->subjects);
	ENOUGH(verify->subjects);
	for (i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *language =
			&exercise->languages[i];

		add_subject(verify, "reference", language, &language->solution,
			    true, NULL);
		add_subject(verify, "starter", language, &language->starter,
			    false, NULL);
	}
	for (i = 0; i < exercise->mutant_count; i++)
		add_subject(verify, exercise->mutants[i].name,
			    exercise->mutants[i].language,
			    &exercise->mutants[i].files, false,
			    &exercise->mutants[i]);
}

static int next_cb(void *data, struct submission **ret)
{
	struct verify *verify = data;
	const struct subject *subject;
	struct submission *submission;
	struct error err;

	if (verify->next >= verify->end)
		return 0;
	subject = &verify->subjects[verify->next % verify->subject_count];
	submission = calloc(1, sizeof *submission);
	ENOUGH(submission);
	/* the number finds the subject again when its job is over */
	submission->id = text_format("%u", verify->next++);
	submission->path = text_format("%s", subject->name);
	submission->exercise_id = text_format("%s", verify->exercise->id);
	submission->language = text_format("%s", subject->language->name);
	fileset_init(&submission->files);
	CHECK(fileset_add_set(&submission->files, "", subject->files, &err) ==
	      0);
	*ret = submission;
	return 1;
}

/* ---- what comes of it ---- */

static const struct test_result *find_test(const struct result *result,
					   const char *id)
{
	size_t i;

	for (i = 0; i < result->test_count; i++)
		if (strcmp(result->tests[i].test->id, id) == 0)
			return &result->tests[i];
	return NULL;
}

/* A mutant is caught when its test itself ran and judged it wrong. */
static bool caught(const struct result *result, const char *test_id)
{
	const struct test_result *test = find_test(result, test_id);

	return test && test->verdict != VERDICT_PASS &&
	       test->verdict != VERDICT_SKIPPED &&
	       test->verdict != VERDICT_INCONCLUSIVE;
}

/* Why a result is not as it must be; NULL when it is. To be freed. */
static char *complaint(const struct subject *subject,
		       const struct result *result)
{
	struct score score;

	if (result->verdict == VERDICT_INCONCLUSIVE ||
	    result->verdict == VERDICT_BUILD_ERROR ||
	    result->verdict == VERDICT_REJECTED)
		return text_format("%s: %s", verdict_name(result->verdict),
				   result->message ? result->message : "");
	result_score(result, &score);
	if (subject->mutant)
		return caught(result, subject->mutant->fails)
			       ? NULL
			       : text_format("not caught by \"%s\"",
					     subject->mutant->fails);
	if (subject->reference)
		return score.points > score.maximum - POINTS_EPSILON
			       ? NULL
			       : text_format("scores %.2f of %.0f",
					     score.points, score.maximum);
	return score.points < POINTS_EPSILON
		       ? NULL
		       : text_format("scores %.2f, not 0", score.points);
}

static void tell_lost_tests(const struct result *result)
{
	size_t i;

	for (i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];

		if (test->verdict == VERDICT_PASS &&
		    test->points >= test->test->points - POINTS_EPSILON)
			continue;
		(void)fprintf(stderr, "    %s: %s, seed %llu: %s\n",
			      test->test->id, verdict_name(test->verdict),
			      (unsigned long long)test->run.seed,
			      test->run.message ? test->run.message
			      : test->run.fault ? test->run.fault
						: "");
	}
}

/* The batch has loaded the exercise for itself: ids are what is common. */
static size_t test_number(const struct exercise *exercise, const char *id)
{
	const struct exercise_test *test = exercise_test(exercise, id);

	CHECK(test);
	return (size_t)(test - exercise->tests);
}

static void end_progress(void)
{
	if (isatty(STDERR_FILENO))
		(void)fputs("\r\033[K", stderr);
}

static void take_result(struct verify *verify, const struct result *result)
{
	unsigned long number = strtoul(result->submission->id, NULL, 10);
	struct subject *subject =
		&verify->subjects[number % verify->subject_count];
	AUTO_FREE char *why = complaint(subject, result);
	const struct exercise *exercise = verify->exercise;
	size_t i;

	for (i = 0; i < result->test_count; i++)
		if (result->tests[i].verdict != VERDICT_PASS &&
		    result->tests[i].verdict != VERDICT_SKIPPED)
			subject->lost[test_number(exercise,
						  result->tests[i].test->id)]++;
	if (!why) {
		subject->passed++;
		return;
	}
	subject->failed++;
	end_progress();
	(void)fprintf(stderr, "%s %s (%s), repetition %lu: %s\n", exercise->id,
		      subject->name, subject->language->name,
		      number / verify->subject_count + 1, why);
	if (!subject->mutant)
		tell_lost_tests(result);
	if (result->verdict == VERDICT_INCONCLUSIVE)
		verify->status = COMMAND_FAULT;
}

static void done_cb(void *data, struct result *result, const struct error *err)
{
	struct verify *verify = data;

	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r\033[K%u of %zu", ++verify->done,
			      verify->repeat * verify->subject_count);
	if (!result) {
		verify->status = command_status_of(err->code);
		(void)fprintf(stderr, "assay verify: %s\n", err->text);
		verify->next = verify->end;
		return;
	}
	take_result(verify, result);
	result_free(result);
}

/* ---- telling ---- */

static void print_table(const struct verify *verify)
{
	const struct exercise *exercise = verify->exercise;
	size_t i, j;

	(void)printf("%s: how often each test was lost, of %u\n\n",
		     exercise->id, verify->repeat);
	for (i = 0; i < exercise->test_count; i++)
		(void)printf("  %c  %s\n", (int)('a' + i % 26),
			     exercise->tests[i].id);
	(void)printf("\n%-24s", "");
	for (i = 0; i < exercise->test_count; i++)
		(void)printf(" %3c", (int)('a' + i % 26));
	(void)printf("\n");
	for (j = 0; j < verify->subject_count; j++) {
		const struct subject *subject = &verify->subjects[j];

		(void)printf("%-24.24s", subject->name);
		for (i = 0; i < exercise->test_count; i++)
			if (subject->lost[i])
				(void)printf(" %3u", subject->lost[i]);
			else
				(void)printf("   .");
		(void)printf("  %s\n", subject->failed ? "FAILED" : "ok");
	}
	(void)printf("\n");
}

static json_t *to_json(const struct verify *verify)
{
	const struct exercise *exercise = verify->exercise;
	json_t *object = json_object(), *subjects = json_array();
	size_t i, j;

	for (j = 0; j < verify->subject_count; j++) {
		const struct subject *subject = &verify->subjects[j];
		json_t *entry = json_object(), *lost = json_object();

		for (i = 0; i < exercise->test_count; i++)
			report_set(lost, exercise->tests[i].id,
				   report_count(subject->lost[i]));
		report_set(entry, "name", report_text(subject->name));
		report_set(entry, "language",
			   report_text(subject->language->name));
		report_set(entry, "must_lose",
			   report_text(subject->mutant ? subject->mutant->fails
						       : NULL));
		report_set(entry, "passed", report_count(subject->passed));
		report_set(entry, "failed", report_count(subject->failed));
		report_set(entry, "lost", lost);
		report_append(subjects, entry);
	}
	report_set(object, "exercise", report_text(exercise->id));
	report_set(object, "version", report_text(exercise->version));
	report_set(object, "digest", report_text(exercise->digest));
	report_set(object, "repeat", report_count(verify->repeat));
	report_set(object, "subjects", subjects);
	return object;
}

static void release(struct verify *verify)
{
	size_t i;

	for (i = 0; i < verify->subject_count; i++)
		free(verify->subjects[i].lost);
	free(verify->subjects);
	exercise_free(verify->exercise);
}

/* One exercise; adds to @passed and @failed, and to @list for --json. */
static int verify_one(struct verify *verify, const char *root, const char *id,
		      json_t *list, unsigned *passed, unsigned *failed)
{
	struct batch_options batch = {
		.job = { .exercises = root,
			 .sandbox = home_sandbox(),
			 .secret = verify->secret },
		.slots = verify->slots,
		.next = next_cb,
		.done = done_cb,
		.data = verify,
	};
	struct error err = { 0 };
	size_t i;

	if (exercise_load(root, id, &verify->exercise, &err) < 0)
		return command_input("verify", err.code, "%s", err.text);
	plan(verify);
	for (i = 0; i < verify->repeat && !verify->status; i++) {
		randombytes_buf(verify->secret, sizeof verify->secret);
		verify->end += (unsigned)verify->subject_count;
		batch_run(&batch);
	}
	end_progress();
	for (i = 0; i < verify->subject_count; i++) {
		*passed += verify->subjects[i].passed;
		*failed += verify->subjects[i].failed;
	}
	if (verify->json)
		report_append(list, to_json(verify));
	else
		print_table(verify);
	release(verify);
	return verify->status;
}

static int verify_all(struct verify *verify, char *const *ids)
{
	const char *root = home_exercises();
	json_auto_t *list = json_array();
	unsigned passed = 0, failed = 0;
	int status = 0;

	for (; *ids && !status; ids++)
		status = verify_one(verify, root, *ids, list, &passed, &failed);
	if (status == COMMAND_USAGE)
		return status;
	if (verify->json) {
		(void)json_dumpf(list, stdout, JSON_INDENT(2));
		(void)printf("\n");
	} else {
		(void)printf("%u passed, %u failed\n", passed, failed);
	}
	if (status)
		return status;
	return failed ? COMMAND_NOT_PASSED : COMMAND_DONE;
}

int cmd_verify(int argc, char **argv)
{
	struct verify verify = { .repeat = 1, .slots = batch_default_slots() };
	string_list all = NULL;
	struct error err = { 0 };
	uint64_t number;
	int option, status;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		if (option == 'h')
			return command_help(help);
		if (option == '?' || option == ':')
			return command_bad_option("verify", argv, option);
		if (option == 'j') {
			verify.json = true;
			continue;
		}
		if (!command_number(optarg, 1,
				    option == 'r' ? REPEAT_MAX
						  : BATCH_SLOTS_MAX,
				    &number))
			return command_usage(
				"verify", "%s: bad value '%s'",
				option == 'r' ? "--repeat" : "--jobs", optarg);
		if (option == 'r')
			verify.repeat = (unsigned)number;
		else
			verify.slots = (unsigned)number;
	}
	if (!home_exercises())
		return command_fault("verify", "no exercises are installed; "
					       "set ASSAY_EXERCISES");
	CHECK(sodium_init() >= 0);
	if (optind < argc)
		return verify_all(&verify, argv + optind);
	if (exercise_list(home_exercises(), &all, &err) < 0)
		return command_fault("verify", "%s", err.text);
	status = verify_all(&verify, all);
	string_list_free(all);
	return status;
}
