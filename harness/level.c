/*
 * level.c - see level.h
 */
#include "level.h"

#include <errno.h>

const struct box_layer *level_missing(const struct box_hello *hello,
				      enum box_level level)
{
	/* in the order in which a host has to get them */
	static const char *const needed[] = { "user-namespace", "cgroup" };
	size_t n;
	unsigned i;

	if (hello->level >= (uint32_t)level)
		return NULL;
	for (n = 0; n < sizeof needed / sizeof *needed; n++)
		for (i = 0; i < hello->layers && i < BOX_LAYERS_MAX; i++)
			if (!hello->layer[i].on &&
			    strcmp(hello->layer[i].name, needed[n]) == 0)
				return &hello->layer[i];
	return NULL;
}

int level_check(const struct box_hello *hello, enum box_level level,
		struct error *err)
{
	const struct box_layer *missing = level_missing(hello, level);

	if (hello->level >= (uint32_t)level)
		return 0;
	return error_set(err, ENOTSUP,
			 "this host isolates at level %s, not %s: %s is off "
			 "(%s); \"assay doctor\" says how to turn it on",
			 box_level_name(hello->level), box_level_name(level),
			 missing ? missing->name : "a layer",
			 missing ? missing->detail : "unknown");
}
