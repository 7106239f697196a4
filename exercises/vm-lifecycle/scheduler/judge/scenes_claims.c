/*
 * scenes_claims.c - scenes about claims that are refused: conflicts, all or
 * nothing, groups
 */
#include "scenes.h"

/* ---- conflicts ---- */

/* One host: it is worth coming back to it, three times. */
static void comes_back(struct scene *scene, struct random *random,
		       struct spec spec)
{
	unsigned times = random_between(random, 1, 3);
	struct event *event;
	unsigned i;

	scene_hosts(scene, 1, &spec.res, 4);
	event = scene_request(scene, 1, spec);
	for (i = 1; i <= times; i++)
		scene_rival(event, i, random_below(random, 2) ? RIVAL_BUMPS :
								RIVAL_NIBBLES);
	(void)scene_request(scene, 1, spec);
}

/* A fourth time it is not, while there is another. */
static void leaves_hot_host(struct scene *scene, struct spec spec,
			    unsigned hosts)
{
	struct event *event;
	unsigned i;

	scene_hosts(scene, hosts, &spec.res, 3);
	event = scene_request(scene, 1, spec);
	for (i = 1; i <= 4; i++)
		scene_rival(event, i, RIVAL_BUMPS);
	(void)scene_request(scene, 1, spec);
}

/* A host that is full, now or only just then, is out; for this job. */
static void goes_on(struct scene *scene, struct random *random,
		    struct spec spec, unsigned hosts)
{
	struct event *event;

	scene_hosts(scene, hosts, &spec.res, random_between(random, 2, 3));
	event = scene_request(scene, 1, spec);
	scene_rival(event, 1, RIVAL_FLEETS);
	(void)scene_request(scene, 1, spec);
	event = scene_request(scene, 1, spec);
	scene_rival(event, 1, RIVAL_FILLS);
	(void)scene_request(scene, 1, spec);
}

/* It is out for the other VMs of the request as well. */
static void out_for_all(struct scene *scene, struct random *random,
			struct spec spec)
{
	unsigned count = random_between(random, 2, 3);
	struct event *event;

	scene_hosts(scene, count + 1, &spec.res, 1);
	event = scene_request(scene, count, spec);
	scene_rival(event, 1, RIVAL_FLEETS);
	(void)scene_request(scene, 1, spec);
}

static void many_rivals(struct scene *scene, struct random *random,
			struct spec spec)
{
	struct event *event;
	unsigned i;
	unsigned j;

	scene_hosts(scene, random_between(random, 3, 6), &spec.res, 3);
	for (i = 0; i < 4; i++) {
		event = scene_request(scene, random_between(random, 1, 2),
				      spec);
		for (j = 1; j <= 6; j++)
			if (random_below(random, 3))
				scene_rival(event, j, (enum rival_deed)
						random_below(random, 4));
	}
}

void make_conflicts(struct scene *scene, struct random *random,
		    unsigned number)
{
	struct spec spec = scene_spec();

	switch (number % 7) {
	case 0:
		comes_back(scene, random, spec);
		break;
	case 1:
		leaves_hot_host(scene, spec, 1);
		break;
	case 2:
		leaves_hot_host(scene, spec, 2);
		break;
	case 3:
		goes_on(scene, random, spec, 1);
		break;
	case 4:
		goes_on(scene, random, spec, random_between(random, 2, 4));
		break;
	case 5:
		out_for_all(scene, random, spec);
		break;
	default:
		many_rivals(scene, random, spec);
		break;
	}
	scene_shuffle(scene, random);
}

/* ---- all or nothing ---- */

void make_all_or_nothing(struct scene *scene, struct random *random,
			 unsigned number)
{
	struct spec spec = scene_spec();
	unsigned hosts = random_between(random, 2, 4);
	unsigned room = 0;
	struct event *event;
	unsigned copies;
	unsigned i;

	for (i = 0; i < hosts; i++) {
		copies = random_between(random, 1, 3);
		scene_hosts(scene, 1, &spec.res, copies);
		room += copies;
	}
	scene_shuffle(scene, random);
	switch (number % 4) {
	case 0: /* one too many, known beforehand; what was claimed is free */
		(void)scene_request(scene, room + 1, spec);
		(void)scene_request(scene, room, spec);
		(void)scene_request(scene, 1, spec);
		break;
	case 1: /* the last of them is refused */
		event = scene_request(scene, room, spec);
		scene_rival(event, room, RIVAL_FLEETS);
		(void)scene_request(scene, room, spec);
		break;
	case 2: /* one in the middle is, and what is left will not do */
		event = scene_request(scene, room, spec);
		scene_rival(event, random_between(random, 1, room),
			    RIVAL_FILLS);
		(void)scene_request(scene, 1, spec);
		(void)scene_request(scene, room - 1, spec);
		(void)scene_request(scene, 1, spec);
		break;
	default: /* one is refused, and there is room elsewhere */
		scene_hosts(scene, 2, &spec.res, 3);
		event = scene_request(scene, random_between(random, 2, room),
				      spec);
		scene_rival(event, 2, RIVAL_FLEETS);
		(void)scene_request(scene, 3, spec);
		(void)scene_request(scene, room, spec);
		break;
	}
}

