/*
 * "assay sandbox": what a box lets a program do, and what ends it.
 *
 * The program is tests/hostile/programs/misdeed.c.
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
#include <unistd.h>

#include <assay/cleanup.h>

#include "census.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define MISDEED "/hostile/misdeed"
#define ARGS_MAX 40

/* How far over a limit a program may get before it is stopped. */
#define OVER_MS 1000

struct boxed {
	struct process process;
	json_t *result;
};

/* Run "assay sandbox" with @options and the command behind its "--". */
static struct boxed boxed(const char *scratch, const char *const *options)
{
	AUTO_FREE char *programs = build_path("tests/hostile");
	AUTO_FREE char *bind = text_format("%s:/hostile", programs);
	AUTO_FREE char *path = scratch_path(scratch, "result.json");
	const char *argv[ARGS_MAX] = { "assay", "sandbox",  "--bind",
				       bind,    "--result", path };
	struct boxed run;
	size_t used = 6;

	while (*options && used < ARGS_MAX - 1)
		argv[used++] = *options++;
	process_start(&run.process, argv, NULL);
	process_wait(&run.process);
	assert_status(&run.process, 0);
	run.result = scratch_json(scratch, "result.json");
	return run;
}

#define BOXED(scratch, ...) \
	boxed(scratch, (const char *[]){ __VA_ARGS__, NULL })

static void release(struct boxed *run)
{
	process_release(&run->process);
	json_decref(run->result);
}

static void assert_outcome(const struct boxed *run, const char *outcome)
{
	AUTO_FREE char *result = json_dumps(run->result, JSON_INDENT(1));

	if (strcmp(json_text(run->result, "outcome"), outcome) != 0)
		fail_msg("not %s: %s\nprinted: %s", outcome, result,
			 run->process.out);
}

static double evidence(const struct boxed *run, const char *key)
{
	return json_value(json_object_get(run->result, "evidence"), key);
}

static double resource(const struct boxed *run, const char *key)
{
	return json_value(json_object_get(run->result, "resources"), key);
}

static void assert_mechanism(const struct boxed *run)
{
	const char *mechanism = json_text(
		json_object_get(run->result, "evidence"), "mechanism");

	assert_true(*mechanism);
}

/* ---- how a program ends ---- */

static void test_sandbox__tells_the_exit_status(void **state)
{
	struct boxed run = BOXED(*state, "--", MISDEED, "exit", "7");

	assert_outcome(&run, "exited");
	assert_int_equal(json_value(run.result, "exit_status"), 7);
	release(&run);
}

static void test_sandbox__tells_the_signal(void **state)
{
	struct boxed run = BOXED(*state, "--", MISDEED, "signal", "11");

	assert_outcome(&run, "signaled");
	assert_int_equal(json_value(run.result, "signal"), 11);
	assert_string_equal(json_text(run.result, "signal_name"), "SIGSEGV");
	release(&run);
}

static void test_sandbox__prints_the_result_as_the_last_line(void **state)
{
	struct process process;
	const char *line;
	json_t *result;

	(void)state;
	process_run(&process, NULL, "assay", "sandbox", "--", "/bin/sh", "-c",
		    "echo out; echo err >&2");
	assert_status(&process, 0);
	assert_string_equal(process.out, "out\n");
	assert_memory_equal(process.err, "err\n", 4);
	line = strchr(process.err, '\n') + 1;
	result = scratch_parse(line);
	assert_string_equal(json_text(result, "outcome"), "exited");
	json_decref(result);
	process_release(&process);
}

/* ---- limits ---- */

static void test_sandbox__ends_a_sleeper_at_the_wall_limit(void **state)
{
	struct boxed run = BOXED(*state, "--wall", "0.3", "--", MISDEED,
				 "sleep");

	assert_outcome(&run, "wall-limit");
	assert_mechanism(&run);
	assert_int_equal(evidence(&run, "limit"), 300);
	assert_true(evidence(&run, "observed") >= 300);
	assert_true(evidence(&run, "observed") <= 300 + OVER_MS);
	release(&run);
}

static void test_sandbox__ends_a_loop_at_the_cpu_limit(void **state)
{
	struct boxed run = BOXED(*state, "--cpu", "0.3", "--wall", "60", "--",
				 MISDEED, "spin");

	assert_outcome(&run, "cpu-limit");
	assert_mechanism(&run);
	assert_int_equal(evidence(&run, "limit"), 300);
	assert_true(evidence(&run, "observed") >= 300);
	assert_true(evidence(&run, "observed") <= 300 + OVER_MS);
	release(&run);
}

