/* shrink.c - see shrink.h */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

struct search {
	const struct shrink *shrink;
	size_t *items;
	size_t count;
	size_t *fewer; /* to be tried */
	unsigned calls;
};

/* Try without the items from @first to @end; go on without them if it fails. */
static bool leave_out(struct search *search, size_t first, size_t end)
{
	const struct shrink *shrink = search->shrink;
	size_t behind = search->count - end;

	if (search->calls == shrink->calls_max)
		return false;
	search->calls++;
	memcpy(search->fewer, search->items, first * sizeof *search->fewer);
	memcpy(search->fewer + first, search->items + end,
	       behind * sizeof *search->fewer);
	if (!shrink->fails(shrink->data, search->fewer, first + behind))
		return false;
	search->count = first + behind;
	memcpy(search->items, search->fewer,
	       search->count * sizeof *search->items);
	return true;
}

/* One round over groups of @size items, from the end: what comes after the
 * failure goes first. Whether any could be left out. */
static bool round_of(struct search *search, size_t size)
{
	size_t end = search->count;
	bool any = false;

	while (end > 0) {
		size_t first = end > size ? end - size : 0;

		any |= leave_out(search, first, end);
		end = first;
	}
	return any;
}

size_t shrink(const struct shrink *shrink, size_t *items, size_t count)
{
	struct search search = {
		.shrink = shrink,
		.items = items,
		.count = count,
	};
	size_t size = (count + 1) / 2;
	bool any;

	if (count == 0)
		return 0;
	search.fewer = calloc(count, sizeof *search.fewer);
	ENOUGH(search.fewer);
	while (search.calls < shrink->calls_max && search.count > 0) {
		any = round_of(&search, size);
		if (size == 1 && !any)
			break;
		/* a smaller rest has smaller halves */
		if (size > 1)
			size = (size + 1) / 2;
		if (size > (search.count + 1) / 2)
			size = (search.count + 1) / 2;
	}
	free(search.fewer);
	return search.count;
}
