/*
 * Submissions that are programs in any language, from start to verdict. The
 * exercise is dialogue/: a sum that outlives the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "e2e/sum"
#define DIALOGUE "tests/e2e/dialogue"

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

/* languages.json with @from, which is in it, replaced. */
static void write_languages(const char *from, const char *to)
{
	AUTO_FREE char *source = source_path("exercises");
	AUTO_FREE char *text = scratch_read(source, "languages.json");
	AUTO_FREE char *folder = scratch_path(home.folder, "exercises");
	AUTO_FREE char *edited = NULL;
	const char *at = strstr(text, from);

	assert_non_null(at);
	edited = text_format("%.*s%s%s", (int)(at - text), text, to,
			     at + strlen(from));
	free(scratch_write(folder, "languages.json", edited));
}

static int make_home(void **state)
{
	(void)state;
	home.folder = scratch_new();
	home.exercises = text_format("ASSAY_EXERCISES=%s/exercises",
				     home.folder);
	copy_in("exercises/kit", "exercises/kit");
	copy_in("include", "include");
	copy_in(DIALOGUE, "exercises/" EXERCISE);
	write_languages("", "");
	return 0;
}

static int remove_home(void **state)
{
	(void)state;
	free(home.exercises);
	scratch_remove(home.folder);
	return 0;
}

/* "assay ..." in @folder. */
#define ASSAY(process, folder_, ...)                                    \
	do {                                                            \
		const struct process_options options = {                \
			.folder = (folder_),                            \
			.env = { home.exercises },                      \
		};                                                      \
		process_run((process), &options, "assay", __VA_ARGS__); \
	} while (0)

static void assert_says(const struct process *process, const char *words)
{
	if (!strstr(process->out, words))
		fail_msg("nothing of \"%s\" in:\n%s\n%s", words, process->out,
			 process->err);
}

static void start(const char *folder, const char *language, const char *to)
{
	struct process process;

	ASSAY(&process, folder, "start", "--lang", language, EXERCISE, to);
	assert_status(&process, 0);
	process_release(&process);
}

/* What has to be said of the test @id of a workspace in @language, of which
 * @file has this text: the report's test, borrowed from *report. */
static const json_t *check(const char *folder, const char *language,
			   const char *file, const char *text, const char *id,
			   json_t **report)
{
	AUTO_FREE char *work = scratch_path(folder, "work");
	struct process process;

	if (access(work, F_OK) < 0)
		start(folder, language, "work");
	free(scratch_write(work, file, text));
	ASSAY(&process, folder, "check", "--json", "--test", id, "work");
	*report = scratch_parse(process.out);
	process_release(&process);
	return report_test(*report, id);
}

static void assert_text(const json_t *test, const char *key, const char *words)
{
	if (!strstr(json_text(test, key), words)) {
		AUTO_FREE char *all = json_dumps(test, JSON_INDENT(2));

		fail_msg("%s: nothing of \"%s\" in\n%s", key, words, all);
	}
}

static void assert_solved(const char *folder, const char *language)
{
	AUTO_FREE char *solution = text_format(DIALOGUE "/solution/%s",
					       language);
	AUTO_FREE char *source = source_path(solution);
	AUTO_FREE char *work = scratch_path(folder, "work");
	AUTO_FREE char *archive = scratch_path(folder, "sum.tar.gz");
	struct process process;

	start(folder, language, "work");
	scratch_copy(source, work);
	ASSAY(&process, folder, "check", "work");
	assert_status(&process, 0);
	assert_says(&process, "pass: 100 of 100 points");
	assert_says(&process, "measured  syncs");
	process_release(&process);
	ASSAY(&process, work, "pack", "-o", archive);
	assert_status(&process, 0);
	process_release(&process);
	ASSAY(&process, folder, "grade", "--quiet", "--out", "results",
	      archive);
	assert_status(&process, 0);
	process_release(&process);
}

static void assert_graded(const char *folder, const char *language)
{
	json_auto_t *report = scratch_json(folder, "results/reports/sum.json");
	const json_t *score = json_object_get(report, "score");

	assert_int_equal(json_value(score, "points"), 100);
	assert_string_equal(
		json_text(json_object_get(report, "exercise"), "language"),
		language);
}

static void test_dialogue__goes_from_start_to_grade_in_c(void **state)
{
	assert_solved(*state, "c");
	assert_graded(*state, "c");
}

static void test_dialogue__goes_from_start_to_grade_in_cpp(void **state)
{
	assert_solved(*state, "cpp");
	assert_graded(*state, "cpp");
}

static void test_dialogue__goes_from_start_to_grade_in_python(void **state)
{
	assert_solved(*state, "python");
	assert_graded(*state, "python");
}

