/*
 * The keeper starts, kills and starts again what it is told to, kills all that
 * this left running and nothing else, and cannot be kept from it. The programs
 * are shells, and this one, which runs itself with the name of what to do.
 */
#define _GNU_SOURCE /* O_ASYNC */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kept.h"

#define LINE_MAX_ 256
#define COMETS 8

static char *own_path;

/* ---- what this program does when it is kept ---- */

/* Never twice under the same pid: forks and ends, forks and ends. */
static void be_comets(void)
{
	pid_t pid;
	int i;

	for (i = 0; i < COMETS; i++) {
		pid = fork();
		while (pid == 0) {
			pid = fork();
			if (pid > 0)
				_exit(0);
			if (pid < 0)
				pid = 0;
		}
	}
	(void)!write(STDOUT_FILENO, "ready\n", 6);
	for (;;)
		(void)pause();
}

/* ---- helpers ---- */

static bool is_there(pid_t pid)
{
	return kill(pid, 0) == 0 || errno != ESRCH;
}

/* Reaped by whoever has adopted it, which takes a moment. */
static bool goes_away(pid_t pid)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	int i;

	for (i = 0; i < 500 && is_there(pid); i++)
		(void)nanosleep(&moment, NULL);
	return !is_there(pid);
}

static void assert_line(const struct kept *kept, const char *expected)
{
	char line[LINE_MAX_];

	kept_line(kept, line, sizeof line);
	assert_string_equal(line, expected);
}

static pid_t pid_line(const struct kept *kept)
{
	char line[LINE_MAX_];

	kept_line(kept, line, sizeof line);
	return (pid_t)strtol(line, NULL, 10);
}

static void start(const struct kept *kept)
{
	kept_command(kept, KEEPER_START);
	(void)kept_event(kept, KEEPER_STARTED);
}

static struct keeper_event kill_it(const struct kept *kept)
{
	kept_command(kept, KEEPER_KILL);
	return kept_event(kept, KEEPER_ENDED);
}

/* ---- tests ---- */

static void test_keeper__puts_a_program_between_two_pipes(void **state)
{
	struct keeper_event event;
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "read line; echo \"$line?\"; exit 7");
	kept_command(&kept, KEEPER_START);
	event = kept_event(&kept, KEEPER_STARTED);
	assert_int_equal(event.start, 1);
	kept_write(&kept, "well\n");
	assert_line(&kept, "well?");
	event = kept_event(&kept, KEEPER_ENDED);
	assert_int_equal(event.exit_status, 7);
	assert_int_equal(event.signal, 0);
	assert_int_equal(event.error, 0);
	assert_int_equal(event.kills, 0);
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__shows_the_end_of_the_input(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS, "cat; echo over");
	start(&kept);
	(void)close(kept.input);
	kept.input = -1;
	assert_line(&kept, "over");
	assert_int_equal(kept_event(&kept, KEEPER_ENDED).exit_status, 0);
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__tells_signals_and_kills_apart(void **state)
{
	struct keeper_event event;
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "[ -e state/again ] && exec sleep 1000;"
			 ">state/again; kill -SEGV $$");
	start(&kept);
	event = kept_event(&kept, KEEPER_ENDED);
	assert_int_equal(event.signal, SIGSEGV);
	assert_int_equal(event.exit_status, -1);
	/* one that has ended is killed all the same, and remembered */
	event = kill_it(&kept);
	assert_int_equal(event.kills, 1);
	assert_int_equal(event.signal, SIGSEGV);
	start(&kept);
	event = kill_it(&kept);
	assert_int_equal(event.kills, 2);
	assert_int_equal(event.start, 2);
	assert_int_equal(event.signal, SIGKILL);
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__says_why_nothing_started(void **state)
{
	static const char *const argv[] = { "/nowhere/program", NULL };
	struct keeper_event event;
	struct kept kept;

	(void)state;
	kept_start(&kept, KEPT_AMONG_OTHERS, argv);
	kept_command(&kept, KEEPER_START);
	event = kept_event(&kept, KEEPER_ENDED);
	assert_int_equal(event.error, ENOENT);
	assert_int_equal(event.start, 1);
	assert_int_equal(kept_end(&kept), 0);
}

