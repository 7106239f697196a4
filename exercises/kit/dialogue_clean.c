/* dialogue_clean.c - see dialogue_clean.h */
#include "dialogue_clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <assay/cleanup.h>

#define CUT_MAX 40 /* bytes of the words that say that it was cut */

/* The well-formed character of several bytes at @at (Unicode, table 3-7):
 * how many, 0 if there is none. *ret is what it is. */
static size_t character(const unsigned char *at, size_t left, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	uint32_t code = at[0] & (0x7fu >> size);
	size_t i;

	if (at[0] < 0xc2 || at[0] > 0xf4 || size > left)
		return 0;
	for (i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return size;
}

/* Neither a control nor what changes the direction or order of others. */
static bool prints(uint32_t code)
{
	return code >= 0xa0 && !(code >= 0x200b && code <= 0x200f) &&
	       !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff;
}

/* How many bytes at @at are shown as they are; 0: the first is escaped. */
static size_t as_it_is(const unsigned char *at, size_t left)
{
	uint32_t code = 0;
	size_t size;

	if (at[0] < 0x80)
		return at[0] >= 0x20 && at[0] != 0x7f;
	size = character(at, left, &code);
	return size > 0 && prints(code) ? size : 0;
}

void dialogue_clean(char *to, size_t room, const char *text, size_t size,
		    size_t whole)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + size;
	size_t used = 0, cut_at = 0, plain;

	CHECK(room >= DIALOGUE_CLEAN_MIN);
	while (at < end) {
		plain = as_it_is(at, (size_t)(end - at));
		if (used + 5 > room) /* a character of 4, or \xNN, and a NUL */
			break;
		if (used + CUT_MAX < room)
			cut_at = used;
		if (plain > 0)
			memcpy(to + used, at, plain);
		else
			(void)snprintf(to + used, 5, "\\x%02x", *at);
		used += plain > 0 ? plain : 4;
		at += plain > 0 ? plain : 1;
	}
	to[used] = '\0';
	if (at < end)
		used = cut_at;
	if (at < end || whole > size) {
		if (used + CUT_MAX > room)
			used = cut_at;
		(void)snprintf(to + used, room - used, "... (%zu bytes)",
			       whole);
	}
}
