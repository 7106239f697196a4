/* Files in memory: what may be one, and that it stays as it is. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "fileset.h"
#include "package.h"

/* FIPS 180-2, appendix B.1. */
#define SHA256_OF_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
/* printf 'a\0%s\nb\0%s\n' SHA256_OF_ABC SHA256_OF_ABC | sha256sum */
#define DIGEST_OF_A_AND_B \
	"75e2570e8e4b31b278502f3f3f9baba9c30f4758626ea33ab6ae166746425c79"

static int setup(void **state)
{
	struct fileset *set = malloc(sizeof *set);

	fileset_init(set);
	*state = set;
	return 0;
}

static int teardown(void **state)
{
	fileset_release(*state);
	free(*state);
	return 0;
}

static void add(struct fileset *set, const char *path, const char *text)
{
	struct error err;

	if (fileset_add_bytes(set, path, text, strlen(text), false, &err) < 0)
		fail_msg("%s: %s", path, err.text);
}

static void test_fileset__keeps_bytes_size_and_hash(void **state)
{
	struct fileset *set = *state;
	AUTO_FREE char *text = NULL;
	const struct file *file;

	add(set, "src/a.c", "abc");
	file = fileset_find(set, "src/a.c");
	assert_non_null(file);
	assert_int_equal(file->size, 3);
	assert_string_equal(file->sha256, SHA256_OF_ABC);
	text = file_read(file);
	assert_string_equal(text, "abc");
}

static void test_fileset__keeps_an_empty_file(void **state)
{
	AUTO_FREE char *text = NULL;

	add(*state, "a", "");
	text = file_read(fileset_find(*state, "a"));
	assert_string_equal(text, "");
}

static void test_fileset__is_sorted_by_path(void **state)
{
	struct fileset *set = *state;

	add(set, "b", "");
	add(set, "a/b", "");
	add(set, "a.c", "");
	add(set, "B", "");
	assert_int_equal(set->count, 4);
	assert_string_equal(set->files[0].path, "B");
	assert_string_equal(set->files[1].path, "a.c");
	assert_string_equal(set->files[2].path, "a/b");
	assert_string_equal(set->files[3].path, "b");
	assert_null(fileset_find(set, "a"));
	assert_null(fileset_find(set, "c"));
}

static void test_fileset__seals_what_it_holds(void **state)
{
	int fd;

	add(*state, "a", "abc");
	fd = fileset_find(*state, "a")->fd;
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 10), -1);
	assert_true(mmap(NULL, 3, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, 0), -1);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void test_fileset__refuses_a_path_twice(void **state)
{
	struct error err;

	add(*state, "a/b", "");
	assert_int_equal(fileset_add_bytes(*state, "a/b", "", 0, false, &err),
			 -EEXIST);
	assert_int_equal(fileset_add_bytes(*state, "a", "", 0, false, &err),
			 -EEXIST);
	assert_int_equal(fileset_add_bytes(*state, "a/b/c", "", 0, false, &err),
			 -EEXIST);
	add(*state, "a/bc", "");
	add(*state, "aa", "");
}

static void test_fileset__knows_plain_paths(void **state)
{
	static const char *const good[] = {
		"a",    "a.c", "a/b/c.h", "...",        ".hidden",
		"a..b", "-rf", "a b",     "\303\251.c", "\360\237\230\200"
	};
	static const char *const bad[] = {
		"",
		"/",
		"/a",
		"a/",
		"a//b",
		".",
		"..",
		"./a",
		"a/.",
		"../a",
		"a/..",
		"a/../b",
		"a\\b",
		"a\nb",
		"a\tb",
		"a\177",
		"\033[2J",
		"\302\205", /* U+0085, a control character */
		"\377",
		"\300\257",
		"\303",
		"\355\240\200",
		"\364\220\200\200"
	};
	char path[FILESET_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!fileset_path_ok(good[i]))
			fail_msg("good path %zu refused", i);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (fileset_path_ok(bad[i]))
			fail_msg("bad path %zu taken", i);
	memset(path, 'a', sizeof path);
	path[FILESET_PATH_MAX] = '\0';
	assert_true(fileset_path_ok(path));
	path[FILESET_PATH_MAX] = 'a';
	path[FILESET_PATH_MAX + 1] = '\0';
	assert_false(fileset_path_ok(path));
}

static void test_fileset__refuses_a_path_that_is_not_plain(void **state)
{
	struct error err;

	assert_int_equal(fileset_add_bytes(*state, "../a", "", 0, false, &err),
			 -EINVAL);
	assert_int_equal(((struct fileset *)*state)->count, 0);
}

