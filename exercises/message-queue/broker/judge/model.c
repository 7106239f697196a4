/* model.c - see model.h */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
	if (!memory)
		judge_broken("out of memory");
	return memory;
}

void model_init(struct model *model, struct model_listener listener)
{
	*model = (struct model){ .listener = listener };
}

static void channel_free(struct channel *channel)
{
	free(channel->unacked);
	free(channel);
}

static void stay_free(struct stay *stay)
{
	json_decref(stay->deaths);
	free(stay);
}

void model_release(struct model *model)
{
	struct channel *channel;
	struct stay *stay;
	size_t i;

	while ((channel = model->channels)) {
		model->channels = channel->next;
		channel_free(channel);
	}
	for (i = 0; i < QUEUES_MAX; i++) {
		while ((stay = model->queues[i].stays)) {
			model->queues[i].stays = stay->next;
			stay_free(stay);
		}
	}
	free(model->published);
}

/* ---- looking ---- */

struct channel *model_channel(const struct model *model, json_int_t number)
{
	struct channel *channel = model->channels;

	while (channel &&
	       !(channel->open && (json_int_t)channel->number == number))
		channel = channel->next;
	return channel;
}

bool channel_has_room(const struct channel *channel)
{
	return channel->prefetch == 0 || channel->count < channel->prefetch;
}

bool channel_holds(const struct channel *channel, unsigned tag)
{
	size_t i;

	for (i = 0; i < channel->count; i++)
		if (channel->unacked[i].tag == tag)
			return true;
	return false;
}

const struct stay *model_find(const struct model *model, unsigned seq)
{
	const struct stay *stay;
	size_t i;

	for (i = 0; i < QUEUES_MAX; i++)
		for (stay = model->queues[i].stays; stay; stay = stay->next)
			if (stay->seq == seq)
				return stay;
	return NULL;
}

struct published model_published(const struct model *model, unsigned seq)
{
	if (seq >= model->published_size)
		return (struct published){ .fate = FATE_UNKNOWN };
	return model->published[seq];
}

static struct published *publish_note(struct model *model, unsigned seq)
{
	size_t size = model->published_size;

	if (seq >= size) {
		model->published_size = 2 * (size_t)seq + 64;
		model->published = must(realloc(
			model->published,
			model->published_size * sizeof model->published[0]));
		memset(model->published + size, 0,
		       (model->published_size - size) *
			       sizeof model->published[0]);
	}
	return &model->published[seq];
}

/* The oldest ready message of @queue. */
static struct stay *queue_head(const struct queue *queue)
{
	struct stay *stay = queue->stays;

	while (stay && stay->unacked)
		stay = stay->next;
	return stay;
}

static bool queue_has_room(const struct model *model, unsigned number)
{
	const struct channel *channel;

	for (channel = model->channels; channel; channel = channel->next)
		if (channel->open && channel->queue == number &&
		    channel_has_room(channel))
			return true;
	return false;
}

/* ---- the life of a message ---- */

static void queue_append(struct model *model, struct stay *stay)
{
	struct queue *queue = &model->queues[stay->queue];
	struct stay **end = &queue->stays;

	while (*end)
		end = &(*end)->next;
	*end = stay;
	stay->next = NULL;
	stay->position = ++model->last_position;
	stay->since = model->now;
	queue->ready++;
}

/* Out of its queue; it is ready or not. */
static void queue_remove(struct model *model, struct stay *stay)
{
	struct queue *queue = &model->queues[stay->queue];
	struct stay **at = &queue->stays;

	while (*at != stay)
		at = &(*at)->next;
	*at = stay->next;
	if (!stay->unacked)
		queue->ready--;
}

static void stay_gone(struct model *model, struct stay *stay, enum fate fate)
{
	queue_remove(model, stay);
	publish_note(model, stay->seq)->fate = fate;
	stay_free(stay);
}

