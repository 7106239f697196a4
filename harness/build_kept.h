/*
 * build_kept.h - a submission's build, in the store and out of it
 *
 * What is kept is what a report has of a build, so that it says the same of one
 * that was not made again, the time that it took then included.
 */
#ifndef ASSAY_BUILD_KEPT_H
#define ASSAY_BUILD_KEPT_H

#include "build.h"

/**
 * The build kept as @key, see store_key(): true, with @ret->kept set and the
 * rest as build_done_cb has it.
 */
bool build_kept_get(const char *key, struct build_result *ret, int *program);

/**
 * Keep @build, if the compiler alone decided it: one that was ended by a limit
 * or by the host might come out otherwise the next time.
 */
void build_kept_put(const char *key, const struct build_result *build,
		    int program);

#endif
