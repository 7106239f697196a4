/*
 * rules.h - where a VM may go, by what the scheduler has been told
 */
#ifndef SCHEDULER_RULES_H
#define SCHEDULER_RULES_H

#include "world.h"

#define REASON_MAX 160

/* A VM that looks for a host. */
struct wish {
	const struct world *world;
	const struct vm *vm;
	const struct spec *spec;
	struct amounts res;
	const struct host *source; /* of a move, or NULL */
	bool migrate;              /* a move that has to leave its source */
};

/**
 * Why the VM must not go to @host: "h3 is down". NULL if it may; @reason holds
 * the text otherwise.
 */
const char *rules_refuse(const struct wish *wish, const struct host *host,
			 char reason[REASON_MAX]);

/** How many VMs like this @host has room for, by all the rules; at most
 *  @most, which is at least 1. */
unsigned rules_copies(const struct wish *wish, const struct host *host,
		      unsigned most);

/** Why @nodes are not the nodes that the VM needs on @host, or NULL. */
const char *rules_nodes(const struct wish *wish, const struct host *host,
			const unsigned *nodes, unsigned count,
			char reason[REASON_MAX]);

#endif
