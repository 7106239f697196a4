/*
 * thread_story.c - see thread_story.h
 *
 * Threads that wait for a mutex or for each other's end, without a limit, form
 * a graph in which each waits for at most one other. A ring in it can only be
 * broken from outside: it is the whole explanation, and is said first.
 *
 * What is read may be any JSON; what makes no sense in it is passed over.
 */
#include "thread_story.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/box.h>
#include <assay/cleanup.h>

#include "report_member.h"
#include "text.h"

#define LABELS_MAX 9 /* threads that one sentence names */

struct story {
	const json_t *threads;
	size_t count;
	const char *signal;
	const char *call;
	bool hopeless; /* nothing that is left could wake any of them */
	bool told[BOX_THREADS_MAX];
	size_t sentences;
	json_t *lines;
};

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static bool flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* ---- threads ---- */

static const json_t *thread_at(const struct story *story, size_t index)
{
	return json_array_get(story->threads, index);
}

static const json_t *waits_of(const json_t *thread)
{
	return json_object_get(thread, "waits");
}

static bool runs(const json_t *thread)
{
	return report_is(thread, "state", "R");
}

/* A process's first thread is called like its program, and its others like
 * that one, unless the program says else. */
static const char *own_name(const struct story *story, const json_t *thread)
{
	const char *name = report_string(thread, "name");
	const json_t *first = thread, *other;
	size_t i;

	for (i = 0; i < story->count; i++) {
		other = thread_at(story, i);
		if (number(other, "process") == number(thread, "process") &&
		    number(other, "thread") < number(first, "thread"))
			first = other;
	}
	return report_is(first, "name", name) ? "" : name;
}

/* "thread 2", "thread 2 (reader)"; to be freed. */
static char *label(const struct story *story, const json_t *thread)
{
	const char *name = own_name(story, thread);

	return text_format("thread %lld%s%s%s",
			   (long long)number(thread, "number"),
			   *name ? " (" : "", name, *name ? ")" : "");
}

static char *label_of_number(const struct story *story, json_int_t wanted)
{
	size_t i;

	for (i = 0; i < story->count; i++)
		if (number(thread_at(story, i), "number") == wanted)
			return label(story, thread_at(story, i));
	return text_format("thread %lld", (long long)wanted);
}

/* Which thread this one waits for and cannot but wait for; -1: none. */
static ssize_t waits_for(const struct story *story, size_t index)
{
	const json_t *waits = waits_of(thread_at(story, index));
	json_int_t other = number(waits, "held_by");
	size_t i;

	if ((!report_is(waits, "for", "mutex") &&
	     !report_is(waits, "for", "join")) ||
	    flag(waits, "limited") || other <= 0)
		return -1;
	for (i = 0; i < story->count; i++)
		if (number(thread_at(story, i), "number") == other)
			return (ssize_t)i;
	return -1;
}

static bool can_only_be_woken_from_inside(const json_t *thread)
{
	return flag(thread, "for_good") ||
	       report_is(waits_of(thread), "for", "input");
}

/* ---- frames ---- */

/* The kit's handler of a crash and what the kernel put beneath it come before
 * the frame that crashed. */
static size_t first_frame(const json_t *thread)
{
	const json_t *frames = json_object_get(thread, "frames");
	size_t count = json_array_size(frames), from = 0, i;

	if (!flag(thread, "crashed"))
		return 0;
	for (i = 0; i < count; i++)
		if (report_is(json_array_get(frames, i), "file",
			      "/work/kit/crash.c"))
			from = i + 1;
	if (from > 0 &&
	    report_is(json_array_get(frames, from), "function", "__restore_rt"))
		from++;
	return from;
}

/* The first frame of @whose from @at on; *ret_index is where. NULL: none. */
static const json_t *frame_of(const json_t *thread, size_t at,
			      const char *whose, size_t *ret_index)
{
	const json_t *frames = json_object_get(thread, "frames");
	size_t count = json_array_size(frames);

	for (; at < count; at++) {
		if (!report_is(json_array_get(frames, at), "whose", whose))
			continue;
		if (ret_index)
			*ret_index = at;
		return json_array_get(frames, at);
	}
	return NULL;
}

