/*
 * A folder that a program used is emptied, whatever it made there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "runfolder.h"

#define SOMEBODY 54321

struct place {
	char path[64];
	char outside[80];
	int fd;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	(void)snprintf(place->path, sizeof place->path, "/tmp/folder-XXXXXX");
	assert_non_null(mkdtemp(place->path));
	(void)snprintf(place->outside, sizeof place->outside, "%s.outside",
		       place->path);
	assert_int_equal(mkdir(place->outside, 0755), 0);
	place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(place->fd >= 0);
	*state = place;
	return 0;
}

/* Removing it shows that it is empty, and that the other is not touched. */
static int teardown(void **state)
{
	struct place *place = *state;

	assert_int_equal(close(place->fd), 0);
	assert_int_equal(rmdir(place->path), 0);
	assert_int_equal(rmdir(place->outside), 0);
	free(place);
	return 0;
}

static void test_runfolder__deep_trees_go(void **state)
{
	struct place *place = *state;
	int here = openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int i, next;

	/* deeper than a path may be long, or descriptors many */
	for (i = 0; i < 3000; i++) {
		assert_int_equal(mkdirat(here, "abc", 0755), 0);
		assert_int_equal(mkdirat(here, ".1", 0755), 0);
		next = openat(here, "abc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		(void)close(here);
		here = next;
	}
	(void)close(here);
	assert_int_equal(runfolder_empty_at(place->fd), 0);
}

static void test_runfolder__many_files_go(void **state)
{
	struct place *place = *state;
	char name[32];
	int i, fd;

	for (i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof name, "%d", i);
		fd = openat(place->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0);
		assert_true(fd >= 0);
		(void)close(fd);
	}
	assert_int_equal(runfolder_empty_at(place->fd), 0);
}

static void test_runfolder__links_are_not_followed(void **state)
{
	struct place *place = *state;
	char kept[100];

	(void)snprintf(kept, sizeof kept, "%s/kept", place->outside);
	assert_int_equal(mkdir(kept, 0755), 0);
	assert_int_equal(symlinkat(place->outside, place->fd, "a"), 0);
	assert_int_equal(mkdirat(place->fd, "b", 0755), 0);
	assert_int_equal(symlinkat(place->outside, place->fd, "b/c"), 0);
	assert_int_equal(symlinkat("b", place->fd, "loop"), 0);
	assert_int_equal(symlinkat("nowhere", place->fd, "b/d"), 0);
	assert_int_equal(runfolder_empty_at(place->fd), 0);
	assert_int_equal(rmdir(kept), 0);
}

/* As who may not simply do anything; root becomes somebody for it. */
static int closed_folders(const struct place *place)
{
	if (geteuid() == 0 && (setgid(SOMEBODY) < 0 || setuid(SOMEBODY) < 0))
		return 2;
	if (mkdirat(place->fd, "a", 0700) < 0 ||
	    mkdirat(place->fd, "a/b", 0700) < 0 ||
	    mkdirat(place->fd, "a/b/c", 0) < 0 ||
	    mkfifoat(place->fd, "a/b/pipe", 0) < 0 ||
	    fchmodat(place->fd, "a/b", 0, 0) < 0 ||
	    fchmodat(place->fd, "a", 0, 0) < 0)
		return 3;
	return runfolder_empty_at(place->fd) == 0 ? 0 : 4;
}

static void test_runfolder__closed_folders_go(void **state)
{
	const struct place *place = *state;
	int status;
	pid_t child;

	assert_int_equal(fchmod(place->fd, 0777), 0);
	child = fork();
	if (child == 0)
		_exit(closed_folders(place));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_runfolder__is_made_private_and_removed(void **state)
{
	struct place *place = *state;
	struct runfolder folder;
	struct stat status;
	struct error err;

	assert_int_equal(setenv("TMPDIR", place->path, 1), 0);
	assert_int_equal(runfolder_make(&folder, geteuid(), &err), 0);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	assert_memory_equal(folder.path, place->path, strlen(place->path));
	assert_int_equal(stat(folder.path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(mkdirat(folder.work_fd, "left", 0), 0);
	assert_int_equal(mkdirat(folder.tmp_fd, "left", 0), 0);
	assert_int_equal(runfolder_empty(&folder, &err), 0);
	assert_int_equal(unlinkat(folder.work_fd, "left", AT_REMOVEDIR), -1);
	runfolder_remove(&folder);
	assert_string_equal(folder.path, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_runfolder__deep_trees_go),
		TEST(test_runfolder__many_files_go),
		TEST(test_runfolder__links_are_not_followed),
		TEST(test_runfolder__closed_folders_go),
		TEST(test_runfolder__is_made_private_and_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
