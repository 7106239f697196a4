#include "late.h"

#include <stdlib.h>

#include <assay/cleanup.h>

static bool is_spent(const struct late_budget *budget)
{
	return budget->alone >= LATE_ALONE_MAX || budget->lost >= LATE_LOST_MAX;
}

bool late_runs_add(struct late_runs *list, const struct late_run *late,
		   struct late_budget *budget)
{
	bool excused = noise_excuses(noise_find(&late->noise));
	struct late_run *entry;

	list->runs = reallocarray(list->runs, list->count + 1,
				  sizeof *list->runs);
	ENOUGH(list->runs);
	entry = &list->runs[list->count++];
	*entry = *late;
	entry->spent = excused && is_spent(budget);
	entry->again = excused && !entry->spent;
	if (entry->again)
		budget->alone++;
	return entry->again;
}

void late_runs_settle(struct late_runs *list, enum verdict verdict, bool late,
		      struct late_budget *budget)
{
	CHECK(list->count > 0);
	list->runs[list->count - 1].alone = verdict;
	if (late)
		budget->lost++;
}

void late_runs_release(struct late_runs *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->runs[i].message);
	free(list->runs);
	*list = (struct late_runs){ 0 };
}
