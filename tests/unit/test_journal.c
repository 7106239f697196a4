#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "journal.h"
#include "text.h"

static const struct journal_batch batch = { .exercise = "a/b", .total = 2 };
static const char content[65] = "c0ffee";

struct folder {
	char path[40];
	char file[64];
};

static int setup(void **state)
{
	struct folder *folder = calloc(1, sizeof *folder);

	assert_non_null(folder);
	(void)snprintf(folder->path, sizeof folder->path, "%s",
		       "/tmp/test_journal.XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	(void)snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path,
		       JOURNAL_NAME);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	struct folder *folder = *state;

	(void)unlink(folder->file);
	assert_int_equal(rmdir(folder->path), 0);
	free(folder);
	return 0;
}

static struct journal *opened(const struct folder *folder)
{
	struct journal *journal = NULL;
	struct error err = { 0 };

	if (journal_open(folder->path, &journal, &err) < 0)
		fail_msg("%s", err.text);
	return journal;
}

static void add(struct journal *journal, json_t *line)
{
	struct error err = { 0 };

	assert_int_equal(journal_add(journal, line, &err), 0);
}

static json_t *graded(const char *id)
{
	return journal_graded_line("in/x", id, content, 0.5, json_object());
}

/* A journal with the ids "one" and "two". */
static void write_two(const struct folder *folder)
{
	struct journal *journal = opened(folder);
	struct error err = { 0 };

	assert_int_equal(
		journal_begin(journal, journal_batch_line(&batch), &err), 0);
	add(journal, graded("one"));
	add(journal, graded("two"));
	journal_close(journal);
}

static void write_bytes(const struct folder *folder, const char *bytes,
			size_t size, int flags)
{
	AUTO_CLOSE int fd = open(folder->file, O_WRONLY | O_CREAT | flags,
				 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
}

static void write_text(const struct folder *folder, const char *text, int flags)
{
	write_bytes(folder, text, strlen(text), flags);
}

static size_t size_of(const struct folder *folder)
{
	struct stat info;

	assert_int_equal(stat(folder->file, &info), 0);
	return (size_t)info.st_size;
}

/* Ids of the "graded" lines, each with a blank behind; free() it. */
static char *ids(const struct folder *folder, uint64_t *damaged)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	char *text = text_format("%s", "");
	struct error err = { 0 };

	assert_int_equal(journal_reader_open(folder->path, &reader, &err), 0);
	while (journal_read(reader, &entry, &err) > 0) {
		AUTO_FREE char *before = text;
		json_auto_t *again = journal_read_at(reader, entry.offset);
		const char *id = json_string_value(
			json_object_get(entry.json, "id"));

		assert_true(json_equal(entry.json, again));
		text = text_format("%s%s ", before, id ? id : "-");
		json_decref(entry.json);
	}
	assert_int_equal(err.code, 0);
	*damaged = journal_reader_damaged(reader);
	journal_reader_close(reader);
	return text;
}

static void test_journal__gives_back_what_was_appended(void **state)
{
	struct folder *folder = *state;
	AUTO_FREE char *all = NULL;
	struct journal *journal;
	uint64_t damaged;
	json_t *options;

	write_two(folder);
	all = ids(folder, &damaged);
	assert_string_equal(all, "one two ");
	assert_int_equal(damaged, 0);
	journal = opened(folder);
	assert_int_equal(journal_graded(journal), 2);
	assert_int_equal(journal_torn(journal), 0);
	options = json_object_get(journal_batch(journal), "options");
	assert_string_equal(
		json_string_value(json_object_get(options, "exercise")), "a/b");
	assert_true(json_is_null(json_object_get(options, "hidden")));
	journal_close(journal);
}

