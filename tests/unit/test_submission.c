/* Folders that candidates hand in, and the marker that says of what. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "package.h"
#include "submission.h"
#include "taken.h"

static int setup(void **state)
{
	*state = folder_new();
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	return 0;
}

static void test_submission__refuses_a_broken_marker(void **state)
{
	static const struct {
		const char *text, *part;
	} markers[] = {
		{ "", "line 1" },
		{ "{", "line 1" },
		{ "[]", "expected an object" },
		{ "{\"exercise\":\"demo/adder\",\"version\":\"1\"}",
		  "key \"language\" is missing" },
		{ "{\"exercise\":\"../../etc\",\"version\":\"1\","
		  "\"language\":\"c\"}",
		  "exercise: expected the id" },
		{ "{\"exercise\":\"demo/adder/..\",\"version\":\"1\","
		  "\"language\":\"c\"}",
		  "exercise: expected the id" },
		{ "{\"exercise\":7,\"version\":\"1\",\"language\":\"c\"}",
		  "exercise: expected a string" },
		{ "{\"exercise\":\"demo/adder\",\"version\":\"1\","
		  "\"language\":\"../c\"}",
		  "language: expected" },
		{ "{\"exercise\":\"demo/adder\",\"version\":\"1\","
		  "\"language\":\"c\",\"\033[2J\\u202e\":1}",
		  "broken" },
		{ "{\"exercise\":\"demo/adder\",\"version\":\"1\","
		  "\"language\":\"c\",\"x\\u001b\\u202e\":1}",
		  "unknown key" },
	};

	folder_write(*state, "ann/add.c", "text\n");
	for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
		AUTO_FREE char *path = folder_path(*state, "ann");

		folder_write(*state, "ann/.assay.json", markers[i].text);
		assert_rejected(path, "marker", markers[i].part);
	}
}

/* A key so long that the reason has to be cut, within one of its characters. */
static void test_submission__cuts_a_reason_at_a_character(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "ann");

	folder_write(*state, "ann/add.c", "text\n");
	for (size_t shift = 0; shift < 3; shift++) {
		struct submission *submission = NULL;
		char text[1024] = "{\"xx";
		struct error err = { 0 };
		json_t *reason;

		text[2 + shift] = '\0';
		while (strlen(text) < 900)
			strncat(text, "\u20ac", sizeof text - strlen(text) - 1);
		strncat(text, "\":1}", sizeof text - strlen(text) - 1);
		folder_write(*state, "ann/.assay.json", text);
		assert_int_equal(submission_read(path, &submission, &err), 0);
		reason = json_string(submission->rejected); /* only UTF-8 */
		assert_non_null(reason);
		json_decref(reason);
		submission_free(submission);
	}
}

static void test_submission__refuses_a_marker_that_is_too_large(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "ann");
	char text[6000];

	memset(text, '[', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	folder_write(*state, "ann/.assay.json", text);
	assert_rejected(path, "marker", "4096");
}

static void test_submission__takes_in_a_folder(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "ann/");
	struct submission *submission;

	folder_write(*state, "ann/.assay.json", MARKER);
	folder_write(*state, "ann/add.c", "text\n");
	folder_write(*state, "ann/src/deep/x.c", "text\n");
	folder_write(*state, "ann/.git/config", "text\n");
	assert_taken(path, NAMES("add.c", "src/deep/x.c"));
	submission = take_in(path);
	assert_string_equal(submission->id, "ann");
	assert_string_equal(submission->exercise_id, "demo/adder");
	assert_string_equal(submission->ignored[0], ".git");
	assert_int_equal(string_list_count(submission->ignored), 1);
	submission_free(submission);
}

static void test_submission__leaves_a_folders_only_folder_on(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "ann");

	folder_write(*state, "ann/src/x.c", "text\n");
	assert_taken(path, NAMES("src/x.c"));
}

static void test_submission__refuses_symlinks(void **state)
{
	AUTO_FREE char *ann = folder_path(*state, "ann");
	AUTO_FREE char *link = folder_path(*state, "ann/x.c");
	AUTO_FREE char *folder = folder_path(*state, "ann/src");

	folder_write(*state, "ann/add.c", "text\n");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_rejected(ann, "symlink", "\"x.c\" is a symbolic link");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("/nowhere", link), 0);
	assert_rejected(ann, "symlink", "\"x.c\" is a symbolic link");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("/etc", folder), 0);
	assert_rejected(ann, "symlink", "\"src\" is a symbolic link");
}

static void test_submission__refuses_special_files(void **state)
{
	AUTO_FREE char *ann = folder_path(*state, "ann");
	AUTO_FREE char *path = folder_path(*state, "ann/x");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	folder_write(*state, "ann/add.c", "text\n");
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_rejected(ann, "fifo", "\"x\" is a named pipe");
	assert_int_equal(unlink(path), 0);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address),
			 0);
	assert_rejected(ann, "socket", "\"x\" is a socket");
	assert_int_equal(unlink(path), 0);
	if (mknod(path, S_IFCHR | 0644, makedev(1, 5)) == 0) {
		assert_rejected(ann, "device", "\"x\" is a device");
		assert_int_equal(unlink(path), 0);
	}
	folder_write(*state, "ann/x", "text\n");
	assert_int_equal(chmod(path, 04755), 0);
	assert_rejected(ann, "setuid", "\"x\" has its setuid");
}

static void test_submission__refuses_bad_names_in_a_folder(void **state)
{
	static const struct {
		const char *name, *rule;
	} names[] = {
		{ "ann/b\\c", "backslash" },
		{ "ann/b\033c", "control-character" },
		{ "ann/caf\303\251.c", "non-ascii-name" },
		{ "ann/ADD.c", "case-twin" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_FREE char *ann = folder_path(*state, "ann");
		AUTO_FREE char *path = folder_path(*state, names[i].name);

		folder_write(*state, "ann/add.c", "text\n");
		folder_write(*state, names[i].name, "text\n");
		assert_rejected(ann, names[i].rule, "\"");
		assert_int_equal(unlink(path), 0);
	}
}

static void test_submission__refuses_a_folder_that_is_too_large(void **state)
{
	AUTO_FREE char *ann = folder_path(*state, "ann");
	AUTO_FREE char *path = folder_path(*state, "ann/core");
	AUTO_FREE char *sub = folder_path(*state, "ann/sub");

	folder_write(*state, "ann/core", "text\n");
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	assert_rejected(ann, "too-large", "\"core\" makes it larger");
	assert_int_equal(truncate(path, 17 << 20), 0);
	assert_rejected(ann, "too-large", "\"core\" is larger than 16 MiB");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(sub, 0755), 0);
	for (unsigned i = 0; i <= SUBMISSION_ENTRIES_MAX; i++) {
		char name[64];
		AUTO_FREE char *folder = NULL;

		(void)snprintf(name, sizeof name, "d%u", i);
		folder = folder_path(sub, name);
		assert_int_equal(mkdir(folder, 0755), 0);
	}
	assert_rejected(ann, "too-many-entries", "2000");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_submission__refuses_a_broken_marker),
		TEST(test_submission__cuts_a_reason_at_a_character),
		TEST(test_submission__refuses_a_marker_that_is_too_large),
		TEST(test_submission__takes_in_a_folder),
		TEST(test_submission__leaves_a_folders_only_folder_on),
		TEST(test_submission__refuses_symlinks),
		TEST(test_submission__refuses_special_files),
		TEST(test_submission__refuses_bad_names_in_a_folder),
		TEST(test_submission__refuses_a_folder_that_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
