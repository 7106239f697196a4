/*
 * names_parts.h - the pieces of names.h
 */
#ifndef ASSAY_NAMES_PARTS_H
#define ASSAY_NAMES_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "letters.h"

#define NAMES_WORDS_MAX 64 /* of one candidate */
#define NAMES_WORD_MAX 40  /* letters */
#define NAMES_LONG 5       /* letters; found within other words */

struct name_word {
	uint32_t code[NAMES_WORD_MAX];
	size_t size;
	size_t person; /* which of the words it is another spelling of */
	bool common;   /* not a name alone */
	bool excepted; /* nor in a row of none but such */
};

struct names {
	struct name_word words[NAMES_WORDS_MAX];
	size_t count;
	char **except; /* sorted, folded */
	size_t except_count, except_room;
};

/** names_find.c: the name that starts at @at; 0: none, else where it ends. */
size_t names_at(const struct names *names, const struct letters *letters,
		size_t at);

/** names_tags.c */
struct name_tag {
	const char *from; /* who has written it */
	size_t size;
};

/**
 * The next author tag from @text on whose name is on its line. False: there is
 * none any more.
 */
bool names_tag(const char *text, struct name_tag *tag);
/** An e-mail address; its account is the part before '@'. */
bool names_mail(const char *text, struct name_tag *mail);
/** The account in "/home/ACCOUNT/", "C:\Users\ACCOUNT\". */
bool names_home(const char *text, struct name_tag *home);
/** The account in "github.com/ACCOUNT" and the like, which may be another's. */
bool names_site(const char *text, struct name_tag *account);

/** names_generic.c: what most submissions are called, and licences. */
bool names_is_generic(const char *word);
/** What is an English word, or one of a programming language, as well. */
bool names_is_common(const char *word);

#endif
