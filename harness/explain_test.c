#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "explain_parts.h"
#include "report_member.h"
#include "report_view.h"
#include "sanitizer.h"
#include "text.h"
#include "thread_story.h"

#define MARGIN 2         /* of a test's line */
#define INDENT 8         /* of what stands under it */
#define POINTS_COLUMNS 8 /* "100/100" */
#define TIME_COLUMNS 10
#define TRACES_MAX 4
#define TRACE_LINES_MAX 120
#define RACES_MAX 3
#define STACKS_MAX 2
#define FRAMES_MAX 4
#define METRICS_MAX 12
#define OUTPUT_LINES_MAX 10

/* "FORBIDDEN-SYSCALL  two-producers          0/15     0.30 s" */
static void print_head(struct paper *paper, const json_t *test,
		       size_t label_columns)
{
	const char *status = report_string(test, "status");
	AUTO_FREE char *name = text_line(report_string(test, "id"));
	AUTO_FREE char *label = text_line(status);
	AUTO_FREE char *points = text_format("%.10g/%.10g",
					     report_number(test, "points"),
					     report_number(test, "maximum"));
	const json_t *resources = json_object_get(test, "resources");
	size_t room = paper->columns - MARGIN - label_columns - 2 -
		      POINTS_COLUMNS - TIME_COLUMNS;
	char *c;

	label[text_fit(label, label_columns)] = '\0';
	for (c = label; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	name[text_fit(name, room - 1)] = '\0';
	(void)fprintf(paper->out, "%*s", MARGIN, "");
	paper_status(paper, status, label, label_columns);
	(void)fprintf(paper->out, "  %s%*s%*s", name,
		      (int)(room - text_columns(name)), "", POINTS_COLUMNS,
		      points);
	if (json_is_object(resources))
		(void)fprintf(paper->out, "%*.2f s", TIME_COLUMNS - 2,
			      report_number(resources, "wall_ms") / 1000);
	(void)fputc('\n', paper->out);
}

/* Sentences are wrapped, and hang. */
static void print_lines(struct paper *paper, const json_t *lines)
{
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		const char *text = json_string_value(line);
		size_t lead;

		if (i == TRACE_LINES_MAX)
			break;
		if (!text)
			text = "";
		lead = strspn(text, " ");
		paper_text(paper, INDENT + 2 + (lead > 8 ? 8 : lead), "",
			   text + lead);
	}
}

static void print_traces(struct paper *paper, const json_t *test)
{
	json_t *trace;
	size_t i, shown = 0;

	json_array_foreach (json_object_get(test, "traces"), i, trace) {
		const json_t *lines = json_object_get(trace, "lines");
		size_t count = json_array_size(lines);

		if (report_is(trace, "title", ASSAY_JUDGE_SCHEDULE))
			continue;
		if (shown++ == TRACES_MAX)
			break;
		paper_text(paper, INDENT, "", report_string(trace, "title"));
		if (!paper_timeline(paper, INDENT + 2, lines, TRACE_LINES_MAX))
			print_lines(paper, lines);
		if (count > TRACE_LINES_MAX)
			(void)fprintf(paper->out, "%*s(%zu more lines)\n",
				      INDENT + 2, "", count - TRACE_LINES_MAX);
	}
}

static void print_stack(struct paper *paper, const json_t *stack)
{
	json_t *frame;
	size_t i;

	paper_text(paper, INDENT + 2, "", report_string(stack, "what"));
	json_array_foreach (json_object_get(stack, "frames"), i, frame) {
		const char *file = report_string(frame, "file");
		const char *function = report_string(frame, "function");
		json_int_t line = json_integer_value(
			json_object_get(frame, "line"));
		AUTO_FREE char *place = NULL;

		if (i == FRAMES_MAX)
			break;
		if (line > 0)
			place = text_format("%s:%lld %s", file, line, function);
		else
			place = text_format("%s", function);
		paper_text(paper, INDENT + 4, "", place);
	}
}

