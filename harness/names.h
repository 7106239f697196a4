/*
 * names.h - what one candidate is called, and texts without it
 *
 * Names are told by whoever knows them, and by what was handed in: its path,
 * author tags in its sources. They are made of words, which are looked for
 * without regard to capitals and accents (letters.h):
 *
 *   - two or more of a candidate's words in a row, in any order, with nothing or
 *     up to three characters that are no letters between them, initials too:
 *     "Jane Doe", "doe_jane", "JaneDoe", "J. Doe", "jdoe";
 *   - a word of five letters or more alone, wherever it is: "my_janedoe2";
 *   - a shorter one alone where it is a word of its own: "Li", "li_queue",
 *     "LiQueue", not "Link";
 *   - not alone: what is a word of English or of C as well ("Mark", "An",
 *     "Long"); and with such ones only if it is no word of the exercise.
 *
 * This is against what a rater reads by the way. Whoever wants to be known can
 * always spell it otherwise.
 */
#ifndef ASSAY_NAMES_H
#define ASSAY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* What stands for a name. */
#define NAMES_HIDDEN "[name]"
#define NAMES_HIDDEN_MAIL "[e-mail]"

struct names;

/** Out of memory ends the process, here and below. */
struct names *names_new(void);
void names_free(struct names *names);

/**
 * The words of @text are no names alone, whoever says so: those of the exercise,
 * those that most of a batch have. Before or after they were added.
 */
void names_except(struct names *names, const char *text);

/** @text is a name, "Jane Doe", an e-mail address or an account. */
void names_add(struct names *names, const char *text);
/** The last part of a path, or any other of it. */
void names_add_path(struct names *names, const char *part);
/**
 * Whoever @text (of a source file, a report) says has written it: "@author",
 * "Author:", "Copyright (c) 2024 ...", "Signed-off-by:" and the like, and whose
 * home folder it names.
 */
void names_add_tags(struct names *names, const char *text);

/**
 * @text without the names, and without anybody's in author tags, e-mail
 * addresses, home folders and addresses of accounts ("github.com/..."); who has
 * a tag is called @pseudonym in it. free() it.
 */
char *names_hide(const struct names *names, const char *text,
		 const char *pseudonym);

/** The words that are looked for, for people: "doe jane". free() it. */
char *names_words(const struct names *names);

/**
 * Each word of @text that could be part of a name, folded: not short numbers,
 * nor what all submissions are called ("solution", "final").
 */
void names_each_word(const char *text,
		     void (*each)(void *data, const char *word), void *data);

#endif
