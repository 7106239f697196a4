/*
 * A batch that goes on: what is graded again, what is refused, and who may
 * write into a result folder. tests/resume/walk does what kills do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "journal.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

struct home {
	char *folder;
	char *exercises;
	char *key;
};

#define RUN(process, home, ...)                                           \
	process_run((process),                                            \
		    (&(struct process_options){                           \
			    .folder = (home)->folder,                     \
			    .env = { (home)->exercises, (home)->key } }), \
		    "assay", "grade", "--quiet", __VA_ARGS__)

#define BATCH "--exercise", COUNTER, "--out", "out", "ada", "bob"

static int set_up(void **state)
{
	struct home *home = calloc(1, sizeof *home);
	struct process process;

	assert_non_null(home);
	home->folder = scratch_new();
	home->exercises = counter_exercises(home->folder);
	home->key = text_format("ASSAY_KEY=%s/key", home->folder);
	counter_submission(home->folder, "ada", COUNTER_RIGHT);
	counter_submission(home->folder, "bob", COUNTER_WRONG);
	RUN(&process, home, BATCH);
	assert_status(&process, 0);
	process_release(&process);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	struct home *home = *state;

	scratch_remove(home->folder);
	free(home->exercises);
	free(home->key);
	free(home);
	return 0;
}

/* How many lines say that @id is graded. */
static unsigned graded(const struct home *home, const char *id)
{
	AUTO_FREE char *text = scratch_read(home->folder, "out/journal.jsonl");
	AUTO_FREE char *word = text_format(",\"id\":\"%s\",", id);
	const char *at = text;
	unsigned count = 0;

	while ((at = strstr(at, word))) {
		at += strlen(word);
		count++;
	}
	return count;
}

static void assert_refused(const struct process *process, const char *word)
{
	assert_status(process, 2);
	if (!strstr(process->err, word))
		fail_msg("not about %s: %s", word, process->err);
	assert_string_equal(strchr(process->err, '\n'), "\n");
}

#define REFUSED(home, word, ...)                     \
	do {                                         \
		struct process process_;             \
                                                     \
		RUN(&process_, (home), __VA_ARGS__); \
		assert_refused(&process_, (word));   \
		process_release(&process_);          \
	} while (0)

static void test_resume__is_what_a_folder_with_results_asks_for(void **state)
{
	const struct home *home = *state;

	REFUSED(home, "--resume", BATCH);
	REFUSED(home, "another --out", BATCH);
}

static void test_resume__grades_nothing_twice(void **state)
{
	struct home *home = *state;
	AUTO_FREE char *before = scratch_read(home->folder, "out/summary.json");
	AUTO_FREE char *after = NULL;
	struct process process;

	RUN(&process, home, "--resume", BATCH);
	assert_status(&process, 0);
	after = scratch_read(home->folder, "out/summary.json");
	assert_string_equal(before, after);
	assert_int_equal(graded(home, "ada"), 1);
	assert_int_equal(graded(home, "bob"), 1);
	process_release(&process);
}

/* A result folder that is not there is one in which nothing is graded. */
static void test_resume__begins_what_was_not_begun(void **state)
{
	struct home *home = *state;
	struct process process;

	RUN(&process, home, "--resume", "--exercise", COUNTER, "--out", "new",
	    "ada");
	assert_status(&process, 0);
	process_release(&process);
}

static void test_resume__is_of_the_same_batch(void **state)
{
	const struct home *home = *state;

	REFUSED(home, "--exercise", "--resume", "--out", "out", "ada", "bob");
	REFUSED(home, "--lang", "--resume", "--lang", "c", BATCH);
	REFUSED(home, "secret", "--resume", "--hidden", "secret", BATCH);
	REFUSED(home, "--require", "--resume", "--require", "minimal", BATCH);
	REFUSED(home, "--shard", "--resume", "--shard", "1/2", BATCH);
	REFUSED(home, "2 submissions", "--resume", BATCH, "ada");
	REFUSED(home, "order", "--resume", "--exercise", COUNTER, "--out",
		"out", "bob", "ada");
}

static void test_resume__refuses_another_exercise(void **state)
{
	struct home *home = *state;

	counter_edit(home->folder, "\"time_box_minutes\": 1",
		     "\"time_box_minutes\": 2");
	REFUSED(home, "has changed", "--resume", BATCH);
}

