#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "report.h"
#include "result_fixture.h"
#include "text.h"
#include "threads_fixture.h"

extern char **environ;

#define VALIDATE                                                   \
	"import json, sys, jsonschema\n"                           \
	"schema = json.load(open(sys.argv[1]))\n"                  \
	"jsonschema.Draft202012Validator.check_schema(schema)\n"   \
	"validator = jsonschema.Draft202012Validator(schema)\n"    \
	"for path in sys.argv[2:]:\n"                              \
	"    document = json.load(open(path, encoding='utf-8'))\n" \
	"    for error in validator.iter_errors(document):\n"      \
	"        sys.exit(f'{list(error.path)}: {error.message}')\n"

#define DIGEST                                                      \
	"import hashlib, json, sys\n"                               \
	"report = json.load(open(sys.argv[1], encoding='utf-8'))\n" \
	"text = json.dumps(report['verdict'], sort_keys=True,\n"    \
	"    separators=(',', ':'), ensure_ascii=False)\n"          \
	"digest = hashlib.sha256(text.encode()).hexdigest()\n"      \
	"sys.exit(digest != report['verdict_digest'])\n"

/* Exit status of "/usr/bin/python3 -c @script @first @second". */
static int python(const char *script, const char *first, const char *second)
{
	char *argv[] = { fixture_text("/usr/bin/python3"),
			 fixture_text("-c"),
			 fixture_text(script),    fixture_text(first),
			 fixture_text(second),    NULL };
	int status = -1;
	pid_t pid;

	assert_int_equal(
		posix_spawnp(&pid, "/usr/bin/python3", NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The schema in the source tree, whichever folder the test was started in. */
static char *schema_path(void)
{
	const char *source = getenv("ASSAY_SOURCE");

	return text_format("%s/harness/schema/report.schema.json",
			   source ? source : ".");
}

static void in_temporary_folder(char *dir)
{
	assert_non_null(mkdtemp(dir));
}

static void assert_valid(struct fixture *fixture)
{
	char dir[] = "/tmp/test_report.XXXXXX";
	AUTO_FREE char *schema = schema_path();
	AUTO_FREE char *path = NULL;
	json_auto_t *report = fixture_report(fixture);
	struct error err = { 0 };

	in_temporary_folder(dir);
	path = text_format("%s/report.json", dir);
	assert_int_equal(report_write(report, path, &err), 0);
	assert_int_equal(python(VALIDATE, schema, path), 0);
	assert_int_equal(python(DIGEST, path, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static json_t *test_at(const json_t *report, size_t index)
{
	return json_array_get(json_object_get(report, "tests"), index);
}

static const char *evidence_of(const json_t *report, size_t index,
			       const char *key)
{
	return json_string_value(json_object_get(
		json_object_get(test_at(report, index), "evidence"), key));
}

static void test_report__a_pass_is_valid_by_the_schema(void **state)
{
	assert_valid(*state);
}

static void test_report__every_verdict_is_valid_and_has_evidence(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *schema = schema_path();
	char dir[] = "/tmp/test_report.XXXXXX";
	enum verdict verdict;

	in_temporary_folder(dir);
	for (verdict = VERDICT_FAIL; verdict <= VERDICT_INCONCLUSIVE;
	     verdict++) {
		AUTO_FREE char *path = text_format("%s/%s.json", dir,
						   verdict_name(verdict));
		json_auto_t *report = NULL;

		fixture_end(fixture, FIXTURE_RACE_FREE, verdict);
		report = fixture_report(fixture);
		assert_non_null(
			evidence_of(report, FIXTURE_RACE_FREE, "mechanism"));
		assert_int_equal(report_write(report, path, NULL), 0);
		assert_int_equal(python(VALIDATE, schema, path), 0);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void test_report__asks_where_the_program_lost_points(void **state)
{
	static const struct {
		enum verdict verdict;
		size_t questions;
	} expected[] = {
		{ VERDICT_FAIL, 2 },
		{ VERDICT_DEADLOCK, 2 },
		{ VERDICT_SKIPPED, 0 },
		{ VERDICT_INCONCLUSIVE, 0 },
	};
	static char why[] = "Why?", how[] = "How?";
	static char *questions[] = { why, how, NULL };
	struct fixture *fixture = *state;
	size_t i;

	fixture->tests[FIXTURE_RACE_FREE].questions = questions;
	for (i = 0; i < sizeof expected / sizeof *expected; i++) {
		json_auto_t *report = NULL;

		fixture_end(fixture, FIXTURE_RACE_FREE, expected[i].verdict);
		report = fixture_report(fixture);
		assert_int_equal(json_array_size(json_object_get(
					 test_at(report, FIXTURE_RACE_FREE),
					 "questions")),
				 expected[i].questions);
		assert_int_equal(json_array_size(json_object_get(
					 test_at(report, FIXTURE_SEQUENTIAL),
					 "questions")),
				 0);
	}
}

static void test_report__rejected_without_an_exercise_is_valid(void **state)
{
	struct fixture *fixture = *state;
	struct result *result = fixture->result;

	free(result->tests);
	result->tests = NULL;
	result->test_count = 0;
	build_result_release(&result->builds[0]);
	result->build_count = 0;
	result->exercise = NULL;
	result->selection.language = NULL;
	result->isolation.type = 0;
	result->verdict = VERDICT_REJECTED;
	result->message = strdup("It has a symbolic link.");
	result->submission->rejected = strdup("It has a symbolic link.");
	result->submission->rejected_rule = strdup("symlink");
	assert_valid(fixture);
}

static void test_report__a_build_error_is_valid(void **state)
{
	struct fixture *fixture = *state;
	struct build_result *build = &fixture->result->builds[0];

	build->ok = false;
	build->box.exit_status = 1;
	build->output = strdup("collect2: error");
	assert_int_equal(json_array_append_new(
				 build->diagnostics,
				 json_pack("{s:s, s:i, s:n, s:s, s:s}", "file",
					   "bq.c", "line", 3, "column", "kind",
					   "error", "message", "no")),
			 0);
	fixture->result->verdict = VERDICT_BUILD_ERROR;
	assert_valid(fixture);
}

static void test_report__hostile_texts_stay_valid(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	struct box_hello *hello = &fixture->result->isolation;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FAIL);
	run->property = strdup("a\xff\x1b[2J\nb\x01\u202e\"\\");
	run->message = strdup("\xed\xa0\x80");
	run->output = strdup("\xc0\x80");
	run->fault = strdup("\xf5");
	run->expected = json_string("\x1b]0;title\a");
	run->actual = json_real(0.1);
	memset(run->candidate.mechanism, 'm', sizeof run->candidate.mechanism);
	memset(run->candidate.memory_source, 0xff,
	       sizeof run->candidate.memory_source);
	run->candidate.peak_bytes = UINT64_MAX;
	run->candidate.wall_us = UINT64_MAX;
	memset(hello->layer[0].detail, 0xfe, sizeof hello->layer[0].detail);
	hello->layers = UINT32_MAX;
	assert_valid(fixture);
}

static const json_t *resources_at(const json_t *report, size_t index)
{
	return json_object_get(test_at(report, index), "resources");
}

static void test_report__memory_is_told_in_parts(void **state)
{
	json_auto_t *report = fixture_report(*state);
	const json_t *memory = json_object_get(
		resources_at(report, FIXTURE_SEQUENTIAL), "memory");

	assert_int_equal(
		json_integer_value(json_object_get(memory, "peak_bytes")),
		4096);
	assert_int_equal(
		json_integer_value(json_object_get(memory, "anonymous_bytes")),
		3000);
	assert_int_equal(
		json_integer_value(json_object_get(memory, "file_bytes")),
		1000);
	assert_true(json_is_null(json_object_get(memory, "kernel_bytes")));
}

static void test_report__only_who_was_ended_took_time_to_die(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL;
	const json_t *limit, *crash;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_CPU_LIMIT);
	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_CRASH);
	report = fixture_report(fixture);
	limit = json_object_get(test_at(report, FIXTURE_SEQUENTIAL),
				"evidence");
	crash = json_object_get(test_at(report, FIXTURE_RACE_FREE), "evidence");
	assert_true(json_real_value(json_object_get(limit, "death_ms")) ==
		    1.234);
	assert_true(json_is_null(json_object_get(crash, "death_ms")));
}

static void test_report__threads_are_valid_by_the_schema(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_DEADLOCK);
	run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	run->threads = threads_told(threads_abba());
	run->threads_note = strdup("2 of 3 threads are told");
	assert_valid(fixture);
}

/* Each of its bytes may be anything. */
static void test_report__hostile_threads_are_valid_by_the_schema(void **state)
{
	struct fixture *fixture = *state;
	struct box_threads *threads = threads_new();
	struct test_run *run;
	unsigned char *bytes = (unsigned char *)threads;
	size_t i;

	for (i = 0; i < sizeof *threads; i++)
		bytes[i] = (unsigned char)(i * 167 % 251);
	threads->threads = BOX_THREADS_MAX;
	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_CRASH);
	run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	run->threads = threads_told(threads);
	assert_valid(fixture);
}

/* A judge saw it hang; nothing had run out when it was ended. */
static void test_report__a_deadlock_may_be_seen_by_a_judge(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL;
	struct test_run *run;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_DEADLOCK);
	run = &fixture->result->tests[FIXTURE_SEQUENTIAL].run;
	run->candidate.outcome = BOX_KILLED;
	report = fixture_report(fixture);
	assert_string_equal(
		evidence_of(report, FIXTURE_SEQUENTIAL, "mechanism"),
		"judge and thread inspection");
	assert_valid(fixture);
}

static char *digest_of(struct fixture *fixture)
{
	json_auto_t *report = fixture_report(fixture);

	return strdup(
		json_string_value(json_object_get(report, "verdict_digest")));
}

static void test_report__verdict_digest_ignores_what_is_measured(void **state)
{
	struct fixture *fixture = *state;
	struct result *result = fixture->result;
	struct test_run *run = &result->tests[FIXTURE_SEQUENTIAL].run;
	AUTO_FREE char *before = digest_of(fixture);
	AUTO_FREE char *after = NULL;

	result->started_ms++;
	result->wall_ms *= 2;
	run->candidate.wall_us = 1;
	run->candidate.peak_bytes = 1;
	run->message = strdup("took 17 ms");
	run->output = strdup("pid 4711");
	run->metrics = json_pack("[{s:s, s:f, s:s}]", "name", "n", "value", 1.5,
				 "unit", "ms");
	result->isolation.level = BOX_LEVEL_LIMITED;
	result->tests[FIXTURE_THROUGHPUT].run.score = 0.123;
	fixture_end(fixture, FIXTURE_THROUGHPUT, VERDICT_FAIL);
	after = digest_of(fixture);
	assert_string_equal(before, after);
}

static void test_report__verdict_digest_tells_verdicts_apart(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *before = digest_of(fixture);
	AUTO_FREE char *after = NULL;

	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FAIL);
	after = digest_of(fixture);
	assert_string_not_equal(before, after);
}

static void test_report__verdict_digest_survives_a_file(void **state)
{
	struct fixture *fixture = *state;
	char dir[] = "/tmp/test_report.XXXXXX", digest[65];
	AUTO_FREE char *path = NULL;
	json_auto_t *read = NULL;
	json_auto_t *report = NULL;

	fixture->result->tests[FIXTURE_SEQUENTIAL].run.score = 1.0 / 3;
	fixture->result->tests[FIXTURE_TWO_PRODUCERS].run.score = 2.0 / 3;
	report = fixture_report(fixture);
	in_temporary_folder(dir);
	path = text_format("%s/report.json", dir);
	assert_int_equal(report_write(report, path, NULL), 0);
	read = json_load_file(path, 0, NULL);
	assert_non_null(read);
	report_verdict_digest(json_object_get(read, "verdict"), digest);
	assert_string_equal(digest, json_string_value(json_object_get(
					    report, "verdict_digest")));
	assert_int_equal(python(DIGEST, path, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void test_report__verdict_leaves_measured_tests_out(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = fixture_report(fixture);
	json_t *verdict = json_object_get(report, "verdict");
	AUTO_FREE char *text = json_dumps(verdict, JSON_COMPACT);

	assert_int_equal(json_array_size(json_object_get(verdict, "tests")), 3);
	assert_null(strstr(text, "throughput"));
	assert_null(strstr(text, "performance"));
	assert_non_null(strstr(text, "{\"status\":\"pass\",\"points\":60,"
				     "\"maximum\":60,"));
	assert_null(strstr(text, "property"));
}

static void test_report__evidence_names_limit_and_unit(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL;
	json_t *evidence;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_WALL_LIMIT);
	report = fixture_report(fixture);
	evidence = json_object_get(test_at(report, 0), "evidence");
	assert_int_equal(json_integer_value(json_object_get(evidence, "limit")),
			 5000);
	assert_true(json_number_value(json_object_get(evidence, "observed")) ==
		    5000.456);
	assert_string_equal(evidence_of(report, 0, "unit"), "ms");
	assert_string_equal(evidence_of(report, 0, "mechanism"), "timerfd");
}

static void
test_report__a_forbidden_syscall_is_named_with_arguments(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *report = NULL;
	json_t *call;

	fixture_end(fixture, FIXTURE_SEQUENTIAL, VERDICT_FORBIDDEN_SYSCALL);
	report = fixture_report(fixture);
	call = json_object_get(test_at(report, 0), "forbidden_syscall");
	assert_string_equal(json_string_value(json_object_get(call, "name")),
			    "ptrace");
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(call, "args"), 2)),
			    "0xffffffffffffffff");
}

