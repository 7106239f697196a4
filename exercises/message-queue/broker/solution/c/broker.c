/*
 * broker.c - a message broker: JSON lines on standard input and output
 *
 * README.md is the task. All input that is there is one batch. Its lines take
 * effect one after the other, in memory only; what has to survive is appended
 * to the journal, what is to be said is collected. Then the journal is written,
 * synced if the batch promises anything, and only then is the output written.
 * So nothing is said that is not on disk, and a sync is shared by as many
 * publishes as came together.
 *
 * A program that cannot write its journal must not go on, and there is nobody
 * to report to: failures of the system end it with a line on standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#define JOURNAL "state/journal"
#define JOURNAL_FRESH "state/journal.new"
#define READ_SIZE (64 * 1024)

/* ---- the system ---- */

__attribute__((noreturn)) static void die_of(const char *what)
{
	fprintf(stderr, "broker: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *must(void *memory)
{
	if (!memory)
		die_of("memory");
	return memory;
}

/* Bytes that are to be written. */
struct buffer {
	char *data;
	size_t length;
	size_t size;
};

static void buffer_add(struct buffer *buffer, const char *data, size_t length)
{
	while (buffer->length + length > buffer->size) {
		buffer->size = buffer->size ? 2 * buffer->size : READ_SIZE;
		buffer->data = must(realloc(buffer->data, buffer->size));
	}
	memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
}

/* One line. Steals @value. */
static void buffer_add_json(struct buffer *buffer, json_t *value)
{
	char *text = must(json_dumps(must(value), JSON_COMPACT));

	buffer_add(buffer, text, strlen(text));
	buffer_add(buffer, "\n", 1);
	free(text);
	json_decref(value);
}

static void buffer_write(struct buffer *buffer, int fd)
{
	size_t done = 0;
	ssize_t written;

	while (done < buffer->length) {
		written = write(fd, buffer->data + done, buffer->length - done);
		if (written < 0 && errno != EINTR)
			die_of("write");
		if (written > 0)
			done += (size_t)written;
	}
	buffer->length = 0;
}

/* ---- messages, queues, channels ---- */

/* One stay of a message in a queue. */
struct message {
	json_int_t number; /* its position */
	struct queue *queue;
	char *mid;
	char *body;
	json_t *deaths;   /* newest first */
	json_int_t since; /* when it came, for the ttl */
	json_int_t count; /* deliveries so far */
};

/* Messages by number, the lowest on top. */
struct heap {
	struct message **messages;
	size_t count;
	size_t size;
};

struct queue {
	struct queue *next; /* in the order of their declaration */
	char *name;
	json_int_t max_len; /* this and the next two: -1 if there is none */
	json_int_t ttl;
	json_int_t limit;
	bool reject_publish;
	char *dlq; /* NULL if there is none */
	struct heap ready;
	struct channel *channels; /* the next to serve first */
	bool touched;             /* settle() has to look at it */
};

/* Deliveries are in a window of tags that begins with the oldest unacked. */
struct channel {
	struct channel *next;      /* of the queue's */
	struct channel *next_open; /* of all */
	json_int_t number;
	struct queue *queue;
	json_int_t prefetch;
	json_int_t unacked;
	json_int_t first_tag;
	size_t length; /* of the window */
	size_t size;
	struct message **window; /* NULL where settled */
};

static struct broker {
	struct queue *queues;
	struct channel *channels;
	json_int_t now;
	json_int_t last_number;
	int journal_fd;
	struct buffer journal;
	struct buffer output;
	bool promises; /* the output holds something that needs a sync */
} broker;

static void say(json_t *line)
{
	buffer_add_json(&broker.output, line);
}

static void record(json_t *fields)
{
	buffer_add_json(&broker.journal, fields);
}

static void message_free(struct message *message)
{
	json_decref(message->deaths);
	free(message->mid);
	free(message->body);
	free(message);
}

static void heap_push(struct heap *heap, struct message *message)
{
	size_t i = heap->count++;

	if (heap->count > heap->size) {
		heap->size = heap->size ? 2 * heap->size : 16;
		heap->messages = must(realloc(
			heap->messages, heap->size * sizeof heap->messages[0]));
	}
	for (; i && heap->messages[(i - 1) / 2]->number > message->number;
	     i = (i - 1) / 2)
		heap->messages[i] = heap->messages[(i - 1) / 2];
	heap->messages[i] = message;
}

static struct message *heap_pop(struct heap *heap)
{
	struct message *top = heap->messages[0];
	struct message *last = heap->messages[--heap->count];
	size_t i = 0;
	size_t child;

	for (; (child = 2 * i + 1) < heap->count; i = child) {
		if (child + 1 < heap->count &&
		    heap->messages[child + 1]->number <
			    heap->messages[child]->number)
			child++;
		if (heap->messages[child]->number > last->number)
			break;
		heap->messages[i] = heap->messages[child];
	}
	heap->messages[i] = last;
	return top;
}

static struct queue *queue_find(const char *name)
{
	struct queue *queue = broker.queues;

	while (queue && strcmp(queue->name, name) != 0)
		queue = queue->next;
	return queue;
}

static bool channel_has_room(const struct channel *channel)
{
	return channel->prefetch == 0 || channel->unacked < channel->prefetch;
}

/* The next channel with room, which goes to the end of the line. */
static struct channel *queue_take_channel(struct queue *queue)
{
	struct channel **at = &queue->channels;
	struct channel *channel;

	while (*at && !channel_has_room(*at))
		at = &(*at)->next;
	channel = *at;
	if (!channel)
		return NULL;
	*at = channel->next;
	channel->next = NULL;
	while (*at)
		at = &(*at)->next;
	*at = channel;
	return channel;
}

static struct channel *channel_find(json_int_t number)
{
	struct channel *channel = broker.channels;

	while (channel && channel->number != number)
		channel = channel->next_open;
	return channel;
}

static json_int_t channel_last_tag(const struct channel *channel)
{
	return channel->first_tag + (json_int_t)channel->length - 1;
}

/* Returns the tag. */
static json_int_t channel_add(struct channel *channel, struct message *message)
{
	if (channel->length == channel->size) {
		channel->size = channel->size ? 2 * channel->size : 16;
		channel->window = must(
			realloc(channel->window,
				channel->size * sizeof channel->window[0]));
	}
	channel->window[channel->length++] = message;
	channel->unacked++;
	return channel_last_tag(channel);
}

static bool channel_holds(const struct channel *channel, json_int_t tag)
{
	json_int_t place = tag - channel->first_tag;

	return place >= 0 && (size_t)place < channel->length &&
	       channel->window[place];
}

/* Call @settle for @tag, and for all below it if @multiple. */
static void channel_settle(struct channel *channel, json_int_t tag,
			   bool multiple, void (*settle)(struct message *))
{
	size_t end = (size_t)(tag - channel->first_tag) + 1;
	size_t i = multiple ? 0 : end - 1;
	struct message *message;

	for (; i < end; i++) {
		message = channel->window[i];
		if (!message)
			continue;
		channel->window[i] = NULL;
		channel->unacked--;
		settle(message);
	}
	for (i = 0; i < channel->length && !channel->window[i]; i++)
		;
	memmove(channel->window, channel->window + i,
		(channel->length - i) * sizeof channel->window[0]);
	channel->length -= i;
	channel->first_tag += (json_int_t)i;
}

/* ---- the life of a message ---- */

static struct message *message_new(struct queue *queue, json_int_t number,
				   const char *mid, const char *body,
				   json_t *deaths)
{
	struct message *message = must(calloc(1, sizeof *message));

	message->number = number;
	message->queue = queue;
	message->mid = must(strdup(mid));
	message->body = must(strdup(body));
	message->deaths = json_incref(deaths);
	message->since = broker.now;
	return message;
}

static json_t *message_record(const struct message *message)
{
	return json_pack("[s, I, s, s, s, O, I, I]", "message", message->number,
			 message->queue->name, message->mid, message->body,
			 message->deaths, message->since, message->count);
}

static void settle_gone(struct message *message)
{
	record(json_pack("[s, I]", "gone", message->number));
	message_free(message);
}

/* Whether a message with these deaths has been in @queue before and nobody has
 * rejected it since: then it would go round for ever. */
static bool in_circles(const struct queue *queue, const json_t *deaths)
{
	const char *name;
	const char *reason;
	json_t *death;
	size_t i;

	json_array_foreach (deaths, i, death) {
		name = json_string_value(json_object_get(death, "q"));
		reason = json_string_value(json_object_get(death, "reason"));
		if (strcmp(reason, "rejected") == 0)
			return false;
		if (strcmp(name, queue->name) == 0)
			return true;
	}
	return false;
}

/* Off to the dead letter queue, if there is one to take it. */
static void message_dies(struct message *message, const char *reason)
{
	struct queue *target = NULL;
	json_t *deaths = must(json_deep_copy(message->deaths));

	json_array_insert_new(deaths, 0,
			      json_pack("{s:s, s:s}", "q", message->queue->name,
					"reason", reason));
	if (message->queue->dlq)
		target = queue_find(message->queue->dlq);
	if (!target || in_circles(target, deaths)) {
		json_decref(deaths);
		settle_gone(message);
		return;
	}
	record(json_pack("[s, I, I, s, O, I]", "moved", message->number,
			 ++broker.last_number, target->name, deaths,
			 broker.now));
	json_decref(message->deaths);
	message->deaths = deaths;
	message->number = broker.last_number;
	message->queue = target;
	message->since = broker.now;
	message->count = 0;
	heap_push(&target->ready, message);
	target->touched = true;
}

static void settle_rejected(struct message *message)
{
	message_dies(message, "rejected");
}

/* Back to where it was, unless it has been delivered too often. */
static void settle_requeue(struct message *message)
{
	json_int_t limit = message->queue->limit;

	if (limit >= 0 && message->count > limit)
		message_dies(message, "limit");
	else
		heap_push(&message->queue->ready, message);
}

static void deliver(struct message *message, struct channel *channel)
{
	json_int_t tag = channel_add(channel, message);

	say(json_pack("{s:s, s:I, s:I, s:s, s:s, s:b, s:I, s:O}", "op",
		      "deliver", "ch", channel->number, "tag", tag, "mid",
		      message->mid, "body", message->body, "redelivered",
		      message->count > 0, "count", message->count, "deaths",
		      message->deaths));
	message->count++;
	record(json_pack("[s, I]", "delivered", message->number));
}

/* Expire, deliver, drop what is too much, in this order. */
static void queue_settle(struct queue *queue)
{
	struct heap *ready = &queue->ready;
	struct channel *channel;

	queue->touched = false;
	while (queue->ttl >= 0 && ready->count &&
	       broker.now - ready->messages[0]->since >= queue->ttl)
		message_dies(heap_pop(ready), "expired");
	while (ready->count && (channel = queue_take_channel(queue)))
		deliver(heap_pop(ready), channel);
	while (queue->max_len >= 0 && !queue->reject_publish &&
	       ready->count > (size_t)queue->max_len)
		message_dies(heap_pop(ready), "maxlen");
}

/* The queues that were touched, and those that are by what dies there. */
static void settle(void)
{
	struct queue *queue = broker.queues;

	while (queue) {
		if (!queue->touched) {
			queue = queue->next;
			continue;
		}
		queue_settle(queue);
		queue = broker.queues;
	}
}

static void touch_all(void)
{
	struct queue *queue;

	for (queue = broker.queues; queue; queue = queue->next)
		queue->touched = true;
}

/* ---- lines ---- */

static const char *text_of(const json_t *line, const char *key)
{
	return json_string_value(json_object_get(line, key));
}

static json_int_t number_of(const json_t *line, const char *key)
{
	return json_integer_value(json_object_get(line, key));
}

static bool flag_of(const json_t *line, const char *key)
{
	return json_is_true(json_object_get(line, key));
}

static json_int_t number_or_none(const json_t *line, const char *key)
{
	return json_object_get(line, key) ? number_of(line, key) : -1;
}

/* @line is as it was declared; the journal keeps it as it is. */
static void queue_add(const json_t *line)
{
	struct queue *queue = must(calloc(1, sizeof *queue));
	const char *overflow = text_of(line, "overflow");
	const char *dlq = text_of(line, "dlq");
	struct queue **end = &broker.queues;

	queue->name = must(strdup(text_of(line, "q")));
	queue->max_len = number_or_none(line, "max_len");
	queue->ttl = number_or_none(line, "ttl");
	queue->limit = number_or_none(line, "limit");
	queue->reject_publish = overflow &&
				strcmp(overflow, "reject-publish") == 0;
	queue->dlq = dlq ? must(strdup(dlq)) : NULL;
	while (*end)
		end = &(*end)->next;
	*end = queue;
}

static void on_declare(json_t *line)
{
	if (queue_find(text_of(line, "q")))
		return;
	queue_add(line);
	record(json_pack("[s, O]", "queue", line));
}

static bool publish(struct queue *queue, const json_t *line)
{
	struct message *message;
	json_t *no_deaths;

	if (queue->reject_publish &&
	    queue->ready.count >= (size_t)queue->max_len)
		return false;
	no_deaths = must(json_array());
	message = message_new(queue, ++broker.last_number, text_of(line, "mid"),
			      text_of(line, "body"), no_deaths);
	json_decref(no_deaths);
	record(message_record(message));
	heap_push(&queue->ready, message);
	queue->touched = true;
	broker.promises = true;
	return true;
}

static void on_publish(json_t *line)
{
	struct queue *queue = queue_find(text_of(line, "q"));
	json_int_t seq = number_of(line, "seq");
	bool accepted = true;

	if (queue)
		accepted = publish(queue, line);
	else if (flag_of(line, "mandatory"))
		say(json_pack("{s:s, s:I}", "op", "return", "seq", seq));
	say(json_pack("{s:s, s:I, s:b}", "op", "confirm", "seq", seq, "ok",
		      accepted));
}

static void say_error(json_int_t number, int code)
{
	say(json_pack("{s:s, s:I, s:i}", "op", "chan_error", "ch", number,
		      "code", code));
}

static void on_consume(json_t *line)
{
	struct queue *queue = queue_find(text_of(line, "q"));
	struct channel *channel;
	struct channel **end;

	if (!queue) {
		say_error(number_of(line, "ch"), 404);
		return;
	}
	channel = must(calloc(1, sizeof *channel));
	channel->number = number_of(line, "ch");
	channel->queue = queue;
	channel->prefetch = number_of(line, "prefetch");
	channel->first_tag = 1;
	channel->next_open = broker.channels;
	broker.channels = channel;
	for (end = &queue->channels; *end; end = &(*end)->next)
		;
	*end = channel;
	queue->touched = true;
}

static void channel_close(struct channel *channel)
{
	struct channel **at = &broker.channels;

	while (*at != channel)
		at = &(*at)->next_open;
	*at = channel->next_open;
	at = &channel->queue->channels;
	while (*at != channel)
		at = &(*at)->next;
	*at = channel->next;
	channel->queue->touched = true;
	if (channel->length > 0)
		channel_settle(channel, channel_last_tag(channel), true,
			       settle_requeue);
	free(channel->window);
	free(channel);
}

/* What an ack or nack is about; an unknown tag ends the channel. */
static void settle_line(json_t *line, void (*how)(struct message *))
{
	struct channel *channel = channel_find(number_of(line, "ch"));
	json_int_t tag = number_of(line, "tag");

	if (!channel)
		return;
	if (!channel_holds(channel, tag)) {
		say_error(channel->number, 406);
		channel_close(channel);
		return;
	}
	channel->queue->touched = true;
	channel_settle(channel, tag, flag_of(line, "multiple"), how);
}

static void on_ack(json_t *line)
{
	settle_line(line, settle_gone);
}

static void on_nack(json_t *line)
{
	settle_line(line, flag_of(line, "requeue") ? settle_requeue
						   : settle_rejected);
}

static void on_close(json_t *line)
{
	struct channel *channel = channel_find(number_of(line, "ch"));

	if (channel)
		channel_close(channel);
}

static void on_tick(json_t *line)
{
	broker.now += number_of(line, "ms");
	record(json_pack("[s, I]", "time", broker.now));
	touch_all();
}

static void on_sync(json_t *line)
{
	broker.promises = true;
	say(json_pack("{s:s, s:I}", "op", "synced", "n", number_of(line, "n")));
}

static const struct {
	const char *op;
	void (*handle)(json_t *line);
} handlers[] = {
	{ "declare", on_declare }, { "publish", on_publish },
	{ "consume", on_consume }, { "ack", on_ack },
	{ "nack", on_nack },       { "close", on_close },
	{ "tick", on_tick },       { "sync", on_sync },
};

static void handle(const char *text, size_t length)
{
	json_t *line = must(json_loadb(text, length, 0, NULL));
	const char *op = text_of(line, "op");
	size_t i;

	for (i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
		if (strcmp(op, handlers[i].op) == 0)
			handlers[i].handle(line);
	json_decref(line);
	settle();
}

/* ---- what survives ---- */

/* All messages that the journal tells of, in the order of their numbers. Those
 * that are gone have no queue. */
struct past {
	struct message **messages;
	size_t count;
	size_t size;
};

static void past_add(struct past *past, struct message *message)
{
	if (past->count == past->size) {
		past->size = past->size ? 2 * past->size : 64;
		past->messages = must(realloc(
			past->messages, past->size * sizeof past->messages[0]));
	}
	past->messages[past->count++] = message;
	broker.last_number = message->number;
}

static struct message *past_find(const struct past *past, json_int_t number)
{
	size_t low = 0;
	size_t high = past->count;
	size_t middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (past->messages[middle]->number <= number)
			low = middle;
		else
			high = middle;
	}
	return past->messages[low];
}

static void replay_message(struct past *past, json_t *fields)
{
	const char *queue;
	const char *mid;
	const char *body;
	json_t *deaths;
	json_int_t number;
	json_int_t since;
	json_int_t count;
	struct message *message;

	(void)json_unpack(fields, "[s, I, s, s, s, o, I, I]", &queue, &number,
			  &queue, &mid, &body, &deaths, &since, &count);
	message = message_new(queue_find(queue), number, mid, body, deaths);
	message->since = since;
	message->count = count;
	past_add(past, message);
}

static void replay_moved(struct past *past, json_t *fields)
{
	const char *queue;
	json_t *deaths;
	json_int_t old_number;
	json_int_t number;
	json_int_t since;
	struct message *old;
	struct message *message;

	(void)json_unpack(fields, "[s, I, I, s, o, I]", &queue, &old_number,
			  &number, &queue, &deaths, &since);
	old = past_find(past, old_number);
	message = message_new(queue_find(queue), number, old->mid, old->body,
			      deaths);
	message->since = since;
	past_add(past, message);
	old->queue = NULL;
}

static void replay(struct past *past, json_t *fields)
{
	const char *kind = json_string_value(json_array_get(fields, 0));
	json_int_t number = json_integer_value(json_array_get(fields, 1));

	if (strcmp(kind, "queue") == 0)
		queue_add(json_array_get(fields, 1));
	else if (strcmp(kind, "message") == 0)
		replay_message(past, fields);
	else if (strcmp(kind, "moved") == 0)
		replay_moved(past, fields);
	else if (strcmp(kind, "delivered") == 0)
		past_find(past, number)->count++;
	else if (strcmp(kind, "gone") == 0)
		past_find(past, number)->queue = NULL;
	else if (strcmp(kind, "time") == 0)
		broker.now = number;
}

/* Only a kill in the middle of a write leaves a line without an end, and what
 * it was about has not been promised: such a line is left out. */
static void journal_read(struct past *past)
{
	FILE *file = fopen(JOURNAL, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	json_t *fields;

	if (!file) {
		if (errno != ENOENT)
			die_of(JOURNAL);
		return;
	}
	while ((length = getline(&line, &size, file)) > 0 &&
	       line[length - 1] == '\n') {
		fields = must(json_loadb(line, (size_t)length, 0, NULL));
		replay(past, fields);
		json_decref(fields);
	}
	free(line);
	(void)fclose(file);
}

static json_t *queue_record(const struct queue *queue)
{
	json_t *line = json_pack("{s:s}", "q", queue->name);

	if (queue->max_len >= 0)
		json_object_set_new(line, "max_len",
				    json_integer(queue->max_len));
	if (queue->ttl >= 0)
		json_object_set_new(line, "ttl", json_integer(queue->ttl));
	if (queue->limit >= 0)
		json_object_set_new(line, "limit", json_integer(queue->limit));
	if (queue->reject_publish)
		json_object_set_new(line, "overflow",
				    json_string("reject-publish"));
	if (queue->dlq)
		json_object_set_new(line, "dlq", json_string(queue->dlq));
	return json_pack("[s, o]", "queue", line);
}

static void journal_sync(int fd)
{
	if (fdatasync(fd) < 0)
		die_of("fdatasync");
}

/* Replace the journal by what is there now: nothing of what is over remains. */
static void journal_rewrite(const struct past *past)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	const struct queue *queue;
	size_t i;
	int folder;

	record(json_pack("[s, I]", "time", broker.now));
	for (queue = broker.queues; queue; queue = queue->next)
		record(queue_record(queue));
	for (i = 0; i < past->count; i++)
		if (past->messages[i]->queue)
			record(message_record(past->messages[i]));
	broker.journal_fd = open(JOURNAL_FRESH, flags, 0600);
	if (broker.journal_fd < 0)
		die_of(JOURNAL_FRESH);
	buffer_write(&broker.journal, broker.journal_fd);
	journal_sync(broker.journal_fd);
	folder = open("state", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rename(JOURNAL_FRESH, JOURNAL) < 0 || folder < 0 ||
	    fsync(folder) < 0)
		die_of(JOURNAL);
	close(folder);
}

static void recover(void)
{
	struct past past = { 0 };
	size_t i;

	journal_read(&past);
	journal_rewrite(&past);
	/* No consumer has survived: all that was delivered comes back. */
	for (i = 0; i < past.count; i++) {
		if (past.messages[i]->queue)
			settle_requeue(past.messages[i]);
		else
			message_free(past.messages[i]);
	}
	free(past.messages);
	touch_all();
	settle();
}

static void flush(void)
{
	buffer_write(&broker.journal, broker.journal_fd);
	if (broker.promises)
		journal_sync(broker.journal_fd);
	broker.promises = false;
	buffer_write(&broker.output, STDOUT_FILENO);
}

/* Handle the whole lines of @input and leave the rest. */
static void handle_lines(struct buffer *input)
{
	char *start = input->data;
	char *end = input->data + input->length;
	char *line_end;

	while ((line_end = memchr(start, '\n', (size_t)(end - start)))) {
		handle(start, (size_t)(line_end - start));
		start = line_end + 1;
	}
	input->length = (size_t)(end - start);
	memmove(input->data, start, input->length);
}

int main(void)
{
	static char chunk[READ_SIZE];
	struct buffer input = { 0 };
	ssize_t length;

	recover();
	while ((length = read(STDIN_FILENO, chunk, sizeof chunk)) != 0) {
		if (length < 0 && errno != EINTR)
			die_of("read");
		if (length < 0)
			continue;
		buffer_add(&input, chunk, (size_t)length);
		handle_lines(&input);
		flush();
	}
	free(input.data);
	return 0;
}
