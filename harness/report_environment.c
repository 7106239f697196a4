#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include <assay/cleanup.h>

#include "report.h"
#include "report_machine.h"
#include "report_parts.h"
#include "text.h"
#include "version.h"

#define COMPILER "gcc"
#define COMPILER_OUTPUT_MAX 512
#define COMPILER_WAIT_MS 3000

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What comes out of @fd until its end, a full @buffer or the deadline. */
static size_t read_bounded(int fd, char *buffer, size_t size)
{
	int64_t deadline_ms = now_ms() + COMPILER_WAIT_MS;
	size_t used = 0;

	while (used < size) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int64_t left_ms = deadline_ms - now_ms();
		ssize_t got;

		if (left_ms <= 0)
			break;
		if (poll(&ready, 1, (int)left_ms) <= 0)
			continue;
		got = read(fd, buffer + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return used;
}

/* Starts "gcc --version" with standard output to @out. Returns its pid or 0. */
static pid_t start_compiler(int out)
{
	char program[] = COMPILER, option[] = "--version";
	char path[] = "PATH=/usr/local/bin:/usr/bin:/bin",
	     locale[] = "LC_ALL=C";
	char *argv[] = { program, option, NULL };
	char *envp[] = { path, locale, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return 0;
	if (posix_spawn_file_actions_adddup2(&actions, out, 1) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY,
					     0) != 0 ||
	    posix_spawnp(&pid, program, &actions, NULL, argv, envp) != 0)
		pid = 0;
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/*
 * First line of "gcc --version". Runs to its end here, before any loop waits
 * for children; a compiler that hangs is killed.
 */
static json_t *compiler_version(void)
{
	char output[COMPILER_OUTPUT_MAX];
	AUTO_FREE char *line = NULL;
	AUTO_CLOSE int in = -1;
	AUTO_CLOSE int out = -1;
	size_t used;
	pid_t pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return json_null();
	in = ends[0];
	out = ends[1];
	pid = start_compiler(out);
	if (pid == 0)
		return json_null();
	(void)close(TAKE_FD(out));
	used = read_bounded(in, output, sizeof output);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (used == 0)
		return json_null();
	line = text_clean(output, used, sizeof output);
	line[strcspn(line, "\n")] = '\0';
	return report_text(line);
}

json_t *report_environment(void)
{
	json_t *object = json_object();
	struct sysinfo info = { .mem_unit = 1 };
	struct utsname name = { .release = "" };

	(void)uname(&name);
	(void)sysinfo(&info);
	report_set(object, "kernel", report_text(name.release));
	report_set(object, "machine", report_text(name.machine));
	report_set(object, "cpus", json_integer(get_nprocs()));
	report_set(object, "memory_bytes",
		   report_count((uint64_t)info.totalram * info.mem_unit));
	report_set(object, "compiler", compiler_version());
	report_set(object, "libc",
		   json_sprintf("glibc %s", gnu_get_libc_version()));
	report_set(object, "assay", report_text(ASSAY_VERSION));
	report_set(object, "host", report_machine());
	return object;
}
