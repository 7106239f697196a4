/*
 * A look at a program's threads on a busy machine: snapshot.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "snapshot.h"

/* Longer than is waited for a thread that the kernel does not let stop. */
#define BUSY_NS 150000000u

static struct snapshot snapshot;

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A child of the test's that does not outlive it; 0 in the child. */
static pid_t child(const cpu_set_t *cpu)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sched_setaffinity(0, sizeof *cpu, cpu);
	return 0;
}

static void schedule(pid_t pid, int policy)
{
	const struct sched_param none = { 0 };

	(void)sched_setscheduler(pid, policy, &none);
}

/* An init with a program that sleeps, and gets a CPU only if nobody else wants
 * it. Tells @ready its number when it is there. */
static pid_t start_program(const cpu_set_t *cpu, int ready)
{
	pid_t init = child(cpu), program;

	if (init > 0)
		return init;
	if (child(cpu) == 0) {
		schedule(0, SCHED_IDLE);
		program = getpid();
		(void)!write(ready, &program, sizeof program);
	}
	for (;;)
		(void)pause();
}

/* Then @program is one like any other, so that only this one is in its way. */
static pid_t start_hog(const cpu_set_t *cpu, pid_t program, int ready)
{
	pid_t hog = child(cpu);
	uint64_t until;

	if (hog > 0)
		return hog;
	until = now_ns() + BUSY_NS;
	(void)!write(ready, "", 1);
	while (now_ns() < until)
		continue;
	schedule(program, SCHED_OTHER);
	_exit(0);
}

static void end(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_snapshot__waits_for_who_lacks_a_cpu(void **state)
{
	const struct snapshot_given given = { 0 };
	struct snapshot_wish wish = { .given = &given };
	cpu_set_t all, one;
	size_t cpu = 0;
	int ready[2];
	pid_t hog, program;
	char byte;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(snapshot_init(&snapshot), 0);
	wish.init = start_program(&one, ready[1]);
	assert_int_equal(read(ready[0], &program, sizeof program),
			 sizeof program);
	hog = start_hog(&one, program, ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);

	snapshot_take(&snapshot, &wish);
	assert_int_equal(snapshot.threads, 1);
	assert_string_equal(snapshot.trouble, "");
	assert_true(snapshot.thread[0].has_registers);
	assert_true(snapshot.process[0].objects > 0);
	assert_false(snapshot_let_go(&snapshot));

	snapshot_release(&snapshot);
	end(hog);
	end(wish.init);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snapshot__waits_for_who_lacks_a_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
