/*
 * What a box is on hosts that give less: without cgroups, without user
 * namespaces, without Landlock; as root and as a user; and what Landlock adds
 * where there is all.
 *
 * The hosts are made here (lesser.h), which takes root; whoever else runs this
 * has these tests skipped. Every test asserts that nothing
 * is left behind: no process, and no file in the folder for temporary ones,
 * which is the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "census.h"
#include "lesser.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define SOLUTION "exercises/" BOUNDED_QUEUE "/solution/c"
#define MUTANTS "exercises/" BOUNDED_QUEUE "/mutants/"
#define PATIENCE_MS 20000

/* The hosts without user namespaces: who programs are differs. */
#define ROOT_MINIMAL "no-userns"
#define LONE_MINIMAL "one-user"
#define USER_MINIMAL "no-userns,user"

static char *self; /* this program */

struct place {
	char *scratch;
	char *assay; /* a copy that everybody may read */
	char *tmp;
	char *variable; /* TMPDIR=... */
	char *bind;     /* ...:/hostile */
};

/* ---- the place ---- */

static char *install(const struct place *place, const char *from,
		     const char *name)
{
	AUTO_FREE char *source = build_path(from);
	char *target = scratch_path(place->scratch, name);
	struct process process;

	process_run(&process, NULL, "install", "-D", "-m", "755", source,
		    target);
	assert_status(&process, 0);
	process_release(&process);
	return target;
}

static void install_folder(const struct place *place, const char *from,
			   const char *name)
{
	AUTO_FREE char *source = source_path(from);
	AUTO_FREE char *target = scratch_path(place->scratch, name);

	scratch_copy(source, target);
}

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	AUTO_FREE char *hostile = NULL;

	assert_non_null(place);
	place->scratch = scratch_new();
	place->assay = install(place, "assay", "usr/bin/assay");
	free(install(place, "assay-sandbox",
		     "usr/libexec/assay/assay-sandbox"));
	free(install(place, "explore.o", "usr/libexec/assay/explore.o"));
	free(install(place, "libjudge.a", "usr/libexec/assay/libjudge.a"));
	free(install(place, "tests/hostile/misdeed", "usr/hostile/misdeed"));
	install_folder(place, "exercises", "usr/share/assay/exercises");
	install_folder(place, "include", "usr/share/assay/include");
	place->tmp = scratch_path(place->scratch, "tmp");
	assert_int_equal(mkdir(place->tmp, 0700), 0);
	assert_int_equal(chmod(place->tmp, 01777), 0);
	place->variable = text_format("TMPDIR=%s", place->tmp);
	hostile = scratch_path(place->scratch, "usr/hostile");
	place->bind = text_format("%s:/hostile", hostile);
	(void)unsetenv("ASSAY_EXERCISES");
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	scratch_remove(place->scratch);
	free(place->assay);
	free(place->tmp);
	free(place->variable);
	free(place->bind);
	free(place);
	return 0;
}

/* ---- running ---- */

static void start(struct process *process, const struct place *place,
		  const char *conditions, const char *const *arguments)
{
	const struct process_options options = { .folder = place->scratch,
						 .env = { place->variable } };
	const char *argv[32] = { self, "--lesser", conditions, place->assay };
	size_t count = 4;

	for (; *arguments; arguments++) {
		assert_true(count + 1 < sizeof argv / sizeof *argv);
		argv[count++] = *arguments;
	}
	process_start(process, argv, &options);
}

#define run(process, place, conditions, ...)           \
	(start((process), (place), (conditions),       \
	       (const char *[]){ __VA_ARGS__, NULL }), \
	 process_wait(process))

/* Nothing is left: every process of ours has our folder in its arguments. */
static void assert_nothing_left(const struct place *place)
{
	const struct dirent *entry;
	DIR *dir = opendir(place->tmp);

	assert_false(census_has_word(place->scratch));
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			fail_msg("%s is left", entry->d_name);
	(void)closedir(dir);
}

static void need_root(void)
{
	if (getuid() == 0)
		return;
	print_message("only root can make such a host\n");
	skip();
}

/* A shell script in a box; its standard output. */
static void assert_says(const struct place *place, const char *conditions,
			const char *script, const char *output)
{
	struct process process;

	run(&process, place, conditions, "sandbox", "--bind", place->bind,
	    "--result", "/dev/null", "--", "/bin/sh", "-c", script);
	assert_status(&process, 0);
	if (strcmp(process.out, output) != 0)
		fail_msg("%s: %s\nsaid %s (%s)", conditions, script,
			 process.out, process.err);
	process_release(&process);
	assert_nothing_left(place);
}

