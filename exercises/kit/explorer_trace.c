/* explorer_trace.c - see explorer_trace.h */
#define _GNU_SOURCE /* open_memstream */
#include "explorer_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

static const struct {
	uint32_t flag;
	const char *name;
} flag_names[] = {
	{ EXPLORE_RACES, "races" },
	{ EXPLORE_STALE, "stale" },
	{ EXPLORE_SPURIOUS, "spurious" },
	{ EXPLORE_EARLY, "early" },
};

#define FLAG_NAMES (sizeof flag_names / sizeof *flag_names)

const char *explorer_segment_word(uint32_t flags)
{
	switch (flags) {
	case 0:
		return "";
	case EXPLORE_TIMED_OUT:
		return " timeout";
	default:
		CHECK(flags == EXPLORE_WOKEN);
		return " woken";
	}
}

/* ---- flags ---- */

void explorer_flags_text(uint32_t flags,
			 char text[static EXPLORER_TRACE_LINE_MAX])
{
	size_t used = 0;
	size_t i;

	(void)snprintf(text, EXPLORER_TRACE_LINE_MAX, "none");
	for (i = 0; i < FLAG_NAMES; i++)
		if (flags & flag_names[i].flag)
			used += (size_t)snprintf(
				text + used, EXPLORER_TRACE_LINE_MAX - used,
				"%s%s", used ? "," : "", flag_names[i].name);
}

/* In their order and once each, so that there is one text for each set. */
bool explorer_flags_parse(const char *text, uint32_t *ret)
{
	uint32_t flags;

	for (flags = 0; flags <= EXPLORER_TRACE_FLAGS; flags++) {
		char one[EXPLORER_TRACE_LINE_MAX];

		explorer_flags_text(flags, one);
		if (strcmp(one, text) == 0) {
			*ret = flags;
			return true;
		}
	}
	return false;
}

/* ---- writing ---- */

struct explorer_trace explorer_trace_of(const struct explorer_run *run,
					const char *scenario, uint32_t flags,
					uint32_t steps_max, const char *program)
{
	struct explorer_trace trace = {
		.flags = flags & EXPLORER_TRACE_FLAGS,
		.steps_max = steps_max,
		.strategy = run->entry.strategy,
		.outcome = run->entry.outcome,
		.result = run->entry.result,
		.steps = run->steps,
	};

	(void)snprintf(trace.scenario, sizeof trace.scenario, "%s", scenario);
	(void)snprintf(trace.program, sizeof trace.program, "%s", program);
	return trace;
}

static void write_trace(FILE *to, const struct explorer_trace *trace)
{
	char flags[EXPLORER_TRACE_LINE_MAX];
	uint32_t i;

	explorer_flags_text(trace->flags, flags);
	(void)fprintf(to, "explorer-trace %d\nscenario %s\nseed %" PRIu64 "\n",
		      EXPLORER_TRACE_FORMAT, trace->scenario,
		      trace->steps.seed);
	(void)fprintf(to, "flags %s\nsteps-max %u\nstrategy %s\noutcome %s\n",
		      flags, trace->steps_max,
		      explore_strategy_name(trace->strategy),
		      explore_outcome_name(trace->outcome));
	(void)fprintf(to, "program %s\nresult %016" PRIx64 "\n",
		      *trace->program ? trace->program : "-", trace->result);
	(void)fprintf(to, "segments %u\n", trace->steps.segment_count);
	for (i = 0; i < trace->steps.segment_count; i++) {
		const struct explore_segment *segment =
			&trace->steps.segments[i];

		(void)fprintf(to, "%u %u%s\n", segment->thread, segment->ops,
			      explorer_segment_word(segment->flags));
	}
	(void)fprintf(to, "choices %u\n", trace->steps.choice_count);
	for (i = 0; i < trace->steps.choice_count; i++) {
		const struct explore_choice *choice = &trace->steps.choices[i];

		(void)fprintf(to, "%u %u %u\n", choice->thread, choice->op,
			      choice->value);
	}
	(void)fputs("end\n", to);
}

char *explorer_trace_text(const struct explorer_trace *trace)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	write_trace(to, trace);
	if (ferror(to) | fclose(to)) {
		free(text);
		return NULL;
	}
	return text;
}

void explorer_trace_release(struct explorer_trace *trace)
{
	free(trace->memory);
	*trace = (struct explorer_trace){ 0 };
}
