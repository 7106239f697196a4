/*
 * verify_generated.h - mutants that nobody thought of
 *
 * Every mistake that the operators of mutation.h make of an exercise's C
 * reference is handed in, and each should be lost to some test. One that no
 * compiler takes, or of which gcc -O2 makes the same as of the reference or of
 * another one, says nothing more about the tests.
 */
#ifndef ASSAY_VERIFY_GENERATED_H
#define ASSAY_VERIFY_GENERATED_H

#include <stdio.h>

#include <jansson.h>

#include "exercise.h"
#include "mutation.h"
#include "verify_run.h"

enum verify_fate {
	VERIFY_UNDECIDED, /* the host spoiled it */
	VERIFY_KILLED,
	VERIFY_SURVIVED,
	VERIFY_NOT_COMPILED,
	VERIFY_EQUIVALENT,
	VERIFY_FATES
};

struct verify_generated_mutant {
	enum verify_fate fate;
	enum mutation_kind kind;
	const struct exercise_language *language;
	const char *file; /* of the solution; the exercise's */
	char *text;       /* that this file has become */
	char *function;   /* where the mistake is ... */
	unsigned line;    /* ... line of the solution's file */
	char *diff;       /* of the solution's file */
	char object[65];  /* what gcc made of it, see mutation_build.h */
	char *killer;     /* id of the test that it was lost to; or NULL */
};

struct verify_generated {
	struct verify_generated_mutant *list;
	size_t count;
	size_t possible; /* as many there would be without a limit */
};

/**
 * Make mutants of the @kinds (bits, 1 << kind), a sample of @most of them, and
 * judge each until the first test that it loses. Hidden seeds are always the
 * same. -ENOENT: there is no clang on this host; else as verify_run().
 */
int verify_generate(const struct exercise *exercise,
		    const struct verify_run_options *options, unsigned kinds,
		    size_t most, struct verify_generated *ret,
		    struct error *err);
/** Its last part: judge those that are undecided yet. */
int verify_generated_judge(const struct exercise *exercise,
			   const struct verify_run_options *options,
			   struct verify_generated *all, struct error *err);

void verify_generated_release(struct verify_generated *generated);

/** Of those that say something about the tests, the part that was killed, from
 * 0 to 1; 1 for none. */
double verify_generated_score(const struct verify_generated *generated);

#endif
