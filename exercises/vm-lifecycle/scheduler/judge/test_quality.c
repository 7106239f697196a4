/*
 * test_quality.c - VMs come and go on a fleet that is nearly full
 *
 * How many vCPUs find no room depends on how the others were packed. The same
 * trace is packed here by spreading and by best fit, and the scheduler is
 * placed between the two.
 */
#include "fleet.h"
#include "session.h"
#include "tests.h"

#include <inttypes.h>
#include <stdlib.h>

#define LEAST 0.05 /* what is less is spreading, with ties decided otherwise */

static int64_t play(struct judge *judge, const struct trace *trace)
{
	struct dialogue *dialogue = dialogue_start(judge, JUDGE_CANDIDATE);
	struct host *hosts = fleet_empty(trace->host_count);
	struct event event = { .kind = EVENT_REQUEST, .count = 1,
			       .spec = scene_spec() };
	struct session session;
	int64_t failed = 0;
	unsigned i;
	unsigned j;

	session_open(&session, dialogue, hosts, trace->host_count,
		     trace->count);
	for (i = 0; i < trace->count; i++) {
		for (j = 0; j < i; j++)
			if (trace->arrivals[j].leaves == i &&
			    session.world.vms[j + 1].placed)
				session_gone(&session, j + 1);
		event.vm = i + 1;
		event.spec.res = trace->arrivals[i].res;
		if (!session_request(&session, &event))
			failed += event.spec.res.of[VCPU];
	}
	session_close(&session);
	free(hosts);
	dialogue_finish(dialogue);
	return failed;
}

void test_quality(struct judge *judge)
{
	struct random random = random_from(judge_seed(judge));
	struct trace trace =
		trace_new((size_t)judge_param(judge, "hosts"),
			  (size_t)judge_param(judge, "vms"),
			  (unsigned)judge_param(judge, "load"), &random);
	int64_t spread = trace_failed(&trace, PACK_SPREAD);
	int64_t best = trace_failed(&trace, PACK_BEST);
	int64_t failed;
	double score;

	judge_property(judge, "VMs are packed so that large ones find room");
	if (spread < 2 * best + 100)
		judge_broken("packing makes no difference here: %" PRId64
			     " vCPUs fail with spreading, %" PRId64
			     " with best fit", spread, best);
	failed = play(judge, &trace);
	judge_metric(judge, "failed", (double)failed, "vCPU");
	judge_metric(judge, "failed_spread", (double)spread, "vCPU");
	judge_metric(judge, "failed_first_fit",
		     (double)trace_failed(&trace, PACK_FIRST), "vCPU");
	judge_metric(judge, "failed_best_fit", (double)best, "vCPU");
	trace_release(&trace);
	score = (double)(spread - failed) / (double)(spread - best);
	if (score < LEAST) {
		judge_expected(judge, "less than %" PRId64 " vCPUs", spread);
		judge_actual(judge, "%" PRId64 " vCPUs", failed);
		judge_fail(judge, "VMs with %" PRId64 " vCPUs in all found no"
			   " room; spreading them fails %" PRId64 ", the best"
			   " fit %" PRId64, failed, spread, best);
	}
	judge_pass(judge, score < 1 ? score : 1);
}
