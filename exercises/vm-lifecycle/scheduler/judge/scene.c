/* scene.c - a small world and what happens in it */
#include "scene.h"

#include "judge.h"

static const struct inventory roomy[RESOURCES] = {
	[VCPU] = { .total = 64, .quarters = 4, .min = 1, .max = 64, .step = 1 },
	[MEM] = { .total = 262144, .quarters = 4, .min = 1, .max = 262144,
		  .step = 1 },
	[DISK] = { .total = 2000, .quarters = 4, .min = 1, .max = 2000,
		   .step = 1 },
};

struct host *scene_host(struct scene *scene)
{
	struct host *host;
	unsigned i;

	if (scene->host_count == SCENE_HOSTS_MAX)
		judge_broken("a scene has more than %u hosts", SCENE_HOSTS_MAX);
	host = &scene->hosts[scene->host_count++];
	*host = (struct host){ .number = scene->host_count, .cell = 1,
			       .up = true };
	for (i = 0; i < RESOURCES; i++)
		host->inv[i] = roomy[i];
	host->truth.gen = 1;
	return host;
}

void scene_hosts(struct scene *scene, unsigned count,
		 const struct amounts *res, unsigned copies)
{
	struct host *host;
	unsigned i;

	while (count--) {
		host = scene_host(scene);
		for (i = 0; i < RESOURCES; i++)
			host->truth.used.of[i] =
				host->inv[i].total - copies * res->of[i];
	}
}

struct spec scene_spec(void)
{
	return (struct spec){ .res = { .of = { 2, 4096, 20 } }, .arch = -1,
			      .group = -1, .attempts = 1 };
}

static struct event *add(struct scene *scene, enum event_kind kind)
{
	struct event *event;

	if (scene->event_count == SCENE_EVENTS_MAX)
		judge_broken("a scene has more than %u events",
			     SCENE_EVENTS_MAX);
	event = &scene->events[scene->event_count++];
	*event = (struct event){ .kind = kind };
	return event;
}

struct event *scene_request(struct scene *scene, unsigned count,
			    struct spec spec)
{
	struct event *event = add(scene, EVENT_REQUEST);

	event->vm = scene->vm_count + 1;
	event->count = count;
	event->spec = spec;
	scene->vm_count += count;
	if (scene->vm_count > SCENE_VMS_MAX)
		judge_broken("a scene has more than %u VMs", SCENE_VMS_MAX);
	return event;
}

struct event *scene_event(struct scene *scene, enum event_kind kind,
			  unsigned vm)
{
	struct event *event = add(scene, kind);

	event->vm = vm;
	return event;
}

void scene_change(struct scene *scene, const struct host *host)
{
	add(scene, EVENT_CHANGE)->host = *host;
}

struct event *scene_group(struct scene *scene, unsigned group,
			  enum group_rule rule, unsigned max)
{
	struct event *event = add(scene, EVENT_GROUP);

	event->group = group;
	event->define = (struct group){ .told = true, .rule = rule,
					.max = max };
	return event;
}

void scene_rival(struct event *event, unsigned claim, enum rival_deed deed)
{
	if (event->rival_count == RIVALS_MAX)
		judge_broken("a job has more than %u rivals", RIVALS_MAX);
	event->rivals[event->rival_count++] =
		(struct rival){ .claim = claim, .deed = deed };
}

void scene_shuffle(struct scene *scene, struct random *random)
{
	unsigned i;

	for (i = scene->host_count; i > 1; i--) {
		unsigned j = random_below(random, i);
		struct host host = scene->hosts[i - 1];

		scene->hosts[i - 1] = scene->hosts[j];
		scene->hosts[j] = host;
	}
}
