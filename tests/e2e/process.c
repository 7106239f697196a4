#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "text.h"

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static char *below(const char *variable, const char *name)
{
	const char *folder = getenv(variable);

	if (!folder)
		fail_msg("%s is not set: run tests with make", variable);
	return text_format("%s/%s", folder, name);
}

char *build_path(const char *name)
{
	return below("ASSAY_BUILD", name);
}

char *source_path(const char *name)
{
	return below("ASSAY_SOURCE", name);
}

/* Between fork and exec; any failure is told by the exit status. */
__attribute__((noreturn)) static void
become(const struct process *process, const char *path, const char *const *argv,
       const struct process_options *options)
{
	size_t i;
	int null = open("/dev/null", O_RDONLY);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; options && i < PROCESS_ENV_MAX && options->env[i]; i++)
		(void)putenv((char *)(uintptr_t)options->env[i]);
	if (dup2(null, 0) < 0 || dup2(process->out_fd, 1) < 0 ||
	    dup2(process->err_fd, 2) < 0)
		_exit(125);
	if (options && options->folder && chdir(options->folder) < 0)
		_exit(125);
	if (options && options->uid &&
	    (setgroups(0, NULL) < 0 || setgid(options->uid) < 0 ||
	     setuid(options->uid) < 0))
		_exit(125);
	(void)execvp(path, (char **)(uintptr_t)argv);
	_exit(126);
}

void process_start(struct process *process, const char *const *argv,
		   const struct process_options *options)
{
	AUTO_FREE char *path = strcmp(argv[0], "assay") == 0
				       ? build_path("assay")
				       : text_format("%s", argv[0]);

	*process = (struct process){
		.out_fd = memfd_create("out", MFD_CLOEXEC),
		.err_fd = memfd_create("err", MFD_CLOEXEC),
		.started = now(),
	};
	assert_true(process->out_fd >= 0 && process->err_fd >= 0);
	process->pid = fork();
	assert_true(process->pid >= 0);
	if (process->pid == 0)
		become(process, path, argv, options);
}

static char *read_all(int fd)
{
	struct stat status;
	char *text;

	assert_int_equal(fstat(fd, &status), 0);
	text = calloc(1, (size_t)status.st_size + 1);
	assert_non_null(text);
	assert_int_equal(pread(fd, text, (size_t)status.st_size, 0),
			 status.st_size);
	(void)close(fd);
	return text;
}

void process_wait(struct process *process)
{
	int status;

	while (waitpid(process->pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	process->seconds = now() - process->started;
	process->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
					      : WEXITSTATUS(status);
	process->out = read_all(process->out_fd);
	process->err = read_all(process->err_fd);
}

void process_release(struct process *process)
{
	free(process->out);
	free(process->err);
	process->out = process->err = NULL;
}

void assert_status(const struct process *process, int status)
{
	if (process->status != status)
		fail_msg(
			"exit status %d, not %d\n--- output\n%s\n--- error\n%s",
			process->status, status, process->out, process->err);
}
