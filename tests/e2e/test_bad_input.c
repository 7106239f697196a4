/*
 * What is wrong with an input is told in one line, with exit status 2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define SOLUTION "exercises/" BOUNDED_QUEUE "/solution/c"

/* One line on standard error that has @words in it, nothing else, status 2. */
static void assert_one_line(struct process *process, const char *words)
{
	const char *newline = strchr(process->err, '\n');

	assert_status(process, 2);
	assert_string_equal(process->out, "");
	if (!newline || newline[1] != '\0' ||
	    strncmp(process->err, "assay ", 6) != 0 ||
	    !strstr(process->err, words))
		fail_msg("not one line with \"%s\": %s", words, process->err);
	process_release(process);
}

#define COMPLAINS(words, ...)                              \
	do {                                               \
		struct process process_;                   \
		process_run(&process_, NULL, __VA_ARGS__); \
		assert_one_line(&process_, words);         \
	} while (0)

static void test_bad_input__unknown_command(void **state)
{
	struct process process;

	(void)state;
	process_run(&process, NULL, "assay", "frobnicate");
	assert_status(&process, 2);
	assert_string_equal(process.out, "");
	assert_non_null(strstr(process.err, "frobnicate"));
	assert_string_equal(strchr(process.err, '\n'), "\n");
	process_release(&process);
}

static void test_bad_input__unknown_options(void **state)
{
	static const char *const commands[] = { "list",   "start",   "check",
						"pack",   "grade",   "verify",
						"doctor", "sandbox", "report" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof commands / sizeof *commands; i++)
		COMPLAINS("--frobnicate", "assay", commands[i], "--frobnicate");
}

static void test_bad_input__options_without_their_value(void **state)
{
	(void)state;
	COMPLAINS("--seed", "assay", "check", "--seed");
	COMPLAINS("--out", "assay", "grade", "--out");
	COMPLAINS("--wall", "assay", "sandbox", "--wall");
}

static void test_bad_input__numbers_that_are_none(void **state)
{
	static const char *const bad[] = { "",     "x",    "-1", "1x",
					   "0x10", "1e99", "nan" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		COMPLAINS("--seed", "assay", "check", "--seed", bad[i]);
		COMPLAINS("--jobs", "assay", "grade", "--out", "/x", "--jobs",
			  bad[i], "y");
		COMPLAINS("--repeat", "assay", "verify", "--repeat", bad[i]);
		COMPLAINS("--memory", "assay", "sandbox", "--memory", bad[i],
			  "--", "/bin/true");
		COMPLAINS("--wall", "assay", "sandbox", "--wall", bad[i], "--",
			  "/bin/true");
	}
	COMPLAINS("--jobs", "assay", "grade", "--jobs", "0", "x");
	COMPLAINS("--seed", "assay", "check", "--seed", "9007199254740992");
}

static void test_bad_input__unknown_exercise(void **state)
{
	AUTO_FREE char *out = scratch_path(*state, "out");

	COMPLAINS("no/such", "assay", "start", "no/such", out);
	COMPLAINS("../../etc", "assay", "start", "../../etc", out);
	COMPLAINS("no/such", "assay", "verify", "no/such");
	COMPLAINS("no/such", "assay", "check", "--exercise", "no/such",
		  (char *)*state);
	COMPLAINS("no/such", "assay", "grade", "--exercise", "no/such", "--out",
		  out, (char *)*state);
}

static void test_bad_input__missing_files(void **state)
{
	AUTO_FREE char *missing = scratch_path(*state, "missing");
	AUTO_FREE char *archive = scratch_path(*state, "out.tar.gz");
	AUTO_FREE char *out = scratch_path(*state, "out");

	COMPLAINS("missing", "assay", "check", missing);
	COMPLAINS("missing", "assay", "grade", "--out", out, missing);
	COMPLAINS("missing", "assay", "pack", "-o", archive, missing);
	COMPLAINS("missing", "assay", "sandbox", "--stdin", missing, "--",
		  "/bin/true");
	COMPLAINS("missing", "assay", "sandbox", "--bind", missing, "--",
		  "/bin/true");
	COMPLAINS("--out", "assay", "grade", missing);
	COMPLAINS("no submission", "assay", "grade", "--out", out);
	COMPLAINS("no command", "assay", "sandbox");
}

