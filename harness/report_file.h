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

/* The same piece by piece: what is written to the stream in between. */
struct report_file {
	FILE *stream; /* errors of writing are told by report_file_end() */
	char *path;
	char *temporary; /* its name in the folder */
	int folder;
};

int report_file_begin(struct report_file *file, const char *path,
		      struct error *err);
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
