/*
 * toolkit.c - see toolkit.h
 */
#include "toolkit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include <assay/cleanup.h>

#include "box_client.h"
#include "build.h"
#include "loop.h"
#include "store.h"

#define RETRIES_MAX 2 /* after a fault of the host */

struct outcome {
	struct build_result result;
	int program;
};

static void outcome_release(struct outcome *outcome)
{
	build_result_release(&outcome->result);
	if (outcome->program >= 0)
		(void)close(outcome->program);
	*outcome = (struct outcome){ .program = -1 };
}

static void built_cb(void *data, struct build_result *result, int program)
{
	struct outcome *outcome = data;

	outcome->result = *result;
	outcome->program = program;
}

/* The first thing that explains a failed build. */
static int explain(const struct outcome *outcome, const char *what,
		   struct error *err)
{
	const struct build_result *build = &outcome->result;
	const json_t *first = json_array_get(build->diagnostics, 0);

	if (build->fault)
		return error_set(err, EIO, "%s: %s", what, build->fault);
	if (build_was_killed(build))
		return error_set(err, EIO, "%s: the compiler was killed", what);
	if (first)
		return error_set(
			err, EINVAL, "%s: %s:%lld: %s", what,
			json_string_value(json_object_get(first, "file")),
			(long long)json_integer_value(
				json_object_get(first, "line")),
			json_string_value(json_object_get(first, "message")));
	return error_set(err, EINVAL, "%s does not build (%s): %.200s", what,
			 box_outcome_name(build->box.outcome),
			 build->output ? build->output : "no output");
}

static bool build_is_kept(const char *key, int *program)
{
	struct store_entry entry;
	bool found = store_get(key, &entry) && entry.program >= 0;

	*program = found ? TAKE_FD(entry.program) : -1;
	store_entry_release(&entry);
	return found;
}

static void try_build(uv_loop_t *loop, struct box_client *client,
		      const struct build_request *request,
		      struct outcome *outcome)
{
	build_start(client, request, built_cb, outcome);
	while (box_client_busy(client))
		(void)uv_run(loop, UV_RUN_ONCE);
}

/* Not by the exercise. */
static bool was_spoiled(const struct build_result *result)
{
	return result->fault || build_was_killed(result);
}

static int build(uv_loop_t *loop, struct box_client *client,
		 const struct build_request *request, const char *what,
		 int *program, struct error *err)
{
	struct outcome outcome = { .program = -1 };
	unsigned tries = 0;
	char key[65];
	int result = 0;

	store_key(request, key);
	if (build_is_kept(key, program))
		return 0;
	try_build(loop, client, request, &outcome);
	while (was_spoiled(&outcome.result) && tries++ < RETRIES_MAX) {
		outcome_release(&outcome);
		try_build(loop, client, request, &outcome);
	}
	if (!outcome.result.ok)
		result = explain(&outcome, what, err);
	else
		store_put(key, "", *program = TAKE_FD(outcome.program));
	outcome_release(&outcome);
	return result;
}

static int build_judge(struct toolkit *toolkit, uv_loop_t *loop,
		       struct box_client *client, struct error *err)
{
	const struct exercise *exercise = toolkit->exercise;
	struct build_request request = {
		.commands = exercise->judge_commands,
		.command_count = exercise->judge_command_count,
		.limits = &exercise->build_limits,
		.cwd = "/work/exercise/judge",
		.program = "judge",
		.tools = &exercise->judge,
		.kit = &exercise->kit,
		.built = &exercise->library,
	};

	return build(loop, client, &request, "judge", &toolkit->judge, err);
}

static bool wants_baseline(const struct exercise *exercise, const char *variant)
{
	size_t i;

	for (i = 0; i < exercise->test_count; i++)
		if (exercise->tests[i].baseline &&
		    strcmp(exercise->tests[i].variant, variant) == 0)
			return true;
	return false;
}

