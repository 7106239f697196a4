/*
 * error.h - how a failure of the harness or the host is handed up
 *
 * A function that can fail returns 0 or -errno and fills the caller's
 * struct error, which is always its last parameter. A candidate's failure is
 * never one of these: it is a verdict (verdict.h).
 *
 * Each room's border adds its own words in front with error_wrap(), so what
 * a person finally reads is one line that goes from the outside inwards:
 * "grade: exercise message-queue/bounded-queue: exercise.json: tests[3].points:
 * expected an integer".
 */
#ifndef ASSAY_ERROR_H
#define ASSAY_ERROR_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_TEXT_MAX 512

struct error {
	int code;                  /* an errno value, > 0; 0 when unused */
	char text[ERROR_TEXT_MAX]; /* one line, no newline at its end */
};

/* A text that was cut must not end in the middle of a character of UTF-8. */
static inline void error_trim(struct error *err)
{
	size_t end = strlen(err->text), start = end;
	unsigned char first;

	if (end < sizeof err->text - 1)
		return;
	while (start > 1 && ((unsigned char)err->text[start - 1] & 0xc0) == 0x80)
		start--;
	first = (unsigned char)err->text[--start];
	if (first >= 0xc0 &&
	    end - start < (first < 0xe0 ? 2u : first < 0xf0 ? 3u : 4u))
		err->text[start] = '\0';
}

/**
 * Record a failure. @code is an errno value (> 0). Returns -code, so that
 * "return error_set(err, EINVAL, ...)" is the whole of a failing path.
 * @err may be NULL.
 */
__attribute__((format(printf, 3, 4))) static inline int
error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;

	if (err) {
		err->code = code;
		va_start(args, format);
		(void)vsnprintf(err->text, sizeof err->text, format, args);
		va_end(args);
		error_trim(err);
	}
	return -code;
}

/** The same, with ": " and the text of errno value @code appended. */
__attribute__((format(printf, 3, 4))) static inline int
error_errno(struct error *err, int code, const char *format, ...)
{
	va_list args;
	size_t used;

	if (err) {
		err->code = code;
		va_start(args, format);
		(void)vsnprintf(err->text, sizeof err->text, format, args);
		va_end(args);
		used = strlen(err->text);
		(void)snprintf(err->text + used, sizeof err->text - used,
			       ": %s", strerror(code));
		error_trim(err);
	}
	return -code;
}

/** Put context in front of a failure that came from further in. */
__attribute__((format(printf, 2, 3))) static inline int
error_wrap(struct error *err, const char *format, ...)
{
	char inner[ERROR_TEXT_MAX];
	va_list args;
	size_t used;

	if (!err)
		return -1;
	memcpy(inner, err->text, sizeof inner);
	inner[sizeof inner - 1] = '\0';
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	used = strlen(err->text);
	(void)snprintf(err->text + used, sizeof err->text - used, ": %s",
		       inner);
	error_trim(err);
	return -err->code;
}

#endif
