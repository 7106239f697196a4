#include "letters.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define FOLDED_MAX 2 /* letters of one character */

/* U+00C0 to U+017F, without what is on or through them; ' ' is no letter, and
 * a capital is one that is two. */
#define LATIN_FIRST 0x00c0u
static const char latin[] = "aaaaaaAceeeeiiiidnooooo ouuuuyTS"
			    "aaaaaaAceeeeiiiidnooooo ouuuuyTy"
			    "aaaaaaccccccccddddeeeeeeeeeegggg"
			    "gggghhhhiiiiiiiiiiIIjjkkklllllll"
			    "lllnnnnnnnnnooooooOOrrrrrrssssss"
			    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
_Static_assert(sizeof latin - 1 == 0x180 - LATIN_FIRST, "one for each");

/* Further ones, with their capitals in turn, of Romanian, of Pinyin's tones
 * and of Vietnamese. */
static const struct {
	uint32_t first, last;
	char letter;
} more_latin[] = {
	{ 0x01a0, 0x01a1, 'o' }, { 0x01af, 0x01b0, 'u' },
	{ 0x01cd, 0x01ce, 'a' }, { 0x01cf, 0x01d0, 'i' },
	{ 0x01d1, 0x01d2, 'o' }, { 0x01d3, 0x01dc, 'u' },
	{ 0x0218, 0x0219, 's' }, { 0x021a, 0x021b, 't' },
	{ 0x1e62, 0x1e63, 's' }, { 0x1e6c, 0x1e6d, 't' },
	{ 0x1ea0, 0x1eb7, 'a' }, { 0x1eb8, 0x1ec7, 'e' },
	{ 0x1ec8, 0x1ecb, 'i' }, { 0x1ecc, 0x1ee3, 'o' },
	{ 0x1ee4, 0x1ef1, 'u' }, { 0x1ef2, 0x1ef9, 'y' },
};

static bool within(uint32_t code, uint32_t first, uint32_t last)
{
	return code >= first && code <= last;
}

/* Accents that stand alone behind their letter, and what has no width. */
static bool is_unseen(uint32_t code)
{
	return within(code, 0x0300, 0x036f) || within(code, 0x200b, 0x200f) ||
	       within(code, 0x2060, 0x2064) || code == 0x00ad || code == 0xfeff;
}

static bool is_ideograph(uint32_t code)
{
	return within(code, 0x2e80, 0x2fff) || within(code, 0x3040, 0x9fff) ||
	       within(code, 0xac00, 0xd7a3) || within(code, 0xf900, 0xfaff) ||
	       within(code, 0x20000, 0x3ffff);
}

/* What in other scripts is no letter, in blocks. */
static bool is_mark(uint32_t code)
{
	return within(code, 0x80, 0xbf) || within(code, 0x2000, 0x2bff) ||
	       within(code, 0x3000, 0x303f) || within(code, 0xe000, 0xf8ff) ||
	       within(code, 0xff00, 0xffff) || within(code, 0x1f000, 0x1ffff) ||
	       code >= 0xe0000;
}

static size_t two(char first, char second, uint32_t folded[FOLDED_MAX])
{
	folded[0] = (uint32_t)first;
	folded[1] = (uint32_t)second;
	return 2;
}

static size_t fold_pair(uint32_t code, uint32_t folded[FOLDED_MAX])
{
	switch (code) {
	case 0x00c6:
	case 0x00e6:
		return two('a', 'e', folded);
	case 0x00de:
	case 0x00fe:
		return two('t', 'h', folded);
	case 0x0132:
	case 0x0133:
		return two('i', 'j', folded);
	case 0x0152:
	case 0x0153:
		return two('o', 'e', folded);
	default:
		return two('s', 's', folded);
	}
}

static size_t fold_latin(uint32_t code, uint32_t folded[FOLDED_MAX])
{
	char letter = latin[code - LATIN_FIRST];

	if (letter >= 'A' && letter <= 'Z')
		return fold_pair(code, folded);
	folded[0] = letter == ' ' ? 0 : (uint32_t)letter;
	return 1;
}

static uint32_t fold_other(uint32_t code)
{
	size_t i;

	for (i = 0; i < sizeof more_latin / sizeof *more_latin; i++)
		if (within(code, more_latin[i].first, more_latin[i].last))
			return (uint32_t)more_latin[i].letter;
	if (within(code, 0x0391, 0x03a9) || within(code, 0x0410, 0x042f))
		return code + 0x20;
	if (within(code, 0x0400, 0x040f))
		return code + 0x50;
	if (within(code, 0xff21, 0xff3a)) /* full width */
		return code - 0xff21 + 'a';
	if (within(code, 0xff41, 0xff5a))
		return code - 0xff41 + 'a';
	return is_mark(code) ? 0 : code;
}

/* How many letters @code is; 0 for what is not seen, one of 0 for no letter. */
static size_t fold(uint32_t code, uint32_t folded[FOLDED_MAX])
{
	if (is_unseen(code))
		return 0;
	if (within(code, LATIN_FIRST, 0x17f))
		return fold_latin(code, folded);
	if (within(code, 'A', 'Z'))
		folded[0] = code + ('a' - 'A');
	else if (code < 0x80)
		folded[0] = within(code, 'a', 'z') || within(code, '0', '9')
				    ? code
				    : 0;
	else
		folded[0] = code == TEXT_REPLACEMENT ? 0 : fold_other(code);
	return 1;
}

static bool is_capital(uint32_t code)
{
	return within(code, 'A', 'Z') || within(code, 0x00c0, 0x00de) ||
	       within(code, 0x0391, 0x03a9) || within(code, 0x0400, 0x042f) ||
	       (within(code, 0x1ea0, 0x1ef9) && code % 2 == 0);
}

static enum letter_kind kind_of(uint32_t folded)
{
	if (folded == 0)
		return LETTER_NONE;
	if (within(folded, '0', '9'))
		return LETTER_DIGIT;
	return is_ideograph(folded) ? LETTER_IDEOGRAPH : LETTER_WORD;
}

void letters_of(const char *text, struct letters *letters)
{
	size_t size = strlen(text), at, i;
	struct letter *list = calloc(size * FOLDED_MAX + 1, sizeof *list);
	size_t count = 0;

	ENOUGH(list);
	for (at = 0; at < size;) {
		uint32_t code, folded[FOLDED_MAX];
		size_t taken = text_decode(text + at, size - at, &code);
		size_t parts = fold(code, folded);

		if (parts == 0 && count > 0) /* it goes with its letter */
			list[count - 1].to = at + taken;
		for (i = 0; i < parts; i++)
			list[count++] = (struct letter){
				.code = folded[i],
				.kind = kind_of(folded[i]),
				.capital = is_capital(code),
				.from = at,
				.to = at + taken,
			};
		at += taken;
	}
	letters->list = list;
	letters->count = count;
	letters->cut = false;
}

void letters_release(struct letters *letters)
{
	free(letters->list);
	*letters = (struct letters){ 0 };
}

bool letters_word_start(const struct letters *letters, size_t at)
{
	const struct letter *here = letters->list + at;

	if (at == 0 || here->kind == LETTER_IDEOGRAPH)
		return true;
	if (here[-1].kind != here->kind)
		return true;
	if (!here->capital)
		return false;
	/* "janeDoe", "JANEDoe" */
	return !here[-1].capital ||
	       (at + 1 < letters->count && here[1].kind == LETTER_WORD &&
		!here[1].capital);
}

bool letters_word_end(const struct letters *letters, size_t at)
{
	return at == letters->count || letters_word_start(letters, at);
}
