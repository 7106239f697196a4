/* machine.c - the life of virtual machines. See README.md and actions.h. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "actions.h"

int main(void)
{
	char *input = NULL;
	size_t size = 0;
	json_t *line;

	while (getline(&input, &size, stdin) > 0) {
		line = json_loads(input, 0, NULL);
		/* Here it is up to you. */
		json_decref(line);
	}
	free(input);
	return 0;
}