static void assert_ends(const struct place *place, const char *conditions,
			const char *option, const char *value,
			const char *misdeed, const char *outcome)
{
	struct process process;
	json_t *result;

	run(&process, place, conditions, "sandbox", "--bind", place->bind,
	    option, value, "--", "/hostile/misdeed", misdeed, place->scratch);
	assert_status(&process, 0);
	result = scratch_parse(strchr(process.err, '{'));
	if (strcmp(json_text(result, "outcome"), outcome) != 0)
		fail_msg("%s: %s: %s, not %s", conditions, misdeed,
			 json_text(result, "outcome"), outcome);
	json_decref(result);
	process_release(&process);
	assert_nothing_left(place);
}

/* ---- what each level is ---- */

static void assert_level(const struct place *place, const char *conditions,
			 const char *level)
{
	struct process process;
	json_t *told;

	run(&process, place, conditions, "doctor", "--json");
	assert_status(&process, 0);
	told = scratch_parse(process.out);
	assert_string_equal(
		json_text(json_object_get(told, "isolation"), "level"), level);
	json_decref(told);
	process_release(&process);
	assert_nothing_left(place);
}

static void test_levels__a_host_gives_what_it_has(void **state)
{
	need_root();
	assert_level(*state, "no-cgroup", "limited");
	assert_level(*state, "user", "limited");
	assert_level(*state, ROOT_MINIMAL, "minimal");
	assert_level(*state, LONE_MINIMAL, "minimal");
	assert_level(*state, USER_MINIMAL, "minimal");
	assert_level(*state, "no-cgroup," ROOT_MINIMAL, "minimal");
	/* as in a container: namespaces can be had, and are of no use */
	assert_level(*state, "no-mount", "minimal");
}

static void assert_refuses(const struct place *place, const char *conditions,
			   const char *level, const char *layer)
{
	struct process process;

	run(&process, place, conditions, "sandbox", "--require", level, "--",
	    "/bin/sh", "-c", "echo ran");
	assert_status(&process, 3);
	assert_string_equal(process.out, "");
	if (!strstr(process.err, layer) ||
	    !strstr(process.err, "assay doctor") ||
	    strchr(process.err, '\n') != process.err + strlen(process.err) - 1)
		fail_msg("%s: said %s", conditions, process.err);
	process_release(&process);
	assert_nothing_left(place);
}

static void assert_suffices(const struct place *place, const char *conditions,
			    const char *level)
{
	struct process process;

	run(&process, place, conditions, "sandbox", "--require", level, "--",
	    "/bin/true");
	assert_status(&process, 0);
	process_release(&process);
}

static void test_levels__what_is_required_is_had_or_refused(void **state)
{
	need_root();
	assert_suffices(*state, "no-cgroup", "limited");
	assert_refuses(*state, "no-cgroup", "full", "cgroup is off");
	assert_suffices(*state, ROOT_MINIMAL, "minimal");
	assert_refuses(*state, ROOT_MINIMAL, "limited",
		       "user-namespace is off");
	assert_refuses(*state, ROOT_MINIMAL, "full", "user-namespace is off");
}

static void test_levels__grade_requires_and_says(void **state)
{
	const struct place *place = *state;
	AUTO_FREE char *path = NULL;
	struct process process;

	need_root();
	path = scratch_submission(place->scratch, "required", SOLUTION);
	run(&process, place, "no-cgroup", "grade", "--quiet", "--out", "out",
	    "--require", "full", path);
	assert_status(&process, 3);
	assert_non_null(strstr(process.err, "cgroup is off"));
	process_release(&process);
	run(&process, place, "no-cgroup", "grade", "--quiet", "--out", "out",
	    path);
	assert_status(&process, 0);
	assert_non_null(strstr(process.err, "isolation is limited, not full: "
					    "cgroup is off"));
	process_release(&process);
	assert_nothing_left(place);
}

/* In 80 columns, but for commands, which stay whole. */
static void assert_lines_fit(const char *text)
{
	const char *line, *end;

	for (line = text; *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		if (end - line > 80 && strncmp(line, "      ", 6) != 0)
			fail_msg("%.*s", (int)(end - line), line);
	}
}

