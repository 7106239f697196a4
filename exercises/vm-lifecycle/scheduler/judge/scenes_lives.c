/*
 * scenes_lives.c - scenes about VMs that are placed already: builds that fail,
 * and moves
 */
#include "scenes.h"

/* ---- builds that fail ---- */

static void split_cells(struct scene *scene, unsigned from)
{
	for (; from < scene->host_count; from++)
		scene->hosts[from].cell = 2;
}

static void fails_on_and_on(struct scene *scene, struct random *random,
			    struct spec spec)
{
	unsigned i;

	scene_hosts(scene, 6, &spec.res, 3);
	split_cells(scene, random_between(random, 2, 4));
	/* more than there is room for on one host, or just one */
	(void)scene_request(scene, random_below(random, 2) ? 1 : 4, spec);
	for (i = 0; i < 4; i++)
		(void)scene_event(scene, EVENT_FAIL, 1);
	(void)scene_event(scene, EVENT_FAIL, 2);
	(void)scene_request(scene, 1, spec);
}

static void fails_for_good(struct scene *scene, struct spec spec)
{
	scene_hosts(scene, 4, &spec.res, 2);
	(void)scene_request(scene, 2, spec);
	scene_event(scene, EVENT_FAIL, 1)->abort = true;
	(void)scene_event(scene, EVENT_FAIL, 2);
	scene_event(scene, EVENT_FAIL, 2)->abort = true;
	/* all is free again */
	(void)scene_request(scene, 8, spec);
}

/* Alternates have been taken by the time they are needed. */
static void alternates_are_full(struct scene *scene, struct random *random,
				struct spec spec, enum rival_deed deed)
{
	struct event *event;

	scene_hosts(scene, 5, &spec.res, 2);
	(void)scene_request(scene, 1, spec);
	event = scene_event(scene, EVENT_FAIL, 1);
	scene_rival(event, 1, deed);
	scene_rival(event, 2, random_below(random, 2) ? RIVAL_BUMPS :
							RIVAL_FILLS);
	(void)scene_event(scene, EVENT_FAIL, 1);
	(void)scene_request(scene, 2, spec);
}

/* They were taken by VMs of our own, or went down: that is known. */
static void alternates_are_gone(struct scene *scene, struct random *random,
				struct spec spec)
{
	struct spec other = spec;
	struct host down;
	unsigned i;

	scene_hosts(scene, 6, &spec.res, 1);
	(void)scene_request(scene, 1, spec);
	other.attempts = 1;
	(void)scene_request(scene, 3, other);
	for (i = 0; i < 2; i++) {
		down = scene->hosts[random_below(random, 6)];
		down.up = false;
		scene_change(scene, &down);
	}
	(void)scene_event(scene, EVENT_FAIL, 1);
	(void)scene_event(scene, EVENT_FAIL, 1);
	(void)scene_request(scene, 1, other);
}

void make_retries(struct scene *scene, struct random *random, unsigned number)
{
	struct spec spec = scene_spec();

	spec.attempts = random_between(random, 2, 4);
	switch (number % 4) {
	case 0:
		fails_on_and_on(scene, random, spec);
		break;
	case 1:
		fails_for_good(scene, spec);
		break;
	case 2:
		alternates_are_full(scene, random, spec,
				    (enum rival_deed)(number / 4 % 4));
		break;
	default:
		alternates_are_gone(scene, random, spec);
		break;
	}
	scene_shuffle(scene, random);
}

/* ---- moves ---- */

static void settle(struct scene *scene, struct random *random, unsigned vm)
{
	(void)scene_event(scene, random_below(random, 2) ? EVENT_CONFIRM :
							   EVENT_REVERT, vm);
}

/* Two places, one VM: the other is not free before the move is settled. */
static void source_is_held(struct scene *scene, struct random *random,
			   struct spec spec)
{
	scene_hosts(scene, 2, &spec.res, 1);
	(void)scene_request(scene, 1, spec);
	scene_event(scene, EVENT_MOVE, 1)->migrate = true;
	(void)scene_request(scene, 1, spec);
	settle(scene, random, 1);
	(void)scene_request(scene, 1, spec);
	(void)scene_request(scene, 1, spec);
}

/* On one host, old and new size count both until the move is settled. */
static void resize_in_place(struct scene *scene, struct random *random,
			    struct spec spec)
{
	struct amounts more = { .of = { 4, 8192, 40 } };
	bool fits = random_below(random, 2);

	/* 1 + 2 of them, or one less */
	scene_hosts(scene, 1, &spec.res, 2 + fits);
	(void)scene_request(scene, 1, spec);
	scene_event(scene, EVENT_MOVE, 1)->res = more;
	(void)scene_request(scene, 1, spec);
	settle(scene, random, 1);
	(void)scene_request(scene, 1, spec);
	(void)scene_request(scene, 1, spec);
}

