#include "report_page.h"

#include <stdbool.h>
#include <string.h>

#include <assay/cleanup.h>

#include "html_page.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "report_view.h"
#include "text.h"

void page_crumb(struct html *html, const char *index)
{
	if (!index)
		return;
	html_begin(html, "p", "class", "crumb", NULL);
	html_begin(html, "a", "href", index, NULL);
	html_text(html, "All submissions of this batch");
	html_end(html, "a");
	html_end(html, "p");
}

static void put_exercise(struct html *html, const json_t *view)
{
	const json_t *exercise = json_object_get(view, "exercise");

	if (!json_is_object(exercise)) {
		html_element(html, "p", "soft",
			     "Of an exercise that is not known");
		return;
	}
	html_elementf(html, "p", "soft", "%s (%s %s)%s%s",
		      report_string(exercise, "title"),
		      report_string(exercise, "id"),
		      report_string(exercise, "version"),
		      *report_string(exercise, "language") ? ", in " : "",
		      report_string(exercise, "language"));
}

/* Only places that are on the page. */
static void put_contents(struct html *html, const json_t *view)
{
	const struct {
		const char *anchor, *name;
		bool there;
	} places[] = {
		{ "#tests", "Tests",
		  json_array_size(json_object_get(view, "tests")) > 0 },
		{ "#build", "Build",
		  json_array_size(json_object_get(view, "build")) > 0 },
		{ "#environment", "How it was run", true },
		{ "#rubric", "What people score",
		  json_array_size(json_object_get(view, "rubric")) > 0 },
	};
	size_t i;

	html_begin(html, "nav", "class", "here", "aria-label", "On this page",
		   NULL);
	html_begin(html, "ul", NULL);
	for (i = 0; i < sizeof places / sizeof *places; i++) {
		if (!places[i].there)
			continue;
		html_begin(html, "li", NULL);
		html_begin(html, "a", "href", places[i].anchor, NULL);
		html_text(html, places[i].name);
		html_end(html, "a");
		html_end(html, "li");
	}
	html_end(html, "ul");
	html_end(html, "nav");
}

static void put_report(struct html *html, const json_t *view)
{
	/* What comes first is what there is to act on. */
	bool unbuilt = report_is(json_object_get(view, "score"), "status",
				 "build-error");

	put_exercise(html, view);
	put_contents(html, view);
	page_score(html, view);
	if (unbuilt)
		page_build(html, view);
	page_categories(html, view);
	page_test_table(html, view);
	page_failures(html, view);
	if (!unbuilt)
		page_build(html, view);
	page_resources(html, view);
	page_environment(html, view);
	page_files(html, view);
	page_rubric(html, view);
}

void report_page(const json_t *view, const char *index, FILE *out)
{
	const char *id = report_string(json_object_get(view, "submission"),
				       "id");
	const char *exercise = report_string(json_object_get(view, "exercise"),
					     "title");
	bool feedback = report_view_is_candidates(view);
	AUTO_FREE char *heading = NULL, *title = NULL;
	struct html html;

	if (feedback)
		heading = text_format("Your feedback%s%s",
				      *exercise ? ": " : "", exercise);
	else
		heading = text_format("%s", *id ? id : "A submission");
	title = text_format("%s - assay", heading);
	html_page_begin(&html, out, title);
	if (!feedback)
		page_crumb(&html, index);
	html_element(&html, "h1", NULL, heading);
	if (feedback)
		page_feedback(&html, view);
	else
		put_report(&html, view);
	html_page_end(&html, feedback ? "Made for who wrote the code."
				      : "Not for candidates: it may tell of "
					"hidden tests.");
}
