/*
 * ratings.c - see ratings.h
 */
#include "ratings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "rating.h"
#include "report_file.h"
#include "report_member.h"
#include "report_parts.h"
#include "text.h"

struct ratings {
	char *folder;
	char *raters[RATINGS_RATERS_MAX];
	size_t count;
};

void ratings_free(struct ratings *ratings)
{
	size_t i;

	if (!ratings)
		return;
	for (i = 0; i < ratings->count; i++)
		free(ratings->raters[i]);
	free(ratings->folder);
	free(ratings);
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* -E2BIG when there are too many. */
static int add_rater(struct ratings *ratings, const char *name)
{
	AUTO_FREE char *path = text_format("%s/%s", ratings->folder, name);

	if (*name == '.' || !is_folder(path))
		return 0;
	if (!rating_name_ok(name))
		return -EINVAL;
	if (ratings->count == RATINGS_RATERS_MAX)
		return -E2BIG;
	ratings->raters[ratings->count++] = text_format("%s", name);
	return 0;
}

static int list_raters(struct ratings *ratings, DIR *dir, struct error *err)
{
	struct dirent *entry;
	int r = 0;

	while (r == 0 && (entry = readdir(dir))) {
		AUTO_FREE char *name = text_line(entry->d_name);

		r = add_rater(ratings, entry->d_name);
		if (r == -EINVAL)
			(void)error_set(err, EINVAL,
					"%s: \"%s\" is no name for a rater",
					ratings->folder, name);
		if (r == -E2BIG)
			(void)error_set(err, E2BIG,
					"%s: more than %d raters' folders",
					ratings->folder, RATINGS_RATERS_MAX);
	}
	qsort(ratings->raters, ratings->count, sizeof *ratings->raters,
	      by_name);
	return r;
}

int ratings_open(const char *folder, struct ratings **ret, struct error *err)
{
	DIR *dir = opendir(folder);
	struct ratings *ratings;
	int r;

	if (!dir)
		return error_set(err, errno, "%s: %s", folder, strerror(errno));
	ratings = calloc(1, sizeof *ratings);
	ENOUGH(ratings);
	ratings->folder = text_format("%s", folder);
	r = list_raters(ratings, dir, err);
	(void)closedir(dir);
	if (r < 0) {
		ratings_free(ratings);
		return r;
	}
	*ret = ratings;
	return 0;
}

/* All of @path; free() it. NULL, and errno, where there is nothing to read. */
static char *read_file(const char *path, size_t *size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return NULL;
	if (!S_ISREG(status.st_mode) || status.st_size > RATINGS_FILE_MAX) {
		errno = S_ISREG(status.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	return fd_read_all(fd, size);
}

/* What is not filled in at all is not there. */
static bool says_anything(const json_t *rating)
{
	return json_object_size(json_object_get(rating, "marks")) > 0 ||
	       json_array_size(json_object_get(rating, "comments")) > 0;
}

/* 0 or -errno; a file that is not there is nothing. */
static int attach_one(const char *path, const char *rater, const json_t *report,
		      json_t *all, struct error *err)
{
	json_auto_t *rating = NULL;
	AUTO_FREE char *bytes = NULL;
	size_t size = 0;
	int r;

	bytes = read_file(path, &size);
	if (!bytes && errno == ENOENT)
		return 0;
	if (!bytes)
		return error_set(err, errno, "%s: %s", path, strerror(errno));
	r = rating_parse(path, bytes, size, rater, report, &rating, err);
	if (r == 0 && says_anything(rating))
		report_append(all, json_incref(rating));
	return r;
}

static const char *id_of(const json_t *report)
{
	const char *id = report_string(json_object_get(report, "submission"),
				       "id");

	return rating_name_ok(id) ? id : NULL;
}

size_t ratings_attach(const struct ratings *ratings, json_t *report,
		      void (*complain)(const char *line))
{
	const char *id = id_of(report);
	json_t *all = json_array();
	size_t bad = 0, i;

	ENOUGH(all);
	for (i = 0; id && i < ratings->count; i++) {
		const char *rater = ratings->raters[i];
		AUTO_FREE char *path = text_format("%s/%s/%s.json",
						   ratings->folder, rater, id);
		struct error err = { 0 };

		if (attach_one(path, rater, report, all, &err) == 0)
			continue;
		complain(err.text);
		bad++;
	}
	report_set(report, "ratings", all);
	return bad;
}

static bool has_rater(const json_t *all, const char *rater)
{
	json_t *one;
	size_t i;

	json_array_foreach (all, i, one)
		if (strcmp(json_string_value(json_object_get(one, "rater")),
			   rater) == 0)
			return true;
	return false;
}

size_t ratings_attach_blind(const struct ratings *ratings, json_t *report,
			    const char *name,
			    void (*complain)(const char *line))
{
	json_auto_t *other = json_copy(report);
	json_t *submission = json_copy(json_object_get(report, "submission"));
	json_t *all = json_object_get(report, "ratings"), *one;
	size_t bad, i;

	ENOUGH(other && submission);
	report_set(submission, "id", report_text(name));
	(void)json_object_del(submission, "digest");
	report_set(other, "submission", submission);
	bad = ratings_attach(ratings, other, complain);
	json_array_foreach (json_object_get(other, "ratings"), i, one)
		if (!has_rater(all, json_string_value(
					    json_object_get(one, "rater"))))
			report_append(all, json_incref(one));
	return bad;
}

/* ---- sheets ---- */

static int make_folder(const char *path, struct error *err)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	return error_set(err, errno, "%s: %s", path, strerror(errno));
}

/* Whole from the moment that it is there, and nothing that was there is lost:
 * link() fails where rename() would replace. */
static int place(const char *path, const char *draft, const char *bytes,
		 size_t size, struct error *err)
{
	int r = report_file_replace(draft, bytes, size, err);

	if (r < 0)
		return r;
	r = link(draft, path) < 0 ? -errno : 1;
	(void)unlink(draft);
	if (r == -EEXIST)
		return 0;
	return r < 0 ? error_set(err, -r, "%s: %s", path, strerror(-r)) : r;
}

int ratings_make_sheet(const char *folder, const char *rater,
		       const json_t *report, struct error *err)
{
	AUTO_FREE char *own = text_format("%s/%s", folder, rater);
	AUTO_FREE char *path = NULL, *draft = NULL, *text = NULL, *line = NULL;
	const char *id = id_of(report);
	json_auto_t *sheet = NULL;
	int r;

	if (json_array_size(json_object_get(report, "rubric")) == 0)
		return 0;
	if (!id)
		return error_set(err, EINVAL,
				 "the submission's name is none for a file");
	path = text_format("%s/%s.json", own, id);
	draft = text_format("%s/.%s.json.new", own, id);
	r = make_folder(folder, err);
	if (r == 0)
		r = make_folder(own, err);
	if (r < 0)
		return r;
	if (access(path, F_OK) == 0)
		return 0;
	sheet = rating_sheet(report, rater);
	text = json_dumps(sheet, JSON_INDENT(1));
	ENOUGH(text);
	line = text_format("%s\n", text);
	return place(path, draft, line, strlen(line), err);
}
