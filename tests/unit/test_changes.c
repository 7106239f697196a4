#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "changes.h"
#include "text.h"

static const char plain[] =
	"{'verdict_digest': 'aa',"
	" 'submission': {'id': 'ada', 'digest': '11', 'files': ["
	"  {'path': 'a.c', 'sha256': '1'}, {'path': 'b.c', 'sha256': '2'}]},"
	" 'exercise': {'id': 'mq/bq', 'version': '1.0.0', 'digest': 'd1',"
	"  'language': 'c'},"
	" 'score': {'status': 'fail', 'points': 4, 'maximum': 10,"
	"  'with_hidden': false},"
	" 'tests': ["
	"  {'id': 'one', 'status': 'pass', 'points': 4, 'maximum': 4,"
	"   'visibility': 'public', 'measured': false, 'seed': 5,"
	"   'repeat': {'passed': 2, 'ran': 2, 'of': 2}},"
	"  {'id': 'two', 'status': 'fail', 'points': 0, 'maximum': 6,"
	"   'visibility': 'public', 'measured': false, 'seed': 6,"
	"   'property': 'order', 'repeat': {'passed': 0, 'ran': 1, 'of': 2}}],"
	" 'environment': {'kernel': '6.1', 'machine': 'x86_64',"
	"  'compiler': 'gcc 12', 'libc': 'glibc 2.36', 'assay': '1.0',"
	"  'isolation': {'level': 'full'}}}";

/* The report above, with " in place of '. */
static json_t *report(void)
{
	char text[sizeof plain];
	json_t *document;
	size_t i;

	for (i = 0; i < sizeof plain; i++)
		text[i] = plain[i] == '\'' ? '"' : plain[i];
	document = json_loads(text, 0, NULL);
	assert_non_null(document);
	return document;
}

static void set(json_t *report, const char *part, const char *key,
		json_t *value)
{
	json_t *object = *part ? json_object_get(report, part) : report;

	assert_int_equal(json_object_set_new(object, key, value), 0);
}

static json_t *test_of(json_t *report, size_t i)
{
	return json_array_get(json_object_get(report, "tests"), i);
}

/* Test "one" now fails, and with it the verdict is another. */
static void break_one(json_t *report)
{
	set(report, "", "verdict_digest", json_string("bb"));
	set(report, "score", "points", json_integer(0));
	set(test_of(report, 0), "", "status", json_string("crash"));
	set(test_of(report, 0), "", "points", json_integer(0));
}

/* "exercise|toolchain" */
static char *causes(const json_t *entry)
{
	const json_t *cause;
	char *text = calloc(1, 256);
	size_t i;

	assert_non_null(text);
	json_array_foreach (json_object_get(entry, "causes"), i, cause)
		(void)snprintf(
			text + strlen(text), 256 - strlen(text), "%s%s",
			i ? "|" : "",
			json_string_value(json_object_get(cause, "cause")));
	return text;
}

static const char *detail(const json_t *entry)
{
	return json_string_value(json_object_get(
		json_array_get(json_object_get(entry, "causes"), 0), "detail"));
}

static void assert_entry(const json_t *entry, bool changed, const char *names,
			 size_t tests)
{
	AUTO_FREE char *found = causes(entry);

	assert_int_equal(json_is_true(json_object_get(entry, "changed")),
			 changed);
	assert_string_equal(found, names);
	assert_int_equal(json_array_size(json_object_get(entry, "tests")),
			 tests);
}

static void test_changes__of_two_equal_reports_there_are_none(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = changes_entry(before, after);

	(void)state;
	assert_entry(entry, false, "", 0);
	assert_string_equal(
		json_string_value(json_object_get(entry, "submission")), "ada");
}

static void test_changes__without_a_cause_the_verdict_is_unstable(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = NULL;

	(void)state;
	break_one(after);
	entry = changes_entry(before, after);
	assert_entry(entry, true, "unstable", 1);
}

