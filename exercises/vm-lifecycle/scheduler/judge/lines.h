/*
 * lines.h - what is said to the scheduler, as JSON
 *
 * README.md, "The conversation", is the description of each. The caller owns
 * what is returned.
 */
#ifndef SCHEDULER_LINES_H
#define SCHEDULER_LINES_H

#include <jansson.h>

#include "world.h"

json_t *line_fleet(size_t hosts);

/** The host as it has been told: all of it, or what is used of it. */
json_t *line_host(const struct host *host);
json_t *line_usage(const struct host *host);

json_t *line_group(unsigned number, const struct group *group);

/** A request for @count VMs from @first on. */
json_t *line_request(unsigned job, unsigned first, unsigned count,
		     const struct spec *spec);

json_t *line_build_failed(unsigned job, unsigned vm, const struct host *host,
			  bool abort);

/** @res NULL: a migration. */
json_t *line_move(unsigned job, unsigned vm, const struct amounts *res);

/** "confirm" or "revert" of the move with the number @move. */
json_t *line_settle(const char *op, unsigned job, unsigned move);

json_t *line_gone(unsigned vm);

json_t *line_claimed(uint64_t gen);
json_t *line_refused(enum claim_outcome outcome);

#endif
