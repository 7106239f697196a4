/*
 * What a program's threads were doing: the story, then each one's stack.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"
#include "thread_story.h"

#define THREADS_MAX 64
#define THREADS_OPEN 12 /* more are folded */
#define FRAMES_MAX 24

/* "bq_put, bq.c:41" or "pthread_cond_wait in libc.so.6". To be freed. */
static char *frame_text(const json_t *frame)
{
	const char *function = report_string(frame, "function");
	const char *file = report_string(frame, "file");
	const char *object = report_string(frame, "object");
	json_int_t line = json_integer_value(json_object_get(frame, "line"));

	if (!*function)
		function = "(no name)";
	if (*file && line > 0)
		return text_format("%s, %s:%lld", function, file, line);
	if (*object)
		return text_format("%s in %s", function, object);
	return text_format("%s", function);
}

static void put_stack(struct html *html, const json_t *frames)
{
	json_t *frame;
	size_t i;

	html_begin(html, "ol", "class", "stack", NULL);
	json_array_foreach (frames, i, frame) {
		AUTO_FREE char *text = frame_text(frame);

		if (i == FRAMES_MAX)
			break;
		html_element(html, "li",
			     report_is(frame, "whose", "submission") ? "own"
								     : NULL,
			     text);
	}
	html_end(html, "ol");
}

/* "waits for a mutex, held by thread 2" */
static char *state_of(const json_t *thread)
{
	const json_t *waits = json_object_get(thread, "waits");
	json_int_t holder = json_integer_value(
		json_object_get(waits, "held_by"));

	if (json_is_true(json_object_get(thread, "crashed")))
		return text_format("crashed here");
	if (json_is_true(json_object_get(thread, "refused")))
		return text_format("made the refused call here");
	if (!json_is_object(waits))
		return text_format("running");
	if (holder > 0)
		return text_format(
			"waits for %s%s, of thread %lld",
			report_string(waits, "for"),
			json_is_true(json_object_get(waits, "limited"))
				? " (for a time)"
				: "",
			holder);
	return text_format("waits for %s%s", report_string(waits, "for"),
			   json_is_true(json_object_get(waits, "limited"))
				   ? " (for a time)"
				   : "");
}

/* Those that are not wait for the test to tell them what to do. */
static bool is_in_submission(const json_t *thread)
{
	json_t *frame;
	size_t i;

	json_array_foreach (json_object_get(thread, "frames"), i, frame)
		if (report_is(frame, "whose", "submission"))
			return true;
	return false;
}

static void put_thread(struct html *html, const json_t *thread)
{
	AUTO_FREE char *state = state_of(thread);
	bool stuck = (json_is_true(json_object_get(thread, "for_good")) &&
		      is_in_submission(thread)) ||
		     json_is_true(json_object_get(thread, "crashed")) ||
		     json_is_true(json_object_get(thread, "refused"));

	html_begin(html, "div", "class", stuck ? "thread stuck" : "thread",
		   NULL);
	html_elementf(html, "h5", NULL, "Thread %lld %s",
		      json_integer_value(json_object_get(thread, "number")),
		      report_string(thread, "name"));
	html_element(html, "p", NULL, state);
	put_stack(html, json_object_get(thread, "frames"));
	html_end(html, "div");
}

static void put_story(struct html *html, const json_t *test)
{
	json_auto_t *story = thread_story(
		json_object_get(test, "threads"),
		report_string(json_object_get(test, "ended"), "signal_name"),
		report_string(json_object_get(test, "forbidden_syscall"),
			      "name"));
	json_t *line;
	size_t i;

	if (json_array_size(story) == 0)
		return;
	html_begin(html, "ul", NULL);
	json_array_foreach (story, i, line)
		html_element(html, "li", NULL, json_string_value(line));
	html_end(html, "ul");
}

/* The candidate's lines that threads stand at, each once. */
static void put_places(struct html *html, const json_t *view,
		       const json_t *threads)
{
	json_auto_t *seen = json_object();
	json_t *thread, *frame;
	size_t i, j;

	ENOUGH(seen);
	json_array_foreach (threads, i, thread) {
		json_array_foreach (json_object_get(thread, "frames"), j,
				    frame) {
			const char *file = report_string(frame, "file");
			json_int_t line = json_integer_value(
				json_object_get(frame, "line"));
			AUTO_FREE char *place = text_format("%s:%lld", file,
							    line);

			if (!report_is(frame, "whose", "submission"))
				continue;
			if (!json_object_get(seen, place))
				page_excerpt(html, view, file, line);
			(void)json_object_set_new(seen, place, json_true());
			break;
		}
	}
}

void page_threads(struct html *html, const json_t *view, const json_t *test)
{
	const json_t *threads = json_object_get(test, "threads");
	json_t *thread;
	size_t i;

	if (json_array_size(threads) > 0) {
		html_element(html, "h4", NULL, "Where its threads were");
		put_story(html, test);
		put_places(html, view, threads);
		html_begin(html, "details", "open",
			   json_array_size(threads) <= THREADS_OPEN ? "open"
								    : NULL,
			   NULL);
		html_elementf(html, "summary", NULL,
			      "The stack of each thread (%zu)",
			      json_array_size(threads));
		html_begin(html, "div", "class", "threads", NULL);
		json_array_foreach (threads, i, thread)
			if (i < THREADS_MAX)
				put_thread(html, thread);
		html_end(html, "div");
		html_end(html, "details");
	}
	if (*report_string(test, "threads_note"))
		html_element(html, "p", "soft",
			     report_string(test, "threads_note"));
}
