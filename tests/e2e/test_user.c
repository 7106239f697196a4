/*
 * The same commands for somebody who is not root: what a candidate has.
 *
 * As root, a user is made for the time of the test; whoever else runs it is
 * that user already. What they run is installed where they can read it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define MUTANTS "exercises/" BOUNDED_QUEUE "/mutants/"
#define SOLUTION "exercises/" BOUNDED_QUEUE "/solution/c"

struct user {
	char *scratch; /* theirs */
	char *assay;   /* the installed program */
	char *name;    /* of the account made here; NULL: none was */
	uid_t uid;     /* 0: whoever we are */
};

static void install_file(const char *from, const char *folder, const char *name)
{
	AUTO_FREE char *source = build_path(from);
	AUTO_FREE char *target = scratch_path(folder, name);
	struct process process;

	process_run(&process, NULL, "install", "-D", "-m", "755", source,
		    target);
	assert_status(&process, 0);
	process_release(&process);
}

/* As "make install" lays it out; no exercise folder of the source is named. */
static void install(struct user *user)
{
	AUTO_FREE char *exercises = source_path("exercises");
	AUTO_FREE char *include = source_path("include");
	AUTO_FREE char *to_exercises = scratch_path(
		user->scratch, "usr/share/assay/exercises");
	AUTO_FREE char *to_include = scratch_path(user->scratch,
						  "usr/share/assay/include");

	install_file("assay", user->scratch, "usr/bin/assay");
	install_file("assay-sandbox", user->scratch,
		     "usr/libexec/assay/assay-sandbox");
	install_file("explore.o", user->scratch, "usr/libexec/assay/explore.o");
	install_file("libjudge.a", user->scratch,
		     "usr/libexec/assay/libjudge.a");
	install_file("tests/hostile/misdeed", user->scratch,
		     "usr/hostile/misdeed");
	scratch_copy(exercises, to_exercises);
	scratch_copy(include, to_include);
	user->assay = scratch_path(user->scratch, "usr/bin/assay");
}

static void make_account(struct user *user)
{
	const struct passwd *account;
	struct process process;

	user->name = text_format("assay-e2e-%d", getpid());
	process_run(&process, NULL, "useradd", "--no-create-home", user->name);
	assert_status(&process, 0);
	process_release(&process);
	account = getpwnam(user->name);
	assert_non_null(account);
	user->uid = account->pw_uid;
	assert_int_equal(chown(user->scratch, user->uid, (gid_t)-1), 0);
}

static int setup(void **state)
{
	struct user *user = calloc(1, sizeof *user);

	assert_non_null(user);
	user->scratch = scratch_new();
	install(user);
	if (getuid() == 0)
		make_account(user);
	/* the one that is installed is to find its own */
	(void)unsetenv("ASSAY_EXERCISES");
	*state = user;
	return 0;
}

static int teardown(void **state)
{
	struct user *user = *state;
	struct process process;

	if (user->name) {
		process_run(&process, NULL, "userdel", user->name);
		assert_status(&process, 0);
		process_release(&process);
	}
	scratch_remove(user->scratch);
	free(user->assay);
	free(user->name);
	free(user);
	return 0;
}

#define AS(user)                                               \
	&(const struct process_options)                        \
	{                                                      \
		.folder = (user)->scratch, .uid = (user)->uid, \
		.env = { "HOME=/nonexistent" }                 \
	}

static void test_user__doctor_tells_what_there_is(void **state)
{
	struct user *user = *state;
	struct process process;
	json_t *told;

	process_run(&process, AS(user), user->assay, "doctor", "--json");
	assert_status(&process, 0);
	told = scratch_parse(process.out);
	assert_non_null(strstr(process.out, "user-namespace"));
	json_decref(told);
	process_release(&process);
}

static json_t *check(struct user *user, const char *name, int status,
		     bool as_user)
{
	struct process process;
	json_t *report;

	process_run(&process, as_user ? AS(user) : NULL, user->assay, "check",
		    "--json", name);
	assert_status(&process, status);
	report = scratch_parse(process.out);
	process_release(&process);
	return report;
}

/* Root's digest is the one that a grader would get. */
static void assert_same_for_root(struct user *user, const char *layer,
				 int status)
{
	AUTO_FREE char *path = scratch_submission(user->scratch, "submission",
						  layer);
	json_t *theirs = check(user, path, status, true);
	json_t *ours = check(user, path, status, false);

	assert_string_equal(json_text(theirs, "verdict_digest"),
			    json_text(ours, "verdict_digest"));
	json_decref(theirs);
	json_decref(ours);
}

