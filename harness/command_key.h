/*
 * command_key.h - the key that a grader's reports are signed with, for who asks
 */
#ifndef ASSAY_COMMAND_KEY_H
#define ASSAY_COMMAND_KEY_H

#include <stdbool.h>

#include "key.h"

/**
 * Load this user's key, made on first use. One that $ASSAY_KEY names has to be
 * there: what is wrong with it is said, and the exit status returned. Any other
 * may not be (a user without a home): that is said as well, and @has is false.
 */
int command_key(const char *name, struct key *key, bool *has);

/**
 * The public half that reports are held against: @key as --key has it, or NULL
 * for this user's own, which is not made for it. 0, or an exit status after a
 * line that names @option, which wants it.
 */
int command_key_public(const char *name, const char *option, const char *key,
		       unsigned char public[KEY_PUBLIC_BYTES]);

#endif
