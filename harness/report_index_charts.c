/*
 * How the scores of a group are spread, and how many pass each test.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_index_parts.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"

#define BUCKETS 10
#define HEIGHT 150 /* of the highest column */
#define COLUMN 64 /* a tenth of the width */

struct spread {
	size_t counts[BUCKETS]; /* 0 to below 10 %, ..., 90 to 100 % */
	size_t most;
	size_t count;
};

static void spread_of(const json_t *group, struct spread *spread)
{
	json_t *entry;
	size_t i;

	*spread = (struct spread){ .most = 1 };
	json_array_foreach (group, i, entry) {
		double maximum = report_number(entry, "maximum");
		double share = maximum > 0 ? report_number(entry, "points") /
						     maximum
					   : 0;
		size_t bucket = share >= 1  ? BUCKETS - 1
				: share > 0 ? (size_t)(share * BUCKETS)
					    : 0;

		spread->count++;
		if (++spread->counts[bucket] > spread->most)
			spread->most = spread->counts[bucket];
	}
}

static void put_text(struct html *html, double x, double y, const char *class,
		     const char *text)
{
	AUTO_FREE char *left = text_format("%.1f", x);
	AUTO_FREE char *top = text_format("%.1f", y);

	html_begin(html, "text", "x", left, "y", top, "class", class,
		   "text-anchor", "middle", "font-size", "14", NULL);
	html_text(html, text);
	html_end(html, "text");
}

static void put_column(struct html *html, const struct spread *spread, size_t i)
{
	double high = (double)spread->counts[i] * HEIGHT / (double)spread->most;
	double middle = ((double)i + 0.5) * COLUMN;
	AUTO_FREE char *x = text_format("%zu", i * COLUMN + 4);
	AUTO_FREE char *y = text_format("%.1f", 20 + HEIGHT - high);
	AUTO_FREE char *height = text_format("%.1f", high);
	AUTO_FREE char *width = text_format("%d", COLUMN - 8);
	AUTO_FREE char *count = text_format("%zu", spread->counts[i]);
	AUTO_FREE char *range = text_format("%zu\xe2\x80\x93%zu", i * 10,
					    i == BUCKETS - 1 ? 100
							     : i * 10 + 9);

	html_begin(html, "rect", "class", "bar", "x", x, "y", y, "width", width,
		   "height", height, "rx", "3", NULL);
	html_end(html, "rect");
	if (spread->counts[i] > 0)
		put_text(html, middle, 14 + HEIGHT - high, "count", count);
	put_text(html, middle, HEIGHT + 40, "soft", range);
}

static void put_spread_table(struct html *html, const struct spread *spread)
{
	static const char *const head[] = { "Percent of the points",
					    "#Submissions", NULL };
	size_t i;

	html_begin(html, "details", NULL);
	html_element(html, "summary", NULL, "The same as a table");
	page_table_begin(html, NULL,
			 "How many submissions have how much of the points",
			 head);
	for (i = 0; i < BUCKETS; i++) {
		html_begin(html, "tr", NULL);
		html_begin(html, "th", "scope", "row", NULL);
		html_textf(html, "%zu to %zu", i * 10,
			   i == BUCKETS - 1 ? 100 : i * 10 + 9);
		html_end(html, "th");
		html_elementf(html, "td", "number", "%zu", spread->counts[i]);
		html_end(html, "tr");
	}
	page_table_end(html);
	html_end(html, "details");
}

void index_distribution(struct html *html, const json_t *group,
			const char *unique)
{
	AUTO_FREE char *name = text_format("%s-t", unique);
	AUTO_FREE char *about = text_format("%s-d", unique);
	struct spread spread;
	size_t i;

	spread_of(group, &spread);
	page_section_begin(html, "h3", NULL, "How the scores are spread");
	page_wide_begin(html, "Chart of scores");
	html_begin(html, "svg", "viewBox", "0 0 640 196", "role", "img",
		   "aria-labelledby", name, "aria-describedby", about, NULL);
	html_begin(html, "title", "id", name, NULL);
	html_text(html, "Submissions by percent of the points");
	html_end(html, "title");
	html_begin(html, "desc", "id", about, NULL);
	html_textf(html,
		   "%zu submissions in ten columns from 0 to 100 percent; the "
		   "table below has the numbers.",
		   spread.count);
	html_end(html, "desc");
	for (i = 0; i < BUCKETS; i++)
		put_column(html, &spread, i);
	html_begin(html, "line", "class", "axis", "x1", "0", "x2", "640", "y1",
		   "171", "y2", "171", NULL);
	html_end(html, "line");
	html_end(html, "svg");
	page_wide_end(html);
	put_spread_table(html, &spread);
	page_section_end(html);
}

json_t *index_test_ids(const json_t *group)
{
	json_auto_t *seen = json_object();
	json_t *ids = json_array(), *entry, *test;
	const char *id;
	size_t i;

	ENOUGH(seen && ids);
	json_array_foreach (group, i, entry) {
		json_object_foreach (json_object_get(entry, "tests"), id,
				     test) {
			if (json_object_get(seen, id))
				continue;
			ENOUGH(json_object_set_new(seen, id, json_true()) == 0);
			ENOUGH(json_array_append_new(ids, json_string(id)) ==
			       0);
		}
	}
	return ids;
}

struct rate {
	size_t passed, failed, skipped, inconclusive;
};

static void rate_of(const json_t *group, const char *id, struct rate *rate)
{
	json_t *entry;
	size_t i;

	*rate = (struct rate){ 0 };
	json_array_foreach (group, i, entry) {
		const json_t *test = json_object_get(
			json_object_get(entry, "tests"), id);

		if (!test)
			continue;
		if (report_is(test, "status", "pass"))
			rate->passed++;
		else if (report_is(test, "status", "skipped"))
			rate->skipped++;
		else if (report_is(test, "status", "inconclusive"))
			rate->inconclusive++;
		else
			rate->failed++;
	}
}

static void put_rate(struct html *html, const char *id, const struct rate *rate)
{
	size_t decided = rate->passed + rate->failed;
	double percent = decided > 0 ? 100.0 * (double)rate->passed /
					       (double)decided
				     : 0;

	html_begin(html, "tr", NULL);
	page_heading(html, "row", NULL, id);
	html_elementf(html, "td", "number", "%zu of %zu", rate->passed,
		      decided);
	html_begin(html, "td", NULL);
	if (decided > 0)
		html_textf(html, "%.0f %%", percent);
	page_bar(html, (double)rate->passed, (double)decided, "");
	html_end(html, "td");
	html_elementf(html, "td", "number", "%zu", rate->skipped);
	html_elementf(html, "td", "number", "%zu", rate->inconclusive);
	html_end(html, "tr");
}

void index_pass_rates(struct html *html, const json_t *group)
{
	static const char *const head[] = { "Test",     "#Passed",       "Rate",
					    "#Skipped", "#Inconclusive", NULL };
	json_auto_t *ids = index_test_ids(group);
	struct rate rate;
	json_t *id;
	size_t i;

	if (json_array_size(ids) == 0)
		return;
	page_section_begin(html, "h3", NULL, "How many pass each test");
	page_wide_begin(html, "Table of pass rates");
	page_table_begin(html, NULL,
			 "Of the submissions for which it came to a verdict",
			 head);
	json_array_foreach (ids, i, id) {
		rate_of(group, json_string_value(id), &rate);
		put_rate(html, json_string_value(id), &rate);
	}
	page_table_end(html);
	page_wide_end(html);
	page_section_end(html);
}
