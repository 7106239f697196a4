#include "merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "journal.h"
#include "merge_parts.h"
#include "report_member.h"
#include "report_parts.h"
#include "report_place.h"
#include "shard.h"
#include "text.h"

struct merge *merge_new(void)
{
	struct merge *merge = calloc(1, sizeof *merge);

	ENOUGH(merge);
	merge->ids = json_object();
	merge->exercises = json_object();
	merge->environment = json_object();
	merge->errors = json_array();
	ENOUGH(merge->ids && merge->exercises && merge->environment &&
	       merge->errors);
	return merge;
}

void merge_free(struct merge *merge)
{
	if (!merge)
		return;
	json_decref(merge->batch);
	json_decref(merge->ids);
	json_decref(merge->exercises);
	json_decref(merge->environment);
	json_decref(merge->errors);
	free(merge->dirs);
	free(merge);
}

size_t merge_graded(const struct merge *merge)
{
	return json_object_size(merge->ids);
}

const json_t *merge_errors(const struct merge *merge)
{
	return merge->errors;
}

const json_t *merge_environment(const struct merge *merge)
{
	return merge->environment;
}

/* ---- one batch? ---- */

static int differs(const char *dir, const char *first, const char *what,
		   const char *fix, struct error *err)
{
	return error_set(err, EINVAL, "%s: %s than in %s%s", dir, what, first,
			 fix);
}

static bool same_at(const json_t *one, const json_t *other, const char *key)
{
	return json_equal(json_object_get(one, key),
			  json_object_get(other, key)) ||
	       json_object_get(one, key) == json_object_get(other, key);
}

/* Whether @batch is of the batch that @merge has shards of already. */
static int check_batch(const struct merge *merge, const char *dir,
		       const json_t *batch, struct error *err)
{
	const json_t *first = merge->batch;
	const char *where = merge->first;

	if (!same_at(batch, first, "assay"))
		return differs(dir, where, "another version of assay", "", err);
	if (!same_at(batch, first, "options"))
		return differs(dir, where, "other options",
			       " (--exercise, --lang, --hidden, --require)",
			       err);
	if (!same_at(batch, first, "total") || !same_at(batch, first, "ids"))
		return differs(dir, where, "another list of submissions", "",
			       err);
	if (!same_at(batch, first, "regrade_of"))
		return differs(dir, where, "a regrade of something else", "",
			       err);
	return 0;
}

static int take_place(struct merge *merge, const char *dir,
		      const struct shard *shard, struct error *err)
{
	if (!merge->dirs) {
		merge->of = shard->of;
		merge->first = dir;
		merge->dirs = calloc(shard->of, sizeof *merge->dirs);
		ENOUGH(merge->dirs);
	}
	if (shard->of != merge->of)
		return error_set(err, EINVAL,
				 "%s: is shard %zu/%zu, of a batch that was "
				 "split into %zu elsewhere",
				 dir, shard->part, shard->of, merge->of);
	if (merge->dirs[shard->part - 1])
		return error_set(
			err, EINVAL, "%s: is shard %zu/%zu, and so is %s", dir,
			shard->part, shard->of, merge->dirs[shard->part - 1]);
	merge->dirs[shard->part - 1] = dir;
	return 0;
}

/* ---- its reports ---- */

/* What must be one in all reports, in @seen by @key. */
static int check_exercise(struct merge *merge, const char *path,
			  const json_t *report, struct error *err)
{
	const json_t *exercise = json_object_get(report, "exercise");
	const char *id = report_string(exercise, "id");
	const char *digest = report_string(exercise, "digest");
	const char *seen = report_string(merge->exercises, id);

	if (!json_is_object(exercise))
		return 0;
	if (!*seen)
		report_set(merge->exercises, id, report_text(digest));
	else if (strcmp(seen, digest) != 0)
		return error_set(err, EINVAL,
				 "%s: another version of exercise %s than in "
				 "reports before (digest %.12s, not %.12s)",
				 path, id, digest, seen);
	return 0;
}

static void note_value(struct merge *merge, const char *what,
		       const json_t *value, const char *dir)
{
	json_t *values = json_object_get(merge->environment, what);

	if (!json_is_string(value))
		return;
	if (!values) {
		values = json_object();
		report_set(merge->environment, what, values);
	}
	if (!json_object_get(values, json_string_value(value)))
		report_set(values, json_string_value(value), report_text(dir));
}

static void note_environment(struct merge *merge, const char *dir,
			     const json_t *report)
{
	const json_t *environment = json_object_get(report, "environment");

	note_value(merge, "compiler", json_object_get(environment, "compiler"),
		   dir);
	note_value(merge, "libc", json_object_get(environment, "libc"), dir);
	note_value(merge, "isolation",
		   json_object_get(json_object_get(environment, "isolation"),
				   "level"),
		   dir);
}

