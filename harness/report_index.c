#include "report_index.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "html_page.h"
#include "report_index_parts.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "report_parts.h"
#include "text.h"

struct report_index {
	json_t *entries;
	json_t *audit;      /* NULL: there was none */
	json_t *similarity; /* or NULL */
};

struct report_index *report_index_new(void)
{
	struct report_index *index = calloc(1, sizeof *index);

	ENOUGH(index);
	index->entries = json_array();
	ENOUGH(index->entries);
	return index;
}

void report_index_free(struct report_index *index)
{
	if (!index)
		return;
	json_decref(index->entries);
	json_decref(index->audit);
	json_decref(index->similarity);
	free(index);
}

/* What @from, a test or a score, says of how it went. */
static void put_score(json_t *to, const json_t *from)
{
	report_set(to, "status", report_text(report_string(from, "status")));
	report_set(to, "points", json_real(report_number(from, "points")));
	report_set(to, "maximum", json_real(report_number(from, "maximum")));
}

static json_t *tests_of(const json_t *view)
{
	json_t *tests = json_object(), *test, *kept;
	size_t i;

	ENOUGH(tests);
	json_array_foreach (json_object_get(view, "tests"), i, test) {
		if (!*report_string(test, "id"))
			continue;
		kept = json_object();
		ENOUGH(kept);
		put_score(kept, test);
		report_set(tests, report_string(test, "id"), kept);
	}
	return tests;
}

/* {RATER: {DIMENSION: mark}} */
static json_t *ratings_of(const json_t *view)
{
	json_t *ratings = json_object(), *rating, *marks, *mark;
	const char *dimension;
	size_t i;

	ENOUGH(ratings);
	json_array_foreach (json_object_get(view, "ratings"), i, rating) {
		marks = json_object();
		ENOUGH(marks);
		json_object_foreach (json_object_get(rating, "marks"),
				     dimension, mark)
			report_set(marks, dimension,
				   report_value(json_object_get(mark, "mark")));
		report_set(ratings, report_string(rating, "rater"), marks);
	}
	return ratings;
}

void report_index_add(struct report_index *index, const json_t *view,
		      const char *page)
{
	const json_t *score = json_object_get(view, "score");
	const json_t *exercise = json_object_get(view, "exercise");
	json_t *entry = json_object();

	ENOUGH(entry);
	report_set(entry, "id",
		   report_text(report_string(
			   json_object_get(view, "submission"), "id")));
	report_set(entry, "page", report_text(page));
	report_set(entry, "exercise",
		   report_text(report_string(exercise, "id")));
	report_set(entry, "title",
		   report_text(report_string(exercise, "title")));
	put_score(entry, score);
	report_set(entry, "undecided",
		   json_real(report_number(score, "undecided")));
	report_set(entry, "tests", tests_of(view));
	report_set(entry, "rubric",
		   report_list(json_object_get(view, "rubric")));
	report_set(entry, "ratings", ratings_of(view));
	report_append(index->entries, entry);
}

void report_index_audit(struct report_index *index, const json_t *audit)
{
	json_decref(index->audit);
	index->audit = json_deep_copy(audit);
	ENOUGH(index->audit);
}

void report_index_similar(struct report_index *index, json_t *similarity)
{
	index->similarity = json_incref(similarity);
}

/* ---- orders ---- */

typedef int (*comparison)(const void *, const void *);

static int by_name(const void *left, const void *right)
{
	const json_t *const *a = left, *const *b = right;

	return strcmp(report_string(*a, "id"), report_string(*b, "id"));
}

static int by_points(const void *left, const void *right)
{
	const json_t *const *a = left, *const *b = right;
	double x = report_number(*a, "points"), y = report_number(*b, "points");

	return x < y ? 1 : x > y ? -1 : by_name(left, right);
}

/* The order in which somebody has to do something about them. */
static int urgency(const json_t *entry)
{
	static const char *const statuses[] = { "inconclusive", "rejected",
						"build-error", "fail", "pass" };
	int i;

	for (i = 0; i < (int)(sizeof statuses / sizeof *statuses); i++)
		if (report_is(entry, "status", statuses[i]))
			return i;
	return -1;
}