static int owned_files(const struct exercise_language *language,
		       struct fileset *set, struct error *err)
{
	const struct file *file;
	char **owned;

	for (owned = language->owned; owned && *owned; owned++) {
		file = fileset_find(&language->starter, *owned);
		if (file && !fileset_find(set, *owned) &&
		    fileset_add_fd(set, *owned, file->fd, false, err) < 0)
			return -err->code;
	}
	return 0;
}

/* The reference as if it had been handed in: with the exercise's own files. */
static int reference_files(const struct exercise_language *language,
			   struct fileset *set, struct error *err)
{
	fileset_init(set);
	if (fileset_add_set(set, "", &language->solution, err) < 0)
		return -err->code;
	return owned_files(language, set, err);
}

static int build_baselines(struct toolkit *toolkit, uv_loop_t *loop,
			   struct box_client *client,
			   const struct exercise_language *language,
			   const struct fileset *reference, struct error *err)
{
	const struct exercise *exercise = toolkit->exercise;
	int *programs = toolkit->baseline[language - exercise->languages];
	size_t i;

	for (i = 0; i < language->variant_count; i++) {
		const struct exercise_variant *variant = &language->variants[i];
		struct build_request request;

		if (programs[i] >= 0 ||
		    !wants_baseline(exercise, variant->name))
			continue;
		if (toolkit_prepare(toolkit, language, variant, err) < 0)
			return -err->code;
		request = build_request_of(exercise, variant, reference);
		if (build(loop, client, &request, "reference solution",
			  &programs[i], err) < 0)
			return -err->code;
	}
	return 0;
}

static bool mentions(const struct exercise_command *commands, size_t count,
		     const char *word)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (string_list_has(commands[i].argv, word))
			return true;
	return false;
}

/* Said here once, and not by each linker. */
static int check_built(const struct exercise *exercise, struct error *err)
{
	if (exercise_has_explored(exercise) && exercise->explore.count == 0)
		return error_set(err, EIO,
				 "explore.o is not beside assay-sandbox; build "
				 "it with \"make\", or set ASSAY_EXPLORE");
	if (exercise_has_dialogue(exercise) && exercise->keeper.count == 0)
		return error_set(err, EIO,
				 "keeper is not beside assay-sandbox; build it "
				 "with \"make\", or set ASSAY_KEEPER");
	if (mentions(exercise->judge_commands, exercise->judge_command_count,
		     "-ljudge") &&
	    exercise->library.count == 0)
		return error_set(err, EIO,
				 "libjudge.a is not beside assay-sandbox; "
				 "build it with \"make\", or set "
				 "ASSAY_JUDGE_LIBRARY");
	return 0;
}

/* With the headers that driver and submission share. */
static int build_prepared(struct toolkit *toolkit, uv_loop_t *loop,
			  struct box_client *client,
			  const struct exercise_language *language,
			  struct exercise_variant *variant, struct error *err)
{
	const struct exercise *exercise = toolkit->exercise;
	struct fileset owned;
	struct build_request request = {
		.commands = variant->prepare,
		.command_count = variant->prepare_count,
		.limits = &exercise->build_limits,
		.cwd = "/work/exercise/judge",
		.program = EXERCISE_PREPARED,
		.submission = &owned,
		.tools = &exercise->driver,
		.kit = &exercise->kit,
	};
	AUTO_CLOSE int made = -1;
	int result;

	fileset_init(&owned);
	result = owned_files(language, &owned, err);
	if (result == 0)
		result = build(loop, client, &request, EXERCISE_PREPARED, &made,
			       err);
	if (result == 0)
		result = fileset_add_fd(&variant->prepared, EXERCISE_PREPARED,
					made, false, err);
	fileset_release(&owned);
	return result;
}

static void close_loop(uv_loop_t *loop, struct box_client *client)
{
	box_client_close(client);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	CHECK(uv_loop_close(loop) == 0);
}

