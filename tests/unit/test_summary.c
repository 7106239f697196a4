#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "journal.h"
#include "summary.h"
#include "text.h"

static json_t *report(const char *id, const char *status, double points,
		      const char *category)
{
	json_t *document = json_pack(
		"{s:{s:s}, s:{s:s}, s:s, s:{s:s, s:f, s:i, s:f, s:[{s:s, "
		"s:f}]}, s:[{s:s, s:s}, {s:s, s:s}]}",
		"submission", "id", id, "exercise", "id", "mq/bq",
		"verdict_digest", "abc", "score", "status", status, "points",
		points, "maximum", 100, "undecided",
		strcmp(status, "inconclusive") == 0 ? 10.0 : 0.0, "categories",
		"category", category, "points", points, "tests", "id", "one",
		"status", strcmp(status, "pass") == 0 ? "pass" : "crash", "id",
		"two", "status", "skipped");

	assert_non_null(document);
	return document;
}

/* A result folder with a journal. */
struct folder {
	char path[32];
	struct journal *journal;
};

static void add_report(const struct folder *folder, const json_t *document)
{
	const char *id = json_string_value(
		json_object_get(json_object_get(document, "submission"), "id"));
	struct error err = { 0 };
	const char content[65] = "c";

	assert_int_equal(journal_add(folder->journal,
				     journal_graded_line(
					     "x", id ? id : "none", content, 1,
					     summary_line(document, "reports/x."
								    "json")),
				     &err),
			 0);
}

static void add(const struct folder *folder, const char *id, const char *status,
		double points, const char *category)
{
	json_auto_t *document = report(id, status, points, category);

	add_report(folder, document);
}