/* A daemon, a child and a program that has stopped itself. */
static void leaves_nothing(enum kept_where where)
{
	struct kept kept;

	kept_start_shell(&kept, where,
			 "(setsid sleep 1000 & echo $!);"
			 "sleep 1000 & echo $!; echo $$; kill -STOP $$");
	start(&kept);
	/* pids of a namespace tell nothing here; that it is all over does */
	if (where == KEPT_ALONE) {
		(void)pid_line(&kept);
		(void)pid_line(&kept);
		(void)pid_line(&kept);
		assert_int_equal(kill_it(&kept).signal, SIGKILL);
	} else {
		pid_t daemon = pid_line(&kept), child = pid_line(&kept);
		pid_t program = pid_line(&kept);

		assert_int_equal(kill_it(&kept).signal, SIGKILL);
		/* at once: they are the keeper's to reap */
		assert_false(is_there(daemon));
		assert_false(is_there(child));
		assert_false(is_there(program));
	}
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__kills_all_that_was_left_running(void **state)
{
	(void)state;
	leaves_nothing(KEPT_AMONG_OTHERS);
}

static void test_keeper__kills_everybody_in_a_namespace(void **state)
{
	(void)state;
	if (!kept_can_be_alone())
		skip();
	leaves_nothing(KEPT_ALONE);
}

static void test_keeper__leaves_others_alone(void **state)
{
	struct kept kept;
	pid_t other = fork();

	(void)state;
	assert_true(other >= 0);
	if (other == 0)
		for (;;)
			(void)pause();
	leaves_nothing(KEPT_AMONG_OTHERS);
	kept_start_shell(&kept, KEPT_AMONG_OTHERS, "exec sleep 1000");
	start(&kept);
	(void)kill_it(&kept);
	assert_int_equal(waitpid(other, NULL, WNOHANG), 0);
	assert_int_equal(kept_end(&kept), 0);
	(void)kill(other, SIGKILL);
	assert_int_equal(waitpid(other, NULL, 0), other);
}

static void test_keeper__ends_what_outlives_the_program(void **state)
{
	struct kept kept;
	pid_t left;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "setsid sleep 1000 & echo $!; exit 3");
	start(&kept);
	left = pid_line(&kept);
	assert_int_equal(kept_event(&kept, KEEPER_ENDED).exit_status, 3);
	assert_false(is_there(left));
	assert_int_equal(kept_end(&kept), 0);
}

static void catches_comets(enum kept_where where)
{
	const char *const argv[] = { own_path, "comets", NULL };
	struct kept kept;

	kept_start(&kept, where, argv);
	start(&kept);
	assert_line(&kept, "ready");
	assert_int_equal(kill_it(&kept).signal, SIGKILL);
	start(&kept);
	assert_line(&kept, "ready");
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__catches_what_forks_without_end(void **state)
{
	(void)state;
	catches_comets(KEPT_AMONG_OTHERS);
}

static void test_keeper__catches_it_in_a_namespace(void **state)
{
	(void)state;
	if (!kept_can_be_alone())
		skip();
	catches_comets(KEPT_ALONE);
}

static void test_keeper__leaves_all_output_in_the_pipe(void **state)
{
	struct kept kept;
	size_t all;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS, "exec yes");
	start(&kept);
	assert_line(&kept, "y");
	(void)kill_it(&kept); /* it is full by now, or soon */
	all = kept_drain(&kept);
	assert_true(all > 0);
	assert_int_equal(kept_drain(&kept), 0);
	start(&kept);
	assert_line(&kept, "y");
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__throws_away_what_was_not_read(void **state)
{
	static char much[30000];
	struct kept kept;

	(void)state;
	memset(much, 'x', sizeof much - 1);
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "[ -e state/again ] && exec cat; >state/again;"
			 "echo ready; exec sleep 1000");
	start(&kept);
	assert_line(&kept, "ready");
	kept_write(&kept, much);
	(void)kill_it(&kept);
	start(&kept);
	kept_write(&kept, "only this\n");
	assert_line(&kept, "only this");
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__keeps_the_state_until_it_is_cleared(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "ls -A state | wc -l; mkdir -p state/a/b/c;"
			 "echo 1 >state/a/b/c/d; ln -sf /etc state/e;"
			 "chmod 0 state/a; exec sleep 1000");
	start(&kept);
	assert_line(&kept, "0");
	(void)kill_it(&kept);
	start(&kept);
	/* by then the first one may not have come further than to "a" */
	assert_true(pid_line(&kept) <= 2);
	(void)kill_it(&kept);
	kept_command(&kept, KEEPER_CLEAR);
	start(&kept);
	assert_line(&kept, "0");
	assert_int_equal(kept_end(&kept), 0);
}