static int check_report(struct merge *merge, const char *dir, const char *id,
			const json_t *line, struct error *err)
{
	AUTO_FREE char *path = report_place(dir, id);
	json_error_t where;
	json_auto_t *report = json_load_file(path, 0, &where);

	if (strchr(id, '/') || !report)
		return error_set(err, EINVAL, "%s: %s", path,
				 report ? "no name of a report" : where.text);
	if (strcmp(report_string(report, "verdict_digest"),
		   report_string(line, "verdict_digest")) != 0)
		return error_set(err, EINVAL,
				 "%s: has another verdict than the journal "
				 "beside it tells of",
				 path);
	note_environment(merge, dir, report);
	return check_exercise(merge, path, report, err);
}

/* ---- its journal ---- */

/* What of a shard has been read so far. */
struct reading {
	const char *dir;
	json_t *graded; /* {id: line} */
	json_t *errors; /* since it was last started */
	bool ended;
};

static void read_line(struct reading *reading,
		      const struct journal_entry *entry)
{
	json_t *json = entry->json;

	if (entry->kind == JOURNAL_GRADED) {
		report_set(reading->graded, report_string(json, "id"),
			   report_value(json_object_get(json, "line")));
	} else if (entry->kind == JOURNAL_ERROR) {
		report_append(reading->errors, json_incref(json));
	} else if (entry->kind == JOURNAL_RESUMED) {
		(void)json_array_clear(reading->errors);
		reading->ended = false;
	} else if (entry->kind == JOURNAL_END) {
		reading->ended = true;
	}
	json_decref(json);
}

static int read_lines(struct reading *reading, struct journal_reader *reader,
		      struct error *err)
{
	struct journal_entry entry;
	int r;

	while ((r = journal_read(reader, &entry, err)) > 0)
		read_line(reading, &entry);
	return r;
}

static int check_finished(const struct reading *reading,
			  const struct shard *shard, uint64_t total,
			  struct error *err)
{
	size_t own = shard_count(shard, total);
	size_t done = json_object_size(reading->graded) +
		      json_array_size(reading->errors);

	if (reading->ended && done >= own)
		return 0;
	return error_set(err, EINVAL,
			 "%s: shard %zu/%zu is not finished, %zu of %zu are "
			 "graded: run it again with --resume",
			 reading->dir, shard->part, shard->of,
			 json_object_size(reading->graded), own);
}

static int check_reports(struct merge *merge, const struct reading *reading,
			 struct error *err)
{
	const char *id;
	json_t *line;
	int r = 0;

	json_object_foreach (reading->graded, id, line) {
		if (json_object_get(merge->ids, id))
			return error_set(err, EINVAL,
					 "%s: has %s, and another shard too",
					 reading->dir, id);
		report_set(merge->ids, id, json_true());
		r = check_report(merge, reading->dir, id, line, err);
		if (r < 0)
			return r;
	}
	(void)json_array_extend(merge->errors, reading->errors);
	return 0;
}

static int add_shard(struct merge *merge, struct reading *reading,
		     struct journal_reader *reader, struct error *err)
{
	const json_t *batch = journal_reader_batch(reader);
	struct shard shard;
	uint64_t total = (uint64_t)json_integer_value(
		json_object_get(batch, "total"));
	int r;

	if (!shard_parse(report_string(batch, "shard"), &shard))
		return error_set(err, EINVAL,
				 "%s: is no shard, it was graded without "
				 "--shard",
				 reading->dir);
	r = take_place(merge, reading->dir, &shard, err);
	if (r == 0 && merge->batch)
		r = check_batch(merge, reading->dir, batch, err);
	if (r < 0)
		return r;
	if (!merge->batch)
		merge->batch = json_incref((json_t *)(uintptr_t)batch);
	r = read_lines(reading, reader, err);
	if (r == 0)
		r = check_finished(reading, &shard, total, err);
	return r == 0 ? check_reports(merge, reading, err) : r;
}

int merge_add(struct merge *merge, const char *dir, struct error *err)
{
	struct reading reading = { .dir = dir,
				   .graded = json_object(),
				   .errors = json_array() };
	struct journal_reader *reader = NULL;
	int r = journal_reader_open(dir, &reader, err);

	ENOUGH(reading.graded && reading.errors);
	if (r == 0)
		r = add_shard(merge, &reading, reader, err);
	journal_reader_close(reader);
	json_decref(reading.graded);
	json_decref(reading.errors);
	return r;
}

int merge_complete(const struct merge *merge, struct error *err)
{
	size_t i, missing = 0, size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	for (i = 0; i < merge->of; i++) {
		if (merge->dirs[i])
			continue;
		(void)fprintf(out, "%s%zu/%zu", missing++ ? ", " : "", i + 1,
			      merge->of);
	}
	text_stream_close(out, &text);
	if (missing > 0)
		(void)error_set(err, EINVAL, "%s missing: %s",
				missing == 1 ? "a shard is" : "shards are",
				text);
	free(text);
	return missing > 0 ? -EINVAL : 0;
}
