/*
 * verify_complaint.c - see verify_complaint.h
 */
#include "verify_complaint.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explain_parts.h"
#include "report_parts.h"
#include "text.h"

#define POINTS_EPSILON 1e-6

bool verify_is_lost(const struct test_result *test)
{
	if (test->verdict == VERDICT_PASS)
		return test->test->measured &&
		       2 * test->points < test->test->points;
	return test->verdict != VERDICT_SKIPPED &&
	       test->verdict != VERDICT_INCONCLUSIVE;
}

bool verify_has_all_points(const struct test_result *test)
{
	return test->verdict == VERDICT_PASS &&
	       test->points > test->test->points - POINTS_EPSILON;
}

static const struct test_result *find_test(const struct result *result,
					   const char *id)
{
	for (size_t i = 0; i < result->test_count; i++)
		if (strcmp(result->tests[i].test->id, id) == 0)
			return &result->tests[i];
	return NULL;
}

/* What a candidate reads about @test, lines joined. */
static char *explanation(const struct result *result,
			 const struct test_result *test)
{
	json_auto_t *tests = report_tests(result);
	AUTO_FREE char *text = NULL;
	struct paper paper = paper_of(NULL, EXPLAIN_COLUMNS);
	size_t size, used = 0;

	paper.out = open_memstream(&text, &size);
	ENOUGH(paper.out);
	explain_test(&paper,
		     json_array_get(tests, (size_t)(test - result->tests)), 0);
	text_stream_close(paper.out, &text);
	for (const char *c = text; *c; c++)
		if (!strchr(" \n", *c))
			text[used++] = *c;
		else if (used > 0 && text[used - 1] != ' ')
			text[used++] = ' ';
	text[used] = '\0';
	return TAKE_PTR(text);
}

/* A failure has to say which property it is about, where candidates read it,
 * and what was seen. They read nothing about hidden tests. */
static char *untold(const struct result *result, const struct test_result *test)
{
	AUTO_FREE char *told = NULL;
	AUTO_FREE char *property = NULL;

	if (test->verdict == VERDICT_PASS)
		return NULL; /* a measurement */
	if (!test->run.property || !*test->run.property)
		return text_format("%s names no property", test->test->id);
	if (!test->run.message && !test->run.threads && !test->run.races)
		return text_format("%s does not say what was seen",
				   test->test->id);
	if (test->test->visibility == VISIBILITY_HIDDEN)
		return NULL;
	told = explanation(result, test);
	property = text_line(test->run.property);
	if (strstr(told, property))
		return NULL;
	return text_format("what is explained of %s does not name the property "
			   "\"%s\"",
			   test->test->id, property);
}

/* "timeouts: fail, seed 17: two calls ..." of the first that was lost. */
static char *first_loss(const struct result *result)
{
	for (size_t i = 0; i < result->test_count; i++) {
		const struct test_result *test = &result->tests[i];

		if (verify_has_all_points(test))
			continue;
		return text_format("%s: %s, seed %llu%s%s", test->test->id,
				   verdict_name(test->verdict),
				   (unsigned long long)test->run.seed,
				   test->run.message || test->run.fault ? ": "
									: "",
				   test->run.message ? test->run.message
				   : test->run.fault ? test->run.fault
						     : "");
	}
	return text_format("no test");
}

static char *complain_of_mutant(const struct verify_subject *subject,
				const struct result *result)
{
	const char *id = subject->mutant->fails;
	const struct test_result *test = find_test(result, id);

	if (!test)
		return text_format("%s was not run", id);
	if (!verify_is_lost(test))
		return text_format("%s: %s, which it must lose", id,
				   verdict_name(test->verdict));
	return untold(result, test);
}

char *verify_complain(const struct verify_subject *subject,
		      const struct result *result)
{
	AUTO_FREE char *loss = NULL;
	struct score score;

	if (result->verdict == VERDICT_INCONCLUSIVE ||
	    result->verdict == VERDICT_BUILD_ERROR ||
	    result->verdict == VERDICT_REJECTED)
		return text_format("%s: %s", verdict_name(result->verdict),
				   result->message ? result->message : "");
	if (subject->role == VERIFY_MUTANT)
		return complain_of_mutant(subject, result);
	result_score(result, &score);
	if (subject->role == VERIFY_STARTER)
		return score.points < POINTS_EPSILON
			       ? NULL
			       : text_format("scores %.10g points, not 0",
					     score.points);
	if (score.points > score.maximum - POINTS_EPSILON)
		return NULL;
	loss = first_loss(result);
	return text_format("scores %.10g of %.10g points: %s", score.points,
			   score.maximum, loss);
}
