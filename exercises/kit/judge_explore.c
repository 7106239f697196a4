/*
 * judge_explore.c - see judge_explore.h
 *
 * Happy path: the canary fails as it must, every scenario is searched in
 * batches that take about BATCH_NS each, every history that has not been seen
 * before is checked, the canary fails once more, and that is a pass.
 *
 * Failure modes: a schedule fails or a history is wrong (confirmed, told); the
 * program ends, hangs or writes what a runtime does not (its own failure); it
 * asks for more than a search can judge, or fails and does something else the
 * next time (nobody can vouch for it: its failure, too); the machine is too
 * slow for the schedules that were announced (no verdict).
 */
#define _GNU_SOURCE
#include "judge_explore.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "judge_explore_inner.h"
#include "judge_inner.h"

#define MS UINT64_C(1000000)
#define CANARY_SCHEDULES 200
#define BATCH_FIRST 1 /* it may be a long one */
#define BATCH_MAX 10000
#define BATCH_NS (200 * MS)
/* One schedule in so many may be more than the explorer can judge. */
#define UNABLE_SHARE 100

/* ---- histories ---- */

static int by_invocation(const void *left, const void *right)
{
	const struct history_call *a = left;
	const struct history_call *b = right;

	return (a->invoked_ns > b->invoked_ns) -
	       (a->invoked_ns < b->invoked_ns);
}

void judge_search_history(const struct explorer_run *run, struct history *ret)
{
	struct history_call *calls = calloc(run->entry.calls + 1,
					    sizeof *calls);
	size_t count = 0;
	uint32_t i;

	if (!calls)
		judge_broken("out of memory");
	for (i = 0; i < run->entry.calls; i++) {
		const struct explore_call *call = &run->calls[i];
		bool pending = call->completed == 0;

		if (call->invoked == 0)
			continue; /* it has done nothing that shows */
		calls[count++] = (struct history_call){
			.invoked_ns = call->invoked,
			.completed_ns = pending ? UINT64_MAX : call->completed,
			.argument = call->argument,
			.value = pending ? 0 : call->value,
			.result = pending ? 0 : call->result,
			.timeout_ms = call->timeout_ms,
			.kind = call->kind,
			.object = call->object,
			.thread = call->thread,
			.pending = pending,
		};
	}
	qsort(calls, count, sizeof *calls, by_invocation);
	*ret = (struct history){ .calls = calls, .count = count };
}

bool judge_search_undecided(const struct explorer_run *run)
{
	return run->entry.outcome == EXPLORE_UNABLE ||
	       run->entry.outcome == EXPLORE_DIVERGED;
}

bool judge_search_fails(struct judge_search *search, const char *scenario,
			const struct explorer_run *run,
			struct judge_failure *ret)
{
	struct judge_failure failure = {
		.scenario = scenario,
		.outcome = run->entry.outcome,
		.preemptions = run->entry.preemptions,
		.strategy = run->entry.strategy,
	};
	struct history history;
	bool right;

	if (judge_search_undecided(run))
		return false;
	judge_search_history(run, &history);
	right = search->check(search->data, scenario, &history, failure.text,
			      sizeof failure.text);
	history_release(&history);
	if (explorer_run_passed(run) && right)
		return false;
	failure.by_history = explorer_run_passed(run);
	*ret = failure;
	return true;
}

/* ---- searching ---- */

/* A batch of @scenario from @seed on. *ret: how many schedules ended. */
static void search_batch(struct judge_search *search, const char *scenario,
			 uint64_t seed, uint64_t schedules,
			 struct explorer_answer *ret)
{
	struct explore_command command = explorer_search(
		scenario, search->flags, search->steps_max);
	struct error err = { 0 };
	int r;

	command.seed = seed;
	command.schedules = schedules;
	r = explorer_ask(&search->candidate, &command, NULL, ret, &err);
	if (r < 0)
		judge_search_lost(search, scenario, r, &err);
}

/* Count it; the first one is kept, to be told. Takes @run over. */
static void note_undecided(struct judge_search *search, const char *scenario,
			   struct explorer_run *run)
{
	if (search->unable++ > 0)
		return;
	search->undecided = (struct judge_failure){
		.scenario = scenario,
		.outcome = run->entry.outcome,
		.preemptions = run->entry.preemptions,
		.strategy = run->entry.strategy,
		.run = *run,
	};
	*run = (struct explorer_run){ 0 };
}