static void test_report__a_race_is_the_evidence_of_its_test(void **state)
{
	struct fixture *fixture = *state;
	struct test_run *run = &fixture->result->tests[FIXTURE_RACE_FREE].run;
	json_auto_t *report = NULL;

	fixture_end(fixture, FIXTURE_RACE_FREE, VERDICT_FAIL);
	run->races = json_pack(
		"[{s:s, s:s, s:s, s:i, s:[{s:s, s:[{s:s, s:s, s:i}]}]}]",
		"kind", "data race", "tool", "ThreadSanitizer", "file", "bq.c",
		"line", 41, "stacks", "what", "Write of size 8", "frames",
		"function", "bq_put", "file", "bq.c", "line", 41);
	assert_non_null(run->races);
	report = fixture_report(fixture);
	assert_string_equal(evidence_of(report, FIXTURE_RACE_FREE, "mechanism"),
			    "ThreadSanitizer");
	assert_string_equal(evidence_of(report, FIXTURE_RACE_FREE, "detail"),
			    "data race at bq.c:41 in bq_put");
}

static void test_report__replay_has_the_seed_in_full(void **state)
{
	json_auto_t *report = fixture_report(*state);

	assert_string_equal(
		json_string_value(
			json_object_get(test_at(report, 0), "replay")),
		"assay check --test sequential --seed 9007199254740991");
}

