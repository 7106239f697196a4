/*
 * test_canary.c - what a candidate is shown has no word of a hidden test
 *
 * Every exercise, copied, with a canary in all that its hidden tests are: id,
 * title, category, property, why, and a parameter more; and in what interviewers ask about any
 * test. Then all that a candidate does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define CANARY "canary"
#define FOLDERS_OPEN_MAX 16

struct home {
	char *folder;
	char *exercises; /* "ASSAY_EXERCISES=..." */
};

static void assert_silent(const char *what, const char *text)
{
	const char *at = strstr(text, CANARY);

	if (at)
		fail_msg("%s has words of a hidden test: %.100s", what, at);
}

/* ---- the exercises, with canaries ---- */

static void put_canary(json_t *test, const char *key)
{
	AUTO_FREE char *text = text_format(CANARY "-%s: %s", key,
					   json_text(test, key));

	assert_int_equal(json_object_set_new(test, key, json_string(text)), 0);
}

/* Everywhere, "@id" becomes another name. */
static void rename_test(json_t *value, const char *id, const char *name)
{
	const char *key;
	json_t *part;
	size_t i;

	json_object_foreach (value, key, part) {
		if (json_is_string(part) &&
		    strcmp(json_string_value(part), id) == 0)
			json_string_set(part, name);
		rename_test(part, id, name);
	}
	json_array_foreach (value, i, part) {
		if (json_is_string(part) &&
		    strcmp(json_string_value(part), id) == 0)
			json_string_set(part, name);
		rename_test(part, id, name);
	}
}

/* Returns how many there are. */
static size_t hide_canaries(json_t *manifest)
{
	json_t *tests = json_object_get(manifest, "tests");
	size_t hidden = 0;
	json_t *params;
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		AUTO_FREE char *id = text_format("%s", json_text(test, "id"));
		AUTO_FREE char *name = text_format(CANARY "-%zu", i);

		json_object_set_new(test, "questions",
				    json_pack("[s]", CANARY "-question"));
		if (strcmp(json_text(test, "visibility"), "hidden") != 0)
			continue;
		hidden++;
		rename_test(manifest, id, name);
		put_canary(test, "title");
		put_canary(test, "category");
		put_canary(test, "property");
		put_canary(test, "why");
		params = json_object_get(test, "params");
		if (!params) {
			params = json_object();
			json_object_set_new(test, "params", params);
		}
		json_object_set_new(params, CANARY, json_string(CANARY));
	}
	return hidden;
}

static int setup(void **state)
{
	struct home *home = calloc(1, sizeof *home);
	AUTO_FREE char *exercises = source_path("exercises");
	AUTO_FREE char *include = source_path("include");
	AUTO_FREE char *guide = source_path("tests/guide");
	AUTO_FREE char *to_exercises = NULL, *to_include = NULL;
	AUTO_FREE char *to_guide = NULL;

	assert_non_null(home);
	home->folder = scratch_new();
	to_exercises = scratch_path(home->folder, "exercises");
	to_include = scratch_path(home->folder, "include");
	to_guide = scratch_path(home->folder, "exercises/guide");
	home->exercises = text_format("ASSAY_EXERCISES=%s", to_exercises);
	scratch_copy(exercises, to_exercises);
	scratch_copy(include, to_include);
	scratch_copy(guide, to_guide);
	*state = home;
	return 0;
}

static int teardown(void **state)
{
	struct home *home = *state;

	scratch_remove(home->folder);
	free(home->exercises);
	free(home);
	return 0;
}

/* ---- what a candidate does ---- */

static json_t *list(const struct home *home)
{
	const struct process_options options = { .folder = home->folder,
						 .env = { home->exercises } };
	struct process process;
	json_t *all;

	process_run(&process, &options, "assay", "list");
	assert_status(&process, 0);
	assert_silent("assay list", process.out);
	process_release(&process);
	process_run(&process, &options, "assay", "list", "--json");
	assert_status(&process, 0);
	assert_silent("assay list --json", process.out);
	all = scratch_parse(process.out);
	process_release(&process);
	return all;
}

static int look_at_file(const char *path, const struct stat *status, int type,
			struct FTW *place)
{
	AUTO_FREE char *bytes = NULL;
	AUTO_CLOSE int fd = -1;
	size_t size;

	(void)status;
	(void)place;
	assert_silent("a name in the workspace", strrchr(path, '/'));
	if (type != FTW_F)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	bytes = fd_read_all(fd, &size);
	assert_non_null(bytes);
	if (memmem(bytes, size, CANARY, strlen(CANARY)))
		fail_msg("%s has words of a hidden test", path);
	return 0;
}

static void start_and_check(const struct home *home, const char *id,
			    const char *language)
{
	AUTO_FREE char *work = scratch_path(home->folder, "work");
	const struct process_options outside = { .folder = home->folder,
						 .env = { home->exercises } };
	const struct process_options inside = { .folder = work,
						.env = { home->exercises } };
	struct process process;

	process_run(&process, &outside, "assay", "start", id, "work", "--lang",
		    language);
	assert_status(&process, 0);
	assert_silent("assay start", process.out);
	process_release(&process);
	process_run(&process, &inside, "assay", "check");
	assert_status(&process, 1);
	assert_silent("assay check", process.out);
	assert_silent("assay check's errors", process.err);
	process_release(&process);
	process_run(&process, &inside, "assay", "check", "--json");
	assert_status(&process, 1);
	assert_silent("assay check --json", process.out);
	process_release(&process);
	assert_int_equal(nftw(work, look_at_file, FOLDERS_OPEN_MAX, FTW_PHYS),
			 0);
	process_run(&process, &outside, "rm", "-rf", "work");
	process_release(&process);
}

static void test_candidate__sees_no_word_of_a_hidden_test(void **state)
{
	const struct home *home = *state;
	json_auto_t *before = list(home);
	json_t *exercise;
	size_t i;

	json_array_foreach (before, i, exercise) {
		const char *id = json_text(exercise, "id");
		AUTO_FREE char *name = text_format("exercises/%s/exercise.json",
						   id);
		json_auto_t *manifest = scratch_json(home->folder, name);
		AUTO_FREE char *text = NULL;

		if (hide_canaries(manifest) == 0)
			fail_msg("%s has no hidden test", id);
		text = json_dumps(manifest, JSON_INDENT(1));
		free(scratch_write(home->folder, name, text));
	}
	json_decref(list(home));
	json_array_foreach (before, i, exercise) {
		const json_t *languages = json_object_get(exercise,
							  "languages");

		/* the tests are the same for all of them */
		start_and_check(home, json_text(exercise, "id"),
				json_string_value(
					json_array_get(languages, 0)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_candidate__sees_no_word_of_a_hidden_test, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
