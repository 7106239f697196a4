/*
 * exercise.h - an exercise package as the harness knows it
 *
 * exercises/README.md describes every key of exercise.json, and of
 * languages.json beside the topics, for authors; this is the same in C. Loading
 * validates strictly: an unknown key, a wrong type, a reference to a test,
 * variant or file that is not there is an error whose text names file and
 * place, "exercise.json: tests[3].points: expected an integer from 0 to 100".
 */
#ifndef ASSAY_EXERCISE_H
#define ASSAY_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/box.h>
#include <assay/error.h>
#include <assay/verdict.h>

#include "fileset.h"

#define EXERCISE_FORMAT 1
#define EXERCISE_EXPLORE "explore" /* the variant that is searched */
#define EXERCISE_LANGUAGES_MAX 8
#define EXERCISE_VARIANTS_MAX 8 /* of a language */
#define EXERCISE_TESTS_MAX 64
#define EXERCISE_COMMANDS_MAX 16
#define EXERCISE_REPEAT_MAX 100

/* A NULL-terminated list of strings; owned by the exercise. */
typedef char **string_list;

struct exercise_command {
	string_list argv;
};

#define EXERCISE_PREPARED "prepared.o" /* in /work */

/* How one flavour of a submission is built and started. */
struct exercise_variant {
	char *name;                        /* "release", "tsan", ... */
	struct exercise_command *commands; /* run in order, in one folder */
	size_t command_count;
	struct exercise_command *prepare; /* before all of them, once */
	size_t prepare_count;
	struct fileset prepared; /* what that made, "prepared.o"; the toolkit's
				    to fill, see toolkit_prepare() */
	string_list run;         /* argv */
	char *program;           /* what the program is called in /work */
	string_list env;         /* "NAME=value", of the run */
	bool dialogue; /* its program talks on standard input and output; a
			    keeper starts it */
};

struct exercise_language {
	char *name;    /* "c" */
	char *profile; /* where its variants are from in languages.json;
				 NULL: they are the exercise's own */
	char profile_sha256[65]; /* of what is said there */
	string_list required;    /* files a candidate must hand in */
	string_list optional;    /* files a candidate may hand in */
	string_list owned; /* starter files that are not the candidate's */
	struct exercise_variant *variants;
	size_t variant_count;
	struct fileset starter;  /* starter/<name>/ */
	struct fileset solution; /* solution/<name>/ */
};

enum visibility { VISIBILITY_PUBLIC, VISIBILITY_HIDDEN };

struct exercise_test {
	char *id;
	char *title;
	char *category;
	char *property; /* what holds when it passes, one sentence */
	char *why;      /* it is there, though no mutant needs it; or NULL */
	string_list questions; /* its own, for an interview; may be NULL: see
				  exercise_questions() */
	unsigned points;
	enum visibility visibility;
	char *variant;            /* which build it runs; EXERCISE_EXPLORE: it
				     runs twice, for the judge to see in one
				     process what the other has found */
	string_list depends_on;   /* ids that must pass first */
	unsigned repeat;          /* >= 1 */
	bool baseline;            /* the reference runs beside it */
	bool measured;            /* its score is a measurement: outside the
				  reproducible part of the verdict */
	uint64_t history_bytes;   /* shared with the driver; 0: none */
	json_t *params;           /* object, handed to the judge as it is */
	struct box_limits limits; /* of the candidate's run, all set */
};

/* An upper bound for the score when a test of the list ends in a way named. */
struct exercise_cap {
	string_list tests;
	bool when[VERDICT_MAX];
	unsigned points;
	char *why;
};

struct exercise_mutant {
	char *name;  /* folder in mutants/ */
	char *fails; /* id of the test that must catch it */
	char *why;
	const struct exercise_language *language; /* whose files it changes */
	struct fileset
		files; /* the solution's, changed as mutants/<name>/ has it */
};

struct exercise {
	char *dir; /* absolute path of the package */
	char *id;  /* "message-queue/bounded-queue" */
	char *version;
	char *title;
	char *summary;
	string_list topics;
	string_list qualifications;
	unsigned time_box_minutes;
	struct box_limits limits; /* of a run, unless a test says else */
	struct box_limits build_limits;
	struct exercise_language *languages;
	size_t language_count;
	struct exercise_command *judge_commands;
	size_t judge_command_count;
	string_list judge_run;
	struct exercise_test *tests; /* in the order they run */
	size_t test_count;
	struct exercise_cap *caps;
	size_t cap_count;
	json_t *rubric; /* array, handed on to reports */
	struct exercise_mutant *mutants;
	size_t mutant_count;
	struct fileset judge; /* judge/, as "exercise/judge/..." */
	string_list driver_files;
	struct fileset driver;  /* those of judge/ that are built with a
				  submission: all of it that its build sees */
	struct fileset kit;     /* kit and contract headers, as "kit/...",
				 "include/assay/..." */
	struct fileset explore; /* explore.o, as "explore/explore.o": empty
				   where no variant needs it, or it is not
				   installed */
	struct fileset keeper;  /* "keeper": likewise, for dialogues; the digest
				   has its source, as part of the kit */
	struct fileset library; /* the kit as an archive, "kit/libjudge.a", for
				   judges; the digest has its sources */
	char digest[65]; /* of all that can change a verdict: exercise.json,
			    what it uses of languages.json, judge, kit,
			    explore.o, owned starter files, solution */
};

/**
 * Load and validate the package @id beneath the exercises folder @root.
 * On success *ret is the caller's, to be given to exercise_free().
 * -ENOENT: no such exercise. -EINVAL: the package is broken, err says where.
 */
int exercise_load(const char *root, const char *id, struct exercise **ret,
		  struct error *err);
void exercise_free(struct exercise *exercise);

/**
 * Whether @id may name a package: "<topic>/<name>", each of lower case
 * letters, digits and dashes. Nothing else is ever made part of a path.
 */
bool exercise_id_ok(const char *id);

/** Ids of all packages beneath @root, sorted; free with string_list_free(). */
int exercise_list(const char *root, string_list *ret, struct error *err);

/** Lookups; NULL when there is none. Pointers live as long as the exercise. */
const struct exercise_language *
exercise_language(const struct exercise *exercise, const char *name);
const struct exercise_variant *
language_variant(const struct exercise_language *language, const char *name);
const struct exercise_test *exercise_test(const struct exercise *exercise,
					  const char *id);

/**
 * What to ask who did not pass @test: its own questions, or else those of the
 * first test that is about the very same property, as a hidden test is. NULL
 * where nobody wrote any.
 */
char *const *exercise_questions(const struct exercise *exercise,
				const struct exercise_test *test);

/** Whether a program of variant @name is linked with the explorer. */
bool exercise_is_explored(const char *name);
/** Whether there is a language with such a variant. */
bool exercise_has_explored(const struct exercise *exercise);
/** Whether there is a variant that is a dialogue. */
bool exercise_has_dialogue(const struct exercise *exercise);

void string_list_free(string_list list);
size_t string_list_count(char *const *list);
bool string_list_has(char *const *list, const char *string);

#endif
