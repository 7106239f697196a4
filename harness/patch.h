/*
 * patch.h - one file's unified diff, applied strictly
 *
 * Mutants are kept as what "diff -u" says about one file (POSIX.1-2017, diff,
 * "Diff -u Output Format"). Where such a diff does not fit exactly, somebody
 * has changed the file and has to look at the mutant again; so, unlike
 * patch(1), nothing is searched for and nothing is passed over: each hunk is
 * at the line it says, and each line of it is the one that is there.
 */
#ifndef ASSAY_PATCH_H
#define ASSAY_PATCH_H

#include <stddef.h>

#include <assay/error.h>

/**
 * @diff applied to @text, any bytes both. *ret, which has a NUL behind its
 * *ret_size bytes, is the caller's to free. The names in the head of the diff
 * are not looked at.
 *
 * -EINVAL: not a diff of one file, one that changes nothing, or not one of
 * this text; @err names the hunk and the line. -ENOMEM.
 */
int patch_apply(const char *text, size_t size, const char *diff,
		size_t diff_size, char **ret, size_t *ret_size,
		struct error *err);

#endif
