/*
 * memory.h - what happens to the harness when its memory runs out
 *
 * It says so in one line and ends with status 3, the same wherever it was:
 * ENOUGH() (assay/cleanup.h) sees to that in our own code, this in libraries
 * that would go on with something missing.
 */
#ifndef ASSAY_MEMORY_H
#define ASSAY_MEMORY_H

/** Once, before anything else. */
void memory_init(void);

/**
 * Around calls of a library that ends the process by exit() when it gets no
 * memory, as libarchive does.
 */
void memory_library_enter(void);
void memory_library_leave(void);

#endif