static const json_t *own_frame(const json_t *thread, size_t *ret_index)
{
	return frame_of(thread, first_frame(thread), "submission", ret_index);
}

/* "bq.c:41", "bq.c", ""; to be freed. */
static char *line_of(const json_t *frame)
{
	const char *file = report_string(frame, "file");
	json_int_t line = number(frame, "line");

	if (*file && line > 0)
		return text_format("%s:%lld", file, (long long)line);
	return text_format("%s", file);
}

/* "bq_put, bq.c:41", as far as it is known; to be freed. */
static char *place_of(const json_t *frame)
{
	AUTO_FREE char *line = line_of(frame);
	const char *function = report_string(frame, "function");

	if (*function && *line)
		return text_format("%s, %s", function, line);
	if (*function || *line)
		return text_format("%s", *function ? function : line);
	return text_format("%s",
			   json_string_value(json_object_get(frame, "address"))
				   ? report_string(frame, "address")
				   : "an unknown place");
}

/* ---- sentences ---- */

static void say(struct story *story, char *sentence)
{
	json_t *line = json_string(sentence);

	CHECK(line && json_array_append_new(story->lines, line) == 0);
	free(sentence);
}

/* ", called from bq_put, bq.c:33", where that is the candidate's, too. */
static char *caller_of(const json_t *thread, size_t index)
{
	const json_t *caller = frame_of(thread, index + 1, "submission", NULL);
	AUTO_FREE char *place = caller ? place_of(caller) : NULL;

	return text_format("%s%s", place ? ", called from " : "",
			   place ? place : "");
}

/* A candidate's mistake may come to light in a function of the system's. */
static char *crash_sentence(const struct story *story, const json_t *thread)
{
	const json_t *frames = json_object_get(thread, "frames");
	size_t from = first_frame(thread), at = from;
	const json_t *frame = own_frame(thread, &at);
	AUTO_FREE char *who = label(story, thread);
	AUTO_FREE char *place = NULL, *caller = NULL;
	const char *callee;

	if (!frame)
		frame = json_array_get(frames, at);
	if (!frame)
		return NULL;
	place = place_of(frame);
	caller = caller_of(thread, at);
	callee = at > from ? report_string(json_array_get(frames, at - 1),
					   "function")
			   : "";
	return text_format("%s%scrashed in %s%s%s%s%s%s%s",
			   story->count > 1 ? who : "",
			   story->count > 1 ? " " : "", callee,
			   *callee ? ", called from " : "", place,
			   *story->signal ? " (" : "", story->signal,
			   *story->signal ? ")" : "", caller);
}

static char *refusal_sentence(const struct story *story, const json_t *thread)
{
	size_t at = 0;
	const json_t *frame = own_frame(thread, &at);
	AUTO_FREE char *place = frame ? place_of(frame) : NULL;
	AUTO_FREE char *caller = caller_of(thread, at);

	if (!frame)
		return NULL;
	return text_format("%s was called in %s%s",
			   *story->call ? story->call : "a system call", place,
			   caller);
}

static char *holder_text(const struct story *story, const json_t *thread)
{
	const json_t *waits = waits_of(thread);
	json_int_t holder = number(waits, "held_by");
	AUTO_FREE char *who = NULL, *line = NULL;

	if (flag(waits, "ended"))
		return text_format(" that a thread holds which has ended");
	if (holder <= 0)
		return text_format("%s", "");
	line = line_of(json_object_get(waits, "taken_at"));
	who = holder == number(thread, "number")
		      ? text_format("it holds itself")
		      : label_of_number(story, holder);
	return text_format(" that %s%s%s%s", who,
			   holder == number(thread, "number") ? "" : " holds",
			   *line ? ", taken at " : "", line);
}

static char *join_text(const struct story *story, const json_t *waits)
{
	json_int_t other = number(waits, "held_by");
	AUTO_FREE char *who = other > 0 ? label_of_number(story, other)
					: text_format("another thread");

	return text_format(", for %s to end", who);
}

