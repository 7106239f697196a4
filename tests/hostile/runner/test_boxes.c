/*
 * test_boxes.c - hostile programs in "assay sandbox"
 *
 * A case has one of
 *
 *   run           the command, see boxed.h; after it, in the same box, comes
 *                 the well-behaved program, which must find all as it ought
 *                 to be; nothing follows a run that "failed"
 *   send, hear    two commands that ought not to be able to talk: "at once",
 *                 each in a box of its own, the second while the first holds
 *                 on to what it set up; and "in turn", in the same box.
 *                 "ways" leaves one of the two out. "sender" and "listener"
 *                 are what became of each at once
 *
 * and, for any of them, if wanted
 *
 *   options       for "assay sandbox"
 *   input         text that standard input has
 *   files         object: name -> text, in a folder that is shown as /shown
 *   collect       list of paths to collect: "collected" is seen
 *   hold          true: the program says "done" and waits; what the box
 *                 itself has used by then is seen as "box_kib"
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "boxed.h"
#include "cases.h"
#include "tests/e2e/census.h"
#include "tests/e2e/scratch.h"
#include "text.h"

#define UNDISTURBED "undisturbed\n"
/* More than looking around takes on a busy machine. */
#define AFTERWARDS_MS 5000
#define WAIT_MS 60000

static void put(json_t *seen, const char *key, json_t *value)
{
	CHECK(json_object_set_new(seen, key, value) == 0);
}

/* Bytes as they are, as far as a JSON text can have them. */
static void put_text(json_t *seen, const char *key, const char *text)
{
	AUTO_FREE char *clean = text_clean(text, strlen(text), 4096);

	put(seen, key, json_string(clean));
}

static const json_t *part(const struct hostile_case *hostile, const char *key)
{
	return json_object_get(hostile->data, key);
}

static bool has_option(const struct hostile_case *hostile, const char *word)
{
	json_t *option;
	size_t i;

	json_array_foreach (part(hostile, "options"), i, option)
		if (strcmp(json_string_value(option), word) == 0)
			return true;
	return false;
}

/* ---- what a case wants beside its command ---- */

static void add_input(struct boxed *boxed, const struct hostile_case *hostile)
{
	const char *text = json_string_value(part(hostile, "input"));

	if (!text)
		return;
	boxed_arg(boxed, "--stdin");
	boxed->argv[boxed->argc++] = scratch_write(boxed->scratch, "input",
						   text);
}

static void add_files(struct boxed *boxed, const struct hostile_case *hostile)
{
	AUTO_FREE char *folder = scratch_path(boxed->scratch, "shown");
	AUTO_FREE char *bind = text_format("%s:/shown", folder);
	const char *name;
	json_t *text;

	if (!part(hostile, "files"))
		return;
	(void)mkdir(folder, 0755);
	json_object_foreach ((json_t *)(uintptr_t)part(hostile, "files"), name,
			     text)
		free(scratch_write(folder, name, json_string_value(text)));
	boxed_arg(boxed, "--bind");
	boxed_arg(boxed, bind);
}

static void add_collected(struct boxed *boxed,
			  const struct hostile_case *hostile)
{
	json_t *path;
	size_t i;

	json_array_foreach (part(hostile, "collect"), i, path) {
		AUTO_FREE char *text = text_format("%s=%s/collected-%zu",
						   json_string_value(path),
						   boxed->scratch, i);

		boxed_arg(boxed, "--collect");
		boxed_arg(boxed, text);
	}
}

static void begin(struct boxed *boxed, char *scratch, const char *name,
		  const struct hostile_case *hostile)
{
	boxed_init(boxed, scratch, name);
	boxed_args(boxed, part(hostile, "options"));
	add_input(boxed, hostile);
	add_files(boxed, hostile);
	add_collected(boxed, hostile);
}

/* The words of the collected files, "" for what was not. */
static void tell_collected(json_t *seen, const char *scratch,
			   const struct hostile_case *hostile)
{
	json_t *path;
	size_t i;

	json_array_foreach (part(hostile, "collect"), i, path) {
		AUTO_FREE char *name = text_format("%s/collected-%zu", scratch,
						   i);
		AUTO_FREE char *key = text_format("content of %s",
						  json_string_value(path));
		struct stat status;
		FILE *file = fopen(name, "re");
		char text[64] = "";

		if (file) {
			text[fread(text, 1, sizeof text - 1, file)] = '\0';
			assert_int_equal(fstat(fileno(file), &status), 0);
			put(seen, "collected_bytes",
			    json_integer(status.st_size));
			(void)fclose(file);
		}
		put_text(seen, key, text);
	}
}

