/* planner.c - see planner.h */
#include "planner.h"

#define BODY_SMALL 60
#define BODY_LARGE 6000
#define DRAIN_PREFETCH 10000

static unsigned some(struct planner *planner, unsigned bound)
{
	return random_below(&planner->random, bound);
}

static void add(struct planner *planner, struct step step)
{
	script_add(&planner->burst, step);
}

/* ---- messages and queues ---- */

/* A queue of the plan's, to publish to or to consume from. */
static unsigned choose_queue(struct planner *planner, bool consume)
{
	const struct plan *plan = planner->plan;
	unsigned chosen = 0;
	unsigned seen = 0;
	unsigned i;

	for (i = 0; i < PLAN_QUEUES; i++)
		if ((consume ? plan->queues[i].consumed
			     : plan->queues[i].published) &&
		    some(planner, ++seen) == 0)
			chosen = i + 1;
	return chosen;
}

static void publish(struct planner *planner, unsigned queue)
{
	unsigned chance = some(planner, 40);
	struct step step = {
		.op = STEP_PUBLISH,
		.number = ++planner->last_seq,
		.queue = queue,
		.mandatory = some(planner, 2),
	};

	if (chance == 0)
		step.size = BODY_LARGE;
	else if (chance == 1)
		step.size = BODY_SMALL;
	add(planner, step);
}

static void declare(struct planner *planner, unsigned at)
{
	struct step step = {
		.op = STEP_DECLARE,
		.queue = at + 1,
		.settings = planner->plan->queues[at].settings,
	};

	if (planner->plan->queues[at].declared)
		add(planner, step);
}

/* ---- channels ---- */

/* How many there are on @queue, those of this burst as well; 0: on any. */
static unsigned count_channels(const struct planner *planner, unsigned queue)
{
	const struct channel *channel = planner->model->channels;
	const struct step *step;
	unsigned count = 0;
	size_t i;

	for (; channel; channel = channel->next)
		count += channel->open &&
			 (queue == 0 || channel->queue == queue);
	for (i = 0; i < planner->burst.count; i++) {
		step = &planner->burst.steps[i];
		count += step->op == STEP_CONSUME &&
			 (queue == 0 || step->queue == queue);
	}
	return count;
}

static unsigned choose_prefetch(struct planner *planner)
{
	json_int_t prefetch = 0;
	unsigned count = 0;

	while (judge_param_at(planner->judge, "prefetches", count, &prefetch))
		count++;
	(void)judge_param_at(planner->judge, "prefetches", some(planner, count),
			     &prefetch);
	return (unsigned)prefetch;
}

static void consume(struct planner *planner, unsigned queue)
{
	struct step step = {
		.op = STEP_CONSUME,
		.number = planner->last_channel + 1,
		.queue = queue,
		.prefetch = choose_prefetch(planner),
	};

	if (count_channels(planner, 0) >= planner->plan->channels_max)
		return;
	if (planner->plan->alone && count_channels(planner, queue) > 0)
		return;
	planner->last_channel++;
	add(planner, step);
}

/* One of the channels that were open before the burst, or NULL. */
static const struct channel *choose_channel(struct planner *planner)
{
	const struct channel *channel = planner->model->channels;
	const struct channel *chosen = NULL;
	unsigned seen = 0;

	for (; channel; channel = channel->next)
		if (channel->open && some(planner, ++seen) == 0)
			chosen = channel;
	return chosen;
}

static void close_one(struct planner *planner)
{
	const struct channel *channel = choose_channel(planner);
	struct step step = { .op = STEP_CLOSE };

	if (!channel)
		return;
	step.number = channel->number;
	add(planner, step);
}

/* All that is unacked is acked, and each queue has a consumer for the rest. */
static void drain(struct planner *planner)
{
	const struct channel *channel = planner->model->channels;
	struct step ack = { .op = STEP_ACK };
	struct step consume = { .op = STEP_CONSUME,
				.prefetch = DRAIN_PREFETCH };
	size_t i;

	for (; channel; channel = channel->next) {
		ack.number = channel->number;
		for (i = 0; i < channel->count; i++) {
			ack.tag = channel->unacked[i].tag;
			add(planner, ack);
		}
	}
	for (consume.queue = 1; consume.queue < QUEUES_MAX; consume.queue++) {
		if (!planner->model->queues[consume.queue].declared)
			continue;
		consume.number = ++planner->last_channel;
		add(planner, consume);
	}
}

