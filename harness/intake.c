/*
 * intake.c - see intake.h
 */
#include "intake.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "text.h"

#define IGNORED_MAX 100
#define SHOWN_NAME_MAX 120
#define SHOWN_TEXT_MAX 600
#define RATIO_FLOOR (1u << 20) /* bytes; so little is never a bomb */

/* Added by other systems' archivers and of no use to anybody here. */
#define MAC_FOLDER "__MACOSX"

/* Types of files that may not be handed in. */
static const struct type_rule {
	mode_t type;
	const char *rule, *what;
} type_rules[] = {
	{ S_IFLNK, "symlink", "a symbolic link" },
	{ S_IFCHR, "device", "a device" },
	{ S_IFBLK, "device", "a device" },
	{ S_IFIFO, "fifo", "a named pipe" },
	{ S_IFSOCK, "socket", "a socket" },
};

/* @text, fit to be shown, at most @max_bytes before that. */
static char *cleaned(const char *text, size_t max_bytes)
{
	AUTO_FREE char *clean = text_clean(text, strlen(text), max_bytes);

	return text_line(clean);
}

void submission_reject(struct submission *submission, const char *rule,
		       const char *name, const char *format, ...)
{
	AUTO_FREE char *shown = NULL;
	AUTO_FREE char *said = NULL;
	AUTO_FREE char *text = NULL;
	va_list args;

	if (submission->rejected)
		return;
	va_start(args, format);
	said = text_vformat(format, args);
	va_end(args);
	/* A library's words may quote what is in an archive. */
	text = cleaned(said, SHOWN_TEXT_MAX);
	if (name) {
		shown = cleaned(name, SHOWN_NAME_MAX);
		submission->rejected = text_format("\"%s\" %s", shown, text);
	} else {
		submission->rejected = TAKE_PTR(text);
	}
	submission->rejected_rule = text_format("%s", rule);
}

/* Rules that need to look at single bytes only. */
static bool check_bytes(struct submission *submission, const char *name)
{
	const char *rule = NULL, *text = NULL;

	for (const char *at = name; *at && !rule; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte < 0x20 || byte == 0x7f) {
			rule = "control-character";
			text = "has a control character in its name";
		} else if (byte >= 0x80) {
			rule = "non-ascii-name";
			text = "has a name that is not plain ASCII";
		} else if (byte == '\\') {
			rule = "backslash";
			text = "has a backslash in its name";
		}
	}
	if (rule)
		submission_reject(submission, rule, name, "%s", text);
	return !rule;
}

static bool has_part(const char *path, const char *part)
{
	size_t length = strlen(part);

	for (; path; path = strchr(path, '/')) {
		path += *path == '/';
		if (strncmp(path, part, length) == 0 &&
		    (path[length] == '/' || path[length] == '\0'))
			return true;
	}
	return false;
}

/* Names like "C:/x", which mean an absolute path elsewhere. */
static bool has_drive(const char *name)
{
	return isalpha((unsigned char)name[0]) && name[1] == ':';
}

/* Write @name to @path as fileset.h wants it. */
static bool check_name(struct submission *submission, const char *name,
		       bool is_folder, char path[FILESET_PATH_MAX + 1])
{
	const char *plain = name;
	size_t length;

	if (!check_bytes(submission, name))
		return false;
	if (*name == '/' || has_drive(name)) {
		submission_reject(submission, "absolute-path", name,
				  "is an absolute path");
		return false;
	}
	if (has_part(name, "..")) {
		submission_reject(submission, "path-traversal", name,
				  "leads out of the submission");
		return false;
	}
	while (strncmp(plain, "./", 2) == 0)
		plain += 2;
	length = strlen(plain);
	if (is_folder && length > 0 && plain[length - 1] == '/')
		length--;
	if (length > FILESET_PATH_MAX) {
		submission_reject(submission, "name-too-long", name,
				  "has a name of more than %d bytes",
				  FILESET_PATH_MAX);
		return false;
	}
	memcpy(path, plain, length);
	path[length] = '\0';
	/* "." or "" is the top folder itself. */
	if (is_folder && (length == 0 || strcmp(path, ".") == 0))
		return true;
	if (!fileset_path_ok(path)) {
		submission_reject(submission, "bad-name", name,
				  "is not a plain name of a file");
		return false;
	}
	return true;
}

/*
 * Pass over @path, if it has a part that starts with a dot or is one that
 * macOS adds: version control, editors' files, caches. It is noted once, by
 * its outermost such part.
 */
static bool ignore(struct submission *submission, const char *path)
{
	size_t count = string_list_count(submission->ignored);
	char outer[FILESET_PATH_MAX + 1];
	const char *part = path;
	string_list longer;
	size_t length;

	while (*part != '.' && strcmp(part, MAC_FOLDER) != 0 &&
	       strncmp(part, MAC_FOLDER "/", strlen(MAC_FOLDER "/")) != 0) {
		part = strchr(part, '/');
		if (!part)
			return false;
		part++;
	}
	if (strcmp(part, SUBMISSION_MARKER) == 0)
		return false;
	length = (size_t)(part - path) + strcspn(part, "/");
	memcpy(outer, path, length);
	outer[length] = '\0';
	if (count == IGNORED_MAX || string_list_has(submission->ignored, outer))
		return true;
	longer = reallocarray(submission->ignored, count + 2, sizeof *longer);
	ENOUGH(longer != NULL);
	longer[count] = text_format("%s", outer);
	longer[count + 1] = NULL;
	submission->ignored = longer;
	return true;
}

