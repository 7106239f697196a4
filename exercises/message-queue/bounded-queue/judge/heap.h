/*
 * heap.h - what the submission has of the heap, and when it gets no more
 *
 * Where schedules are searched it is linked with --wrap for malloc() and its
 * like, which then come here first.
 */
#ifndef BQ_HEAP_H
#define BQ_HEAP_H

/** Blocks that were given and not given back, by all of the program. */
long heap_blocks(void);

/** Give @more blocks and then none, until heap_feed(). */
void heap_starve(long more);
void heap_feed(void);

#endif
