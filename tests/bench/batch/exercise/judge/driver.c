/* driver.c - numbers from a seed, sorted by the submission */
#include <stdlib.h>
#include <unistd.h>

#include "driver.h"
#include "protocol.h"
#include "sort.h"

static uint32_t sorted(const struct command *command)
{
	unsigned *numbers = calloc(command->count, sizeof *numbers);
	uint32_t state = command->seed, sum = 0, i;

	if (!numbers)
		_exit(3);
	for (i = 0; i < command->count; i++)
		numbers[i] = next_number(&state);
	sort_numbers(numbers, command->count);
	for (i = 0; i < command->count; i++)
		sum = mix(sum, numbers[i]);
	free(numbers);
	return sum;
}

int main(void)
{
	struct command command;
	struct reply reply;

	while (driver_receive(&command, sizeof command) && command.count) {
		reply.sum = sorted(&command);
		(void)driver_send(&reply, sizeof reply);
	}
	return 0;
}
