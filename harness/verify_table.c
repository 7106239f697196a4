/*
 * verify_table.c - see verify_table.h
 */
#include "verify_table.h"

#include "report_parts.h"

#define NAME_COLUMNS 26

/* ---- words ---- */

static char letter_of(size_t test)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789+-";
	_Static_assert(sizeof letters > EXERCISE_TESTS_MAX, "one for each");

	return letters[test];
}

static void print_checks(const struct verify_gate *gate, FILE *out)
{
	for (size_t i = 0; i < gate->count; i++)
		(void)fprintf(out, "  %-6s  %s: %s\n",
			      gate->checks[i].passed ? "ok" : "FAILED",
			      gate->checks[i].where, gate->checks[i].what);
}

/* No check: an exercise is whole without, only harder to talk about. */
static void print_unasked(const struct exercise *exercise, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < exercise->test_count; i++) {
		if (exercise_questions(exercise, &exercise->tests[i]))
			continue;
		(void)fprintf(out, "%s%s",
			      any ? ", "
				  : "  note    no question for an interview: ",
			      exercise->tests[i].id);
		any = true;
	}
	if (any)
		(void)fputc('\n', out);
}

static void print_time(struct verify_time time, FILE *out)
{
	(void)fprintf(out, "%7.2f s %7.2f s\n", (double)time.median_ms / 1000,
		      (double)time.max_ms / 1000);
}

/* "x" for a test that killed it, or how often it was lost. */
static void print_row(const struct verify_subject *subject, size_t tests,
		      FILE *out)
{
	(void)fprintf(out, "  %-*.*s", NAME_COLUMNS, NAME_COLUMNS,
		      subject->name);
	for (size_t i = 0; i < tests; i++)
		if (verify_is_killed_by(subject, i))
			(void)fprintf(out, " x");
		else if (subject->lost[i])
			(void)fprintf(out, " %u", subject->lost[i]);
		else
			(void)fprintf(out, " .");
	(void)fprintf(out, " ");
	print_time(verify_time_of(subject), out);
}

void verify_table_print(const struct verify_subjects *subjects,
			const struct verify_gate *gate, FILE *out)
{
	const struct exercise *exercise = subjects->exercise;
	size_t tests = exercise->test_count;

	print_checks(gate, out);
	print_unasked(exercise, out);
	(void)fprintf(out,
		      "\n  Which test kills what (x), or how often of %u "
		      "it was lost; time per submission\n\n",
		      subjects->repeat);
	for (size_t i = 0; i < tests; i++)
		(void)fprintf(out, "  %c  %s\n", letter_of(i),
			      exercise->tests[i].id);
	(void)fprintf(out, "\n  %-*s", NAME_COLUMNS, "");
	for (size_t i = 0; i < tests; i++)
		(void)fprintf(out, " %c", letter_of(i));
	(void)fprintf(out, "     median       max\n");
	for (size_t i = 0; i < subjects->count; i++)
		print_row(&subjects->list[i], tests, out);
	(void)fprintf(out, "  %-*s%*s ", NAME_COLUMNS, "all", (int)(2 * tests),
		      "");
	print_time(verify_time_of_all(subjects), out);
	(void)fprintf(out, "\n");
}

/* ---- JSON ---- */

static json_t *time_json(struct verify_time time)
{
	json_t *object = json_object();

	report_set(object, "median", report_count(time.median_ms));
	report_set(object, "max", report_count(time.max_ms));
	return object;
}

static json_t *checks_json(const struct verify_gate *gate)
{
	json_t *list = json_array();

	for (size_t i = 0; i < gate->count; i++) {
		const struct verify_check *check = &gate->checks[i];
		json_t *entry = json_object();

		report_set(entry, "passed", json_boolean(check->passed));
		report_set(entry, "where", report_text(check->where));
		report_set(entry, "what", report_text(check->what));
		report_append(list, entry);
	}
	return list;
}

static json_t *subject_json(const struct verify_subjects *subjects,
			    const struct verify_subject *subject)
{
	const struct exercise *exercise = subjects->exercise;
	json_t *entry = json_object(), *lost = json_object();

	for (size_t i = 0; i < exercise->test_count; i++)
		report_set(lost, exercise->tests[i].id,
			   report_count(subject->lost[i]));
	report_set(entry, "name", report_text(subject->name));
	report_set(entry, "language", report_text(subject->language->name));
	report_set(
		entry, "must_lose",
		report_text(subject->mutant ? subject->mutant->fails : NULL));
	report_set(entry, "judged", report_count(subject->judged));
	report_set(entry, "good", report_count(subject->good));
	report_set(entry, "complaint", report_text(subject->complaint));
	report_set(entry, "lost", lost);
	report_set(entry, "wall_ms", time_json(verify_time_of(subject)));
	return entry;
}

static json_t *test_json(const struct verify_subjects *subjects, size_t number)
{
	const struct exercise_test *test = &subjects->exercise->tests[number];
	json_t *entry = json_object();
	json_t *kills = json_array(), *alone = json_array();

	for (size_t i = 0; i < subjects->count; i++) {
		const struct verify_subject *subject = &subjects->list[i];

		if (subject->role != VERIFY_MUTANT)
			continue;
		if (verify_is_killed_by(subject, number))
			report_append(kills, report_text(subject->name));
		if (verify_is_killed_by_only(subjects, subject, number))
			report_append(alone, report_text(subject->name));
	}
	report_set(entry, "id", report_text(test->id));
	report_set(entry, "kills", kills);
	report_set(entry, "kills_alone", alone);
	report_set(entry, "why", report_text(test->why));
	report_set(entry, "questions",
		   report_count(string_list_count(
			   exercise_questions(subjects->exercise, test))));
	return entry;
}

json_t *verify_table_json(const struct verify_subjects *subjects,
			  const struct verify_gate *gate)
{
	const struct exercise *exercise = subjects->exercise;
	json_t *object = json_object();
	json_t *list = json_array(), *tests = json_array();

	for (size_t i = 0; i < subjects->count; i++)
		report_append(list, subject_json(subjects, &subjects->list[i]));
	for (size_t i = 0; i < exercise->test_count; i++)
		report_append(tests, test_json(subjects, i));
	report_set(object, "repeat", report_count(subjects->repeat));
	report_set(object, "checks", checks_json(gate));
	report_set(object, "subjects", list);
	report_set(object, "tests", tests);
	report_set(object, "wall_ms", time_json(verify_time_of_all(subjects)));
	return object;
}
