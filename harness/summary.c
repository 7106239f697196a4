/*
 * summary.c - see summary.h
 */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>
#include <assay/verdict.h>

#include "audit.h"
#include "journal.h"
#include "report_file.h"
#include "report_member.h"
#include "report_parts.h"
#include "summary_parts.h"
#include "text.h"
#include "texts.h"

#define SUMMARY_VERSION 1
#define FIRST_ROOM 64
#define SOURCES_MASK 0xffffffu /* a folder of each is open: never so many */
#define VERDICT_MASK 0x7fu

/* One "graded" line; of many, so little of each. */
struct place_in {
	uint64_t offset;
	uint32_t id;            /* in the texts */
	unsigned source : 24;   /* which journal */
	unsigned verdict : 7;   /* VERDICT_MAX: of none that is known */
	unsigned undecided : 1; /* has points that nobody decided */
};

struct summary {
	struct journal_reader **sources;
	unsigned source_count;
	struct texts texts;
	struct place_in *places; /* sorted by id */
	size_t count;
	size_t room;
	struct audit *audit;
};

struct summary *summary_new(void)
{
	struct summary *summary = calloc(1, sizeof *summary);

	ENOUGH(summary);
	summary->audit = audit_new();
	return summary;
}

void summary_free(struct summary *summary)
{
	size_t i;

	if (!summary)
		return;
	texts_release(&summary->texts);
	for (i = 0; i < summary->source_count; i++)
		journal_reader_close(summary->sources[i]);
	free(summary->sources);
	free(summary->places);
	audit_free(summary->audit);
	free(summary);
}

static const char *id_of(const struct summary *summary,
			 const struct place_in *place)
{
	return texts_at(&summary->texts, place->id);
}

size_t summary_count(const struct summary *summary)
{
	return summary->count;
}

const char *summary_id(const struct summary *summary, size_t i)
{
	return id_of(summary, &summary->places[i]);
}

/* ---- taking journals in ---- */

static enum verdict verdict_of(const json_t *line)
{
	const char *status = report_string(line, "status");
	enum verdict verdict;

	for (verdict = VERDICT_PASS; verdict < VERDICT_MAX; verdict++)
		if (strcmp(status, verdict_name(verdict)) == 0)
			break;
	return verdict;
}

static void add_place(struct summary *summary,
		      const struct journal_entry *entry)
{
	const json_t *line = json_object_get(entry->json, "line");
	const char *id = report_string(entry->json, "id");

	if (summary->count == summary->room) {
		summary->room = summary->room ? 2 * summary->room : FIRST_ROOM;
		summary->places = reallocarray(summary->places, summary->room,
					       sizeof *summary->places);
		ENOUGH(summary->places);
	}
	summary->places[summary->count++] = (struct place_in){
		.id = texts_add(&summary->texts, id, strlen(id)),
		.offset = entry->offset,
		.source = (summary->source_count - 1) & SOURCES_MASK,
		.verdict = (unsigned)verdict_of(line) & VERDICT_MASK,
		.undecided = json_number_value(
				     json_object_get(line, "undecided")) > 0,
	};
}