/* ---- acks and nacks ---- */

/* Whether a step of this burst settles @tag, or closes the channel. */
static bool spent(const struct planner *planner, const struct channel *channel,
		  unsigned tag)
{
	for (size_t i = 0; i < planner->burst.count; i++) {
		const struct step *step = &planner->burst.steps[i];

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

static void settle(struct planner *planner, enum step_op op, bool multiple,
		   bool requeue)
{
	const struct channel *channel = choose_channel(planner);
	struct step step = { .op = op,
			     .multiple = multiple,
			     .requeue = requeue };
	unsigned which;

	if (!channel || channel->count == 0)
		return;
	which = some(planner, (unsigned)channel->count);
	step.number = channel->number;
	step.tag = channel->unacked[which].tag;
	if (!spent(planner, channel, step.tag))
		add(planner, step);
}

/* A tag of another channel's if there is one, one that was settled, or one
 * that has not been delivered yet. */
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

/* An ack or nack that no ordinary test sends. */
static void stray(struct planner *planner, unsigned number, unsigned tag)
{
	struct step step = { .number = number, .tag = tag };

	step.op = some(planner, 3) ? STEP_ACK : STEP_NACK;
	step.multiple = some(planner, 2);
	step.requeue = some(planner, 2);
	add(planner, step);
}

static void bad(struct planner *planner)
{
	const struct channel *channel = choose_channel(planner);

	if (channel)
		stray(planner, channel->number, bad_tag(planner, channel));
}

/* On a channel that was closed, or never open. */
static void late(struct planner *planner)
{
	unsigned number = 1 + some(planner, planner->last_channel + 2);
	struct step close = { .op = STEP_CLOSE, .number = number };

	if (model_channel(planner->model, number))
		return;
	if (number > planner->last_channel)
		planner->last_channel = number;
	if (some(planner, 4) == 0)
		add(planner, close);
	else
		stray(planner, number, 1 + some(planner, 3));
}

/* ---- the rest ---- */

static void tick(struct planner *planner)
{
	struct step step = { .op = STEP_TICK };
	unsigned count = 0;

	while (count < PLAN_TICKS_MAX && planner->plan->ticks[count])
		count++;
	step.ms = planner->plan->ticks[some(planner, count)];
	add(planner, step);
}

/* Afterwards channels begin with 1 again. */
static void kill_now(struct planner *planner)
{
	struct step step = { .op = STEP_KILL };

	add(planner, step);
	planner->last_channel = 0;
}

void planner_add(struct planner *planner, struct item item)
{
	planner->random = random_from(item.seed);
	switch (item.act) {
	case ACT_PUBLISH:
		publish(planner, choose_queue(planner, false));
		break;
	case ACT_PUBLISH_NOWHERE:
		publish(planner, PLAN_NOWHERE);
		break;
	case ACT_DECLARE:
		declare(planner, (unsigned)(item.seed % PLAN_QUEUES));
		break;
	case ACT_CONSUME:
		consume(planner, choose_queue(planner, true));
		break;
	case ACT_CONSUME_NOWHERE:
		consume(planner, PLAN_NOWHERE);
		break;
	case ACT_ACK:
		settle(planner, STEP_ACK, false, false);
		break;
	case ACT_ACK_MULTIPLE:
		settle(planner, STEP_ACK, true, false);
		break;
	case ACT_REJECT:
		settle(planner, STEP_NACK, false, false);
		break;
	case ACT_REJECT_MULTIPLE:
		settle(planner, STEP_NACK, true, false);
		break;
	case ACT_REQUEUE:
		settle(planner, STEP_NACK, false, true);
		break;
	case ACT_REQUEUE_MULTIPLE:
		settle(planner, STEP_NACK, true, true);
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
	case ACT_SYNC:
	case ACTS:
	default:
		break;
	}
}
