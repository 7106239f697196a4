#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "diagnostics.h"
#include "explain_parts.h"
#include "report_member.h"
#include "text.h"

#define DIAGNOSTICS_SHOWN 30
#define BUILD_LINES_MAX 15
#define LABEL_COLUMNS_MAX 17 /* "FORBIDDEN-SYSCALL" */

static void print_header(struct paper *paper, const json_t *report)
{
	const json_t *exercise = json_object_get(report, "exercise");
	const json_t *score = json_object_get(report, "score");
	const json_t *cap = json_object_get(score, "cap");
	const char *status = report_string(score, "status");
	AUTO_FREE char *title = NULL, *why = NULL;

	if (json_is_object(exercise)) {
		title = text_format("%s %s: %s", report_string(exercise, "id"),
				    report_string(exercise, "version"),
				    report_string(exercise, "title"));
		paper_text(paper, 0, "", title);
	}
	paper_status(paper, status, status, 0);
	(void)fprintf(paper->out, ": %.10g of %.10g points\n",
		      report_number(score, "points"),
		      report_number(score, "maximum"));
	if (json_is_object(cap) &&
	    report_number(cap, "points") <= report_number(score, "points")) {
		why = text_format("at most %.10g: %s",
				  report_number(cap, "points"),
				  report_string(cap, "why"));
		paper_text(paper, 2, "", why);
	}
	if (*report_string(report, "message"))
		paper_text(paper, 2, "", report_string(report, "message"));
}

static void print_flags(struct paper *paper, const json_t *report)
{
	const json_t *flags = json_object_get(
		json_object_get(report, "submission"), "flags");
	json_t *flag;
	size_t i;

	json_array_foreach (flags, i, flag) {
		const char *file = report_string(flag, "file");
		AUTO_FREE char *text = text_format(
			"%s%s%s", file, *file ? ": " : "",
			report_string(flag, "message"));

		paper_text(paper, 2, "note: ", text);
	}
}

/* "bq.c:41:7: error: ...", as compilers print it and editors read it. */
static void print_diagnostic(struct paper *paper, const json_t *diagnostic)
{
	const char *file = report_string(diagnostic, "file");
	const char *option = report_string(diagnostic, "option");
	json_int_t line = json_integer_value(
		json_object_get(diagnostic, "line"));
	json_int_t column = json_integer_value(
		json_object_get(diagnostic, "column"));
	AUTO_FREE char *place = NULL, *text = NULL;

	if (line > 0 && column > 0)
		place = text_format("%s:%lld:%lld: ", file, line, column);
	else if (line > 0)
		place = text_format("%s:%lld: ", file, line);
	else
		place = text_format("%s%s", file, *file ? ": " : "");
	text = text_format("%s%s: %s%s%s%s", place,
			   report_string(diagnostic, "kind"),
			   report_string(diagnostic, "message"),
			   *option ? " [" : "", option, *option ? "]" : "");
	paper_text(paper, 2, "", text);
}

static void print_diagnostics(struct paper *paper, const json_t *builds,
			      size_t build)
{
	const json_t *diagnostics = json_object_get(
		json_array_get(builds, build), "diagnostics");
	size_t shown = 0, more = 0, i;
	json_t *diagnostic;

	json_array_foreach (diagnostics, i, diagnostic) {
		if (diagnostics_were_said(builds, build, diagnostic))
			continue;
		if (shown == DIAGNOSTICS_SHOWN) {
			more++;
			continue;
		}
		print_diagnostic(paper, diagnostic);
		shown++;
	}
	if (more > 0)
		(void)fprintf(paper->out, "  (%zu more)\n", more);
}

/* Why a build failed, where no diagnostic says it. */
static void print_failed_build(struct paper *paper, const json_t *build)
{
	const json_t *evidence = json_object_get(build, "evidence");
	const char *detail = report_string(evidence, "detail");
	AUTO_FREE char *text = text_format(
		"%s build failed: %s", report_string(build, "variant"),
		*detail ? detail : report_string(evidence, "mechanism"));

	paper_text(paper, 2, "", text);
	if (*report_string(build, "output"))
		paper_last_lines(paper, 4, "", report_string(build, "output"),
				 BUILD_LINES_MAX);
}

