/*
 * selection.c - a submission held against its exercise, see submission.h
 */
#include "submission.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "intake.h"
#include "scan.h"
#include "text.h"

#define HEAD_BYTES 16

/* NULL, and the submission rejected, when it cannot be told. */
/* The only language of which all required files are there, or NULL. */
static const struct exercise_language *
recognise_language(const struct submission *submission,
		   const struct exercise *exercise)
{
	const struct exercise_language *found = NULL;

	for (size_t i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *it = &exercise->languages[i];
		char *const *name = it->required;

		while (*name && fileset_find(&submission->files, *name))
			name++;
		if (*name)
			continue;
		if (found)
			return NULL;
		found = it;
	}
	return found;
}

static const struct exercise_language *
choose_language(struct submission *submission, const struct exercise *exercise)
{
	const struct exercise_language *language = NULL;

	if (submission->language) {
		language = exercise_language(exercise, submission->language);
		if (!language)
			submission_reject(submission, "language", NULL,
					  "The marker says that it is in %s, "
					  "which the exercise does not have",
					  submission->language);
	} else if (exercise->language_count == 1) {
		language = &exercise->languages[0];
	} else {
		language = recognise_language(submission, exercise);
		if (!language)
			submission_reject(submission, "language", NULL,
					  "Neither a " SUBMISSION_MARKER
					  " nor the names of the files say "
					  "which language it is in");
	}
	return language;
}

static bool is_candidates(const struct exercise_language *language,
			  const char *path)
{
	return string_list_has(language->required, path) ||
	       string_list_has(language->optional, path);
}

static bool same_bytes(const struct file *a, const struct file *b)
{
	return a && b && strcmp(a->sha256, b->sha256) == 0;
}

static void list_file(json_t *files, const struct file *file, const char *role)
{
	json_t *entry = json_pack("{ss, ss, sI, ss}", "path", file->path,
				  "sha256", file->sha256, "size",
				  (json_int_t)file->size, "role", role);

	CHECK(json_array_append_new(files, entry) == 0);
}

/* Other files are words for people, or code that a preprocessor has to be
 * asked about: scan_preprocessed() has no trust in what includes them. */
static bool is_source(const char *path)
{
	size_t length = strlen(path);

	return length > 2 && (strcmp(path + length - 2, ".c") == 0 ||
			      strcmp(path + length - 2, ".h") == 0);
}

static void note_unsearchable(struct selection *selection, const char *path,
			      const struct scan_result *scanned)
{
	char *what = NULL;

	if (!is_source(path))
		return;
	if (scanned->unsearchable)
		what = text_format("%s:%u: %s", path,
				   scanned->unsearchable_line,
				   scanned->unsearchable);
	else if (scanned->renames_lines)
		what = text_format("%s: gives lines other names", path);
	selection->renames_lines |= scanned->renames_lines;
	if (selection->unsearchable)
		free(what);
	else
		selection->unsearchable = what;
}

/* Whether anything but the candidate's code runs in its process, to be meddled
 * with: a driver, a sanitizer, the explorer. */
static bool has_company(const struct exercise_language *language)
{
	for (size_t i = 0; i < language->variant_count; i++)
		if (!language->variants[i].dialogue ||
		    strcmp(language->variants[i].name, "release") != 0)
			return true;
	return false;
}

/* One file that was handed in and that a build gets. */
static int select_candidates(struct selection *selection,
			     const struct file *file, bool as_given,
			     struct error *err)
{
	AUTO_FREE char *text = NULL;
	struct scan_result scanned;
	int rc = fileset_add_file(&selection->build, file->path, file, err);

	if (rc < 0)
		return rc;
	list_file(selection->files, file, "candidate");
	if (as_given || !has_company(selection->language))
		return 0;
	text = file_read(file);
	if (!text)
		return error_set(err, EIO, "%s: cannot be read", file->path);
	scanned = scan_source(file->path, text, file->size, selection->flags);
	selection->hooks_sanitizer |= scanned.hooks_sanitizer;
	note_unsearchable(selection, file->path, &scanned);
	free(scanned.unsearchable);
	return 0;
}

/* One file that was handed in. What is as the starter had it is no news. */
static int select_file(struct selection *selection, const struct file *file,
		       struct error *err)
{
	const struct exercise_language *language = selection->language;
	const struct file *given = fileset_find(&language->starter, file->path);
	bool as_given = same_bytes(file, given);
	char head[HEAD_BYTES];
	ssize_t got;

	if (string_list_has(language->owned, file->path)) {
		if (!as_given)
			scan_flag(selection->flags, "owned-file-changed",
				  file->path, 0,
				  "belongs to the exercise; the copy handed in "
				  "differs and was replaced");
		return 0;
	}
	if (!as_given) {
		got = pread(file->fd, head, sizeof head, 0);
		if (got < 0)
			return error_errno(err, errno, "%s", file->path);
		scan_file(file->path, head, (size_t)got, selection->flags);
	}
	if (is_candidates(language, file->path))
		return select_candidates(selection, file, as_given, err);
	list_file(selection->files, file, "ignored");
	return 0;
}

static int select_owned(struct selection *selection, struct error *err)
{
	const struct exercise_language *language = selection->language;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < string_list_count(language->owned);
	     i++) {
		const char *path = language->owned[i];
		const struct file *file = fileset_find(&language->starter,
						       path);

		CHECK(file != NULL);
		rc = fileset_add_file(&selection->build, path, file, err);
		list_file(selection->files, file, "owned");
	}
	return rc;
}

static int select_all(struct selection *selection,
		      struct submission *submission, struct error *err)
{
	const struct exercise_language *language = selection->language;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < submission->files.count; i++)
		rc = select_file(selection, &submission->files.files[i], err);
	if (rc == 0)
		rc = select_owned(selection, err);
	for (size_t i = 0; i < string_list_count(submission->ignored); i++)
		CHECK(json_array_append_new(selection->files,
					    json_pack("{ss, ss}", "path",
						      submission->ignored[i],
						      "role", "ignored")) == 0);
	for (size_t i = 0; i < string_list_count(language->required); i++)
		if (!fileset_find(&submission->files, language->required[i]))
			submission_reject(submission, "missing-file",
					  language->required[i],
					  "is required and not there");
	return rc;
}

int submission_select(struct submission *submission,
		      const struct exercise *exercise, const char *language,
		      struct selection *ret, struct error *err)
{
	struct selection selection = {
		.files = json_array(),
		.flags = json_array(),
	};
	int rc = 0;

	if (language) {
		selection.language = exercise_language(exercise, language);
		if (!selection.language)
			rc = error_set(err, EINVAL,
				       "exercise %s: no language \"%s\"",
				       exercise->id, language);
	} else {
		selection.language = choose_language(submission, exercise);
	}
	if (rc == 0 && (!selection.files || !selection.flags))
		rc = error_set(err, ENOMEM, "out of memory");
	if (rc == 0 && selection.language)
		rc = select_all(&selection, submission, err);
	if (rc < 0)
		selection_release(&selection);
	else
		*ret = selection;
	return rc;
}

void selection_release(struct selection *selection)
{
	fileset_release(&selection->build);
	json_decref(selection->files);
	json_decref(selection->flags);
	free(selection->unsearchable);
	*selection = (struct selection){ 0 };
}