/* A power cut or a kill leaves any beginning of what was appended. */
static void test_journal__is_cut_behind_its_last_whole_line(void **state)
{
	struct folder *folder = *state;
	AUTO_FREE char *last = NULL;
	json_auto_t *line = graded("three");
	uint64_t damaged;
	size_t whole, i;

	write_two(folder);
	whole = size_of(folder);
	last = journal_text(line);
	for (i = 0; i < strlen(last); i++) {
		AUTO_FREE char *seen = NULL, *after = NULL;
		struct journal *journal;

		write_bytes(folder, last, i, O_APPEND);
		seen = ids(folder, &damaged);
		assert_string_equal(seen, "one two ");
		assert_int_equal(damaged, 0);
		journal = opened(folder);
		assert_int_equal(journal_torn(journal), i);
		assert_int_equal(size_of(folder), whole);
		add(journal, graded("four"));
		journal_close(journal);
		after = ids(folder, &damaged);
		assert_string_equal(after, "one two four ");
		assert_int_equal(truncate(folder->file, (off_t)whole), 0);
	}
}

/* A batch that was killed before it said what it is of. */
static void test_journal__without_a_whole_first_line_is_new(void **state)
{
	struct folder *folder = *state;
	json_auto_t *line = journal_batch_line(&batch);
	AUTO_FREE char *first = journal_text(line);
	size_t i;

	for (i = 0; i < strlen(first); i++) {
		struct journal *journal;

		write_bytes(folder, first, i, O_TRUNC);
		journal = opened(folder);
		assert_null(journal_batch(journal));
		assert_int_equal(size_of(folder), 0);
		journal_close(journal);
	}
}

static void test_journal__passes_over_damaged_lines(void **state)
{
	static const char *const bad[] = {
		"\n",
		"[]\n",
		"{}\n",
		"{\"type\":7}\n",
		"\x01\xff\xfe\n",
		"{\"type\":\"graded\",\"id\":\"x\"}\n",
		"{\"type\":\"audit\",\"id\":\"x\",\"same\":\"yes\"}\n",
		"{\"type\":\"end\",\"type\":\"end\",\"graded\":1}\n",
	};
	struct folder *folder = *state;
	json_auto_t *line = graded("three");
	AUTO_FREE char *good = journal_text(line);
	AUTO_FREE char *all = NULL;
	struct journal *journal;
	uint64_t damaged;
	size_t i;

	write_two(folder);
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		write_text(folder, bad[i], O_APPEND);
	write_text(folder, good, O_APPEND);
	write_text(folder, bad[0], O_APPEND);
	all = ids(folder, &damaged);
	assert_string_equal(all, "one two three ");
	assert_int_equal(damaged, sizeof bad / sizeof *bad + 1);
	/* behind the last good one they go */
	journal = opened(folder);
	assert_int_equal(journal_torn(journal), 1);
	assert_int_equal(journal_damaged(journal), sizeof bad / sizeof *bad);
	journal_close(journal);
}

static void test_journal__passes_over_a_line_without_end(void **state)
{
	struct folder *folder = *state;
	AUTO_FREE char *all = NULL, *longest = malloc(JOURNAL_LINE_MAX + 1);
	json_auto_t *line = graded("three");
	AUTO_FREE char *good = journal_text(line);
	uint64_t damaged;

	assert_non_null(longest);
	memset(longest, 'x', JOURNAL_LINE_MAX);
	longest[JOURNAL_LINE_MAX] = '\n';
	write_two(folder);
	write_bytes(folder, longest, JOURNAL_LINE_MAX + 1, O_APPEND);
	write_text(folder, good, O_APPEND);
	all = ids(folder, &damaged);
	assert_string_equal(all, "one two three ");
	assert_int_equal(damaged, 1);
}

static void test_journal__passes_lines_of_later_versions_on(void **state)
{
	enum journal_kind kind = JOURNAL_BATCH;
	json_auto_t *line = journal_parse("{\"type\":\"new\"}", 14, &kind);

	(void)state;
	assert_non_null(line);
	assert_int_equal(kind, JOURNAL_OTHER);
}

static void assert_refused(const struct folder *folder, const char *text,
			   const char *word)
{
	struct journal_reader *reader;
	struct journal *journal;
	struct error err = { 0 };
	size_t size;

	write_text(folder, text, O_TRUNC);
	size = size_of(folder);
	assert_int_equal(journal_open(folder->path, &journal, &err), -EINVAL);
	assert_non_null(strstr(err.text, word));
	assert_non_null(strstr(err.text, folder->file));
	assert_int_equal(journal_reader_open(folder->path, &reader, &err),
			 -EINVAL);
	assert_int_equal(size_of(folder), size); /* and left as it was */
}

