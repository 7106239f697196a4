/*
 * store.h - what was built before, by what it was built from
 *
 * Judges and reference solutions are the same for every submission and every
 * call of assay, and take a compiler a second; submissions are the same when
 * they are graded again. What a build made is kept in a folder of the user's:
 * $ASSAY_CACHE, else $XDG_CACHE_HOME/assay, else ~/.cache/assay; "off" or ""
 * means nowhere. One file per build, whose name says what went into it and
 * whose first bytes what has to come out.
 *
 * Nothing here can fail a grading: what cannot be read, is damaged, belongs to
 * somebody else or cannot be written is built again. Several may use the folder
 * at once. Beyond STORE_BYTES_MAX the builds go that were not asked for
 * longest. No box ever sees the folder.
 */
#ifndef ASSAY_STORE_H
#define ASSAY_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "build.h"

#define STORE_VARIABLE "ASSAY_CACHE"
#define STORE_OFF "off"
#define STORE_BYTES_MAX (UINT64_C(4) << 30)
#define STORE_NOTE_BYTES_MAX (4u << 20)
#define STORE_KEY_DIGITS 64

/**
 * SHA-256, in hexadecimal, of all that decides what @request makes: commands,
 * files and their places, limits, this version of assay, and of the compilers
 * what tells one from another: size and time of change of each command's
 * program, of the list of installed packages and of the linker's cache, one of
 * which every upgrade touches. Of a submission's also what is made of the
 * compiler's words: this very program, and the level of the box.
 */
void store_key(const struct build_request *request, char key[65]);

/* One build as it was kept. */
struct store_entry {
	int program; /* memfd, or -1: it made none */
	char *note;  /* what else is to be known of it, as it was put */
};

/** What is kept as @key: true, and @ret needs store_entry_release(). */
bool store_get(const char *key, struct store_entry *ret);
void store_entry_release(struct store_entry *entry);

/** Keep @note and a copy of @program, from its offset 0; -1: there is none. */
void store_put(const char *key, const char *note, int program);

#endif
