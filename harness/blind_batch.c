#include "blind_batch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "blind.h"
#include "blind_sources.h"
#include "blind_view.h"
#include "format_parts.h"
#include "journal.h"
#include "names_source.h"
#include "report_parts.h"
#include "text.h"

#define REPORTS "/reports"
#define SHARED_MIN 3 /* submissions that have a word, and more than a third */

struct blind_batch {
	struct blind *blind;
	const struct names_list *names;
	json_t *folders;     /* {RESULTS: {"paths": {ID: PATH}, "parents":
			    {NAME: COUNT}, "shared": words of most}} */
	const char *sources; /* where to write them; NULL: nowhere */
	struct error err;    /* the first of that */
	size_t count, unread, listed;
};

/* ---- where things are ---- */

/* The folder that the file at @path is in. free() it. */
static char *folder_of(const char *path)
{
	AUTO_FREE char *real = realpath(path, NULL);
	const char *whole = real ? real : path;
	const char *slash = strrchr(whole, '/');

	if (!slash)
		return text_format(".");
	return text_format("%.*s", slash == whole ? 1 : (int)(slash - whole),
			   whole);
}

static bool has_journal(const char *folder)
{
	AUTO_FREE char *path = text_format("%s/" JOURNAL_NAME, folder);

	return access(path, F_OK) == 0;
}

/* The results folder of a report, else the folder it is in. free() it. */
static char *results_of(const char *report)
{
	char *folder = folder_of(report);
	size_t size = strlen(folder), end = strlen(REPORTS);
	AUTO_FREE char *above = NULL;

	if (size <= end || strcmp(folder + size - end, REPORTS) != 0)
		return folder;
	above = text_format("%.*s", (int)(size - end), folder);
	if (!has_journal(above))
		return folder;
	free(folder);
	return TAKE_PTR(above);
}

char *blind_batch_place(const char *report)
{
	AUTO_FREE char *folder = results_of(report);

	return text_format("%s/blind", folder);
}

int blind_batch_new(const char *place, const struct names_list *names,
		    struct blind_batch **ret, struct error *err)
{
	struct blind_batch *batch = calloc(1, sizeof *batch);
	int r;

	ENOUGH(batch);
	batch->names = names;
	batch->folders = json_object();
	ENOUGH(batch->folders);
	r = blind_open(place, &batch->blind, err);
	if (r < 0)
		blind_batch_free(batch);
	else
		*ret = batch;
	return r;
}

void blind_batch_free(struct blind_batch *batch)
{
	if (!batch)
		return;
	blind_free(batch->blind);
	json_decref(batch->folders);
	free(batch);
}

/* ---- paths, as journals have them ---- */

/* The last part of the folder that @path is in, "" for none. free() it. */
static char *parent_of(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	while (end > 0 && path[end - 1] != '/')
		end--;
	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/'; start--)
		;
	return text_format("%.*s", (int)(end - start), path + start);
}

static const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void count_up(json_t *counts, const char *key)
{
	json_int_t count = json_integer_value(json_object_get(counts, key));

	report_set(counts, key, json_integer(count + 1));
}

static void count_word(void *data, const char *word)
{
	count_up(data, word);
}

/* Words of more than a third of all are no names of anybody. */
static json_t *shared_words(const json_t *counts, size_t submissions)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *word;
	json_t *count;

	ENOUGH(out);
	json_object_foreach ((json_t *)(uintptr_t)counts, word, count) {
		size_t times = (size_t)json_integer_value(count);

		if (times >= SHARED_MIN && times > submissions / 3)
			(void)fprintf(out, "%s ", word);
	}
	text_stream_close(out, &text);
	{
		AUTO_FREE char *words = text;

		return report_text(words);
	}
}

static void read_journal(json_t *paths, const char *folder)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	struct error err = { 0 };

	if (journal_reader_open(folder, &reader, &err) < 0)
		return;
	while (journal_read(reader, &entry, &err) > 0) {
		const char *id = format_string(entry.json, "id");

		if (entry.kind == JOURNAL_GRADED && *id)
			report_set(
				paths, id,
				report_text(format_string(entry.json, "path")));
		json_decref(entry.json);
	}
	journal_reader_close(reader);
}

