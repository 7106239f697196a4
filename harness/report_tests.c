/*
 * The two long lists of a report: what was built and what was run.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "sanitizer.h"
#include "text.h"

/* A test that was not run waited for another, or for the whole submission. */
static json_t *skipped_evidence(const struct result *result,
				const struct test_result *test)
{
	AUTO_FREE char *detail = NULL;

	if (test->skipped_for)
		detail = text_format("test %s did not pass", test->skipped_for);
	else
		detail = text_format("nothing was run: %s",
				     verdict_name(result->verdict));
	return report_evidence("dependency", detail);
}

/* A fail without a run: the variant that it needs could not be built. */
static json_t *unbuilt_evidence(const struct exercise_test *test)
{
	AUTO_FREE char *detail = text_format("the %s build failed",
					     test->variant);

	return report_evidence("build", detail);
}

/* The same where it must not have been run. */
static json_t *unrun_evidence(const struct result *result,
			      const struct exercise_test *test)
{
	const char *unsearchable = result->selection.unsearchable;

	if (unsearchable && exercise_is_explored(test->variant))
		return report_evidence("source scan", unsearchable);
	return unbuilt_evidence(test);
}

static json_t *fail_evidence(const struct result *result,
			     const struct test_result *test)
{
	const struct test_run *run = &test->run;
	AUTO_FREE char *summary = sanitizer_summary(run->races);
	const char *tool = json_string_value(
		json_object_get(json_array_get(run->races, 0), "tool"));

	if (!run->ran)
		return unrun_evidence(result, test->test);
	if (summary)
		return report_evidence(tool, summary);
	return report_evidence("judge", run->property ? run->property
						      : test->test->property);
}

/* A hang that the judge saw before the clock ran out. */
static json_t *deadlock_evidence(const struct test_run *run)
{
	if (run->candidate.outcome == BOX_DEADLOCK)
		return report_box_evidence(&run->candidate);
	return report_evidence(
		"judge and thread inspection",
		"the judge has nothing more to send, and every thread sleeps "
		"on what only the program itself could release");
}

/* Of a dialogue's program the judge alone sees the end. */
static json_t *crash_evidence(const struct test_run *run)
{
	if (run->candidate.outcome != BOX_KILLED &&
	    (run->candidate.outcome != BOX_EXITED ||
	     run->candidate.exit_status != 0))
		return report_box_evidence(&run->candidate);
	return report_evidence("judge",
			       "by itself, by a signal or with another status "
			       "than 0");
}

static json_t *inconclusive_evidence(const struct test_run *run)
{
	json_t *evidence;

	if (run->ran && run->candidate.outcome == BOX_FAILED)
		evidence = report_box_evidence(&run->candidate);
	else
		evidence = report_evidence("harness", NULL);
	if (run->fault)
		report_set(evidence, "detail", report_text(run->fault));
	return evidence;
}

static json_t *test_evidence(const struct result *result,
			     const struct test_result *test)
{
	switch (test->verdict) {
	case VERDICT_PASS:
		return json_null();
	case VERDICT_SKIPPED:
		return skipped_evidence(result, test);
	case VERDICT_FAIL:
		return fail_evidence(result, test);
	case VERDICT_INCONCLUSIVE:
		return inconclusive_evidence(&test->run);
	case VERDICT_DEADLOCK:
		return deadlock_evidence(&test->run);
	case VERDICT_CRASH:
		return crash_evidence(&test->run);
	case VERDICT_CPU_LIMIT:
	case VERDICT_WALL_LIMIT:
	case VERDICT_MEMORY_LIMIT:
	case VERDICT_OUTPUT_LIMIT:
	case VERDICT_FORBIDDEN_SYSCALL:
	case VERDICT_BUILD_ERROR:
	case VERDICT_REJECTED:
	case VERDICT_MAX:
		break;
	}
	return report_box_evidence(&test->run.candidate);
}

static void set_run(json_t *object, const struct test_result *test)
{
	const struct test_run *run = &test->run;
	json_t *repeat = json_object();

	report_set(object, "message", report_text(run->message));
	report_set(object, "expected", report_value(run->expected));
	report_set(object, "actual", report_value(run->actual));
	report_set(object, "resources",
		   run->ran ? report_resources(&run->candidate) : json_null());
	report_set(object, "ended",
		   run->ran ? report_ended(&run->candidate) : json_null());
	report_set(object, "forbidden_syscall",
		   run->ran ? report_forbidden_syscall(&run->candidate)
			    : json_null());
	report_set(object, "threads", report_list(run->threads));
	report_set(object, "threads_note", report_text(run->threads_note));
	report_set(object, "races", report_list(run->races));
	report_set(object, "metrics", report_list(run->metrics));
	report_set(object, "traces", report_list(run->traces));
	report_set(object, "output", report_text(run->output));
	report_set(object, "fault", report_text(run->fault));
	report_set(object, "retries", report_count(test->retries.count));
	report_set(object, "retry_reasons", retries_reasons(&test->retries));
	report_set(object, "late", report_late(&test->late));
	report_set(repeat, "passed", report_count(test->passed));
	report_set(repeat, "ran", report_count(test->ran));
	report_set(repeat, "of", report_count(test->test->repeat));
	report_set(object, "repeat", repeat);
}

