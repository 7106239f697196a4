/*
 * intake.h - the rules that every entry of a submission is held to
 *
 * archive.c and folder.c find entries, one by one, and ask here what is to be
 * done with each before they open it. The first rule that is broken makes the
 * whole submission rejected, and nothing more of it is read.
 */
#ifndef ASSAY_INTAKE_H
#define ASSAY_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <assay/error.h>

#include "submission.h"

struct intake {
	struct submission *submission;
	struct fileset files; /* by name in the archive or folder */
	unsigned entries;
	uint64_t bytes;        /* unpacked so far, files and all else */
	uint64_t packed_bytes; /* of the archive; 0 for a folder */
};

enum intake_choice {
	INTAKE_FILE,   /* read it, then intake_add() it */
	INTAKE_FOLDER, /* nothing to read, or to descend into */
	INTAKE_IGNORE, /* pass over it */
	INTAKE_REJECTED,
};

/**
 * What to do with the entry @name that has @mode, as in struct stat. For a
 * file and a folder @path gets its name without "./" in front and "/" behind.
 */
enum intake_choice intake_entry(struct intake *intake, const char *name,
				mode_t mode, char path[FILESET_PATH_MAX + 1]);

/** Account for @size more bytes. False: that is too many, it is rejected. */
bool intake_bytes(struct intake *intake, const char *name, uint64_t size);

/** Keep a file's bytes. */
int intake_add(struct intake *intake, const char *path, const void *bytes,
	       size_t size, struct error *err);

/**
 * Reject for breaking @rule, unless it is rejected already. The sentence is
 * @name, made fit to be shown, in quotation marks, then the text; without a
 * name (NULL) just the text.
 */
__attribute__((format(printf, 4, 5))) void
submission_reject(struct submission *submission, const char *rule,
		  const char *name, const char *format, ...);

/* Where entries come from. Both return 0 also when they end in a rejection. */

/** All of the archive that @fd is, from its start. -EINVAL: it is none. */
int archive_take(struct intake *intake, int fd, struct error *err);
/** All of the folder that @fd is. */
int folder_take(struct intake *intake, int fd, struct error *err);

#endif