static int setup(void **state)
{
	static const struct journal_batch batch = { .total = 3 };
	struct folder *folder = calloc(1, sizeof *folder);
	struct error err = { 0 };

	assert_non_null(folder);
	(void)snprintf(folder->path, sizeof folder->path, "%s",
		       "/tmp/test_summary.XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	assert_int_equal(journal_open(folder->path, &folder->journal, &err), 0);
	assert_int_equal(journal_begin(folder->journal,
				       journal_batch_line(&batch), &err),
			 0);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	struct folder *folder = *state;
	AUTO_FREE char *journal = text_format("%s/%s", folder->path,
					      JOURNAL_NAME);

	journal_close(folder->journal);
	assert_int_equal(unlink(journal), 0);
	assert_int_equal(rmdir(folder->path), 0);
	free(folder);
	return 0;
}

static struct summary *summary_of(const struct folder *folder)
{
	struct summary *summary = summary_new();
	struct error err = { 0 };

	assert_int_equal(summary_read(summary, folder->path, &err), 0);
	return summary;
}

static char *slurp(const char *path)
{
	char *text = calloc(1, 1 << 16);
	FILE *in = fopen(path, "r");

	assert_non_null(text);
	assert_non_null(in);
	assert_true(fread(text, 1, (1 << 16) - 1, in) < (1 << 16) - 1);
	(void)fclose(in);
	return text;
}

/* What summary_write() makes of it; both to be freed. */
static void write_and_read(const struct folder *folder, char **csv,
			   json_t **json)
{
	AUTO_FREE char *csv_path = text_format("%s/summary.csv", folder->path);
	AUTO_FREE char *json_path = text_format("%s/summary.json",
						folder->path);
	struct summary *summary = summary_of(folder);
	struct error err = { 0 };

	assert_int_equal(summary_write(summary, folder->path, &err), 0);
	summary_free(summary);
	*csv = slurp(csv_path);
	*json = json_load_file(json_path, 0, NULL);
	assert_non_null(*json);
	assert_int_equal(unlink(csv_path), 0);
	assert_int_equal(unlink(json_path), 0);
}

static char *printed(const struct folder *folder, bool colour)
{
	struct summary *summary = summary_of(folder);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	summary_print(summary, out, colour);
	assert_int_equal(fclose(out), 0);
	summary_free(summary);
	return text;
}

static void
test_summary__lines_are_sorted_whatever_order_they_came_in(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *csv = NULL;
	json_auto_t *json = NULL;

	add(summary, "grace", "fail", 62.5, "speed");
	add(summary, "ada", "pass", 100, "safety");
	add(summary, "mary", "pass", 99, "speed");
	write_and_read(summary, &csv, &json);
	assert_string_equal(
		csv, "submission,exercise,status,points,maximum,safety,speed,"
		     "verdict_digest,report\r\n"
		     "ada,mq/bq,pass,100,100,100,,abc,reports/x.json\r\n"
		     "grace,mq/bq,fail,62.5,100,,62.5,abc,reports/x.json\r\n"
		     "mary,mq/bq,pass,99,100,,99,abc,reports/x.json\r\n");
	assert_int_equal(json_array_size(json_object_get(json, "submissions")),
			 3);
}

/* A submission that was graded again is one, with what came of it last. */
static void test_summary__of_one_id_the_last_line_counts(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *csv = NULL;
	json_auto_t *json = NULL;

	add(summary, "grace", "fail", 62.5, "speed");
	add(summary, "ada", "pass", 100, "speed");
	add(summary, "grace", "pass", 99, "speed");
	write_and_read(summary, &csv, &json);
	assert_string_equal(
		csv, "submission,exercise,status,points,maximum,speed,"
		     "verdict_digest,report\r\n"
		     "ada,mq/bq,pass,100,100,100,abc,reports/x.json\r\n"
		     "grace,mq/bq,pass,99,100,99,abc,reports/x.json\r\n");
}

/* Two folders that know nothing of each other. */
static void test_summary__journals_of_two_folders_stay_apart(void **state)
{
	struct folder *folder = *state;
	struct summary *summary = summary_new();
	struct error err = { 0 };

	add(folder, "ada", "pass", 100, "speed");
	assert_int_equal(summary_read(summary, folder->path, &err), 0);
	assert_int_equal(summary_count(summary), 1);
	assert_int_equal(summary_read(summary, folder->path, &err), 0);
	assert_int_equal(summary_count(summary), 2);
	summary_free(summary);
}

static void
test_summary__totals_count_and_rate_what_could_be_decided(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *csv = NULL;
	json_auto_t *json = NULL;
	json_t *totals;

	add(summary, "a", "pass", 100, "c");
	add(summary, "b", "fail", 10, "c");
	add(summary, "c", "inconclusive", 0, "c");
	write_and_read(summary, &csv, &json);
	totals = json_object_get(json, "totals");
	assert_int_equal(
		json_integer_value(json_object_get(totals, "submissions")), 3);
	assert_true(json_number_value(json_object_get(totals, "pass_rate")) ==
		    0.5);
	assert_int_equal(
		json_integer_value(json_object_get(totals, "undecided")), 1);
	assert_int_equal(json_integer_value(json_object_get(
				 json_object_get(totals, "statuses"), "fail")),
			 1);
}

static void test_summary__failed_tests_leave_the_skipped_out(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *csv = NULL;
	json_auto_t *json = NULL;
	json_t *failed;

	add(summary, "a", "fail", 0, "c");
	write_and_read(summary, &csv, &json);
	failed = json_object_get(
		json_array_get(json_object_get(json, "submissions"), 0),
		"failed_tests");
	assert_int_equal(json_array_size(failed), 1);
	assert_string_equal(json_string_value(json_array_get(failed, 0)),
			    "one");
}

static void test_summary__a_repeated_test_says_in_which_run(void **state)
{
	json_auto_t *document = report("a", "fail", 0, "c");
	json_auto_t *line = NULL;

	(void)state;
	(void)json_object_set_new(
		json_array_get(json_object_get(document, "tests"), 0), "repeat",
		json_pack("{s:i, s:i, s:i}", "passed", 7, "ran", 8, "of", 10));
	line = summary_line(document, "reports/a.json");
	assert_string_equal(json_string_value(json_object_get(line, "reason")),
			    "one: crash in run 8 of 10");
}

static void test_summary__an_empty_batch_has_no_rate(void **state)
{
	AUTO_FREE char *csv = NULL;
	AUTO_FREE char *table = printed(*state, false);
	json_auto_t *json = NULL;

	write_and_read(*state, &csv, &json);
	assert_true(json_is_null(
		json_object_get(json_object_get(json, "totals"), "pass_rate")));
	assert_non_null(strstr(table, "0 submissions"));
}

static void test_summary__csv_is_no_formula_and_is_quoted(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *csv = NULL;
	json_auto_t *json = NULL;

	add(summary, "=HYPERLINK(\"http://x\",\"y\")", "+1", 0, "@c");
	add(summary, "  -2+3", "pass", 0, "\tx");
	add(summary, "\uff1dcmd", "a\r\nb", 0, "d,e");
	write_and_read(summary, &csv, &json);
	assert_non_null(
		strstr(csv, "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""));
	assert_non_null(strstr(csv, "\"'  -2+3\""));
	assert_non_null(strstr(csv, "\"'\uff1dcmd\""));
	assert_non_null(strstr(csv, ",\"'+1\","));
	assert_non_null(strstr(csv, ",\"'@c\","));
	assert_non_null(strstr(csv, ",\"d,e\","));
	assert_non_null(strstr(csv, ",a  b,"));
}

static void test_summary__a_report_that_lacks_everything_is_a_line(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *csv = NULL;
	AUTO_FREE char *table = NULL;
	json_auto_t *nothing = json_object();
	json_auto_t *json = NULL;

	add_report(summary, nothing);
	write_and_read(summary, &csv, &json);
	assert_non_null(strstr(csv, ",,,,,,reports/x.json\r\n"));
	table = printed(summary, true);
	assert_non_null(strstr(table, "1 submissions"));
}

static void assert_fits(char *table)
{
	char *line;

	while ((line = strsep(&table, "\n")))
		assert_true(text_columns(line) <= 80);
}

static void test_summary__the_table_fits_80_columns(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *table = NULL;
	char wide[1000];

	memset(wide, 'w', sizeof wide - 1);
	wide[sizeof wide - 1] = '\0';
	add(summary, wide, "forbidden-syscall", 66.667, "c");
	add(summary,
	    "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22"
	    "\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57",
	    wide, 1e9, "c");
	table = printed(summary, false);
	assert_non_null(strstr(table, "www\u2026"));
	assert_fits(table);
}

static void test_summary__the_table_has_colours_only_when_told(void **state)
{
	struct folder *summary = *state;
	AUTO_FREE char *plain = NULL, *coloured = NULL;

	add(summary, "evil\x1b[2J\u202e", "pass", 1, "c");
	plain = printed(summary, false);
	coloured = printed(summary, true);
	assert_null(strchr(plain, '\033'));
	assert_null(strstr(plain, "\u202e"));
	assert_non_null(strstr(coloured, "\033[32mpass"));
	assert_null(strstr(coloured, "[2J\033"));
}

static void test_summary_write__says_what_could_not_be_written(void **state)
{
	struct summary *summary = summary_of(*state);
	struct error err = { 0 };

	assert_int_equal(summary_write(summary, "/nonexistent", &err), -ENOENT);
	summary_free(summary);
	assert_true(err.text[0] != '\0');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_summary__lines_are_sorted_whatever_order_they_came_in),
		TEST(test_summary__of_one_id_the_last_line_counts),
		TEST(test_summary__journals_of_two_folders_stay_apart),
		TEST(test_summary__totals_count_and_rate_what_could_be_decided),
		TEST(test_summary__failed_tests_leave_the_skipped_out),
		TEST(test_summary__a_repeated_test_says_in_which_run),
		TEST(test_summary__an_empty_batch_has_no_rate),
		TEST(test_summary__csv_is_no_formula_and_is_quoted),
		TEST(test_summary__a_report_that_lacks_everything_is_a_line),
		TEST(test_summary__the_table_fits_80_columns),
		TEST(test_summary__the_table_has_colours_only_when_told),
		TEST(test_summary_write__says_what_could_not_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
