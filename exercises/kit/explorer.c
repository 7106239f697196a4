/* explorer.c - see explorer.h */
#define _GNU_SOURCE /* MSG_TRUNC, ppoll */
#include "explorer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define MS UINT64_C(1000000) /* in nanoseconds */

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 * MS + (uint64_t)now.tv_nsec;
}

/* ---- a channel that is a socket ---- */

static int socket_send(void *data, const void *message, size_t size)
{
	const int *fd = data;
	ssize_t sent;

	/* Blocks until there is room. Only a program that does not read could
	 * make that long, and one command at a time always finds room. */
	do
		sent = send(*fd, message, size, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

static int wait_readable(int fd, uint64_t until_ns)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	uint64_t now = now_ns();
	uint64_t left_ns = until_ns > now ? until_ns - now : 0;
	struct timespec left = {
		.tv_sec = (time_t)(left_ns / (1000 * MS)),
		.tv_nsec = (long)(left_ns % (1000 * MS)),
	};
	int count = ppoll(&ready, 1, &left, NULL);

	if (count < 0 && errno != EINTR)
		return -errno;
	return count == 0 ? -ETIMEDOUT : 0;
}

static int socket_receive(void *data, void *message, size_t size,
			  uint64_t until_ns)
{
	const int *fd = data;
	ssize_t got;
	int r;

	for (;;) {
		got = recv(*fd, message, size, MSG_DONTWAIT | MSG_TRUNC);
		if (got == 0 || (got < 0 && errno == ECONNRESET))
			return -EPIPE;
		if (got > 0)
			return (size_t)got == size ? 0 : -EBADMSG;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		r = wait_readable(*fd, until_ns);
		if (r < 0)
			return r;
	}
}

struct explorer_channel explorer_channel_of(int *fd)
{
	return (struct explorer_channel){
		.send = socket_send,
		.receive = socket_receive,
		.data = fd,
	};
}

void explorer_init(struct explorer *explorer, struct explorer_channel channel,
		   int memory_fd, size_t memory_bytes)
{
	*explorer = (struct explorer){
		.channel = channel,
		.memory_fd = memory_fd,
		.memory_bytes = memory_bytes,
		.patience_ms = EXPLORER_PATIENCE_MS,
	};
}

/* ---- asking ---- */

/* The command and what follows it, in one message; the caller frees it. */
static void *make_message(const struct explore_command *command,
			  const struct explorer_steps *steps, size_t *size)
{
	size_t segments = command->segments * sizeof *steps->segments;
	size_t choices = command->choices * sizeof *steps->choices;
	unsigned char *message;

	*size = sizeof *command + segments + choices;
	message = malloc(*size);
	if (!message)
		return NULL;
	memcpy(message, command, sizeof *command);
	if (segments)
		memcpy(message + sizeof *command, steps->segments, segments);
	if (choices)
		memcpy(message + sizeof *command + segments, steps->choices,
		       choices);
	return message;
}

static int send_command(struct explorer *explorer,
			const struct explore_command *command,
			const struct explorer_steps *steps, struct error *err)
{
	AUTO_FREE void *message = NULL;
	size_t size;
	int r;

	message = make_message(command, steps, &size);
	if (!message)
		return error_set(err, ENOMEM, "out of memory");
	if (size > EXPLORE_MESSAGE_MAX)
		return error_set(err, E2BIG,
				 "a replay of %u segments is too"
				 " long for a message",
				 command->segments);
	r = explorer->channel.send(explorer->channel.data, message, size);
	if (r < 0)
		return error_errno(err, -r, "the program takes no commands");
	return 0;
}

static int receive_reply(struct explorer *explorer, struct explore_reply *ret,
			 struct error *err)
{
	uint64_t until_ns = now_ns() + explorer->patience_ms * MS;
	int r = explorer->channel.receive(explorer->channel.data, ret,
					  sizeof *ret, until_ns);

	if (r == -EPIPE)
		return error_set(err, EPIPE, "the program has ended");
	if (r == -EBADMSG)
		return error_set(err, EBADMSG, "a reply of another size");
	if (r == -ETIMEDOUT)
		return error_set(err, ETIMEDOUT, "no reply came in %llu ms",
				 (unsigned long long)explorer->patience_ms);
	return r < 0 ? error_errno(err, -r, "channel") : 0;
}

/* Nothing is looked at where the candidate can still change it. */
static int copy(const struct explorer *explorer, size_t bytes, void **ret,
		struct error *err)
{
	AUTO_FREE unsigned char *memory = malloc(bytes ? bytes : 1);
	size_t done = 0;
	ssize_t got;

	if (!memory)
		return error_set(err, ENOMEM, "out of memory");
	while (done < bytes) {
		got = pread(explorer->memory_fd, memory + done, bytes - done,
			    (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, errno, "shared memory");
		if (got == 0)
			return error_set(err, ENODATA,
					 "shared memory: shorter than it was");
		done += (size_t)got;
	}
	*ret = TAKE_PTR(memory);
	return 0;
}

static int draw_nonce(uint64_t *ret, struct error *err)
{
	if (getrandom(ret, sizeof *ret, 0) != (ssize_t)sizeof *ret)
		return error_errno(err, errno, "getrandom");
	return 0;
}

int explorer_ask(struct explorer *explorer,
		 const struct explore_command *command,
		 const struct explorer_steps *steps,
		 struct explorer_answer *ret, struct error *err)
{
	static const struct explorer_steps none;
	struct explorer_answer answer = { 0 };
	struct explore_command sent = *command;
	AUTO_FREE void *memory = NULL;
	int r;

	if (steps)
		sent.seed = steps->seed;
	else
		steps = &none;
	sent.segments = steps->segment_count;
	sent.choices = steps->choice_count;
	r = draw_nonce(&sent.nonce, err);
	if (r < 0)
		return r;
	r = send_command(explorer, &sent, steps, err);
	if (r < 0)
		return r;
	r = receive_reply(explorer, &answer.reply, err);
	if (r < 0)
		return r;
	if (answer.reply.bytes > explorer->memory_bytes)
		return error_set(err, EBADMSG,
				 "more entries than the memory has room for");
	r = copy(explorer, (size_t)answer.reply.bytes, &memory, err);
	if (r < 0)
		return r;
	r = explorer_answer_parse(&sent, memory, (size_t)answer.reply.bytes,
				  &answer, err);
	if (r < 0)
		return r;
	*ret = answer;
	return 0;
}

static struct explore_command command_of(const char *scenario, uint32_t flags,
					 uint32_t steps_max)
{
	struct explore_command command = {
		.flags = flags,
		.steps_max = steps_max,
	};

	(void)snprintf(command.scenario, sizeof command.scenario, "%s",
		       scenario);
	return command;
}

struct explore_command explorer_search(const char *scenario, uint32_t flags,
				       uint32_t steps_max)
{
	struct explore_command command = command_of(scenario, flags, steps_max);

	command.action = EXPLORE_SEARCH;
	command.strategy = EXPLORE_PORTFOLIO;
	command.schedules = 1;
	return command;
}

int explorer_replay(struct explorer *explorer, const char *scenario,
		    uint32_t flags, uint32_t steps_max,
		    const struct explorer_steps *steps,
		    struct explorer_run *ret, struct error *err)
{
	struct explore_command command = command_of(scenario, flags, steps_max);
	struct explorer_answer answer = { 0 };
	int r;

	command.action = EXPLORE_REPLAY;
	command.strategy = EXPLORE_REPLAYED;
	command.schedules = 1;
	r = explorer_ask(explorer, &command, steps, &answer, err);
	if (r < 0)
		return r;
	*ret = answer.runs[0];
	answer.runs[0] = (struct explorer_run){ 0 };
	explorer_answer_release(&answer);
	return 0;
}