/* It has died in @queue before, and was not rejected since. */
static bool in_circles(unsigned queue, const json_t *deaths)
{
	char name[16];
	json_t *death;
	size_t i;

	(void)snprintf(name, sizeof name, "q%u", queue);
	json_array_foreach (deaths, i, death) {
		if (strcmp(json_string_value(json_object_get(death, "reason")),
			   "rejected") == 0)
			return false;
		if (strcmp(json_string_value(json_object_get(death, "q")),
			   name) == 0)
			return true;
	}
	return false;
}

static void stay_dies(struct model *model, struct stay *stay,
		      const char *reason)
{
	unsigned dlq = model->queues[stay->queue].settings.dlq;
	json_t *deaths = json_copy(stay->deaths);

	json_array_insert_new(deaths, 0,
			      json_pack("{s:o, s:s}", "q",
					json_sprintf("q%u", stay->queue),
					"reason", reason));
	json_decref(stay->deaths);
	stay->deaths = deaths;
	if (dlq == 0 || !model->queues[dlq].declared) {
		stay_gone(model, stay, FATE_DEAD);
		return;
	}
	if (in_circles(dlq, deaths)) {
		stay_gone(model, stay, FATE_CIRCLES);
		return;
	}
	queue_remove(model, stay);
	stay->queue = dlq;
	stay->count = 0;
	stay->unacked = false;
	queue_append(model, stay);
}

static void stay_requeue(struct model *model, struct stay *stay)
{
	const struct settings *settings = &model->queues[stay->queue].settings;

	if (settings->limit != STEP_NO_LIMIT &&
	    stay->count > (unsigned)settings->limit) {
		stay_dies(model, stay, "limit");
		return;
	}
	stay->unacked = false;
	model->queues[stay->queue].ready++;
}

static bool stay_expired(const struct model *model, const struct stay *stay)
{
	unsigned ttl = model->queues[stay->queue].settings.ttl;

	return ttl && model->now - stay->since >= ttl;
}

static void deliver(struct model *model, struct stay *stay)
{
	struct channel *channel = model->listener.deliver(model->listener.self,
							  stay);

	if (!channel) {
		model->halted = true;
		return;
	}
	if (channel->count == channel->size) {
		channel->size = channel->size ? 2 * channel->size : 16;
		channel->unacked = must(
			realloc(channel->unacked,
				channel->size * sizeof channel->unacked[0]));
	}
	channel->unacked[channel->count++] = (struct unacked){
		.tag = ++channel->last_tag,
		.stay = stay,
	};
	stay->unacked = true;
	stay->count++;
	model->queues[stay->queue].ready--;
}

/* Expire, deliver, drop. Whether anything changed. */
static bool queue_settle(struct model *model, unsigned number)
{
	struct queue *queue = &model->queues[number];
	const struct settings *settings = &queue->settings;
	bool changed = false;
	struct stay *stay;

	while ((stay = queue_head(queue)) && stay_expired(model, stay)) {
		stay_dies(model, stay, "expired");
		changed = true;
	}
	while (!model->halted && queue->ready > 0 &&
	       queue_has_room(model, number)) {
		deliver(model, queue_head(queue));
		changed = true;
	}
	while (!model->halted && settings->max_len &&
	       !settings->reject_publish && queue->ready > settings->max_len) {
		stay_dies(model, queue_head(queue), "maxlen");
		changed = true;
	}
	return changed;
}

static void settle(struct model *model)
{
	bool changed = true;
	unsigned i;

	while (changed && !model->halted) {
		changed = false;
		for (i = 0; i < QUEUES_MAX; i++)
			changed |= queue_settle(model, i);
	}
}

/* ---- steps ---- */

