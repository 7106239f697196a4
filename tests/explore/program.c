/* program.c - see program.h */
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <assay/judge.h>

#define MEMORY_BYTES (32u << 20)
#define END_MS 2000 /* for a program to end by itself */

void cannot(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("run_program: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(3);
}

static void become(const struct options *options, int channel, int memory)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *const argv[] = { (char *)(uintptr_t)options->program, NULL };

	/* Both may lie where they have to come to lie. */
	channel = fcntl(channel, F_DUPFD_CLOEXEC, 10);
	memory = fcntl(memory, F_DUPFD_CLOEXEC, 10);
	if (null < 0 || channel < 0 || memory < 0 ||
	    dup2(channel, ASSAY_DRIVER_CHANNEL_FD) < 0 ||
	    dup2(memory, ASSAY_DRIVER_HISTORY_FD) < 0 ||
	    dup2(null, STDIN_FILENO) < 0)
		_exit(127);
	if (!options->output &&
	    (dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0))
		_exit(127);
	(void)personality(ADDR_NO_RANDOMIZE);
	(void)execv(options->program, argv);
	_exit(127);
}

void program_start(const struct options *options, struct program *ret)
{
	int ends[2];

	ret->memory = memfd_create("explore", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (ret->memory < 0 || ftruncate(ret->memory, MEMORY_BYTES) != 0 ||
	    fcntl(ret->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		cannot("no channel: %s", strerror(errno));
	(void)fflush(NULL);
	ret->pid = fork();
	if (ret->pid < 0)
		cannot("fork: %s", strerror(errno));
	if (ret->pid == 0)
		become(options, ends[1], ret->memory);
	(void)close(ends[1]);
	ret->channel = ends[0];
	explorer_init(&ret->explorer, explorer_channel_of(&ret->channel),
		      ret->memory, MEMORY_BYTES);
}

/* The runtime ends when its channel closes; whatever does not is killed. */
int program_stop(struct program *program)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	int status = 0;
	unsigned i;

	(void)close(program->channel);
	for (i = 0; i < END_MS; i++) {
		if (waitpid(program->pid, &status, WNOHANG) == program->pid)
			break;
		(void)nanosleep(&ms, NULL);
	}
	if (i == END_MS) {
		(void)kill(program->pid, SIGKILL);
		(void)waitpid(program->pid, &status, 0);
	}
	(void)close(program->memory);
	return status;
}

/* What kept the program from answering. */
__attribute__((noreturn)) void program_lost(struct program *program,
					    const struct error *err)
{
	int status = program_stop(program);

	if (WIFSIGNALED(status))
		cannot("%s (signal %d)", err->text, WTERMSIG(status));
	cannot("%s (exit status %d)", err->text, WEXITSTATUS(status));
}
