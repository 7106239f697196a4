/*
 * mutation_build.c - see mutation_build.h
 */
#include "mutation_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include <assay/cleanup.h>

#include "box_client.h"
#include "build.h"
#include "fdio.h"
#include "loop.h"
#include "text.h"

#define PROGRAM "/work/program"
#define COMMON "-std=gnu17", "-w", "-I/work/kit", "-I/work/include"

struct mutation_build {
	const struct exercise *exercise;
	const struct exercise_language *language;
	uv_loop_t loop;
	struct box_client *client;
};

struct outcome {
	struct build_result result;
	int program;
};

struct mutation_build *
mutation_build_new(const struct exercise *exercise,
		   const struct exercise_language *language,
		   const char *sandbox_path)
{
	struct mutation_build *build = calloc(1, sizeof *build);

	ENOUGH(build);
	build->exercise = exercise;
	build->language = language;
	loop_open(&build->loop);
	build->client = box_client_new(&build->loop, sandbox_path, NULL, 0);
	return build;
}

void mutation_build_free(struct mutation_build *build)
{
	box_client_close(build->client);
	(void)uv_run(&build->loop, UV_RUN_DEFAULT);
	CHECK(uv_loop_close(&build->loop) == 0);
	free(build);
}

bool mutation_build_possible(void)
{
	/* PATH in a box, see build_environment() */
	return access("/usr/local/bin/clang", X_OK) == 0 ||
	       access("/usr/bin/clang", X_OK) == 0 ||
	       access("/bin/clang", X_OK) == 0;
}

/* The solution and what the exercise owns of a submission; @text, if there is
 * one, in place of @file. */
static int collect(const struct mutation_build *build, const char *file,
		   const char *text, struct fileset *set, struct error *err)
{
	const struct exercise_language *language = build->language;
	int rc = 0;

	fileset_init(set);
	if (text)
		rc = fileset_add_bytes(set, file, text, strlen(text), false,
				       err);
	for (size_t i = 0; rc == 0 && i < language->solution.count; i++) {
		const struct file *own = &language->solution.files[i];

		if (!fileset_find(set, own->path))
			rc = fileset_add_file(set, own->path, own, err);
	}
	for (size_t i = 0; rc == 0 && i < string_list_count(language->owned);
	     i++) {
		const char *path = language->owned[i];

		if (!fileset_find(set, path))
			rc = fileset_add_file(
				set, path,
				fileset_find(&language->starter, path), err);
	}
	return rc;
}

static void built_cb(void *data, struct build_result *result, int program)
{
	struct outcome *outcome = data;

	outcome->result = *result;
	outcome->program = program;
}

static string_list copy_words(const char *const *words)
{
	size_t count = 0;
	string_list list;

	while (words[count])
		count++;
	list = calloc(count + 1, sizeof *list);
	ENOUGH(list);
	for (size_t i = 0; i < count; i++)
		list[i] = text_format("%s", words[i]);
	return list;
}

/* Run the command @words; what it leaves as PROGRAM is in @outcome. */
static int run(struct mutation_build *build, const char *const *words,
	       const struct fileset *files, struct outcome *outcome,
	       struct error *err)
{
	const struct exercise_command command = { .argv = copy_words(words) };
	const struct build_request request = {
		.commands = &command,
		.command_count = 1,
		.limits = &build->exercise->build_limits,
		.cwd = "/work/submission",
		.program = "program",
		.submission = files,
		.tools = &build->exercise->driver,
		.kit = &build->exercise->kit,
	};

	*outcome = (struct outcome){ .program = -1 };
	build_start(build->client, &request, built_cb, outcome);
	while (box_client_busy(build->client))
		(void)uv_run(&build->loop, UV_RUN_ONCE);
	string_list_free(command.argv);
	return outcome->result.fault
		       ? error_set(err, EIO, "%s", outcome->result.fault)
		       : 0;
}

static void outcome_release(struct outcome *outcome)
{
	build_result_release(&outcome->result);
	if (outcome->program >= 0)
		(void)close(outcome->program);
}

static int parse_tree(const struct outcome *outcome, json_t **ret,
		      struct error *err)
{
	AUTO_FREE char *text = NULL;
	json_error_t error;
	size_t size;

	if (!outcome->result.ok)
		return error_set(err, EINVAL, "clang does not take it: %.200s",
				 outcome->result.output ? outcome->result.output
							: "no output");
	text = fd_read_all(outcome->program, &size);
	if (!text)
		return error_errno(err, errno, "what clang has printed");
	*ret = json_loadb(text, size, 0, &error);
	return *ret ? 0
		    : error_set(err, EINVAL, "clang's tree: line %d: %s",
				error.line, error.text);
}

int mutation_build_tree(struct mutation_build *build, const char *file,
			json_t **ret, struct error *err)
{
	/* clang prints a tree on standard output and nowhere else */
	const char *words[] = { "/bin/sh",
				"-c",
				"exec clang \"$@\" >/work/program",
				"sh",
				COMMON,
				"-fsyntax-only",
				"-Xclang",
				"-ast-dump=json",
				file,
				NULL };
	struct outcome outcome;
	struct fileset files;
	int rc = collect(build, file, NULL, &files, err);

	if (rc == 0) {
		rc = run(build, words, &files, &outcome, err);
		if (rc == 0)
			rc = parse_tree(&outcome, ret, err);
		outcome_release(&outcome);
	}
	fileset_release(&files);
	return rc < 0 ? error_wrap(err, "%s", file) : 0;
}

static int hash(int fd, char hex[65], struct error *err)
{
	struct fileset set;
	int rc;

	fileset_init(&set);
	rc = fileset_add_fd(&set, "object", fd, false, err);
	if (rc == 0)
		memcpy(hex, set.files[0].sha256, 65);
	fileset_release(&set);
	return rc;
}

int mutation_build_object(struct mutation_build *build, const char *file,
			  const char *text, char hex[65], struct error *err)
{
	const char *words[] = { "gcc", COMMON, "-O2",   "-pthread", "-c",
				file,  "-o",   PROGRAM, NULL };
	struct outcome outcome;
	struct fileset files;
	int rc = collect(build, file, text, &files, err);

	*hex = '\0';
	if (rc == 0) {
		rc = run(build, words, &files, &outcome, err);
		if (rc == 0 && outcome.result.ok)
			rc = hash(outcome.program, hex, err);
		outcome_release(&outcome);
	}
	fileset_release(&files);
	return rc < 0 ? error_wrap(err, "%s", file) : 0;
}
