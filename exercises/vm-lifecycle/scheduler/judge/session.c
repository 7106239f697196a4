/*
 * session.c - a world, and a scheduler that is talked with about it
 *
 * A job is the judge's line, then lines of the scheduler's with an answer to
 * each, and then its last line. Some lines are the only ones that can come
 * where they stand: those are expected word for word.
 */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "judge.h"
#include "lines.h"

/* ---- what the other files use ---- */

struct vm *job_vm(const struct job *job, unsigned i)
{
	return &job->session->world.vms[job->first + i];
}

struct wish job_wish(const struct job *job, const struct vm *vm)
{
	return (struct wish){
		.world = &job->session->world,
		.vm = vm,
		.spec = &vm->spec,
		.res = job->res,
		.source = job->source,
		.migrate = job->event->migrate,
	};
}

struct mark *job_mark(const struct job *job, const struct host *host)
{
	return &job->session->marks[host - job->session->world.hosts];
}

struct host *job_host(const struct job *job, const char *name)
{
	struct host *host = world_host(&job->session->world, name);

	if (!host)
		job_fail(job, "there is no host \"%.40s\"", name);
	return host;
}

int job_find_vm(const struct job *job, const char *name)
{
	char text[16];
	unsigned i;

	for (i = 0; i < job->count; i++) {
		(void)snprintf(text, sizeof text, "v%u", job->first + i);
		if (strcmp(name, text) == 0)
			return (int)i;
	}
	return -1;
}

/* ---- the fleet ---- */

void session_open(struct session *session, struct dialogue *dialogue,
		  const struct host *hosts, size_t host_count,
		  size_t vm_count)
{
	size_t i;

	*session = (struct session){ .dialogue = dialogue };
	world_init(&session->world, hosts, host_count, vm_count);
	session->marks = calloc(host_count + 1, sizeof *session->marks);
	if (!session->marks)
		judge_broken("out of memory");
	dialogue_send(dialogue, line_fleet(host_count));
	for (i = 0; i < host_count; i++)
		session_host(session, &session->world.hosts[i]);
}

void session_close(struct session *session)
{
	world_release(&session->world);
	free(session->marks);
}

void session_host(struct session *session, struct host *host)
{
	world_tell(host);
	dialogue_send(session->dialogue, line_host(host));
}

void session_usage(struct session *session, struct host *host)
{
	world_tell(host);
	dialogue_send(session->dialogue, line_usage(host));
}

void session_group(struct session *session, unsigned group)
{
	dialogue_send(session->dialogue,
		      line_group(group, &session->world.groups[group]));
}

/* ---- lines that can only be these ---- */

static struct job begin(struct session *session, const struct event *event)
{
	memset(session->marks, 0,
	       session->world.host_count * sizeof *session->marks);
	return (struct job){
		.session = session,
		.event = event,
		.number = ++session->jobs,
		.first = event->vm,
		.count = 1,
		.res = session->world.vms[event->vm].spec.res,
	};
}

static json_t *hear(const struct job *job)
{
	return dialogue_next(job->session->dialogue,
			     "a job is to be done or closed");
}

static const char *op_of(const struct job *job, const json_t *line)
{
	return dialogue_text(job->session->dialogue, line, "op");
}

/* Fails unless the line is {"op": op, key: value}, with more at the most. */
static void must_be(const struct job *job, const json_t *line, const char *op,
		    const char *key, const char *value, const char *because)
{
	const char *said = json_string_value(json_object_get(line, key));

	if (strcmp(op_of(job, line), op) != 0 || !said ||
	    strcmp(said, value) != 0)
		job_fail(job, "here has to stand {\"op\": \"%s\", \"%s\":"
			 " \"%s\", ...}: %s", op, key, value, because);
}

static void expect_release(const struct job *job, const char *consumer,
			   struct allocation *allocation, const char *because)
{
	static const char *const keys[] = { "op", "consumer", NULL };
	json_t *line = hear(job);
	struct host *host = allocation->host;

