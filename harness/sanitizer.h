/*
 * sanitizer.h - data races and memory errors, from a sanitizer's log
 *
 * Read from outside: the program's captured standard error of a run of a
 * variant whose name is "tsan" or "asan".
 */
#ifndef ASSAY_SANITIZER_H
#define ASSAY_SANITIZER_H

#include <stddef.h>

#include <jansson.h>

#define SANITIZER_REPORTS_MAX 20

/**
 * An array with one object per report in @text, without repeats:
 * {"kind":"data race","tool":"ThreadSanitizer","file","line",
 *  "stacks":[{"what":"Write of size 8 at ... by thread T2",
 *             "frames":[{"function","file","line"}...]}...]}.
 * "file" and "line" are the first frame that is in one of the candidate's own
 * files. Frames of the runtime itself are left out; "/work/submission/" is
 * taken off file names. A report that was cut off is kept as far as it goes.
 */
json_t *sanitizer_parse(const char *text, size_t size);

/**
 * The innermost frame of @stack (index) of one report that is in a file of
 * the candidate's; borrowed, NULL when there is none.
 */
json_t *sanitizer_own_frame(const json_t *report, size_t stack);

/** One sentence on entry 0: "data race: bq_len reads at bq.c:41 what bq_put
 *  wrote at bq.c:30". free() it; NULL when @reports is empty. */
char *sanitizer_summary(const json_t *reports);

#endif
