/*
 * decide.c - see decide.h
 *
 * A candidate's fault is a verdict, the host's or the harness's is a fault and
 * makes the run inconclusive; this is the one place that tells them apart.
 */
#include "decide.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "diagnostics.h"
#include "fdio.h"
#include "sanitizer.h"
#include "text.h"
#include "thread_story.h"

#define OUTPUT_KEPT_BYTES (8u * 1024)
#define JUDGE_LOG_KEPT_BYTES 1024u

void decide_input_release(struct decide_input *input)
{
	free(input->fault);
	free(input->judge_broken);
	input->fault = input->judge_broken = NULL;
	boxthreads_release(&input->threads);
}

/* The last of what was printed; that is where a crash speaks. */
static char *last_of(const char *text, size_t size, size_t max)
{
	size_t skip = size > max ? size - max : 0;

	return size ? text_clean(text + skip, size - skip, max) : NULL;
}

static void inconclusive(struct test_run *run, const char *why)
{
	run->verdict = VERDICT_INCONCLUSIVE;
	run->score = 0;
	free(run->fault);
	run->fault = text_format("%s", why);
}

static void set(char **field, const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	free(*field);
	*field = value && *value ? text_format("%s", value) : NULL;
}

/* The words of the judge, also where something else decides: it may have seen
 * what the program was doing when it was ended. */
static void take_words(const struct decide_input *input, struct test_run *run)
{
	run->metrics = json_incref(input->metrics);
	run->traces = json_incref(input->traces);
	if (!input->verdict)
		return;
	set(&run->property, input->verdict, "property");
	set(&run->message, input->verdict, "message");
	run->expected = json_incref(
		json_object_get(input->verdict, "expected"));
	run->actual = json_incref(json_object_get(input->verdict, "actual"));
}

/* A program that ended after all was not stuck for ever. */
static bool is_deadlock(const struct decide_input *input)
{
	return input->judge_first && input->asleep_for_good &&
	       json_is_true(json_object_get(input->verdict, "stuck"));
}

/* Of a dialogue's program the judge alone sees the end: its keeper goes on. */
static bool is_crash(const struct decide_input *input)
{
	return input->kept && input->judge_first &&
	       json_is_true(json_object_get(input->verdict, "crashed"));
}

static enum verdict verdict_of_fail(const struct decide_input *input)
{
	if (is_crash(input))
		return VERDICT_CRASH;
	return is_deadlock(input) ? VERDICT_DEADLOCK : VERDICT_FAIL;
}

static void judge_decides(const struct decide_input *input,
			  struct test_run *run)
{
	const char *status = json_string_value(
		json_object_get(input->verdict, "status"));

	run->score = json_number_value(
		json_object_get(input->verdict, "score"));
	if (strcmp(status, "pass") == 0) {
		run->verdict = VERDICT_PASS;
		free(run->property);
		run->property = NULL;
		return;
	}
	run->verdict = verdict_of_fail(input);
	run->late = run->verdict == VERDICT_FAIL &&
		    json_is_true(json_object_get(input->verdict, "late"));
	if (!run->property)
		run->property = text_format("%s", input->test->property);
}

/* How the program ended, if that alone decides; VERDICT_PASS if not. */
static enum verdict verdict_of_end(const struct box_result *end)
{
	switch ((enum box_outcome)end->outcome) {
	case BOX_CPU_LIMIT:
		return VERDICT_CPU_LIMIT;
	case BOX_WALL_LIMIT:
		return VERDICT_WALL_LIMIT;
	case BOX_DEADLOCK:
		return VERDICT_DEADLOCK;
	case BOX_MEMORY_LIMIT:
		return VERDICT_MEMORY_LIMIT;
	case BOX_OUTPUT_LIMIT:
		return VERDICT_OUTPUT_LIMIT;
	case BOX_FORBIDDEN_SYSCALL:
		return VERDICT_FORBIDDEN_SYSCALL;
	case BOX_SIGNALED:
		return VERDICT_CRASH;
	case BOX_EXITED:
		return end->exit_status == 0 ? VERDICT_PASS : VERDICT_CRASH;
	case BOX_KILLED:
	case BOX_FAILED:
	case BOX_OUTCOME_MAX:
		break;
	}
	return VERDICT_PASS;
}

static const char *host_fault(const struct decide_input *input)
{
	if (input->fault)
		return input->fault;
	if (input->candidate.outcome == BOX_FAILED)
		return "the box could not start the program";
	if (input->judge.outcome == BOX_FAILED)
		return "the box could not start the judge";
	/* a program can kill its keeper, but not have it give up */
	if (input->kept && input->candidate_ran &&
	    input->candidate.outcome == BOX_EXITED &&
	    input->candidate.exit_status != 0)
		return "the keeper of the program gave up";
	return NULL;
}

