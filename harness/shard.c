#include "shard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

bool shard_parse(const char *text, struct shard *ret)
{
	const char *slash = strchr(text, '/');
	uint64_t part, of;
	char first[8]; /* SHARD_MAX and more */

	if (!slash || (size_t)(slash - text) >= sizeof first)
		return false;
	(void)memcpy(first, text, (size_t)(slash - text));
	first[slash - text] = '\0';
	if (!command_number(slash + 1, 1, SHARD_MAX, &of) ||
	    !command_number(first, 1, of, &part))
		return false;
	*ret = (struct shard){ .part = part, .of = of };
	return true;
}

static bool has(const struct shard *shard, size_t index)
{
	return shard->of == 0 || index % shard->of == shard->part - 1;
}

size_t shard_count(const struct shard *shard, size_t total)
{
	if (shard->of == 0)
		return total;
	return total / shard->of + (shard->part <= total % shard->of);
}

void shard_select(const struct shard *shard, struct plan *plan)
{
	size_t i, kept = 0;

	for (i = 0; i < plan->count; i++)
		if (has(shard, i))
			plan->items[kept++] = plan->items[i];
	plan->count = kept;
}