/* The first schedule that fails is what counts, however many follow. */
static void check_batch(struct judge_search *search, const char *scenario,
			uint64_t seed, struct explorer_answer *answer)
{
	uint64_t before = search->schedules - answer->reply.schedules;
	struct judge_failure failure;
	size_t i;

	for (i = 0; i < answer->count; i++) {
		struct explorer_run *run = &answer->runs[i];

		search->histories++;
		if (judge_search_undecided(run)) {
			note_undecided(search, scenario, run);
			continue;
		}
		if (!judge_search_fails(search, scenario, run, &failure))
			continue;
		failure.tried = before + run->entry.seed - seed + 1;
		judge_search_confirm(search, &failure, run);
		judge_search_tell(search, &failure);
	}
}

/* How many schedules are about BATCH_NS of work. */
static uint64_t next_batch(uint64_t schedules, uint64_t took_ns)
{
	uint64_t next = schedules * BATCH_NS / (took_ns ? took_ns : 1);

	if (next > 4 * schedules)
		next = 4 * schedules;
	if (next > BATCH_MAX)
		next = BATCH_MAX;
	return next ? next : 1;
}

static void check_time(const struct judge_search *search, uint64_t budget)
{
	uint64_t now_ns = history_now_ns();
	uint64_t cpu_us;

	if (now_ns <= search->until_ns)
		return;
	cpu_us = judge_probe(search->judge).cpu_us;
	if (judge_search_is_slow(cpu_us, now_ns - search->began_ns))
		judge_fail(search->judge,
			   "%" PRIu64 " schedules took the program %" PRIu64
			   " ms of processor time, and %" PRIu64 " are to be"
			   " searched: it computes for too long where nothing"
			   " of it can be seen",
			   search->schedules, cpu_us / 1000, budget);
	judge_broken("%" PRIu64 " schedules were tried in the test's"
		     " time; it announces %" PRIu64 ", and passes with no less",
		     search->schedules, budget);
}

static void search_scenario(struct judge_search *search, const char *scenario,
			    uint64_t seed, uint64_t schedules, uint64_t budget)
{
	const struct error none = { .text = "a search that tried nothing" };
	struct explorer_answer answer;
	uint64_t batch = BATCH_FIRST;
	uint64_t done = 0;
	uint64_t classes = 0;
	uint64_t began_ns, took_ns;

	while (done < schedules) {
		check_time(search, budget);
		began_ns = history_now_ns();
		if (batch > schedules - done)
			batch = schedules - done;
		search_batch(search, scenario, seed + done, batch, &answer);
		took_ns = history_now_ns() - began_ns;
		if (answer.reply.schedules == 0)
			judge_search_lost(search, scenario, -EBADMSG, &none);
		classes = answer.reply.classes;
		search->schedules += answer.reply.schedules;
		search->steps += answer.reply.steps;
		search->searched_ns += took_ns;
		batch = next_batch(answer.reply.schedules, took_ns);
		check_batch(search, scenario, seed + done, &answer);
		done += answer.reply.schedules;
		explorer_answer_release(&answer);
	}
	search->classes += classes;
}

/*
 * A scenario of the runtime's own that is known to be wrong. Where it passes,
 * the runtime is not what it was, and no other pass means anything.
 */
static void check_canary(struct judge_search *search, uint64_t seed)
{
	struct explore_command command = explorer_search(
		EXPLORE_CANARY, search->flags | EXPLORE_RACES,
		search->steps_max);
	struct explorer_answer answer = { 0 };
	struct error err = { 0 };
	uint64_t tried = 0;
	bool failed = false;
	int r = 0;

	while (r == 0 && !failed && tried < CANARY_SCHEDULES) {
		command.seed = seed + tried;
		command.schedules = CANARY_SCHEDULES - tried;
		r = explorer_ask(&search->candidate, &command, NULL, &answer,
				 &err);
		if (r == 0 && answer.reply.schedules == 0)
			break;
		tried += answer.reply.schedules;
		failed = r == 0 && answer.reply.outcome != EXPLORE_PASSED &&
			 answer.reply.outcome != EXPLORE_UNABLE;
		explorer_answer_release(&answer);
	}
	if (r < 0 && r != -ENOENT)
		judge_search_lost(search, EXPLORE_CANARY, r, &err);
	if (!failed)
		judge_fail(search->judge,
			   "the search does not vouch for this build: a"
			   " scenario that is known to be wrong went well under"
			   " all of %d schedules, so this program keeps the"
			   " search from seeing what threads do",
			   CANARY_SCHEDULES);
}

