/*
 * ledger.h - how much of the heap the submission holds
 *
 * Linked with --wrap for malloc() and its like, which then come here first. So
 * whether all was given back can be asked at any moment, and, where schedules
 * are searched, in each of them.
 */
#ifndef POOL_LEDGER_H
#define POOL_LEDGER_H

/** Blocks that were given and not given back, by all of the program. */
long ledger_blocks(void);

#endif
