/* plan.c - see plan.h */
#include "plan.h"

#include <stdlib.h>

#define BODY_SMALL 60
#define BODY_LARGE 6000

/* ---- acts ---- */

static unsigned some(struct planner *planner, unsigned bound)
{
	return random_below(&planner->random, bound);
}

static void add(struct planner *planner, struct step step)
{
	script_add(&planner->burst, step);
}

static unsigned queue_count(const struct planner *planner)
{
	return sizeof planner->plan->queues / sizeof planner->plan->queues[0];
}

/* A queue that is there, to publish to or to consume from; 0: none. */
static unsigned choose_queue(struct planner *planner, bool consume)
{
	unsigned start = some(planner, queue_count(planner));
	unsigned i;
	unsigned at;

	for (i = 0; i < queue_count(planner); i++) {
		at = (start + i) % queue_count(planner);
		if (planner->plan->queues[at].declared &&
		    (consume ? planner->plan->queues[at].consumed
			     : planner->plan->queues[at].published))
			return at + 1;
	}
	return 0;
}

static void publish(struct planner *planner, unsigned queue)
{
	unsigned sizes = some(planner, 40);

	add(planner, (struct step){
			     .op = STEP_PUBLISH,
			     .number = ++planner->last_seq,
			     .queue = queue,
			     .mandatory = some(planner, 2),
			     .size = sizes == 0   ? BODY_LARGE
				     : sizes == 1 ? BODY_SMALL
						  : 0,
		     });
}

static void declare(struct planner *planner, unsigned at)
{
	if (planner->plan->queues[at].declared)
		add(planner,
		    (struct step){
			    .op = STEP_DECLARE,
			    .queue = at + 1,
			    .settings = planner->plan->queues[at].settings,
		    });
}

static unsigned open_channels(const struct planner *planner)
{
	const struct channel *channel = planner->model->channels;
	unsigned count = 0;
	size_t i;

	for (; channel; channel = channel->next)
		count += channel->open;
	for (i = 0; i < planner->burst.count; i++)
		count += planner->burst.steps[i].op == STEP_CONSUME;
	return count;
}

static unsigned choose_prefetch(struct planner *planner)
{
	unsigned count = 0;
	json_int_t prefetch;

	while (judge_param_at(planner->judge, "prefetches", count, &prefetch))
		count++;
	(void)judge_param_at(planner->judge, "prefetches", some(planner, count),
			     &prefetch);
	return (unsigned)prefetch;
}

static void consume(struct planner *planner, unsigned queue)
{
	if (open_channels(planner) >= planner->plan->channels_max)
		return;
	add(planner, (struct step){
			     .op = STEP_CONSUME,
			     .number = ++planner->last_channel,
			     .queue = queue,
			     .prefetch = choose_prefetch(planner),
		     });
}

/* One of the channels that were open before the burst, or NULL. */
static const struct channel *choose_channel(struct planner *planner)
{
	const struct channel *channel;
	const struct channel *chosen = NULL;
	unsigned seen = 0;

	for (channel = planner->model->channels; channel;
	     channel = channel->next)
		if (channel->open && some(planner, ++seen) == 0)
			chosen = channel;
	return chosen;
}

/* Whether a step of this burst settles @tag, or closes the channel. */
static bool spent(const struct planner *planner, const struct channel *channel,
		  unsigned tag)
{
	const struct step *step = planner->burst.steps;
	const struct step *end = step + planner->burst.count;

	for (; step < end; step++) {
		if (step->number != channel->number)
			continue;
		if (step->op == STEP_CLOSE)
			return true;
		if ((step->op == STEP_ACK || step->op == STEP_NACK) &&
		    (step->tag == tag || (step->multiple && tag < step->tag)))
			return true;
	}
	return false;
}

static void settle(struct planner *planner, enum act act)
{
	const struct channel *channel = choose_channel(planner);
	struct step step = {
		.op = act == ACT_ACK || act == ACT_ACK_MULTIPLE ? STEP_ACK
								: STEP_NACK,
		.requeue = act == ACT_REQUEUE || act == ACT_REQUEUE_MULTIPLE,
		.multiple = act == ACT_ACK_MULTIPLE ||
			    act == ACT_REJECT_MULTIPLE ||
			    act == ACT_REQUEUE_MULTIPLE,
	};

	if (!channel || channel->count == 0)
		return;
	step.number = channel->number;
	step.tag =
		channel->unacked[some(planner, (unsigned)channel->count)].tag;
	if (!spent(planner, channel, step.tag))
		add(planner, step);
}

/* A tag of another channel's if there is one, one that was settled, one that
 * has not been delivered. */
