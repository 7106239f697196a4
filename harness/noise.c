#include "noise.h"

#include <assay/cleanup.h>

/* What others may have had of a run's time without being why it was late. */
#define SHARE 10

static bool is_little(uint64_t part_us, uint64_t wall_us)
{
	return part_us <= wall_us / SHARE;
}

/* More threads than CPUs wait for each other, which is nobody else's doing:
 * what others took cannot be more than what was to be had. */
static uint64_t lost_us(const struct noise *noise)
{
	uint64_t had_us = noise->wall_us * noise->cpus;
	uint64_t rest_us = had_us > noise->cpu_us ? had_us - noise->cpu_us : 0;

	return noise->waited_us < rest_us ? noise->waited_us : rest_us;
}

static bool spun(const struct noise *noise)
{
	return noise->waited_us != NOISE_UNKNOWN &&
	       noise->cpu_us >= noise->wall_us - noise->wall_us / SHARE &&
	       is_little(lost_us(noise), noise->wall_us);
}

enum noise_finding noise_find(const struct noise *noise)
{
	if (spun(noise))
		return NOISE_SPUN;
	if (noise->company)
		return NOISE_COMPANY;
	if (noise->others_us != NOISE_UNKNOWN &&
	    is_little(noise->others_us, noise->wall_us))
		return NOISE_QUIET;
	return NOISE_MACHINE;
}

bool noise_excuses(enum noise_finding finding)
{
	return finding == NOISE_COMPANY || finding == NOISE_MACHINE;
}

const char *noise_words(enum noise_finding finding)
{
	static const char *const words[NOISE_MAX] = {
		[NOISE_COMPANY] = "other runs were under way",
		[NOISE_MACHINE] = "the machine was busy with something else",
		[NOISE_SPUN] = "it computed all the time on CPUs of its own",
		[NOISE_QUIET] = "nothing else ran meanwhile",
	};

	CHECK(finding < NOISE_MAX);
	return words[finding];
}
