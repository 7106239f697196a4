#include "regrade.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "changes.h"
#include "journal.h"
#include "report_parts.h"
#include "report_place.h"
#include "text.h"

#define EARLIER "earlier-"
#define EARLIER_MAX 1000000

void regrade_release(struct regrade *regrade)
{
	free(regrade->before);
	free(regrade->name);
	json_decref(regrade->batch);
	json_decref(regrade->gone);
	*regrade = (struct regrade){ 0 };
}

/* ---- finding them ---- */

static bool is_same_folder(const char *one, const char *other)
{
	struct stat first, second;

	return stat(one, &first) == 0 && stat(other, &second) == 0 &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* The highest N of DIR/earlier-N, 0 if there is none. */
static unsigned long latest(const char *dir)
{
	DIR *folder = opendir(dir);
	const struct dirent *entry;
	unsigned long most = 0, n;
	char *end;

	while (folder && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, EARLIER, strlen(EARLIER)) != 0)
			continue;
		n = strtoul(entry->d_name + strlen(EARLIER), &end, 10);
		if (*end == '\0' && n <= EARLIER_MAX && n > most)
			most = n;
	}
	if (folder)
		(void)closedir(folder);
	return most;
}

static bool has_journal(const char *dir)
{
	AUTO_FREE char *path = text_format("%s/%s", dir, JOURNAL_NAME);

	return access(path, F_OK) == 0;
}

/* The first line of the journal in @dir; *ended: whether its last is an end. */
static int read_batch(const char *dir, json_t **ret, bool *ended,
		      struct error *err)
{
	struct journal_reader *reader = NULL;
	struct journal_entry entry;
	int r = journal_reader_open(dir, &reader, err);

	if (r < 0)
		return r;
	*ended = false;
	while ((r = journal_read(reader, &entry, err)) > 0) {
		*ended = entry.kind == JOURNAL_END;
		json_decref(entry.json);
	}
	if (r == 0)
		*ret = json_deep_copy(journal_reader_batch(reader));
	journal_reader_close(reader);
	return r;
}

/* The earlier results are in @path, which it takes. */
static int found(struct regrade *regrade, char *path, char *name,
		 struct error *err)
{
	bool ended;

	regrade->before = path;
	regrade->name = name;
	regrade->gone = json_array();
	return read_batch(path, &regrade->batch, &ended, err);
}

static int find_beside(struct regrade *regrade, const char *old,
		       struct error *err)
{
	char *real = realpath(old, NULL);

	if (!real)
		return error_errno(err, errno, "%s", old);
	return found(regrade, text_format("%s", old), real, err);
}

/* Whether the results in @dir are a regrade of @earlier that goes on. */
static int is_begun(const char *dir, const char *earlier, bool resume,
		    struct error *err)
{
	json_auto_t *batch = NULL;
	struct error ignored = { 0 };
	const char *of;
	bool ended = false;

	/* not there, or killed before its first line was written */
	if (read_batch(dir, &batch, &ended, &ignored) < 0)
		return 1;
	of = json_string_value(json_object_get(batch, "regrade_of"));
	if (!of || strcmp(of, earlier) != 0)
		return 0;
	if (resume)
		return 1;
	if (ended)
		return 0;
	return error_set(err, EBUSY,
			 "%s: is being graded again and not finished: go on "
			 "by --resume",
			 dir);
}

static int find_in_place(struct regrade *regrade, const char *dir, bool resume,
			 struct error *err)
{
	unsigned long n = latest(dir);
	AUTO_FREE char *name = text_format(EARLIER "%lu", n);
	AUTO_FREE char *path = text_format("%s/%s", dir, name);
	int begun = 0;

	regrade->in_place = true;
	if (n > 0 && has_journal(path)) {
		begun = is_begun(dir, name, resume, err);
		if (begun < 0)
			return begun;
		n++;
	} else if (n == 0) {
		n = 1;
	}
	regrade->begun = begun;
	if (begun)
		return found(regrade, TAKE_PTR(path), TAKE_PTR(name), err);
	return found(regrade, text_format("%s", dir),
		     text_format(EARLIER "%lu", n), err);
}

int regrade_find(struct regrade *regrade, const char *old, const char *out,
		 bool resume, struct error *err)
{
	int r = is_same_folder(old, out)
			? find_in_place(regrade, old, resume, err)
			: find_beside(regrade, old, err);

	if (r < 0)
		regrade_release(regrade);
	return r;
}

/* ---- what they are of ---- */

static void plan_again(struct regrade *regrade, struct plan *plan,
		       const char *path, const char *id)
{
	if (access(path, R_OK) < 0) {
		report_append(regrade->gone, report_text(path));
		return;
	}
	plan_add(plan, path);
	if (id)
		plan_call(plan, plan->count - 1, id);
}

struct listing {
	json_t *graded; /* {id: path} */
	json_t *paths;  /* {path: true} of those */
	json_t *errors; /* {path: true} */
};

