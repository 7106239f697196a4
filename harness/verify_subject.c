/*
 * verify_subject.c - see verify_subject.h
 */
#include "verify_subject.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"
#include "verify_complaint.h"
#include "workspace.h"

/* ---- what is handed in ---- */

static void add(struct verify_subjects *subjects, struct verify_subject subject)
{
	size_t tests = subjects->exercise->test_count;

	subject.ran = calloc(tests, sizeof *subject.ran);
	subject.lost = calloc(tests, sizeof *subject.lost);
	subject.full = calloc(tests, sizeof *subject.full);
	subject.wall_ms = calloc(subjects->repeat, sizeof *subject.wall_ms);
	ENOUGH(subject.ran && subject.lost && subject.full && subject.wall_ms);
	subjects->list[subjects->count++] = subject;
}

void verify_subjects_init(struct verify_subjects *subjects,
			  const struct exercise *exercise, unsigned repeat,
			  bool quick)
{
	*subjects = (struct verify_subjects){ .exercise = exercise,
					      .repeat = repeat,
					      .quick = quick };
	subjects->list = calloc(exercise->mutant_count +
					2 * exercise->language_count,
				sizeof *subjects->list);
	ENOUGH(subjects->list);
	for (size_t i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *language =
			&exercise->languages[i];

		add(subjects,
		    (struct verify_subject){ .role = VERIFY_REFERENCE,
					     .name = "reference",
					     .language = language,
					     .files = &language->solution });
		add(subjects,
		    (struct verify_subject){ .role = VERIFY_STARTER,
					     .name = "starter",
					     .language = language,
					     .files = &language->starter });
	}
	for (size_t i = 0; i < exercise->mutant_count; i++) {
		const struct exercise_mutant *mutant = &exercise->mutants[i];

		add(subjects,
		    (struct verify_subject){ .role = VERIFY_MUTANT,
					     .name = mutant->name,
					     .language = mutant->language,
					     .mutant = mutant,
					     .files = &mutant->files });
	}
}

void verify_subjects_release(struct verify_subjects *subjects)
{
	for (size_t i = 0; i < subjects->count; i++) {
		free(subjects->list[i].complaint);
		free(subjects->list[i].ran);
		free(subjects->list[i].lost);
		free(subjects->list[i].full);
		free(subjects->list[i].wall_ms);
	}
	free(subjects->list);
}

struct submission *verify_subject_submit(const struct verify_subject *subject,
					 const struct exercise *exercise,
					 const char *id)
{
	struct submission *submission = calloc(1, sizeof *submission);
	struct error err;

	ENOUGH(submission);
	submission->id = text_format("%s", id);
	submission->path = text_format("%s", subject->name);
	submission->exercise_id = text_format("%s", exercise->id);
	submission->language = text_format("%s", subject->language->name);
	fileset_init(&submission->files);
	CHECK(fileset_add_set(&submission->files, "", subject->files, &err) ==
	      0);
	return submission;
}

static bool only_its_test(const struct verify_subjects *subjects,
			  const struct verify_subject *subject)
{
	return subject->role == VERIFY_MUTANT &&
	       (subjects->quick || subject->judged > 0);
}

bool verify_subject_wants(const struct verify_subjects *subjects,
			  const struct verify_subject *subject,
			  const struct exercise_test *test)
{
	return !only_its_test(subjects, subject) ||
	       strcmp(test->id, subject->mutant->fails) == 0;
}

int verify_subjects_lay_out(const struct verify_subjects *subjects,
			    const char *dir, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < subjects->count; i++) {
		const struct verify_subject *subject = &subjects->list[i];
		bool mutant = subject->role == VERIFY_MUTANT;
		AUTO_FREE char *path = text_format(
			"%s/%s%s%s", dir, subject->name, mutant ? "" : "-",
			mutant ? "" : subject->language->name);

		rc = workspace_lay_out(subjects->exercise, subject->language,
				       subject->files, path, err);
	}
	return rc;
}

/* ---- what came of it ---- */

/* The batch has loaded the exercise for itself: ids are what is common. */
static size_t test_number(const struct exercise *exercise, const char *id)
{
	const struct exercise_test *test = exercise_test(exercise, id);

	CHECK(test);
	return (size_t)(test - exercise->tests);
}

void verify_subject_take(struct verify_subject *subject,
			 const struct verify_subjects *subjects,
			 const struct result *result)
{
	AUTO_FREE char *why = verify_complain(subject, result);

	CHECK(subject->judged < subjects->repeat);
	for (size_t i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];
		size_t number = test_number(subjects->exercise, test->test->id);

		subject->ran[number]++;
		subject->lost[number] += verify_is_lost(test);
		subject->full[number] += verify_has_all_points(test);
	}
	if (!only_its_test(subjects, subject))
		subject->wall_ms[subject->whole++] = result->wall_ms;
	subject->judged++;
	subject->undecided += result->verdict == VERDICT_INCONCLUSIVE;
	if (!why)
		subject->good++;
	else if (!subject->complaint)
		subject->complaint = text_format("repetition %u: %s",
						 subject->judged, why);
}

/* ---- what is known in the end ---- */

bool verify_is_killed_by(const struct verify_subject *subject, size_t test)
{
	return subject->ran[test] > 0 &&
	       subject->lost[test] == subject->ran[test];
}

bool verify_is_killed_by_only(const struct verify_subjects *subjects,
			      const struct verify_subject *subject, size_t test)
{
	const struct exercise *exercise = subjects->exercise;

	for (size_t i = 0; i < exercise->test_count; i++)
		if (i != test && !exercise->tests[i].why &&
		    verify_is_killed_by(subject, i))
			return false;
	return verify_is_killed_by(subject, test);
}

static int order(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct verify_time time_of(uint64_t *wall_ms, size_t count)
{
	if (count == 0)
		return (struct verify_time){ 0 };
	qsort(wall_ms, count, sizeof *wall_ms, order);
	return (struct verify_time){ .median_ms = wall_ms[(count - 1) / 2],
				     .max_ms = wall_ms[count - 1] };
}

/* Append the times of @subject, which fit. */
static size_t copy_times(uint64_t *to, size_t at,
			 const struct verify_subject *subject)
{
	memcpy(to + at, subject->wall_ms, subject->whole * sizeof *to);
	return at + subject->whole;
}

struct verify_time verify_time_of(const struct verify_subject *subject)
{
	AUTO_FREE uint64_t *times = calloc(subject->whole + 1, sizeof *times);

	ENOUGH(times);
	return time_of(times, copy_times(times, 0, subject));
}

struct verify_time verify_time_of_all(const struct verify_subjects *subjects)
{
	AUTO_FREE uint64_t *times = calloc(
		subjects->count * subjects->repeat + 1, sizeof *times);
	size_t used = 0;

	ENOUGH(times);
	for (size_t i = 0; i < subjects->count; i++)
		used = copy_times(times, used, &subjects->list[i]);
	return time_of(times, used);
}
