/*
 * verify_generated.c - see verify_generated.h
 *
 * Found in all files of the C reference, sampled, and compiled;
 * verify_generated_judge.c has what comes then.
 */
#include "verify_generated.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "mutation_build.h"
#include "mutation_find.h"
#include "text.h"

#define C_LANGUAGE "c"

/* ---- found ---- */

static void append(struct verify_generated *all,
		   const struct exercise_language *language, const char *file,
		   const struct mutation *mutation, const char *text)
{
	struct verify_generated_mutant *longer = reallocarray(
		all->list, all->count + 1, sizeof *longer);

	ENOUGH(longer);
	all->list = longer;
	longer[all->count++] = (struct verify_generated_mutant){
		.kind = mutation->kind,
		.language = language,
		.file = file,
		.text = mutation_apply(mutation, text),
		.function = text_format("%s", mutation->function),
		.line = mutation->line,
		.diff = mutation_diff(mutation, text, file),
	};
}

static int find_in_file(struct verify_generated *all,
			struct mutation_build *build,
			const struct exercise_language *language,
			const struct file *file, unsigned kinds,
			struct error *err)
{
	AUTO_FREE char *text = file_read(file);
	json_auto_t *tree = NULL;
	struct mutation_list mutations = { 0 };
	struct syntax syntax;
	int rc;

	if (!text)
		return error_set(err, EIO, "%s: cannot be read", file->path);
	rc = mutation_build_tree(build, file->path, &tree, err);
	if (rc < 0)
		return rc;
	syntax = (struct syntax){ tree, text, file->size };
	mutation_find(&syntax, kinds, &mutations);
	for (size_t i = 0; i < mutations.count; i++)
		append(all, language, file->path, &mutations.list[i], text);
	mutation_list_release(&mutations);
	return 0;
}

/* Whether it is one of the candidate's own sources. */
static bool is_source(const struct exercise_language *language,
		      const struct file *file)
{
	size_t length = strlen(file->path);

	return length > 2 && strcmp(file->path + length - 2, ".c") == 0 &&
	       (string_list_has(language->required, file->path) ||
		string_list_has(language->optional, file->path));
}

static int find_all(struct verify_generated *all, struct mutation_build *build,
		    const struct exercise_language *language, unsigned kinds,
		    struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < language->solution.count; i++) {
		const struct file *file = &language->solution.files[i];

		if (is_source(language, file))
			rc = find_in_file(all, build, language, file, kinds,
					  err);
	}
	return rc;
}

/* ---- sampled ---- */

static void mutant_release(struct verify_generated_mutant *mutant)
{
	free(mutant->text);
	free(mutant->function);
	free(mutant->diff);
	free(mutant->killer);
}

/* Keep @most of them, in the order of the file. */
static void sample(struct verify_generated *all, size_t most)
{
	AUTO_FREE enum mutation_kind *kinds = calloc(all->count + 1,
						     sizeof *kinds);
	AUTO_FREE bool *kept = calloc(all->count + 1, sizeof *kept);
	AUTO_FREE size_t *order = NULL;
	size_t left = 0;

	ENOUGH(kinds && kept);
	for (size_t i = 0; i < all->count; i++)
		kinds[i] = all->list[i].kind;
	order = mutation_sample(kinds, all->count);
	for (size_t i = 0; i < all->count && i < most; i++)
		kept[order[i]] = true;
	for (size_t i = 0; i < all->count; i++)
		if (kept[i])
			all->list[left++] = all->list[i];
		else
			mutant_release(&all->list[i]);
	all->count = left;
}

/* ---- compiled ---- */

/* Whether the same was made of one before it in the same file. */
static bool is_made_before(const struct verify_generated *all, size_t number)
{
	const struct verify_generated_mutant *mutant = &all->list[number];

	for (size_t i = 0; i < number; i++)
		if (all->list[i].file == mutant->file &&
		    strcmp(all->list[i].object, mutant->object) == 0)
			return true;
	return false;
}

/* @reference is what was made of the file as it is. */
static int compile(struct verify_generated *all, size_t number,
		   struct mutation_build *build, const char *reference,
		   struct error *err)
{
	struct verify_generated_mutant *mutant = &all->list[number];
	int rc = mutation_build_object(build, mutant->file, mutant->text,
				       mutant->object, err);

	if (rc < 0)
		return rc;
	if (!*mutant->object)
		mutant->fate = VERIFY_NOT_COMPILED;
	else if (strcmp(mutant->object, reference) == 0 ||
		 is_made_before(all, number))
		mutant->fate = VERIFY_EQUIVALENT;
	return 0;
}

static int compile_reference(struct mutation_build *build, const char *file,
			     char hex[65], struct error *err)
{
	int rc = mutation_build_object(build, file, NULL, hex, err);

	return rc == 0 && !*hex ? error_set(err, EINVAL,
					    "%s of the solution does not "
					    "compile",
					    file)
				: rc;
}

static int compile_all(struct verify_generated *all,
		       struct mutation_build *build,
		       const struct verify_run_options *options,
		       struct error *err)
{
	const char *file = NULL;
	char reference[65] = "";
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < all->count; i++) {
		if (file != all->list[i].file)
			rc = compile_reference(build, all->list[i].file,
					       reference, err);
		file = all->list[i].file;
		if (rc == 0)
			rc = compile(all, i, build, reference, err);
		options->progress(options->progress_data, i + 1, all->count);
	}
	return rc;
}

/* ---- all of it ---- */

int verify_generate(const struct exercise *exercise,
		    const struct verify_run_options *options, unsigned kinds,
		    size_t most, struct verify_generated *ret,
		    struct error *err)
{
	const struct exercise_language *language = exercise_language(
		exercise, C_LANGUAGE);
	struct verify_generated all = { 0 };
	struct mutation_build *build;
	int rc;

	*ret = all;
	if (!language)
		return 0;
	if (!mutation_build_possible())
		return error_set(err, ENOENT,
				 "clang is not installed; it is what finds "
				 "places for generated mutants");
	build = mutation_build_new(exercise, language, options->sandbox);
	rc = find_all(&all, build, language, kinds, err);
	all.possible = all.count;
	sample(&all, most);
	if (rc == 0)
		rc = compile_all(&all, build, options, err);
	mutation_build_free(build);
	if (rc == 0)
		rc = verify_generated_judge(exercise, options, &all, err);
	if (rc < 0) {
		verify_generated_release(&all);
		return rc;
	}
	*ret = all;
	return 0;
}

void verify_generated_release(struct verify_generated *generated)
{
	for (size_t i = 0; i < generated->count; i++)
		mutant_release(&generated->list[i]);
	free(generated->list);
	*generated = (struct verify_generated){ 0 };
}

double verify_generated_score(const struct verify_generated *generated)
{
	size_t killed = 0, survived = 0;

	for (size_t i = 0; i < generated->count; i++) {
		killed += generated->list[i].fate == VERIFY_KILLED;
		survived += generated->list[i].fate == VERIFY_SURVIVED;
	}
	return killed + survived ? (double)killed / (double)(killed + survived)
				 : 1;
}
