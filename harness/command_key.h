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

#endif
