/* check.c - see check.h */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_words.h"

__attribute__((format(printf, 2, 3))) static void find(struct check *check,
						       const char *format, ...)
{
	va_list arguments;

	if (check->finding[0])
		return;
	va_start(arguments, format);
	(void)vsnprintf(check->finding, sizeof check->finding, format,
			arguments);
	va_end(arguments);
}

/* The first line of the burst about @number that nothing accounts for. */
static struct event *unused(struct check *check, enum event_kind kind,
			    json_int_t number)
{
	for (size_t i = 0; i < check->events->count; i++) {
		struct event *event = &check->events->list[i];

		if (!event->used && event->kind == kind &&
		    event->number == number)
			return event;
	}
	return NULL;
}

/* ---- deliveries ---- */

/* Whether @event is @stay, given to a consumer that may have it. */
static struct channel *receiver(const struct check *check,
				const struct event *event,
				const struct stay *stay)
{
	struct channel *channel;

	if (event->used || event->kind != EVENT_DELIVER ||
	    event->seq != stay->seq)
		return NULL;
	channel = model_channel(&check->model, event->number);
	if (!channel || channel->queue != stay->queue ||
	    !channel_has_room(channel))
		return NULL;
	return channel;
}

/* The first delivery on a channel that nothing accounts for. */
static const struct event *first_on(struct check *check, json_int_t number)
{
	return unused(check, EVENT_DELIVER, number);
}

/* The fields of a delivery that is due. */
static void check_fields(struct check *check, const struct event *event,
			 const struct channel *channel, const struct stay *stay)
{
	struct published published = model_published(&check->model, stay->seq);
	char *body = step_body(stay->seq, published.size);
	char *deaths = json_dumps(stay->deaths, 0);
	bool before = stay->count > 0;

	if (event->tag != (json_int_t)channel->last_tag + 1)
		find(check,
		     "delivery number %u on channel %u has tag "
		     "%" JSON_INTEGER_FORMAT
		     "; tags count 1, 2, 3 on each channel",
		     channel->last_tag + 1, channel->number, event->tag);
	if (strcmp(event->body, body) != 0)
		find(check,
		     "message \"%s\" was delivered with another body"
		     " than it was published with",
		     event->mid);
	if (event->count != (json_int_t)stay->count)
		find(check,
		     "message \"%s\" was delivered with count "
		     "%" JSON_INTEGER_FORMAT "; it had been delivered %u times"
		     " before from q%u",
		     event->mid, event->count, stay->count, stay->queue);
	if (before && !event->redelivered)
		find(check,
		     "message \"%s\" was delivered with redelivered"
		     " false, and had been delivered before from q%u",
		     event->mid, stay->queue);
	if (!before && event->redelivered && !stay->recovered)
		find(check,
		     "message \"%s\" was delivered with redelivered"
		     " true, and had never been delivered from q%u",
		     event->mid, stay->queue);
	if (!json_equal(event->deaths, stay->deaths))
		find(check,
		     "message \"%s\" was delivered with other deaths"
		     " than %s",
		     event->mid, deaths ? deaths : "its own");
	free(deaths);
	free(body);
}

static struct channel *on_deliver(void *self, const struct stay *stay)
{
	struct check *check = self;

	for (size_t i = 0; i < check->events->count; i++) {
		struct event *event = &check->events->list[i];
		struct channel *channel = receiver(check, event, stay);

		if (!channel)
			continue;
		if (first_on(check, event->number) != event)
			break;
		check_fields(check, event, channel, stay);
		event->used = true;
		return check->finding[0] ? NULL : channel;
	}
	words_missing(&check->model, check->events, stay, check->finding,
		      sizeof check->finding);
	return NULL;
}

/* ---- the others ---- */

static void on_confirm(void *self, unsigned seq, bool ok)
{
	struct check *check = self;
	struct event *event = unused(check, EVENT_CONFIRM, seq);

	if (!event) {
		find(check,
		     "the publish of seq %u was not confirmed before the"
		     " synced: every publish is, exactly once",
		     seq);
		return;
	}
	event->used = true;
	if (event->ok == ok)
		return;
	words_confirm(&check->model, seq, event->ok, check->finding,
		      sizeof check->finding);
}

/* Before on_confirm() of the same seq. */
static void on_return(void *self, unsigned seq)
{
	struct check *check = self;
	struct event *event = unused(check, EVENT_RETURN, seq);
	struct event *confirm = unused(check, EVENT_CONFIRM, seq);

	if (!event) {
		find(check,
		     "the publish of seq %u was mandatory and had no"
		     " queue to go to, and no return came",
		     seq);
		return;
	}
	event->used = true;
	if (confirm && confirm < event)
		find(check,
		     "the return of seq %u came after its confirm; it"
		     " has to come before",
		     seq);
}

static void on_error(void *self, unsigned ch, unsigned code)
{
	struct check *check = self;
	struct event *event = unused(check, EVENT_ERROR, ch);
	struct event *end = check->events->list + check->events->count;
	struct event *later;

	if (!event) {
		find(check, "no chan_error %u came for channel %u%s", code, ch,
		     code == 404 ? ", which is to consume from a queue that is"
				   " not there"
				 : ", on which a tag was named that is not"
				   " unacked there");
		return;
	}
	event->used = true;
	if (event->code != (json_int_t)code)
		find(check,
		     "the chan_error of channel %u has code "
		     "%" JSON_INTEGER_FORMAT "; expected %u",
		     ch, event->code, code);
	for (later = event + 1; later < end; later++)
		if (later->kind == EVENT_DELIVER && later->number == ch)
			find(check,
			     "message \"%s\" was delivered on channel %u"
			     " after its chan_error",
			     later->mid, ch);
}

/* Each channel's deliveries are in the order of their tags. */
static void check_tags(struct check *check)
{
	const struct event *list = check->events->list;
	size_t i;
	size_t j;

	for (i = 1; i < check->events->count; i++) {
		for (j = i; j-- > 0;) {
			if (list[i].kind != EVENT_DELIVER ||
			    list[j].kind != EVENT_DELIVER ||
			    list[i].number != list[j].number)
				continue;
			if (list[i].tag <= list[j].tag)
				find(check,
				     "on channel %" JSON_INTEGER_FORMAT
				     " tag %" JSON_INTEGER_FORMAT " came after"
				     " tag %" JSON_INTEGER_FORMAT,
				     list[i].number, list[i].tag, list[j].tag);
			break;
		}
	}
}

/* What came and nothing has caused. The synced is another's business. */
static void check_left(struct check *check)
{
	for (size_t i = 0; i < check->events->count; i++) {
		const struct event *event = &check->events->list[i];

		if (check->finding[0])
			break;
		if (!event->used && event->kind != EVENT_SYNCED)
			words_unexpected(&check->model, event, check->finding,
					 sizeof check->finding);
	}
}

void check_init(struct check *check)
{
	struct model_listener listener = {
		.self = check,
		.deliver = on_deliver,
		.confirm = on_confirm,
		.returned = on_return,
		.error = on_error,
	};

	*check = (struct check){ 0 };
	model_init(&check->model, listener);
}

void check_release(struct check *check)
{
	model_release(&check->model);
}

bool check_burst(struct check *check, const struct step *steps, size_t count,
		 struct events *events)
{
	size_t i;

	check->events = events;
	check_tags(check);
	for (i = 0; i < count && !check->finding[0]; i++)
		model_apply(&check->model, &steps[i]);
	check_left(check);
	return !check->finding[0];
}