static bool check_type(struct submission *submission, const char *name,
		       mode_t mode)
{
	for (size_t i = 0; i < sizeof type_rules / sizeof *type_rules; i++)
		if ((mode & S_IFMT) == type_rules[i].type) {
			submission_reject(submission, type_rules[i].rule, name,
					  "is %s; only plain files are taken",
					  type_rules[i].what);
			return false;
		}
	if (!S_ISREG(mode)) {
		submission_reject(submission, "special-file", name,
				  "is not a plain file");
		return false;
	}
	if (mode & (S_ISUID | S_ISGID)) {
		submission_reject(submission, "setuid", name,
				  "has its setuid or setgid bit set");
		return false;
	}
	return true;
}

/*
 * Whether @a and @b are two names on one file system and one on another that
 * does not tell upper from lower case: at the first folder or file where they
 * part. Other twins are not ASCII and are never taken.
 */
static bool are_case_twins(const char *a, const char *b)
{
	for (;;) {
		size_t length = strcspn(a, "/");

		if (length != strcspn(b, "/") || strncasecmp(a, b, length) != 0)
			return false;
		if (strncmp(a, b, length) != 0)
			return true;
		if (a[length] == '\0' || b[length] == '\0')
			return false;
		a += length + 1;
		b += length + 1;
	}
}

static bool check_twins(struct intake *intake, const char *path)
{
	for (size_t i = 0; i < intake->files.count; i++) {
		const char *other = intake->files.files[i].path;

		if (strcmp(path, other) == 0) {
			submission_reject(intake->submission, "duplicate-name",
					  path, "is there twice");
			return false;
		}
		if (are_case_twins(path, other)) {
			submission_reject(intake->submission, "case-twin", path,
					  "differs from \"%s\" in upper and "
					  "lower case only",
					  other);
			return false;
		}
	}
	return true;
}

enum intake_choice intake_entry(struct intake *intake, const char *name,
				mode_t mode, char path[FILESET_PATH_MAX + 1])
{
	struct submission *submission = intake->submission;

	if (++intake->entries > SUBMISSION_ENTRIES_MAX) {
		submission_reject(submission, "too-many-entries", NULL,
				  "It has more than %d files and folders",
				  SUBMISSION_ENTRIES_MAX);
		return INTAKE_REJECTED;
	}
	if (!check_name(submission, name, S_ISDIR(mode), path))
		return INTAKE_REJECTED;
	if (S_ISDIR(mode) && (*path == '\0' || strcmp(path, ".") == 0))
		return INTAKE_FOLDER;
	if (ignore(submission, path))
		return INTAKE_IGNORE;
	if (S_ISDIR(mode))
		return INTAKE_FOLDER;
	if (!check_type(submission, name, mode) || !check_twins(intake, path))
		return INTAKE_REJECTED;
	if (intake->files.count == FILESET_FILES_MAX) {
		submission_reject(submission, "too-many-files", NULL,
				  "It has more than %d files; \"%s\" is one "
				  "too many",
				  FILESET_FILES_MAX, path);
		return INTAKE_REJECTED;
	}
	return INTAKE_FILE;
}

bool intake_bytes(struct intake *intake, const char *name, uint64_t size)
{
	/* Each addend is small enough that the sum cannot wrap. */
	if (size > SUBMISSION_BYTES_MAX ||
	    intake->bytes + size > SUBMISSION_BYTES_MAX) {
		submission_reject(intake->submission, "too-large", name,
				  "makes it larger than %u MiB",
				  SUBMISSION_BYTES_MAX >> 20);
		return false;
	}
	intake->bytes += size;
	if (intake->packed_bytes > 0 && intake->bytes > RATIO_FLOOR &&
	    intake->bytes / SUBMISSION_RATIO_MAX > intake->packed_bytes) {
		submission_reject(intake->submission, "ratio-bomb", name,
				  "unpacks to more than %d times its archive",
				  SUBMISSION_RATIO_MAX);
		return false;
	}
	return true;
}

int intake_add(struct intake *intake, const char *path, const void *bytes,
	       size_t size, struct error *err)
{
	int rc;

	if (size > FILESET_FILE_MAX) {
		submission_reject(intake->submission, "too-large", path,
				  "is larger than %u MiB",
				  FILESET_FILE_MAX >> 20);
		return 0;
	}
	rc = fileset_add_bytes(&intake->files, path, bytes, size, false, err);
	if (rc == -EEXIST) {
		submission_reject(intake->submission, "duplicate-name", path,
				  "is a file and a folder");
		return 0;
	}
	return rc;
}
