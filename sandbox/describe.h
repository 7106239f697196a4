/*
 * describe.h - from a snapshot to stacks with functions and lines
 */
#ifndef ASSAY_DESCRIBE_H
#define ASSAY_DESCRIBE_H

#include <assay/box.h>

#include "snapshot.h"

/**
 * Fill @ret, in a memory file that others can see. Reads what the program
 * made: its memory and its executables, with debug information of any kind.
 * To be called where no harm can come of that, see inspect.c; @ret is good to
 * be read after any step, also if this is killed in the middle.
 */
void describe(const struct snapshot *snapshot, struct box_threads *ret);

#endif
