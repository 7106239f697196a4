/*
 * cgroup_find.c - where on this host this process's cgroups are
 *
 * See cgroups(7) on /proc/self/cgroup, proc(5) on mountinfo.
 */
#include <stdio.h>
#include <string.h>

#include "cgroup_parts.h"

bool cgroup_list_has(const char *list, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ',' || at[-1] == ' ') &&
		    (at[length] == '\0' || at[length] == ',' ||
		     at[length] == ' ' || at[length] == '\n'))
			return true;
	return false;
}

bool cgroup_find_mount(const char *controller, char *path, size_t size)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[1024], point[256], type[32], options[256];
	bool found = false;

	if (!mounts)
		return false;
	while (!found && fgets(line, sizeof line, mounts)) {
		const char *dash = strstr(line, " - ");

		if (!dash ||
		    sscanf(line, "%*s %*s %*s %*s %255s", point) != 1 ||
		    sscanf(dash, " - %31s %*s %255s", type, options) != 2)
			continue;
		found = controller
				? strcmp(type, "cgroup") == 0 &&
					  cgroup_list_has(options, controller)
				: strcmp(type, "cgroup2") == 0;
	}
	(void)fclose(mounts);
	if (found)
		(void)snprintf(path, size, "%s", point);
	return found;
}

bool cgroup_find_own(const char *controller, char *path, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char mount[256], line[512], *list, *own;
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof line, file)) {
		list = strchr(line, ':');
		own = list ? strchr(list + 1, ':') : NULL;
		if (!own)
			continue;
		*own++ = '\0';
		own[strcspn(own, "\n")] = '\0';
		found = controller ? cgroup_list_has(list + 1, controller)
				   : list[1] == '\0';
	}
	(void)fclose(file);
	if (!found || !cgroup_find_mount(controller, mount, sizeof mount))
		return false;
	(void)snprintf(path, size, "%s%s", mount,
		       strcmp(own, "/") == 0 ? "" : own);
	return true;
}
