/*
 * scene.h - a small world and what happens in it
 *
 * A scene is data: hosts, and events that say what to do without knowing what
 * the scheduler will have decided by then ("the build of v3 fails, wherever it
 * is"). So any event, and any host, may be left out of a scene, and what is
 * left is a scene again. That is how a failure is made small.
 *
 * What rivals do is part of it: at which claim of a job, and what, to the very
 * host that is claimed. Nothing is left to luck.
 */
#ifndef SCHEDULER_SCENE_H
#define SCHEDULER_SCENE_H

#include "random.h"
#include "world.h"

#define SCENE_HOSTS_MAX 12u
#define SCENE_EVENTS_MAX 40u
#define SCENE_VMS_MAX 64u
#define RIVALS_MAX 12u

/* What a rival does to a host just before a claim on it arrives. */
enum rival_deed {
	RIVAL_BUMPS,   /* a new generation, and nothing else has changed */
	RIVAL_NIBBLES, /* takes a little, if there is still room after it */
	RIVAL_FILLS,   /* takes all there is */
	RIVAL_FLEETS,  /* the same, but gives it back before it is looked at */
};

struct rival {
	unsigned claim; /* of the job, from 1 */
	enum rival_deed deed;
};

enum event_kind {
	EVENT_CHANGE, /* an operator's: a host becomes what "host" says */
	EVENT_GROUP,  /* a group begins, or others have placed members */
	EVENT_REQUEST,
	EVENT_FAIL, /* the build of a VM fails */
	EVENT_MOVE,
	EVENT_CONFIRM,
	EVENT_REVERT,
	EVENT_GONE,
};

struct event {
	enum event_kind kind;
	bool left_out;
	unsigned vm;    /* of a request, the first of them */
	unsigned count; /* of a request */
	struct spec spec;
	struct host host; /* of a change: number, up, traits, inventories */
	unsigned group;
	struct group define;
	bool abort;    /* of a failure: never to be tried again */
	bool stranger; /* of a failure: others' member of the group is there */
	bool migrate;  /* of a move: not a resize */
	struct amounts res; /* of a resize */
	struct rival rivals[RIVALS_MAX];
	unsigned rival_count;
};

struct scene {
	struct host hosts[SCENE_HOSTS_MAX];
	bool host_left_out[SCENE_HOSTS_MAX];
	unsigned host_count;
	struct event events[SCENE_EVENTS_MAX];
	unsigned event_count;
	unsigned vm_count;
};

/* ---- building one ---- */

/** A host with room for nearly everything, and nothing special. */
struct host *scene_host(struct scene *scene);

/** So many more, each with room for exactly @copies VMs of this size. */
void scene_hosts(struct scene *scene, unsigned count,
		 const struct amounts *res, unsigned copies);

/** A small VM that goes anywhere, tried once. */
struct spec scene_spec(void);

/** A request for @count VMs; add to its spec and rivals as needed. */
struct event *scene_request(struct scene *scene, unsigned count,
			    struct spec spec);

/** Any other event about the VM @vm. */
struct event *scene_event(struct scene *scene, enum event_kind kind,
			  unsigned vm);

/** An event that makes the host with the number of @host like it. */
void scene_change(struct scene *scene, const struct host *host);

/** An event that tells of group @group. */
struct event *scene_group(struct scene *scene, unsigned group,
			  enum group_rule rule, unsigned max);

void scene_rival(struct event *event, unsigned claim, enum rival_deed deed);

/** Put the hosts in an order that the seed chooses. */
void scene_shuffle(struct scene *scene, struct random *random);

#endif
