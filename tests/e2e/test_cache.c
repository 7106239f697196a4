/*
 * Builds that are kept: the same report without a compiler, and never anything
 * that was not built from the very same things. The exercise is exercise/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "e2e/words"

/* Answers to a word, and gets a warning for it. */
static const char answers[] = "#include <sys/socket.h>\n"
			      "int main(void)\n{\n\tchar word[32];\n"
			      "#warning \"answers\"\n"
			      "\twhile (recv(3, word, sizeof word, 0) > 0)\n"
			      "\t\t(void)send(3, \"mended\", 6, 0);\n"
			      "\treturn 0;\n}\n";

static void copy_in(const char *scratch, const char *from, const char *to)
{
	AUTO_FREE char *source = source_path(from);
	AUTO_FREE char *target = scratch_path(scratch, to);

	scratch_copy(source, target);
}

/* *state is a folder with the exercise, a right submission and a wrong one. */
static int setup(void **state)
{
	AUTO_FREE char *good = NULL;
	AUTO_FREE char *bad = NULL;

	*state = scratch_new();
	copy_in(*state, "exercises/kit", "exercises/kit");
	copy_in(*state, "include", "include");
	copy_in(*state, "tests/e2e/exercise", "exercises/" EXERCISE);
	copy_in(*state, "tests/e2e/exercise/solution/c", "good");
	copy_in(*state, "tests/e2e/exercise/solution/c", "bad");
	good = scratch_path(*state, "good");
	bad = scratch_path(*state, "bad");
	free(scratch_write(good, "words.c", answers));
	free(scratch_write(bad, "words.c", "int main(void) { retrun 0; }\n"));
	return 0;
}

static void start_grade_with(struct process *process, const char *scratch,
			     const char *out, const char *cache,
			     const char *option)
{
	AUTO_FREE char *exercises = text_format("ASSAY_EXERCISES=%s/exercises",
						scratch);
	AUTO_FREE char *folder = text_format("ASSAY_CACHE=%s", cache);
	const struct process_options inside = {
		.folder = scratch,
		.env = { exercises, folder },
	};
	const char *argv[] = { "assay",  "grade", "--quiet", "--out",
			       out,      "good",  "bad",     "--exercise",
			       EXERCISE, option,  NULL };

	process_start(process, argv, &inside);
}

static void start_grade(struct process *process, const char *scratch,
			const char *out, const char *cache)
{
	start_grade_with(process, scratch, out, cache, NULL);
}

static void end_grade(struct process *process)
{
	process_wait(process);
	assert_status(process, 0);
	process_release(process);
}

static void grade(const char *scratch, const char *out)
{
	AUTO_FREE char *cache = scratch_path(scratch, "cache");
	struct process process;

	start_grade(&process, scratch, out, cache);
	end_grade(&process);
}

static json_t *report(const char *scratch, const char *out, const char *id)
{
	AUTO_FREE char *name = text_format("%s/reports/%s.json", out, id);

	return scratch_json(scratch, name);
}

/* How many of a report's builds came out of the cache, or did not. */
static unsigned builds(const json_t *document, bool cached)
{
	const json_t *build;
	unsigned count = 0;
	size_t i;

	json_array_foreach (json_object_get(document, "build"), i, build)
		count += json_is_true(json_object_get(build, "cached")) ==
			 cached;
	return count;
}

/* All builds of the second came out of the cache, or none; the verdict is the
 * same. */
static void assert_same(const char *scratch, const char *one, const char *other,
			const char *id, bool cached)
{
	json_auto_t *first = report(scratch, one, id);
	json_auto_t *second = report(scratch, other, id);

	assert_string_equal(json_text(first, "verdict_digest"),
			    json_text(second, "verdict_digest"));
	assert_int_not_equal(builds(second, cached), 0);
	assert_int_equal(builds(second, !cached), 0);
	assert_string_equal(
		json_text(
			json_object_get(json_object_get(second, "environment"),
					"isolation"),
			"level"),
		json_text(json_object_get(json_object_get(first, "environment"),
					  "isolation"),
			  "level"));
}

/* What is said of them is the same, too. */
static void assert_same_builds(const char *scratch, const char *one,
			       const char *other, const char *id)
{
	json_auto_t *first = report(scratch, one, id);
	json_auto_t *second = report(scratch, other, id);
	json_t *build;
	size_t i;

	json_array_foreach (json_object_get(first, "build"), i, build)
		(void)json_object_set_new(build, "cached", json_true());
	assert_true(json_equal(json_object_get(first, "build"),
			       json_object_get(second, "build")));
}

static void test_cache__a_kept_build_gets_the_same_report(void **state)
{
	json_auto_t *first = NULL;
	const json_t *build;

	grade(*state, "one");
	grade(*state, "two");
	first = report(*state, "one", "good");
	assert_int_equal(builds(first, true), 0);
	build = json_array_get(json_object_get(first, "build"), 0);
	assert_int_equal(json_array_size(json_object_get(build, "diagnostics")),
			 1);
	assert_same(*state, "one", "two", "good", true);
	assert_same(*state, "one", "two", "bad", true);
	assert_same_builds(*state, "one", "two", "good");
	assert_same_builds(*state, "one", "two", "bad");
}