static char *input_text(const json_t *waits)
{
	const json_t *descriptor = json_object_get(waits, "descriptor");

	if (!json_is_integer(descriptor))
		return text_format(", for input");
	return text_format(", for input on descriptor %lld",
			   (long long)json_integer_value(descriptor));
}

/* "a mutex", "mutex table_lock" */
static char *thing(const json_t *waits, const char *article, const char *noun)
{
	const char *name = report_string(waits, "object");

	return *name ? text_format("%s %s", noun, name)
		     : text_format("%s %s", article, noun);
}

/* What stands behind "thread 2 waits in bq_put, bq.c:41"; to be freed. */
static char *wait_text(const struct story *story, const json_t *thread)
{
	static const struct {
		const char *wait, *article, *noun, *rest;
	} things[] = {
		{ "semaphore", "a", "semaphore",
		  " that nobody is left to post" },
		{ "rwlock", "a", "read-write lock", " that nobody gives back" },
		{ "barrier", "a", "barrier",
		  " that nobody else is left to reach" },
		{ "condition", "a", "condition",
		  " that nobody is left to signal" },
		{ "futex", "a", "futex", " that nobody is left to wake" },
		{ "child", "a", "child process", " to end" },
		{ "signal", "a", "signal", "" },
	};
	const json_t *waits = waits_of(thread);
	AUTO_FREE char *what = NULL, *holder = NULL;
	size_t i;

	if (report_is(waits, "for", "join"))
		return join_text(story, waits);
	if (report_is(waits, "for", "input"))
		return input_text(waits);
	if (report_is(waits, "for", "mutex")) {
		what = thing(waits, "a", "mutex");
		holder = holder_text(story, thread);
		return text_format(", for %s%s", what, holder);
	}
	for (i = 0; i < sizeof things / sizeof *things; i++) {
		if (!report_is(waits, "for", things[i].wait))
			continue;
		what = thing(waits, things[i].article, things[i].noun);
		return text_format(
			", for %s%s", what,
			story->hopeless || report_is(waits, "for", "child")
				? things[i].rest
				: "");
	}
	return text_format("%s", "");
}

static const char *verb_of(const json_t *thread, bool plural)
{
	const json_t *waits = waits_of(thread);

	if (runs(thread))
		return plural ? "run" : "runs";
	if (report_is(thread, "state", "T") || report_is(thread, "state", "t"))
		return plural ? "are stopped" : "is stopped";
	if (report_is(waits, "for", "time"))
		return plural ? "sleep" : "sleeps";
	if (json_is_object(waits) && !report_is(waits, "for", "other"))
		return plural ? "wait" : "waits";
	return plural ? "are" : "is";
}

/* "in ..." of a thread that is nowhere in the candidate's code but runs, or of
 * which no stack is known. */
static char *bare_place(const struct story *story, const json_t *thread)
{
	const json_t *frames = json_object_get(thread, "frames");
	const json_t *frame = frame_of(thread, 0, "exercise", NULL);
	const char *call = report_string(json_object_get(thread, "syscall"),
					 "name");
	const char *function;
	AUTO_FREE char *place = NULL, *what = NULL;

	if (frame) {
		place = place_of(frame);
		what = runs(thread) ? NULL : wait_text(story, thread);
		return text_format(" in the test's own code, %s%s", place,
				   what ? what : "");
	}
	function = report_string(json_array_get(frames, 0), "function");
	if (*function)
		return text_format(" in %s, a function of the system's",
				   function);
	if (*call)
		return text_format(" in the system call %s", call);
	return text_format(", nobody knows where");
}

/* What stands behind "thread 2 waits"; to be freed. */
static char *whereabouts(const struct story *story, const json_t *thread)
{
	size_t at = 0;
	const json_t *frame = own_frame(thread, &at);
	const json_t *waits = waits_of(thread);
	AUTO_FREE char *place = NULL, *caller = NULL, *what = NULL;
	AUTO_FREE char *call = NULL;

	if (!frame)
		return bare_place(story, thread);
	place = place_of(frame);
	caller = caller_of(thread, at);
	if (runs(thread) || !json_is_object(waits))
		return text_format(" in %s%s", place, caller);
	what = wait_text(story, thread);
	if (report_is(waits, "for", "other"))
		call = text_format(
			", in the system call %s",
			report_string(json_object_get(thread, "syscall"),
				      "name"));
	return text_format(
		" in %s%s%s%s%s", place, caller, what, call ? call : "",
		flag(waits, "limited") && !report_is(waits, "for", "time")
			? ", but not for ever"
			: "");
}

