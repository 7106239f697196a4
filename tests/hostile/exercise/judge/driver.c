/* driver.c - makes the calls of counter.h that the judge asks for */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include <assay/judge.h>

#include "counter.h"
#include "driver.h"
#include "history.h"
#include "protocol.h"

static struct counter *counter;
static struct history_writer history;

static int64_t call(const struct command *command)
{
	if (command->action == ACTION_GET)
		return counter_get(counter);
	counter_add(counter, (long)command->value);
	return 0;
}

static int64_t record(const struct command *command)
{
	const struct history_record entry = {
		.argument = (uint64_t)command->value,
		.kind = command->action,
	};
	struct history_record *written = history_invoke(&history, 0, &entry);
	int64_t value;

	if (!written)
		_exit(3);
	value = call(command);
	history_complete(written, 0, (uint64_t)value);
	return value;
}

static void *add_often(void *argument)
{
	const struct command *command = argument;
	uint32_t i;

	for (i = 0; i < command->count; i++)
		counter_add(counter, (long)command->value);
	return NULL;
}

static int64_t together(struct command *command)
{
	pthread_t threads[2];
	int i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, add_often, command) != 0)
			_exit(3);
	for (i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	return 0;
}

int main(void)
{
	struct command command;
	struct reply reply;

	(void)history_map(ASSAY_DRIVER_HISTORY_FD, &history);
	while (driver_receive(&command, sizeof command)) {
		reply.value = 0;
		switch (command.action) {
		case ACTION_NEW:
			counter = counter_new();
			reply.value = counter != NULL;
			break;
		case ACTION_ADD:
		case ACTION_GET:
			reply.value = record(&command);
			break;
		case ACTION_TOGETHER:
			reply.value = together(&command);
			break;
		default:
			return 0;
		}
		(void)driver_send(&reply, sizeof reply);
	}
	_exit(0);
}