static bool judge_spoke(const struct decide_input *input)
{
	return !input->judge_broken && input->verdict &&
	       input->judge.outcome == BOX_EXITED &&
	       input->judge.exit_status == 0;
}

/* A judge that did not do its part is the exercise's fault, not the
 * candidate's; what it printed helps its author. */
static void blame_judge(const struct decide_input *input, struct test_run *run)
{
	AUTO_FREE char *log = NULL, *tail = NULL, *why = NULL;
	size_t size;

	log = fd_read_all(input->judge_log_fd, &size);
	tail = last_of(log, size, JUDGE_LOG_KEPT_BYTES);
	why = text_format(
		"judge: %s, %s%s%s", box_outcome_name(input->judge.outcome),
		input->judge_broken ? input->judge_broken : "without a verdict",
		tail ? ": " : "", tail ? tail : "");
	inconclusive(run, why);
}

static bool uses_sanitizer(const struct exercise_test *test)
{
	return strcmp(test->variant, "tsan") == 0 ||
	       strcmp(test->variant, "asan") == 0;
}

static void replace(char **field, char *text)
{
	free(*field);
	*field = text;
}

/* True when the sanitizer decides. */
static bool sanitizer_decides(const struct decide_input *input,
			      const char *output, size_t size,
			      struct test_run *run)
{
	if (!uses_sanitizer(input->test))
		return false;
	run->races = sanitizer_parse(output, size);
	if (input->hooks_sanitizer) {
		run->verdict = VERDICT_FAIL;
		replace(&run->property,
			text_format("%s", input->test->property));
		replace(&run->message,
			text_format("The submission changes what the "
				    "sanitizer sees (look at the flags), so "
				    "nothing can be said about it."));
		return true;
	}
	if (json_array_size(run->races) == 0)
		return false;
	run->verdict = VERDICT_FAIL;
	replace(&run->property, text_format("%s", input->test->property));
	replace(&run->message, sanitizer_summary(run->races));
	return true;
}

static bool judge_failed_first(const struct decide_input *input)
{
	const json_t *status = json_object_get(input->verdict, "status");

	return input->judge_first && judge_spoke(input) &&
	       strcmp(json_string_value(status), "fail") == 0;
}

/* At a limit or a crash, or when the judge asked: the box knows which. */
static void take_threads(const struct decide_input *input, struct test_run *run)
{
	const struct boxthreads *from = &input->threads;

	/* of a dialogue that was played again: another time it crashed */
	if (input->kept && run->verdict != VERDICT_CRASH &&
	    boxthreads_crashed(from))
		return;
	run->threads = json_incref(from->list);
	if (from->note)
		run->threads_note = text_format("%s", from->note);
}

/* A limit or a signal says nothing of where; the threads may. */
static void tell_where(struct test_run *run)
{
	const struct box_result *end = &run->candidate;
	const char *name = end->outcome == BOX_SIGNALED
				   ? sigabbrev_np(end->signal)
				   : NULL;
	AUTO_FREE char *signal = text_format("%s%s", name ? "SIG" : "",
					     name ? name : "");
	AUTO_FREE char *call = text_clean(
		end->syscall_name,
		strnlen(end->syscall_name, sizeof end->syscall_name),
		sizeof end->syscall_name * 3);
	json_auto_t *story = thread_story(run->threads, signal, call);

	if (!run->message)
		run->message = thread_story_paragraph(story);
}

void decide(const struct decide_input *input, struct test_run *run)
{
	const char *fault = host_fault(input);
	AUTO_FREE char *output = NULL;
	size_t size;

	run->score = 0;
	run->candidate = input->candidate;
	run->ran = input->candidate_ran;
	if (fault) {
		inconclusive(run, fault);
		return;
	}
	output = fd_read_all(input->output_fd, &size);
	if (!output) {
		inconclusive(run, "what the program printed cannot be read");
		return;
	}
	run->output = last_of(output, size, OUTPUT_KEPT_BYTES);
	take_words(input, run);
	if (sanitizer_decides(input, output, size, run))
		return;
	if (judge_failed_first(input)) {
		judge_decides(input, run);
		take_threads(input, run);
		return;
	}
	run->verdict = verdict_of_end(&input->candidate);
	run->late = run->verdict == VERDICT_WALL_LIMIT ||
		    run->verdict == VERDICT_CPU_LIMIT;
	if (run->verdict != VERDICT_PASS) {
		take_threads(input, run);
		tell_where(run);
		if (!run->property)
			run->property = text_format("%s",
						    input->test->property);
		return;
	}
	if (judge_spoke(input))
		judge_decides(input, run);
	else
		blame_judge(input, run);
	if (run->verdict == VERDICT_FAIL)
		take_threads(input, run);
}
