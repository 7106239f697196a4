/*
 * verify_subject.h - what "assay verify" hands in, and what came of it
 *
 * The reference and the starter of each language and every mutant, each judged
 * several times. What has to come of one depends on what it is; a subject keeps
 * count, and the first complaint.
 */
#ifndef ASSAY_VERIFY_SUBJECT_H
#define ASSAY_VERIFY_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "exercise.h"
#include "result.h"

enum verify_role { VERIFY_REFERENCE, VERIFY_STARTER, VERIFY_MUTANT };

struct verify_subject {
	enum verify_role role;
	const char *name; /* "reference", "starter", or the mutant's */
	const struct exercise_language *language;
	const struct exercise_mutant *mutant; /* of VERIFY_MUTANT, else NULL */
	const struct fileset *files;
	unsigned judged;    /* repetitions: all of them, ... */
	unsigned whole;     /* ... those in which every test ran, ... */
	unsigned good;      /* ... those that were as they must be ... */
	unsigned undecided; /* ... and those that the host spoiled */
	char *complaint;    /* about the first that was not; NULL: none */
	unsigned *ran;      /* by test: repetitions in which it was run */
	unsigned *lost;     /* by test: repetitions that it did not survive */
	unsigned *full;     /* by test: repetitions that gave all its points */
	uint64_t *wall_ms;  /* by whole repetition */
};

struct verify_subjects {
	const struct exercise *exercise; /* borrowed, as all that is in these */
	struct verify_subject *list;
	size_t count;
	unsigned repeat; /* what each is to be judged, at most */
	bool quick;      /* mutants never whole; see verify_subject_wants() */
};

/** All that is to be judged @repeat times to prove @exercise. */
void verify_subjects_init(struct verify_subjects *subjects,
			  const struct exercise *exercise, unsigned repeat,
			  bool quick);
void verify_subjects_release(struct verify_subjects *subjects);

/** Hand in @subject: a submission that is the caller's, called @id. */
struct submission *verify_subject_submit(const struct verify_subject *subject,
					 const struct exercise *exercise,
					 const char *id);

/**
 * Whether the next repetition of @subject is to run @test. What else a mutant
 * loses is found out once; what it must lose, every time.
 */
bool verify_subject_wants(const struct verify_subjects *subjects,
			  const struct verify_subject *subject,
			  const struct exercise_test *test);

/**
 * Make each subject a folder to hand in beneath @dir: "reference-c",
 * "starter-c", a mutant by its name.
 */
int verify_subjects_lay_out(const struct verify_subjects *subjects,
			    const char *dir, struct error *err);

/** Take in what came of one repetition. */
void verify_subject_take(struct verify_subject *subject,
			 const struct verify_subjects *subjects,
			 const struct result *result);

/** Whether the test with this number was lost whenever it was run. */
bool verify_is_killed_by(const struct verify_subject *subject, size_t test);
/** And no other test that has no "why" of its own to be there. */
bool verify_is_killed_by_only(const struct verify_subjects *subjects,
			      const struct verify_subject *subject,
			      size_t test);

/** Time per submission: the middle one, and the longest. */
struct verify_time {
	uint64_t median_ms, max_ms;
};

struct verify_time verify_time_of(const struct verify_subject *subject);
/** Of all of them together. */
struct verify_time verify_time_of_all(const struct verify_subjects *subjects);

#endif
