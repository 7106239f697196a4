/*
 * resume.c - see resume.h
 */
#include "resume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "exercise.h"
#include "report.h"
#include "report_member.h"
#include "report_parts.h"
#include "report_place.h"
#include "submission.h"
#include "text.h"

/* ---- options ---- */

static int compare(const json_t *was, const char *now, const char *option,
		   struct error *err)
{
	const char *text = json_string_value(was);

	if (!text && !now)
		return 0;
	if (text && now && strcmp(text, now) == 0)
		return 0;
	if (strcmp(option, "--hidden") == 0)
		return error_set(err, EINVAL,
				 "the batch was begun with %s secret",
				 !text ? "no"
				 : now ? "another"
				       : "a --hidden");
	return error_set(err, EINVAL, "the batch was begun with%s %s%s%s",
			 text ? "" : "out", option, text ? " " : "",
			 text ? text : "");
}

int resume_check(const json_t *batch, const struct journal_batch *now,
		 struct error *err)
{
	const json_t *options = json_object_get(batch, "options");
	const struct {
		const json_t *was;
		const char *now, *option;
	} all[] = {
		{ json_object_get(options, "exercise"), now->exercise,
		  "--exercise" },
		{ json_object_get(options, "language"), now->language,
		  "--lang" },
		{ json_object_get(options, "hidden"), now->hidden, "--hidden" },
		{ json_object_get(options, "require"), now->require,
		  "--require" },
		{ json_object_get(batch, "shard"), now->shard, "--shard" },
		{ json_object_get(batch, "regrade_of"), now->regrade_of,
		  "--regrade" },
	};
	json_int_t total = json_integer_value(json_object_get(batch, "total"));
	const char *ids = json_string_value(json_object_get(batch, "ids"));
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (compare(all[i].was, all[i].now, all[i].option, err) < 0)
			return -err->code;
	if ((uint64_t)total != now->total)
		return error_set(err, EINVAL,
				 "the batch was begun with %lld submissions, "
				 "not %llu",
				 total, (unsigned long long)now->total);
	if (ids && now->ids && strcmp(ids, now->ids) != 0)
		return error_set(err, EINVAL,
				 "the batch was begun with other submissions, "
				 "or in another order");
	return 0;
}

/* ---- what the journal says ---- */

/* {id: which of the plan} */
static json_t *index_of(const struct plan *plan)
{
	json_t *index = json_object();
	size_t i;

	ENOUGH(index);
	for (i = 0; i < plan->count; i++)
		report_set(index, plan_id(plan, i), report_count(i));
	return index;
}

static int find_graded(struct plan *plan, const json_t *index,
		       const struct journal_entry *entry, struct error *err)
{
	const char *id = report_string(entry->json, "id");
	const char *path = report_string(entry->json, "path");
	const json_t *which = json_object_get(index, id);
	size_t i = (size_t)json_integer_value(which);
	AUTO_FREE char *given = which ? plan_path(plan, i) : NULL;
	AUTO_FREE char *planned = NULL;

	if (given) {
		planned = text_clean(given, strlen(given), SIZE_MAX);
		if (strcmp(planned, path) == 0) {
			plan_graded(plan, i, entry->offset);
			return 0;
		}
	}
	return error_set(err, EINVAL,
			 "the batch was begun with other submissions: %s is %s "
			 "in it",
			 path, id);
}

static int read_journal(const char *dir, struct plan *plan,
			struct journal_reader **ret, struct error *err)
{
	json_auto_t *index = index_of(plan);
	struct journal_entry entry;
	int r = journal_reader_open(dir, ret, err), found = 0;

	if (r < 0)
		return r;
	while (found == 0 && (r = journal_read(*ret, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED)
			found = find_graded(plan, index, &entry, err);
		json_decref(entry.json);
	}
	if (r >= 0 && found == 0)
		return 0;
	journal_reader_close(*ret);
	return -err->code;
}

/* ---- what still holds ---- */

struct resume {
	const struct resume_options *options;
	struct journal_reader *reader;
	json_t *digests; /* {exercise: its digest now} */
	struct progress *progress;
};

static int load_digest(const struct resume *resume, const char *id,
		       struct error *err)
{
	struct exercise *exercise;
	int r;