static void print_races(struct paper *paper, const json_t *test)
{
	json_t *race, *stack;
	size_t i, j;

	json_array_foreach (json_object_get(test, "races"), i, race) {
		json_auto_t *alone = json_pack("[O]", race);
		AUTO_FREE char *summary = sanitizer_summary(alone);

		if (i == RACES_MAX)
			break;
		if (summary && !report_is(test, "message", summary))
			paper_text(paper, INDENT, "", summary);
		json_array_foreach (json_object_get(race, "stacks"), j, stack) {
			if (j < STACKS_MAX)
				print_stack(paper, stack);
		}
	}
}

/* "2004 ms", "65 MiB": a bound or what was seen. To be freed. */
static char *quantity(const json_t *value, const char *unit)
{
	double size = json_number_value(value);

	if (strcmp(unit, "bytes") == 0 && size >= 1 << 20)
		return text_format("%.4g MiB", size / (1 << 20));
	if (strcmp(unit, "bytes") == 0 && size >= 1 << 10)
		return text_format("%.4g KiB", size / (1 << 10));
	return text_format("%.10g %s", size, unit);
}

static void print_syscall(struct paper *paper, const json_t *call)
{
	AUTO_FREE char *text = report_call(call);

	if (text)
		paper_text(paper, INDENT, "refused   ", text);
}

/* How it ended. A judge's "fail" has been told by then. */
static void print_evidence(struct paper *paper, const json_t *test)
{
	const json_t *evidence = json_object_get(test, "evidence");
	const json_t *limit = json_object_get(evidence, "limit");
	const char *mechanism = report_string(evidence, "mechanism");
	const char *unit = report_string(evidence, "unit");
	const char *detail = report_string(evidence, "detail");
	AUTO_FREE char *text = NULL, *bound = NULL, *seen = NULL;

	if (report_is(test, "status", "fail") ||
	    strcmp(mechanism, "judge") == 0)
		return;
	if (json_is_number(limit)) {
		bound = quantity(limit, unit);
		seen = quantity(json_object_get(evidence, "observed"), unit);
		text = text_format("%s of %s allowed (%s)", seen, bound,
				   mechanism);
		paper_text(paper, INDENT, "limit     ", text);
	} else if (*detail) {
		text = text_format("%s (%s)", detail, mechanism);
		paper_text(paper, INDENT, "ended     ", text);
	}
}

static void print_metrics(struct paper *paper, const json_t *test)
{
	const json_t *metrics = json_object_get(test, "metrics");
	AUTO_FREE char *text = NULL;
	json_t *metric;
	size_t size = 0, i;
	FILE *out;

	if (json_array_size(metrics) == 0)
		return;
	out = open_memstream(&text, &size);
	ENOUGH(out);
	json_array_foreach (metrics, i, metric) {
		const char *unit = report_string(metric, "unit");
		double value = report_number(metric, "value");

		if (i == METRICS_MAX)
			break;
		/* All digits of a count, few of a measurement. */
		(void)fprintf(out,
			      value >= 1e5 ? "%s%s %.0f%s%s" : "%s%s %.6g%s%s",
			      i > 0 ? ", " : "", report_string(metric, "name"),
			      value, *unit ? " " : "", unit);
	}
	text_stream_close(out, &text);
	paper_text(paper, INDENT, "measured  ", text);
}

static void print_repeats(struct paper *paper, const json_t *test)
{
	const json_t *repeat = json_object_get(test, "repeat");

	if (report_number(repeat, "of") > 1)
		(void)fprintf(paper->out,
			      "%*srepeats   %.10g of %.10g passed; this is the "
			      "first that did not\n",
			      INDENT, "", report_number(repeat, "passed"),
			      report_number(repeat, "of"));
}

/* What was thrown away for faults of the host, and why. */
static void print_retries(struct paper *paper, const json_t *test)
{
	json_t *reason;
	size_t i;

	json_array_foreach (json_object_get(test, "retry_reasons"), i, reason)
		paper_text(paper, INDENT, i == 0 ? "retried   " : "          ",
			   json_string_value(reason));
}

/* What ended for time at first, and whether it did alone. */
static void print_late(struct paper *paper, const json_t *test)
{
	json_t *late;
	size_t i;

	json_array_foreach (json_object_get(test, "late"), i, late) {
		const char *status = report_string(late, "status");
		const char *why = report_string(late, "why");
		const char *alone = report_string(late, "alone");
		AUTO_FREE char *text = NULL;

		if (*alone)
			text = text_format("%s, and %s; run again alone: %s",
					   status, why, alone);
		else
			text = text_format("%s, and not run again alone: %s",
					   status, why);
		paper_text(paper, INDENT, "late      ", text);
	}
}

