/*
 * identity.h - a name for what a box makes on the host
 *
 * It carries the box's pid namespace, pid and start time, so that whoever
 * finds such a thing later can tell whether its box still lives.
 */
#ifndef ASSAY_IDENTITY_H
#define ASSAY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#define IDENTITY_MAX 96

/** Our own. */
void identity_name(char *name, size_t size);

/** Whether @name, which may go on, is of a box that is not there any more;
 * false for what is no such name and for another pid namespace's. */
bool identity_is_stale(const char *name);

#endif
