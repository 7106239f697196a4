/*
 * store.h - programs that were built before, by what they were built from
 *
 * Judges and reference solutions are the same for every submission and every
 * call of assay, and take a compiler a second. What a build made is kept in a
 * folder of the user's: $ASSAY_CACHE, else $XDG_CACHE_HOME/assay, else
 * ~/.cache/assay; "off" or "" means nowhere. One file per program, whose name
 * says what went into it and whose first bytes what has to come out.
 *
 * Nothing here can fail a grading: what cannot be read, is damaged, belongs to
 * somebody else or cannot be written is built again. Several may use the folder
 * at once. Beyond STORE_BYTES_MAX the programs go that were not asked for
 * longest.
 */
#ifndef ASSAY_STORE_H
#define ASSAY_STORE_H

#include <stdint.h>

#include "build.h"

#define STORE_BYTES_MAX (UINT64_C(256) << 20)

/**
 * SHA-256, in hexadecimal, of all that decides what @request makes: commands,
 * files and their places, this version of assay, and of the compilers what
 * tells one from another: size and time of change of each command's program,
 * of the list of installed packages and of the linker's cache, one of which
 * every upgrade touches.
 */
void store_key(const struct build_request *request, char key[65]);

/** The program kept as @key, a memfd of the caller's, or -1. */
int store_get(const char *key);

/** Keep a copy of @program, from its offset 0. */
void store_put(const char *key, int program);

#endif
