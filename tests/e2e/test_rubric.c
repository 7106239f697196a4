/*
 * What people score, beside the points: sheets, their files, what each
 * audience sees of them in every format, and how far two raters agree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define BATCH 12
#define SAID "canary-said"
#define ASKED "canary-asked"

/* In @state: reports of BATCH submissions, s0.json ..., each the same pool with
 * questions where it failed. */
static int set_up(void **state)
{
	AUTO_FREE char *source = source_path("tests/formats/reports");
	json_auto_t *report = scratch_json(source, "schedule.json");
	json_t *test;
	size_t i;

	*state = scratch_new();
	json_array_foreach (json_object_get(report, "tests"), i, test)
		json_object_set_new(test, "questions",
				    strcmp(json_text(test, "status"), "pass")
					    ? json_pack("[s]", ASKED)
					    : json_array());
	for (i = 0; i < BATCH; i++) {
		AUTO_FREE char *name = text_format("s%zu.json", i);
		AUTO_FREE char *text = NULL;

		json_object_set_new(json_object_get(report, "submission"), "id",
				    json_sprintf("s%zu", i));
		text = json_dumps(report, JSON_INDENT(1));
		free(scratch_write(*state, name, text));
	}
	return 0;
}

#define RUN(process, where, ...)                                               \
	process_run((process),                                                 \
		    (&(struct process_options){ .folder = (where) }), "assay", \
		    "report", __VA_ARGS__)

static void make_sheets(const char *folder, const char *rater)
{
	struct process process;

	RUN(&process, folder, "s0.json", "s1.json", "s2.json", "s3.json",
	    "s4.json", "s5.json", "s6.json", "s7.json", "s8.json", "s9.json",
	    "s10.json", "s11.json", "--rubric-sheets", "rubric", "--rater",
	    rater);
	assert_status(&process, 0);
	process_release(&process);
}

/* @rater gives submission @number marks that depend on it, and on @shift. */
static void fill(const char *folder, const char *rater, size_t number,
		 size_t shift)
{
	AUTO_FREE char *name = text_format("rubric/%s/s%zu.json", rater,
					   number);
	json_auto_t *sheet = scratch_json(folder, name);
	AUTO_FREE char *text = NULL;
	const char *key;
	json_t *mark;

	json_object_foreach (json_object_get(sheet, "marks"), key, mark) {
		bool same = strcmp(key, "readability") == 0;

		json_object_set_new(
			mark, "mark",
			json_integer(
				same ? 3 : (json_int_t)((number + shift) % 5)));
		json_object_set_new(mark, "why", json_string(SAID));
	}
	json_object_set_new(sheet, "comments",
			    json_pack("[{s:s, s:i, s:s}]", "file", "pool.c",
				      "line", 20, "text", SAID));
	text = json_dumps(sheet, JSON_INDENT(1));
	free(scratch_write(folder, name, text));
}

static void test_sheets__are_made_and_never_overwritten(void **state)
{
	AUTO_FREE char *before = NULL, *after = NULL;
	struct process process;

	RUN(&process, *state, "s0.json", "s1.json", "--rubric-sheets", "rubric",
	    "--rater", "ann");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "2 of 2 sheets made"));
	process_release(&process);
	fill(*state, "ann", 0, 0);
	before = scratch_read(*state, "rubric/ann/s0.json");
	RUN(&process, *state, "s0.json", "s1.json", "s2.json",
	    "--rubric-sheets", "rubric", "--rater", "ann");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "1 of 3 sheets made"));
	process_release(&process);
	after = scratch_read(*state, "rubric/ann/s0.json");
	assert_string_equal(before, after);
}

static void test_sheets__need_a_name(void **state)
{
	struct process process;

	RUN(&process, *state, "s0.json", "--rubric-sheets", "rubric");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "--rater says whose they are"));
	process_release(&process);
	RUN(&process, *state, "s0.json", "--rubric-sheets", "rubric", "--rater",
	    "../ann");
	assert_status(&process, 2);
	process_release(&process);
	RUN(&process, *state, "s0.json", "--rater", "ann");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "goes with --rubric-sheets"));
	process_release(&process);
	RUN(&process, *state, "s0.json", "--rubric", "nowhere");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "--rubric: nowhere: No such"));
	process_release(&process);
}

static const char *const formats[] = { "text",  "json",  "html",
				       "junit", "sarif", "tap",
				       "csv",   "ctrf",  "gradescope" };

