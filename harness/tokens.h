/*
 * tokens.h - source text as the tokens that a renaming does not change
 *
 * For comparing what two people wrote: names, numbers and strings are all
 * alike, comments and white space are not there, and what can be put in or
 * left out without a program doing anything else is left out as well:
 * qualifiers, #include, documentation strings, and where a type's name has
 * several words all but one. The text may be any bytes.
 */
#ifndef ASSAY_TOKENS_H
#define ASSAY_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKENS_MAX 200000u /* of one submission; the rest is not looked at */
#define TOKENS_FILES_MAX 1000u

enum tokens_language {
	TOKENS_NONE, /* not compared */
	TOKENS_C,    /* and C++: code may go from the one to the other */
	TOKENS_PYTHON,
};

/* Other kinds are operators, by their characters, and keywords. */
enum token_kind {
	TOKEN_BREAK, /* between files: like nothing */
	TOKEN_NAME,
	TOKEN_NUMBER, /* characters are numbers */
	TOKEN_STRING,
	TOKEN_LINE_END, /* of a statement, in Python */
	TOKEN_KEYWORD = 0x8000,
};

struct token {
	uint32_t line; /* from 1 */
	uint16_t file; /* as tokens_add() was told */
	uint16_t kind;
};

struct tokens {
	struct token *items;
	size_t count;
	size_t room;
	bool cut; /* there were more than TOKENS_MAX */
};

/** By the end of a file's name. */
enum tokens_language tokens_language(const char *path);

/**
 * Append the tokens of a file of @size bytes, and a TOKEN_BREAK. @file is a
 * number for it, less than TOKENS_FILES_MAX.
 */
void tokens_add(struct tokens *tokens, enum tokens_language language,
		unsigned file, const char *text, size_t size);
void tokens_release(struct tokens *tokens);

#endif
