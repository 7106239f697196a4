/* judge_explore_tell.c - a failure for people: see judge_explore_inner.h */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "judge_explore.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "explorer_lines.h"
#include "explorer_story.h"
#include "judge_explore_inner.h"

/* In the folder that a judge starts in, which is not called /work everywhere. */
#define SUBMISSION "submission"
#define PROGRAM "candidate"
/* Of a trace's text, so that it stays one line of the judge's. */
#define TRACE_TEXT_MAX (160 * 1024)

void judge_search_metrics(const struct judge_search *search)
{
	struct judge *judge = search->judge;
	double seconds = (double)search->searched_ns / 1e9;

	judge_metric(judge, "schedules", (double)search->schedules, "");
	judge_metric(judge, "schedules_per_second",
		     seconds > 0 ? (double)search->schedules / seconds : 0,
		     "1/s");
	judge_metric(judge, "steps", (double)search->steps, "");
	judge_metric(judge, "classes", (double)search->classes, "");
	judge_metric(judge, "histories", (double)search->histories, "");
}

/* ---- names ---- */

static void find_names(const struct explorer_run *run,
		       struct explorer_lines *ret)
{
	AUTO_CLOSE int program = open(PROGRAM, O_RDONLY | O_CLOEXEC);
	int sources = open(SUBMISSION, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE uint64_t *pcs = NULL;
	size_t count = explorer_story_pcs(run, &pcs);

	explorer_lines_look_up(program, sources, pcs, count, ret);
}

/* ---- traces ---- */

static void append(json_t *lines, const char *text)
{
	(void)json_array_append_new(lines, json_string(text));
}

/* A text of many lines as an array of them. */
static json_t *split(const char *text)
{
	json_t *lines = json_array();

	while (*text) {
		size_t size = strcspn(text, "\n");

		(void)json_array_append_new(lines, json_stringn(text, size));
		text += size + (text[size] == '\n');
	}
	return lines;
}

static void tell_what(struct judge_search *search,
		      const struct judge_failure *failure,
		      const struct explorer_story *story)
{
	json_t *lines = explorer_story_what(story);

	if (failure->remark)
		append(lines, failure->remark);
	if (failure->tried)
		(void)json_array_append_new(
			lines, json_sprintf("scenario %s, found within %" PRIu64
					    " schedules, seed %" PRIu64,
					    failure->scenario, failure->tried,
					    failure->run.entry.seed));
	judge_trace(search->judge, "what happened", lines);
}

static void tell_schedule(struct judge_search *search,
			  const struct explorer_story *story)
{
	json_t *lines = explorer_story_schedule(story);
	char text[128];

	explorer_story_preemptions(story, text, sizeof text);
	append(lines, text);
	judge_trace(search->judge, "the shortest schedule that shows it",
		    lines);
}

static void tell_calls(struct judge_search *search,
		       const struct judge_failure *failure)
{
	struct history history;
	json_t *lines;

	if (!search->show || failure->run.entry.calls == 0)
		return;
	lines = json_array();
	judge_search_history(&failure->run, &history);
	search->show(search->data, &history, lines);
	history_release(&history);
	judge_trace(search->judge, "the calls", lines);
}

static void tell_trace(struct judge_search *search,
		       const struct judge_failure *failure)
{
	struct explorer_trace trace = explorer_trace_of(
		&failure->run, failure->scenario, search->flags,
		search->steps_max, "");
	AUTO_FREE char *text = NULL;

	trace.strategy = failure->strategy;
	text = explorer_trace_text(&trace);
	if (!text)
		judge_broken("out of memory");
	if (strlen(text) > TRACE_TEXT_MAX)
		return;
	judge_trace(search->judge, "trace", split(text));
}

/* ---- all of it ---- */

void judge_search_tell(struct judge_search *search,
		       const struct judge_failure *failure)
{
	char sentence[EXPLORER_SENTENCE_MAX];
	struct explorer_lines lines;
	struct explorer_story story = {
		.run = &failure->run,
		.lines = &lines,
		.wrong = failure->by_history ? failure->text : NULL,
		.preemptions = failure->preemptions,
	};

	find_names(&failure->run, &lines);
	if (failure->tried)
		judge_search_metrics(search);
	tell_what(search, failure, &story);
	tell_schedule(search, &story);
	tell_calls(search, failure);
	tell_trace(search, failure);
	explorer_story_sentence(&story, sentence);
	judge_fail(search->judge, "%s", sentence);
}
