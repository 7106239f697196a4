/*
 * standalone.c - see standalone.h
 *
 * Runs before the snapshot and after the schedule, as an ordinary program. Of
 * a trace (exercises/kit/explorer_trace.h) it reads what a replay needs; the
 * supervisor is who checks traces.
 */
#include "standalone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime.h"

#define STEPS_MAX 1000000 /* where the trace names none */
#define LINE_MAX_BYTES 256

static bool complain(const char *what, const char *which)
{
	(void)fprintf(stderr, "explore: %s: %s\n", which, what);
	return false;
}

static bool read_segment(const char *line)
{
	struct explore_segment *segment =
		&rt->given_segment[rt->given_segments++];
	unsigned thread, ops;
	char word[16] = "";

	if (sscanf(line, "%u %u %15s", &thread, &ops, word) < 2 ||
	    thread >= THREADS)
		return false;
	segment->thread = (uint16_t)thread;
	segment->ops = ops;
	if (strcmp(word, "timeout") == 0)
		segment->flags = EXPLORE_TIMED_OUT;
	else if (strcmp(word, "woken") == 0)
		segment->flags = EXPLORE_WOKEN;
	return true;
}

static bool read_choice(const char *line)
{
	struct explore_choice *choice = &rt->given_choice[rt->given_choices++];
	unsigned thread, op, value;

	if (sscanf(line, "%u %u %u", &thread, &op, &value) != 3)
		return false;
	choice->thread = (uint16_t)thread;
	choice->op = op;
	choice->value = (uint16_t)value;
	return true;
}

static void read_flags(const char *line)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} names[] = {
		{ "races", EXPLORE_RACES },
		{ "stale", EXPLORE_STALE },
		{ "spurious", EXPLORE_SPURIOUS },
		{ "early", EXPLORE_EARLY },
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strstr(line, names[i].name))
			rt->command.flags |= names[i].flag;
}

/* The list that a line announces: "segments N", "choices N". */
static bool read_list(FILE *file, unsigned count, unsigned max,
		      bool (*read)(const char *))
{
	char line[LINE_MAX_BYTES];
	unsigned i;

	for (i = 0; i < count && i < max; i++)
		if (!fgets(line, sizeof line, file) || !read(line))
			return false;
	return count <= max;
}

static bool read_line(FILE *file, const char *line)
{
	struct explore_command *command = &rt->command;
	unsigned count;

	if (sscanf(line, "segments %u", &count) == 1)
		return read_list(file, count, EXPLORE_SEGMENTS_MAX,
				 read_segment);
	if (sscanf(line, "choices %u", &count) == 1)
		return read_list(file, count, EXPLORE_CHOICES_MAX, read_choice);
	if (strncmp(line, "scenario ", 9) == 0)
		return sscanf(line, "scenario %63s", command->scenario) == 1;
	if (strncmp(line, "steps-max ", 10) == 0)
		return sscanf(line, "steps-max %u", &command->steps_max) == 1;
	if (strncmp(line, "flags ", 6) == 0)
		read_flags(line);
	return true;
}

static bool read_trace(const char *path)
{
	char line[LINE_MAX_BYTES];
	bool ok = true;
	FILE *file = fopen(path, "re");

	if (!file)
		return complain("cannot be read", path);
	while (ok && fgets(line, sizeof line, file))
		ok = read_line(file, line);
	(void)fclose(file);
	return ok ? true : complain("is no trace", path);
}

bool standalone_read(int argc, char **argv)
{
	const char *path = NULL;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--replay") == 0)
			path = argv[i + 1];
		else if (strcmp(argv[i], "--stop") == 0)
			rt->stop_step = (uint32_t)strtoul(argv[i + 1], NULL,
							  10);
		else
			return complain("unknown option", argv[i]);
	}
	if (!path || i < argc)
		return complain("usage: --replay TRACE [--stop STEP]", argv[0]);
	rt->command.steps_max = STEPS_MAX;
	return read_trace(path);
}

int standalone_run(const struct scenario *scenario)
{
	const char *name;

	if (!scenario) {
		(void)complain("no such scenario", rt->command.scenario);
		return 2;
	}
	rt->scenario = scenario;
	rt->replaying = true;
	core_run();
	name = explore_outcome_name(rt->outcome);
	(void)printf("%s after %u steps%s%s\n", name, rt->steps,
		     rt->finding.text[0] ? ": " : "", rt->finding.text);
	(void)fflush(stdout);
	return rt->outcome != EXPLORE_PASSED;
}