/* ---- one command, and a well-behaved one ---- */

/* Take what the well-behaved program said off @out, and judge it. */
static void tell_afterwards(json_t *seen, char *out, const json_t *after)
{
	size_t length = strlen(out), words = strlen(UNDISTURBED);
	double took = json_value(json_object_get(after, "resources"),
				 "wall_ms");
	AUTO_FREE char *ended = json_dumps(after, JSON_COMPACT);

	if (length < words || strcmp(out + length - words, UNDISTURBED) != 0 ||
	    strcmp(json_text(after, "outcome"), "exited") != 0 ||
	    took > AFTERWARDS_MS) {
		AUTO_FREE char *text = text_format("%.3000s %s", out, ended);

		put_text(seen, "disturbed", text);
		return;
	}
	out[length - words] = '\0';
}

/* Until @fd has a line or @process has ended. */
static bool wait_for_word(int fd, const struct process *process, char *word,
			  size_t size)
{
	AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
	struct pollfd polls[] = { { .fd = fd, .events = POLLIN },
				  { .fd = pidfd, .events = POLLIN } };
	ssize_t got;

	assert_true(poll(polls, 2, WAIT_MS) > 0);
	got = read(fd, word, size - 1);
	word[got > 0 ? got : 0] = '\0';
	return got > 0;
}

/* Kibibytes that the box has had at most. */
static long box_kib(pid_t assay)
{
	static struct census census;
	char path[64], line[256];
	long kib = 0;
	size_t i;

	census_take(&census, assay);
	for (i = 0; i < census.count; i++) {
		FILE *file;

		if (census.processes[i].parent != assay)
			continue;
		(void)snprintf(path, sizeof path, "/proc/%d/status",
			       census.processes[i].pid);
		file = fopen(path, "re");
		while (file && fgets(line, sizeof line, file))
			if (sscanf(line, "VmHWM: %ld", &kib) == 1)
				break;
		if (file)
			(void)fclose(file);
	}
	return kib;
}

static void hold(struct boxed *boxed, json_t *seen)
{
	char word[64];
	int in = boxed_pipe(boxed, "in"), out = boxed_pipe(boxed, "out");

	boxed_start(boxed);
	(void)wait_for_word(out, &boxed->process, word, sizeof word);
	put_text(seen, "prints", word);
	put(seen, "box_kib", json_integer(box_kib(boxed->process.pid)));
	(void)close(in);
	process_wait(&boxed->process);
	(void)close(out);
}

/* A program that waits until it was looked at; no other follows it. */
static json_t *try_held(const struct hostile_case *hostile, char *scratch)
{
	json_t *seen = json_object();
	AUTO_FREE char *input = text_format("%s/run.in", scratch);
	AUTO_FREE char *text = NULL;
	json_auto_t *result = NULL;
	struct boxed boxed;

	begin(&boxed, scratch, "run", hostile);
	boxed_arg(&boxed, "--stdin");
	boxed_arg(&boxed, input);
	boxed_command(&boxed, part(hostile, "run"));
	hold(&boxed, seen);
	text = boxed_read(&boxed, "result");
	result = scratch_parse(text);
	boxed_tell(seen, result);
	boxed_release(&boxed);
	return seen;
}

/* The well-behaved program, and what it cannot look for. */
static char *afterwards(const struct hostile_case *hostile)
{
	bool no_ipc = has_option(hostile, "build") ||
		      has_option(hostile, "judge");
	const char *lacks = no_ipc ? " no-ipc" : "";

	if (has_option(hostile, "explore"))
		lacks = " no-ipc no-processes";
	return text_format(
		"exec /hostile/well-behaved /work /tmp%s%s", lacks,
		strcmp(cases_level(), "minimal") == 0 ? " no-namespaces" : "");
}

static json_t *try_run(const struct hostile_case *hostile, char *scratch)
{
	json_t *seen = json_object();
	AUTO_FREE char *then = afterwards(hostile);
	AUTO_FREE char *out = NULL, *err = NULL;
	json_auto_t *results = NULL;
	struct boxed boxed;

	begin(&boxed, scratch, "run", hostile);
	boxed_arg(&boxed, "--then");
	boxed_arg(&boxed, then);
	boxed_command(&boxed, part(hostile, "run"));
	boxed_start(&boxed);
	results = boxed_wait(&boxed);
	boxed_tell(seen, json_array_get(results, 0));
	out = boxed_read(&boxed, "out");
	err = boxed_read(&boxed, "err");
	if (strcmp(json_text(seen, "outcome"), "failed") == 0) {
		assert_int_equal(json_array_size(results), 1);
	} else {
		assert_int_equal(json_array_size(results), 2);
		tell_afterwards(seen, out, json_array_get(results, 1));
	}
	tell_collected(seen, scratch, hostile);
	put_text(seen, "prints", out);
	put_text(seen, "errors", err);
	boxed_release(&boxed);
	return seen;
}