	must_be(job, line, "release", "consumer", consumer, because);
	dialogue_only(job->session->dialogue, line, keys);
	json_decref(line);
	world_free(allocation);
	session_usage(job->session, host);
}

static void take_transfer(const struct job *job, json_t *line,
			  const char *from, const char *to,
			  struct allocation *giver, struct allocation *taker,
			  const char *because)
{
	static const char *const keys[] = { "op", "from", "to", NULL };

	must_be(job, line, "transfer", "from", from, because);
	must_be(job, line, "transfer", "to", to, because);
	dialogue_only(job->session->dialogue, line, keys);
	world_transfer(giver, taker);
	session_usage(job->session, taker->host);
}

static void expect_transfer(const struct job *job, const char *from,
			    const char *to, struct allocation *giver,
			    struct allocation *taker, const char *because)
{
	json_t *line = hear(job);

	take_transfer(job, line, from, to, giver, taker, because);
	json_decref(line);
}

static void check_id(const struct job *job, const json_t *line, const char *op)
{
	char id[16];

	(void)snprintf(id, sizeof id, "j%u", job->number);
	must_be(job, line, op, "id", id,
		"that is the job that is being done");
}

static void expect_done(const struct job *job)
{
	static const char *const keys[] = { "op", "id", NULL };
	json_t *line = hear(job);

	check_id(job, line, "done");
	dialogue_only(job->session->dialogue, line, keys);
	json_decref(line);
}

/* ---- placing ---- */

/* Of a request only: it gives up, or goes to look elsewhere. */
static void take_release(struct job *job, json_t *line)
{
	static const char *const keys[] = { "op", "consumer", NULL };
	struct dialogue *dialogue = job->session->dialogue;
	const char *name = dialogue_text(dialogue, line, "consumer");
	int place = job_find_vm(job, name);
	struct allocation *own;
	struct host *host;

	dialogue_only(dialogue, line, keys);
	if (place < 0)
		job_fail(job, "\"%s\" is released, which is no VM of this job",
			 name);
	own = &job_vm(job, (unsigned)place)->own;
	host = own->host;
	if (!host)
		job_fail(job, "%s is released, and holds no allocation", name);
	if (job->event->kind != EVENT_REQUEST)
		job_fail(job, "%s is released, and nothing asks for that",
			 name);
	if (!job->gave_up)
		job->could_use = job_could_use(job);
	job->gave_up = true;
	job_mark(job, host)->released = true;
	world_free(own);
	session_usage(job->session, host);
}

static void give_back_source(struct job *job, json_t *line)
{
	struct vm *vm = job_vm(job, 0);
	char name[16];
	char move[16];

	if (!job->source || job->gave_up)
		job_fail(job, "nothing is to be transferred here");
	if (vm->own.host)
		job_fail(job, "v%u has a claim on h%u, so it cannot take back"
			 " its source", job->first, vm->own.host->number);
	(void)snprintf(name, sizeof name, "v%u", job->first);
	(void)snprintf(move, sizeof move, "j%u", job->number);
	job->could_use = job_could_use(job);
	job->gave_up = true;
	take_transfer(job, line, move, name, &vm->held, &vm->own,
		      "a move that fails gives the VM its source back");
}

static bool place(struct job *job)
{
	for (;;) {
		json_t *line = hear(job);
		const char *op = op_of(job, line);
		bool placed = strcmp(op, "placed") == 0;

		if (strcmp(op, "claim") == 0) {
			job_claim(job, line);
		} else if (strcmp(op, "release") == 0) {
			take_release(job, line);
		} else if (strcmp(op, "transfer") == 0) {
			give_back_source(job, line);
		} else if (strcmp(op, "get") == 0) {
			job_fail(job, "a host is reloaded that has refused"
				 " nothing: only what is in conflict is");
		} else if (placed) {
			check_id(job, line, "placed");
			job_placed(job, line);
		} else if (strcmp(op, "no_valid_host") == 0) {
			check_id(job, line, "no_valid_host");
			job_no_valid_host(job, line);
			json_decref(line);
			return false;
		} else {
			job_fail(job, "\"op\" is \"%.40s\", and may here be"
				 " claim, get, release, transfer, placed or"
				 " no_valid_host", op);
		}
		json_decref(line);
		if (placed)
			return true;
	}
}

