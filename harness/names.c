#include "names.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "names_parts.h"
#include "text.h"

#define TAG_WORDS_MAX 6   /* more are a sentence, not somebody's name */
#define TAG_WORDS_LOWER 3 /* up to so many need no capitals */
#define SPELLING_MIN 4    /* letters of a word that is spelled otherwise */
#define NUMBER_MIN 5      /* digits of one that tells who somebody is */

struct names *names_new(void)
{
	struct names *names = calloc(1, sizeof *names);

	ENOUGH(names);
	return names;
}

void names_free(struct names *names)
{
	size_t i;

	if (!names)
		return;
	for (i = 0; i < names->except_count; i++)
		free(names->except[i]);
	free(names->except);
	free(names);
}

/* ---- words ---- */

static size_t encode(uint32_t code, char *bytes)
{
	if (code < 0x80) {
		bytes[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		bytes[0] = (char)(0xc0 | code >> 6);
		bytes[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		bytes[0] = (char)(0xe0 | code >> 12);
		bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	bytes[0] = (char)(0xf0 | code >> 18);
	bytes[1] = (char)(0x80 | (code >> 12 & 0x3f));
	bytes[2] = (char)(0x80 | (code >> 6 & 0x3f));
	bytes[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

struct spelled {
	char text[NAMES_WORD_MAX * 4 + 1]; /* folded, UTF-8 */
	bool capital;
};

/* The letters from @from to before @to. False: it is part of no name. */
static bool spell(const struct letters *letters, size_t from, size_t to,
		  struct spelled *word)
{
	bool digits = letters->list[from].kind == LETTER_DIGIT;
	size_t used = 0, i;

	if (to - from > NAMES_WORD_MAX || to - from < 2)
		return false;
	if (digits && to - from < NUMBER_MIN)
		return false;
	for (i = from; i < to; i++)
		used += encode(letters->list[i].code, word->text + used);
	word->text[used] = '\0';
	word->capital = letters->list[from].capital;
	return !names_is_generic(word->text);
}

typedef void (*word_cb)(void *data, const struct spelled *word);

/* Where what is one word to the eye, "JaneDoe", ends. */
static size_t run_end(const struct letters *letters, size_t at)
{
	enum letter_kind kind = letters->list[at].kind;

	while (at < letters->count && letters->list[at].kind == kind)
		at++;
	return at;
}

static size_t piece_end(const struct letters *letters, size_t at, size_t end)
{
	if (letters->list[at].kind == LETTER_IDEOGRAPH)
		return end;
	for (at++; at < end; at++)
		if (letters_word_start(letters, at))
			break;
	return at;
}

static void each_word(const char *text, word_cb each, void *data)
{
	struct letters letters;
	struct spelled word;
	size_t at = 0, end, piece, next;

	letters_of(text, &letters);
	while (at < letters.count) {
		if (letters.list[at].kind == LETTER_NONE) {
			at++;
			continue;
		}
		end = run_end(&letters, at);
		if (spell(&letters, at, end, &word))
			each(data, &word);
		for (piece = at; piece < end; piece = next) {
			next = piece_end(&letters, piece, end);
			if (next - piece < end - at &&
			    spell(&letters, piece, next, &word))
				each(data, &word);
		}
		at = end;
	}
	letters_release(&letters);
}

struct each_text {
	void (*each)(void *data, const char *word);
	void *data;
};

static void each_text_cb(void *data, const struct spelled *word)
{
	const struct each_text *told = data;

	told->each(told->data, word->text);
}

void names_each_word(const char *text,
		     void (*each)(void *data, const char *word), void *data)
{
	struct each_text told = { each, data };

	each_word(text, each_text_cb, &told);
}

/* ---- what is no name alone ---- */

static int compare(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

static bool is_excepted(const struct names *names, const char *word)
{
	return names->except_count > 0 &&
	       bsearch(&word, names->except, names->except_count,
		       sizeof *names->except, compare) != NULL;
}

static void except_word(void *data, const char *word)
{
	struct names *names = data;

	if (is_excepted(names, word))
		return;
	if (names->except_count == names->except_room) {
		names->except_room = names->except_room * 2 + 32;
		names->except = reallocarray(names->except, names->except_room,
					     sizeof *names->except);
		ENOUGH(names->except);
	}
	names->except[names->except_count++] = text_format("%s", word);
	qsort(names->except, names->except_count, sizeof *names->except,
	      compare);
}

static void spelling_of(const struct name_word *word,
			char text[NAMES_WORD_MAX * 4 + 1])
{
	size_t used = 0, i;

	for (i = 0; i < word->size; i++)
		used += encode(word->code[i], text + used);
	text[used] = '\0';
}

void names_except(struct names *names, const char *text)
{
	char spelling[NAMES_WORD_MAX * 4 + 1];
	size_t i;

	names_each_word(text, except_word, names);
	for (i = 0; i < names->count; i++) {
		spelling_of(&names->words[i], spelling);
		if (is_excepted(names, spelling))
			names->words[i].excepted = true;
	}
}

/* ---- what is one ---- */

static bool is_known(const struct names *names, const struct name_word *word)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (names->words[i].size == word->size &&
		    memcmp(names->words[i].code, word->code,
			   word->size * sizeof *word->code) == 0)
			return true;
	return false;
}

static void take(struct names *names, struct name_word *word)
{
	char spelling[NAMES_WORD_MAX * 4 + 1];

	if (names->count == NAMES_WORDS_MAX || is_known(names, word))
		return;
	spelling_of(word, spelling);
	word->common = names_is_common(spelling);
	word->excepted = is_excepted(names, spelling);
	names->words[names->count++] = *word;
}

/* "mueller" is "muller" where somebody wrote it with its two dots. */
static void take_plain(struct names *names, const struct name_word *word)
{
	struct name_word plain = *word;
	size_t i;

	plain.size = 0;
	for (i = 0; i < word->size; i++) {
		uint32_t before = i > 0 ? word->code[i - 1] : 0;

		if (word->code[i] != 'e' ||
		    (before != 'a' && before != 'o' && before != 'u'))
			plain.code[plain.size++] = word->code[i];
	}
	if (plain.size >= SPELLING_MIN && plain.size < word->size)
		take(names, &plain);
}

static void add_word(void *data, const struct spelled *spelled)
{
	struct names *names = data;
	struct name_word word = { .person = names->count };
	const char *at = spelled->text;

	while (*at && word.size < NAMES_WORD_MAX)
		at += text_decode(at, strlen(at), &word.code[word.size++]);
	take(names, &word);
	take_plain(names, &word);
}

/* "Müller" is "Mueller" where nobody has the dots. free() it. */
static char *with_two_letters(const char *text)
{
	static const struct {
		const char *sign, *letters;
	} pairs[] = {
		{ "\xc3\xa4", "ae" }, { "\xc3\x84", "Ae" },
		{ "\xc3\xb6", "oe" }, { "\xc3\x96", "Oe" },
		{ "\xc3\xbc", "ue" }, { "\xc3\x9c", "Ue" },
		{ "\xc3\xb8", "oe" }, { "\xc3\x98", "Oe" },
		{ "\xc3\xa5", "aa" }, { "\xc3\x85", "Aa" },
	};
	char *copy = text_format("%s", text), *at;
	size_t i;

	for (i = 0; i < sizeof pairs / sizeof *pairs; i++)
		while ((at = strstr(copy, pairs[i].sign)))
			memcpy(at, pairs[i].letters, 2);
	return copy;
}

static void add_text(struct names *names, const char *text)
{
	AUTO_FREE char *other = with_two_letters(text);

	each_word(text, add_word, names);
	if (strcmp(other, text) != 0)
		each_word(other, add_word, names);
}

void names_add(struct names *names, const char *text)
{
	AUTO_FREE char *copy = text_format("%s", text);
	struct name_tag mail;
	char *rest = copy;

	/* Who has an account somewhere is not called as that place is. */
	while (names_mail(rest, &mail)) {
		char *at = copy + (mail.from - copy), *end = at + mail.size;
		char *domain = memchr(at, '@', mail.size);

		memset(domain, ' ', (size_t)(end - domain));
		rest = end;
	}
	add_text(names, copy);
}

void names_add_path(struct names *names, const char *part)
{
	names_add(names, part);
}

struct tag_words {
	size_t count;
	struct names *names;
	bool capitals; /* only those that have one */
};

static void count_word(void *data, const struct spelled *word)
{
	struct tag_words *words = data;

	(void)word;
	words->count++;
}

static void add_capital(void *data, const struct spelled *word)
{
	struct tag_words *words = data;

	if (word->capital || !words->capitals)
		add_word(words->names, word);
}

static void add_tag(struct names *names, const char *text)
{
	struct tag_words words = { .names = names };
	struct name_tag mail;

	if (names_mail(text, &mail)) {
		names_add(names, text);
		return;
	}
	each_word(text, count_word, &words);
	words.capitals = words.count > TAG_WORDS_LOWER;
	if (words.count <= TAG_WORDS_MAX)
		each_word(text, add_capital, &words);
}

void names_add_tags(struct names *names, const char *text)
{
	struct name_tag tag;
	const char *rest;

	for (rest = text; names_tag(rest, &tag); rest = tag.from + tag.size) {
		AUTO_FREE char *name = strndup(tag.from, tag.size);

		ENOUGH(name);
		add_tag(names, name);
	}
	for (rest = text; names_home(rest, &tag); rest = tag.from + tag.size) {
		AUTO_FREE char *name = strndup(tag.from, tag.size);

		ENOUGH(name);
		names_add(names, name);
	}
}

char *names_words(const struct names *names)
{
	char *text = NULL;
	char spelling[NAMES_WORD_MAX * 4 + 1];
	size_t size = 0, i;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	for (i = 0; i < names->count; i++) {
		spelling_of(&names->words[i], spelling);
		(void)fprintf(out, "%s%s", i ? " " : "", spelling);
	}
	text_stream_close(out, &text);
	return text;
}