static void test_dialogue__starter_is_of_the_first_language(void **state)
{
	AUTO_FREE char *work = scratch_path(*state, "sum");
	AUTO_FREE char *source = NULL;
	struct process process;

	ASSAY(&process, *state, "start", EXERCISE);
	assert_status(&process, 0);
	assert_says(&process, "It is in c; with --lang also in cpp, python.");
	process_release(&process);
	source = scratch_path(work, "sum.c");
	assert_int_equal(access(source, R_OK), 0);
	ASSAY(&process, *state, "check", "sum");
	assert_status(&process, 1);
	assert_says(&process, "fail: 0 of 100 points");
	process_release(&process);
}

static void assert_commands(const char *folder, const char *language,
			    const char *program)
{
	AUTO_FREE char *work = scratch_path(folder, language);
	AUTO_FREE char *path = scratch_path(work, "compile_commands.json");
	AUTO_FREE char *text = NULL;

	start(folder, language, language);
	if (!program) {
		assert_int_equal(access(path, F_OK), -1);
		return;
	}
	text = scratch_read(work, "compile_commands.json");
	assert_non_null(strstr(text, program));
}

static void test_dialogue__editors_are_told_of_c_and_cpp_only(void **state)
{
	assert_commands(*state, "c", "\"gcc\"");
	assert_commands(*state, "cpp", "\"g++\"");
	assert_commands(*state, "python", NULL);
}

static void test_dialogue__file_names_say_the_language(void **state)
{
	AUTO_FREE char *source = source_path(DIALOGUE "/solution/python");
	AUTO_FREE char *work = scratch_path(*state, "bare");
	struct process process;

	scratch_copy(source, work);
	ASSAY(&process, *state, "check", "--exercise", EXERCISE, "--test",
	      "adds", "bare");
	assert_status(&process, 0);
	process_release(&process);
}

/* ---- what candidates do ---- */

static void test_dialogue__syntax_errors_have_file_and_line(void **state)
{
	AUTO_FREE char *work = scratch_path(*state, "work");
	struct process process;

	start(*state, "python", "work");
	free(scratch_write(work, "sum.py", "import sys\nfor line in sys\n"));
	ASSAY(&process, *state, "check", "work");
	assert_status(&process, 1);
	assert_says(&process, "build-error: 0 of 100 points");
	assert_says(&process, "sum.py:2: error: SyntaxError: expected ':'");
	process_release(&process);
}

static void test_dialogue__tracebacks_are_shown(void **state)
{
	AUTO_FREE char *work = scratch_path(*state, "work");
	struct process process;

	start(*state, "python", "work");
	free(scratch_write(work, "sum.py",
			   "import json, sys\nfor line in sys.stdin:\n"
			   "    print(json.loads(line)['adds'])\n"));
	ASSAY(&process, *state, "check", "--test", "adds", "work");
	assert_status(&process, 1);
	assert_says(&process, "It ended: status 1");
	assert_says(&process, "sum.py\", line 3, in <module>");
	assert_says(&process, "KeyError: 'adds'");
	process_release(&process);
}

static void test_dialogue__a_crash_is_one_and_says_where(void **state)
{
	AUTO_FREE char *work = scratch_path(*state, "work");
	struct process process;

	start(*state, "c", "work");
	free(scratch_write(work, "sum.c",
			   "#include <stdio.h>\n\n"
			   "static int *sum;\n\n"
			   "static __attribute__((noinline)) void add(int n)\n"
			   "{\n\t*sum += n;\n}\n\n"
			   "int main(void)\n{\n\tchar line[99];\n\n"
			   "\twhile (fgets(line, 99, stdin))\n"
			   "\t\tadd(line[0]);\n\treturn 0;\n}\n"));
	ASSAY(&process, *state, "check", "--test", "adds", "work");
	assert_status(&process, 1);
	assert_says(&process, "CRASH  adds");
	assert_says(&process, "crashed in add, sum.c:7");
	process_release(&process);
}

static void test_dialogue__an_exception_says_where_it_was_thrown(void **state)
{
	AUTO_FREE char *work = scratch_path(*state, "work");
	struct process process;

	start(*state, "cpp", "work");
	free(scratch_write(work, "sum.cc",
			   "#include <iostream>\n#include <map>\n\n"
			   "int main()\n{\n"
			   "\tstd::map<std::string, int> sums;\n"
			   "\tstd::string line;\n\n"
			   "\twhile (std::getline(std::cin, line))\n"
			   "\t\tstd::cout << sums.at(line) << std::endl;\n"
			   "}\n"));
	ASSAY(&process, *state, "check", "--test", "adds", "work");
	assert_status(&process, 1);
	assert_says(&process, "CRASH  adds");
	assert_says(&process, "called from main, sum.cc:10");
	assert_says(&process, "what():  map::at");
	process_release(&process);
}