static void test_resume__grades_what_changed_again(void **state)
{
	struct home *home = *state;
	struct process process;
	json_t *summary, *line;

	counter_submission(home->folder, "bob", COUNTER_RIGHT);
	RUN(&process, home, "--resume", BATCH);
	assert_status(&process, 0);
	assert_non_null(strstr(process.err, "bob is graded again"));
	assert_null(strstr(process.err, "ada"));
	process_release(&process);
	assert_int_equal(graded(home, "ada"), 1);
	assert_int_equal(graded(home, "bob"), 2);
	summary = scratch_json(home->folder, "out/summary.json");
	assert_int_equal(
		json_array_size(json_object_get(summary, "submissions")), 2);
	line = json_array_get(json_object_get(summary, "submissions"), 1);
	assert_string_equal(json_text(line, "status"), "pass");
	json_decref(summary);
}

static void assert_verified(const struct home *home, int status,
			    const char *words)
{
	struct process process;

	process_run(&process,
		    (&(struct process_options){ .folder = home->folder,
						.env = { home->key } }),
		    "assay", "report", "--verify", "out");
	assert_status(&process, status);
	if (!strstr(process.out, words))
		fail_msg("not '%s': %s", words, process.out);
	process_release(&process);
}

/* Swap the first two of the journal's three lines that say "graded". */
static void swap_first(const struct home *home)
{
	AUTO_FREE char *text = scratch_read(home->folder, "out/journal.jsonl");
	static const char start[] = "{\"type\":\"graded\"";
	AUTO_FREE char *swapped = NULL;
	char *at, *lines[3] = { NULL };

	for (at = text; (at = strstr(at, start)); at++) {
		lines[0] = lines[1];
		lines[1] = lines[2];
		lines[2] = at;
	}
	assert_non_null(lines[0]);
	at = strchr(lines[1], '\n') + 1;
	swapped = text_format("%.*s%.*s%.*s%s", (int)(lines[0] - text), text,
			      (int)(at - lines[1]), lines[1],
			      (int)(lines[1] - lines[0]), lines[0], at);
	free(scratch_write(home->folder, "out/journal.jsonl", swapped));
}

/* Reports are signed in the order of their lines, also of later runs. */
static void test_resume__goes_on_with_the_chain_of_signatures(void **state)
{
	struct home *home = *state;
	struct process process;

	counter_submission(home->folder, "bob", COUNTER_RIGHT);
	RUN(&process, home, "--resume", BATCH);
	assert_status(&process, 0);
	process_release(&process);
	assert_verified(home, 0, "bob.json: fine\n");
	swap_first(home);
	assert_verified(home, 1, "does not follow on the one before it");
}

static void test_resume__grades_what_has_no_whole_report_again(void **state)
{
	struct home *home = *state;
	AUTO_FREE char *ada = scratch_path(home->folder,
					   "out/reports/ada.json");
	AUTO_FREE char *half = scratch_path(home->folder,
					    "out/reports/.cy.json.tmp");
	struct process process;

	assert_int_equal(unlink(ada), 0);
	free(scratch_write(home->folder, "out/reports/bob.json", "{}"));
	free(scratch_write(home->folder, "out/reports/.cy.json.tmp", "{"));
	RUN(&process, home, "--resume", BATCH);
	assert_status(&process, 0);
	process_release(&process);
	assert_int_equal(graded(home, "ada"), 2);
	assert_int_equal(graded(home, "bob"), 2);
	assert_int_equal(access(ada, R_OK), 0);
	assert_int_equal(access(half, F_OK), -1); /* swept */
}

static void test_resume__two_batches_do_not_share_a_folder(void **state)
{
	struct home *home = *state;
	AUTO_FREE char *out = scratch_path(home->folder, "out");
	AUTO_FREE char *pid = text_format("process %ld", (long)getpid());
	struct journal *journal;
	struct error err = { 0 };

	assert_int_equal(journal_open(out, &journal, &err), 0);
	REFUSED(home, pid, "--resume", BATCH);
	REFUSED(home, "out", BATCH);
	journal_close(journal);
}

static void test_resume__takes_paths_from_a_file(void **state)
{
	struct home *home = *state;
	struct process process;

	free(scratch_write(home->folder, "list", "bob\n\n"));
	RUN(&process, home, "--resume", "--from", "list", "--exercise", COUNTER,
	    "--out", "out", "ada");
	assert_status(&process, 0);
	process_release(&process);
	assert_int_equal(graded(home, "bob"), 1);
	REFUSED(home, "none", "--from", "none", "--out", "new");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_resume__is_what_a_folder_with_results_asks_for),
		TEST(test_resume__grades_nothing_twice),
		TEST(test_resume__begins_what_was_not_begun),
		TEST(test_resume__is_of_the_same_batch),
		TEST(test_resume__refuses_another_exercise),
		TEST(test_resume__grades_what_changed_again),
		TEST(test_resume__goes_on_with_the_chain_of_signatures),
		TEST(test_resume__grades_what_has_no_whole_report_again),
		TEST(test_resume__two_batches_do_not_share_a_folder),
		TEST(test_resume__takes_paths_from_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
