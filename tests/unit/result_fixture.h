/*
 * result_fixture.h - a judged submission, made by hand
 *
 * Four tests, 100 points: "sequential" (10), "two-producers" (30, three
 * repetitions), "race-free" (20, waits for sequential) and "throughput" (40,
 * measured). A failed race-free caps the score at 50. There is a fifth,
 * hidden one without points of its own.
 */
#ifndef ASSAY_RESULT_FIXTURE_H
#define ASSAY_RESULT_FIXTURE_H

#include <jansson.h>

#include "result.h"

enum fixture_test {
	FIXTURE_SEQUENTIAL,
	FIXTURE_TWO_PRODUCERS,
	FIXTURE_RACE_FREE,
	FIXTURE_THROUGHPUT,
	FIXTURE_HIDDEN,
	FIXTURE_TESTS
};

struct fixture {
	struct exercise exercise;
	struct exercise_language language;
	struct exercise_variant variant;
	struct exercise_command command;
	struct exercise_test tests[FIXTURE_TESTS];
	struct exercise_cap cap;
	char *argv[4];
	char *cap_tests[2];
	struct result *result; /* every public test passes, all is settled */
	json_t *environment;
};

/** setup and teardown for cmocka; *state is a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** Make test @index end with @verdict, as the job would record it. */
void fixture_end(struct fixture *fixture, enum fixture_test index,
		 enum verdict verdict);

/** The report of the result as it is now; json_decref() it. */
json_t *fixture_report(struct fixture *fixture);

/** A string constant where a struct wants one that it could change. */
char *fixture_text(const char *text);

#endif