/* The command that runs just this again; there is none for what never ran. */
static void set_replay(json_t *object, const struct test_result *test)
{
	if (!test->run.ran) {
		report_set(object, "seed", json_null());
		report_set(object, "replay", json_null());
		return;
	}
	report_set(object, "seed", report_count(test->run.seed));
	report_set(object, "replay",
		   json_sprintf("assay check --test %s --seed %llu",
				test->test->id,
				(unsigned long long)test->run.seed));
}

/* For who talks with the candidate: what there is to ask where points were
 * lost by the program, and by no other test's fault. */
static json_t *test_questions(const struct result *result,
			      const struct test_result *test)
{
	json_t *list = json_array();
	char *const *question;

	if (test->verdict == VERDICT_SKIPPED ||
	    test->verdict == VERDICT_INCONCLUSIVE ||
	    (test->verdict == VERDICT_PASS &&
	     test->points >= test->test->points))
		return list;
	question = exercise_questions(result->exercise, test->test);
	for (; question && *question; question++)
		report_append(list, report_text(*question));
	return list;
}

static json_t *test_entry(const struct result *result,
			  const struct test_result *test)
{
	const struct exercise_test *plan = test->test;
	const char *property = test->run.property;
	json_t *object = json_object();

	report_set(object, "id", report_text(plan->id));
	report_set(object, "title", report_text(plan->title));
	report_set(object, "category", report_text(plan->category));
	report_set(object, "visibility",
		   report_text(plan->visibility == VISIBILITY_HIDDEN
				       ? "hidden"
				       : "public"));
	report_set(object, "variant", report_text(plan->variant));
	report_set(object, "measured", json_boolean(plan->measured));
	report_set(object, "status", report_text(verdict_name(test->verdict)));
	report_set(object, "points", report_decimal(test->points));
	report_set(object, "maximum", report_count(plan->points));
	report_set(object, "property",
		   report_text(property ? property : plan->property));
	report_set(object, "skipped_for", report_text(test->skipped_for));
	report_set(object, "evidence", test_evidence(result, test));
	set_run(object, test);
	set_replay(object, test);
	report_set(object, "limits", report_limits(&plan->limits));
	report_set(object, "questions", test_questions(result, test));
	return object;
}

json_t *report_tests(const struct result *result)
{
	json_t *tests = json_array();
	size_t i;

	for (i = 0; i < result->test_count; i++)
		report_append(tests, test_entry(result, &result->tests[i]));
	return tests;
}

static json_t *command_argv(const struct build_result *build)
{
	json_t *argv = json_array();
	char **arg;

	if (build->command >= build->variant->command_count)
		return argv;
	for (arg = build->variant->commands[build->command].argv; *arg; arg++)
		report_append(argv, report_text(*arg));
	return argv;
}

/* Commands run behind one another in one box: its exit status is not theirs. */
static json_t *build_evidence(const struct build_result *build)
{
	const struct exercise_variant *variant = build->variant;
	AUTO_FREE char *detail = NULL;
	json_t *evidence;

	if (build->ok)
		return json_null();
	if (build->fault)
		return report_evidence("harness", build->fault);
	evidence = report_box_evidence(&build->box);
	if (build->box.outcome == BOX_EXITED &&
	    build->command < variant->command_count) {
		detail = text_format("%s did not succeed",
				     variant->commands[build->command].argv[0]);
		report_set(evidence, "detail", report_text(detail));
	}
	return evidence;
}

static json_t *build_entry(const struct build_result *build)
{
	/* A build that never came to a box has nothing to say of one. */
	bool ran = build->box.type == BOX_RESULT;
	json_t *object = json_object();

	report_set(object, "variant", report_text(build->variant->name));
	report_set(object, "ok", json_boolean(build->ok));
	report_set(object, "cached", json_boolean(build->kept));
	report_set(object, "argv", command_argv(build));
	report_set(object, "diagnostics", report_list(build->diagnostics));
	report_set(object, "output", report_text(build->output));
	report_set(object, "fault", report_text(build->fault));
	report_set(object, "retries", report_count(build->retries.count));
	report_set(object, "retry_reasons", retries_reasons(&build->retries));
	report_set(object, "evidence", build_evidence(build));
	report_set(object, "ended",
		   ran ? report_ended(&build->box) : json_null());
	report_set(object, "resources",
		   ran ? report_resources(&build->box) : json_null());
	return object;
}

json_t *report_builds(const struct result *result)
{
	json_t *builds = json_array();
	size_t i;

	for (i = 0; i < result->build_count; i++)
		report_append(builds, build_entry(&result->builds[i]));
	return builds;
}
