/*
 * verify_load.h - a busy machine, made on purpose
 */
#ifndef ASSAY_VERIFY_LOAD_H
#define ASSAY_VERIFY_LOAD_H

#include <sys/types.h>

#include <assay/error.h>

#define VERIFY_LOAD_MAX 512

/* Processes that compute; they end with this one, however it ends. */
struct verify_load {
	pid_t pids[VERIFY_LOAD_MAX];
	unsigned count;
};

/** Start @count of them, VERIFY_LOAD_MAX at most. After a failure none runs. */
int verify_load_start(struct verify_load *load, unsigned count,
		      struct error *err);
/** End them, and wait until they have ended. */
void verify_load_stop(struct verify_load *load);

#endif
