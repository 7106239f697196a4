/*
 * "assay explore", and what a test of variant "explore" has around it. The
 * exercise is exercise/, whose judge does for each scenario what its name says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "e2e/words"

/* Made once: the exercise with what it needs. */
static struct {
	char *folder;
	char *exercises; /* "ASSAY_EXERCISES=..." */
} home;

static void copy_in(const char *from, const char *to)
{
	AUTO_FREE char *source = source_path(from);
	AUTO_FREE char *target = scratch_path(home.folder, to);

	scratch_copy(source, target);
}

static int make_home(void **state)
{
	(void)state;
	home.folder = scratch_new();
	home.exercises = text_format("ASSAY_EXERCISES=%s/exercises",
				     home.folder);
	copy_in("exercises/kit", "exercises/kit");
	copy_in("include", "include");
	copy_in("tests/e2e/exercise", "exercises/" EXERCISE);
	return 0;
}

static int remove_home(void **state)
{
	(void)state;
	free(home.exercises);
	scratch_remove(home.folder);
	return 0;
}

/* *state is a folder with the solution in "words". */
static int setup(void **state)
{
	AUTO_FREE char *solution = source_path("tests/e2e/exercise/solution/c");
	AUTO_FREE char *to = NULL;

	*state = scratch_new();
	to = scratch_path(*state, "words");
	scratch_copy(solution, to);
	return 0;
}

/* "assay @subcommand words --exercise ..." with more, in @folder. */
#define ASSAY(process, folder_, subcommand, ...)                               \
	do {                                                                   \
		const struct process_options options = {                       \
			.folder = (folder_),                                   \
			.env = { home.exercises },                             \
		};                                                             \
		process_run((process), &options, "assay", subcommand, "words", \
			    "--exercise", EXERCISE, __VA_ARGS__);              \
	} while (0)

#define EXPLORE(process, folder, ...) \
	ASSAY(process, folder, "explore", __VA_ARGS__)

static void assert_says(const struct process *process, const char *text,
			const char *words)
{
	if (!strstr(text, words))
		fail_msg("nothing of \"%s\" in:\n%s\n%s", words, process->out,
			 process->err);
}

/* What the solution answers to a word is all that its source says. */
static void mend(const char *folder)
{
	AUTO_FREE char *path = scratch_path(folder, "words");

	free(scratch_write(path, "words.c",
			   "#include <sys/socket.h>\n"
			   "int main(void)\n{\n\tchar word[32];\n"
			   "\twhile (recv(3, word, sizeof word, 0) > 0)\n"
			   "\t\t(void)send(3, \"mended\", 6, 0);\n"
			   "\treturn 0;\n}\n"));
}

static void test_explore__keeps_what_fails_and_replays_it(void **state)
{
	struct process process;
	AUTO_FREE char *trace = NULL;

	EXPLORE(&process, *state, "--scenario", "bad");
	assert_status(&process, 1);
	assert_says(&process, process.out, "message   of 500");
	assert_says(&process, process.out, "what happened");
	assert_says(&process, process.out,
		    "assay explore words --exercise " EXERCISE
		    " --replay bad.trace");
	assert_null(strstr(process.out, "explorer-trace"));
	assert_null(strstr(process.out, "Next:"));
	process_release(&process);
	trace = scratch_read(*state, "bad.trace");
	assert_memory_equal(trace, "explorer-trace 1\nscenario bad\n", 30);

	EXPLORE(&process, *state, "--replay", "bad.trace");
	assert_status(&process, 1);
	assert_says(&process, process.out, "it is as it was");
	assert_null(strstr(process.out, "boxes"));
	process_release(&process);

	mend(*state);
	EXPLORE(&process, *state, "--replay", "bad.trace");
	assert_status(&process, 0);
	assert_says(&process, process.out, "bad.trace does not fail here\n");
	process_release(&process);
}

