/*
 * The page for who wrote the code: what holds, what to look at next, and how.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"

static bool counts(const json_t *test)
{
	return !report_is(test, "status", "skipped") &&
	       !report_is(test, "status", "inconclusive");
}

static void count_tests(const json_t *tests, size_t *passed, size_t *ran)
{
	json_t *test;
	size_t i;

	*passed = *ran = 0;
	json_array_foreach (tests, i, test) {
		*passed += report_is(test, "status", "pass");
		*ran += counts(test);
	}
}

static void put_opening(struct html *html, const json_t *view)
{
	const char *status = report_string(json_object_get(view, "score"),
					   "status");
	size_t passed, ran;

	count_tests(json_object_get(view, "tests"), &passed, &ran);
	if (strcmp(status, "rejected") == 0)
		html_element(html, "p", "lead",
			     "Thank you for handing in your work. Nothing of "
			     "it could be built yet, because of how it was "
			     "packed; that says nothing about the code in "
			     "it.");
	else if (strcmp(status, "build-error") == 0)
		html_element(html, "p", "lead",
			     "Thank you for your work. It does not build yet "
			     "with the exercise's compiler; the first error "
			     "below is the place to start.");
	else if (passed == ran && ran > 0)
		html_elementf(html, "p", "lead",
			      "Thank you for your work. All %zu public tests "
			      "that ran pass: well done.",
			      ran);
	else if (passed > 0)
		html_elementf(html, "p", "lead",
			      "Thank you for your work. %zu of the %zu public "
			      "tests that ran pass already. For each of the "
			      "others, this page says what was seen, and "
			      "the command that shows it to you again.",
			      passed, ran);
	else
		html_element(html, "p", "lead",
			     "Thank you for your work. No public test passes "
			     "yet; they build on each other, so the first one "
			     "below is the best place to start.");
}

static void put_passed(struct html *html, const json_t *tests)
{
	bool any = false;
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (!report_is(test, "status", "pass"))
			continue;
		if (!any) {
			page_section_begin(html, "h2", NULL, "What holds");
			html_begin(html, "ul", NULL);
		}
		any = true;
		html_begin(html, "li", NULL);
		html_element(html, "strong", NULL,
			     report_string(test, "title"));
		html_textf(html, ": %s", report_string(test, "property"));
		html_end(html, "li");
	}
	if (!any)
		return;
	html_end(html, "ul");
	page_section_end(html);
}

static bool is_next(const json_t *test)
{
	return counts(test) && !report_is(test, "status", "pass");
}

static void put_next(struct html *html, const json_t *view)
{
	const json_t *tests = json_object_get(view, "tests");
	bool any = false;
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (!is_next(test))
			continue;
		if (!any)
			html_element(html, "h2", NULL, "What to look at next");
		any = true;
		page_failure(html, view, test);
	}
}

static void put_waiting(struct html *html, const json_t *tests)
{
	bool any = false;
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		if (counts(test))
			continue;
		if (!any) {
			page_section_begin(html, "h2", NULL,
					   "What was not decided");
			html_begin(html, "ul", NULL);
		}
		any = true;
		html_begin(html, "li", NULL);
		html_element(html, "strong", NULL,
			     report_string(test, "title"));
		if (report_is(test, "status", "inconclusive"))
			html_text(html, ": our machine failed here, not your "
					"code; it costs you nothing.");
		else
			html_textf(
				html, ": not run, %s.",
				report_string(json_object_get(test, "evidence"),
					      "detail"));
		html_end(html, "li");
	}
	if (!any)
		return;
	html_end(html, "ul");
	page_section_end(html);
}

static bool has_diagnostics(const json_t *builds)
{
	json_t *build;
	size_t i;

	json_array_foreach (builds, i, build)
		if (!json_is_true(json_object_get(build, "ok")) ||
		    json_array_size(json_object_get(build, "diagnostics")) > 0)
			return true;
	return false;
}

static void put_try(struct html *html, const json_t *view)
{
	const json_t *environment = json_object_get(view, "environment");

	page_section_begin(html, "h2", NULL, "Try it yourself");
	html_begin(html, "p", NULL);
	html_text(html, "In your workspace, ");
	html_element(html, "code", NULL, "assay check");
	html_text(html, " runs the public tests with the same limits and the "
			"same judge. Each test above comes with the command "
			"that runs just it, with the same seed.");
	html_end(html, "p");
	html_begin(html, "dl", "class", "facts", NULL);
	page_fact(html, "Compiler", report_string(environment, "compiler"));
	page_fact(html, "Judged by assay", report_string(environment, "assay"));
	html_end(html, "dl");
	page_section_end(html);
}

void page_feedback(struct html *html, const json_t *view)
{
	const json_t *tests = json_object_get(view, "tests");

	html_elementf(html, "p", "soft", "Submission %s",
		      report_string(json_object_get(view, "submission"), "id"));
	put_opening(html, view);
	page_score(html, view);
	if (has_diagnostics(json_object_get(view, "build")))
		page_build(html, view);
	put_passed(html, tests);
	put_next(html, view);
	put_waiting(html, tests);
	page_categories(html, view);
	if (json_is_object(json_object_get(view, "hidden")))
		html_element(html, "p", "soft",
			     "Hidden tests check the same properties as the "
			     "public ones, with other seeds and sizes.");
	put_try(html, view);
}
