/*
 * boxspec.h - putting a BOX_RUN message together
 */
#ifndef ASSAY_BOXSPEC_H
#define ASSAY_BOXSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/box.h>
#include <assay/error.h>

#include "fileset.h"

/*
 * A message under construction. Strings must come in the order of box.h: all
 * arguments, all environment, the folder, files, outputs, then descriptors;
 * the functions below check that. What does not fit is remembered and told by
 * boxspec_send().
 */
struct boxspec {
	struct box_run run;
	char *strings; /* BOX_MESSAGE_MAX bytes */
	size_t used;
	int fds[BOX_FDS_MAX];
	unsigned fd_count;
	unsigned owned_fds; /* the last ones: copies, closed on release */
	int stage;
	int error; /* first errno */
};

/** @spec needs boxspec_release() whatever happens. */
void boxspec_init(struct boxspec *spec, enum box_profile profile,
		  const struct box_limits *limits);
void boxspec_release(struct boxspec *spec);

void boxspec_arg(struct boxspec *spec, const char *arg);
void boxspec_args(struct boxspec *spec, char *const *argv);
void boxspec_env(struct boxspec *spec, const char *name_value);
void boxspec_cwd(struct boxspec *spec, const char *path);
/** Place the bytes of @fd at @path; the descriptor must stay open. */
void boxspec_file(struct boxspec *spec, const char *path, int fd,
		  bool executable);
/** Place all of @set under @prefix ("" or "name/"). */
void boxspec_files(struct boxspec *spec, const char *prefix,
		   const struct fileset *set);
void boxspec_output(struct boxspec *spec, const char *path,
		    uint64_t max_bytes);
/** The program's next descriptor, beginning with 0. A copy is taken. */
void boxspec_fd(struct boxspec *spec, int fd, enum box_child_fd kind);

/**
 * Send it. 0, -E2BIG for what did not fit, or what sendmsg says.
 */
int boxspec_send(struct boxspec *spec, int socket_fd, struct error *err);

#endif
