/*
 * fileset.h - files in memory, on their way into a box or out of one
 *
 * What a candidate hands in, what an exercise brings along and what a
 * compiler made are all the same thing to the harness: relative paths with
 * bytes. Each file's bytes live in a sealed memfd, so that they can be passed
 * to a box as a descriptor, never change, and leave nothing on any disk.
 */
#ifndef ASSAY_FILESET_H
#define ASSAY_FILESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <assay/error.h>

#define FILESET_FILES_MAX 150        /* fits one box message */
#define FILESET_PATH_MAX 255         /* bytes, without the NUL */
#define FILESET_FILE_MAX (16u << 20) /* bytes of one file */

struct file {
	char *path; /* relative, '/' between parts, no "." or ".." */
	bool executable;
	int fd;          /* memfd, sealed against every change */
	uint64_t size;   /* bytes */
	char sha256[65]; /* lower case hexadecimal */
};

struct fileset {
	struct file *files; /* sorted by path in bytes, no two alike */
	size_t count;
};

void fileset_init(struct fileset *set);
/** Closes and frees everything; @set may be half-built or already empty. */
void fileset_release(struct fileset *set);

/**
 * Add a copy of @size bytes. Fails with -EEXIST for a path that is there,
 * -EINVAL for a path that is not relative and plain (see fileset_path_ok),
 * -E2BIG past the bounds above.
 */
int fileset_add_bytes(struct fileset *set, const char *path, const void *bytes,
		      size_t size, bool executable, struct error *err);

/**
 * Add a copy of what can be read from @fd, from its offset 0. @fd stays the
 * caller's. It must be a regular file or a memfd.
 */
int fileset_add_fd(struct fileset *set, const char *path, int fd,
		   bool executable, struct error *err);

/**
 * Add every regular file beneath folder @dir, as @prefix/RELATIVE (or
 * RELATIVE when @prefix is ""). Symbolic links and special files are an error
 * that names them. Names that start with a dot are passed over.
 */
int fileset_add_folder(struct fileset *set, const char *prefix, const char *dir,
		       struct error *err);

/** Add one file of another set as @path; shares the bytes. */
int fileset_add_file(struct fileset *set, const char *path,
		     const struct file *file, struct error *err);

/** Add all of @other's files under @prefix ("" for none); shares the bytes. */
int fileset_add_set(struct fileset *set, const char *prefix,
		    const struct fileset *other, struct error *err);

/** The file at @path, or NULL. */
const struct file *fileset_find(const struct fileset *set, const char *path);

/** The bytes of @file in memory, NUL-terminated behind; free() it. NULL: ENOMEM or EIO. */
char *file_read(const struct file *file);

/**
 * SHA-256 over (path, NUL, sha256, newline) of each file in order: the
 * identity of a set. @hex gets 64 digits and a NUL.
 */
void fileset_digest(const struct fileset *set, char hex[65]);

/**
 * Whether @path may name a file of a set: relative, 1 to FILESET_PATH_MAX
 * bytes of valid UTF-8 without control characters, no empty, "." or ".."
 * part, no backslash.
 */
bool fileset_path_ok(const char *path);

#endif
