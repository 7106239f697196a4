/*
 * schedule.c - see schedule.h
 *
 *	explorer-trace 1
 *	scenario NAME
 *	seed ... program ... result ...     each a word and its value
 *	segments N                          N lines: THREAD OPERATIONS [WORD]
 *	choices N                           N lines: THREAD OPERATION VALUE
 *	end
 */
#include "schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/explore.h>
#include <assay/judge.h>

#include "fdio.h"
#include "report_member.h"
#include "text.h"

#define FIRST_LINE "explorer-trace 1"
#define LINE_MAX_BYTES 160
#define NAME_CHARACTERS              \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

void schedule_release(struct schedule *schedule)
{
	free(schedule->text);
	*schedule = (struct schedule){ 0 };
}

bool schedule_name_ok(const char *name)
{
	size_t length = strlen(name);

	return *name && *name != '.' && length < SCENARIO_NAME_MAX &&
	       strspn(name, NAME_CHARACTERS) == length;
}

/* ---- parsing ---- */

struct lines {
	const char *rest;
	unsigned number; /* of the line in ->line */
	char line[LINE_MAX_BYTES];
	struct error *err;
};

static int wrong(const struct lines *lines, const char *expected)
{
	return error_set(lines->err, EINVAL, "line %u: expected %s",
			 lines->number, expected);
}

static int next_line(struct lines *lines)
{
	size_t size = strcspn(lines->rest, "\n");

	lines->number++;
	if (lines->rest[size] != '\n' || size >= sizeof lines->line)
		return wrong(lines, "a line that ends");
	memcpy(lines->line, lines->rest, size);
	lines->line[size] = '\0';
	lines->rest += size + 1;
	return 0;
}

/* The value behind @word, which the line has to start with. */
static const char *value_of(const struct lines *lines, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(lines->line, word, length) != 0 ||
	    lines->line[length] != ' ')
		return NULL;
	return lines->line + length + 1;
}

/* A plain number at *at, which goes behind it. */
static bool take_number(const char **at, uint64_t max, uint64_t *ret)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*ret = strtoull(*at, &end, 10);
	*at = end;
	return errno == 0 && *ret <= max;
}

static int take_count(struct lines *lines, const char *word, uint64_t max,
		      uint64_t *ret)
{
	const char *at = value_of(lines, word);

	if (!at || !take_number(&at, max, ret) || *at)
		return wrong(lines, word);
	return 0;
}

static int take_segment(struct lines *lines, uint64_t *steps)
{
	const char *at = lines->line;
	uint64_t thread, operations;

	if (!take_number(&at, EXPLORE_THREADS_MAX - 1, &thread) ||
	    *at++ != ' ' || !take_number(&at, UINT32_MAX, &operations) ||
	    (*at && *at != ' '))
		return wrong(lines, "a thread and its operations");
	*steps += operations;
	return 0;
}

static int take_choice(struct lines *lines)
{
	const char *at = lines->line;
	uint64_t thread, operation, value;

	if (!take_number(&at, EXPLORE_THREADS_MAX - 1, &thread) ||
	    *at++ != ' ' || !take_number(&at, UINT32_MAX, &operation) ||
	    *at++ != ' ' || !take_number(&at, UINT16_MAX, &value) || *at)
		return wrong(lines, "a thread, its operation and a number");
	return 0;
}

/* The lines with one word and its value, up to "segments N". */
static int take_head(struct lines *lines, struct schedule *schedule,
		     uint64_t *segments)
{
	const char *name;
	int r = next_line(lines);

	if (r < 0 || strcmp(lines->line, FIRST_LINE) != 0)
		return wrong(lines, "\"" FIRST_LINE "\"");
	r = next_line(lines);
	if (r < 0)
		return r;
	name = value_of(lines, "scenario");
	if (!name || !schedule_name_ok(name))
		return wrong(lines, "\"scenario\" and its name");
	(void)snprintf(schedule->scenario, sizeof schedule->scenario, "%s",
		       name);
	do {
		r = next_line(lines);
	} while (r == 0 && !value_of(lines, "segments"));
	return r < 0 ? r
		     : take_count(lines, "segments", EXPLORE_SEGMENTS_MAX,
				  segments);
}

static int take_all(struct lines *lines, struct schedule *schedule)
{
	uint64_t segments = 0, choices = 0, i;
	int r = take_head(lines, schedule, &segments);

	for (i = 0; i < segments && r == 0; i++) {
		r = next_line(lines);
		if (r == 0)
			r = take_segment(lines, &schedule->steps);
	}
	if (r == 0)
		r = next_line(lines);
	if (r == 0)
		r = take_count(lines, "choices", EXPLORE_CHOICES_MAX, &choices);
	for (i = 0; i < choices && r == 0; i++) {
		r = next_line(lines);
		if (r == 0)
			r = take_choice(lines);
	}
	if (r == 0)
		r = next_line(lines);
	if (r == 0 && (strcmp(lines->line, "end") != 0 || *lines->rest))
		r = wrong(lines, "\"end\", and nothing behind it");
	return r;
}

int schedule_parse(const char *text, size_t size, struct schedule *ret,
		   struct error *err)
{
	struct schedule schedule = { 0 };
	struct lines lines = { .err = err };
	int r;

	if (size > SCHEDULE_BYTES_MAX)
		return error_set(err, EINVAL, "longer than any schedule");
	if (memchr(text, '\0', size))
		return error_set(err, EINVAL, "not a text");
	schedule.text = text_format("%.*s", (int)size, text);
	lines.rest = schedule.text;
	r = take_all(&lines, &schedule);
	if (r < 0)
		schedule_release(&schedule);
	else
		*ret = schedule;
	return r;
}

int schedule_read(const char *path, struct schedule *ret, struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	struct stat status;
	size_t size = 0;
	int r;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(err, errno, "%s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s: not a file", path);
	if (status.st_size > (off_t)SCHEDULE_BYTES_MAX)
		return error_set(err, EINVAL, "%s: longer than any schedule",
				 path);
	text = fd_read_all(fd, &size);
	if (!text)
		return error_errno(err, errno, "%s", path);
	r = schedule_parse(text, size, ret, err);
	return r < 0 ? error_wrap(err, "%s", path) : 0;
}

/* ---- finding ---- */

static int join(const json_t *lines, struct schedule *ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	size_t size, i;
	json_t *line;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	json_array_foreach (lines, i, line)
		(void)fprintf(out, "%s\n",
			      json_string_value(line) ? json_string_value(line)
						      : "");
	text_stream_close(out, &text);
	return schedule_parse(text, strlen(text), ret, err);
}

int schedule_find(const json_t *traces, struct schedule *ret, struct error *err)
{
	json_t *trace;
	size_t i;

	json_array_foreach (traces, i, trace)
		if (report_is(trace, "title", ASSAY_JUDGE_SCHEDULE))
			return join(json_object_get(trace, "lines"), ret, err);
	return error_set(err, ENOENT, "no schedule was written down");
}
