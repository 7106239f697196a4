/* run.c - see run.h */
#include "run.h"

#include <stdlib.h>
#include <string.h>

void run_send(struct dialogue *dialogue, const struct step *step)
{
	char *text = step_text(step);

	dialogue_send_text(dialogue, text, strlen(text));
	free(text);
}

struct event run_next(struct dialogue *dialogue, const char *doing)
{
	return event_read(dialogue, dialogue_next(dialogue, doing));
}

void run_begin(struct run *run, struct judge *judge, struct dialogue *dialogue)
{
	*run = (struct run){ .judge = judge, .dialogue = dialogue };
	run->check = malloc(sizeof *run->check);
	if (!run->check)
		judge_broken("out of memory");
	check_init(run->check);
}

void run_end(struct run *run)
{
	check_release(run->check);
	free(run->check);
	events_clear(&run->events);
	free(run->events.list);
}

/* All lines up to the synced. */
static void read_burst(struct run *run)
{
	struct event event;

	do {
		event = run_next(run->dialogue, "a sync waits for its answer");
		events_add(&run->events, event);
	} while (event.kind != EVENT_SYNCED);
	if (event.number != (json_int_t)run->syncs)
		dialogue_fail(run->dialogue,
			      "synced %" JSON_INTEGER_FORMAT
			      " came, expected %u",
			      event.number, run->syncs);
}

/* All that was written before a kill and had not been asked for. */
static void read_left(struct run *run)
{
	json_t *line;

	while ((line = dialogue_left(run->dialogue)))
		events_add(&run->events, event_read(run->dialogue, line));
}

static void talk(struct run *run, const struct step *steps, size_t count)
{
	struct step sync = { .op = STEP_SYNC, .number = ++run->syncs };
	size_t i;

	for (i = 0; i < count; i++)
		run_send(run->dialogue, &steps[i]);
	run_send(run->dialogue, &sync);
	read_burst(run);
}

void run_burst(struct run *run, const struct step *steps, size_t count)
{
	events_clear(&run->events);
	if (count > 0 && steps[0].op == STEP_KILL) {
		dialogue_kill(run->dialogue);
		read_left(run);
		dialogue_restart(run->dialogue, true);
	} else {
		talk(run, steps, count);
	}
	if (!check_burst(run->check, steps, count, &run->events))
		dialogue_fail(run->dialogue, "%s", run->check->finding);
}