static void print_resources(struct paper *paper, const json_t *test)
{
	const json_t *resources = json_object_get(test, "resources");
	AUTO_FREE char *memory = NULL, *text = NULL;

	if (!json_is_object(resources))
		return;
	memory = quantity(json_object_get(resources, "peak_bytes"), "bytes");
	text = text_format("%.10g ms user, %.10g ms system, at most %s, "
			   "%.10g waits",
			   report_number(resources, "user_ms"),
			   report_number(resources, "system_ms"), memory,
			   report_number(resources, "voluntary_switches"));
	paper_text(paper, INDENT, "used      ", text);
}

/* A sanitizer's log has been told already, and better. */
static void print_output(struct paper *paper, const json_t *test)
{
	const char *output = report_string(test, "output");

	if (*output && json_array_size(json_object_get(test, "races")) == 0)
		paper_last_lines(paper, INDENT, "printed   ", output,
				 OUTPUT_LINES_MAX);
}

static void print_pass(struct paper *paper, const json_t *test)
{
	print_metrics(paper, test);
	print_late(paper, test);
	if (!paper->all)
		return;
	print_retries(paper, test);
	print_traces(paper, test);
	print_resources(paper, test);
	print_output(paper, test);
}

static json_t *story_of(const json_t *test)
{
	const json_t *ended = json_object_get(test, "ended");
	const json_t *call = json_object_get(test, "forbidden_syscall");

	return thread_story(json_object_get(test, "threads"),
			    report_string(ended, "signal_name"),
			    report_string(call, "name"));
}

static void print_story(struct paper *paper, const json_t *story,
			const json_t *test)
{
	const char *note = report_string(test, "threads_note");
	json_t *line;
	size_t i;

	json_array_foreach (story, i, line)
		paper_text(paper, INDENT, i == 0 ? "where     " : "          ",
			   json_string_value(line));
	if (*note)
		paper_text(paper, INDENT, "threads   ", note);
}

static void print_questions(struct paper *paper, const json_t *test)
{
	json_t *question;
	size_t i;

	if (!paper->asked || !report_view_asks(paper->asked, test))
		return;
	json_array_foreach (json_object_get(test, "questions"), i, question)
		paper_text(paper, INDENT, i == 0 ? "to ask    " : "          ",
			   json_string_value(question));
}

static void print_failure(struct paper *paper, const json_t *test)
{
	const char *message = report_string(test, "message");
	json_auto_t *story = story_of(test);
	AUTO_FREE char *same = thread_story_paragraph(story);

	paper_text(paper, INDENT, "property  ",
		   report_string(test, "property"));
	if (*message && (!same || strcmp(message, same) != 0))
		paper_text(paper, INDENT, "message   ", message);
	print_story(paper, story, test);
	print_repeats(paper, test);
	print_races(paper, test);
	print_traces(paper, test);
	paper_json(paper, INDENT, "expected  ",
		   json_object_get(test, "expected"));
	paper_json(paper, INDENT, "actual    ",
		   json_object_get(test, "actual"));
	print_evidence(paper, test);
	print_syscall(paper, json_object_get(test, "forbidden_syscall"));
	print_late(paper, test);
	print_retries(paper, test);
	print_metrics(paper, test);
	if (paper->all)
		print_resources(paper, test);
	print_output(paper, test);
	if (*report_string(test, "replay"))
		paper_text(paper, INDENT, "again     ",
			   report_string(test, "replay"));
	print_questions(paper, test);
}

void explain_test(struct paper *paper, const json_t *test, size_t label_columns)
{
	print_head(paper, test, label_columns);
	if (report_is(test, "visibility", "hidden") && !paper->hidden)
		return; /* its data is the grader's */
	if (report_is(test, "status", "pass"))
		print_pass(paper, test);
	else if (report_is(test, "status", "skipped"))
		paper_text(paper, INDENT, "because ",
			   report_string(json_object_get(test, "evidence"),
					 "detail"));
	else
		print_failure(paper, test);
}