static unsigned bad_tag(struct planner *planner, const struct channel *channel)
{
	const struct channel *other = choose_channel(planner);
	unsigned tag = 0;

	if (other != channel && other->count > 0 && some(planner, 3) > 0)
		tag = other->unacked[some(planner, (unsigned)other->count)].tag;
	else if (channel->last_tag > 0 && some(planner, 3) > 0)
		tag = 1 + some(planner, channel->last_tag);
	if (tag == 0 || channel_holds(channel, tag))
		tag = channel->last_tag + 1 + some(planner, 3);
	return tag;
}

static void bad(struct planner *planner)
{
	const struct channel *channel = choose_channel(planner);

	if (channel)
		add(planner,
		    (struct step){
			    .op = some(planner, 3) ? STEP_ACK : STEP_NACK,
			    .number = channel->number,
			    .tag = bad_tag(planner, channel),
			    .multiple = some(planner, 2),
			    .requeue = some(planner, 2),
		    });
}

/* On a channel that was closed, or never open. */
static void late(struct planner *planner)
{
	unsigned number = 1 + some(planner, planner->last_channel + 2);
	static const enum step_op ops[] = { STEP_ACK, STEP_NACK, STEP_CLOSE };

	if (model_channel(planner->model, number))
		return;
	if (number > planner->last_channel)
		planner->last_channel = number;
	add(planner, (struct step){
			     .op = ops[some(planner, 3)],
			     .number = number,
			     .tag = 1 + some(planner, 3),
			     .multiple = some(planner, 2),
			     .requeue = some(planner, 2),
		     });
}

static void close_one(struct planner *planner)
{
	const struct channel *channel = choose_channel(planner);

	if (channel)
		add(planner, (struct step){ .op = STEP_CLOSE,
					    .number = channel->number });
}

static void tick(struct planner *planner)
{
	unsigned count = 0;

	while (count < PLAN_TICKS_MAX && planner->plan->ticks[count])
		count++;
	add(planner, (struct step){
			     .op = STEP_TICK,
			     .ms = planner->plan->ticks[some(planner, count)],
		     });
}

/* Afterwards channels begin with 1 again. */
static void kill_now(struct planner *planner)
{
	add(planner, (struct step){ .op = STEP_KILL });
	planner->last_channel = 0;
}

static void drain(struct planner *planner)
{
	const struct channel *channel = planner->model->channels;
	unsigned i;

	for (; channel; channel = channel->next)
		if (channel->open)
			add(planner, (struct step){
					     .op = STEP_CLOSE,
					     .number = channel->number,
				     });
	for (i = 0; i < QUEUES_MAX; i++)
		if (planner->model->queues[i].declared)
			add(planner, (struct step){
					     .op = STEP_CONSUME,
					     .number = ++planner->last_channel,
					     .queue = i,
				     });
}

/* The queue that no plan declares. */
static unsigned nowhere(void)
{
	return QUEUES_MAX - 1;
}

void planner_add(struct planner *planner, struct item item)
{
	planner->random = random_from(item.seed);
	switch (item.act) {
	case ACT_PUBLISH:
		publish(planner, choose_queue(planner, false));
		break;
	case ACT_PUBLISH_NOWHERE:
		publish(planner, nowhere());
		break;
	case ACT_DECLARE:
		declare(planner, (unsigned)(item.seed % queue_count(planner)));
		break;
	case ACT_CONSUME:
		consume(planner, choose_queue(planner, true));
		break;
	case ACT_CONSUME_NOWHERE:
		consume(planner, nowhere());
		break;
	case ACT_BAD_TAG:
		bad(planner);
		break;
	case ACT_LATE:
		late(planner);
		break;
	case ACT_CLOSE:
		close_one(planner);
		break;
	case ACT_TICK:
		tick(planner);
		break;
	case ACT_KILL:
		kill_now(planner);
		break;
	case ACT_DRAIN:
		drain(planner);
		break;
	case ACT_ACK:
	case ACT_ACK_MULTIPLE:
	case ACT_REJECT:
	case ACT_REJECT_MULTIPLE:
	case ACT_REQUEUE:
	case ACT_REQUEUE_MULTIPLE:
		settle(planner, item.act);
		break;
	case ACT_SYNC:
	case ACTS:
	default:
		break;
	}
}

/* ---- lists of acts ---- */

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
	for (i = 0; i < QUEUES_MAX - 1; i++)
		if (plan->queues[i].declared)
			items_add(ret, ACT_DECLARE, i);
	for (i = 0; i < bursts; i++)
		items_burst(ret, plan, random, most);
	items_add(ret, ACT_DRAIN, 0);
}
