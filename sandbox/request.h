/*
 * request.h - a BOX_RUN message, checked and taken apart
 */
#ifndef ASSAY_REQUEST_H
#define ASSAY_REQUEST_H

#include <stddef.h>

#include <assay/box.h>
#include <assay/error.h>

struct request_file {
	const char *path; /* relative to /work */
	int fd;
	unsigned mode;
};

struct request {
	struct box_run run; /* the fixed part */
	char *argv[BOX_ARGS_MAX + 1];
	char *envp[BOX_ENV_MAX + 1];
	char *cwd;
	struct request_file files[BOX_FILES_MAX];
	const char *outputs[BOX_OUTPUTS_MAX];
	int child_fds[BOX_CHILD_FDS_MAX];
	int fds[BOX_FDS_MAX]; /* all that came, closed by request_release */
	size_t fd_count;
};

/**
 * Take apart @size bytes of @message. Strings stay in @message, which must
 * live as long as @ret. @fds become the request's, also when this fails.
 * -EPROTO with a text for anything that box.h does not allow.
 */
int request_parse(char *message, size_t size, const int *fds, size_t fd_count,
		  struct request *ret, struct error *err);
/** Close what only the start of the program needed. */
void request_let_go(struct request *request);
void request_release(struct request *request);

#endif