static void publish(struct model *model, const struct step *step)
{
	struct queue *queue = &model->queues[step->queue];
	struct published *published = publish_note(model, step->number);
	struct stay *stay;
	bool ok = true;

	published->size = step->size;
	if (!queue->declared) {
		published->fate = FATE_NOWHERE;
		if (step->mandatory)
			model->listener.returned(model->listener.self,
						 step->number);
	} else if (queue->settings.reject_publish &&
		   queue->ready >= queue->settings.max_len) {
		published->fate = FATE_REFUSED;
		ok = false;
	} else {
		published->fate = FATE_QUEUED;
		stay = must(calloc(1, sizeof *stay));
		stay->seq = step->number;
		stay->queue = step->queue;
		stay->deaths = must(json_array());
		queue_append(model, stay);
	}
	model->listener.confirm(model->listener.self, step->number, ok);
}

static void consume(struct model *model, const struct step *step)
{
	struct channel *channel;

	if (!model->queues[step->queue].declared) {
		model->listener.error(model->listener.self, step->number, 404);
		return;
	}
	channel = must(calloc(1, sizeof *channel));
	channel->number = step->number;
	channel->queue = step->queue;
	channel->prefetch = step->prefetch;
	channel->open = true;
	channel->next = model->channels;
	model->channels = channel;
}

static void channel_close(struct model *model, struct channel *channel)
{
	size_t i;

	channel->open = false;
	for (i = 0; i < channel->count; i++)
		stay_requeue(model, channel->unacked[i].stay);
	channel->count = 0;
}

static void settle_one(struct model *model, const struct step *step,
		       struct stay *stay)
{
	if (step->op == STEP_ACK)
		stay_gone(model, stay, FATE_ACKED);
	else if (step->requeue)
		stay_requeue(model, stay);
	else
		stay_dies(model, stay, "rejected");
}

/* An ack or a nack. */
static void settle_tags(struct model *model, const struct step *step)
{
	struct channel *channel = model_channel(model, step->number);
	size_t kept = 0;
	size_t i;

	if (!channel)
		return;
	if (!channel_holds(channel, step->tag)) {
		model->listener.error(model->listener.self, step->number, 406);
		channel_close(model, channel);
		return;
	}
	for (i = 0; i < channel->count; i++) {
		if (channel->unacked[i].tag == step->tag ||
		    (step->multiple && channel->unacked[i].tag < step->tag))
			settle_one(model, step, channel->unacked[i].stay);
		else
			channel->unacked[kept++] = channel->unacked[i];
	}
	channel->count = kept;
}

/* Consumers are gone, all that is left is a message that may say it came
 * before. The order in which what is unacked comes back makes no difference:
 * it has its position. Only what dies of it has an order, oldest first. */
static void restart(struct model *model)
{
	struct channel *channel;
	struct stay *stay;
	struct stay *next;
	size_t i;

	for (channel = model->channels; channel; channel = channel->next) {
		channel->open = false;
		channel->count = 0;
	}
	for (i = 0; i < QUEUES_MAX; i++) {
		for (stay = model->queues[i].stays; stay; stay = next) {
			next = stay->next;
			stay->recovered = true;
			if (stay->unacked)
				stay_requeue(model, stay);
		}
	}
}

void model_apply(struct model *model, const struct step *step)
{
	struct channel *channel;

	switch (step->op) {
	case STEP_DECLARE:
		if (!model->queues[step->queue].declared) {
			model->queues[step->queue].declared = true;
			model->queues[step->queue].settings = step->settings;
		}
		break;
	case STEP_PUBLISH:
		publish(model, step);
		break;
	case STEP_CONSUME:
		consume(model, step);
		break;
	case STEP_ACK:
	case STEP_NACK:
		settle_tags(model, step);
		break;
	case STEP_CLOSE:
		channel = model_channel(model, step->number);
		if (channel)
			channel_close(model, channel);
		break;
	case STEP_TICK:
		model->now += step->ms;
		break;
	case STEP_KILL:
		restart(model);
		break;
	case STEP_SYNC:
	default:
		break;
	}
	settle(model);
}
