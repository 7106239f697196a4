/*
 * fuzz_threads.c - what the threads of a program were doing, as it comes from
 * a helper that read the program's own memory and files
 *
 * An input is how much of the file there is, the counts, and then threads with
 * a few frames each: all bytes of the struct are the input's, but for frames
 * that an input is too short to have. Whatever it is becomes sound JSON and
 * sentences.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "boxthreads.h"
#include "thread_story.h"

#define FRAMES_FILLED 4

static struct box_threads threads;

static void fill_thread(struct fuzz_input *input, struct box_thread *thread)
{
	size_t i;

	fuzz_copy(input, thread, offsetof(struct box_thread, frame));
	for (i = 0; i < FRAMES_FILLED; i++)
		fuzz_copy(input, &thread->frame[i], sizeof thread->frame[i]);
}

static void check_story(const json_t *list, const char *signal,
			const char *call)
{
	json_auto_t *story = thread_story(list, signal, call);
	AUTO_FREE char *paragraph = thread_story_paragraph(story);
	json_t *line;
	size_t i;

	json_array_foreach (story, i, line)
		fuzz_check_text(json_string_value(line));
	if (paragraph)
		fuzz_check_text(paragraph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	struct boxthreads told = { 0 };
	size_t cut = fuzz_byte(&input), i;
	int fd;

	memset(&threads, 0, sizeof threads);
	fuzz_copy(&input, &threads, offsetof(struct box_threads, thread));
	for (i = 0; i < BOX_THREADS_MAX && fuzz_left(&input) > 0; i++)
		fill_thread(&input, &threads.thread[i]);
	/* mostly all of the file, at times less */
	fd = fuzz_file(&threads,
		       cut < 8 ? cut * sizeof threads / 8 : sizeof threads);
	boxthreads_read(fd, &told);
	(void)close(fd);
	CHECK(told.list || told.note);
	if (told.note)
		fuzz_check_line(told.note);
	if (told.list) {
		CHECK(json_array_size(told.list) <= BOX_THREADS_MAX);
		fuzz_check_json(told.list);
		check_story(told.list, "", "");
		check_story(told.list, "SIGSEGV", "");
		check_story(told.list, "", "socket");
	}
	boxthreads_release(&told);
	return 0;
}