static void test_explore__never_says_that_it_is_right(void **state)
{
	struct process process;

	EXPLORE(&process, *state, "--scenario", "good");
	assert_status(&process, 0);
	/* of two tests that have it, without the one that one depends on */
	assert_says(&process, process.out, "\nno failing schedule in 520\n");
	assert_null(strstr(process.out, "plain"));
	assert_null(strstr(process.out, "all passed"));
	process_release(&process);

	EXPLORE(&process, *state, "--scenario", "good", "--budget", "7");
	assert_status(&process, 0);
	assert_says(&process, process.out, "\nno failing schedule in 14\n");
	process_release(&process);
}

static void test_explore__keeps_it_where_it_is_told_to(void **state)
{
	AUTO_FREE char *usual = scratch_path(*state, "bad.trace");
	AUTO_FREE char *trace = NULL;
	struct process process;
	json_t *report;

	EXPLORE(&process, *state, "--scenario", "bad", "-o", "here.txt",
		"--json", "--seed", "9", "--budget", "3");
	assert_status(&process, 1);
	assert_says(&process, process.err, "here.txt has the schedule");
	report = scratch_parse(process.out);
	assert_int_equal(json_value(report_test(report, "search"), "seed"), 9);
	assert_string_equal(json_text(report_test(report, "search"), "message"),
			    "of 3");
	json_decref(report);
	process_release(&process);
	trace = scratch_read(*state, "here.txt");
	assert_non_null(strstr(trace, "scenario bad\n"));
	assert_int_equal(access(usual, F_OK), -1);
}

static void test_explore__lists_what_there_is(void **state)
{
	struct process process;
	json_t *list;

	EXPLORE(&process, *state, "--list");
	assert_status(&process, 0);
	assert_says(&process, process.out, "first-leaves ");
	assert_says(&process, process.out, "Words in any order\n");
	assert_null(strstr(process.out, "hidden"));
	assert_null(strstr(process.out, "word "));
	process_release(&process);

	EXPLORE(&process, *state, "--list", "--json");
	assert_status(&process, 0);
	list = scratch_parse(process.out);
	assert_int_equal(json_object_size(list), 6);
	json_decref(list);
	process_release(&process);
}

/* Options, and what has to be said of them. */
static const struct {
	const char *options[5];
	const char *says;
} wrong[] = {
	{ { "--scenario", "nowhere" }, "has no scenario 'nowhere'" },
	{ { "--scenario", "hidden" }, "has no scenario 'hidden'" },
	{ { "--scenario", "../bad" }, "--scenario: bad value '../bad'" },
	{ { "--budget", "0" }, "--budget: bad value '0'" },
	{ { "--seed", "-1" }, "--seed: bad value '-1'" },
	{ { "--step", "4" }, "--step goes with --gdb" },
	{ { "--gdb", "--json" }, "--json does not go with --gdb" },
	{ { "--replay", "good.trace", "--budget", "3" },
	  "--budget does not go with --replay" },
	{ { "--replay", "good.trace", "--scenario", "bad" },
	  "good.trace is of scenario 'good'" },
	{ { "--replay", "gone.trace" }, "gone.trace: No such file" },
	{ { "--replay", "words" }, "words: not a file" },
	{ { "--replay", "other.trace" }, "has no scenario 'other'" },
	{ { "--replay", "short.trace" }, "short.trace: line 3: expected" },
	{ { "--replay", "wild.trace" },
	  "wild.trace: line 4: expected a thread and its operations" },
	{ { "words" }, "one folder, not 'words'" },
	{ { "-o" }, "option '-o' needs a value" },
};

