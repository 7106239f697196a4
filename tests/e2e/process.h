/*
 * process.h - a command, run as a person would run it
 *
 * What cannot be done (no such program, no memory) fails the test. Nothing
 * that is started here outlives the test program.
 */
#ifndef TESTS_E2E_PROCESS_H
#define TESTS_E2E_PROCESS_H

#include <sys/types.h>

#define PROCESS_ENV_MAX 8

struct process_options {
	const char *folder;               /* to run in; NULL: this one */
	uid_t uid;                        /* to run as; 0: whoever we are */
	const char *env[PROCESS_ENV_MAX]; /* "NAME=value", beside our own */
};

struct process {
	pid_t pid;
	int out_fd, err_fd;
	int status; /* exit status, or 128 + the signal that ended it */
	char *out;  /* what it printed, NUL-terminated */
	char *err;
	double seconds; /* from start to end */
	double started;
};

/**
 * Start @argv, ended by NULL; "assay" is the one of the build folder. Standard
 * input is empty. @options may be NULL.
 */
void process_start(struct process *process, const char *const *argv,
		   const struct process_options *options);
void process_wait(struct process *process);
void process_release(struct process *process);

/* From start to end. */
#define process_run(process, options, ...)                               \
	(process_start((process), (const char *[]){ __VA_ARGS__, NULL }, \
		       (options)),                                       \
	 process_wait(process))

/** Fails the test, and shows what @process printed, unless it is @status. */
void assert_status(const struct process *process, int status);

/** "/somewhere/build/@name"; free() it. */
char *build_path(const char *name);
/** The same of the source tree. */
char *source_path(const char *name);

#endif