static char *sentence_of(const struct story *story, const json_t *thread)
{
	AUTO_FREE char *who = label(story, thread);
	AUTO_FREE char *where = whereabouts(story, thread);

	return text_format("%s %s%s", who, verb_of(thread, false), where);
}

static void tell(struct story *story, size_t index)
{
	const json_t *thread = thread_at(story, index);
	char *sentence;

	if (story->told[index] || story->sentences == THREAD_STORY_MAX)
		return;
	if (flag(thread, "crashed"))
		sentence = crash_sentence(story, thread);
	else if (flag(thread, "refused"))
		sentence = refusal_sentence(story, thread);
	else
		sentence = sentence_of(story, thread);
	story->told[index] = true;
	if (!sentence)
		return;
	story->sentences++;
	say(story, sentence);
}

/* Whether the same can be said of both. */
static bool are_alike(const struct story *story, const json_t *a,
		      const json_t *b)
{
	AUTO_FREE char *of_a = whereabouts(story, a);
	AUTO_FREE char *of_b = whereabouts(story, b);
	const json_t *waits = waits_of(a);

	return strcmp(of_a, of_b) == 0 &&
	       strcmp(verb_of(a, false), verb_of(b, false)) == 0 &&
	       number(waits, "held_by") == number(waits_of(b), "held_by") &&
	       number(waits, "held_by") != number(a, "number");
}

/* "threads 2, 3 (reader) and 5", "threads 2, 3, ..., 9 and 12 more" */
static char *labels(const struct story *story, const size_t *index,
		    size_t count)
{
	size_t shown = count > LABELS_MAX ? LABELS_MAX - 1 : count, i;
	AUTO_FREE char *all = text_format("threads ");

	for (i = 0; i < shown; i++) {
		AUTO_FREE char *one = label(story, thread_at(story, index[i]));
		const char *between = i == 0           ? ""
				      : i + 1 == count ? " and "
						       : ", ";
		char *more = text_format("%s%s%s", all, between,
					 one + strlen("thread "));

		free(all);
		all = more;
	}
	if (shown < count)
		return text_format("%s and %zu more", all, count - shown);
	return TAKE_PTR(all);
}

/* "threads 2, 3 (reader) and 5 wait in bq_take, bq.c:72, for ..." */
static void tell_alike(struct story *story, const size_t *index, size_t count)
{
	const json_t *first = thread_at(story, index[0]);
	AUTO_FREE char *where = whereabouts(story, first);
	AUTO_FREE char *who = labels(story, index, count);
	size_t i;

	for (i = 0; i < count; i++)
		story->told[index[i]] = true;
	story->sentences++;
	say(story, text_format("%s %s%s", who, verb_of(first, true), where));
}

/* This thread, and with it all others that are just where it is. */
static void tell_with_others(struct story *story, size_t index)
{
	size_t alike[BOX_THREADS_MAX] = { index };
	size_t count = 1, i;

	if (story->told[index] || story->sentences == THREAD_STORY_MAX)
		return;
	for (i = index + 1; i < story->count; i++)
		if (!story->told[i] && are_alike(story, thread_at(story, index),
						 thread_at(story, i)))
			alike[count++] = i;
	if (count > 1)
		tell_alike(story, alike, count);
	else
		tell(story, index);
}

/* ---- rings ---- */

/* A thread of the first ring there is, or -1. */
static ssize_t find_ring(const struct story *story)
{
	size_t start, steps;

	for (start = 0; start < story->count; start++) {
		ssize_t at = waits_for(story, start);

		for (steps = 1; at >= 0 && steps < story->count; steps++) {
			if ((size_t)at == start)
				break;
			at = waits_for(story, (size_t)at);
		}
		if (at == (ssize_t)start)
			return at;
	}
	return -1;
}

