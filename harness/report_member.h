/*
 * report_member.h - what a member of a report says, where it may say nothing
 *
 * Of anything that is shaped like a part of a report, too: a view, a line of a
 * journal, what a person scored. A member that is not there, or is of another
 * kind, is taken for null, as is one of what is no object at all.
 */
#ifndef ASSAY_REPORT_MEMBER_H
#define ASSAY_REPORT_MEMBER_H

#include <stdbool.h>

#include <jansson.h>

/** The string at @key of @object, or ""; borrowed. */
const char *report_string(const json_t *object, const char *key);
/** The same, or @otherwise, which may be NULL. */
const char *report_string_or(const json_t *object, const char *key,
			     const char *otherwise);
/** The number at @key, or 0. */
double report_number(const json_t *object, const char *key);
/** Whether report_string() is @string. */
bool report_is(const json_t *object, const char *key, const char *string);
/** "socket(0x2, 0x1, 0x0)": a call that was refused; NULL where @call is no
 * object. free() it. */
char *report_call(const json_t *call);

#endif