static void test_explore__says_in_one_line_what_is_wrong(void **state)
{
	const char *const *it;
	struct process process;
	size_t i;

	free(scratch_write(*state, "good.trace",
			   "explorer-trace 1\nscenario good\nsegments 0\n"
			   "choices 0\nend\n"));
	free(scratch_write(*state, "other.trace",
			   "explorer-trace 1\nscenario other\nsegments 0\n"
			   "choices 0\nend\n"));
	free(scratch_write(*state, "short.trace",
			   "explorer-trace 1\nscenario good\n"));
	free(scratch_write(*state, "wild.trace",
			   "explorer-trace 1\nscenario good\nsegments 1\n"
			   "99 5\nchoices 0\nend\n"));
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		it = wrong[i].options;
		EXPLORE(&process, *state, it[0], it[1], it[2], it[3], it[4]);
		assert_status(&process, 2);
		assert_string_equal(process.out, "");
		assert_says(&process, process.err, wrong[i].says);
		assert_ptr_equal(strchr(process.err, '\n'),
				 process.err + strlen(process.err) - 1);
		process_release(&process);
	}
	process_run(&process, NULL, "assay", "explore");
	assert_status(&process, 2);
	process_release(&process);
}

static void test_explore__says_that_the_explorer_is_missing(void **state)
{
	const struct process_options options = {
		.folder = *state,
		.env = { home.exercises, "ASSAY_EXPLORE=/nowhere/explore.o" },
	};
	struct process process;

	process_run(&process, &options, "assay", "explore", "words",
		    "--exercise", EXERCISE);
	assert_status(&process, 3);
	assert_says(&process, process.err, "explore.o is not beside");
	assert_string_equal(process.out, "");
	process_release(&process);
	/* what does not build with it works without */
	process_run(&process, &options, "assay", "list");
	assert_status(&process, 0);
	process_release(&process);
}

static void
test_explore__the_judge_has_two_programs_and_their_files(void **state)
{
	static const char *const scenarios[] = { "around", "second-crashes",
						 "first-leaves" };
	struct process process;
	size_t i;

	for (i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		EXPLORE(&process, *state, "--scenario", scenarios[i]);
		assert_status(&process, 0);
		process_release(&process);
	}
}

static void test_explore__a_program_that_forks_is_stopped(void **state)
{
	struct process process;
	const json_t *test;
	json_t *report;

	EXPLORE(&process, *state, "--scenario", "forks", "--json");
	assert_status(&process, 1);
	report = scratch_parse(process.out);
	test = report_test(report, "boxes");
	assert_string_equal(json_text(test, "status"), "forbidden-syscall");
	assert_string_equal(
		json_text(json_object_get(test, "forbidden_syscall"), "name"),
		"clone");
	json_decref(report);
	process_release(&process);
}

/* Sources, and what is said of them; NULL: they are searched. */
static const struct {
	const char *source, *says;
} seen[] = {
	{ "#define P(a, b) a##b\n"
	  "int main(void) { P(__as, m__) (\"\"); return 0; }\n",
	  "words.c:2: __asm__" },
	{ "#define P(a, b) a##b\n"
	  "__attribute__((P(no_sani, tize)(\"thread\")))\n"
	  "int main(void) { return 0; }\n",
	  "words.c:2: no_sanitize" },
	{ "#line 1 \"/usr/include/stdio.h\"\n"
	  "int main(void) { __asm__(\"\"); return 0; }\n",
	  "words.c:2: __asm__" },
	{ "#include \"NOTES.md\"\nint main(void) { return 0; }\n",
	  "NOTES.md: code in a file that is no C source" },
	/* neither what is left out nor the words of the system */
	{ "#include <stdio.h>\n#if 0\n__asm__(\"\");\n#endif\n"
	  "int main(void) { return 0; }\n",
	  NULL },
};

