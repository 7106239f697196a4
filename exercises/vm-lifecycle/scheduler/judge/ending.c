/* ending.c - the last line of a job, and whether it is true */
#include <string.h>

#include "job.h"
#include "judge.h"

/* ---- could it have gone on? ---- */

static bool together(const struct job *job)
{
	int group = job_vm(job, 0)->spec.group;

	return group >= 0 &&
	       job->session->world.groups[group].rule == AFFINITY;
}

static const struct host *next_alternate(const struct job *job)
{
	struct job look = *job;
	const struct vm *vm = job_vm(job, 0);

	if (job->event->abort)
		return NULL;
	job_skip_alternates(&look);
	if (look.next_alternate == vm->alternate_count)
		return NULL;
	return job->session->world
		.by_number[vm->alternates[look.next_alternate]];
}

/*
 * All VMs of a job are alike, so they fit if the hosts' rooms for them add up;
 * those that belong together need one host with room for all.
 */
const struct host *job_could_use(const struct job *job)
{
	const struct world *world = &job->session->world;
	const struct host *some = NULL;
	const struct vm *next = NULL;
	struct wish wish;
	unsigned left = 0;
	unsigned room = 0;
	unsigned copies;
	size_t i;

	if (job->event->kind == EVENT_FAIL)
		return next_alternate(job);
	for (i = 0; i < job->count; i++) {
		if (job->source || !job_vm(job, (unsigned)i)->own.host) {
			next = job_vm(job, (unsigned)i);
			left++;
		}
	}
	if (!next)
		return NULL;
	wish = job_wish(job, next);
	for (i = 0; i < world->host_count && room < left; i++) {
		if (job->session->marks[i].full)
			continue;
		copies = rules_copies(&wish, &world->hosts[i], left);
		if (together(job) && copies < left)
			continue;
		if (copies && !some)
			some = &world->hosts[i];
		room += copies;
	}
	return room >= left ? some : NULL;
}

void job_no_valid_host(struct job *job, json_t *line)
{
	static const char *const keys[] = { "op", "id", NULL };
	const struct host *host = job->could_use;
	const struct vm *vm;
	unsigned i;

	dialogue_only(job->session->dialogue, line, keys);
	for (i = 0; i < job->count && !job->source; i++)
		if (job_vm(job, i)->own.host)
			job_fail(job, "no_valid_host, but v%u still holds an"
				 " allocation on h%u: a leaked claim",
				 job->first + i,
				 job_vm(job, i)->own.host->number);
	vm = job_vm(job, 0);
	if (vm->held.host)
		job_fail(job, "no_valid_host, but the move j%u still holds the"
			 " allocation of v%u on h%u", vm->move, job->first,
			 vm->held.host->number);
	if (!host)
		host = job_could_use(job);
	if (host && job->count > 1)
		job_fail(job, "no_valid_host, but all VMs of this job that had"
			 " no claim yet could be placed, the first of them on"
			 " h%u", host->number);
	if (host)
		job_fail(job, "no_valid_host, but h%u would have done",
			 host->number);
	for (i = 0; i < job->count; i++)
		job_vm(job, i)->placed = job->source;
	job_vm(job, 0)->move = 0;
}

/* ---- placed ---- */

static bool is_chosen(const struct job *job, const struct host *host)
{
	unsigned i;

	for (i = 0; i < job->count; i++)
		if (job_vm(job, i)->own.host == host)
			return true;
	return false;
}

/* Why the host is no alternate of the VM's, or NULL. */
static const char *no_alternate(const struct job *job, const struct vm *vm,
				const struct host *host,
				char reason[REASON_MAX])
{
	struct wish wish = job_wish(job, vm);

	if (is_chosen(job, host))
		return "a VM of this request is there";
	if (host->cell != vm->own.host->cell)
		return "it is in another cell";
	if (job_mark(job, host)->full)
		return "it is out for this job";
	return rules_refuse(&wish, host, reason);
}

static unsigned count_alternates(const struct job *job, const struct vm *vm,
				 unsigned most)
{
	const struct world *world = &job->session->world;
	char reason[REASON_MAX];
	unsigned count = 0;
	size_t i;

	for (i = 0; i < world->host_count && count < most; i++)
		if (!no_alternate(job, vm, &world->hosts[i], reason))
			count++;
	return count;
}

