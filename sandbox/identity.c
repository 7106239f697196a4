/*
 * identity.c - see identity.h
 */
#include "identity.h"

#include <stdio.h>
#include <unistd.h>

#include "procfs.h"

#define PREFIX "assay-"

void identity_name(char *name, size_t size)
{
	(void)snprintf(name, size, PREFIX "%llu-%d-%llu",
		       (unsigned long long)procfs_pid_namespace(), getpid(),
		       (unsigned long long)procfs_start_time(getpid()));
}

bool identity_is_stale(const char *name)
{
	unsigned long long space, start;
	int pid;

	if (sscanf(name, PREFIX "%llu-%d-%llu", &space, &pid, &start) != 3)
		return false;
	return space == procfs_pid_namespace() &&
	       procfs_start_time(pid) != start;
}
