/* broker.c - a message broker: JSON lines on standard input and output. See
 * README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

int main(void)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&text, &size, stdin)) > 0) {
		json_t *line = json_loadb(text, (size_t)length, 0, NULL);
		const char *op = json_string_value(json_object_get(line, "op"));

		if (op && strcmp(op, "sync") == 0) {
			printf("{\"op\":\"synced\",\"n\":%" JSON_INTEGER_FORMAT
			       "}\n",
			       json_integer_value(json_object_get(line, "n")));
			fflush(stdout);
		}
		json_decref(line);
	}
	free(text);
	return 0;
}
