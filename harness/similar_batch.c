#include "similar_batch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "exercise.h"
#include "journal.h"
#include "report_member.h"
#include "report_parts.h"
#include "similar.h"
#include "similar_match.h"
#include "submission.h"
#include "text.h"

/* ---- what was graded ---- */

static int compare_id(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The keys of @object, in an order that is not that of who was done first.
 * free() it; they are the object's. */
static const char **sorted_ids(json_t *object)
{
	const char **ids = calloc(json_object_size(object) + 1, sizeof *ids);
	size_t count = 0;
	const char *id;
	json_t *value;

	ENOUGH(ids);
	json_object_foreach (object, id, value)
		ids[count++] = id;
	qsort(ids, count, sizeof *ids, compare_id);
	return ids;
}

/* {exercise: {id: the journal's last line of it}} */
static int read_journal(const char *folder, json_t **ret, struct error *err)
{
	json_auto_t *last = json_object(), *groups = json_object();
	struct journal_reader *reader;
	struct journal_entry entry;
	const char *id;
	json_t *line;
	int r = journal_reader_open(folder, &reader, err);

	ENOUGH(last && groups);
	if (r < 0)
		return r;
	while ((r = journal_read(reader, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED)
			report_set(last, report_string(entry.json, "id"),
				   json_incref(entry.json));
		json_decref(entry.json);
	}
	journal_reader_close(reader);
	if (r < 0)
		return r;
	json_object_foreach (last, id, line) {
		const char *exercise = report_string(
			json_object_get(line, "line"), "exercise");
		json_t *group = json_object_get(groups, exercise);

		if (!group) {
			group = json_object();
			ENOUGH(group);
			report_set(groups, exercise, group);
		}
		report_set(group, id, json_incref(line));
	}
	*ret = json_incref(groups);
	return 0;
}

/* ---- what was handed in ---- */

struct comparison {
	const struct similar_options *options;
	const struct exercise *exercise;
	struct similar *similar;
	json_t *compared; /* [the journal's line of each number] */
	json_t *left_out; /* [{"submission","why"}] */
	size_t unread;
};

static void leave_out(struct comparison *comparison, const json_t *line,
		      const char *why)
{
	json_t *entry = json_object();

	ENOUGH(entry);
	report_set(entry, "submission", report_text(report_string(line, "id")));
	report_set(entry, "why", report_text(why));
	report_append(comparison->left_out, entry);
}

/* NULL: not what was graded, and @why says so. */
static struct submission *read_again(const json_t *line, const char **why)
{
	struct submission *submission = NULL;
	struct error unread = { 0 };

	if (submission_read(report_string(line, "path"), &submission, &unread) <
	    0) {
		*why = "could not be read where it was graded from";
		return NULL;
	}
	if (report_is(line, "content", submission->content))
		return submission;
	submission_free(submission);
	*why = "has changed since it was graded";
	return NULL;
}

static bool is_candidates(const struct exercise *exercise, const char *path)
{
	size_t i;

	for (i = 0; i < exercise->language_count; i++)
		if (string_list_has(exercise->languages[i].required, path) ||
		    string_list_has(exercise->languages[i].optional, path))
			return true;
	return false;
}

/* Those of @files that are source, and a candidate's unless @exercise is NULL.
 * A file's number is its place in the set. */
static int take_tokens(const struct exercise *exercise,
		       const struct fileset *files, struct tokens *tokens,
		       struct error *err)
{
	size_t i;

	for (i = 0; i < files->count && i < TOKENS_FILES_MAX; i++) {
		const struct file *file = &files->files[i];
		enum tokens_language language = tokens_language(file->path);
		AUTO_FREE char *text = NULL;

		if (language == TOKENS_NONE ||
		    (exercise && !is_candidates(exercise, file->path)))
			continue;
		text = file_read(file);
		if (!text)
			return error_set(err, EIO, "%s: cannot be read",
					 file->path);
		tokens_add(tokens, language, (unsigned)i, text, file->size);
	}
	return 0;
}

static int exclude(struct similar *similar, const struct fileset *files,
		   struct error *err)
{
	struct tokens tokens = { .items = NULL };
	int r = take_tokens(NULL, files, &tokens, err);

	if (r == 0)
		similar_exclude(similar, &tokens);
	tokens_release(&tokens);
	return r;
}

static int exclude_exercise(struct similar *similar,
			    const struct exercise *exercise, struct error *err)
{
	int r = exclude(similar, &exercise->kit, err);
	size_t i;

	if (r == 0)
		r = exclude(similar, &exercise->driver, err);
	for (i = 0; r == 0 && i < exercise->language_count; i++)
		r = exclude(similar, &exercise->languages[i].starter, err);
	return r;
}

static int add_one(struct comparison *comparison, json_t *line,
		   struct error *err)
{
	struct tokens tokens = { .items = NULL };
	const char *why = NULL;
	struct submission *submission = read_again(line, &why);
	int r = 0;

	if (!submission) {
		comparison->unread++;
		leave_out(comparison, line, why);
		return 0;
	}
	if (submission->rejected) {
		leave_out(comparison, line, "was rejected");
	} else {
		r = take_tokens(comparison->exercise, &submission->files,
				&tokens, err);
		if (r == 0) {
			(void)similar_add(comparison->similar, &tokens);
			report_append(comparison->compared, json_incref(line));
		}
		tokens_release(&tokens);
	}
	submission_free(submission);
	return r;
}

static void leave_out_small(struct comparison *comparison)
{
	json_t *line;
	size_t i;

	json_array_foreach (comparison->compared, i, line)
		if (!similar_is_compared(comparison->similar, i))
			leave_out(comparison, line,
				  "has too little code of its own");
}

/* ---- pairs ---- */

static json_t *tell_lines(const struct similar_lines *lines,
			  const struct fileset *files)
{
	json_t *told = json_object();

	ENOUGH(told);
	report_set(told, "file", report_text(files->files[lines->file].path));
	report_set(told, "from", report_count(lines->first));
	report_set(told, "to", report_count(lines->last));
	return told;
}

static json_t *tell_regions(const struct similar *similar,
			    const struct tokens tokens[2],
			    const struct fileset *const files[2])
{
	struct similar_matches matches;
	json_t *regions = json_array(), *region;
	size_t i;

	ENOUGH(regions);
	similar_match(similar, &tokens[0], &tokens[1], &matches);
	for (i = 0; i < matches.count; i++) {
		const struct similar_match *match = &matches.items[i];

		region = json_object();
		ENOUGH(region);
		report_set(region, "tokens", report_count(match->tokens));
		report_set(region, "first",
			   tell_lines(&match->lines[0], files[0]));
		report_set(region, "second",
			   tell_lines(&match->lines[1], files[1]));
		report_append(regions, region);
	}
	free(matches.items);
	return regions;
}

static json_t *tell_pair(const struct comparison *comparison,
			 const struct similar_pair *pair,
			 json_t *const lines[2])
{
	json_t *told = json_object(), *own = json_array();

	ENOUGH(told && own);
	report_set(told, "first", report_text(report_string(lines[0], "id")));
	report_set(told, "second", report_text(report_string(lines[1], "id")));
	report_set(told, "share", report_decimal(pair->share));
	report_set(told, "shared", report_count(pair->shared));
	report_append(own, report_count(similar_own(comparison->similar,
						    pair->first)));
	report_append(own, report_count(similar_own(comparison->similar,
						    pair->second)));
	report_set(told, "own", own);
	return told;
}

/* Both are read once more: not all of a batch is in memory. */
static int add_pair(const struct comparison *comparison,
		    const struct similar_pair *pair, json_t *pairs,
		    struct error *err)
{
	const struct similar_options *options = comparison->options;
	json_t *const lines[2] = {
		json_array_get(comparison->compared, pair->first),
		json_array_get(comparison->compared, pair->second),
	};
	struct submission *submissions[2] = { NULL, NULL };
	struct tokens tokens[2] = { { .items = NULL }, { .items = NULL } };
	json_auto_t *told = tell_pair(comparison, pair, lines);
	const char *why = NULL;
	size_t side;
	int r = 0;

	for (side = 0; r == 0 && side < 2; side++) {
		submissions[side] = read_again(lines[side], &why);
		if (!submissions[side])
			r = error_set(err, EIO, "%s %s",
				      report_string(lines[side], "path"), why);
		else
			r = take_tokens(comparison->exercise,
					&submissions[side]->files,
					&tokens[side], err);
	}
	if (r == 0) {
		const struct fileset *const files[2] = {
			&submissions[0]->files, &submissions[1]->files
		};

		report_set(told, "regions",
			   tell_regions(comparison->similar, tokens, files));
		report_append(pairs, json_incref(told));
		if (options->pair)
			r = options->pair(options->data, told, files, err);
	}
	for (side = 0; side < 2; side++) {
		tokens_release(&tokens[side]);
		submission_free(submissions[side]);
	}
	return r;
}

/* ---- one exercise ---- */

static int rank(struct comparison *comparison, json_t *told, struct error *err)
{
	struct similar_ranking ranking;
	json_t *pairs = json_array();
	size_t small = json_array_size(comparison->left_out), i;
	int r = 0;

	ENOUGH(pairs);
	report_set(told, "pairs", pairs);
	similar_rank(comparison->similar, SIMILAR_PAIRS_MAX, &ranking);
	leave_out_small(comparison);
	small = json_array_size(comparison->left_out) - small;
	for (i = 0; r == 0 && i < ranking.count; i++)
		if (ranking.pairs[i].share >= SIMILAR_SHARE_MIN)
			r = add_pair(comparison, &ranking.pairs[i], pairs, err);
	report_set(told, "compared",
		   report_count(json_array_size(comparison->compared) - small));
	report_set(told, "usual", report_decimal(ranking.usual));
	report_set(told, "common",
		   report_count(similar_common(comparison->similar)));
	report_set(told, "not_compared", json_incref(comparison->left_out));
	free(ranking.pairs);
	return r;
}

static int compare_group(const struct similar_options *options,
			 const char *exercise_id, json_t *group,
			 json_t *exercises, size_t *unread, struct error *err)
{
	struct comparison comparison = { .options = options };
	struct exercise *exercise = NULL;
	AUTO_FREE const char **ids = sorted_ids(group);
	json_t *told = json_object();
	size_t i;
	int r;

	ENOUGH(told);
	report_append(exercises, told);
	report_set(told, "exercise", report_text(exercise_id));
	report_set(told, "submissions", report_count(json_object_size(group)));
	r = exercise_load(options->exercises, exercise_id, &exercise, err);
	if (r < 0)
		return r;
	comparison.exercise = exercise;
	comparison.similar = similar_new();
	comparison.compared = json_array();
	comparison.left_out = json_array();
	ENOUGH(comparison.compared && comparison.left_out);
	r = exclude_exercise(comparison.similar, exercise, err);
	for (i = 0; r == 0 && ids[i]; i++)
		r = add_one(&comparison, json_object_get(group, ids[i]), err);
	if (r == 0)
		r = rank(&comparison, told, err);
	*unread += comparison.unread;
	json_decref(comparison.compared);
	json_decref(comparison.left_out);
	similar_free(comparison.similar);
	exercise_free(exercise);
	return r;
}

int similar_batch(const struct similar_options *options, json_t **ret,
		  struct error *err)
{
	json_auto_t *groups = NULL;
	json_auto_t *document = json_object();
	json_t *exercises = json_array(), *group;
	size_t unread = 0, total = 0;
	const char *id;
	int r = read_journal(options->folder, &groups, err);

	ENOUGH(document && exercises);
	report_set(document, "similarity_version",
		   report_count(SIMILARITY_VERSION));
	report_set(document, "exercises", exercises);
	if (r < 0)
		return r;
	json_object_foreach (groups, id, group) {
		/* Rejected before anybody could tell what they are for. */
		if (!*id)
			continue;
		total += json_object_size(group);
		r = compare_group(options, id, group, exercises, &unread, err);
		if (r < 0)
			return r;
	}
	if (total > 0 && unread == total)
		return error_set(err, EINVAL,
				 "%s: not one of its %zu submissions is still "
				 "where and what it was when it was graded; "
				 "paths are as \"assay grade\" was given them",
				 options->folder, total);
	*ret = json_incref(document);
	return 0;
}
