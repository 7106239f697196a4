/*
 * test_latency.c - how long one request in a hundred takes on a large fleet
 *
 * The reference solution of the same language does the same requests in turn,
 * so that a busy machine slows both. PAR_MS is what is asked for; where the
 * machine does not let the reference keep well below it, par is PAR_RATIO times
 * what the reference takes. Who is at a first look too slow in every second
 * request is not measured for minutes.
 */
#include "fleet.h"
#include "session.h"
#include "tests.h"

#include <math.h>
#include <stdlib.h>

#define PAR_MS 5.0
#define PAR_RATIO 1.5
#define ATTEMPTS 3
#define FIRST_LOOK 20 /* requests */

struct side {
	struct session session;
	double *ms; /* of the requests of an attempt */
};

static void open_side(struct side *side, struct judge *judge,
		      enum judge_side which, const struct host *hosts,
		      size_t host_count, size_t requests)
{
	struct event warm = { .kind = EVENT_REQUEST, .vm = 1, .count = 1,
			      .spec = scene_spec() };

	side->ms = calloc(requests, sizeof *side->ms);
	if (!side->ms)
		judge_broken("out of memory");
	session_open(&side->session, dialogue_start(judge, which), hosts,
		     host_count, 1 + FIRST_LOOK + ATTEMPTS * requests);
	/* by the answer to this one, all the hosts have been read */
	(void)session_request(&side->session, &warm);
}

static double request(struct side *side, const struct event *event)
{
	uint64_t begun = history_now_ns();

	(void)session_request(&side->session, event);
	return (double)(history_now_ns() - begun) / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(double *ms, size_t count, unsigned percent)
{
	qsort(ms, count, sizeof *ms, compare);
	return ms[count * percent / 100];
}

/* Some ask for traits, some meet a rival. */
static struct event draw(struct random *random, unsigned vm)
{
	struct event event = { .kind = EVENT_REQUEST, .vm = vm, .count = 1,
			       .spec = scene_spec() };

	event.spec.res = fleet_size(random);
	event.spec.required = random_below(random, 1u << TRAITS) &
			      random_below(random, 1u << TRAITS);
	if (random_below(random, 10) == 0)
		scene_rival(&event, 1, random_below(random, 2) ?
			    RIVAL_BUMPS : RIVAL_FILLS);
	return event;
}

static double score_of(double ms, double reference_ms)
{
	double par = fmax(PAR_MS, PAR_RATIO * reference_ms);

	return log(4 * par / ms) / log(4);
}

static void play(struct side *theirs, struct side *ours, size_t count,
		 struct random *random, unsigned *vm)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct event event = draw(random, ++*vm);

		theirs->ms[i] = request(theirs, &event);
		ours->ms[i] = request(ours, &event);
	}
}

__attribute__((noreturn)) static void
conclude(struct judge *judge, const char *which, double ms, double reference_ms)
{
	double score = score_of(ms, reference_ms);

	judge_metric(judge, which, ms, "ms");
	judge_metric(judge, "reference", reference_ms, "ms");
	if (score <= 0) {
		judge_expected(judge, "at most %.0f ms", PAR_MS);
		judge_actual(judge, "%.1f ms", ms);
		judge_fail(judge, "the %s of the times that requests took is"
			   " %.1f ms, and %.1f ms for the reference solution",
			   which, ms, reference_ms);
	}
	judge_pass(judge, score < 1 ? score : 1);
}

/* Noise only ever adds, so the best of some attempts is the truest. */
void test_latency(struct judge *judge)
{
	struct random random = random_from(judge_seed(judge));
	size_t host_count = (size_t)judge_param(judge, "hosts");
	size_t requests = (size_t)judge_param(judge, "requests");
	struct host *hosts = fleet_used(host_count, &random);
	struct side theirs;
	struct side ours;
	double best_ms;
	double best_reference_ms;
	unsigned vm = 1;
	unsigned i;

	judge_property(judge, "on 5,000 hosts 99 of 100 requests are answered"
		       " within 5 ms");
	open_side(&theirs, judge, JUDGE_CANDIDATE, hosts, host_count, requests);
	open_side(&ours, judge, JUDGE_BASELINE, hosts, host_count, requests);
	free(hosts);
	play(&theirs, &ours, FIRST_LOOK, &random, &vm);
	best_ms = percentile(theirs.ms, FIRST_LOOK, 50);
	best_reference_ms = percentile(ours.ms, FIRST_LOOK, 99);
	if (score_of(best_ms, best_reference_ms) <= 0)
		conclude(judge, "median", best_ms, best_reference_ms);
	for (i = 0; i < ATTEMPTS; i++) {
		double ms;
		double reference_ms;

		play(&theirs, &ours, requests, &random, &vm);
		ms = percentile(theirs.ms, requests, 99);
		reference_ms = percentile(ours.ms, requests, 99);
		if (i == 0 || score_of(ms, reference_ms) >
			      score_of(best_ms, best_reference_ms)) {
			best_ms = ms;
			best_reference_ms = reference_ms;
		}
		if (score_of(ms, reference_ms) >= 1)
			break;
	}
	conclude(judge, "p99", best_ms, best_reference_ms);
}
