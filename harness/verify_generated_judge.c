/*
 * verify_generated_judge.c - generated mutants as one batch of submissions
 */
#include "verify_generated.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "batch.h"
#include "seed.h"
#include "text.h"
#include "verify_complaint.h"

/* After compiling, nothing is known of the others yet. */
static bool is_to_be_judged(const struct verify_generated_mutant *mutant)
{
	return mutant->fate == VERIFY_UNDECIDED;
}

struct judging {
	const struct exercise *exercise;
	const struct verify_run_options *options;
	struct verify_generated *all;
	size_t next, done, of;
	struct error err;
};

static struct submission *submit(const struct exercise *exercise,
				 const struct verify_generated_mutant *mutant,
				 size_t number)
{
	const struct fileset *solution = &mutant->language->solution;
	struct submission *submission = calloc(1, sizeof *submission);
	struct error err;

	ENOUGH(submission);
	submission->id = text_format("%zu", number);
	submission->path = text_format("%s:%u", mutant->file, mutant->line);
	submission->exercise_id = text_format("%s", exercise->id);
	submission->language = text_format("%s", mutant->language->name);
	fileset_init(&submission->files);
	CHECK(fileset_add_bytes(&submission->files, mutant->file, mutant->text,
				strlen(mutant->text), false, &err) == 0);
	for (size_t i = 0; i < solution->count; i++)
		if (strcmp(solution->files[i].path, mutant->file) != 0)
			CHECK(fileset_add_file(&submission->files,
					       solution->files[i].path,
					       &solution->files[i], &err) == 0);
	return submission;
}

static int next_cb(void *data, struct submission **ret)
{
	struct judging *judging = data;
	struct verify_generated *all = judging->all;

	while (judging->next < all->count &&
	       !is_to_be_judged(&all->list[judging->next]))
		judging->next++;
	if (judging->err.code || judging->next == all->count)
		return 0;
	*ret = submit(judging->exercise, &all->list[judging->next],
		      judging->next);
	judging->next++;
	return 1;
}

static void settle(struct verify_generated_mutant *mutant,
		   const struct result *result)
{
	if (result->verdict == VERDICT_INCONCLUSIVE)
		return;
	mutant->fate = result->verdict == VERDICT_BUILD_ERROR
			       ? VERIFY_NOT_COMPILED
			       : VERIFY_SURVIVED;
	for (size_t i = 0; i < result->test_count; i++)
		if (!mutant->killer && verify_is_lost(&result->tests[i])) {
			mutant->fate = VERIFY_KILLED;
			mutant->killer = text_format("%s",
						     result->tests[i].test->id);
		}
}

static void done_cb(void *data, const char *path, struct result *result,
		    const struct error *err)
{
	struct judging *judging = data;

	(void)path;
	if (!result) {
		judging->err = *err;
		return;
	}
	settle(&judging->all->list[strtoul(result->submission->id, NULL, 10)],
	       result);
	result_free(result);
	judging->options->progress(judging->options->progress_data,
				   ++judging->done, judging->of);
}

int verify_generated_judge(const struct exercise *exercise,
			   const struct verify_run_options *options,
			   struct verify_generated *all, struct error *err)
{
	static const unsigned char secret[SEED_SECRET_BYTES];
	struct judging judging = { .exercise = exercise,
				   .options = options,
				   .all = all };
	const struct batch_options batch = {
		.job = { .exercises = options->exercises,
			 .sandbox = options->sandbox,
			 .secret = secret,
			 .stop_when_lost = true },
		.slots = options->slots,
		.next = next_cb,
		.done = done_cb,
		.data = &judging,
	};

	for (size_t i = 0; i < all->count; i++)
		judging.of += is_to_be_judged(&all->list[i]);
	batch_run(&batch);
	*err = judging.err;
	return -err->code;
}