static void test_dialogue__that_hangs_is_a_deadlock(void **state)
{
	json_auto_t *report = NULL;
	const json_t *test = check(*state, "python", "sum.py",
				   "import threading\n"
				   "lock = threading.Lock()\n"
				   "lock.acquire()\nlock.acquire()\n",
				   "adds", &report);

	assert_text(test, "status", "deadlock");
	assert_text(test, "message", "No answer came.");
}

static void test_dialogue__an_answer_before_the_disk_is_seen(void **state)
{
	json_auto_t *report = NULL;
	const json_t *test = check(
		*state, "c", "sum.c",
		"#include <stdio.h>\n#include <unistd.h>\n"
		"int main(void)\n{\n\tchar line[99];\n"
		"\tif (!fgets(line, 99, stdin))\n\t\treturn 0;\n"
		"\tputs(\"{\\\"sum\\\": 5}\");\n\tfflush(stdout);\n"
		"\tfsync(1);\n\tpause();\n}\n",
		"durable", &report);

	assert_text(test, "status", "fail");
	assert_text(test, "message", "It answered while");
}

static void test_dialogue__missing_compilers_are_nobodys_fault(void **state)
{
	struct process process;

	start(*state, "cpp", "work");
	write_languages("\"g++\"", "\"g++-of-nobody\"");
	ASSAY(&process, *state, "check", "work");
	write_languages("", "");
	assert_status(&process, 3);
	assert_non_null(strstr(process.err, "is not installed"));
	process_release(&process);
}

/* ---- what hostile candidates do ---- */

/* Each before or instead of a right answer, and what it gets for the test
 * "adds" or, if it is right otherwise, "restart". */
static const struct {
	const char *text, *id, *status, *message;
} hostile[] = {
	/* kills the keeper */
	{ "import os\nos.kill(os.getppid(), 9)\n", "adds", "crash",
	  "The keeper is gone." },
	/* stops it, which is to kill */
	{ "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\n"
	  "print('{\"sum\": 20}', flush=True)\nsignal.pause()\n",
	  "restart", "fail", "The keeper says nothing." },
	/* takes its channel for its own */
	{ "import os\nos.write(3, b'x' * 24)\n", "adds", "crash",
	  "It ended: status 1" },
	/* writes without end */
	{ "while True:\n    print('y' * 1000, end='')\n", "adds", "fail",
	  "It writes without end." },
	/* ... to standard error */
	{ "import sys\nwhile True:\n    print('y' * 1000, file=sys.stderr)\n",
	  "adds", "output-limit", "" },
	/* never reads */
	{ "import signal\nsignal.pause()\n", "adds", "deadlock",
	  "No answer came." },
	/* closes what it was given */
	{ "import os, signal\nos.closerange(0, 100)\nsignal.pause()\n", "adds",
	  "deadlock", "No answer came." },
	/* leaves somebody behind who answers in its name, and reads what the
	 * next one ought to read */
	{ "import os, sys, signal\n"
	  "if os.fork() == 0:\n"
	  "    os.setsid()\n"
	  "    if os.fork() == 0:\n"
	  "        signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
	  "        while True:\n"
	  "            os.read(0, 1)\n"
	  "            print('{}', flush=True)\n"
	  "    os._exit(0)\n"
	  "signal.pause()\n",
	  "adds", "fail", "Expected the sum 1." },
};

static void test_dialogue__survives_hostile_programs(void **state)
{
	size_t i;

	for (i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		json_auto_t *report = NULL;
		const json_t *test = check(*state, "python", "sum.py",
					   hostile[i].text, hostile[i].id,
					   &report);

		assert_text(test, "status", hostile[i].status);
		assert_text(test, "message", hostile[i].message);
	}
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_dialogue__goes_from_start_to_grade_in_c),
		TEST(test_dialogue__goes_from_start_to_grade_in_cpp),
		TEST(test_dialogue__goes_from_start_to_grade_in_python),
		TEST(test_dialogue__starter_is_of_the_first_language),
		TEST(test_dialogue__editors_are_told_of_c_and_cpp_only),
		TEST(test_dialogue__file_names_say_the_language),
		TEST(test_dialogue__syntax_errors_have_file_and_line),
		TEST(test_dialogue__tracebacks_are_shown),
		TEST(test_dialogue__a_crash_is_one_and_says_where),
		TEST(test_dialogue__an_exception_says_where_it_was_thrown),
		TEST(test_dialogue__that_hangs_is_a_deadlock),
		TEST(test_dialogue__an_answer_before_the_disk_is_seen),
		TEST(test_dialogue__missing_compilers_are_nobodys_fault),
		TEST(test_dialogue__survives_hostile_programs),
	};

	return cmocka_run_group_tests(tests, make_home, remove_home);
}
