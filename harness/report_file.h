/*
 * report_file.h - files that are whole or not there
 */
#ifndef ASSAY_REPORT_FILE_H
#define ASSAY_REPORT_FILE_H

#include <stddef.h>
#include <stdio.h>

#include <assay/error.h>

/**
 * Make @path hold @bytes, so that a reader sees what was there before or all
 * that is there now, also when the machine stops in between.
 */
int report_file_replace(const char *path, const char *bytes, size_t size,
			struct error *err);

/* The same piece by piece, of which one is in memory. */
struct report_file {
	FILE *stream; /* for a piece, in memory */
	char *bytes;  /* of the stream */
	size_t size;
	int fd;
	int folder;
	char *path;
	char *temporary; /* its name in the folder */
	int result;      /* 0, or the first -errno */
};

int report_file_begin(struct report_file *file, const char *path,
		      struct error *err);
/** Write what is in the stream; a failure is told by report_file_end(). */
void report_file_flush(struct report_file *file);
/** @file is over in any case. After an error nothing of it is left. */
int report_file_end(struct report_file *file, struct error *err);

/**
 * For many files at once: up to the rename, but for the fsync() of the
 * folder, without which a power cut may still take the file away.
 */
int report_file_place(int folder, const char *name, const char *bytes,
		      size_t size);

/** Remove what a process that was killed left of any of the above in @folder.
 * How many there were, or -errno. */
int report_file_sweep(int folder);

#endif