/* "thread 1, thread 2 and thread 5 wait for each other:" */
static void tell_ring(struct story *story)
{
	ssize_t start = find_ring(story);
	AUTO_FREE char *all = NULL;
	ssize_t at = start;

	if (start < 0)
		return;
	do {
		ssize_t next = waits_for(story, (size_t)at);
		AUTO_FREE char *who = label(story,
					    thread_at(story, (size_t)at));
		char *more = text_format("%s%s%s", all ? all : "",
					 !all            ? ""
					 : next == start ? " and "
							 : ", ",
					 who);

		free(all);
		all = more;
		at = next;
	} while (at != start);
	if (waits_for(story, (size_t)start) != start)
		say(story, text_format("%s wait for each other:", all));
	do {
		tell(story, (size_t)at);
		at = waits_for(story, (size_t)at);
	} while (at != start);
}

/* ---- the whole ---- */

/*
 * Asleep in the test's code and not the candidate's, as who waits for a command
 * is: nothing to look at. A stack that could not be followed so far is something
 * else; and so is any other wait there, which may be the candidate's after all,
 * as a call at the end of a function leaves no frame.
 */
static bool is_idle(const json_t *thread)
{
	const json_t *waits = waits_of(thread);

	return !runs(thread) && !own_frame(thread, NULL) &&
	       frame_of(thread, 0, "exercise", NULL) &&
	       (report_is(waits, "for", "input") ||
		report_is(waits, "for", "condition"));
}

/* Those in the candidate's own code, or else those that are not. */
static void tell_those(struct story *story, bool running, bool own)
{
	size_t i;

	for (i = 0; i < story->count; i++) {
		const json_t *thread = thread_at(story, i);

		if (!is_idle(thread) && runs(thread) == running &&
		    (own_frame(thread, NULL) != NULL) == own)
			tell_with_others(story, i);
	}
}

static void count_the_rest(struct story *story)
{
	size_t idle = 0, more = 0, i;

	for (i = 0; i < story->count; i++) {
		if (story->told[i])
			continue;
		if (is_idle(thread_at(story, i)))
			idle++;
		else
			more++;
	}
	if (more > 0)
		say(story, text_format("%zu more thread%s in the report", more,
				       more > 1 ? "s are" : " is"));
	if (idle > 0 && story->sentences > 0)
		say(story, text_format("%zu more thread%s for the test", idle,
				       idle > 1 ? "s wait" : " waits"));
	else if (idle > 0)
		say(story, text_format("no thread is in the submission's code;"
				       " %zu wait%s for the test",
				       idle, idle > 1 ? "" : "s"));
}

json_t *thread_story(const json_t *threads, const char *signal,
		     const char *call)
{
	struct story story = {
		.threads = threads,
		.count = json_array_size(threads),
		.signal = signal ? signal : "",
		.call = call ? call : "",
		.hopeless = true,
		.lines = json_array(),
	};
	size_t i;

	if (story.count > BOX_THREADS_MAX)
		story.count = BOX_THREADS_MAX;
	for (i = 0; i < story.count; i++)
		if (!can_only_be_woken_from_inside(thread_at(&story, i)))
			story.hopeless = false;
	for (i = 0; i < story.count; i++)
		if (flag(thread_at(&story, i), "crashed") ||
		    flag(thread_at(&story, i), "refused"))
			tell(&story, i);
	tell_ring(&story);
	tell_those(&story, true, true);
	tell_those(&story, false, true);
	tell_those(&story, true, false);
	tell_those(&story, false, false);
	count_the_rest(&story);
	return story.lines;
}

char *thread_story_paragraph(const json_t *story)
{
	char *all = NULL;
	json_t *line;
	size_t i;

	json_array_foreach (story, i, line) {
		const char *text = json_string_value(line);
		const char *between = !all ? "" : "; ";
		char *more;

		if (all && *all && all[strlen(all) - 1] == ':')
			between = " ";
		more = text_format("%s%s%s", all ? all : "", between,
				   text ? text : "");
		free(all);
		all = more;
	}
	return all;
}
