/* Built programs that are kept: found again, never trusted, never too many. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "package.h"
#include "store.h"

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static int setup(void **state)
{
	*state = folder_new();
	assert_int_equal(setenv("ASSAY_CACHE", *state, 1), 0);
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	return unsetenv("ASSAY_CACHE");
}

static void put(const char *key, const char *text)
{
	AUTO_CLOSE int fd = memfd_create("program", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	store_put(key, "a note", fd);
}

/* What is kept as @key; free() it. NULL: nothing. */
static char *get(const char *key)
{
	struct store_entry entry;
	char *text = NULL;
	size_t size;

	if (!store_get(key, &entry))
		return NULL;
	assert_string_equal(entry.note, "a note");
	if (entry.program >= 0)
		text = fd_read_all(entry.program, &size);
	store_entry_release(&entry);
	return text;
}

static void test_store__gives_back_what_was_put(void **state)
{
	AUTO_FREE char *text = NULL;

	(void)state;
	assert_null(get(KEY));
	put(KEY, "a program");
	text = get(KEY);
	assert_non_null(text);
	assert_string_equal(text, "a program");
}

static void flip(const char *path, off_t offset)
{
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
}

static void test_store__takes_nothing_that_is_damaged(void **state)
{
	AUTO_FREE char *path = folder_path(*state, KEY);
	struct stat status;
	off_t at;

	put(KEY, "a program");
	assert_int_equal(stat(path, &status), 0);
	for (at = 0; at < status.st_size; at++) {
		flip(path, at);
		assert_null(get(KEY));
		assert_int_equal(access(path, F_OK), -1);
		put(KEY, "a program");
	}
	for (at = 0; at < status.st_size; at++) {
		put(KEY, "a program");
		assert_int_equal(truncate(path, at), 0);
		assert_null(get(KEY));
	}
}

/* Nor what was kept for something else, under another name. */
static void test_store__knows_what_it_was_kept_as(void **state)
{
	AUTO_FREE char *path = folder_path(*state, KEY);
	AUTO_FREE char *other = NULL;
	char key[] = KEY;

	key[0] = '1';
	other = folder_path(*state, key);
	put(KEY, "a program");
	assert_int_equal(rename(path, other), 0);
	assert_null(get(key));
}

static void test_store__ignores_a_folder_that_others_may_write(void **state)
{
	put(KEY, "a program");
	assert_int_equal(chmod(*state, 0777), 0);
	assert_null(get(KEY));
	assert_int_equal(chmod(*state, 0700), 0);
	free(get(KEY));
}

static void test_store__does_without_a_folder(void **state)
{
	static const char *const values[] = { "", "off", "/dev/null",
					      "/proc/nowhere/at/all" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof values / sizeof values[0]; i++) {
		assert_int_equal(setenv("ASSAY_CACHE", values[i], 1), 0);
		put(KEY, "a program");
		assert_null(get(KEY));
	}
}

static void test_store__makes_its_folder_in_the_cache_of_the_user(void **state)
{
	AUTO_FREE char *cache = folder_path(*state, "cache");
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *kept = NULL;

	assert_int_equal(unsetenv("ASSAY_CACHE"), 0);
	assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
	put(KEY, "a program");
	text = get(KEY);
	assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
	assert_non_null(text);
	kept = folder_read(*state, "cache/assay/" KEY);
	assert_non_null(kept);
}

/* A program of @size, kept as number @number and not asked for since @age. */
static void plant(const char *folder, unsigned number, uint64_t size, long age)
{
	struct timespec times[2] = { { .tv_sec = 1000000 - age },
				     { .tv_sec = 1000000 - age } };
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = -1;
	char key[] = KEY;

	key[1] = (char)('a' + number);
	path = folder_path(folder, key);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(futimens(fd, times), 0);
}

static bool planted(const char *folder, unsigned number)
{
	AUTO_FREE char *path = NULL;
	char key[] = KEY;

	key[1] = (char)('a' + number);
	path = folder_path(folder, key);
	return access(path, F_OK) == 0;
}

static void test_store__drops_what_was_not_asked_for_longest(void **state)
{
	AUTO_FREE char *text = NULL;
	unsigned i;

	for (i = 0; i < 5; i++)
		plant(*state, i, STORE_BYTES_MAX / 4, 100 - 10 * (long)i);
	put(KEY, "a program");
	text = get(KEY);
	assert_non_null(text);
	for (i = 0; i < 5; i++)
		assert_true(planted(*state, i) == (i > 1));
}