/* ---- groups ---- */

static void apart(struct scene *scene, struct random *random,
		  struct spec spec)
{
	unsigned max = random_between(random, 1, 2);
	struct event *group;

	scene_hosts(scene, 4, &spec.res, 6);
	group = scene_group(scene, 1, ANTI_AFFINITY, max);
	group->define.strangers[group->define.stranger_count++] = 2;
	spec.group = 1;
	(void)scene_request(scene, 2 * max, spec);
	(void)scene_request(scene, 2 * max, spec);
	(void)scene_request(scene, 2 * max - 1, spec);
	/* who leaves makes room */
	(void)scene_event(scene, EVENT_GONE, 1);
	(void)scene_request(scene, 1, spec);
	(void)scene_request(scene, 1, spec);
}

static void together(struct scene *scene, struct random *random,
		     struct spec spec)
{
	unsigned first = random_between(random, 1, 2);

	scene_hosts(scene, 3, &spec.res, 3);
	scene_hosts(scene, 1, &spec.res, 5);
	(void)scene_group(scene, 1, AFFINITY, 0);
	spec.group = 1;
	(void)scene_request(scene, first, spec);
	(void)scene_request(scene, 1, spec);
	(void)scene_request(scene, 4, spec);
	(void)scene_request(scene, 3 - first, spec);
}

/* The host that is the fullest has no room for all. */
static void together_at_once(struct scene *scene, struct random *random,
			     struct spec spec)
{
	struct event *event;

	scene_hosts(scene, 2, &spec.res, 2);
	scene_hosts(scene, 2, &spec.res, 4);
	(void)scene_group(scene, 1, AFFINITY, 0);
	spec.group = 1;
	event = scene_request(scene, 3, spec);
	/* and where it has, a rival may come in between */
	scene_rival(event, random_between(random, 1, 3), RIVAL_FLEETS);
	(void)scene_request(scene, 1, spec);
}

static void stranger(struct scene *scene, struct spec spec,
		     enum group_rule rule)
{
	struct event *event = scene_group(scene, 1, rule, 1);

	event->define.strangers[event->define.stranger_count++] = 3;
	scene_hosts(scene, 4, &spec.res, 3);
	spec.group = 1;
	(void)scene_request(scene, rule == AFFINITY ? 2 : 3, spec);
	(void)scene_request(scene, 1, spec);
}

/* A member of others' gets to the host first; the build says so. */
static void late_check(struct scene *scene, struct random *random,
		       struct spec spec)
{
	struct event *event;
	unsigned i;

	scene_hosts(scene, 5, &spec.res, 3);
	(void)scene_group(scene, 1, ANTI_AFFINITY, 1);
	spec.group = 1;
	spec.attempts = 4;
	(void)scene_request(scene, 1, spec);
	event = scene_group(scene, 1, ANTI_AFFINITY, 1);
	for (i = 1; i <= 3; i++)
		event->define.strangers[event->define.stranger_count++] =
			1 + (i + random_below(random, 2)) % 5;
	event = scene_event(scene, EVENT_FAIL, 1);
	event->stranger = true;
	(void)scene_request(scene, 1, spec);
	(void)scene_request(scene, 1, spec);
}

void make_groups(struct scene *scene, struct random *random, unsigned number)
{
	struct spec spec = scene_spec();

	switch (number % 6) {
	case 0:
		apart(scene, random, spec);
		break;
	case 1:
		together(scene, random, spec);
		break;
	case 2:
		together_at_once(scene, random, spec);
		break;
	case 3:
		stranger(scene, spec, AFFINITY);
		break;
	case 4:
		stranger(scene, spec, ANTI_AFFINITY);
		break;
	default:
		late_check(scene, random, spec);
		break;
	}
	scene_shuffle(scene, random);
}
