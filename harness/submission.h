/*
 * submission.h - what a candidate handed in, taken in from outside
 *
 * A submission is a folder or an archive (.tar.gz, .tgz, .tar, .zip). Nothing
 * of it is ever unpacked to a disk or run outside a box: entries are read into
 * a fileset, and whatever breaks the rules makes the whole submission
 * "rejected" with the reason, which is a verdict and not an error. An error
 * is for what is not the candidate's fault, or not a submission at all: a
 * path that does not exist, a file that is no archive.
 */
#ifndef ASSAY_SUBMISSION_H
#define ASSAY_SUBMISSION_H

#include <stdbool.h>

#include <jansson.h>

#include <assay/error.h>

#include "exercise.h"
#include "fileset.h"

#define SUBMISSION_MARKER ".assay.json"  /* which exercise a workspace is of */
#define SUBMISSION_ENTRIES_MAX 2000      /* archive entries looked at */
#define SUBMISSION_BYTES_MAX (32u << 20) /* unpacked, all files together */
#define SUBMISSION_RATIO_MAX 200         /* unpacked : packed */

struct submission {
	char *id;             /* from its file name: letters, digits, . _ - */
	char *path;           /* as given */
	char *exercise_id;    /* from the marker; NULL when it has none */
	char *language;       /* from the marker; NULL when it has none */
	struct fileset files; /* all that was handed in and may be looked at,
				 but the marker */
	string_list ignored;  /* passed over without being read: names that
				start with a dot, __MACOSX */
	char *rejected;       /* NULL, or why: one sentence for a person */
	char *rejected_rule;  /* short name, see below */
	char content[65];     /* SHA-256, in hexadecimal, of all that was
				 handed in: files, what they say they are of,
				 what was passed over, why it was rejected
				 when it was read */
};

/*
 * Rules. Names: "absolute-path", "path-traversal", "backslash",
 * "control-character", "non-ascii-name", "name-too-long", "bad-name",
 * "duplicate-name", "case-twin". Types: "symlink", "hard-link", "device",
 * "fifo", "socket", "setuid", "sparse-file", "special-file". Sizes:
 * "too-many-entries", "too-many-files", "too-large", "ratio-bomb", "empty".
 * Archives: "encrypted", "compression-method", "nested-compression",
 * "corrupt-archive". Against the exercise: "marker", "language",
 * "missing-file".
 */

/**
 * The last part of @path without what says that it is an archive, made of
 * letters, digits, '.', '_' and '-' only. free() it; never NULL.
 */
char *submission_id(const char *path);

/**
 * Read the submission at @path. 0 also when it is to be rejected: look at
 * ->rejected. -ENOENT, -EACCES, ...: cannot be read. -EINVAL: a file that is
 * not an archive.
 */
int submission_read(const char *path, struct submission **ret,
		    struct error *err);
void submission_free(struct submission *submission);

/*
 * The submission held against an exercise: the files a build gets, and what
 * a person should know about the rest.
 */
struct selection {
	const struct exercise_language *language; /* NULL: rejected before it
						     could be told */
	struct fileset build; /* the candidate's allowed files and the
				 exercise's owned ones, as the build box gets
				 them: no prefix */
	json_t *files; /* array of {"path","sha256"?,"size"?,"role"}; role is
			   "candidate", "owned" or "ignored"; no hash and no
			   size: passed over without being read */
	json_t *flags; /* array of {"kind","file","line"?,"message"}: an
			   edited copy of an owned file (restored), a build
			   script (never run), names that hook the driver or
			   a sanitizer; a flag changes no points */
	bool hooks_sanitizer; /* a flag says that sanitizers are hooked: the
				 tests of sanitizer variants fail */
	char *unsearchable;   /* "FILE:LINE: ...": code that the explorer cannot
			       vouch for: the tests of its variant fail; NULL:
			       none. What a build finds takes its place */
	bool renames_lines;   /* so that a build cannot tell whose lines are
			       whose: what is in plain sight decides */
};

/**
 * Choose what is built. A missing required file sets submission->rejected.
 * Language: @language if not NULL, else the marker's, else the only one, or the
 * only one of which all required files are there; when none of the last helps,
 * the submission is rejected.
 * -EINVAL with a text for a @language that the exercise does not have.
 */
int submission_select(struct submission *submission,
		      const struct exercise *exercise, const char *language,
		      struct selection *ret, struct error *err);
void selection_release(struct selection *selection);

#endif
