/* check_words.c - see check_words.h */
#include "check_words.h"

#include <stdio.h>

/* "channel 1 has prefetch 3 and 2 unacked messages" */
static void channel_words(const struct channel *channel, char *text,
			  size_t size)
{
	char bound[32];

	(void)snprintf(bound, sizeof bound, "prefetch %u", channel->prefetch);
	(void)snprintf(text, size,
		       "channel %u has %s and %zu unacked"
		       " message%s",
		       channel->number, channel->prefetch ? bound : "no bound",
		       channel->count, channel->count == 1 ? "" : "s");
}

static const struct channel *with_room(const struct model *model,
				       unsigned queue)
{
	const struct channel *channel = model->channels;

	while (channel && !(channel->open && channel->queue == queue &&
			    channel_has_room(channel)))
		channel = channel->next;
	return channel;
}

/* A delivery from the queue of @stay of another ready message, or NULL. */
static const struct event *overtaker(const struct model *model,
				     const struct events *events,
				     const struct stay *stay)
{
	const struct channel *channel;
	const struct stay *other;
	size_t i;

	for (i = 0; i < events->count; i++) {
		const struct event *event = &events->list[i];

		if (event->used || event->kind != EVENT_DELIVER)
			continue;
		channel = model_channel(model, event->number);
		if (!channel || channel->queue != stay->queue)
			continue;
		other = model_find(model, event->seq);
		if (other && other != stay && other->queue == stay->queue &&
		    !other->unacked)
			return event;
		return NULL;
	}
	return NULL;
}

void words_missing(const struct model *model, const struct events *events,
		   const struct stay *stay, char *text, size_t size)
{
	const struct event *event = overtaker(model, events, stay);
	const struct channel *channel = with_room(model, stay->queue);
	const char *why = "";
	char words[128];
	size_t i;

	if (model->queues[stay->queue].settings.reject_publish &&
	    stay->count > 0)
		why = " (a requeued message keeps its position, and always"
		      " comes in where reject-publish refuses new ones)";
	else if (stay->count > 0)
		why = " (a requeued message keeps its position)";
	if (event) {
		(void)snprintf(text, size,
			       "message \"%s\" was delivered from"
			       " q%u although \"m%u\" was ready and stood"
			       " before it%s",
			       event->mid, stay->queue, stay->seq, why);
		return;
	}
	for (i = 0; i < events->count; i++) {
		event = &events->list[i];
		if (!event->used && event->kind == EVENT_DELIVER &&
		    event->seq == stay->seq) {
			words_unexpected(model, event, text, size);
			return;
		}
	}
	channel_words(channel, words, sizeof words);
	(void)snprintf(text, size,
		       "message \"m%u\" was not delivered before"
		       " the synced: it is the oldest ready one of q%u%s, and"
		       " %s",
		       stay->seq, stay->queue, why, words);
}

static void fate_words(enum fate fate, char *text, size_t size)
{
	static const char *const words[] = {
		[FATE_UNKNOWN] = "was never published",
		[FATE_QUEUED] = "is in no queue",
		[FATE_NOWHERE] = "was published to a queue that was not there",
		[FATE_REFUSED] = "was refused, as its queue was full",
		[FATE_ACKED] = "has been acked",
		[FATE_DEAD] = "has died in a queue that had no dlq for it",
		[FATE_CIRCLES] = "would have gone in circles, and is gone",
	};

	(void)snprintf(text, size, "%s", words[fate]);
}

static void unexpected_delivery(const struct model *model,
				const struct event *event, char *text,
				size_t size)
{
	const struct channel *channel = model_channel(model, event->number);
	const struct stay *stay = model_find(model, event->seq);
	char words[128];

	if (!stay) {
		fate_words(model_published(model, event->seq).fate, words,
			   sizeof words);
	} else if (!channel) {
		(void)snprintf(words, sizeof words,
			       "that channel is not open at"
			       " this point of the input");
	} else if (stay->queue != channel->queue) {
		(void)snprintf(words, sizeof words,
			       "it is in q%u, and this"
			       " channel consumes from q%u",
			       stay->queue, channel->queue);
	} else if (stay->unacked) {
		(void)snprintf(words, sizeof words,
			       "it is unacked since its"
			       " last delivery, and nothing requeued it");
	} else if (!channel_has_room(channel)) {
		channel_words(channel, words, sizeof words);
	} else {
		(void)snprintf(words, sizeof words, "it was not its turn");
	}
	(void)snprintf(text, size,
		       "message \"%.40s\" was delivered on channel "
		       "%" JSON_INTEGER_FORMAT ", but %s%s",
		       event->mid, event->number, stay ? "" : "it ", words);
}

void words_unexpected(const struct model *model, const struct event *event,
		      char *text, size_t size)
{
	switch (event->kind) {
	case EVENT_DELIVER:
		unexpected_delivery(model, event, text, size);
		break;
	case EVENT_CONFIRM:
		(void)snprintf(
			text, size,
			"seq %" JSON_INTEGER_FORMAT " was confirmed %s",
			event->number,
			model_published(model, (unsigned)event->number).fate
				? "twice"
				: "and never published");
		break;
	case EVENT_RETURN:
		(void)snprintf(text, size,
			       "a return came for seq %" JSON_INTEGER_FORMAT
			       ", which was not mandatory,"
			       " or had a queue to go to, or was returned"
			       " before",
			       event->number);
		break;
	case EVENT_ERROR:
		(void)snprintf(text, size,
			       "chan_error %" JSON_INTEGER_FORMAT
			       " came for channel %" JSON_INTEGER_FORMAT
			       ", and nothing that was sent is an error on it",
			       event->code, event->number);
		break;
	case EVENT_SYNCED:
	default:
		(void)snprintf(text, size, "a synced came for no sync");
		break;
	}
}

void words_confirm(const struct model *model, unsigned seq, bool ok, char *text,
		   size_t size)
{
	const char *why = "its queue had room";

	if (ok)
		why = "its queue was full and has reject-publish";
	else if (model_published(model, seq).fate == FATE_NOWHERE)
		why = "an unroutable message is confirmed all the same";
	(void)snprintf(text, size, "the confirm of seq %u has ok %s: %s", seq,
		       ok ? "true" : "false", why);
}