/* Only a cgroup counts them; without one the number is not known, not 0. */
static void assert_refused_processes(const struct boxed *run)
{
	const json_t *resources = json_object_get(run->result, "resources");
	const json_t *refused = json_object_get(resources, "processes_refused");

	if (strncmp(json_text(resources, "memory_source"), "cgroup", 6) == 0)
		assert_true(json_integer_value(refused) > 0);
	else
		assert_true(json_is_null(refused));
}

static void test_sandbox__adds_up_the_time_of_a_fork_bomb(void **state)
{
	struct boxed run = BOXED(*state, "--cpu", "0.5", "--wall", "60",
				 "--processes", "20", "--", MISDEED,
				 "fork-bomb");

	assert_outcome(&run, "cpu-limit");
	assert_true(evidence(&run, "observed") <= 500 + OVER_MS);
	assert_refused_processes(&run);
	release(&run);
}

static void test_sandbox__bounds_processes(void **state)
{
	struct boxed run = BOXED(*state, "--processes", "10", "--", MISDEED,
				 "fork-to-the-limit");

	assert_outcome(&run, "exited");
	assert_string_equal(run.process.out, "9 children, then EAGAIN\n");
	release(&run);
}

/* A cgroup ends it at the byte. Without one the box looks every few
 * milliseconds, and how much is taken between two looks is the machine's
 * affair: on a busy one the look itself comes late. */
static void assert_peak(const struct boxed *run, double limit)
{
	const json_t *resources = json_object_get(run->result, "resources");
	double peak = resource(run, "peak_bytes");

	if (strncmp(json_text(resources, "memory_source"), "cgroup", 6) == 0) {
		assert_true(peak <= limit + (2 << 20));
		return;
	}
	assert_true(evidence(run, "observed") > limit);
	assert_true(peak >= evidence(run, "observed"));
}

static void test_sandbox__bounds_memory(void **state)
{
	struct boxed run = BOXED(*state, "--memory", "32M", "--", MISDEED,
				 "take-memory");

	assert_outcome(&run, "memory-limit");
	assert_mechanism(&run);
	assert_true(evidence(&run, "limit") == 32 << 20);
	assert_peak(&run, 32 << 20);
	release(&run);
}

static void test_sandbox__bounds_output(void **state)
{
	struct boxed run = BOXED(*state, "--output", "8K", "--", MISDEED,
				 "flood");

	assert_outcome(&run, "output-limit");
	assert_mechanism(&run);
	assert_true(evidence(&run, "limit") == 8192);
	assert_true(strlen(run.process.out) <= 8192);
	release(&run);
}

static void test_sandbox__bounds_files_and_descriptors(void **state)
{
	static const char *const paths[] = { "/work/f", "/tmp/f",
					     "/dev/shm/f" };
	struct boxed run;
	size_t i;

	for (i = 0; i < sizeof paths / sizeof *paths; i++) {
		run = BOXED(*state, "--file-size", "1M", "--", MISDEED,
			    "fill-file", paths[i]);
		assert_string_equal(run.process.out,
				    "1048576 bytes, then EFBIG\n");
		release(&run);
	}
	run = BOXED(*state, "--files", "16", "--", MISDEED,
		    "open-to-the-limit");
	assert_string_equal(run.process.out, "up to 15, then EMFILE\n");
	release(&run);
}

static void test_sandbox__bounds_the_stack(void **state)
{
	struct boxed run = BOXED(*state, "--stack", "256K", "--", MISDEED,
				 "fill-stack");

	assert_outcome(&run, "signaled");
	assert_string_equal(json_text(run.result, "signal_name"), "SIGSEGV");
	release(&run);
}

/* ---- nothing survives ---- */

static void assert_leaves_nothing(const char *scratch, const char *wall,
				  const char *misdeed, const char *outcome)
{
	AUTO_FREE char *marker = text_format("marker-of-%d-%s", getpid(),
					     misdeed);
	struct boxed run = BOXED(scratch, "--wall", wall, "--", MISDEED,
				 misdeed, marker);

	assert_outcome(&run, outcome);
	assert_false(census_has_word(marker));
	release(&run);
}

static void test_sandbox__kills_grandchildren_at_the_wall_limit(void **state)
{
	assert_leaves_nothing(*state, "0.5", "litter-and-sleep", "wall-limit");
}

static void test_sandbox__kills_who_outlives_the_first_process(void **state)
{
	assert_leaves_nothing(*state, "60", "litter", "exited");
}

