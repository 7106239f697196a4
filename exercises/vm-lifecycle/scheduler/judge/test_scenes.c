/*
 * test_scenes.c - scenes of one category, one after the other
 *
 * Hosts and events of all scenes are the items that dialogue_play() leaves out
 * until what fails is small.
 */
#include <stdlib.h>
#include <string.h>

#include "play.h"
#include "scenes.h"
#include "tests.h"

#define REHEARSALS 80

static const struct category {
	const char *name;
	scene_maker *make;
	const char *property;
} categories[] = {
	{ "filters", make_filters,
	  "a VM only ever goes to a host that is up and has all that the"
	  " request asks for" },
	{ "capacity", make_capacity,
	  "(total - reserved) * ratio is never exceeded, and min, max and step"
	  " are kept" },
	{ "conflicts", make_conflicts,
	  "a generation conflict is tried again on that host, a capacity"
	  " conflict on another one" },
	{ "all-or-nothing", make_all_or_nothing,
	  "all VMs of a request are placed, or nothing of it is left" },
	{ "groups", make_groups,
	  "the rule of a group holds at every moment, whoever placed its"
	  " members" },
	{ "retries", make_retries,
	  "a build that failed goes on with the alternates, and with nothing"
	  " else" },
	{ "moves", make_moves,
	  "a move holds the source until it is confirmed or reverted" },
	{ "numa", make_numa,
	  "each part of a pinned VM has a node of its own with room for it" },
};

/* What can be left out: a host or an event of a scene. */
struct item {
	unsigned scene;
	bool *left_out;
};

struct script {
	struct scene *scenes;
	unsigned scene_count;
	struct item *items;
	size_t item_count;
};

static void *zeroed(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		judge_broken("out of memory");
	return memory;
}

static void write_script(struct script *script, unsigned count,
			 scene_maker *make, uint64_t seed)
{
	unsigned i;
	unsigned j;

	script->scenes = zeroed(count, sizeof *script->scenes);
	script->scene_count = count;
	script->items = zeroed((size_t)count *
			       (SCENE_HOSTS_MAX + SCENE_EVENTS_MAX),
			       sizeof *script->items);
	for (i = 0; i < count; i++) {
		struct scene *scene = &script->scenes[i];
		struct random random = random_from(seed + i);

		make(scene, &random, i);
		for (j = 0; j < scene->host_count; j++)
			script->items[script->item_count++] = (struct item){
				i, &scene->host_left_out[j] };
		for (j = 0; j < scene->event_count; j++)
			script->items[script->item_count++] = (struct item){
				i, &scene->events[j].left_out };
	}
}

static void play_cb(struct dialogue *dialogue, void *data, const size_t *items,
		    size_t count)
{
	const struct script *script = data;
	size_t i;

	for (i = 0; i < script->item_count; i++)
		*script->items[i].left_out = true;
	for (i = 0; i < count; i++)
		*script->items[items[i]].left_out = false;
	for (i = 0; i < count; i++)
		if (i == 0 || script->items[items[i]].scene !=
			      script->items[items[i - 1]].scene)
			play_scene(&script->scenes
					    [script->items[items[i]].scene],
				   dialogue);
}

void test_scenes(struct judge *judge)
{
	const char *name = judge_param_text(judge, "category");
	struct dialogue *dialogue;
	struct script script = { 0 };
	size_t i = 0;

	while (strcmp(name, categories[i].name) != 0)
		if (++i == sizeof categories / sizeof categories[0])
			judge_broken("no category \"%s\"", name);
	judge_property(judge, categories[i].property);
	write_script(&script, (unsigned)judge_param(judge, "scenes"),
		     categories[i].make, judge_seed(judge));
	dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	dialogue_play(dialogue, script.item_count, REHEARSALS, play_cb,
		      &script);
	dialogue_finish(dialogue);
	free(script.items);
	free(script.scenes);
	judge_pass(judge, 1.0);
}