/* What was thrown away for faults of the host, and why; of one that passed
 * only where all is asked for, as with tests. */
static void print_build_retries(struct paper *paper, const json_t *build)
{
	json_t *reason;
	size_t i;

	if (json_is_true(json_object_get(build, "ok")) && !paper->all)
		return;
	json_array_foreach (json_object_get(build, "retry_reasons"), i,
			    reason) {
		AUTO_FREE char *text = text_format(
			"%s build tried again: %s",
			report_string(build, "variant"),
			json_string_value(reason));

		paper_text(paper, 2, "", text);
	}
}

static void print_builds(struct paper *paper, const json_t *report)
{
	const json_t *builds = json_object_get(report, "build");
	json_t *build;
	size_t i;

	json_array_foreach (builds, i, build) {
		print_diagnostics(paper, builds, i);
		if (!json_is_true(json_object_get(build, "ok")))
			print_failed_build(paper, build);
		print_build_retries(paper, build);
	}
}

static bool nothing_ran(const json_t *tests)
{
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (!report_is(test, "status", "skipped"))
			return false;
	}
	return true;
}

static void print_tests(struct paper *paper, const json_t *tests)
{
	size_t label_columns = 0, i;
	json_t *test;

	if (nothing_ran(tests))
		return;
	(void)fputc('\n', paper->out);
	json_array_foreach (tests, i, test) {
		size_t columns = strlen(report_string(test, "status"));

		if (columns > label_columns && columns <= LABEL_COLUMNS_MAX)
			label_columns = columns;
	}
	json_array_foreach (tests, i, test)
		explain_test(paper, test, label_columns);
}

/* The first test that failed on its own account, or NULL. */
static const json_t *first_failure(const json_t *tests)
{
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		const char *status = report_string(test, "status");

		if (strcmp(status, "pass") != 0 &&
		    strcmp(status, "skipped") != 0 &&
		    strcmp(status, "inconclusive") != 0 &&
		    *report_string(test, "replay") &&
		    !report_is(test, "visibility", "hidden"))
			return test;
	}
	return NULL;
}

void explain_next_step(const json_t *report, FILE *out, unsigned columns)
{
	struct paper paper = paper_of(out, columns);
	const json_t *tests = json_object_get(report, "tests");
	const json_t *failure = first_failure(tests);
	const char *status = report_string(json_object_get(report, "score"),
					   "status");
	const char *next =
		"put right what is named above, then \"assay check\" again.";

	if (failure) {
		next = report_string(failure, "replay");
	} else if (strcmp(status, "pass") == 0) {
		next = "all passed; \"assay pack\" makes the archive to hand "
		       "in.";
	} else if (strcmp(status, "rejected") == 0) {
		next = "put right what is named above; \"assay pack\" refuses "
		       "what would be refused.";
	} else if (strcmp(status, "inconclusive") == 0) {
		next = "this was not your code: \"assay doctor\" says what the "
		       "host lacks; then check again.";
	}
	(void)fputc('\n', out);
	paper_text(&paper, 0, "Next: ", next);
}

static void print_report(struct paper *paper, const json_t *report)
{
	print_header(paper, report);
	print_flags(paper, report);
	print_builds(paper, report);
	print_tests(paper, json_object_get(report, "tests"));
	explain_rubric(paper, report);
}

void explain_report(const json_t *report, FILE *out, unsigned columns,
		    bool colour, bool all)
{
	struct paper paper = paper_of(out, columns);

	paper.colour = colour;
	paper.all = all;
	print_report(&paper, report);
}

void explain_view(const json_t *view, FILE *out, unsigned columns, bool colour,
		  bool all)
{
	struct paper paper = paper_of(out, columns);

	paper.colour = colour;
	paper.all = all;
	paper.hidden = true;
	paper.asked = view;
	print_report(&paper, view);
}