static char *rendered(const char *folder, const char *format,
		      const char *audience)
{
	struct process process;
	char *out;

	RUN(&process, folder, "s0.json", "--rubric", "rubric", "--all",
	    "--format", format, "--audience", audience);
	assert_status(&process, 0);
	out = strdup(process.out);
	assert_non_null(out);
	process_release(&process);
	return out;
}

static void test_candidate__sees_no_mark_no_rater_and_no_question(void **state)
{
	static const char *const words[] = { SAID, ASKED, "zebedee",
					     "never added" };
	size_t i, j;

	make_sheets(*state, "zebedee");
	fill(*state, "zebedee", 0, 0);
	for (i = 0; i < sizeof formats / sizeof *formats; i++) {
		AUTO_FREE char *out = rendered(*state, formats[i], "candidate");

		for (j = 0; j < sizeof words / sizeof *words; j++)
			if (strstr(out, words[j]))
				fail_msg("%s tells a candidate %s", formats[i],
					 words[j]);
	}
}

static void test_team_and_grader__see_all_of_it(void **state)
{
	static const struct {
		const char *format, *said[4];
	} expected[] = {
		{ "text", { SAID, ASKED, "0 zebedee", "pool.c:20 zebedee" } },
		{ "json", { SAID, ASKED, "zebedee", "\"ratings\"" } },
		{ "html", { SAID, ASKED, "zebedee", "pool.c:20" } },
		{ "csv", { "readability: 3 zebedee", "", "", "" } },
	};
	static const char *const audiences[] = { "team", "grader" };
	size_t i, j, k;

	make_sheets(*state, "zebedee");
	fill(*state, "zebedee", 0, 0);
	for (i = 0; i < sizeof expected / sizeof *expected; i++)
		for (j = 0; j < 2; j++) {
			AUTO_FREE char *out = rendered(
				*state, expected[i].format, audiences[j]);

			for (k = 0; k < 4; k++)
				if (!strstr(out, expected[i].said[k]))
					fail_msg("%s does not tell %s %s",
						 expected[i].format,
						 audiences[j],
						 expected[i].said[k]);
		}
}

/* Whoever is given those shows them to others: Gradescope to students. */
static void test_questions__are_not_told_to_other_programs(void **state)
{
	static const char *const others[] = { "junit", "sarif", "tap",
					      "csv",   "ctrf",  "gradescope" };
	size_t i;

	make_sheets(*state, "zebedee");
	fill(*state, "zebedee", 0, 0);
	for (i = 0; i < sizeof others / sizeof *others; i++) {
		AUTO_FREE char *out = rendered(*state, others[i], "grader");

		if (strstr(out, ASKED) || strstr(out, SAID))
			fail_msg("%s has what people ask or say", others[i]);
	}
}

static void test_marks__are_never_added_to_the_points(void **state)
{
	json_auto_t *before = scratch_json(*state, "s0.json"), *after = NULL;
	AUTO_FREE char *out = NULL;

	make_sheets(*state, "ann");
	fill(*state, "ann", 0, 0);
	out = rendered(*state, "json", "grader");
	after = scratch_parse(out);
	assert_true(json_equal(json_object_get(before, "score"),
			       json_object_get(after, "score")));
	assert_int_equal(json_object_del(after, "ratings"), 0);
	assert_true(json_equal(before, after));
}

/* A report's own "ratings" would be nobody's. */
static void test_marks__come_from_their_files_only(void **state)
{
	json_auto_t *report = scratch_json(*state, "s0.json");
	AUTO_FREE char *text = NULL;
	struct process process;

	json_object_set_new(report, "ratings",
			    json_pack("[{s:s, s:{s:{s:i}}}]", "rater", SAID,
				      "marks", "errors", "mark", 4));
	text = json_dumps(report, 0);
	free(scratch_write(*state, "forged.json", text));
	RUN(&process, *state, "forged.json", "--format", "json");
	assert_status(&process, 0);
	assert_null(strstr(process.out, SAID));
	process_release(&process);
}