/* One bit of each file, somewhere in its middle. */
static void damage_all(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		AUTO_CLOSE int fd = openat(dirfd(dir), entry->d_name,
					   O_RDWR | O_CLOEXEC);
		off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
		char byte;

		if (fd < 0)
			continue;
		assert_int_equal(pread(fd, &byte, 1, size / 2), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, size / 2), 1);
		count++;
	}
	(void)closedir(dir);
	assert_true(count >= 3);
}

static void test_cache__what_is_damaged_is_built_again(void **state)
{
	AUTO_FREE char *cache = scratch_path(*state, "cache");

	grade(*state, "one");
	damage_all(cache);
	grade(*state, "two");
	grade(*state, "three");
	assert_same(*state, "one", "two", "good", false);
	assert_same(*state, "one", "two", "bad", false);
	assert_same(*state, "two", "three", "good", true);
}

/* Put @to for the first @from in the exercise's manifest. */
static void edit(const char *scratch, const char *from, const char *to)
{
	AUTO_FREE char *folder = scratch_path(scratch, "exercises/" EXERCISE);
	AUTO_FREE char *old = scratch_read(folder, "exercise.json");
	char *at = strstr(old, from);
	AUTO_FREE char *text = NULL;

	assert_non_null(at);
	*at = '\0';
	text = text_format("%s%s%s", old, to, at + strlen(from));
	free(scratch_write(folder, "exercise.json", text));
}

static void test_cache__other_tests_compile_nothing(void **state)
{
	json_auto_t *before = NULL;
	json_auto_t *after = NULL;

	grade(*state, "one");
	edit(*state, "\"budget\": 500", "\"budget\": 400");
	edit(*state, "\"budget\": 20", "\"budget\": 10");
	grade(*state, "two");
	before = report(*state, "one", "good");
	after = report(*state, "two", "good");
	assert_string_not_equal(
		json_text(json_object_get(before, "exercise"), "digest"),
		json_text(json_object_get(after, "exercise"), "digest"));
	assert_int_equal(builds(after, false), 0);
	assert_int_equal(builds(after, true), 2);
}

static void test_cache__other_limits_compile_again(void **state)
{
	grade(*state, "one");
	edit(*state, "\"cpu_ms\": 10000", "\"cpu_ms\": 9000");
	grade(*state, "two");
	assert_same(*state, "one", "two", "good", false);
}

static void test_cache__can_be_switched_off(void **state)
{
	struct process process;

	grade(*state, "one");
	start_grade(&process, *state, "two", "off");
	end_grade(&process);
	assert_same(*state, "one", "two", "good", false);
}

static void test_cache__a_batch_can_do_without_it(void **state)
{
	AUTO_FREE char *cache = scratch_path(*state, "cache");
	struct process process;

	start_grade_with(&process, *state, "one", cache, "--no-cache");
	end_grade(&process);
	assert_int_equal(access(cache, F_OK), -1); /* kept nothing */
	grade(*state, "two");
	start_grade_with(&process, *state, "three", cache, "--no-cache");
	end_grade(&process);
	assert_same(*state, "two", "three", "good", false);
}

static void test_cache__two_batches_may_share_it(void **state)
{
	AUTO_FREE char *cache = scratch_path(*state, "cache");
	struct process first, second;

	start_grade(&first, *state, "one", cache);
	start_grade(&second, *state, "two", cache);
	end_grade(&first);
	end_grade(&second);
	grade(*state, "three");
	assert_same(*state, "one", "three", "good", true);
	assert_same(*state, "two", "three", "bad", true);
}

/* Whoever could read it might find what others handed in. */
static void test_cache__no_box_can_see_it(void **state)
{
	AUTO_FREE char *cache = scratch_path(*state, "cache");
	AUTO_FREE char *good = scratch_path(*state, "good");
	AUTO_FREE char *text = NULL;
	json_auto_t *document = NULL;

	grade(*state, "one");
	free(scratch_write(cache, "planted.h", "/* read */\n"));
	text = text_format("#include \"%s/planted.h\"\n%s", cache, answers);
	free(scratch_write(good, "words.c", text));
	grade(*state, "two");
	document = report(*state, "two", "good");
	assert_string_equal(
		json_text(json_object_get(document, "score"), "status"),
		"build-error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CACHE_TEST(name)                                           \
	cmocka_unit_test_setup_teardown(test_cache__##name, setup, \
					scratch_teardown)
		CACHE_TEST(a_kept_build_gets_the_same_report),
		CACHE_TEST(what_is_damaged_is_built_again),
		CACHE_TEST(other_tests_compile_nothing),
		CACHE_TEST(other_limits_compile_again),
		CACHE_TEST(can_be_switched_off),
		CACHE_TEST(a_batch_can_do_without_it),
		CACHE_TEST(two_batches_may_share_it),
		CACHE_TEST(no_box_can_see_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