/* The judge, or if @language is not NULL the reference in it. */
static int build_all(struct toolkit *toolkit,
		     const struct exercise_language *language,
		     struct error *err)
{
	struct box_client *client;
	struct fileset reference;
	uv_loop_t loop;
	int result;

	loop_open(&loop);
	client = box_client_new(&loop, toolkit->sandbox_path, NULL, 0);
	fileset_init(&reference);
	if (!language)
		result = build_judge(toolkit, &loop, client, err);
	else
		result = reference_files(language, &reference, err);
	if (language && result == 0)
		result = build_baselines(toolkit, &loop, client, language,
					 &reference, err);
	fileset_release(&reference);
	close_loop(&loop, client);
	return result;
}

static bool is_there(const struct toolkit *toolkit,
		     const struct exercise_language *language)
{
	const int *programs =
		toolkit->baseline[language - toolkit->exercise->languages];
	size_t i;

	for (i = 0; i < language->variant_count; i++)
		if (programs[i] < 0 &&
		    wants_baseline(toolkit->exercise,
				   language->variants[i].name))
			return false;
	return true;
}

int toolkit_prepare(struct toolkit *toolkit,
		    const struct exercise_language *language,
		    const struct exercise_variant *variant, struct error *err)
{
	struct exercise_language *own =
		&toolkit->exercise
			 ->languages[language - toolkit->exercise->languages];
	struct exercise_variant *target =
		&own->variants[variant - language->variants];
	struct box_client *client;
	uv_loop_t loop;
	int result;

	if (variant->prepare_count == 0 || variant->prepared.count > 0)
		return 0;
	loop_open(&loop);
	client = box_client_new(&loop, toolkit->sandbox_path, NULL, 0);
	result = build_prepared(toolkit, &loop, client, own, target, err);
	close_loop(&loop, client);
	return result < 0 ? error_wrap(err, "exercise %s, variant \"%s\"",
				       toolkit->exercise->id, variant->name)
			  : 0;
}

int toolkit_want(struct toolkit *toolkit,
		 const struct exercise_language *language, struct error *err)
{
	if (is_there(toolkit, language))
		return 0;
	if (build_all(toolkit, language, err) < 0)
		return error_wrap(err, "exercise %s", toolkit->exercise->id);
	return 0;
}

int toolkit_new(const char *root, const char *id, const char *sandbox_path,
		struct toolkit **ret, struct error *err)
{
	struct toolkit *toolkit = calloc(1, sizeof *toolkit);
	int result;

	if (!toolkit)
		return error_set(err, ENOMEM, "out of memory");
	toolkit->sandbox_path = sandbox_path;
	toolkit->judge = -1;
	memset(toolkit->baseline, -1, sizeof toolkit->baseline);
	result = exercise_load(root, id, &toolkit->exercise, err);
	if (result == 0)
		result = check_built(toolkit->exercise, err);
	if (result == 0)
		result = build_all(toolkit, NULL, err);
	if (result < 0) {
		toolkit_free(toolkit);
		return error_wrap(err, "exercise %s", id);
	}
	*ret = toolkit;
	return 0;
}

void toolkit_free(struct toolkit *toolkit)
{
	const size_t count = sizeof toolkit->baseline / sizeof(int);
	size_t i;

	if (!toolkit)
		return;
	for (i = 0; i < count; i++)
		if ((&toolkit->baseline[0][0])[i] >= 0)
			(void)close((&toolkit->baseline[0][0])[i]);
	if (toolkit->judge >= 0)
		(void)close(toolkit->judge);
	exercise_free(toolkit->exercise);
	free(toolkit);
}

int toolkit_baseline(const struct toolkit *toolkit,
		     const struct exercise_language *language,
		     const char *variant)
{
	const int *programs =
		toolkit->baseline[language - toolkit->exercise->languages];
	size_t i;

	for (i = 0; i < language->variant_count; i++)
		if (strcmp(language->variants[i].name, variant) == 0)
			return programs[i];
	return -1;
}
