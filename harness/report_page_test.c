/*
 * A test that did not pass: what it checks, what was seen, and how to see it
 * again.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"

#define VALUE_MAX 4000 /* bytes of what a judge expected */

/* A limit, as a bar beside the numbers. */
static void put_limit(struct html *html, const json_t *evidence)
{
	const char *unit = report_string(evidence, "unit");
	double limit = report_number(evidence, "limit");
	double observed = report_number(evidence, "observed");
	AUTO_FREE char *bound = page_quantity(limit, unit);
	AUTO_FREE char *seen = page_quantity(observed, unit);

	html_element(html, "dt", NULL, "Limit");
	html_begin(html, "dd", NULL);
	html_textf(html, "%s seen, %s allowed", seen, bound);
	page_bar(html, observed, limit, observed >= limit ? "over" : "");
	html_end(html, "dd");
}

static void put_evidence(struct html *html, const json_t *test)
{
	const json_t *evidence = json_object_get(test, "evidence");
	const json_t *repeat = json_object_get(test, "repeat");
	AUTO_FREE char *call = report_call(
		json_object_get(test, "forbidden_syscall"));
	AUTO_FREE char *times = NULL;

	html_begin(html, "dl", "class", "facts", NULL);
	page_fact(html, "Property", report_string(test, "property"));
	if (!report_is(evidence, "detail", report_string(test, "property")))
		page_fact(html, "Evidence", report_string(evidence, "detail"));
	page_fact(html, "Established by", report_string(evidence, "mechanism"));
	if (json_is_number(json_object_get(evidence, "limit")))
		put_limit(html, evidence);
	page_fact_code(html, "Refused call", call);
	if (report_number(repeat, "of") > 1) {
		times = text_format("%.10g of %.10g passed; this is the first "
				    "that did not",
				    report_number(repeat, "passed"),
				    report_number(repeat, "of"));
		page_fact(html, "Repetitions", times);
	}
	page_fact(html, "Fault of the host", report_string(test, "fault"));
	page_fact_code(html, "See it again", report_string(test, "replay"));
	html_end(html, "dl");
}

/* Any JSON, as it is. */
static void put_value(struct html *html, const char *what, const json_t *value)
{
	AUTO_FREE char *dumped = NULL, *cut = NULL;
	const char *text = json_string_value(value);

	if (!value || json_is_null(value))
		return;
	if (!text) {
		dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_INDENT(1) |
						   JSON_REAL_PRECISION(15));
		CHECK(dumped);
		text = dumped;
	}
	cut = text_clean(text, strlen(text), VALUE_MAX);
	html_element(html, "h4", NULL, what);
	page_lines(html, cut);
}

static void put_metrics(struct html *html, const json_t *test)
{
	const json_t *metrics = json_object_get(test, "metrics");
	json_t *metric;
	size_t i;

	if (json_array_size(metrics) == 0)
		return;
	html_element(html, "h4", NULL, "Measured");
	html_begin(html, "dl", "class", "facts", NULL);
	json_array_foreach (metrics, i, metric) {
		AUTO_FREE char *text = text_format(
			"%.6g %s", report_number(metric, "value"),
			report_string(metric, "unit"));

		page_fact(html, report_string(metric, "name"), text);
	}
	html_end(html, "dl");
}

static void put_output(struct html *html, const json_t *test)
{
	const char *output = report_string(test, "output");

	if (!*output)
		return;
	html_begin(html, "details", NULL);
	html_element(html, "summary", NULL,
		     "The last of what the program printed");
	page_lines(html, output);
	html_end(html, "details");
}

/* The schedule that the explorer can run again is no picture. */
static void put_traces(struct html *html, const json_t *test)
{
	const char *id = report_string(test, "id");
	json_t *trace;
	size_t i;

	json_array_foreach (json_object_get(test, "traces"), i, trace) {
		AUTO_FREE char *number = text_format("trace-%zu-", i);
		AUTO_FREE char *unique = html_id(number, id);

		if (!report_is(trace, "title", ASSAY_JUDGE_SCHEDULE))
			page_trace(html, trace, unique);
	}
}

void page_failure(struct html *html, const json_t *view, const json_t *test)
{
	const char *id = report_string(test, "id");
	const char *status = report_string(test, "status");
	const char *meaning = page_status_meaning(status);
	AUTO_FREE char *anchor = html_id("test-", id);

	html_begin(html, "article", "class", "card", "id", anchor, NULL);
	html_begin(html, "h3", NULL);
	html_textf(html, "%s: %s ", id, report_string(test, "title"));
	page_badge(html, status, NULL);
	html_end(html, "h3");
	if (*report_string(test, "message"))
		html_element(html, "p", "lead", report_string(test, "message"));
	if (*meaning)
		html_element(html, "p", "soft", meaning);
	put_evidence(html, test);
	put_traces(html, test);
	page_threads(html, view, test);
	page_races(html, view, test);
	put_value(html, "Expected", json_object_get(test, "expected"));
	put_value(html, "Seen", json_object_get(test, "actual"));
	put_metrics(html, test);
	put_output(html, test);
	page_questions(html, view, test);
	html_end(html, "article");
}

void page_failures(struct html *html, const json_t *view)
{
	const json_t *tests = json_object_get(view, "tests");
	bool any = false;
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (report_is(test, "status", "pass") ||
		    report_is(test, "status", "skipped"))
			continue;
		if (!any) {
			html_begin(html, "h2", "id", "evidence", NULL);
			html_text(html, "Evidence for what did not pass");
			html_end(html, "h2");
		}
		any = true;
		page_failure(html, view, test);
	}
}