	if (json_object_get(resume->digests, id))
		return 0;
	r = exercise_load(resume->options->exercises, id, &exercise, err);
	if (r < 0)
		return r;
	report_set(resume->digests, id, report_text(exercise->digest));
	exercise_free(exercise);
	return 0;
}

/* A half of a batch by one exercise and a half by another is none. */
static int check_exercise(const struct resume *resume, const json_t *report,
			  struct error *err)
{
	const json_t *exercise = json_object_get(report, "exercise");
	const char *id = json_string_value(json_object_get(exercise, "id"));
	int r;

	if (!id)
		return 0;
	r = load_digest(resume, id, err);
	if (r < 0)
		return r;
	if (json_equal(json_object_get(exercise, "digest"),
		       json_object_get(resume->digests, id)))
		return 0;
	return error_set(err, EINVAL,
			 "exercise %s has changed since the batch was begun "
			 "(by its version %s)",
			 id, report_string_or(exercise, "version", "?"));
}

/* Whether @report is the one that the journal's line was written for. */
static bool is_intact(const json_t *report, const json_t *line)
{
	const json_t *verdict = json_object_get(report, "verdict");
	const char *digest = report_string_or(report, "verdict_digest",
					      "no digest");
	char hex[65];

	if (!verdict)
		return false;
	report_verdict_digest(verdict, hex);
	return strcmp(hex, digest) == 0 &&
	       report_is(line, "verdict_digest", hex);
}

/* NULL: nothing speaks against it; else why it is to be graded again. */
static const char *objection(const char *path, const json_t *entry,
			     const json_t *report)
{
	struct submission *submission;
	struct error unread = { 0 };
	const char *why = NULL;

	if (!report)
		return "its report is not there or damaged";
	if (!is_intact(report, json_object_get(entry, "line")))
		return "its report is not the one that was written";
	if (submission_read(path, &submission, &unread) < 0)
		return "it cannot be read any more";
	if (!report_is(entry, "content", submission->content))
		why = "it has changed since";
	submission_free(submission);
	return why;
}

static void count(struct progress *progress, const json_t *entry)
{
	const char *status = report_string(json_object_get(entry, "line"),
					   "status");
	enum verdict verdict;

	progress->before++;
	for (verdict = VERDICT_PASS; verdict < VERDICT_MAX; verdict++)
		if (strcmp(status, verdict_name(verdict)) == 0)
			progress->verdicts[verdict]++;
}

static int look_at(struct resume *resume, struct plan *plan, size_t i,
		   struct error *err)
{
	const struct resume_options *options = resume->options;
	const char *id = plan_id(plan, i);
	AUTO_FREE char *name = report_place(options->dir, id);
	AUTO_FREE char *path = plan_path(plan, i);
	json_auto_t *entry = journal_read_at(resume->reader,
					     plan_graded_at(plan, i));
	json_auto_t *report = json_load_file(name, 0, NULL);
	const char *why;

	if (report && check_exercise(resume, report, err) < 0)
		return -err->code;
	why = objection(path, entry, report);
	if (why) {
		options->again(options->data, id, why);
		return 0;
	}
	plan->items[i].skip = true;
	count(resume->progress, entry);
	return 0;
}

int resume_plan(const struct resume_options *options, struct plan *plan,
		struct progress *progress, struct error *err)
{
	struct resume resume = { .options = options, .progress = progress };
	size_t i;
	int r = read_journal(options->dir, plan, &resume.reader, err);

	if (r < 0)
		return r;
	resume.digests = json_object();
	ENOUGH(resume.digests);
	for (i = 0; r == 0 && i < plan->count; i++)
		if (plan_graded_at(plan, i) && !plan->items[i].skip)
			r = look_at(&resume, plan, i, err);
	json_decref(resume.digests);
	journal_reader_close(resume.reader);
	return r;
}
