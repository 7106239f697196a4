#include "result_fixture.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report.h"

#define STARTED_MS 1700000000123

char *fixture_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

static const struct box_limits limits = {
	.cpu_us = 2000000,
	.wall_us = 5000000,
	.memory_bytes = 64 << 20,
	.processes = 16,
	.open_files = 32,
	.file_bytes = 1 << 20,
	.output_bytes = 1 << 16,
	.stack_bytes = 8 << 20,
};

static struct exercise_test plan(const char *id, const char *category,
				 unsigned points, unsigned repeat)
{
	return (struct exercise_test){
		.id = fixture_text(id),
		.title = fixture_text("A title"),
		.category = fixture_text(category),
		.property = fixture_text("What is put is got."),
		.points = points,
		.variant = fixture_text("release"),
		.repeat = repeat,
		.limits = limits,
	};
}

static void make_exercise(struct fixture *fixture)
{
	fixture->tests[FIXTURE_SEQUENTIAL] = plan("sequential", "correctness",
						  10, 1);
	fixture->tests[FIXTURE_TWO_PRODUCERS] = plan("two-producers",
						     "concurrency", 30, 3);
	fixture->tests[FIXTURE_RACE_FREE] = plan("race-free", "concurrency", 20,
						 1);
	fixture->tests[FIXTURE_THROUGHPUT] = plan("throughput", "performance",
						  40, 1);
	fixture->tests[FIXTURE_THROUGHPUT].measured = true;
	fixture->tests[FIXTURE_HIDDEN] = plan("hidden-one", "correctness", 0,
					      1);
	fixture->tests[FIXTURE_HIDDEN].visibility = VISIBILITY_HIDDEN;
	fixture->cap_tests[0] = fixture_text("race-free");
	fixture->cap = (struct exercise_cap){
		.tests = fixture->cap_tests,
		.when = { [VERDICT_FAIL] = true },
		.points = 50,
		.why = fixture_text("a data race bounds the score"),
	};
	fixture->argv[0] = fixture_text("gcc");
	fixture->argv[1] = fixture_text("-c");
	fixture->argv[2] = fixture_text("bq.c");
	fixture->command.argv = fixture->argv;
	fixture->variant = (struct exercise_variant){
		.name = fixture_text("release"),
		.commands = &fixture->command,
		.command_count = 1,
	};
	fixture->language.name = fixture_text("c");
	fixture->exercise = (struct exercise){
		.id = fixture_text("message-queue/bounded-queue"),
		.version = fixture_text("1.0.0"),
		.title = fixture_text("Bounded queue"),
		.limits = limits,
		.build_limits = limits,
		.tests = fixture->tests,
		.test_count = FIXTURE_TESTS,
		.caps = &fixture->cap,
		.cap_count = 1,
		.rubric = json_pack("[{s:s, s:s, s:[sssss]}]", "id", "clarity",
				    "title", "Is it clear?", "marks", "a", "b",
				    "c", "d", "e"),
	};
	memset(fixture->exercise.digest, 'a', 64);
}

static struct submission *make_submission(void)
{
	struct submission *submission = calloc(1, sizeof *submission);
	static const char source[] = "int bq;\n";

	CHECK(submission);
	submission->id = strdup("ada");
	submission->path = strdup("in/ada.tar.gz");
	fileset_init(&submission->files);
	CHECK(fileset_add_bytes(&submission->files, "bq.c", source,
				strlen(source), false, NULL) == 0);
	return submission;
}

static void make_isolation(struct box_hello *hello)
{
	hello->type = BOX_HELLO;
	hello->level = BOX_LEVEL_FULL;
	hello->layers = 1;
	hello->layer[0] = (struct box_layer){
		.name = "cgroup",
		.on = 1,
		.detail = "version 2",
	};
}

