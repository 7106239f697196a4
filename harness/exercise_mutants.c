/*
 * exercise_mutants.c - see exercise_mutants.h
 *
 * A file of a mutant's folder stands in place of the solution's, FILE.diff
 * says what becomes of the solution's FILE, and whatever else the solution has
 * is as it is there.
 */
#include "exercise_mutants.h"

#include <errno.h>
#include <string.h>

#include <assay/cleanup.h>

#include "patch.h"

#define DIFF ".diff"

/* The file that @path, a diff, is about; NULL: it is no diff. free() it. */
static char *target_of(const char *path)
{
	size_t length = strlen(path), suffix = strlen(DIFF);
	char *target;

	if (length <= suffix || strcmp(path + length - suffix, DIFF) != 0)
		return NULL;
	target = strndup(path, length - suffix);
	ENOUGH(target);
	return target;
}

/* Whether a candidate may hand in what @file makes, and there is something
 * that a diff can be about. */
static bool could_be_of(const struct exercise_language *language,
			const struct file *file)
{
	AUTO_FREE char *target = target_of(file->path);
	const char *name = target ? target : file->path;

	return (string_list_has(language->required, name) ||
		string_list_has(language->optional, name)) &&
	       (!target || fileset_find(&language->solution, target));
}

/* The first language whose candidates could have written the mutant. */
static const struct exercise_language *
find_language(const struct exercise *exercise, const struct fileset *folder)
{
	for (size_t i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *language =
			&exercise->languages[i];
		size_t fits = 0;

		while (fits < folder->count &&
		       could_be_of(language, &folder->files[fits]))
			fits++;
		if (fits == folder->count)
			return language;
	}
	return NULL;
}

static int add_patched(struct fileset *files, const char *target,
		       const struct file *original, const struct file *diff,
		       struct error *err)
{
	AUTO_FREE char *text = file_read(original);
	AUTO_FREE char *change = file_read(diff);
	AUTO_FREE char *made = NULL;
	size_t size;
	int rc;

	if (!text || !change)
		return error_set(err, EIO, "%s: cannot be read", diff->path);
	rc = patch_apply(text, original->size, change, diff->size, &made, &size,
			 err);
	if (rc < 0)
		return error_wrap(err, "%s", diff->path);
	return fileset_add_bytes(files, target, made, size,
				 original->executable, err);
}

static int lay_over(struct exercise_mutant *mutant,
		    const struct fileset *folder, struct error *err)
{
	const struct fileset *solution = &mutant->language->solution;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < folder->count; i++) {
		const struct file *file = &folder->files[i];
		AUTO_FREE char *target = target_of(file->path);

		rc = target ? add_patched(&mutant->files, target,
					  fileset_find(solution, target), file,
					  err)
			    : fileset_add_file(&mutant->files, file->path, file,
					       err);
	}
	for (size_t i = 0; rc == 0 && i < solution->count; i++) {
		const struct file *file = &solution->files[i];

		if (!fileset_find(&mutant->files, file->path))
			rc = fileset_add_file(&mutant->files, file->path, file,
					      err);
	}
	return rc;
}

static int load(const struct exercise *exercise, struct exercise_mutant *mutant,
		struct error *err)
{
	AUTO_FREE char *path = NULL;
	struct fileset folder;
	int rc;

	if (asprintf(&path, "%s/mutants/%s", exercise->dir, mutant->name) < 0) {
		path = NULL;
		return error_set(err, ENOMEM, "out of memory");
	}
	fileset_init(&folder);
	rc = fileset_add_folder(&folder, "", path, err);
	mutant->language = find_language(exercise, &folder);
	if (rc == 0 && folder.count == 0)
		rc = error_set(err, EINVAL, "has no files");
	else if (rc == 0 && !mutant->language)
		rc = error_set(err, EINVAL,
			       "has a file that no candidate may hand in, or "
			       "a diff of one that is in no solution");
	if (rc == 0)
		rc = lay_over(mutant, &folder, err);
	fileset_release(&folder);
	return rc;
}

int exercise_mutants_load(struct exercise *exercise, struct error *err)
{
	for (size_t i = 0; i < exercise->mutant_count; i++) {
		struct exercise_mutant *mutant = &exercise->mutants[i];

		if (load(exercise, mutant, err) < 0)
			return error_wrap(err, "mutants/%s", mutant->name);
	}
	return 0;
}
