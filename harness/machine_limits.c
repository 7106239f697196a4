#include "machine_limits.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define ROOT "/sys/fs/cgroup"
#define NO_MEMORY_LIMIT (1ull << 60) /* v1 says so by a huge number */

/* Our folder of a controller: the mount, and the path below it. */
struct group {
	char mount[64];
	char path[PATH_MAX / 2];
	bool v2;
};

static bool read_text(const char *path, char *text, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	text[got > 0 ? got : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return got > 0;
}

static bool has_controller(const char *list, const char *controller)
{
	size_t size = strlen(controller);

	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, controller, size) == 0 &&
		    (list[size] == ',' || list[size] == '\0'))
			return true;
	return false;
}

/* By /proc/self/cgroup, "ID:CONTROLLERS:PATH"; a container's own view has the
 * path of the host sometimes, which is then not there. */
static bool find(const char *controller, struct group *ret)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX], *list, *path;
	bool found = false;

	while (file && !found && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		list = strchr(line, ':');
		path = list ? strchr(list + 1, ':') : NULL;
		if (!path)
			continue;
		*path++ = '\0';
		list++;
		ret->v2 = *list == '\0';
		if (!ret->v2 && !has_controller(list, controller))
			continue;
		(void)snprintf(ret->mount, sizeof ret->mount, "%s%s%.40s", ROOT,
			       ret->v2 ? "" : "/", ret->v2 ? "" : list);
		(void)snprintf(ret->path, sizeof ret->path, "%.*s",
			       (int)sizeof ret->path - 1, path);
		found = true;
	}
	if (file)
		(void)fclose(file);
	return found;
}

static bool read_in(const struct group *group, const char *name, char *text,
		    size_t size)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof path, "%s%s/%s", group->mount, group->path,
		       name);
	return read_text(path, text, size);
}

/* The group above. False: there is none. */
static bool climb(struct group *group)
{
	char *slash = strrchr(group->path, '/');

	if (!slash || !group->path[0])
		return false;
	*slash = '\0';
	return true;
}

double machine_limits_quota(const char *text)
{
	char *end;
	double quota = strtod(text, &end), period = strtod(end, NULL);

	return quota > 0 && period > 0 ? quota / period : 0;
}

static double quota_of(const struct group *group)
{
	char text[64], period[32];

	if (group->v2)
		return read_in(group, "cpu.max", text, sizeof text)
			       ? machine_limits_quota(text)
			       : 0;
	if (!read_in(group, "cpu.cfs_quota_us", text, 32) ||
	    !read_in(group, "cpu.cfs_period_us", period, sizeof period))
		return 0;
	(void)snprintf(text + strlen(text), sizeof text - strlen(text), " %s",
		       period);
	return machine_limits_quota(text);
}

static uint64_t memory_of(const struct group *group)
{
	char text[64];
	uint64_t bytes;

	if (!read_in(group, group->v2 ? "memory.max" : "memory.limit_in_bytes",
		     text, sizeof text) ||
	    text[0] < '0' || text[0] > '9')
		return MACHINE_UNKNOWN;
	bytes = strtoull(text, NULL, 10);
	return bytes < NO_MEMORY_LIMIT ? bytes : MACHINE_UNKNOWN;
}

void machine_limits(struct machine_limits *ret)
{
	struct group group;

	*ret = (struct machine_limits){ .memory_bytes = MACHINE_UNKNOWN };
	if (find("cpuset", &group) &&
	    !read_in(&group,
		     group.v2 ? "cpuset.cpus.effective"
			      : "cpuset.effective_cpus",
		     ret->cpuset, sizeof ret->cpuset) &&
	    !group.v2)
		(void)read_in(&group, "cpuset.cpus", ret->cpuset,
			      sizeof ret->cpuset);
	if (find("cpu", &group))
		do {
			double cpus = quota_of(&group);

			if (cpus > 0 && (ret->cpus <= 0 || cpus < ret->cpus))
				ret->cpus = cpus;
		} while (climb(&group));
	if (find("memory", &group))
		do {
			uint64_t bytes = memory_of(&group);

			if (bytes < ret->memory_bytes)
				ret->memory_bytes = bytes;
		} while (climb(&group));
}

uint64_t machine_throttled_us(void)
{
	char path[PATH_MAX], line[128];
	unsigned long long number;
	uint64_t us = 0;
	struct group group;
	FILE *file;

	if (!find("cpu", &group))
		return 0;
	(void)snprintf(path, sizeof path, "%s%s/cpu.stat", group.mount,
		       group.path);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file)) {
		if (sscanf(line, "throttled_usec %llu", &number) == 1)
			us = number;
		else if (sscanf(line, "throttled_time %llu", &number) == 1)
			us = number / 1000;
	}
	if (file)
		(void)fclose(file);
	return us;
}
