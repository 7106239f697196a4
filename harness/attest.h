/*
 * attest.h - whether a file is the report that the grader wrote, in one line
 *
 * What seal_check() finds in a report, and what can be wrong with its file: cut
 * short, no JSON any more, or named as another submission's.
 */
#ifndef ASSAY_ATTEST_H
#define ASSAY_ATTEST_H

#include <stdbool.h>

#include <jansson.h>

#include <assay/error.h>

#include "key.h"

struct attest {
	json_t *report; /* NULL: the file has none */
	bool fine;
	char *line; /* "PATH: tampered: why", for a terminal */
};

/** @word and @why (NULL: none) about @path as such a line; free() it. */
char *attest_line(const char *path, const char *word, const char *why);

/**
 * Look at the file @path. @digest is what a journal says of the report, or
 * NULL. -errno: it cannot be read, which says nothing about it.
 */
int attest_report(const char *path,
		  const unsigned char public[KEY_PUBLIC_BYTES],
		  const char *digest, struct attest *ret, struct error *err);
void attest_release(struct attest *attest);

#endif
