/*
 * shim.h - a world in which what may happen does happen
 *
 * The release variant is linked with --wrap for the functions that wait for a
 * condition or tell the time, so that the candidate's calls to them come
 * through shim.c. As long as nothing is switched on they pass straight on.
 *
 * Everything the shim does is something POSIX lets a system do: a correct
 * queue cannot tell, and needs no knowledge of it.
 */
#ifndef BQ_SHIM_H
#define BQ_SHIM_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Of every 1000 waits on a condition variable, let @per_mille (below 1000)
 * return at once, woken by nobody. @seed decides which.
 */
void shim_spurious(uint64_t seed, uint32_t per_mille);

/**
 * Set the wall clock @offset_s seconds away from the system's. Waits that are
 * under way notice if shim_clock() had been called before they began.
 */
void shim_clock(int64_t offset_s);

/**
 * While on, a thread whose wait on a condition variable has timed out is kept
 * from getting the mutex back: the moment between a timeout and the return
 * from the wait, which always exists, lasts until this is switched off.
 */
void shim_hold(bool on);

/** How many threads are kept in that moment now. */
uint32_t shim_held(void);

#endif
