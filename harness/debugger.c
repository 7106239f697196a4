/*
 * debugger.c - see debugger.h
 *
 * The explorer's runtime, started as "program --replay FILE --stop STEP", needs
 * no judge: it follows the schedule and raises SIGTRAP in the thread that is
 * about to make that step.
 */
#include "debugger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"

#define GDB "gdb"
#define ARGS_MAX 32

extern char **environ;

/* As execvp() would look for it. */
bool debugger_is_there(void)
{
	const char *folders = getenv("PATH");
	char path[PATH_MAX];

	while (folders && *folders) {
		size_t length = strcspn(folders, ":");

		(void)snprintf(path, sizeof path, "%.*s/" GDB, (int)length,
			       folders);
		if (access(path, X_OK) == 0)
			return true;
		folders += length + (folders[length] == ':');
	}
	return false;
}

static int copy_program(int from, const char *path)
{
	AUTO_CLOSE int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				 0700);
	off_t offset = 0;
	ssize_t sent;

	if (to < 0)
		return -errno;
	do {
		sent = sendfile(to, from, &offset, INT_MAX);
	} while (sent > 0);
	return sent < 0 ? -errno : 0;
}

static int write_schedule(const char *text, const char *path)
{
	AUTO_CLOSE int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				 0600);

	return to < 0 ? -errno : fd_write_all(to, text, strlen(text));
}

/* The command line; its words are to be freed. */
struct words {
	char *argv[ARGS_MAX + 1];
	size_t count;
};

static void add(struct words *words, char *word)
{
	CHECK(words->count < ARGS_MAX);
	words->argv[words->count++] = word;
}

static void add_command(struct words *words, char *command)
{
	add(words, text_format("-ex"));
	add(words, command);
}

/* The program knows its sources by where they were in the build box. */
static void add_sources(struct words *words, const char *was, const char *is)
{
	if (is)
		add_command(words,
			    text_format("set substitute-path %s %s", was, is));
}

static void fill_words(struct words *words, const struct debugger *debugger,
		       const char *program, const char *schedule)
{
	add(words, text_format(GDB));
	add(words, text_format("-q"));
	add_sources(words, "/work/submission", debugger->submission);
	add_sources(words, "/work/exercise/judge", debugger->judge);
	add_sources(words, "/work/kit", debugger->kit);
	/* the runtime's own clock, and the threads whose stacks it uses */
	add_command(words, text_format("handle SIGPROF nostop noprint pass"));
	add_command(words, text_format("set print thread-events off"));
	add_command(words, text_format("run"));
	/* it stands in the runtime: the submission's own frame is further up */
	add_command(words, text_format("backtrace"));
	add(words, text_format("--args"));
	add(words, text_format("%s", program));
	add(words, text_format("--replay"));
	add(words, text_format("%s", schedule));
	add(words, text_format("--stop"));
	add(words, text_format("%" PRIu64, debugger->step));
}

/* An interrupt is the debugger's to take, not ours. */
static int run_and_wait(char *const *argv)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, was;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int status, r;
	pid_t pid;

	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGINT);
	(void)sigaddset(&defaults, SIGPIPE);
	r = posix_spawnattr_init(&attributes);
	if (r)
		return -r;
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	(void)sigaction(SIGINT, &ignore, &was);
	r = posix_spawnp(&pid, argv[0], NULL, &attributes, argv, environ);
	while (r == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	(void)sigaction(SIGINT, &was, NULL);
	(void)posix_spawnattr_destroy(&attributes);
	return -r;
}

int debugger_run(const struct debugger *debugger, struct error *err)
{
	const char *top = getenv("TMPDIR");
	AUTO_FREE char *folder = text_format("%s/assay-gdb-XXXXXX",
					     top && *top == '/' ? top : "/tmp");
	AUTO_FREE char *program = NULL, *schedule = NULL;
	struct words words = { 0 };
	int r;

	if (!mkdtemp(folder))
		return error_errno(err, errno, "%s", folder);
	program = text_format("%s/program", folder);
	schedule = text_format("%s/schedule", folder);
	fill_words(&words, debugger, program, schedule);
	r = copy_program(debugger->program, program);
	if (r == 0)
		r = write_schedule(debugger->schedule, schedule);
	if (r == 0)
		r = run_and_wait(words.argv);
	(void)unlink(program);
	(void)unlink(schedule);
	(void)rmdir(folder);
	while (words.count > 0)
		free(words.argv[--words.count]);
	return r < 0 ? error_errno(err, -r, GDB) : 0;
}