static int compare_places(const void *a, const void *b, void *data)
{
	const struct place_in *x = a, *y = b;
	int order = strcmp(id_of(data, x), id_of(data, y));

	if (order != 0)
		return order;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* By id, and of the lines of one journal and id the last only. */
static void settle(struct summary *summary)
{
	struct place_in *places = summary->places;
	size_t i, kept = 0;

	if (summary->count == 0)
		return;
	qsort_r(places, summary->count, sizeof *places, compare_places,
		summary);
	for (i = 0; i < summary->count; i++)
		if (i + 1 == summary->count ||
		    places[i].source != places[i + 1].source ||
		    strcmp(id_of(summary, &places[i]),
			   id_of(summary, &places[i + 1])) != 0)
			places[kept++] = places[i];
	summary->count = kept;
}

int summary_read(struct summary *summary, const char *dir, struct error *err)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	int r = journal_reader_open(dir, &reader, err);

	if (r < 0)
		return r;
	summary->sources = reallocarray(summary->sources,
					summary->source_count + 1,
					sizeof(struct journal_reader *));
	ENOUGH(summary->sources);
	summary->sources[summary->source_count++] = reader;
	while ((r = journal_read(reader, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED)
			add_place(summary, &entry);
		audit_take(summary->audit, &entry);
		json_decref(entry.json);
	}
	audit_end(summary->audit);
	settle(summary);
	return r;
}

/* ---- and giving them out ---- */

/* A line that cannot be read any more is still a line, of what is known. */
static json_t *get_line(const void *data, size_t i)
{
	const struct summary *summary = data;
	const struct place_in *place = &summary->places[i];
	json_auto_t *entry = journal_read_at(summary->sources[place->source],
					     place->offset);
	json_t *line = json_object_get(entry, "line");

	if (line)
		return json_incref(line);
	line = json_object();
	report_set(line, "submission", report_text(id_of(summary, place)));
	return line;
}

static struct summary_lines lines_of(const struct summary *summary)
{
	return (struct summary_lines){ summary->count, get_line, summary };
}

json_t *summary_lines_get(const struct summary_lines *lines, size_t i)
{
	return lines->get(lines->data, i);
}

static json_t *totals_json(const struct summary *summary)
{
	size_t counts[VERDICT_MAX + 1] = { 0 }, undecided = 0, decided, i;
	json_t *object = json_object(), *statuses = json_object();
	enum verdict verdict;

	for (i = 0; i < summary->count; i++) {
		counts[summary->places[i].verdict]++;
		undecided += summary->places[i].undecided;
	}
	for (verdict = VERDICT_PASS; verdict < VERDICT_MAX; verdict++)
		if (counts[verdict] > 0)
			report_set(statuses, verdict_name(verdict),
				   report_count(counts[verdict]));
	/* of those that could be decided */
	decided = summary->count - counts[VERDICT_INCONCLUSIVE];
	report_set(object, "submissions", report_count(summary->count));
	report_set(object, "statuses", statuses);
	report_set(object, "pass_rate",
		   decided == 0 ? json_null()
				: report_decimal((double)counts[VERDICT_PASS] /
						 (double)decided));
	report_set(object, "undecided", report_count(undecided));
	return object;
}

static void put_json(const json_t *value, FILE *out)
{
	CHECK(value);
	(void)json_dumpf(value, out, JSON_REAL_PRECISION(15));
}

static int write_json(const struct summary *summary, const char *path,
		      struct error *err)
{
	json_auto_t *totals = totals_json(summary);
	json_auto_t *audit = audit_json(summary->audit);
	struct report_file file;
	int r = report_file_begin(&file, path, err);
	size_t i;

	if (r < 0)
		return r;
	(void)fprintf(
		file.stream,
		"{\n \"summary_version\": %d,\n \"totals\": ", SUMMARY_VERSION);
	put_json(totals, file.stream);
	(void)fputs(",\n \"audit\": ", file.stream);
	put_json(audit, file.stream);
	(void)fputs(",\n \"submissions\": [", file.stream);
	for (i = 0; i < summary->count; i++) {
		json_auto_t *line = get_line(summary, i);

		(void)fputs(i ? ",\n  " : "\n  ", file.stream);
		put_json(line, file.stream);
		report_file_flush(&file);
	}
	(void)fputs(i ? "\n ]\n}\n" : "]\n}\n", file.stream);
	return report_file_end(&file, err);
}

static int write_csv(const struct summary *summary, const char *path,
		     struct error *err)
{
	struct summary_lines lines = lines_of(summary);
	json_auto_t *categories = NULL;
	struct report_file file;
	int r = report_file_begin(&file, path, err);
	size_t i;

	if (r < 0)
		return r;
	categories = summary_csv_head(&lines, file.stream);
	for (i = 0; i < summary->count; i++) {
		json_auto_t *line = get_line(summary, i);

		summary_csv_line(line, categories, file.stream);
		report_file_flush(&file);
	}
	return report_file_end(&file, err);
}

json_t *summary_audit(const struct summary *summary)
{
	return audit_json(summary->audit);
}

int summary_write(const struct summary *summary, const char *dir,
		  struct error *err)
{
	AUTO_FREE char *json_path = text_format("%s/summary.json", dir);
	AUTO_FREE char *csv_path = text_format("%s/summary.csv", dir);
	int r = write_json(summary, json_path, err);

	return r < 0 ? r : write_csv(summary, csv_path, err);
}

void summary_print(const struct summary *summary, FILE *out, bool colour)
{
	struct summary_lines lines = lines_of(summary);
	json_auto_t *totals = totals_json(summary);
	json_auto_t *audit = audit_json(summary->audit);
	AUTO_FREE char *words = audit_words(audit);

	summary_table(&lines, totals, out, colour);
	(void)fputs(words, out);
}
