/*
 * letters.h - a text as the letters that names are compared by
 *
 * Without capitals, accents and what cannot be seen: "José", "JOSE" and
 * "jose" followed by U+0301 are the same four letters. Latin, Greek and Cyrillic
 * capitals are known; a letter of another script stands for itself. Bytes that
 * are no UTF-8 are no letters.
 */
#ifndef ASSAY_LETTERS_H
#define ASSAY_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum letter_kind {
	LETTER_NONE,  /* what stands between words */
	LETTER_DIGIT, /* 0 to 9 */
	LETTER_WORD,
	LETTER_IDEOGRAPH, /* of a script that puts nothing between words */
};

struct letter {
	uint32_t code; /* folded; 0 for LETTER_NONE */
	enum letter_kind kind;
	bool capital;
	size_t from, to; /* its bytes in the text */
};

struct letters {
	struct letter *list; /* a character such as æ is two of them */
	size_t count;
	bool cut; /* for who calls: more was behind, as of a long line */
};

/** All of @text. letters_release() it; out of memory ends the process. */
void letters_of(const char *text, struct letters *letters);
void letters_release(struct letters *letters);

/** Whether a word starts at @at: "D" of "jane_doe", "janeDoe", "x2doe". */
bool letters_word_start(const struct letters *letters, size_t at);
/** Whether one has ended before @at. */
bool letters_word_end(const struct letters *letters, size_t at);

#endif
