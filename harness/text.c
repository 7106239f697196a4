#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define REPLACEMENT_SIZE (sizeof REPLACEMENT - 1)
#define ELLIPSIS "..."
#define ELLIPSIS_SIZE (sizeof ELLIPSIS - 1)

struct range {
	uint32_t first;
	uint32_t last;
};

/*
 * Invisible characters and those that change the direction of writing:
 * general category Cf of Unicode 15, the line and paragraph separators, and
 * the Hangul fillers, which look like blanks.
 */
static const struct range unseen[] = {
	{ 0x00ad, 0x00ad },   { 0x0600, 0x0605 },   { 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },   { 0x070f, 0x070f },   { 0x0890, 0x0891 },
	{ 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },   { 0x180e, 0x180e },
	{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
	{ 0x3164, 0x3164 },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
	{ 0xfff9, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe007f },
};

/* Characters that stand on the one before them (the common blocks). */
static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 },   { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },   { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

/* Characters two columns wide (East Asian Width W and F, in blocks). */
static const struct range wide[] = {
	{ 0x1100, 0x115e },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
	{ 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff },
	{ 0x20000, 0x3fffd },
};

#define IN(ranges, code) \
	in_ranges((ranges), sizeof(ranges) / sizeof *(ranges), (code))

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

size_t text_decode(const char *bytes, size_t size, uint32_t *code)
{
	unsigned char first = (unsigned char)bytes[0];
	unsigned char low = 0x80;  /* what the second byte may be; narrower */
	unsigned char high = 0xbf; /* where it would be overlong or too big */
	uint32_t value;
	size_t length, i;

	*code = TEXT_REPLACEMENT;
	if (first < 0x80) {
		*code = first;
		return 1;
	}
	if (first < 0xc2 || first > 0xf4)
		return 1;
	length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f; /* surrogates */
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	value = first & (0x7fu >> length);
	for (i = 1; i < length; i++) {
		unsigned char byte;

		if (i == size)
			return i;
		byte = (unsigned char)bytes[i];
		if (byte < low || byte > high)
			return i;
		value = value << 6 | (byte & 0x3fu);
		low = 0x80;
		high = 0xbf;
	}
	*code = value;
	return length;
}

char *text_clean(const char *bytes, size_t size, size_t max_bytes)
{
	size_t room = size < max_bytes / REPLACEMENT_SIZE
			      ? size * REPLACEMENT_SIZE
			      : max_bytes;
	size_t used = 0, cut = 0; /* cut: where an ellipsis would still fit */
	char *clean = malloc(room + 1);
	size_t i, taken;

	ENOUGH(clean);
	for (i = 0; i < size; i += taken) {
		const char *from = bytes + i;
		uint32_t code;
		size_t length;

		taken = length = text_decode(from, size - i, &code);
		if (code == TEXT_REPLACEMENT ||
		    (is_control(code) && code != '\n' && code != '\t')) {
			from = REPLACEMENT;
			length = REPLACEMENT_SIZE;
		}
		if (length > room - used) {
			length = room - cut < ELLIPSIS_SIZE ? room - cut
							    : ELLIPSIS_SIZE;
			memcpy(clean + cut, ELLIPSIS, length);
			used = cut + length;
			break;
		}
		memcpy(clean + used, from, length);
		used += length;
		if (used + ELLIPSIS_SIZE <= room)
			cut = used;
	}
	clean[used] = '\0';
	return clean;
}

char *text_line(const char *text)
{
	size_t size = strlen(text);
	char *line = calloc(size + 1, REPLACEMENT_SIZE);
	size_t used = 0;
	size_t i, taken;

	ENOUGH(line);
	for (i = 0; i < size; i += taken) {
		const char *from = text + i;
		uint32_t code;
		size_t length;

		taken = length = text_decode(from, size - i, &code);
		if (code == '\n' || code == '\t' || code == '\r') {
			from = " ";
		} else if (code == TEXT_REPLACEMENT || is_control(code) ||
			   IN(unseen, code)) {
			from = REPLACEMENT;
			length = REPLACEMENT_SIZE;
		}
		memcpy(line + used, from, length);
		used += length;
	}
	line[used] = '\0';
	return line;
}

static size_t columns_of(uint32_t code)
{
	return IN(combining, code) ? 0 : IN(wide, code) ? 2 : 1;
}

size_t text_columns(const char *text)
{
	size_t size = strlen(text);
	size_t columns = 0;
	size_t i;

	for (i = 0; i < size;) {
		uint32_t code;

		i += text_decode(text + i, size - i, &code);
		columns += columns_of(code);
	}
	return columns;
}

size_t text_fit(const char *text, size_t columns)
{
	size_t size = strlen(text);
	size_t used = 0;
	size_t i, taken;

	for (i = 0; i < size; i += taken) {
		uint32_t code;

		taken = text_decode(text + i, size - i, &code);
		used += columns_of(code);
		if (used > columns)
			break;
	}
	return i;
}

char *text_fitted(const char *text, size_t columns)
{
	AUTO_FREE char *line = text_line(text);

	if (text_columns(line) <= columns)
		return TAKE_PTR(line);
	return text_format("%.*s\u2026", (int)text_fit(line, columns - 1),
			   line);
}

char *text_vformat(const char *format, va_list args)
{
	char *text = NULL;
	int length = vasprintf(&text, format, args);

	ENOUGH(length >= 0);
	return text;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	return text;
}

void text_stream_close(FILE *stream, char **text)
{
	bool whole = !ferror(stream);

	whole = fclose(stream) == 0 && whole;
	ENOUGH(whole && *text);
}