/* Listing is not for each: what goes beyond the bound may wait a little. */
static void test_store__looks_for_room_now_and_then(void **state)
{
	unsigned i;

	put(KEY, "a program");
	for (i = 0; i < 5; i++)
		plant(*state, i, STORE_BYTES_MAX / 4, 100 - 10 * (long)i);
	put(KEY, "a program");
	for (i = 0; i < 5; i++)
		assert_true(planted(*state, i));
}

static void test_store__keeps_what_made_no_program(void **state)
{
	struct store_entry entry;

	(void)state;
	store_put(KEY, "does not compile", -1);
	assert_true(store_get(KEY, &entry));
	assert_int_equal(entry.program, -1);
	assert_string_equal(entry.note, "does not compile");
	store_entry_release(&entry);
}

/* ---- keys ---- */

struct ingredients {
	struct exercise_command command;
	struct fileset files;
	struct build_request request;
	char *argv[3];
};

static void mix(struct ingredients *mixed, const char *word, const char *path,
		const char *text)
{
	struct error err;

	*mixed = (struct ingredients){ .argv = { strdup("gcc"), strdup(word),
						 NULL } };
	fileset_init(&mixed->files);
	assert_int_equal(fileset_add_bytes(&mixed->files, path, text,
					   strlen(text), false, &err),
			 0);
	mixed->command.argv = mixed->argv;
	mixed->request = (struct build_request){
		.commands = &mixed->command,
		.command_count = 1,
		.cwd = "/work",
		.program = "program",
		.tools = &mixed->files,
	};
}

static void unmix(struct ingredients *mixed)
{
	fileset_release(&mixed->files);
	free(mixed->argv[0]);
	free(mixed->argv[1]);
}

static void test_store__key_is_of_everything(void **state)
{
	struct box_limits limits = { .cpu_us = 1 };
	char keys[16][65];
	struct ingredients mixed;
	size_t i, j, count = 0;

	(void)state;
	mix(&mixed, "-O2", "a.c", "int a;");
	store_key(&mixed.request, keys[count++]);
	store_key(&mixed.request, keys[count]);
	assert_string_equal(keys[0], keys[count]);
	mixed.request.cwd = "/work/submission";
	store_key(&mixed.request, keys[count++]);
	mixed.request.cwd = "/work";
	mixed.request.program = "judge";
	store_key(&mixed.request, keys[count++]);
	mixed.request.program = "program";
	mixed.request.tools = NULL;
	mixed.request.kit = &mixed.files; /* the same, elsewhere */
	store_key(&mixed.request, keys[count++]);
	mixed.request.submission = &mixed.files;
	store_key(&mixed.request, keys[count++]);
	mixed.request.level = 1;
	store_key(&mixed.request, keys[count++]);
	mixed.request.scan = true;
	store_key(&mixed.request, keys[count++]);
	mixed.request.limits = &limits;
	store_key(&mixed.request, keys[count++]);
	limits.stack_bytes++;
	store_key(&mixed.request, keys[count++]);
	unmix(&mixed);
	mix(&mixed, "-O1", "a.c", "int a;");
	store_key(&mixed.request, keys[count++]);
	unmix(&mixed);
	mix(&mixed, "-O2", "b.c", "int a;");
	store_key(&mixed.request, keys[count++]);
	unmix(&mixed);
	mix(&mixed, "-O2", "a.c", "int b;");
	store_key(&mixed.request, keys[count++]);
	unmix(&mixed);
	for (i = 0; i < count; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(keys[i], keys[j]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define STORE_TEST(name) \
	cmocka_unit_test_setup_teardown(test_store__##name, setup, teardown)
		STORE_TEST(gives_back_what_was_put),
		STORE_TEST(takes_nothing_that_is_damaged),
		STORE_TEST(knows_what_it_was_kept_as),
		STORE_TEST(ignores_a_folder_that_others_may_write),
		STORE_TEST(does_without_a_folder),
		STORE_TEST(makes_its_folder_in_the_cache_of_the_user),
		STORE_TEST(drops_what_was_not_asked_for_longest),
		STORE_TEST(looks_for_room_now_and_then),
		STORE_TEST(keeps_what_made_no_program),
		STORE_TEST(key_is_of_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