static int list(const char *dir, struct listing *listing, struct error *err)
{
	struct journal_reader *reader = NULL;
	struct journal_entry entry;
	int r = journal_reader_open(dir, &reader, err);

	while (r == 0 && (r = journal_read(reader, &entry, err)) > 0) {
		const json_t *path = json_object_get(entry.json, "path");
		const json_t *id = json_object_get(entry.json, "id");

		if (entry.kind == JOURNAL_GRADED) {
			report_set(listing->graded, json_string_value(id),
				   json_incref((json_t *)(uintptr_t)path));
			report_set(listing->paths, json_string_value(path),
				   json_true());
		} else if (entry.kind == JOURNAL_ERROR) {
			report_set(listing->errors, json_string_value(path),
				   json_true());
		}
		json_decref(entry.json);
		r = 0;
	}
	journal_reader_close(reader);
	return r;
}

int regrade_plan(struct regrade *regrade, struct plan *plan, struct error *err)
{
	struct listing listing = { json_object(), json_object(),
				   json_object() };
	const char *key;
	json_t *path;
	int r;

	ENOUGH(listing.graded && listing.paths && listing.errors);
	r = list(regrade->before, &listing, err);
	if (r == 0) {
		json_object_foreach (listing.graded, key, path)
			plan_again(regrade, plan, json_string_value(path), key);
		json_object_foreach (listing.errors, key, path)
			if (!json_object_get(listing.paths, key))
				plan_again(regrade, plan, key, NULL);
		plan_name(plan);
		plan_sort(plan);
	}
	json_decref(listing.graded);
	json_decref(listing.paths);
	json_decref(listing.errors);
	return r;
}

/* ---- out of the way ---- */

static int move(int from, int to, const char *name, const char *out,
		struct error *err)
{
	if (renameat(from, name, to, name) < 0 && errno != ENOENT)
		return error_errno(err, errno, "%s/%s", out, name);
	return 0;
}

static int move_all(int from, int to, const char *out, struct error *err)
{
	/* what the summary and the reports are found by, the journal last */
	static const char *const names[] = { "reports", "summary.json",
					     "summary.csv", REGRADE_CHANGES };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < sizeof names / sizeof *names; i++)
		r = move(from, to, names[i], out, err);
	if (r == 0 && (fsync(to) < 0 || fsync(from) < 0))
		r = error_errno(err, errno, "%s", out);
	if (r == 0)
		r = move(from, to, JOURNAL_NAME, out, err);
	if (r == 0 && (fsync(to) < 0 || fsync(from) < 0))
		r = error_errno(err, errno, "%s", out);
	return r;
}

static int put_aside(const char *out, const char *earlier, struct error *err)
{
	AUTO_CLOSE int from = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int to = -1;

	if (mkdir(earlier, 0755) < 0 && errno != EEXIST)
		return error_errno(err, errno, "%s", earlier);
	to = open(earlier, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0 || to < 0)
		return error_errno(err, errno, "%s", from < 0 ? out : earlier);
	return move_all(from, to, out, err);
}

int regrade_put_aside(struct regrade *regrade, const char *out,
		      struct error *err)
{
	AUTO_FREE char *earlier = text_format("%s/%s", out, regrade->name);
	struct journal *lock = NULL;
	int r;

	if (!regrade->in_place || regrade->begun)
		return 0;
	r = journal_open(out, &lock, err);
	if (r < 0)
		return r;
	r = put_aside(out, earlier, err);
	journal_close(lock);
	if (r < 0)
		return r;
	free(regrade->before);
	regrade->before = TAKE_PTR(earlier);
	regrade->begun = true;
	return 0;
}

/* ---- what became of them ---- */

static json_t *load(const char *dir, const char *id)
{
	AUTO_FREE char *path = report_place(dir, id);

	return json_load_file(path, 0, NULL);
}

struct builds {
	json_int_t cached, compiled;
};

static void count_builds(const json_t *report, struct builds *builds)
{
	const json_t *build;
	size_t i;

	json_array_foreach (json_object_get(report, "build"), i, build) {
		if (json_is_true(json_object_get(build, "cached")))
			builds->cached++;
		else
			builds->compiled++;
	}
}

static json_t *entries_of(const struct regrade *regrade,
			  const struct plan *plan, const char *out,
			  struct builds *builds)
{
	json_t *entries = json_array();
	size_t i;

	for (i = 0; i < plan->count; i++) {
		json_auto_t *before = load(regrade->before, plan_id(plan, i));
		json_auto_t *after = load(out, plan_id(plan, i));

		count_builds(after, builds);
		if (before || after)
			report_append(entries, changes_entry(before, after));
	}
	return entries;
}

json_t *regrade_changes(const struct regrade *regrade, const struct plan *plan,
			const char *out)
{
	struct builds builds = { 0 };
	json_t *entries = entries_of(regrade, plan, out, &builds);
	json_t *document = json_object(), *counts = json_object();

	report_set(counts, "cached", json_integer(builds.cached));
	report_set(counts, "compiled", json_integer(builds.compiled));
	report_set(document, "changes_version", json_integer(CHANGES_VERSION));
	report_set(document, "before", report_text(regrade->before));
	report_set(document, "totals", changes_totals(entries));
	report_set(document, "builds", counts);
	report_set(document, "gone", report_list(regrade->gone));
	report_set(document, "submissions", entries);
	return document;
}