static void test_changes__another_cause_keeps_unstable_away(void **state)
{
	static const struct {
		const char *part, *key, *value, *cause, *detail;
	} cases[] = {
		{ "environment", "compiler", "gcc 13", "toolchain",
		  "gcc 13, was gcc 12" },
		{ "environment", "libc", "glibc 2.40", "toolchain",
		  "glibc 2.40, was glibc 2.36" },
		{ "environment", "assay", "1.1", "assay", "1.1, was 1.0" },
		{ "environment", "kernel", "6.9", "machine",
		  "kernel 6.9, was 6.1" },
		{ "exercise", "version", "1.1.0", "exercise",
		  "version 1.1.0, was 1.0.0" },
		{ "exercise", "digest", "d2", "exercise",
		  "other content under the same version 1.0.0" },
		{ "exercise", "language", "python", "language",
		  "python, was c" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_auto_t *before = report(), *after = report();
		json_auto_t *entry = NULL;

		break_one(after);
		set(after, cases[i].part, cases[i].key,
		    json_string(cases[i].value));
		entry = changes_entry(before, after);
		assert_entry(entry, true, cases[i].cause, 1);
		assert_string_equal(detail(entry), cases[i].detail);
	}
}

static void test_changes__names_the_files_that_differ(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = NULL;
	json_t *files = json_object_get(json_object_get(after, "submission"),
					"files");

	(void)state;
	set(after, "submission", "digest", json_string("22"));
	set(json_array_get(files, 0), "", "sha256", json_string("9"));
	set(json_array_get(files, 1), "", "path", json_string("c.c"));
	entry = changes_entry(before, after);
	assert_entry(entry, false, "submission", 0);
	assert_string_equal(detail(entry),
			    "changed a.c; added c.c; removed b.c");
}

static void test_changes__tells_how_an_exercise_differs(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = NULL;

	(void)state;
	set(after, "exercise", "version", json_string("2.0.0"));
	set(after, "exercise", "digest", json_string("d2"));
	set(test_of(after, 0), "", "maximum", json_integer(5));
	set(test_of(after, 1), "", "id", json_string("three"));
	entry = changes_entry(before, after);
	assert_entry(entry, true, "exercise", 3);
	assert_string_equal(detail(entry),
			    "version 2.0.0, was 1.0.0; tests added: three; "
			    "tests removed: two; one 5, was 4 points");
}

/* A seed is of one repetition: of different ones it differs anyway. */
static void test_changes__sees_other_seeds_of_the_same_repetition(void **state)
{
	json_auto_t *before = report(), *after = report(), *other = report();
	json_auto_t *entry = NULL, *later = NULL;

	(void)state;
	set(test_of(after, 0), "", "seed", json_integer(99));
	set(test_of(after, 0), "", "visibility", json_string("hidden"));
	entry = changes_entry(before, after);
	assert_entry(entry, false, "seeds", 0);
	assert_string_equal(detail(entry), "one has another seed: hidden tests "
					   "ran by another secret");
	set(test_of(other, 1), "", "seed", json_integer(99));
	set(json_object_get(test_of(other, 1), "repeat"), "", "ran",
	    json_integer(2));
	later = changes_entry(before, other);
	assert_entry(later, false, "", 0);
}

static void test_changes__hidden_tests_are_not_tests_added(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = NULL;

	(void)state;
	set(after, "exercise", "digest", json_string("d2"));
	set(after, "score", "with_hidden", json_true());
	set(test_of(after, 1), "", "visibility", json_string("hidden"));
	assert_int_equal(json_array_remove(json_object_get(before, "tests"), 1),
			 0);
	entry = changes_entry(before, after);
	assert_entry(entry, true, "exercise|seeds", 1);
	assert_string_equal(detail(entry),
			    "other content under the same version 1.0.0");
}

static void test_changes__a_fault_of_the_host_explains_a_change(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = NULL;

	(void)state;
	break_one(after);
	set(test_of(after, 0), "", "status", json_string("inconclusive"));
	entry = changes_entry(before, after);
	assert_entry(entry, true, "fault", 1);
	assert_string_equal(detail(entry), "one was inconclusive now");
}

static void test_changes__tests_that_measure_may_differ(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entry = NULL;

	(void)state;
	break_one(after);
	set(after, "", "verdict_digest", json_string("aa"));
	set(test_of(after, 0), "", "measured", json_true());
	entry = changes_entry(before, after);
	assert_entry(entry, true, "measured", 1);
}

static void test_changes__says_what_is_only_on_one_side(void **state)
{
	json_auto_t *one = report();
	json_auto_t *fresh = changes_entry(NULL, one);
	json_auto_t *gone = changes_entry(one, NULL);

	(void)state;
	assert_entry(fresh, true, "new", 0);
	assert_entry(gone, true, "gone", 0);
	assert_string_equal(
		json_string_value(json_object_get(gone, "submission")), "ada");
}

/* A report may be anything that is JSON. */
static void test_changes__survives_what_is_no_report(void **state)
{
	json_auto_t *odd = json_pack("{s:[i], s:i, s:s, s:[n]}", "tests", 7,
				     "score", 3, "environment", "x",
				     "submission");
	json_auto_t *empty = json_object(), *good = report();
	json_auto_t *a = changes_entry(odd, good);
	json_auto_t *b = changes_entry(good, empty);

	(void)state;
	assert_true(json_is_true(json_object_get(a, "changed")));
	assert_true(json_is_true(json_object_get(b, "changed")));
}

static void
test_changes__prints_what_changed_and_counts_the_causes(void **state)
{
	json_auto_t *before = report(), *after = report();
	json_auto_t *entries = json_array(), *totals = NULL;
	char *text = NULL, *line;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	json_array_append_new(entries, changes_entry(before, before));
	break_one(after);
	set(after, "environment", "compiler", json_string("gcc\033[31m13"));
	json_array_append_new(entries, changes_entry(before, after));
	totals = changes_totals(entries);
	assert_int_equal(json_integer_value(json_object_get(totals, "changed")),
			 1);
	assert_int_equal(
		json_integer_value(json_object_get(
			json_object_get(totals, "causes"), "toolchain")),
		1);
	changes_print(entries, out, false);
	text_stream_close(out, &text);
	assert_non_null(strstr(text, "ada"));
	assert_non_null(strstr(text, "one: crash 0/4, was pass 4/4"));
	assert_non_null(strstr(text, "1 of 2 submissions changed"));
	assert_null(strchr(text, '\033'));
	for (line = text; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_changes__of_two_equal_reports_there_are_none),
		cmocka_unit_test(
			test_changes__without_a_cause_the_verdict_is_unstable),
		cmocka_unit_test(
			test_changes__another_cause_keeps_unstable_away),
		cmocka_unit_test(test_changes__names_the_files_that_differ),
		cmocka_unit_test(test_changes__tells_how_an_exercise_differs),
		cmocka_unit_test(
			test_changes__sees_other_seeds_of_the_same_repetition),
		cmocka_unit_test(
			test_changes__hidden_tests_are_not_tests_added),
		cmocka_unit_test(
			test_changes__a_fault_of_the_host_explains_a_change),
		cmocka_unit_test(test_changes__tests_that_measure_may_differ),
		cmocka_unit_test(test_changes__says_what_is_only_on_one_side),
		cmocka_unit_test(test_changes__survives_what_is_no_report),
		cmocka_unit_test(
			test_changes__prints_what_changed_and_counts_the_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
