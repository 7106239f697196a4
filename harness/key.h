/*
 * key.h - the key pair that a grader's reports are signed with
 *
 * The secret half is a file of 64 hexadecimal digits that only its owner can
 * read: $ASSAY_KEY, else $XDG_DATA_HOME/assay/key, else
 * ~/.local/share/assay/key. It is made on first use. The public half stands
 * beside it as FILE.pub, for whoever has to tell whether a report is the
 * grader's; it is in each report as well, which says who signed, not whether
 * that is the grader.
 */
#ifndef ASSAY_KEY_H
#define ASSAY_KEY_H

#include <stdbool.h>

#include <assay/error.h>

#define KEY_PUBLIC_BYTES 32 /* Ed25519, RFC 8032 */
#define KEY_SECRET_BYTES 64
#define KEY_SIGNATURE_BYTES 64

struct key {
	unsigned char public[KEY_PUBLIC_BYTES];
	unsigned char secret[KEY_SECRET_BYTES];
};

/** Where it is; free() it. NULL: no variable says so, and there is no HOME. */
char *key_path(void);

/** Whether $ASSAY_KEY names it: then it is wanted, and has to be there. */
bool key_is_named(void);

/**
 * The pair at @path. When there is no such file both halves are made, the
 * folder too, for their owner only. Errors as of seed_secret_load().
 */
int key_load(const char *path, struct key *key, struct error *err);

/** Forget it. */
void key_clear(struct key *key);

/** A public half: a file like FILE.pub, or its 64 digits themselves. */
int key_public_load(const char *text, unsigned char public[KEY_PUBLIC_BYTES],
		    struct error *err);

#endif