static void test_fileset__is_bounded(void **state)
{
	AUTO_FREE char *bytes = calloc(1, FILESET_FILE_MAX + 1);
	struct error err;
	char path[16];

	assert_int_equal(fileset_add_bytes(*state, "a", bytes,
					   FILESET_FILE_MAX + 1, false, &err),
			 -E2BIG);
	assert_int_equal(fileset_add_bytes(*state, "a", bytes, FILESET_FILE_MAX,
					   false, &err),
			 0);
	for (unsigned i = 1; i < FILESET_FILES_MAX; i++) {
		(void)snprintf(path, sizeof path, "f%u", i);
		add(*state, path, "");
	}
	assert_int_equal(fileset_add_bytes(*state, "b", "", 0, false, &err),
			 -E2BIG);
}

static void test_fileset__copies_from_a_descriptor(void **state)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = memfd_create("test", MFD_CLOEXEC);
	int pipes[2];
	struct error err;

	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(fileset_add_fd(*state, "a", fd, true, &err), 0);
	assert_true(fileset_find(*state, "a")->executable);
	text = file_read(fileset_find(*state, "a"));
	assert_string_equal(text, "abc");
	assert_int_equal(ftruncate(fd, FILESET_FILE_MAX + 1), 0);
	assert_int_equal(fileset_add_fd(*state, "b", fd, true, &err), -E2BIG);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(fileset_add_fd(*state, "c", pipes[0], true, &err),
			 -EINVAL);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

static void test_fileset__copies_a_folder(void **state)
{
	char *folder = folder_new();
	struct error err;

	folder_write(folder, "a.c", "abc");
	folder_write(folder, "sub/deep/b.c", "abc");
	folder_write(folder, ".git/config", "abc");
	assert_int_equal(fileset_add_folder(*state, "x/y", folder, &err), 0);
	assert_int_equal(fileset_add_folder(*state, "", folder, &err), 0);
	assert_int_equal(((struct fileset *)*state)->count, 4);
	assert_non_null(fileset_find(*state, "x/y/a.c"));
	assert_non_null(fileset_find(*state, "x/y/sub/deep/b.c"));
	assert_non_null(fileset_find(*state, "sub/deep/b.c"));
	assert_int_equal(fileset_add_folder(*state, "", "/nowhere", &err),
			 -ENOENT);
	folder_remove(folder);
}

static void test_fileset__refuses_links_and_pipes_in_a_folder(void **state)
{
	char *folder = folder_new();
	AUTO_FREE char *path = folder_path(folder, "x");
	struct error err;

	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(fileset_add_folder(*state, "p", folder, &err),
			 -EINVAL);
	assert_string_equal(err.text, "p/x: a symbolic link");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(fileset_add_folder(*state, "p", folder, &err),
			 -EINVAL);
	assert_string_equal(err.text, "p/x: a special file");
	folder_remove(folder);
}

static void test_fileset__shares_the_bytes_of_another_set(void **state)
{
	struct fileset *set = *state, other;
	struct stat a, b;
	struct error err;

	fileset_init(&other);
	add(&other, "a", "abc");
	add(&other, "b", "abc");
	assert_int_equal(fileset_add_set(set, "x", &other, &err), 0);
	assert_int_equal(fileset_add_file(set, "y", &other.files[0], &err), 0);
	assert_int_equal(fstat(other.files[0].fd, &a), 0);
	assert_int_equal(fstat(fileset_find(set, "x/a")->fd, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(fileset_add_set(set, "x", &other, &err), -EEXIST);
	fileset_release(&other);
	assert_int_equal(set->count, 3);
	assert_int_equal(fstat(fileset_find(set, "y")->fd, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
}

static void test_fileset__digest_is_of_paths_and_bytes(void **state)
{
	struct fileset *set = *state;
	char digest[65], other[65];

	add(set, "b", "abc");
	add(set, "a", "abc");
	fileset_digest(set, digest);
	assert_string_equal(digest, DIGEST_OF_A_AND_B);
	add(set, "c", "");
	fileset_digest(set, other);
	assert_string_not_equal(digest, other);
}

static void test_fileset__leaves_no_descriptor_behind(void **state)
{
	AUTO_CLOSE int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int after = -1;

	add(*state, "a", "abc");
	add(*state, "b", "abc");
	fileset_release(*state);
	fileset_release(*state);
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(after, before + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_fileset__keeps_bytes_size_and_hash),
		TEST(test_fileset__keeps_an_empty_file),
		TEST(test_fileset__is_sorted_by_path),
		TEST(test_fileset__seals_what_it_holds),
		TEST(test_fileset__refuses_a_path_twice),
		TEST(test_fileset__knows_plain_paths),
		TEST(test_fileset__refuses_a_path_that_is_not_plain),
		TEST(test_fileset__is_bounded),
		TEST(test_fileset__copies_from_a_descriptor),
		TEST(test_fileset__copies_a_folder),
		TEST(test_fileset__refuses_links_and_pipes_in_a_folder),
		TEST(test_fileset__shares_the_bytes_of_another_set),
		TEST(test_fileset__digest_is_of_paths_and_bytes),
		TEST(test_fileset__leaves_no_descriptor_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
