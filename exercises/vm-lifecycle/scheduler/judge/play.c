/*
 * play.c - a scene, played with the candidate's scheduler
 *
 * An event that has no meaning as things are (a VM fails that was never placed,
 * a request names a group that nobody was told of) is passed over: what the
 * scheduler decided, or what was left out of the scene, has made it so.
 */
#include "play.h"

static void change(struct session *session, const struct host *to)
{
	struct host *host = session->world.by_number[to->number];
	unsigned i;

	if (!host)
		return;
	host->up = to->up;
	host->traits = to->traits;
	for (i = 0; i < RESOURCES; i++)
		host->inv[i] = to->inv[i];
	host->truth.gen++;
	session_host(session, host);
}

static void stranger_comes(struct session *session, const struct vm *vm)
{
	struct group *group = &session->world.groups[vm->spec.group];

	if (group->stranger_count < STRANGERS_MAX)
		group->strangers[group->stranger_count++] =
			vm->own.host->number;
	session_group(session, (unsigned)vm->spec.group);
}

static void play_event(struct session *session, const struct event *event)
{
	const struct vm *vm = &session->world.vms[event->vm];

	switch (event->kind) {
	case EVENT_CHANGE:
		change(session, &event->host);
		return;
	case EVENT_GROUP:
		session->world.groups[event->group] = event->define;
		session_group(session, event->group);
		return;
	case EVENT_REQUEST:
		if (event->spec.group < 0 ||
		    session->world.groups[event->spec.group].told)
			(void)session_request(session, event);
		return;
	case EVENT_FAIL:
		if (!vm->placed || vm->move)
			return;
		if (event->stranger)
			stranger_comes(session, vm);
		session_build_failed(session, event);
		return;
	case EVENT_MOVE:
		if (vm->placed && !vm->move)
			session_move(session, event);
		return;
	case EVENT_CONFIRM:
		if (vm->placed && vm->move)
			session_confirm(session, event);
		return;
	case EVENT_REVERT:
		if (vm->placed && vm->move)
			session_revert(session, event);
		return;
	case EVENT_GONE:
		if (vm->placed)
			session_gone(session, event->vm);
		return;
	}
}

void play_scene(const struct scene *scene, struct dialogue *dialogue)
{
	struct host hosts[SCENE_HOSTS_MAX];
	struct session session;
	size_t count = 0;
	unsigned i;

	for (i = 0; i < scene->host_count; i++)
		if (!scene->host_left_out[i])
			hosts[count++] = scene->hosts[i];
	session_open(&session, dialogue, hosts, count, scene->vm_count);
	for (i = 0; i < scene->event_count; i++)
		if (!scene->events[i].left_out)
			play_event(&session, &scene->events[i]);
	session_close(&session);
}
