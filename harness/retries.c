#include "retries.h"

#include <stdlib.h>

#include <assay/cleanup.h>

#include "text.h"

void retries_note(struct retries *retries, const char *why)
{
	if (retries->count < RETRIES_REASONS_MAX)
		retries->reasons[retries->count] = text_line(why);
	retries->count++;
}

void retries_release(struct retries *retries)
{
	size_t i;

	for (i = 0; i < RETRIES_REASONS_MAX; i++)
		free(retries->reasons[i]);
	*retries = (struct retries){ 0 };
}

json_t *retries_reasons(const struct retries *retries)
{
	json_t *reasons = json_array();
	size_t i;

	for (i = 0; i < retries->count && i < RETRIES_REASONS_MAX; i++)
		CHECK(json_array_append_new(
			      reasons, json_string(retries->reasons[i])) == 0);
	return reasons;
}