static void test_sandbox__starts_each_run_afresh(void **state)
{
	static const char *const paths[] = { "/work/f", "/tmp/f",
					     "/dev/shm/f" };
	AUTO_FREE char *programs = build_path("tests/hostile");
	AUTO_FREE char *bind = text_format("%s:/hostile", programs);
	struct process process;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof paths / sizeof *paths; i++) {
		process_run(&process, NULL, "assay", "sandbox", "--bind", bind,
			    "--repeat", "2", "--", MISDEED, "leave-behind",
			    paths[i]);
		assert_status(&process, 0);
		assert_string_equal(process.out, "made\nmade\n");
		process_release(&process);
	}
}

/* ---- what it gets ---- */

static void assert_says(struct boxed run, const char *words)
{
	assert_outcome(&run, "exited");
	assert_string_equal(run.process.out, words);
	release(&run);
}

static void test_sandbox__gives_variables_and_a_folder(void **state)
{
	assert_says(BOXED(*state, "--env", "COLOUR=blue=green", "--", MISDEED,
			  "print-variable", "COLOUR"),
		    "blue=green\n");
	assert_says(
		BOXED(*state, "--", MISDEED, "print-variable", "ASSAY_SOURCE"),
		"(unset)\n");
	assert_says(BOXED(*state, "--", MISDEED, "print-folder"), "/work\n");
	assert_says(
		BOXED(*state, "--cwd", "/tmp", "--", MISDEED, "print-folder"),
		"/tmp\n");
}

static void test_sandbox__connects_files(void **state)
{
	AUTO_FREE char *in = scratch_write(*state, "in", "hello\n");
	AUTO_FREE char *out = scratch_path(*state, "out");
	AUTO_FREE char *err = scratch_path(*state, "err");
	struct boxed run = BOXED(*state, "--stdin", in, "--stdout", out,
				 "--stderr", err, "--", MISDEED, "copy-input");
	AUTO_FREE char *out_text = scratch_read(*state, "out");
	AUTO_FREE char *err_text = scratch_read(*state, "err");

	assert_outcome(&run, "exited");
	assert_string_equal(out_text, "hello\n");
	assert_string_equal(err_text, "hello\n");
	assert_string_equal(run.process.out, "");
	release(&run);
}

static void test_sandbox__binds_read_only_unless_told(void **state)
{
	AUTO_FREE char *shown = text_format("%s:/shown", (char *)*state);
	AUTO_FREE char *open = text_format("%s:/shown:rw", (char *)*state);

	free(scratch_write(*state, "note", "four"));
	/* as whoever a program is inside, it must be let in by its mode */
	assert_int_equal(chmod(*state, 0777), 0);
	assert_says(BOXED(*state, "--bind", shown, "--", MISDEED, "look-at",
			  "/shown/note"),
		    "4 bytes\n");
	assert_says(BOXED(*state, "--bind", shown, "--", MISDEED,
			  "leave-behind", "/shown/new"),
		    "EROFS\n");
	assert_says(BOXED(*state, "--bind", open, "--", MISDEED, "leave-behind",
			  "/shown/new"),
		    "made\n");
}

static void test_sandbox__has_a_network_only_when_asked(void **state)
{
	struct boxed run = BOXED(*state, "--network", "none", "--", MISDEED,
				 "use-loopback");

	assert_outcome(&run, "forbidden-syscall");
	release(&run);
	assert_says(BOXED(*state, "--network", "loopback", "--", MISDEED,
			  "use-loopback"),
		    "listening\n");
}

/* ---- what it does not get ---- */

static void test_sandbox__shows_nothing_of_the_host(void **state)
{
	static const struct {
		const char *path, *answer;
	} places[] = {
		{ "/etc/shadow", "ENOENT\n" },
		{ "/root", "ENOENT\n" },
		{ "/home", "ENOENT\n" },
		{ "/var", "ENOENT\n" },
		{ "/sys", "ENOENT\n" },
		{ "/run", "ENOENT\n" },
		{ "/proc/1/environ", "EACCES\n" },
		{ "/proc/1/mem", "EACCES\n" },
		{ "/dev/kmsg", "ENOENT\n" },
		{ "/dev/mem", "ENOENT\n" },
		{ "/dev/sda", "ENOENT\n" },
	};
	size_t i;

	for (i = 0; i < sizeof places / sizeof *places; i++)
		assert_says(
			BOXED(*state, "--", MISDEED, "look-at", places[i].path),
			places[i].answer);
}

static void test_sandbox__shows_no_process_but_its_own(void **state)
{
	assert_says(BOXED(*state, "--", MISDEED, "list-processes"), "1 2 \n");
}