static void test_report__started_is_rfc_3339(void **state)
{
	json_auto_t *report = fixture_report(*state);

	assert_string_equal(
		json_string_value(json_object_get(
			json_object_get(report, "timing"), "started")),
		"2023-11-14T22:13:20.123Z");
}

static void test_report_environment__knows_the_compiler(void **state)
{
	struct fixture *fixture = *state;
	const char *compiler = json_string_value(
		json_object_get(fixture->environment, "compiler"));

	assert_non_null(compiler);
	assert_int_equal(strncmp(compiler, "gcc", 3), 0);
	assert_null(strchr(compiler, '\n'));
}

static void
test_report_write__replaces_the_whole_file_and_leaves_nothing(void **state)
{
	char dir[] = "/tmp/test_report.XXXXXX";
	AUTO_FREE char *path = NULL, *left = NULL;
	json_auto_t *first = json_pack("{s:i}", "n", 1);
	json_auto_t *second = json_pack("{s:i}", "n", 2);
	json_auto_t *read = NULL;
	struct stat info;
	int fd;

	(void)state;
	in_temporary_folder(dir);
	path = text_format("%s/r.json", dir);
	left = text_format("%s/.r.json.tmp", dir);
	fd = open(left, O_CREAT | O_WRONLY, 0400);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(report_write(first, path, NULL), 0);
	assert_int_equal(report_write(second, path, NULL), 0);
	read = json_load_file(path, 0, NULL);
	assert_true(json_equal(read, second));
	assert_int_equal(lstat(left, &info), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
test_report_write__does_not_follow_a_link_left_in_its_way(void **state)
{
	char dir[] = "/tmp/test_report.XXXXXX";
	AUTO_FREE char *path = NULL, *left = NULL, *other = NULL;
	json_auto_t *document = json_object();
	struct stat info;

	(void)state;
	in_temporary_folder(dir);
	path = text_format("%s/r.json", dir);
	left = text_format("%s/.r.json.tmp", dir);
	other = text_format("%s/other", dir);
	assert_int_equal(symlink(other, left), 0);
	assert_int_equal(report_write(document, path, NULL), 0);
	assert_int_equal(lstat(other, &info), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void test_report_write__says_what_could_not_be_written(void **state)
{
	json_auto_t *document = json_object();
	struct error err = { 0 };

	(void)state;
	assert_int_equal(report_write(document, "/nonexistent/r.json", &err),
			 -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/"));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_report__a_pass_is_valid_by_the_schema),
		TEST(test_report__every_verdict_is_valid_and_has_evidence),
		TEST(test_report__asks_where_the_program_lost_points),
		TEST(test_report__rejected_without_an_exercise_is_valid),
		TEST(test_report__a_build_error_is_valid),
		TEST(test_report__hostile_texts_stay_valid),
		TEST(test_report__memory_is_told_in_parts),
		TEST(test_report__only_who_was_ended_took_time_to_die),
		TEST(test_report__threads_are_valid_by_the_schema),
		TEST(test_report__hostile_threads_are_valid_by_the_schema),
		TEST(test_report__a_deadlock_may_be_seen_by_a_judge),
		TEST(test_report__verdict_digest_ignores_what_is_measured),
		TEST(test_report__verdict_digest_tells_verdicts_apart),
		TEST(test_report__verdict_digest_survives_a_file),
		TEST(test_report__verdict_leaves_measured_tests_out),
		TEST(test_report__evidence_names_limit_and_unit),
		TEST(test_report__a_forbidden_syscall_is_named_with_arguments),
		TEST(test_report__a_race_is_the_evidence_of_its_test),
		TEST(test_report__replay_has_the_seed_in_full),
		TEST(test_report__started_is_rfc_3339),
		TEST(test_report_environment__knows_the_compiler),
		cmocka_unit_test(
			test_report_write__replaces_the_whole_file_and_leaves_nothing),
		cmocka_unit_test(
			test_report_write__does_not_follow_a_link_left_in_its_way),
		cmocka_unit_test(
			test_report_write__says_what_could_not_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