/* ---- two that ought not to talk ---- */

/* What became of a run that had a box to itself. */
static void tell_outcome(json_t *seen, const char *who, json_t *results)
{
	const json_t *first = json_array_get(results, 0);

	put_text(seen, who, json_text(first, "outcome"));
	json_decref(results);
}

/* The second while the first holds on to what it set up. */
static void talk_at_once(const struct hostile_case *hostile, char *scratch,
			 json_t *seen)
{
	AUTO_FREE char *heard = NULL, *sent = NULL;
	AUTO_FREE char *input = text_format("%s/send.in", scratch);
	struct boxed sender, listener;
	char word[64], rest[64] = "";
	int in, out;
	ssize_t got;

	begin(&sender, scratch, "send", hostile);
	boxed_arg(&sender, "--stdin");
	boxed_arg(&sender, input);
	boxed_command(&sender, part(hostile, "send"));
	in = boxed_pipe(&sender, "in");
	out = boxed_pipe(&sender, "out");
	boxed_start(&sender);
	(void)wait_for_word(out, &sender.process, word, sizeof word);

	begin(&listener, scratch, "hear", hostile);
	boxed_command(&listener, part(hostile, "hear"));
	boxed_start(&listener);
	tell_outcome(seen, "listener", boxed_wait(&listener));
	heard = boxed_read(&listener, "out");

	(void)close(in);
	tell_outcome(seen, "sender", boxed_wait(&sender));
	got = read(out, rest, sizeof rest - 1);
	rest[got > 0 ? got : 0] = '\0';
	(void)close(out);
	sent = text_format("%s%s", word, rest);
	put_text(seen, "at once", heard);
	put_text(seen, "sent", sent);
	boxed_release(&sender);
	boxed_release(&listener);
}

static void talk_in_turn(const struct hostile_case *hostile, char *scratch,
			 json_t *seen)
{
	const json_t *words = part(hostile, "hear");
	AUTO_FREE char *then = text_format(
		"exec /hostile/%s",
		json_string_value(json_array_get(words, 0)));
	AUTO_FREE char *out = NULL;
	struct boxed boxed;
	const char *heard;
	size_t i;

	for (i = 1; i < json_array_size(words); i++) {
		char *longer = text_format(
			"%s %s", then,
			json_string_value(json_array_get(words, i)));

		free(then);
		then = longer;
	}
	begin(&boxed, scratch, "turn", hostile);
	boxed_arg(&boxed, "--then");
	boxed_arg(&boxed, then);
	boxed_command(&boxed, part(hostile, "send"));
	boxed_start(&boxed);
	json_decref(boxed_wait(&boxed));
	out = boxed_read(&boxed, "out");
	heard = strchr(out, '\n');
	put_text(seen, "in turn", heard ? heard + 1 : out);
	boxed_release(&boxed);
}

static bool goes(const struct hostile_case *hostile, const char *way)
{
	json_auto_t *word = json_string(way);
	json_t *entry;
	size_t i;

	if (!part(hostile, "ways"))
		return true;
	json_array_foreach (part(hostile, "ways"), i, entry)
		if (json_equal(entry, word))
			return true;
	return false;
}

static json_t *try_talk(const struct hostile_case *hostile, char *scratch)
{
	json_t *seen = json_object();

	if (goes(hostile, "at once"))
		talk_at_once(hostile, scratch, seen);
	if (goes(hostile, "in turn"))
		talk_in_turn(hostile, scratch, seen);
	return seen;
}

static json_t *try_case(const struct hostile_case *hostile)
{
	char *scratch = scratch_new();
	json_t *seen;

	if (part(hostile, "send"))
		seen = try_talk(hostile, scratch);
	else if (json_is_true(part(hostile, "hold")))
		seen = try_held(hostile, scratch);
	else
		seen = try_run(hostile, scratch);
	scratch_remove(scratch);
	return seen;
}

int main(void)
{
	static const char *const files[] = { "calls",   "reach",    "limits",
					     "endings", "channels", "collect",
					     "explore", "dialogue", NULL };

	return cases_run("boxes", files, try_case, NULL, NULL);
}
