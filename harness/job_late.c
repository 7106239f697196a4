/*
 * job_late.c - a run that ended for time, and again alone: see late.h
 */
#include "job_parts.h"

#include <assay/cleanup.h>

#include "machine.h"
#include "text.h"

void job_late_begin(struct job *job)
{
	job->busy_us = machine_busy_us();
}

/* What else had processor time while @run, that is over, was under way. */
static uint64_t others_us(const struct job *job, const struct test_run *run)
{
	uint64_t own_us = run->candidate.user_us + run->candidate.system_us +
			  run->beside_us;
	uint64_t busy_us = machine_busy_us();

	if (busy_us == MACHINE_UNKNOWN || job->busy_us == MACHINE_UNKNOWN)
		return NOISE_UNKNOWN;
	busy_us = busy_us > job->busy_us ? busy_us - job->busy_us : 0;
	return busy_us > own_us ? busy_us - own_us : 0;
}

static struct late_run note(const struct job *job, const struct test_run *run,
			    bool company)
{
	const struct box_result *end = &run->candidate;

	return (struct late_run){
		.repetition = job->repetition,
		.seed = run->seed,
		.verdict = run->verdict,
		.message = run->message ? text_format("%s", run->message)
					: NULL,
		.candidate = *end,
		.noise = { .company = company,
			   .cpus = machine_cpus(),
			   .wall_us = end->wall_us,
			   .cpu_us = end->user_us + end->system_us,
			   .waited_us = end->waited_us == BOX_UNKNOWN
						? NOISE_UNKNOWN
						: end->waited_us,
			   .others_us = others_us(job, run) },
	};
}

bool job_late_again(struct job *job, struct test_result *test,
		    struct test_run *run, bool company)
{
	struct late_run late;

	if (job->alone) {
		late_runs_settle(&test->late, run->verdict, run->late,
				 &job->late);
		job->alone = false;
		return false;
	}
	if (!run->late)
		return false;
	late = note(job, run, company);
	job->alone = late_runs_add(&test->late, &late, &job->late);
	return job->alone;
}
