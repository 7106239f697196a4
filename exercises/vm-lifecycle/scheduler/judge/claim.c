/*
 * claim.c - a claim: is it one to be made, what do rivals do, what comes of it
 */
#include <inttypes.h>
#include <string.h>

#include "job.h"
#include "judge.h"
#include "lines.h"

static const char *const claim_keys[] = { "op", "consumer", "host", "gen",
					  "res", "nodes", NULL };

/* ---- what it says ---- */

static void read_res(const struct job *job, const json_t *line,
		     const char *name)
{
	const json_t *res = json_object_get(line, "res");
	size_t i;

	for (i = 0; i < RESOURCES; i++) {
		const json_t *amount = json_object_get(res, resource_names[i]);

		if (!json_is_integer(amount) ||
		    json_integer_value(amount) != job->res.of[i])
			job_fail(job, "%s needs %" PRId64 " %s, and the claim"
				 " says something else", name, job->res.of[i],
				 resource_names[i]);
	}
	if (json_object_size(res) != RESOURCES)
		job_fail(job, "the claim of %s has resources that nobody"
			 " asked for", name);
}

static void read_nodes(const struct job *job, const json_t *line,
		       struct allocation *claim)
{
	const json_t *nodes = json_object_get(line, "nodes");
	const json_t *node;
	size_t i;

	if (!json_is_array(nodes) || json_array_size(nodes) > NODES_MAX)
		job_fail(job, "\"nodes\" has to be a list of at most %u"
			 " numbers", NODES_MAX);
	json_array_foreach(nodes, i, node) {
		if (!json_is_integer(node) || json_integer_value(node) < 0 ||
		    json_integer_value(node) >= NODES_MAX)
			job_fail(job, "\"nodes\" has to be a list of places in"
				 " the host's list of nodes");
		claim->nodes[i] = (unsigned)json_integer_value(node);
	}
	claim->node_count = (unsigned)i;
}

/* ---- whether it may be made ---- */

static void check_marks(const struct job *job, const struct host *host,
			const char *name)
{
	const struct mark *mark = job_mark(job, host);

	if (mark->conflicts >= CONFLICTS_MAX)
		job_fail(job, "%s is claimed on h%u once more, after %u"
			 " generation conflicts there: retries have a bound",
			 name, host->number, mark->conflicts);
	if (mark->full)
		job_fail(job, "%s is claimed on h%u, which has answered this"
			 " job with placement.capacity: that host is out",
			 name, host->number);
	if (mark->released)
		job_fail(job, "%s is claimed on h%u, where this job has"
			 " released a claim before", name, host->number);
}

void job_skip_alternates(struct job *job)
{
	const struct vm *vm = job_vm(job, 0);
	struct wish wish = job_wish(job, vm);
	const struct host *host;
	char reason[REASON_MAX];

	for (; job->next_alternate < vm->alternate_count;
	     job->next_alternate++) {
		host = job->session->world.by_number
			       [vm->alternates[job->next_alternate]];
		if (!job_mark(job, host)->full &&
		    !rules_refuse(&wish, host, reason))
			return;
	}
}

static void check_alternate(struct job *job, const struct host *host,
			    const char *name)
{
	const struct vm *vm = job_vm(job, 0);
	unsigned i;

	if (job->event->abort)
		job_fail(job, "%s is claimed again after a build that was"
			 " aborted: those are never retried", name);
	if (job->failed_on == host->number)
		job_fail(job, "%s is claimed on h%u, where its build has just"
			 " failed", name, host->number);
	for (i = 0; i < vm->alternate_count; i++)
		if (vm->alternates[i] == host->number)
			break;
	if (i == vm->alternate_count)
		job_fail(job, "%s is claimed on h%u, which is none of its"
			 " alternates: retries have a bound", name,
			 host->number);
	job_skip_alternates(job);
	if (job->next_alternate < i)
		job_fail(job, "%s is claimed on h%u, but its alternate h%u"
			 " comes first and has room", name, host->number,
			 vm->alternates[job->next_alternate]);
}

static struct vm *check_consumer(const struct job *job, const char *name)
{
	int place = job_find_vm(job, name);
	struct vm *vm;

	if (place < 0)
		job_fail(job, "a claim for \"%s\", which is no VM of this job",
			 name);
	vm = job_vm(job, (unsigned)place);
	if (vm->own.host)
		job_fail(job, "%s is claimed, but still holds an allocation on"
			 " h%u", name, vm->own.host->number);
	return vm;
}