/* Nowhere to go: everything is as it was, and may be tried again. */
static void nowhere_to_go(struct scene *scene, struct random *random,
			  struct spec spec)
{
	struct event *event;
	struct host *other;
	struct host up;

	scene_hosts(scene, 2, &spec.res, 2);
	other = &scene->hosts[1];
	other->traits = 1;
	other->up = false;
	scene->hosts[0].traits = 1;
	scene_hosts(scene, 1, &spec.res, 2); /* not for this one */
	scene_hosts(scene, 1, &spec.res, 2);
	scene->hosts[3].traits = 1;
	scene->hosts[3].cell = 2;
	spec.required = 1;
	spec.excludes[spec.exclude_count++] = 4;
	(void)scene_request(scene, 1, spec);
	scene_event(scene, EVENT_MOVE, 1)->migrate = true;
	up = *other;
	up.up = true;
	scene_change(scene, &up);
	event = scene_event(scene, EVENT_MOVE, 1);
	event->migrate = true;
	scene_rival(event, 1, random_below(random, 2) ? RIVAL_FLEETS :
							RIVAL_BUMPS);
	(void)scene_event(scene, EVENT_REVERT, 1);
	event = scene_event(scene, EVENT_MOVE, 1);
	event->migrate = true;
	(void)scene_event(scene, EVENT_CONFIRM, 1);
	(void)scene_request(scene, 1, spec);
}

/* A member on the move is on both its hosts. */
static void moves_in_a_group(struct scene *scene, struct spec spec)
{
	struct amounts more = { .of = { 4, 8192, 40 } };

	scene_hosts(scene, 3, &spec.res, 6);
	(void)scene_group(scene, 1, ANTI_AFFINITY, 1);
	spec.group = 1;
	(void)scene_request(scene, 2, spec);
	scene_event(scene, EVENT_MOVE, 1)->migrate = true;
	(void)scene_request(scene, 1, spec);
	(void)scene_event(scene, EVENT_CONFIRM, 1);
	(void)scene_request(scene, 1, spec);
	/* the only host that is left for it is its own */
	scene_event(scene, EVENT_MOVE, 1)->res = more;
	(void)scene_event(scene, EVENT_CONFIRM, 1);
	(void)scene_event(scene, EVENT_GONE, 2);
	scene_event(scene, EVENT_MOVE, 3)->migrate = true;
	(void)scene_event(scene, EVENT_REVERT, 3);
	(void)scene_request(scene, 1, spec);
}

/* Deleted on its way: nothing of it is left on either host. */
static void gone_on_the_way(struct scene *scene, struct random *random,
			    struct spec spec)
{
	scene_hosts(scene, 2, &spec.res, 2);
	(void)scene_group(scene, 1, ANTI_AFFINITY, 1);
	spec.group = 1;
	(void)scene_request(scene, 1, spec);
	scene_event(scene, EVENT_MOVE, 1)->migrate = true;
	(void)scene_event(scene, EVENT_GONE, 1);
	(void)scene_request(scene, 2, spec);
	settle(scene, random, 1);
	spec.group = -1;
	(void)scene_request(scene, 2, spec);
}

/* After a revert it has its old size, after a confirm its new one. */
static void size_after(struct scene *scene, struct random *random,
		       struct spec spec)
{
	struct amounts more = { .of = { 4, 8192, 40 } };

	scene_hosts(scene, 3, &spec.res, 3);
	(void)scene_request(scene, 1, spec);
	scene_event(scene, EVENT_MOVE, 1)->res = more;
	settle(scene, random, 1);
	scene_event(scene, EVENT_MOVE, 1)->migrate = true;
	settle(scene, random, 1);
	(void)scene_request(scene, 3, spec);
	scene_event(scene, EVENT_MOVE, 1)->migrate = true;
	settle(scene, random, 1);
	(void)scene_request(scene, 2, spec);
}

void make_moves(struct scene *scene, struct random *random, unsigned number)
{
	struct spec spec = scene_spec();

	switch (number % 6) {
	case 0:
		source_is_held(scene, random, spec);
		break;
	case 1:
		resize_in_place(scene, random, spec);
		break;
	case 2:
		nowhere_to_go(scene, random, spec);
		break;
	case 3:
		moves_in_a_group(scene, spec);
		break;
	case 4:
		gone_on_the_way(scene, random, spec);
		break;
	default:
		size_after(scene, random, spec);
		break;
	}
	scene_shuffle(scene, random);
}