/* However it was laid out, one blank between words. */
static void join(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != ' ' && *text != '\n')
			*to++ = *text;
		else if (to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

static void assert_doctor(const struct place *place, const char *conditions,
			  int status, const char *const *words)
{
	struct process process;

	run(&process, place, conditions, "doctor");
	assert_status(&process, status);
	assert_lines_fit(process.out);
	join(process.out);
	for (; *words; words++)
		if (!strstr(process.out, *words))
			fail_msg("%s: no \"%s\" in\n%s", conditions, *words,
				 process.out);
	process_release(&process);
	assert_nothing_left(place);
}

#define DOCTOR(state, conditions, status, ...)     \
	assert_doctor((state), conditions, status, \
		      (const char *[]){ __VA_ARGS__, NULL })

static void test_levels__doctor_names_what_is_missing(void **state)
{
	need_root();
	DOCTOR(*state, ROOT_MINIMAL, 0, "isolation level: minimal",
	       "sudo sysctl -w user.max_user_namespaces=");
	DOCTOR(*state, "no-cgroup", 0, "isolation level: limited",
	       "cgroup off");
	DOCTOR(*state, "off-landlock", 0, "isolation level: full",
	       "landlock off", "lsm=landlock,");
	DOCTOR(*state, "no-landlock", 0, "landlock off");
	DOCTOR(*state, "no-mount", 0, "isolation level: minimal",
	       "the container does not permit", "seccomp");
	DOCTOR(*state, ROOT_MINIMAL ",no-landlock", 3, "boxes do not work here",
	       "no Landlock either", "user-namespace off",
	       "sudo sysctl -w user.max_user_namespaces=", "landlock off");
}

static void test_levels__no_landlock_and_no_namespaces_is_no_box(void **state)
{
	struct process process;

	need_root();
	run(&process, *state, ROOT_MINIMAL ",no-landlock", "sandbox", "--",
	    "/bin/true");
	assert_status(&process, 3);
	assert_non_null(strstr(process.err, "no Landlock either"));
	process_release(&process);
	assert_nothing_left(*state);
}

/* ---- Landlock ---- */

/* The program was given the file to read, and may write it by its mode. */
static void assert_cannot_reopen(const struct place *place,
				 const char *conditions, const char *expected)
{
	AUTO_FREE char *path = scratch_write(place->scratch, "given", "mine\n");
	AUTO_FREE char *text = NULL;
	struct process process;

	assert_int_equal(chmod(path, 0666), 0);
	run(&process, place, conditions, "sandbox", "--stdin", path, "--",
	    "/bin/sh", "-c", "cat; echo theirs > /proc/self/fd/0");
	assert_status(&process, 0);
	assert_string_equal(process.out, "mine\n");
	process_release(&process);
	text = scratch_read(place->scratch, "given");
	assert_string_equal(text, expected);
}

static void test_levels__a_file_to_read_cannot_be_written(void **state)
{
	need_root();
	/* the last shows that nothing else prevents it */
	assert_cannot_reopen(*state, "", "mine\n");
	assert_cannot_reopen(*state, "user", "mine\n");
	assert_cannot_reopen(*state, USER_MINIMAL, "mine\n");
	assert_cannot_reopen(*state, "no-landlock", "theirs\n");
}

/* ---- minimal ---- */

static const char *const minimal[] = { ROOT_MINIMAL, LONE_MINIMAL, USER_MINIMAL,
				       "no-mount" };

#define EACH_MINIMAL(i) for (i = 0; i < sizeof minimal / sizeof *minimal; i++)

static void test_minimal__holds_its_limits(void **state)
{
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	{
		assert_ends(*state, minimal[i], "--wall", "0.3", "sleep",
			    "wall-limit");
		assert_ends(*state, minimal[i], "--cpu", "0.3", "spin",
			    "cpu-limit");
		assert_ends(*state, minimal[i], "--cpu", "0.5", "fork-bomb",
			    "cpu-limit");
		assert_ends(*state, minimal[i], "--memory", "32M",
			    "take-memory", "memory-limit");
		assert_ends(*state, minimal[i], "--output", "8K", "flood",
			    "output-limit");
		assert_ends(*state, minimal[i], "--wall", "0.3",
			    "litter-and-sleep", "wall-limit");
		assert_ends(*state, minimal[i], "--wall", "5", "litter",
			    "exited");
	}
}

static void test_minimal__names_lead_to_its_own_folder(void **state)
{
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	{
		assert_says(*state, minimal[i],
			    "echo a > /tmp/a && cat /tmp/a && "
			    "test \"$PWD\" = /work && cd /tmp && "
			    "test \"$PWD\" -ef \"$TMPDIR\" && ls -A",
			    "a\na\n");
	}
}

static void test_minimal__shows_no_secret_of_the_host(void **state)
{
	const struct place *place = *state;
	AUTO_FREE char *secret = scratch_write(place->scratch, "secret",
					       "42\n");
	AUTO_FREE char *script = text_format(
		"for f in %s /etc/passwd /proc/1/environ /proc/%d/environ "
		"/proc/%d/maps /proc/%d/mem /proc/$PPID/environ; do "
		"head -c1 $f 2>/dev/null && echo $f; done; "
		"ls %s /home 2>/dev/null; readlink /proc/%d/fd/0 "
		"/proc/$PPID/fd/0 /proc/$PPID/exe; "
		"{ echo x > %s; } 2>/dev/null || echo kept",
		secret, getpid(), getpid(), getpid(), place->scratch, getpid(),
		secret);
	size_t i;

	need_root();
	assert_int_equal(chmod(secret, 0666), 0);
	EACH_MINIMAL(i)
	assert_says(place, minimal[i], script, "kept\n");
}

static void test_minimal__signals_nobody_else(void **state)
{
	AUTO_FREE char *script = text_format(
		"for p in %d $PPID; do kill -0 $p 2>/dev/null && "
		"echo $p; done; sleep 9 & kill $! && wait $!; echo $?",
		getpid());
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	assert_says(*state, minimal[i], script, "143\n");
}

static void test_minimal__nobody_leaves_the_group(void **state)
{
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	{
		AUTO_FREE char *script = text_format(
			"setsid sleep 7 %s & (setsid sh -c 'sleep 7 & sleep 7' "
			"&) & echo done",
			((struct place *)*state)->scratch);

		assert_says(*state, minimal[i], script, "done\n");
	}
}

static void test_minimal__leaves_others_files_as_they_are(void **state)
{
	const struct place *place = *state;
	AUTO_FREE char *path = scratch_write(place->scratch, "modes", "");
	struct process process;
	struct stat status;
	size_t i;

	need_root();
	assert_int_equal(chmod(path, 0666), 0);
	EACH_MINIMAL(i)
	{
		assert_int_equal(
			chown(path, strstr(minimal[i], "user") ? 54321 : 0, 0),
			0);
		run(&process, place, minimal[i], "sandbox", "--", "/bin/chmod",
		    "0600", path);
		/* not at this level, or refused by the kernel */
		assert_true(process.status == 0 || process.status == 3);
		process_release(&process);
		run(&process, place, minimal[i], "sandbox", "--",
		    "/usr/bin/touch", "-d", "2001-01-01", path);
		assert_status(&process, 0);
		process_release(&process);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode & 0777, 0666);
		assert_true(status.st_mtime > 1500000000);
	}
	assert_nothing_left(place);
}