static void test_explore__looks_at_what_is_compiled(void **state)
{
	AUTO_FREE char *path = scratch_path(*state, "words");
	struct process process;
	const char *message;
	json_t *report;
	size_t i;

	free(scratch_write(path, "NOTES.md",
			   "# 1 \"/usr/include/stdio.h\"\n"
			   "static int notes;\n"));
	for (i = 0; i < sizeof seen / sizeof *seen; i++) {
		free(scratch_write(path, "words.c", seen[i].source));
		EXPLORE(&process, *state, "--scenario", "bad", "--json");
		assert_status(&process, 1);
		report = scratch_parse(process.out);
		message = json_text(report_test(report, "search"), "message");
		if (seen[i].says)
			assert_says(&process, message, seen[i].says);
		else
			assert_null(strstr(message, "vouch"));
		json_decref(report);
		process_release(&process);
	}
}

static void test_explore__does_not_vouch_for_what_it_cannot_see(void **state)
{
	AUTO_FREE char *path = scratch_path(*state, "words");
	struct process process;
	const json_t *test;
	json_t *report;

	free(scratch_write(path, "words.c",
			   "int main(void)\n{\n"
			   "\t__asm__ volatile (\"nop\");\n"
			   "\treturn 0;\n}\n"));
	EXPLORE(&process, *state, "--scenario", "bad", "--json");
	assert_status(&process, 1);
	report = scratch_parse(process.out);
	test = report_test(report, "search");
	assert_string_equal(json_text(test, "status"), "fail");
	assert_says(&process, json_text(test, "message"), "words.c:3: __asm__");
	assert_says(&process, json_text(test, "message"), "cannot vouch");
	assert_string_equal(
		json_text(json_object_get(test, "evidence"), "mechanism"),
		"source scan");
	json_decref(report);
	process_release(&process);
	/* the tests of other variants are as they would be */
	ASSAY(&process, *state, "check", "--json", "--test", "plain");
	assert_status(&process, 1);
	report = scratch_parse(process.out);
	assert_null(strstr(json_text(report_test(report, "plain"), "message"),
			   "vouch"));
	json_decref(report);
	process_release(&process);
}

/* What stands for gdb says what it was called with, and that it has all. */
#define GDB                                                         \
	"#!/bin/sh\n"                                               \
	"[ -e /proc/$$/fd/3 ] || echo nothing else is open\n"       \
	"for word; do echo \"$word\"; done\n"                       \
	"while [ \"$1\" != --args ]; do shift; done\n"              \
	"[ -x \"$2\" ] && cmp \"$4\" bad.trace && echo all there\n" \
	"stat -c %a \"${2%/*}\" >mode\n"                            \
	"echo \"${2%/*}\" >folder\n"

static void test_explore__stops_in_gdb_outside_of_a_box(void **state)
{
	AUTO_FREE char *tools = scratch_path(*state, "tools");
	AUTO_FREE char *gdb = scratch_path(*state, "tools/gdb");
	AUTO_FREE char *path = text_format("PATH=%s:%s", tools, getenv("PATH"));
	const struct process_options options = {
		.folder = *state,
		.env = { home.exercises, path },
	};
	AUTO_FREE char *mode = NULL, *folder = NULL;
	struct process process;

	assert_int_equal(mkdir(tools, 0755), 0);
	free(scratch_write(tools, "gdb", GDB));
	assert_int_equal(chmod(gdb, 0755), 0);
	process_run(&process, &options, "assay", "explore", "words",
		    "--exercise", EXERCISE, "--scenario", "bad", "--gdb");
	assert_status(&process, 1);
	assert_says(&process, process.err, "no box is around the program");
	assert_says(&process, process.out, "\n--replay\n");
	assert_says(&process, process.out, "\n--stop\n5\n");
	assert_says(&process, process.out,
		    "\nset substitute-path /work/submission /");
	assert_says(&process, process.out, "\nall there\n");
	assert_says(&process, process.out, "\nnothing else is open\n");
	process_release(&process);
	mode = scratch_read(*state, "mode");
	assert_string_equal(mode, "700\n");
	folder = scratch_read(*state, "folder");
	folder[strcspn(folder, "\n")] = '\0';
	assert_int_equal(access(folder, F_OK), -1);

	process_run(&process, &options, "assay", "explore", "words",
		    "--exercise", EXERCISE, "--replay", "bad.trace", "--gdb",
		    "--step", "2");
	assert_says(&process, process.out, "\n--stop\n2\n");
	process_release(&process);
}