static void check(struct job *job, const struct vm *vm, const char *name,
		  const struct allocation *claim)
{
	struct wish wish = job_wish(job, vm);
	char reason[REASON_MAX];
	const char *why;

	if (job->event->kind == EVENT_FAIL)
		check_alternate(job, claim->host, name);
	check_marks(job, claim->host, name);
	why = rules_refuse(&wish, claim->host, reason);
	if (!why)
		why = rules_nodes(&wish, claim->host, claim->nodes,
				  claim->node_count, reason);
	if (why)
		job_fail(job, "%s is claimed on h%u, but %s", name,
			 claim->host->number, why);
}

/* ---- rivals ---- */

static void fill(struct host *host)
{
	int64_t most;
	size_t i;

	for (i = 0; i < RESOURCES; i++) {
		most = inventory_quarters(&host->inv[i]) / 4;
		if (host->truth.used.of[i] < most)
			host->truth.used.of[i] = most;
	}
}

static void nibble(struct host *host, const struct amounts *res)
{
	static const struct amounts little = { .of = { 1, 256, 1 } };
	struct amounts both = *res;
	size_t i;

	for (i = 0; i < RESOURCES; i++)
		both.of[i] += little.of[i];
	if (usage_lacks(host, &host->truth, &both) >= 0)
		return;
	for (i = 0; i < RESOURCES; i++)
		host->truth.used.of[i] += little.of[i];
}

/* Returns whether what was taken is given back before anybody looks. */
static bool rivals_act(const struct job *job, struct host *host)
{
	bool fleeting = false;
	unsigned i;

	for (i = 0; i < job->event->rival_count; i++) {
		if (job->event->rivals[i].claim != job->claims)
			continue;
		switch (job->event->rivals[i].deed) {
		case RIVAL_BUMPS:
			break;
		case RIVAL_NIBBLES:
			nibble(host, &job->res);
			break;
		case RIVAL_FLEETS:
			fleeting = true;
			fill(host);
			break;
		case RIVAL_FILLS:
			fill(host);
			break;
		}
		host->truth.gen++;
	}
	return fleeting;
}

/* ---- what comes of it ---- */

static void take_reload(const struct job *job, struct host *host)
{
	static const char *const keys[] = { "op", "host", NULL };
	struct dialogue *dialogue = job->session->dialogue;
	json_t *line = dialogue_next(dialogue, "it has to reload a host whose"
				     " claim was refused");

	if (strcmp(dialogue_text(dialogue, line, "op"), "get") != 0)
		job_fail(job, "after a refused claim on h%u the next line has"
			 " to reload that host: {\"op\": \"get\", \"host\":"
			 " \"h%u\"}", host->number, host->number);
	dialogue_only(dialogue, line, keys);
	if (job_host(job, dialogue_text(dialogue, line, "host")) != host)
		job_fail(job, "the claim on h%u was refused, and another host"
			 " is reloaded: only what is in conflict is",
			 host->number);
	json_decref(line);
	session_usage(job->session, host);
}

void job_claim(struct job *job, json_t *line)
{
	struct dialogue *dialogue = job->session->dialogue;
	const char *name = dialogue_text(dialogue, line, "consumer");
	struct vm *vm = check_consumer(job, name);
	struct allocation claim = { .res = job->res };
	struct usage before;
	enum claim_outcome outcome;
	uint64_t gen;
	bool fleeting;

	dialogue_only(dialogue, line, claim_keys);
	claim.host = job_host(job, dialogue_text(dialogue, line, "host"));
	gen = (uint64_t)dialogue_number(dialogue, line, "gen", 0, INT64_MAX);
	read_res(job, line, name);
	read_nodes(job, line, &claim);
	if (gen != claim.host->told.gen)
		job_fail(job, "the claim says generation %" PRIu64 " of h%u,"
			 " and the newest that was told is %" PRIu64, gen,
			 claim.host->number, claim.host->told.gen);
	check(job, vm, name, &claim);
	job->claims++;
	before = claim.host->truth;
	fleeting = rivals_act(job, claim.host);
	outcome = world_claim(&vm->own, gen, &claim);
	if (outcome == CLAIMED) {
		dialogue_send(dialogue, line_claimed(claim.host->told.gen));
		return;
	}
	if (fleeting) {
		before.gen = claim.host->truth.gen + 1;
		claim.host->truth = before;
	}
	if (outcome == CLAIM_CAPACITY)
		job_mark(job, claim.host)->full = true;
	else if (++job_mark(job, claim.host)->conflicts >= CONFLICTS_MAX)
		job_mark(job, claim.host)->full = true;
	dialogue_send(dialogue, line_refused(outcome));
	take_reload(job, claim.host);
}