static void test_bad_input__a_folder_of_no_exercise(void **state)
{
	AUTO_FREE char *out = scratch_path(*state, "out.tar.gz");

	free(scratch_write(*state, "bq.c", "int x;\n"));
	COMPLAINS("exercise", "assay", "check", (char *)*state);
	COMPLAINS(".assay.json", "assay", "pack", "-o", out, (char *)*state);
}

/* A grader's whole batch must not end for one of these, so it is told and the
 * status says it. */
static void test_bad_input__an_archive_that_is_none(void **state)
{
	AUTO_FREE char *fake = scratch_write(*state, "fake.tar.gz",
					     "this is no archive\n");
	AUTO_FREE char *out = scratch_path(*state, "out");
	struct process process;

	process_run(&process, NULL, "assay", "grade", "--quiet", "--exercise",
		    BOUNDED_QUEUE, "--out", out, fake);
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, "fake.tar.gz"));
	assert_string_equal(strchr(process.err, '\n'), "\n");
	process_release(&process);
}

static void test_bad_input__an_output_folder_nobody_may_write_to(void **state)
{
	AUTO_FREE char *folder = scratch_submission(*state, "ada", SOLUTION);
	AUTO_FREE char *below = scratch_path(*state, "file/out");
	AUTO_FREE char *deep = scratch_path(*state, "not/there/yet");

	free(scratch_write(*state, "file", ""));
	COMPLAINS("file/out", "assay", "grade", "--out", below, folder);
	COMPLAINS("not/there/yet", "assay", "grade", "--out", deep, folder);
	COMPLAINS("/proc/out", "assay", "grade", "--out", "/proc/out", folder);
}

/* ---- manifests ---- */

/* The exercises again, with @text of the manifest replaced by @other. */
static struct process_options broken(const char *scratch, const char *text,
				     const char *other)
{
	static const char manifest[] = BOUNDED_QUEUE "/exercise.json";
	AUTO_FREE char *from = source_path("exercises");
	AUTO_FREE char *include = source_path("include");
	AUTO_FREE char *to = scratch_path(scratch, "exercises");
	AUTO_FREE char *to_include = scratch_path(scratch, "include");
	AUTO_FREE char *whole = NULL, *edited = NULL;
	char *place;

	scratch_copy(from, to);
	scratch_copy(include, to_include);
	whole = scratch_read(to, manifest);
	place = strstr(whole, text);
	assert_non_null(place);
	edited = text_format("%.*s%s%s", (int)(place - whole), whole, other,
			     place + strlen(text));
	free(scratch_write(to, manifest, edited));
	return (struct process_options){
		.env = { text_format("ASSAY_EXERCISES=%s", to) },
	};
}

static void assert_manifest_refused(const char *scratch, const char *text,
				    const char *other, const char *where)
{
	struct process_options options = broken(scratch, text, other);
	AUTO_FREE char *work = scratch_path(scratch, "work");
	struct process process;

	process_run(&process, &options, "assay", "start", BOUNDED_QUEUE, work);
	assert_non_null(strstr(process.err, "exercise.json"));
	assert_one_line(&process, where);
	free((char *)(uintptr_t)options.env[0]);
}

static void test_bad_input__a_broken_manifest_with_its_place(void **state)
{
	assert_manifest_refused(*state, "\"format\": 1,", "\"format\": 1,,",
				"line 2");
	assert_manifest_refused(*state, "\"title\"", "\"tilte\"", "tilte");
	assert_manifest_refused(*state, "\"points\": 8", "\"points\": \"ten\"",
				"tests[0].points");
	assert_manifest_refused(*state, "\"variant\": \"release\"",
				"\"variant\": \"fast\"", "tests[0].variant");
	assert_manifest_refused(*state, "\"fails\": \"spurious\"",
				"\"fails\": \"nothing\"", "mutants[0].fails");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bad_input__unknown_command),
		TEST(test_bad_input__unknown_options),
		TEST(test_bad_input__options_without_their_value),
		TEST(test_bad_input__numbers_that_are_none),
		TEST(test_bad_input__unknown_exercise),
		TEST(test_bad_input__missing_files),
		TEST(test_bad_input__a_folder_of_no_exercise),
		TEST(test_bad_input__an_archive_that_is_none),
		TEST(test_bad_input__an_output_folder_nobody_may_write_to),
		TEST(test_bad_input__a_broken_manifest_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