static void test_minimal__begins_each_run_afresh(void **state)
{
	const struct place *place = *state;
	struct process process;
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	{
		run(&process, place, minimal[i], "sandbox", "--repeat", "3",
		    "--", "/bin/sh", "-c",
		    "ls -A /work /tmp | grep -v :; umask 777; mkdir -p d; "
		    "umask 0; mkdir -p a/b/c/d/e; ln -s / a/link; "
		    "umask 777; mkdir a/b/closed; echo > /tmp/f; mkfifo p");
		assert_status(&process, 0);
		/* an empty line between two folders, three times */
		assert_string_equal(process.out, "\n\n\n");
		process_release(&process);
		assert_nothing_left(place);
	}
}

static void assert_not_here(const struct place *place, const char *conditions,
			    const char *what, const char *const *arguments)
{
	struct process process;

	start(&process, place, conditions, arguments);
	process_wait(&process);
	assert_status(&process, 3);
	if (!strstr(process.err, what))
		fail_msg("%s", process.err);
	process_release(&process);
	assert_nothing_left(place);
}

static void test_minimal__refuses_what_it_cannot_keep_apart(void **state)
{
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	{
		assert_not_here(*state, minimal[i],
				"loopback needs a network namespace",
				(const char *[]){ "sandbox", "--network",
						  "loopback", "--", "/bin/true",
						  NULL });
		assert_not_here(*state, minimal[i], "shmget at level minimal",
				(const char *[]){ "sandbox", "--",
						  "/usr/bin/ipcmk", "-M", "100",
						  NULL });
	}
}

/* ---- the same verdicts ---- */

static char *digest(const struct place *place, const char *conditions,
		    const char *path, int status)
{
	struct process process;
	json_t *report;
	char *text;

	run(&process, place, conditions, "check", "--json", path);
	assert_status(&process, status);
	/* the folder's name is nobody's business */
	if (strstr(process.out, place->tmp))
		fail_msg("%s: %s", conditions, process.out);
	report = scratch_parse(process.out);
	text = text_format("%s", json_text(report, "verdict_digest"));
	json_decref(report);
	process_release(&process);
	assert_nothing_left(place);
	return text;
}

