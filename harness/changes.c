#include "changes.h"

#include <string.h>

#include <assay/cleanup.h>

#include "changes_parts.h"
#include "report_member.h"
#include "report_parts.h"
#include "text.h"

bool changes_same(struct sides sides)
{
	bool before = sides.before && !json_is_null(sides.before);
	bool after = sides.after && !json_is_null(sides.after);

	if (!before || !after)
		return before == after;
	if (json_is_number(sides.before) && json_is_number(sides.after))
		return json_number_value(sides.before) ==
		       json_number_value(sides.after);
	return json_equal(sides.before, sides.after);
}

const json_t *changes_find(const json_t *list, const char *key,
			   const char *value)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (list, i, entry)
		if (report_is(entry, key, value))
			return entry;
	return NULL;
}

static void copy(json_t *to, const json_t *from, const char *key)
{
	report_set(to, key, report_value(json_object_get(from, key)));
}

/* ---- what it came to ---- */

static json_t *outcome(const json_t *report)
{
	const json_t *score = json_object_get(report, "score");
	json_t *object;

	if (!report)
		return json_null();
	object = json_object();
	copy(object, score, "status");
	copy(object, score, "points");
	copy(object, score, "maximum");
	copy(object, report, "verdict_digest");
	return object;
}

static json_t *test_outcome(const json_t *test)
{
	json_t *object;

	if (!test)
		return json_null();
	object = json_object();
	copy(object, test, "status");
	copy(object, test, "points");
	copy(object, test, "maximum");
	return object;
}

static bool is_measured(struct sides test)
{
	return json_is_true(json_object_get(test.before, "measured")) ||
	       json_is_true(json_object_get(test.after, "measured"));
}

/* What differs beside status and points; NULL: nothing that was promised. */
static char *test_note(struct sides test)
{
	struct sides repeat = at(test, "repeat");

	if (!test.before || !test.after || is_measured(test))
		return NULL;
	if (report_is(test.after, "status", "fail") &&
	    same_at(test, "status") && !same_at(test, "property"))
		return text_format("fails for: %s",
				   report_string(test.after, "property"));
	if (!same_at(repeat, "passed") || !same_at(repeat, "of"))
		return text_format(
			"passed %lld of %lld, was %lld of %lld",
			json_integer_value(at(repeat, "passed").after),
			json_integer_value(at(repeat, "of").after),
			json_integer_value(at(repeat, "passed").before),
			json_integer_value(at(repeat, "of").before));
	return NULL;
}

static void compare_test(json_t *tests, const char *id, struct sides test)
{
	AUTO_FREE char *note = test_note(test);
	json_t *object;

	if (same_at(test, "status") && same_at(test, "points") &&
	    same_at(test, "maximum") && !note)
		return;
	object = json_object();
	report_set(object, "id", report_text(id));
	report_set(object, "before", test_outcome(test.before));
	report_set(object, "after", test_outcome(test.after));
	report_set(object, "note", report_text(note));
	report_append(tests, object);
}

static const json_t *verdict_tests(const json_t *report)
{
	return json_object_get(json_object_get(report, "verdict"), "tests");
}

/* Where one has no tests at all, those of the other. */
json_t *changes_verdict(const json_t *before, const json_t *after)
{
	struct sides list = { verdict_tests(before), verdict_tests(after) };
	json_t *tests = json_array(), *test;
	size_t i;

	if (json_array_size(list.after) == 0)
		list = (struct sides){ list.after, list.before };
	json_array_foreach (list.after, i, test) {
		const char *id = report_string(test, "id");

		if (!changes_same((struct sides){
			    changes_find(list.before, "id", id), test }))
			report_append(tests, report_text(id));
	}
	return tests;
}

/* In the order of now, those that are gone last. */
static json_t *differing_tests(struct sides reports)
{
	struct sides list = at(reports, "tests");
	json_t *tests = json_array();
	const json_t *test;
	size_t i;

	json_array_foreach (list.after, i, test) {
		const char *id = report_string(test, "id");

		compare_test(
			tests, id,
			(struct sides){ changes_find(list.before, "id", id),
					test });
	}
	json_array_foreach (list.before, i, test) {
		const char *id = report_string(test, "id");

		if (!changes_find(list.after, "id", id))
			compare_test(tests, id, (struct sides){ test, NULL });
	}
	return tests;
}

static bool is_changed(struct sides reports, const json_t *tests)
{
	struct sides score = at(reports, "score");

	return !same_at(reports, "verdict_digest") ||
	       !same_at(score, "status") || !same_at(score, "points") ||
	       !same_at(score, "maximum") || json_array_size(tests) > 0;
}

json_t *changes_entry(const json_t *before, const json_t *after)
{
	struct sides reports = { before, after };
	const json_t *submission = json_object_get(after ? after : before,
						   "submission");
	json_t *entry = json_object(), *tests = json_array();
	bool changed = true;

	if (before && after) {
		json_decref(tests);
		tests = differing_tests(reports);
		changed = is_changed(reports, tests);
	}
	report_set(entry, "submission",
		   report_value(json_object_get(submission, "id")));
	report_set(entry, "changed", json_boolean(changed));
	report_set(entry, "before", outcome(before));
	report_set(entry, "after", outcome(after));
	report_set(entry, "tests", tests);
	report_set(entry, "causes", changes_causes(reports, changed));
	return entry;
}

json_t *changes_totals(const json_t *entries)
{
	json_t *totals = json_object(), *counts = json_object();
	const json_t *entry, *cause;
	size_t i, j, changed = 0;

	json_array_foreach (entries, i, entry) {
		if (!json_is_true(json_object_get(entry, "changed")))
			continue;
		changed++;
		json_array_foreach (json_object_get(entry, "causes"), j,
				    cause) {
			const char *name = report_string(cause, "cause");
			const json_t *count = json_object_get(counts, name);

			report_set(counts, name,
				   json_integer(json_integer_value(count) + 1));
		}
	}
	report_set(totals, "submissions",
		   report_count(json_array_size(entries)));
	report_set(totals, "changed", report_count(changed));
	report_set(totals, "causes", counts);
	return totals;
}