static void test_bad_files__are_named_and_the_others_are_told(void **state)
{
	struct process process;
	const char *line;
	size_t lines = 0;

	make_sheets(*state, "ann");
	make_sheets(*state, "bob");
	fill(*state, "ann", 0, 0);
	fill(*state, "ann", 1, 0);
	free(scratch_write(*state, "rubric/ann/s2.json", "{\"marks\": "));
	free(scratch_write(*state, "rubric/bob/s1.json",
			   "{\"rubric_version\": 1, \"submission\": \"s1\", "
			   "\"rater\": \"bob\", "
			   "\"marks\": {\"errors\": {\"mark\": 5}}}"));
	free(scratch_write(*state, "rubric/bob/s2.json",
			   "{\"rubric_version\": 1, \"submission\": \"s9\", "
			   "\"rater\": \"bob\", \"marks\": {}}"));
	RUN(&process, *state, "s0.json", "s1.json", "s2.json", "--rubric",
	    "rubric", "--format", "html", "-o", "pages");
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "rubric/ann/s2.json: line 1"));
	assert_non_null(strstr(process.err, "rubric/bob/s1.json: marks.errors."
					    "mark: expected an integer from 0 "
					    "to 4"));
	assert_non_null(strstr(process.err, "rubric/bob/s2.json: submission: "
					    "expected \"s2\""));
	for (line = process.err; *line; line++)
		lines += *line == '\n';
	assert_int_equal(lines, 3);
	process_release(&process);
	{
		AUTO_FREE char *page = scratch_read(*state,
						    "pages/reports/s1.html");
		AUTO_FREE char *index = scratch_read(*state,
						     "pages/index.html");

		assert_non_null(strstr(page, SAID));
		assert_non_null(strstr(index, "What people scored"));
		assert_null(strstr(index, "How far two raters"));
	}
}

static void test_index__says_how_far_two_agree(void **state)
{
	AUTO_FREE char *index = NULL;
	struct process process;
	size_t i;

	make_sheets(*state, "ann");
	make_sheets(*state, "bob");
	for (i = 0; i < BATCH; i++) {
		fill(*state, "ann", i, 0);
		/* one differs, by one */
		fill(*state, "bob", i, i == 0 ? 1 : 0);
	}
	RUN(&process, *state, "s0.json", "s1.json", "s2.json", "s3.json",
	    "s4.json", "s5.json", "s6.json", "s7.json", "s8.json", "s9.json",
	    "s10.json", "s11.json", "--rubric", "rubric", "--format", "html",
	    "-o", "pages");
	assert_status(&process, 0);
	assert_string_equal(process.err, "");
	process_release(&process);
	index = scratch_read(*state, "pages/index.html");
	assert_non_null(strstr(index, "ann and bob"));
	assert_non_null(strstr(index, "11 of 12"));
	assert_non_null(strstr(index, "almost perfect agreement; below 50"));
	assert_non_null(strstr(index, "undefined: both gave the same mark"));
}

/* The pseudonym of @id; free() it. */
static char *pseudonym_of(const char *folder, const char *id)
{
	json_auto_t *map = scratch_json(folder, "blind.json");
	const char *name;
	json_t *whose;

	json_object_foreach (json_object_get(map, "candidates"), name, whose)
		if (strcmp(json_string_value(whose), id) == 0)
			return text_format("%s", name);
	fail_msg("%s has no pseudonym", id);
	return NULL;
}

static void assert_marked(const char *folder, const char *option)
{
	struct process process;

	RUN(&process, folder, "--rubric", "unseen", "--all", "s0.json",
	    "s1.json", option);
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, SAID));
	assert_non_null(strstr(process.out, "eve"));
	process_release(&process);
}

static void test_sheets__may_be_filled_in_blind(void **state)
{
	AUTO_FREE char *pseudonym = NULL, *name = NULL, *text = NULL;
	json_auto_t *sheet = NULL;
	struct process process;

	RUN(&process, *state, "--blind", "--rubric-sheets", "unseen", "--rater",
	    "eve", "s0.json", "s1.json");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "2 of 2 sheets made"));
	process_release(&process);
	pseudonym = pseudonym_of(*state, "s0");
	name = text_format("unseen/eve/%s.json", pseudonym);
	sheet = scratch_json(*state, name);
	assert_string_equal(json_text(sheet, "submission"), pseudonym);
	assert_string_equal(json_text(sheet, "digest"), "");
	json_object_set_new(sheet, "comments",
			    json_pack("[{s:s, s:i, s:s}]", "file", "pool.c",
				      "line", 20, "text", SAID));
	text = json_dumps(sheet, JSON_INDENT(1));
	free(scratch_write(*state, name, text));
	assert_marked(*state, "--blind");
	assert_marked(*state, "--format=text");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_sheets__are_made_and_never_overwritten),
		TEST(test_sheets__need_a_name),
		TEST(test_candidate__sees_no_mark_no_rater_and_no_question),
		TEST(test_team_and_grader__see_all_of_it),
		TEST(test_questions__are_not_told_to_other_programs),
		TEST(test_marks__are_never_added_to_the_points),
		TEST(test_marks__come_from_their_files_only),
		TEST(test_bad_files__are_named_and_the_others_are_told),
		TEST(test_index__says_how_far_two_agree),
		TEST(test_sheets__may_be_filled_in_blind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