/* ---- parameters ---- */

static const json_t *optional(const struct judge *judge, const char *name)
{
	return json_object_get(json_object_get(judge->params, "params"), name);
}

static uint64_t optional_number(const struct judge *judge, const char *name,
				uint64_t otherwise)
{
	const json_t *value = optional(judge, name);
	json_int_t number = json_integer_value(value);

	if (!value)
		return otherwise;
	if (!json_is_integer(value) || number <= 0)
		judge_broken("test %s: %s: expected a number above 0",
			     judge_test(judge), name);
	return (uint64_t)number;
}

static struct judge_search make_search(struct judge *judge,
				       judge_explore_check check,
				       judge_explore_show show, void *data)
{
	struct judge_search search = {
		.judge = judge,
		.check = check,
		.show = show,
		.data = data,
		.second_fd = ASSAY_JUDGE_BASELINE_CHANNEL_FD,
		.flags = EXPLORE_STALE | EXPLORE_SPURIOUS | EXPLORE_EARLY,
		.steps_max = (uint32_t)optional_number(judge, "steps_max",
						       20000),
		.began_ns = history_now_ns(),
		.until_ns = history_now_ns() +
			    MS * optional_number(judge, "limit_ms", 60000),
	};

	if (!json_is_false(optional(judge, "races")))
		search.flags |= EXPLORE_RACES;
	return search;
}

/* ---- the whole test ---- */

static void check_names(struct judge_search *search)
{
	const json_t *names = optional(search->judge, "scenarios");
	const json_t *name;
	size_t i;

	json_array_foreach (names, i, name) {
		if (!json_is_string(name))
			judge_broken("test %s: scenarios[%zu]: expected a name",
				     judge_test(search->judge), i);
		judge_search_check_name(search, json_string_value(name));
	}
}

/* A search that could not see all that there was is no ground for a pass, and
 * it is the program that asks for so much. */
__attribute__((noreturn)) static void
tell_undecided(struct judge_search *search)
{
	struct judge_failure *first = &search->undecided;
	char remark[160];

	(void)snprintf(remark, sizeof remark,
		       "%" PRIu64 " of %" PRIu64 " schedules ended like this,"
		       " so the search cannot vouch for the program",
		       search->unable, search->schedules);
	first->tried = search->schedules;
	first->remark = remark;
	judge_search_tell(search, first);
}

static void search_all(struct judge_search *search)
{
	const json_t *names = optional(search->judge, "scenarios");
	uint64_t budget = optional_number(search->judge, "budget", 0);
	struct random random = random_from(judge_seed(search->judge));
	size_t count = json_array_size(names);
	const json_t *name;
	size_t i;

	if (count == 0 || budget < count)
		judge_broken("test %s: expected scenarios and a budget of"
			     " schedules for them",
			     judge_test(search->judge));
	json_array_foreach (names, i, name)
		search_scenario(search, json_string_value(name),
				random_next(&random) & ASSAY_SEED_MAX,
				budget / count + (i < budget % count), budget);
	if (search->unable * UNABLE_SHARE > search->schedules)
		tell_undecided(search);
}

__attribute__((noreturn)) static void pass(struct judge_search *search)
{
	size_t count = json_array_size(optional(search->judge, "scenarios"));

	judge_search_metrics(search);
	(void)snprintf(search->property, sizeof search->property,
		       "no schedule of %" PRIu64 " that were tried, over %zu"
		       " scenarios, went wrong; no proof that none does",
		       search->schedules, count);
	judge_property(search->judge, search->property);
	judge_pass(search->judge, 1);
}

void judge_explore(struct judge *judge, judge_explore_check check,
		   judge_explore_show show, void *data)
{
	struct judge_search search = make_search(judge, check, show, data);
	const char *trace = json_string_value(optional(judge, "replay"));

	judge_search_connect(&search);
	judge_property(judge, "under each schedule that is tried, scenarios"
			      " end and calls return what they should");
	if (trace)
		judge_search_replay(&search, trace);
	check_names(&search);
	check_canary(&search, judge_seed(judge));
	search_all(&search);
	check_canary(&search, judge_seed(judge) + CANARY_SCHEDULES);
	pass(&search);
}