static void test_journal__of_somebody_else_is_refused(void **state)
{
	assert_refused(*state, "dear diary\n", "does not start");
	assert_refused(*state, "dear diary", "does not start");
	assert_refused(*state, "{\"type\":\"resumed\",\"started\":\"x\"}\n",
		       "does not start");
	assert_refused(*state,
		       "{\"type\":\"batch\",\"journal_version\":2,"
		       "\"options\":{}}\n",
		       "version 2");
}

static void test_journal__has_one_writer(void **state)
{
	struct folder *folder = *state;
	struct journal *journal = opened(folder), *second;
	AUTO_FREE char *pid = text_format("process %ld", (long)getpid());
	struct error err = { 0 };

	assert_int_equal(journal_open(folder->path, &second, &err), -EBUSY);
	assert_non_null(strstr(err.text, folder->path));
	assert_non_null(strstr(err.text, pid));
	journal_close(journal);
	journal_close(opened(folder));
}

/* Whether @pid has the file of @path open. */
static bool has_open(pid_t pid, const char *path)
{
	AUTO_FREE char *link = NULL;
	char target[80];
	ssize_t length;
	int fd;

	for (fd = 3; fd < 64; fd++) {
		free(link);
		link = text_format("/proc/%ld/fd/%d", (long)pid, fd);
		length = readlink(link, target, sizeof target - 1);
		target[length > 0 ? length : 0] = '\0';
		if (strcmp(target, path) == 0)
			return true;
	}
	return false;
}

/* Who waits for the lock while the results are put aside gets a journal that
 * is there, and not the one that went away. */
static void test_journal__is_the_file_at_its_path(void **state)
{
	struct folder *folder = *state;
	AUTO_FREE char *aside = text_format("%s.aside", folder->path);
	struct journal *journal = opened(folder);
	struct error err = { 0 };
	int ready[2], status;
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		journal_close(journal); /* the lock stays, the parent's */
		if (write(ready[1], "", 1) != 1 ||
		    journal_open(folder->path, &journal, &err) < 0 ||
		    journal_add(journal, graded("one"), &err) < 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	while (!has_open(child, folder->file))
		assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_int_equal(rename(folder->file, aside), 0);
	journal_close(journal);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(size_of(folder) > 0);
	assert_int_equal(unlink(aside), 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

/* The disk is full: what was there stays whole. */
static void test_journal__takes_half_a_line_back(void **state)
{
	struct folder *folder = *state;
	json_auto_t *line = graded("three");
	AUTO_FREE char *text = journal_text(line);
	AUTO_FREE char *all = NULL;
	struct rlimit before, limit;
	struct journal *journal;
	struct error err = { 0 };
	uint64_t damaged;
	size_t whole;

	write_two(folder);
	whole = size_of(folder);
	journal = opened(folder);
	/* as a full disk does, a limit lets ten bytes through */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ whole + 10, before.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(journal_append(journal, text, strlen(text), &err),
			 -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(size_of(folder), whole);
	assert_int_equal(journal_append(journal, text, strlen(text), &err), 0);
	journal_close(journal);
	all = ids(folder, &damaged);
	assert_string_equal(all, "one two three ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_journal__gives_back_what_was_appended),
		TEST(test_journal__is_cut_behind_its_last_whole_line),
		TEST(test_journal__without_a_whole_first_line_is_new),
		TEST(test_journal__passes_over_damaged_lines),
		TEST(test_journal__passes_over_a_line_without_end),
		TEST(test_journal__passes_lines_of_later_versions_on),
		TEST(test_journal__of_somebody_else_is_refused),
		TEST(test_journal__has_one_writer),
		TEST(test_journal__is_the_file_at_its_path),
		TEST(test_journal__takes_half_a_line_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