static void test_user__the_reference_passes_as_for_root(void **state)
{
	assert_same_for_root(*state, SOLUTION, 0);
}

static void test_user__a_mutant_fails_as_for_root(void **state)
{
	assert_same_for_root(*state, MUTANTS "realtime-clock", 1);
}

static void test_user__goes_all_the_way_to_a_report(void **state)
{
	struct user *user = *state;
	struct process process;
	json_t *report;

	process_run(&process, AS(user), user->assay, "start", BOUNDED_QUEUE,
		    "work");
	assert_status(&process, 0);
	process_release(&process);
	process_run(&process, AS(user), user->assay, "pack", "-o",
		    "work.tar.gz", "work");
	assert_status(&process, 0);
	process_release(&process);
	process_run(&process, AS(user), user->assay, "grade", "--quiet",
		    "--hidden", "secret", "--out", "out", "work.tar.gz");
	assert_status(&process, 0);
	process_release(&process);
	report = scratch_json(user->scratch, "out/reports/work.json");
	assert_string_equal(
		json_text(json_object_get(report, "score"), "status"), "fail");
	assert_int_equal(
		json_value(json_object_get(report, "score"), "maximum"), 100);
	json_decref(report);
}

static void assert_limit(struct user *user, const char *option,
			 const char *value, const char *misdeed,
			 const char *outcome)
{
	AUTO_FREE char *programs = scratch_path(user->scratch, "usr/hostile");
	AUTO_FREE char *bind = text_format("%s:/hostile", programs);
	struct process process;
	json_t *result;

	process_run(&process, AS(user), user->assay, "sandbox", "--bind", bind,
		    "--result", "result.json", option, value, "--",
		    "/hostile/misdeed", misdeed);
	assert_status(&process, 0);
	result = scratch_json(user->scratch, "result.json");
	if (strcmp(json_text(result, "outcome"), outcome) != 0)
		fail_msg("%s: %s, not %s", misdeed,
			 json_text(result, "outcome"), outcome);
	json_decref(result);
	process_release(&process);
}

static void test_user__a_box_holds_its_limits(void **state)
{
	assert_limit(*state, "--wall", "0.3", "sleep", "wall-limit");
	assert_limit(*state, "--cpu", "0.3", "spin", "cpu-limit");
	assert_limit(*state, "--cpu", "0.5", "fork-bomb", "cpu-limit");
	assert_limit(*state, "--memory", "32M", "take-memory", "memory-limit");
	assert_limit(*state, "--output", "8K", "flood", "output-limit");
	assert_limit(*state, "--wall", "0.3", "litter-and-sleep", "wall-limit");
}

static void test_user__a_box_is_below_full_only_without_cgroups(void **state)
{
	struct user *user = *state;
	struct process doctor, process;

	process_run(&doctor, AS(user), user->assay, "doctor", "--json");
	process_run(&process, AS(user), user->assay, "sandbox", "--require",
		    "full", "--", "/bin/true");
	if (strstr(doctor.out, "\"full\""))
		assert_status(&process, 0);
	else
		assert_status(&process, 3);
	process_release(&process);
	process_release(&doctor);
}

static void test_user__cannot_write_where_root_writes(void **state)
{
	struct user *user = *state;
	AUTO_FREE char *path = scratch_submission(user->scratch, "ada",
						  SOLUTION);
	AUTO_FREE char *closed = scratch_path(user->scratch, "closed");
	struct process process;

	assert_int_equal(mkdir(closed, user->uid ? 0755 : 0555), 0);
	process_run(&process, AS(user), user->assay, "grade", "--out", "closed",
		    path);
	assert_status(&process, 2);
	assert_string_equal(process.err,
			    "assay grade: --out: closed: Permission denied\n");
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user__doctor_tells_what_there_is),
		cmocka_unit_test(test_user__the_reference_passes_as_for_root),
		cmocka_unit_test(test_user__a_mutant_fails_as_for_root),
		cmocka_unit_test(test_user__goes_all_the_way_to_a_report),
		cmocka_unit_test(test_user__a_box_holds_its_limits),
		cmocka_unit_test(
			test_user__a_box_is_below_full_only_without_cgroups),
		cmocka_unit_test(test_user__cannot_write_where_root_writes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
