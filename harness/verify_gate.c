/*
 * verify_gate.c - see verify_gate.h
 */
#include "verify_gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

/* Takes @where and @what over. */
static void add(struct verify_gate *gate, bool passed, char *where, char *what)
{
	gate->checks[gate->count++] = (struct verify_check){
		.passed = passed,
		.where = where,
		.what = what,
	};
	gate->passed += passed;
}

/* ---- what was handed in ---- */

static char *promise(const struct verify_subject *subject)
{
	switch (subject->role) {
	case VERIFY_REFERENCE:
		return text_format("all points");
	case VERIFY_STARTER:
		return text_format("no points");
	case VERIFY_MUTANT:
		break;
	}
	return text_format("loses %s, which names the property",
			   subject->mutant->fails);
}

static void check_subject(struct verify_gate *gate,
			  const struct verify_subject *subject)
{
	AUTO_FREE char *expected = promise(subject);
	bool passed = subject->judged > 0 && subject->good == subject->judged;

	add(gate, passed,
	    text_format("%s%s (%s)",
			subject->role == VERIFY_MUTANT ? "mutant " : "",
			subject->name, subject->language->name),
	    text_format("%s: %u of %u times%s%s", expected, subject->good,
			subject->judged, passed ? "" : "; ",
			passed               ? ""
			: subject->complaint ? subject->complaint
					     : "never judged"));
}

/* ---- points ---- */

static bool can_be_had(const struct verify_subjects *subjects, size_t test)
{
	for (size_t i = 0; i < subjects->count; i++)
		if (subjects->list[i].role == VERIFY_REFERENCE &&
		    subjects->list[i].full[test] == 0)
			return false;
	return true;
}

static void check_points(struct verify_gate *gate,
			 const struct verify_subjects *subjects)
{
	const struct exercise *exercise = subjects->exercise;
	unsigned sum = 0, public = 0;
	const char *missing = NULL;

	for (size_t i = 0; i < exercise->test_count; i++) {
		const struct exercise_test *test = &exercise->tests[i];

		sum += test->points;
		if (test->visibility == VISIBILITY_PUBLIC)
		public += test->points;
		if (!missing && !can_be_had(subjects, i))
			missing = test->id;
	}
	add(gate, sum == 100 && !missing, text_format("points"),
	    text_format("%u, %u of them public%s%s", sum, public,
			missing ? "; no reference ever got those of "
				: "; all can be had",
			missing ? missing : ""));
}

/* ---- tests ---- */

/* Names of the mutants that a test kills; free() it. "" for none. */
static char *kills(const struct verify_subjects *subjects, size_t test,
		   bool alone)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool first = true;

	ENOUGH(out);
	for (size_t i = 0; i < subjects->count; i++) {
		const struct verify_subject *subject = &subjects->list[i];

		if (subject->role != VERIFY_MUTANT ||
		    !(alone ? verify_is_killed_by_only(subjects, subject, test)
			    : verify_is_killed_by(subject, test)))
			continue;
		(void)fprintf(out, "%s%s", first ? "" : ", ", subject->name);
		first = false;
	}
	text_stream_close(out, &text);
	return text;
}

static void check_test(struct verify_gate *gate,
		       const struct verify_subjects *subjects, size_t number)
{
	const struct exercise_test *test = &subjects->exercise->tests[number];
	AUTO_FREE char *all = kills(subjects, number, false);
	AUTO_FREE char *alone = kills(subjects, number, true);
	const char *none = *all ? "kills nothing that no other test kills"
				: "kills nothing";
	char *what;

	if (*alone)
		what = text_format("alone kills %s", alone);
	else if (test->why)
		what = text_format("%s; why it is there: %s", none, test->why);
	else
		what = text_format("%s, and does not say why it is there",
				   none);
	add(gate, *alone || test->why, text_format("test %s", test->id), what);
}

void verify_gate_init(struct verify_gate *gate,
		      const struct verify_subjects *subjects)
{
	size_t tests = subjects->exercise->test_count;

	*gate = (struct verify_gate){ 0 };
	gate->checks = calloc(subjects->count + 1 + tests,
			      sizeof *gate->checks);
	ENOUGH(gate->checks);
	for (size_t i = 0; i < subjects->count; i++)
		check_subject(gate, &subjects->list[i]);
	check_points(gate, subjects);
	for (size_t i = 0; i < tests && !subjects->quick; i++)
		check_test(gate, subjects, i);
}

void verify_gate_release(struct verify_gate *gate)
{
	for (size_t i = 0; i < gate->count; i++) {
		free(gate->checks[i].where);
		free(gate->checks[i].what);
	}
	free(gate->checks);
}
