/*
 * scenes.h - the scenes of each category
 *
 * @number chooses which of the category's kinds of scene it is, so that all of
 * them come in turn; the seed fills in the rest. In each, the only host that is
 * right lies among others that are wrong for one reason, or what is asked for
 * only just fits, or not: a rule that is not kept, or kept too well, shows.
 */
#ifndef SCHEDULER_SCENES_H
#define SCHEDULER_SCENES_H

#include "scene.h"

typedef void scene_maker(struct scene *scene, struct random *random,
			 unsigned number);

scene_maker make_filters;
scene_maker make_capacity;
scene_maker make_numa;

scene_maker make_conflicts;
scene_maker make_all_or_nothing;
scene_maker make_groups;

scene_maker make_retries;
scene_maker make_moves;

#endif
