/*
 * inspect.h - from a program that hangs or crashes to what its threads did
 *
 * Two steps, because what the program made is not to be trusted: while it
 * lives, snapshot_take() copies what is needed; once it is dead, a helper
 * process that can neither open nor reach anything makes stacks of that, with
 * functions and lines.
 */
#ifndef ASSAY_INSPECT_H
#define ASSAY_INSPECT_H

#include "snapshot.h"

/**
 * A memory file with a struct box_threads, to be closed by the caller, or
 * -errno. Waits for the helper, which runs as the user @uid, for
 * INSPECT_PATIENCE_MS at most; what it has not described until then, or had no
 * memory for, is told by numbers alone, with the reason in
 * box_threads.trouble.
 */
int inspect_describe(const struct snapshot *snapshot, unsigned uid);

#define INSPECT_PATIENCE_MS 5000

#endif