/* Whatever a program makes of its folder, the next one has an empty one. */
static void test_keeper__clears_nothing_but_the_state(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "ls -A state | wc -l; rm -rf state; mkdir -p other;"
			 "echo 1 >other/file; ln -s other state;"
			 "cat other/file; exec sleep 1000");
	start(&kept);
	assert_line(&kept, "0");
	assert_line(&kept, "1");
	(void)kill_it(&kept);
	kept_command(&kept, KEEPER_CLEAR);
	start(&kept);
	assert_line(&kept, "0");
	assert_line(&kept, "1");
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__starts_with_pipes_as_they_were(void **state)
{
	struct kept kept;
	int flags;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS, "echo ready; exec sleep 9");
	flags = fcntl(kept.its_input, F_GETFL);
	assert_int_equal(
		fcntl(kept.its_input, F_SETFL, flags | O_NONBLOCK | O_ASYNC),
		0);
	start(&kept);
	assert_int_equal(fcntl(kept.its_input, F_GETFL), flags);
	assert_int_equal(kept_end(&kept), 0);
}

/* posix_spawn() ignores libc's own two signals, as others' programs find them
 * as well. */
static void test_keeper__gives_away_nothing(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "ls /proc/self/fd | wc -l;"
			 "grep -E 'Sig(Blk|Ign)' /proc/self/status |"
			 "grep -Ev '0000000(00|18)0000000'; echo done;"
			 "exec cat");
	start(&kept);
	assert_line(&kept, "4"); /* 0, 1, 2 and the folder */
	assert_line(&kept, "done");
	assert_int_equal(kept_end(&kept), 0);
}

static uid_t owner_of_memory(pid_t pid)
{
	struct stat status;
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	assert_int_equal(stat(path, &status), 0);
	return status.st_uid;
}

/* Files in /proc are root's when a process is not dumpable (proc(5)). */
static void test_keeper__cannot_be_looked_into(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AS_NOBODY, "echo $$; read line");
	start(&kept);
	assert_int_not_equal(owner_of_memory(pid_line(&kept)), 0);
	assert_int_equal(owner_of_memory(kept.pid), 0);
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__does_not_mind_signals(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "for s in HUP INT QUIT TERM CHLD USR1 USR2 PIPE ALRM;"
			 "do kill -$s $PPID; done; echo done; exec cat");
	start(&kept);
	assert_line(&kept, "done");
	assert_int_equal(kill_it(&kept).signal, SIGKILL);
	assert_int_equal(kept_end(&kept), 0);
}

static void test_keeper__ends_when_the_judge_has_gone(void **state)
{
	struct kept kept;
	pid_t child, program;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS,
			 "setsid sleep 1000 & echo $!; echo $$; exec cat");
	start(&kept);
	child = pid_line(&kept);
	program = pid_line(&kept);
	assert_int_equal(kept_end(&kept), 0);
	assert_true(goes_away(child));
	assert_true(goes_away(program));
}

static void test_keeper__refuses_what_makes_no_sense(void **state)
{
	struct kept kept;

	(void)state;
	kept_start_shell(&kept, KEPT_AMONG_OTHERS, "exec cat");
	start(&kept);
	kept_command(&kept, KEEPER_START);
	assert_int_equal(kept_end(&kept), 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeper__puts_a_program_between_two_pipes),
		cmocka_unit_test(test_keeper__shows_the_end_of_the_input),
		cmocka_unit_test(test_keeper__tells_signals_and_kills_apart),
		cmocka_unit_test(test_keeper__says_why_nothing_started),
		cmocka_unit_test(test_keeper__kills_all_that_was_left_running),
		cmocka_unit_test(test_keeper__kills_everybody_in_a_namespace),
		cmocka_unit_test(test_keeper__leaves_others_alone),
		cmocka_unit_test(test_keeper__ends_what_outlives_the_program),
		cmocka_unit_test(test_keeper__catches_what_forks_without_end),
		cmocka_unit_test(test_keeper__catches_it_in_a_namespace),
		cmocka_unit_test(test_keeper__leaves_all_output_in_the_pipe),
		cmocka_unit_test(test_keeper__throws_away_what_was_not_read),
		cmocka_unit_test(
			test_keeper__keeps_the_state_until_it_is_cleared),
		cmocka_unit_test(test_keeper__clears_nothing_but_the_state),
		cmocka_unit_test(test_keeper__starts_with_pipes_as_they_were),
		cmocka_unit_test(test_keeper__gives_away_nothing),
		cmocka_unit_test(test_keeper__cannot_be_looked_into),
		cmocka_unit_test(test_keeper__does_not_mind_signals),
		cmocka_unit_test(test_keeper__ends_when_the_judge_has_gone),
		cmocka_unit_test(test_keeper__refuses_what_makes_no_sense),
	};

	if (argc > 1 && strcmp(argv[1], "comets") == 0)
		be_comets();
	own_path = realpath("/proc/self/exe", NULL);
	if (!own_path)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
