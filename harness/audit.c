#include "audit.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_parts.h"
#include "text.h"

#define BISECTIONS 60

struct audit {
	json_t *current; /* {id: line} of the journal that is being read */
	uint64_t count;  /* of those before it */
	json_t *differing;
};

/* ---- what follows from how many ---- */

/* The probability of at most @most in @of, each with the probability @share,
 * 0 < @share < 1. */
static double at_most(uint64_t most, uint64_t of, double share)
{
	double chance = (double)of * log1p(-share); /* its logarithm, of 0 */
	double sum = exp(chance);
	uint64_t i;

	for (i = 1; i <= most; i++) {
		chance += log((double)(of - i + 1)) - log((double)i) +
			  log(share) - log1p(-share);
		sum += exp(chance);
	}
	return sum;
}

double audit_bound(uint64_t differing, uint64_t of)
{
	double low = 0, high = 1, middle;
	int i;

	CHECK(of >= 1 && differing <= of);
	if (differing == 0)
		return 1 - pow(AUDIT_DOUBT, 1 / (double)of);
	if (differing == of)
		return 1;
	for (i = 0; i < BISECTIONS; i++) {
		middle = (low + high) / 2;
		if (at_most(differing, of, middle) > AUDIT_DOUBT)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* ---- out of journals ---- */

struct audit *audit_new(void)
{
	struct audit *audit = calloc(1, sizeof *audit);

	ENOUGH(audit);
	audit->current = json_object();
	audit->differing = json_array();
	ENOUGH(audit->current && audit->differing);
	return audit;
}

void audit_free(struct audit *audit)
{
	if (!audit)
		return;
	json_decref(audit->current);
	json_decref(audit->differing);
	free(audit);
}

void audit_take(struct audit *audit, const struct journal_entry *entry)
{
	const char *id = report_string(entry->json, "id");

	if (entry->kind == JOURNAL_GRADED)
		(void)json_object_del(audit->current, id);
	else if (entry->kind == JOURNAL_AUDIT)
		report_set(audit->current, id, json_incref(entry->json));
}

void audit_end(struct audit *audit)
{
	const char *id;
	json_t *line;

	json_object_foreach (audit->current, id, line) {
		audit->count++;
		if (!json_is_true(json_object_get(line, "same")))
			report_append(audit->differing, json_incref(line));
	}
	(void)json_object_clear(audit->current);
}

/* ---- told ---- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(report_string(*(json_t *const *)a, "id"),
		      report_string(*(json_t *const *)b, "id"));
}

/* Whichever of them was done first. */
static json_t *differing_json(const json_t *lines)
{
	size_t count = json_array_size(lines), i;
	json_t **sorted = calloc(count + 1, sizeof *sorted);
	json_t *array = json_array(), *object;

	ENOUGH(sorted);
	for (i = 0; i < count; i++)
		sorted[i] = json_array_get(lines, i);
	qsort(sorted, count, sizeof *sorted, compare_lines);
	for (i = 0; i < count; i++) {
		object = json_object();
		report_set(object, "submission",
			   report_value(json_object_get(sorted[i], "id")));
		report_set(object, "tests",
			   report_list(json_object_get(sorted[i], "tests")));
		report_append(array, object);
	}
	free(sorted);
	return array;
}

/* Takes @differing. */
static json_t *told(uint64_t count, json_t *differing)
{
	uint64_t others = json_array_size(differing);
	json_t *object = json_object(), *bound = json_null();

	if (count > others)
		bound = json_real(round(audit_bound(others, count) * 10000) /
				  10000);
	report_set(object, "graded_twice", report_count(count));
	report_set(object, "differing", differing);
	report_set(object, "flaky_below", bound);
	report_set(object, "confidence", json_real(1 - AUDIT_DOUBT));
	return object;
}

json_t *audit_json(const struct audit *audit)
{
	return told(audit->count, differing_json(audit->differing));
}

json_t *audit_sum(const json_t *one, const json_t *other)
{
	json_t *differing = json_array();
	json_int_t count =
		json_integer_value(json_object_get(one, "graded_twice")) +
		json_integer_value(json_object_get(other, "graded_twice"));

	ENOUGH(differing);
	CHECK(json_array_extend(differing, json_object_get(one, "differing")) ==
	      0);
	CHECK(json_array_extend(differing,
				json_object_get(other, "differing")) == 0);
	return told((uint64_t)count, differing);
}

static void tell_differing(const json_t *differing, FILE *out)
{
	AUTO_FREE char *id = text_line(
		report_string_or(differing, "submission", "?"));
	const char *separator = ": ";
	const json_t *test;
	size_t i;

	(void)fprintf(out, "    %s", id);
	json_array_foreach (json_object_get(differing, "tests"), i, test) {
		const char *name = json_string_value(test);
		AUTO_FREE char *line = text_line(name ? name : "?");

		(void)fprintf(out, "%s%s", separator, line);
		separator = ", ";
	}
	(void)fputc('\n', out);
}

char *audit_words(const json_t *json)
{
	const json_t *differing = json_object_get(json, "differing"), *one;
	const json_t *bound = json_object_get(json, "flaky_below");
	json_int_t of = json_integer_value(
		json_object_get(json, "graded_twice"));
	char *text = NULL;
	size_t size = 0, i;
	FILE *out;

	if (of == 0)
		return text_format("nothing was graded twice, see --audit\n");
	out = open_memstream(&text, &size);
	ENOUGH(out);
	(void)fprintf(out, "%zu of %lld graded twice differ",
		      json_array_size(differing), of);
	if (json_is_number(bound))
		(void)fprintf(out,
			      ": fewer than %.1f %% flaky with %.0f %% "
			      "confidence",
			      json_number_value(bound) * 100,
			      (1 - AUDIT_DOUBT) * 100);
	(void)fputc('\n', out);
	json_array_foreach (differing, i, one)
		tell_differing(one, out);
	text_stream_close(out, &text);
	return text;
}
