#include "report_place.h"

#include <string.h>

#include "text.h"

#define SUFFIX ".json"

char *report_place(const char *dir, const char *id)
{
	return text_format("%s/reports/%s" SUFFIX, dir, id);
}

char *report_place_id(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t size = strlen(name), suffix = strlen(SUFFIX);

	if (size > suffix && strcmp(name + size - suffix, SUFFIX) == 0)
		size -= suffix;
	return text_format("%.*s", (int)size, name);
}