static void check_list(const struct job *job, const char *name,
		       const json_t *list)
{
	if (!json_is_array(list))
		job_fail(job, "\"alternates\" has no list for %s", name);
}

static struct host *entry(const struct job *job, const json_t *list, size_t i)
{
	const char *text = json_string_value(json_array_get(list, i));

	return job_host(job, text ? text : "");
}

static void take_alternates(const struct job *job, struct vm *vm,
			    const char *name, const json_t *list)
{
	unsigned most = vm->spec.attempts - 1;
	char reason[REASON_MAX];
	const struct host *host;
	const char *why;
	unsigned want;
	unsigned i;
	unsigned j;

	if (json_array_size(list) > most)
		job_fail(job, "%s has %zu alternates, and with %u attempts"
			 " there are at most %u", name, json_array_size(list),
			 vm->spec.attempts, most);
	for (i = 0; i < json_array_size(list); i++) {
		host = entry(job, list, i);
		why = no_alternate(job, vm, host, reason);
		for (j = 0; j < i && !why; j++)
			if (vm->alternates[j] == host->number)
				why = "it is in the list twice";
		if (why)
			job_fail(job, "h%u is no alternate for %s: %s",
				 host->number, name, why);
		vm->alternates[i] = host->number;
	}
	vm->alternate_count = i;
	want = count_alternates(job, vm, most);
	if (i < want)
		job_fail(job, "%s has %u alternates, and there are %u hosts"
			 " that would do", name, i, want);
}

/* What is left of the list after the one that was used. */
static void keep_alternates(const struct job *job, struct vm *vm,
			    const char *name, const json_t *list)
{
	unsigned from = 0;
	unsigned i;

	while (vm->alternates[from++] != vm->own.host->number)
		;
	if (json_array_size(list) != vm->alternate_count - from)
		job_fail(job, "%s has %u alternates left after h%u, and %zu"
			 " are listed", name, vm->alternate_count - from,
			 vm->own.host->number, json_array_size(list));
	for (i = 0; i < vm->alternate_count - from; i++) {
		vm->alternates[i] = vm->alternates[from + i];
		if (entry(job, list, i)->number != vm->alternates[i])
			job_fail(job, "the alternates of %s are not what was"
				 " left of them", name);
	}
	vm->alternate_count = i;
}

static void check_map(const struct job *job, json_t *map)
{
	const char *name;
	json_t *value;
	int place;

	json_object_foreach(map, name, value) {
		const char *host = json_string_value(value);
		const struct vm *vm;

		place = job_find_vm(job, name);
		if (place < 0)
			job_fail(job, "\"map\" has \"%s\", which is no VM of"
				 " this job", name);
		vm = job_vm(job, (unsigned)place);
		if (!vm->own.host)
			job_fail(job, "%s is said to be placed, but has no"
				 " allocation", name);
		if (vm->own.host != job_host(job, host ? host : ""))
			job_fail(job, "%s is said to be placed on %s, but has"
				 " its allocation on h%u", name, host,
				 vm->own.host->number);
	}
	if (json_object_size(map) != job->count)
		job_fail(job, "\"map\" has to have every VM of this job, and"
			 " nothing else");
}

void job_placed(struct job *job, json_t *line)
{
	static const char *const keys[] = { "op", "id", "map", "alternates",
					    NULL };
	const json_t *lists = json_object_get(line, "alternates");
	const json_t *list;
	char name[16];
	struct vm *vm;
	unsigned i;

	dialogue_only(job->session->dialogue, line, keys);
	check_map(job, json_object_get(line, "map"));
	for (i = 0; i < job->count; i++) {
		vm = job_vm(job, i);
		(void)snprintf(name, sizeof name, "v%u", job->first + i);
		list = json_object_get(lists, name);
		check_list(job, name, list);
		if (job->event->kind == EVENT_FAIL) {
			keep_alternates(job, vm, name, list);
		} else if (job->source) {
			if (json_array_size(list))
				job_fail(job, "a move has no alternates");
			vm->alternate_count = 0;
		} else {
			take_alternates(job, vm, name, list);
		}
		vm->placed = true;
	}
	if (json_object_size(lists) != job->count)
		job_fail(job, "\"alternates\" has to have every VM of this job,"
			 " and nothing else");
}
