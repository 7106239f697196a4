/*
 * verify_run.c - see verify_run.h
 */
#include "verify_run.h"

#include <stdlib.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "batch.h"
#include "seed.h"
#include "text.h"

struct run {
	struct verify_subjects *subjects;
	const struct verify_run_options *options;
	size_t next; /* subject of this repetition */
	size_t done; /* of all repetitions */
	struct error err;
};

/* Its number finds a subject again when its job is over. */
static int next_cb(void *data, struct submission **ret)
{
	struct run *run = data;
	AUTO_FREE char *id = text_format("%zu", run->next);

	if (run->err.code || run->next == run->subjects->count)
		return 0;
	*ret = verify_subject_submit(&run->subjects->list[run->next++],
				     run->subjects->exercise, id);
	return 1;
}

static struct verify_subject *subject_of(const struct run *run,
					 const struct submission *submission)
{
	return &run->subjects->list[strtoul(submission->id, NULL, 10)];
}

static bool wants_cb(void *data, const struct submission *submission,
		     const struct exercise_test *test)
{
	const struct run *run = data;

	return verify_subject_wants(run->subjects, subject_of(run, submission),
				    test);
}

static void done_cb(void *data, const char *path, struct result *result,
		    const struct error *err)
{
	struct run *run = data;
	struct verify_subjects *subjects = run->subjects;
	const struct verify_run_options *options = run->options;

	(void)path;
	if (!result) {
		run->err = *err;
		return;
	}
	verify_subject_take(subject_of(run, result->submission), subjects,
			    result);
	result_free(result);
	if (options->progress)
		options->progress(options->progress_data, ++run->done,
				  subjects->repeat * subjects->count);
}

int verify_run(struct verify_subjects *subjects,
	       const struct verify_run_options *options, struct error *err)
{
	struct run run = { .subjects = subjects, .options = options };
	unsigned char secret[SEED_SECRET_BYTES];
	const struct batch_options batch = {
		.job = { .exercises = options->exercises,
			 .sandbox = options->sandbox,
			 .wants = wants_cb,
			 .wants_data = &run,
			 .secret = secret },
		.slots = options->slots,
		.next = next_cb,
		.done = done_cb,
		.data = &run,
	};

	for (unsigned i = 0; i < subjects->repeat && !run.err.code; i++) {
		randombytes_buf(secret, sizeof secret);
		run.next = 0;
		batch_run(&batch);
	}
	if (!run.err.code)
		return 0;
	*err = run.err;
	return -err->code;
}
