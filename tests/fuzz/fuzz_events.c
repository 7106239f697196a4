/*
 * fuzz_events.c - the harness's JSON lines, as a judge takes them in
 *
 * Every line is told once, and after them the end of the file, unless one does
 * not fit.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events.h"

static size_t count_lines(const uint8_t *data, size_t size)
{
	size_t lines = 0;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct events events;
	AUTO_CLOSE int fd = fuzz_file(data, size);
	size_t lines = 0, most = 2 * size + 2;
	struct error err = { 0 };
	json_t *line = NULL;
	int rc;

	events_init(&events, fd);
	do {
		memset(&err, 0, sizeof err);
		rc = events_next(&events, &line, &err);
		if (rc == 1) {
			fuzz_check_json(line);
			json_decref(line);
		} else if (rc < 0) {
			CHECK(err.code == -rc && *err.text);
		}
		if (rc == -EPROTO && events.used == sizeof events.buffer &&
		    !memchr(events.buffer, '\n', events.used))
			return 0;
		lines += rc == 1 || rc == -EPROTO;
		CHECK(most-- > 0);
	} while (rc != -EPIPE);
	CHECK(lines == count_lines(data, size));
	return 0;
}