/* What the journal in @folder tells, once. */
static const json_t *folder_known(struct blind_batch *batch, const char *folder)
{
	json_t *known = json_object_get(batch->folders, folder);
	json_t *paths, *parents, *path;
	json_auto_t *words = NULL;
	const char *id;

	if (known)
		return known;
	known = json_object();
	paths = json_object();
	parents = json_object();
	words = json_object();
	ENOUGH(known && paths && parents && words);
	read_journal(paths, folder);
	json_object_foreach (paths, id, path) {
		AUTO_FREE char *parent = parent_of(json_string_value(path));

		count_up(parents, parent);
		names_each_word(last_of(json_string_value(path)), count_word,
				words);
	}
	report_set(known, "shared",
		   shared_words(words, json_object_size(paths)));
	report_set(known, "paths", paths);
	report_set(known, "parents", parents);
	report_set(batch->folders, folder, known);
	return known;
}

/* ---- one report ---- */

static const char *id_of(const json_t *report)
{
	return format_string(report, "submission.id");
}

/* A folder that one submission alone is in is named for it; one that has many is
 * an inbox. */
static void learn_path(struct names *names, const json_t *known,
		       const char *path)
{
	AUTO_FREE char *parent = parent_of(path);
	const json_t *count = json_object_get(json_object_get(known, "parents"),
					      parent);

	names_add_path(names, last_of(path));
	if (json_integer_value(count) == 1)
		names_add_path(names, parent);
}

/* Where it was, as told; if relative perhaps to where its results are. */
static struct submission *find(const char *folder, const char *path,
			       const char *digest)
{
	AUTO_FREE char *beside = text_format("%s/../%s", folder, path);
	struct submission *submission = names_find_submission(path, digest);

	return submission || *path == '/'
		       ? submission
		       : names_find_submission(beside, digest);
}

/* What was handed in, NULL when it is not there any more. */
static struct submission *learn(struct blind_batch *batch, struct names *names,
				const char *file, const json_t *report)
{
	AUTO_FREE char *folder = results_of(file);
	const json_t *known = folder_known(batch, folder);
	const char *path = json_string_value(json_object_get(
		json_object_get(known, "paths"), id_of(report)));
	const char *digest = format_string(report, "submission.digest");
	struct submission *submission = path ? find(folder, path, digest)
					     : NULL;

	names_except(names, format_string(known, "shared"));
	if (batch->names &&
	    names_list_learn(batch->names, id_of(report), names) > 0)
		batch->listed++;
	blind_view_learn(names, report);
	if (path)
		learn_path(names, known, path);
	if (submission)
		names_learn_submission(names, submission);
	else
		batch->unread++;
	return submission;
}

const char *blind_batch_called(struct blind_batch *batch, const char *id)
{
	return blind_name(batch->blind, id);
}

const char *blind_batch_name(struct blind_batch *batch, const json_t *report)
{
	return blind_name(batch->blind, id_of(report));
}

/* What went wrong first is told in the end. */
static void write_sources(struct blind_batch *batch, const struct names *names,
			  const struct submission *submission,
			  const char *pseudonym)
{
	AUTO_FREE char *name = blind_file_name(pseudonym);
	AUTO_FREE char *folder = text_format("%s/%s", batch->sources, name);

	if (batch->err.code == 0)
		(void)blind_sources_write(submission, names, pseudonym, folder,
					  &batch->err);
}

json_t *blind_batch_view(struct blind_batch *batch, const char *path,
			 const json_t *report, const json_t *view)
{
	struct names *names = names_new();
	struct submission *submission = learn(batch, names, path, report);
	const char *pseudonym = blind_batch_name(batch, report);
	json_t *blinded = blind_view(view, names, pseudonym);

	if (submission && batch->sources)
		write_sources(batch, names, submission, pseudonym);
	batch->count++;
	submission_free(submission);
	names_free(names);
	return blinded;
}

void blind_batch_sources(struct blind_batch *batch, const char *folder)
{
	batch->sources = folder;
}

int blind_batch_save(struct blind_batch *batch, struct error *err)
{
	if (batch->err.code) {
		*err = batch->err;
		return -err->code;
	}
	return blind_save(batch->blind, err);
}

size_t blind_batch_count(const struct blind_batch *batch)
{
	return batch->count;
}

size_t blind_batch_unread(const struct blind_batch *batch)
{
	return batch->unread;
}

size_t blind_batch_listed(const struct blind_batch *batch)
{
	return batch->names ? batch->listed : SIZE_MAX;
}
