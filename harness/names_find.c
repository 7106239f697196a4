/*
 * Where a candidate's name is in a text: see names.h for what counts as one.
 */
#include "names_parts.h"

#define GAP_MAX 3    /* characters between two words of a name */
#define SPACED_MIN 6 /* letters of a word that may be written as several */
#define CUT_MIN 3    /* letters that are left of a word that was cut */
#define ROW_MIN 6    /* letters of a row of words within another word */

/* Words of the name that stand in a row. */
struct row {
	size_t from, to;
	size_t words, initials, letters;
	bool names;    /* one of them is no common word */
	bool own;      /* one of them is not of all submissions */
	bool gaps;     /* something is between them */
	uint64_t used; /* words, by their bit */
};

/* Where @word, which starts at @at, ends; 0: it does not. */
static size_t word_at(const struct name_word *word,
		      const struct letters *letters, size_t at)
{
	size_t from = at, i;

	for (i = 0; i < word->size; i++, at++) {
		/* "jane doe", of whom only the account "janedoe" is known */
		if (i > 0 && word->size >= SPACED_MIN && at < letters->count &&
		    letters->list[at].kind == LETTER_NONE)
			at++;
		if (at >= letters->count)
			return letters->cut && i >= CUT_MIN &&
					       letters_word_start(letters, from)
				       ? letters->count
				       : 0;
		if (letters->list[at].code != word->code[i])
			return 0;
	}
	return at;
}

static bool is_digit_at(const struct letters *letters, size_t at)
{
	return at < letters->count && letters->list[at].kind == LETTER_DIGIT;
}

static bool is_bounded(const struct letters *letters, size_t from, size_t to)
{
	return letters_word_start(letters, from) &&
	       letters_word_end(letters, to);
}

static bool stands_alone(const struct name_word *word,
			 const struct letters *letters, size_t from, size_t to)
{
	enum letter_kind kind = letters->list[from].kind;

	if (word->common || word->excepted)
		return false;
	if (kind == LETTER_IDEOGRAPH)
		return true;
	if (kind == LETTER_DIGIT)
		return !(from > 0 && is_digit_at(letters, from - 1)) &&
		       !is_digit_at(letters, to);
	return word->size >= NAMES_LONG || is_bounded(letters, from, to);
}

static bool is_used(const struct row *row, const struct name_word *word)
{
	return row->used >> word->person & 1;
}

/* An initial of a word that the row does not have; its bit, 0 for none. */
static uint64_t initial_at(const struct names *names, const struct row *row,
			   const struct letters *letters, size_t at)
{
	size_t i;

	if (at >= letters->count || !letters_word_start(letters, at))
		return 0;
	for (i = 0; i < names->count; i++)
		if (!is_used(row, &names->words[i]) &&
		    names->words[i].code[0] == letters->list[at].code)
			return (uint64_t)1 << names->words[i].person;
	return 0;
}

static void take_word(struct row *row, const struct name_word *word, size_t to)
{
	row->to = to;
	row->words++;
	row->letters += word->size;
	row->names = row->names || !(word->common || word->excepted);
	row->own = row->own || !word->excepted;
	row->used |= (uint64_t)1 << word->person;
}

/* A few letters behind a gap are the next word only as a word. */
static bool goes_on(const struct name_word *word, const struct letters *letters,
		    size_t from, size_t to)
{
	return word->size >= NAMES_LONG || is_bounded(letters, from, to);
}

/* The longest word of the name at @at that the row does not have yet. */
static bool extend_by_word(const struct names *names, struct row *row,
			   const struct letters *letters, size_t at)
{
	const struct name_word *longest = NULL;
	size_t end = 0, i;

	for (i = 0; i < names->count; i++) {
		size_t to = is_used(row, &names->words[i])
				    ? 0
				    : word_at(&names->words[i], letters, at);

		if (to > end && (at == row->to ||
				 goes_on(&names->words[i], letters, at, to))) {
			end = to;
			longest = &names->words[i];
		}
	}
	if (longest)
		take_word(row, longest, end);
	return longest != NULL;
}

static bool extend_by_initial(const struct names *names, struct row *row,
			      const struct letters *letters, size_t at)
{
	uint64_t bit = initial_at(names, row, letters, at);

	if (bit == 0 || !letters_word_end(letters, at + 1))
		return false;
	row->used |= bit;
	row->initials++;
	row->to = at + 1;
	return true;
}

static void extend(const struct names *names, struct row *row,
		   const struct letters *letters)
{
	for (;;) {
		size_t at = row->to, last = at + GAP_MAX;

		while (at < letters->count && at < last &&
		       (letters->list[at].kind == LETTER_NONE ||
			letters->list[at].kind == LETTER_DIGIT))
			at++;
		if (at >= letters->count)
			return;
		last = row->to;
		if (!extend_by_word(names, row, letters, at) &&
		    !extend_by_initial(names, row, letters, at))
			return;
		row->gaps = row->gaps || at > last;
	}
}

static bool is_name(const struct row *row, const struct letters *letters)
{
	bool bounded = is_bounded(letters, row->from, row->to);

	if (!row->own)
		return false;
	if (row->words >= 2)
		return bounded || (row->names && row->letters >= ROW_MIN);
	return row->words == 1 && row->initials > 0 && bounded &&
	       (row->names || !row->gaps);
}

static size_t row_end(const struct names *names, struct row row,
		      const struct letters *letters)
{
	extend(names, &row, letters);
	return is_name(&row, letters) ? row.to : 0;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

size_t names_at(const struct names *names, const struct letters *letters,
		size_t at)
{
	struct row empty = { .from = at, .to = at };
	uint64_t initial;
	size_t end = 0, i;

	if (letters->list[at].kind == LETTER_NONE)
		return 0;
	for (i = 0; i < names->count; i++) {
		const struct name_word *word = &names->words[i];
		size_t to = word_at(word, letters, at);
		struct row row = empty;

		if (to == 0)
			continue;
		if (stands_alone(word, letters, at, to))
			end = larger(end, to);
		take_word(&row, word, to);
		end = larger(end, row_end(names, row, letters));
	}
	initial = initial_at(names, &empty, letters, at);
	if (initial) {
		empty.to = at + 1;
		empty.initials = 1;
		empty.used = initial;
		end = larger(end, row_end(names, empty, letters));
	}
	return end;
}
