#include "texts.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define FIRST_ROOM 4096

void texts_release(struct texts *texts)
{
	free(texts->bytes);
	*texts = (struct texts){ .bytes = NULL };
}

static void make_room(struct texts *texts, size_t size)
{
	size_t room = texts->room ? texts->room : FIRST_ROOM;

	while (room < texts->used + size)
		room *= 2;
	if (room == texts->room)
		return;
	texts->bytes = realloc(texts->bytes, room);
	ENOUGH(texts->bytes);
	texts->room = room;
}

uint32_t texts_add(struct texts *texts, const char *text, size_t size)
{
	uint32_t at;

	if (texts->used == 0)
		texts->used = 1; /* the place that means none */
	ENOUGH(size < UINT32_MAX && texts->used + size < UINT32_MAX);
	make_room(texts, size + 1);
	at = (uint32_t)texts->used;
	memcpy(texts->bytes + at, text, size);
	texts->bytes[at + size] = '\0';
	texts->used += size + 1;
	return at;
}

const char *texts_at(const struct texts *texts, uint32_t at)
{
	return at == TEXTS_NONE ? NULL : texts->bytes + at;
}
