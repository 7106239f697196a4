/* plan.c - lists of acts: see plan.h */
#include "plan.h"

#include <stdlib.h>

static void items_add(struct items *items, enum act act, uint64_t seed)
{
	if (items->count == items->size) {
		items->size = items->size ? 2 * items->size : 64;
		items->list = realloc(items->list,
				      items->size * sizeof items->list[0]);
		if (!items->list)
			judge_broken("out of memory");
	}
	items->list[items->count++] = (struct item){ .act = act, .seed = seed };
}

static enum act choose_act(const struct plan *plan, struct random *random)
{
	unsigned sum = 0;
	unsigned act;

	for (act = 0; act < ACTS; act++)
		sum += plan->weights[act];
	sum = random_below(random, sum);
	for (act = 0; sum >= plan->weights[act]; act++)
		sum -= plan->weights[act];
	return (enum act)act;
}

static void items_burst(struct items *items, const struct plan *plan,
			struct random *random, unsigned most)
{
	unsigned length = random_between(random, 1, most);
	enum act act;

	while (length-- > 0) {
		act = choose_act(plan, random);
		if (act == ACT_KILL)
			items_add(items, ACT_SYNC, 0);
		items_add(items, act, random_next(random));
	}
	items_add(items, ACT_SYNC, 0);
}

void plan_items(const struct plan *plan, struct random *random, unsigned bursts,
		unsigned most, struct items *ret)
{
	unsigned i;

	*ret = (struct items){ 0 };
	for (i = 0; i < PLAN_QUEUES; i++)
		if (plan->queues[i].declared)
			items_add(ret, ACT_DECLARE, i);
	for (i = 0; i < bursts; i++)
		items_burst(ret, plan, random, most);
	items_add(ret, ACT_DRAIN, 0);
}
