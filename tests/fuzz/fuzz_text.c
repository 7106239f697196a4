/*
 * fuzz_text.c - bytes that a candidate chose, made fit to be shown
 *
 * The first byte of an input is a bound, in bytes and in columns.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* What moves the cursor or reorders text, by code: a few that must not pass. */
static const char *const unseen[] = {
	"\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u2028",
};

static void check_line(const char *text)
{
	AUTO_FREE char *line = text_line(text);
	AUTO_FREE char *again = text_line(line);

	fuzz_check_line(line);
	CHECK(strcmp(line, again) == 0);
	for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
		CHECK(!strstr(line, unseen[i]));
}

static void check_fit(const char *text, size_t columns)
{
	AUTO_FREE char *line = text_line(text);
	size_t fits = text_fit(line, columns);

	CHECK(fits <= strlen(line));
	CHECK(fits == strlen(line) || text_columns(line) > columns);
	line[fits] = '\0';
	fuzz_check_utf8(line);
	CHECK(text_columns(line) <= columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	size_t bound = fuzz_byte(&input);
	/* A copy of just this size, so that a byte read behind it is seen. */
	size_t left = fuzz_left(&input);
	AUTO_FREE char *bytes = malloc(left ? left : 1);
	AUTO_FREE char *clean = NULL, *cut = NULL, *again = NULL;
	char *string;

	CHECK(bytes);
	fuzz_copy(&input, bytes, left);
	clean = text_clean(bytes, left, SIZE_MAX);
	cut = text_clean(bytes, left, bound);
	again = text_clean(clean, strlen(clean), SIZE_MAX);
	fuzz_check_text(clean);
	fuzz_check_text(cut);
	CHECK(strlen(cut) <= bound);
	CHECK(strcmp(clean, again) == 0);
	CHECK(strlen(clean) <= bound ? strcmp(cut, clean) == 0
				     : strlen(cut) <= strlen(clean));
	check_line(clean);
	string = strndup(bytes, left);
	CHECK(string);
	check_line(string);
	check_fit(string, bound);
	free(string);
	return 0;
}