bool session_request(struct session *session, const struct event *event)
{
	struct job job = begin(session, event);
	unsigned i;

	job.count = event->count;
	job.res = event->spec.res;
	for (i = 0; i < job.count; i++)
		job_vm(&job, i)->spec = event->spec;
	dialogue_send(session->dialogue, line_request(job.number, job.first,
						      job.count,
						      &event->spec));
	return place(&job);
}

void session_build_failed(struct session *session, const struct event *event)
{
	struct job job = begin(session, event);
	struct vm *vm = job_vm(&job, 0);
	char name[16];

	(void)snprintf(name, sizeof name, "v%u", job.first);
	job.failed_on = vm->own.host->number;
	dialogue_send(session->dialogue,
		      line_build_failed(job.number, job.first, vm->own.host,
					event->abort));
	expect_release(&job, name, &vm->own, "the allocation of a build that"
		       " failed goes first, whatever comes then");
	(void)place(&job);
}

/* ---- moves ---- */

void session_move(struct session *session, const struct event *event)
{
	struct job job = begin(session, event);
	struct vm *vm = job_vm(&job, 0);
	char name[16];
	char move[16];

	if (!event->migrate)
		job.res = event->res;
	job.source = vm->own.host;
	vm->move = job.number;
	(void)snprintf(name, sizeof name, "v%u", job.first);
	(void)snprintf(move, sizeof move, "j%u", job.number);
	dialogue_send(session->dialogue,
		      line_move(job.number, job.first,
				event->migrate ? NULL : &job.res));
	expect_transfer(&job, name, move, &vm->own, &vm->held,
			"the move takes over the allocation on the source,"
			" which has to be held until it is confirmed");
	if (place(&job))
		vm->spec.res = job.res;
}

void session_confirm(struct session *session, const struct event *event)
{
	struct job job = begin(session, event);
	struct vm *vm = job_vm(&job, 0);
	char move[16];

	(void)snprintf(move, sizeof move, "j%u", vm->move);
	dialogue_send(session->dialogue,
		      line_settle("confirm", job.number, vm->move));
	expect_release(&job, move, &vm->held, "now the move lets go of the"
		       " source");
	expect_done(&job);
	vm->move = 0;
}

void session_revert(struct session *session, const struct event *event)
{
	struct job job = begin(session, event);
	struct vm *vm = job_vm(&job, 0);
	char name[16];
	char move[16];

	(void)snprintf(name, sizeof name, "v%u", job.first);
	(void)snprintf(move, sizeof move, "j%u", vm->move);
	dialogue_send(session->dialogue,
		      line_settle("revert", job.number, vm->move));
	expect_release(&job, name, &vm->own, "the VM lets go of its new host");
	expect_transfer(&job, move, name, &vm->held, &vm->own,
			"then it has its source again, which the move held");
	expect_done(&job);
	vm->spec.res = vm->own.res;
	vm->move = 0;
}

/* ---- news ---- */

static void lose(struct session *session, struct allocation *allocation)
{
	struct host *host = allocation->host;

	if (!host)
		return;
	world_free(allocation);
	session_usage(session, host);
}

void session_gone(struct session *session, unsigned number)
{
	struct vm *vm = &session->world.vms[number];

	lose(session, &vm->own);
	lose(session, &vm->held);
	vm->placed = false;
	vm->move = 0;
	dialogue_send(session->dialogue, line_gone(number));
}