static void test_sandbox__gives_three_descriptors_and_no_more(void **state)
{
	int leak = open("/dev/null", O_RDONLY); /* not close-on-exec */

	assert_true(leak > 2);
	assert_says(BOXED(*state, "--", MISDEED, "list-descriptors"),
		    "0 1 2 \n");
	assert_says(BOXED(*state, "--profile", "judge", "--", MISDEED,
			  "list-descriptors"),
		    "0 1 2 \n");
	(void)close(leak);
}

static void assert_refused(const char *scratch, const char *network,
			   const char *call, const char *name)
{
	struct boxed run = BOXED(scratch, "--network", network, "--", MISDEED,
				 "call", call);
	const json_t *told = json_object_get(run.result, "syscall");

	assert_outcome(&run, "forbidden-syscall");
	if (strcmp(json_text(told, "name"), name) != 0)
		fail_msg("%s: told as \"%s\", not \"%s\"", call,
			 json_text(told, "name"), name);
	release(&run);
}

static void test_sandbox__refuses_calls_and_names_them(void **state)
{
	static const struct {
		const char *call, *name;
	} refused[] = {
		{ "io_uring", "io_uring_setup" },
		{ "ptrace", "ptrace" },
		{ "mount", "mount" },
		{ "umount", "umount2" },
		{ "unshare", "unshare" },
		{ "setns", "setns" },
		{ "keyctl", "keyctl" },
		{ "add-key", "add_key" },
		{ "bpf", "bpf" },
		{ "userfaultfd", "userfaultfd" },
		{ "perf", "perf_event_open" },
		{ "read-other", "process_vm_readv" },
		{ "take-descriptor", "pidfd_getfd" },
		{ "chroot", "chroot" },
		{ "reboot", "reboot" },
		{ "new-user", "clone" },
		{ "new-net", "clone" },
		{ "netlink", "socket" },
		{ "vsock", "socket" },
	};
	size_t i;

	for (i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_refused(*state, "none", refused[i].call,
			       refused[i].name);
}

/* The kernel takes 32 bits of these arguments; so must the filter. */
static void test_sandbox__is_not_misled_by_high_bits(void **state)
{
	assert_refused(*state, "loopback", "netlink", "socket");
	assert_refused(*state, "loopback", "wide-netlink", "socket");
	assert_refused(*state, "none", "wide-new-user", "clone");
	assert_says(BOXED(*state, "--", MISDEED, "call", "type-ahead"),
		    "ENOTTY\n");
	assert_says(BOXED(*state, "--", MISDEED, "call", "wide-type-ahead"),
		    "ENOTTY\n");
}

static void test_sandbox__knows_one_architecture(void **state)
{
	struct boxed run = BOXED(*state, "--", MISDEED, "int80");

	assert_outcome(&run, "forbidden-syscall");
	release(&run);
	run = BOXED(*state, "--", MISDEED, "call", "x32");
	assert_outcome(&run, "forbidden-syscall");
	release(&run);
	assert_says(BOXED(*state, "--", MISDEED, "call", "clone3"), "ENOSYS\n");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sandbox__tells_the_exit_status),
		TEST(test_sandbox__tells_the_signal),
		TEST(test_sandbox__prints_the_result_as_the_last_line),
		TEST(test_sandbox__ends_a_sleeper_at_the_wall_limit),
		TEST(test_sandbox__ends_a_loop_at_the_cpu_limit),
		TEST(test_sandbox__adds_up_the_time_of_a_fork_bomb),
		TEST(test_sandbox__bounds_processes),
		TEST(test_sandbox__bounds_memory),
		TEST(test_sandbox__bounds_output),
		TEST(test_sandbox__bounds_files_and_descriptors),
		TEST(test_sandbox__bounds_the_stack),
		TEST(test_sandbox__kills_grandchildren_at_the_wall_limit),
		TEST(test_sandbox__kills_who_outlives_the_first_process),
		TEST(test_sandbox__starts_each_run_afresh),
		TEST(test_sandbox__gives_variables_and_a_folder),
		TEST(test_sandbox__connects_files),
		TEST(test_sandbox__binds_read_only_unless_told),
		TEST(test_sandbox__has_a_network_only_when_asked),
		TEST(test_sandbox__shows_nothing_of_the_host),
		TEST(test_sandbox__shows_no_process_but_its_own),
		TEST(test_sandbox__gives_three_descriptors_and_no_more),
		TEST(test_sandbox__refuses_calls_and_names_them),
		TEST(test_sandbox__is_not_misled_by_high_bits),
		TEST(test_sandbox__knows_one_architecture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