static void test_explore__says_that_gdb_is_missing(void **state)
{
	const struct process_options options = {
		.folder = *state,
		.env = { home.exercises, "PATH=/nowhere" },
	};
	AUTO_FREE char *assay = build_path("assay");
	struct process process;

	process_run(&process, &options, assay, "explore", "words", "--exercise",
		    EXERCISE, "--gdb");
	assert_status(&process, 3);
	assert_says(&process, process.err, "gdb is not in PATH");
	assert_string_equal(process.out, "");
	process_release(&process);
}

/* Runs the program as gdb would, and lets it go on to its end. */
#define NO_GDB                                         \
	"#!/bin/sh\n"                                  \
	"while [ \"$1\" != --args ]; do shift; done\n" \
	"\"$2\" --replay \"$4\"\n"

/* The explorer itself, on the exercise that is shipped. */
static void test_explore__finds_who_is_not_woken_in_a_queue(void **state)
{
	AUTO_FREE char *path = scratch_submission(*state, "eve",
						  "exercises/" BOUNDED_QUEUE
						  "/mutants/close-signals-one");
	AUTO_FREE char *solution = source_path("exercises/" BOUNDED_QUEUE
					       "/solution/c");
	AUTO_FREE char *tools = scratch_path(*state, "tools");
	AUTO_FREE char *gdb = scratch_path(*state, "tools/gdb");
	AUTO_FREE char *variable = text_format("PATH=%s:%s", tools,
					       getenv("PATH"));
	const struct process_options options = {
		.folder = *state,
		.env = { variable, "COLUMNS=120" },
	};
	struct process process;

	assert_int_equal(mkdir(tools, 0755), 0);
	free(scratch_write(tools, "gdb", NO_GDB));
	assert_int_equal(chmod(gdb, 0755), 0);
	process_run(&process, &options, "assay", "explore", "eve", "--scenario",
		    "close-takers", "--gdb");
	assert_status(&process, 1);
	assert_says(&process, process.out, "deadlock: ");
	assert_says(&process, process.out, "bq.c:79");
	assert_says(&process, process.out, "pthread_cond_signal(&q->not_");
	assert_says(&process, process.out, "close-takers.trace has the sched");
	assert_says(&process, process.out, "\ndeadlock after ");
	process_release(&process);

	process_run(&process, &options, "assay", "explore", "eve", "--replay",
		    "close-takers.trace");
	assert_status(&process, 1);
	assert_says(&process, process.out, "deadlock: ");
	process_release(&process);

	scratch_copy(solution, path);
	process_run(&process, &options, "assay", "explore", "eve", "--replay",
		    "close-takers.trace");
	assert_status(&process, 0);
	assert_says(&process, process.out, "does not fail here");
	process_release(&process);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_explore__keeps_what_fails_and_replays_it),
		TEST(test_explore__never_says_that_it_is_right),
		TEST(test_explore__keeps_it_where_it_is_told_to),
		TEST(test_explore__lists_what_there_is),
		TEST(test_explore__says_in_one_line_what_is_wrong),
		TEST(test_explore__says_that_the_explorer_is_missing),
		TEST(test_explore__the_judge_has_two_programs_and_their_files),
		TEST(test_explore__a_program_that_forks_is_stopped),
		TEST(test_explore__looks_at_what_is_compiled),
		TEST(test_explore__does_not_vouch_for_what_it_cannot_see),
		TEST(test_explore__stops_in_gdb_outside_of_a_box),
		TEST(test_explore__says_that_gdb_is_missing),
		TEST(test_explore__finds_who_is_not_woken_in_a_queue),
	};

	return cmocka_run_group_tests(tests, make_home, remove_home);
}