static int by_outcome(const void *left, const void *right)
{
	const json_t *const *a = left, *const *b = right;
	int x = urgency(*a), y = urgency(*b);

	return x != y ? x - y : by_points(left, right);
}

static json_t *sorted(const json_t *entries, comparison compare)
{
	size_t count = json_array_size(entries), i;
	AUTO_FREE json_t **all = calloc(count + 1, sizeof *all);
	json_t *order = json_array();

	ENOUGH(all && order);
	for (i = 0; i < count; i++)
		all[i] = json_array_get(entries, i);
	qsort(all, count, sizeof *all, compare);
	for (i = 0; i < count; i++)
		report_append(order, json_incref(all[i]));
	return order;
}

/* ---- the page ---- */

static size_t count_of(const json_t *entries, const char *status)
{
	size_t count = 0, i;
	json_t *entry;

	json_array_foreach (entries, i, entry)
		count += report_is(entry, "status", status);
	return count;
}

static void put_sum(struct html *html, size_t count, const char *what)
{
	html_begin(html, "p", NULL);
	html_elementf(html, "b", NULL, "%zu", count);
	html_text(html, what);
	html_end(html, "p");
}

static void put_sums(struct html *html, const json_t *entries)
{
	static const struct {
		const char *status, *words;
	} sums[] = {
		{ "pass", "passed everything" },
		{ "fail", "did not pass everything" },
		{ "build-error", "did not build" },
		{ "rejected", "were rejected" },
		{ "inconclusive", "are inconclusive: grade them again" },
	};
	size_t i, count;

	html_begin(html, "section", "class", "card sums", "aria-label",
		   "Outcomes", NULL);
	put_sum(html, json_array_size(entries), "submissions");
	for (i = 0; i < sizeof sums / sizeof *sums; i++) {
		count = count_of(entries, sums[i].status);
		if (count > 0)
			put_sum(html, count, sums[i].words);
	}
	html_end(html, "section");
}

/* {exercise: [entries]}, each in the order of @entries. */
static json_t *groups_of(const json_t *entries)
{
	json_t *groups = json_object(), *entry, *group;
	size_t i;

	ENOUGH(groups);
	json_array_foreach (entries, i, entry) {
		const char *exercise = report_string(entry, "exercise");

		group = json_object_get(groups, exercise);
		if (!group) {
			group = json_array();
			report_set(groups, exercise, group);
		}
		report_append(group, json_incref(entry));
	}
	return groups;
}

static void put_group(struct html *html, const char *exercise,
		      const json_t *group, const json_t *similarity)
{
	const char *title = report_string(json_array_get(group, 0), "title");
	AUTO_FREE char *unique = html_id("spread-", exercise);

	if (!*exercise)
		return; /* nobody could tell what they are for */
	html_elementf(html, "h2", NULL, "%s (%s)", title, exercise);
	index_distribution(html, group, unique);
	index_pass_rates(html, group);
	index_side_by_side(html, group);
	index_rubric(html, group);
	index_similar(html, similarity, exercise);
}

void report_index_write(struct report_index *index, FILE *out)
{
	json_auto_t *points = sorted(index->entries, by_points);
	json_auto_t *names = sorted(index->entries, by_name);
	json_auto_t *outcomes = sorted(index->entries, by_outcome);
	json_auto_t *groups = groups_of(points);
	json_t *const orders[3] = { points, names, outcomes };
	const char *exercise;
	struct html html;
	json_t *group;

	index_similar_link(index->entries, index->similarity);
	html_page_begin(&html, out, "Submissions of a batch - assay");
	html_elementf(&html, "h1", NULL, "%zu submissions",
		      json_array_size(points));
	put_sums(&html, points);
	index_submissions(&html, orders);
	json_object_foreach (groups, exercise, group)
		put_group(&html, exercise, group, index->similarity);
	index_audit(&html, index->audit, points);
	html_page_end(&html, "Reports are evidence; people decide.");
}