static void make_result(struct fixture *fixture)
{
	struct result *result = calloc(1, sizeof *result);
	size_t i;

	CHECK(result);
	*result = (struct result){
		.submission = make_submission(),
		.exercise = &fixture->exercise,
		.selection = { .language = &fixture->language },
		.builds = calloc(1, sizeof *result->builds),
		.build_count = 1,
		.tests = calloc(FIXTURE_HIDDEN, sizeof *result->tests),
		.test_count = FIXTURE_HIDDEN,
		.started_ms = STARTED_MS,
		.wall_ms = 4321,
	};
	CHECK(result->builds && result->tests);
	fileset_init(&result->selection.build);
	result->builds[0] = (struct build_result){
		.variant = &fixture->variant,
		.ok = true,
		.box = { .type = BOX_RESULT, .outcome = BOX_EXITED },
		.diagnostics = json_array(),
	};
	make_isolation(&result->isolation);
	fixture->result = result;
	for (i = 0; i < result->test_count; i++) {
		result->tests[i].test = &fixture->tests[i];
		fixture_end(fixture, (enum fixture_test)i, VERDICT_PASS);
	}
	result_settle(result);
}

static const struct box_result endings[VERDICT_MAX] = {
	[VERDICT_PASS] = { .outcome = BOX_EXITED, .mechanism = "waitid" },
	[VERDICT_FAIL] = { .outcome = BOX_EXITED, .mechanism = "waitid" },
	[VERDICT_CRASH] = { .outcome = BOX_SIGNALED,
			    .exit_status = -1,
			    .signal = 11,
			    .mechanism = "waitid" },
	[VERDICT_CPU_LIMIT] = { .outcome = BOX_CPU_LIMIT,
				.exit_status = -1,
				.mechanism = "cgroup cpuacct",
				.limit = 2000000,
				.observed = 2000123 },
	[VERDICT_WALL_LIMIT] = { .outcome = BOX_WALL_LIMIT,
				 .exit_status = -1,
				 .mechanism = "timerfd",
				 .limit = 5000000,
				 .observed = 5000456 },
	[VERDICT_DEADLOCK] = { .outcome = BOX_DEADLOCK,
			       .exit_status = -1,
			       .mechanism = "timerfd",
			       .limit = 5000000,
			       .observed = 5000456 },
	[VERDICT_MEMORY_LIMIT] = { .outcome = BOX_MEMORY_LIMIT,
				   .exit_status = -1,
				   .mechanism = "cgroup memory",
				   .limit = 64 << 20,
				   .observed = 64 << 20 },
	[VERDICT_OUTPUT_LIMIT] = { .outcome = BOX_OUTPUT_LIMIT,
				   .exit_status = -1,
				   .mechanism = "pipe",
				   .limit = 65536,
				   .observed = 70000 },
	[VERDICT_FORBIDDEN_SYSCALL] = { .outcome = BOX_FORBIDDEN_SYSCALL,
					.exit_status = -1,
					.mechanism = "seccomp",
					.syscall_number = 101,
					.syscall_name = "ptrace",
					.syscall_args = { 16, 1, UINT64_MAX },
					.syscall_ip = 0x401000 },
	[VERDICT_INCONCLUSIVE] = { .outcome = BOX_FAILED,
				   .error = 12,
				   .step = "mount proc" },
};

void fixture_end(struct fixture *fixture, enum fixture_test index,
		 enum verdict verdict)
{
	struct test_result *test = &fixture->result->tests[index];
	struct test_run *run = &test->run;

	test_run_release(run);
	test->verdict = verdict;
	test->ran = test->test->repeat;
	test->passed = verdict == VERDICT_PASS ? test->ran : 0;
	run->verdict = verdict;
	run->score = verdict == VERDICT_PASS ? 1 : 0;
	run->seed = 9007199254740991;
	run->ran = verdict != VERDICT_SKIPPED;
	run->candidate = endings[verdict];
	run->candidate.wall_us = 123456;
	run->candidate.peak_bytes = 4096;
	run->candidate.anonymous_bytes = 3000;
	run->candidate.file_bytes = 1000;
	run->candidate.kernel_bytes = BOX_UNKNOWN;
	run->candidate.death_us = 1234;
	memcpy(run->candidate.memory_source, "cgroup-v2", sizeof "cgroup-v2");
}

int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	CHECK(fixture);
	make_exercise(fixture);
	make_result(fixture);
	fixture->environment = report_environment();
	*state = fixture;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	result_free(fixture->result);
	json_decref(fixture->environment);
	json_decref(fixture->exercise.rubric);
	free(fixture);
	return 0;
}

json_t *fixture_report(struct fixture *fixture)
{
	result_settle(fixture->result);
	return report_new(fixture->result, fixture->environment);
}