static void assert_same_verdict(const struct place *place, const char *layer,
				int status)
{
	AUTO_FREE char *path = scratch_submission(place->scratch, "submission",
						  layer);
	AUTO_FREE char *full = digest(place, "", path, status);
	AUTO_FREE char *as_root = digest(place, ROOT_MINIMAL, path, status);
	AUTO_FREE char *as_user = digest(place, USER_MINIMAL, path, status);

	assert_string_equal(as_root, full);
	assert_string_equal(as_user, full);
}

static void test_minimal__judges_as_full_does(void **state)
{
	need_root();
	assert_same_verdict(*state, SOLUTION, 0);
	assert_same_verdict(*state, MUTANTS "realtime-clock", 1);
}

/* What does not compile, or races, is told by file and line. */
static void test_minimal__tells_files_by_their_own_names(void **state)
{
	const struct place *place = *state;
	AUTO_FREE char *path = NULL;

	need_root();
	path = scratch_submission(place->scratch, "wrong", SOLUTION);
	free(scratch_write(path, "bq.c", "#include \"bq.h\"\nint x = y;\n"));
	free(digest(place, USER_MINIMAL, path, 1));
}

/* ---- the box is killed ---- */

static void sleep_ms(int ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000L };

	(void)nanosleep(&time, NULL);
}

static pid_t find(const struct census *census, const char *name, size_t least)
{
	size_t i, found = 0;

	for (i = 0; i < census->count; i++)
		if (strcmp(census->processes[i].name, name) == 0 &&
		    ++found >= least)
			return census->processes[i].pid;
	return 0;
}

static void kill_in_the_middle(const struct place *place,
			       const char *conditions, bool box)
{
	struct census census;
	struct process process;
	int ms;

	start(&process, place, conditions,
	      (const char *[]){ "sandbox", "--wall", "60", "--bind",
				place->bind, "--", "/hostile/misdeed",
				"litter-and-sleep", place->scratch, NULL });
	for (ms = 0; ms < PATIENCE_MS; ms += 5) {
		census_take(&census, process.pid);
		if (find(&census, "misdeed", 7))
			break;
		sleep_ms(5);
	}
	assert_true(find(&census, "misdeed", 7) > 0);
	(void)kill(box ? find(&census, "assay-sandbox", 1) : process.pid,
		   SIGKILL);
	process_wait(&process);
	assert_int_equal(process.status, box ? 3 : 128 + SIGKILL);
	process_release(&process);
	/* who was not our child dies when it gets to it */
	for (ms = 0; ms < PATIENCE_MS && (census_alive(&census) > 0 ||
					  census_has_word(place->scratch));
	     ms += 5)
		sleep_ms(5);
	assert_int_equal(census_alive(&census), 0);
	assert_nothing_left(place);
}

static void test_minimal__nothing_survives_the_box(void **state)
{
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	kill_in_the_middle(*state, minimal[i], true);
}

static void test_minimal__nothing_survives_the_harness(void **state)
{
	size_t i;

	need_root();
	EACH_MINIMAL(i)
	kill_in_the_middle(*state, minimal[i], false);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels__a_host_gives_what_it_has),
		cmocka_unit_test(
			test_levels__what_is_required_is_had_or_refused),
		cmocka_unit_test(test_levels__grade_requires_and_says),
		cmocka_unit_test(test_levels__doctor_names_what_is_missing),
		cmocka_unit_test(
			test_levels__no_landlock_and_no_namespaces_is_no_box),
		cmocka_unit_test(test_levels__a_file_to_read_cannot_be_written),
		cmocka_unit_test(test_minimal__holds_its_limits),
		cmocka_unit_test(test_minimal__names_lead_to_its_own_folder),
		cmocka_unit_test(test_minimal__shows_no_secret_of_the_host),
		cmocka_unit_test(test_minimal__signals_nobody_else),
		cmocka_unit_test(test_minimal__nobody_leaves_the_group),
		cmocka_unit_test(test_minimal__leaves_others_files_as_they_are),
		cmocka_unit_test(test_minimal__begins_each_run_afresh),
		cmocka_unit_test(
			test_minimal__refuses_what_it_cannot_keep_apart),
		cmocka_unit_test(test_minimal__judges_as_full_does),
		cmocka_unit_test(test_minimal__tells_files_by_their_own_names),
		cmocka_unit_test(test_minimal__nothing_survives_the_box),
		cmocka_unit_test(test_minimal__nothing_survives_the_harness),
	};

	lesser_host(argc, argv);
	self = realpath("/proc/self/exe", NULL);
	return cmocka_run_group_tests(tests, setup, teardown);
}
