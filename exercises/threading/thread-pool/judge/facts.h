/*
 * facts.h - what pool.h says, for the judge, which is built without it
 *
 * The names and numbers are pool.h's own, in their order. Never together with
 * it.
 */
#ifndef POOL_FACTS_H
#define POOL_FACTS_H

#define POOL_IDLE_MS 100

enum pool_policy { POOL_BLOCK, POOL_REJECT, POOL_CALLER_RUNS };

#endif
