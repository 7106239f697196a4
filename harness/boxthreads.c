/*
 * boxthreads.c - see boxthreads.h
 *
 * Whose a frame is, is seen from the name that the compiler noted for its
 * file: a submission is compiled in its own folder, by relative names, kit and
 * driver by absolute ones (exercises/README.md, "Where things are in a box").
 * A candidate who writes other names into a #line hides from himself.
 */
#include "boxthreads.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "text.h"

#define WORK "/work/"
#define SUBMISSION WORK "submission/"

/* In what order threads are told. */
struct order {
	const struct box_threads *threads;
	uint32_t count;
	uint32_t index[BOX_THREADS_MAX]; /* by number - 1 */
};

void boxthreads_release(struct boxthreads *threads)
{
	json_decref(threads->list);
	free(threads->note);
	*threads = (struct boxthreads){ 0 };
}

/* A fixed-size field as a string, or NULL when it is empty. To be freed. */
static char *text_of(const char *field, size_t size)
{
	size_t length = strnlen(field, size);

	return length > 0 ? text_clean(field, length, size * 3) : NULL;
}

#define TEXT_OF(field) text_of((field), sizeof(field))

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const char *without(const char *text, const char *prefix)
{
	return starts_with(text, prefix) ? text + strlen(prefix) : text;
}

/* "libc.so.6", "ld-linux-x86-64.so.2", "[vdso]", "" */
static bool is_library(const char *object)
{
	return *object == '\0' || *object == '[' || strstr(object, ".so");
}

static const char *whose(const char *file, const char *object)
{
	static const char *const systems[] = { "/usr/", "/build/", "/rustc/",
					       "../" };
	size_t i;

	if (starts_with(file, SUBMISSION))
		return "submission";
	if (starts_with(file, WORK))
		return "exercise";
	if (*file == '\0' || is_library(object))
		return "system";
	for (i = 0; i < sizeof systems / sizeof *systems; i++)
		if (starts_with(file, systems[i]))
			return "system";
	return "submission";
}

static json_t *hexadecimal(uint64_t number)
{
	return json_sprintf("0x%" PRIx64, number);
}

static json_t *frame_of(const struct box_frame *frame)
{
	AUTO_FREE char *function = TEXT_OF(frame->function);
	AUTO_FREE char *object = TEXT_OF(frame->object);
	AUTO_FREE char *file = TEXT_OF(frame->file);
	const char *owner = whose(file ? file : "", object ? object : "");
	const char *shown = file;
	json_t *result = json_object();

	if (strcmp(owner, "submission") == 0)
		shown = without(without(file, SUBMISSION), "./");
	report_set(result, "function", report_text(function));
	report_set(result, "file", report_text(shown));
	report_set(result, "line",
		   frame->line ? report_count(frame->line) : json_null());
	report_set(result, "object", report_text(object));
	report_set(result, "address", hexadecimal(frame->address));
	report_set(result, "whose", report_text(owner));
	return result;
}

static json_t *frames_of(const struct box_thread *thread)
{
	json_t *frames = json_array();
	uint32_t i;

	for (i = 0; i < thread->frames && i < BOX_FRAMES_MAX; i++)
		report_append(frames, frame_of(&thread->frame[i]));
	return frames;
}

static json_t *syscall_of(const struct box_thread *thread)
{
	AUTO_FREE char *name = TEXT_OF(thread->syscall_name);
	json_t *call, *args;
	size_t i;

	if (thread->syscall_number < 0)
		return json_null();
	call = json_object();
	args = json_array();
	for (i = 0;
	     i < sizeof thread->syscall_args / sizeof *thread->syscall_args;
	     i++)
		report_append(args, hexadecimal(thread->syscall_args[i]));
	report_set(call, "name", report_text(name));
	report_set(call, "number", json_integer(thread->syscall_number));
	report_set(call, "args", args);
	return call;
}

/* The number of the thread that the kernel calls @id; 0: it is not told. */
static uint32_t number_of(const struct order *order, int32_t id)
{
	uint32_t i;

	for (i = 0; id > 0 && i < order->count; i++)
		if (order->threads->thread[order->index[i]].thread == id)
			return i + 1;
	return 0;
}

static const char *wait_name(uint32_t wait)
{
	static const char *const names[BOX_WAIT_MAX] = {
		[BOX_WAIT_NOTHING] = "nothing",
		[BOX_WAIT_MUTEX] = "mutex",
		[BOX_WAIT_CONDITION] = "condition",
		[BOX_WAIT_JOIN] = "join",
		[BOX_WAIT_SEMAPHORE] = "semaphore",
		[BOX_WAIT_RWLOCK] = "rwlock",
		[BOX_WAIT_BARRIER] = "barrier",
		[BOX_WAIT_FUTEX] = "futex",
		[BOX_WAIT_CHILD] = "child",
		[BOX_WAIT_TIME] = "time",
		[BOX_WAIT_INPUT] = "input",
		[BOX_WAIT_SIGNAL] = "signal",
		[BOX_WAIT_OTHER] = "other",
	};

	return wait < BOX_WAIT_MAX ? names[wait] : names[BOX_WAIT_OTHER];
}

static json_t *waits_of(const struct order *order,
			const struct box_thread *thread)
{
	AUTO_FREE char *object = TEXT_OF(thread->wait_object);
	uint32_t other = number_of(order, thread->wait_thread);
	bool all_told = order->threads->all == order->threads->threads;
	json_t *waits;

	if (thread->wait == BOX_WAIT_NOTHING)
		return json_null();
	waits = json_object();
	report_set(waits, "for", report_text(wait_name(thread->wait)));
	report_set(waits, "limited", json_boolean(thread->wait_limited));
	report_set(waits, "object", report_text(object));
	report_set(waits, "address",
		   thread->wait_address ? hexadecimal(thread->wait_address)
					: json_null());
	report_set(waits, "held_by", other ? report_count(other) : json_null());
	report_set(waits, "ended",
		   json_boolean(thread->wait_thread > 0 && !other && all_told));
	report_set(waits, "taken_at",
		   thread->wait == BOX_WAIT_MUTEX && thread->taken_at.line
			   ? frame_of(&thread->taken_at)
			   : json_null());
	report_set(waits, "descriptor",
		   thread->wait == BOX_WAIT_INPUT && thread->wait_fd >= 0
			   ? json_integer(thread->wait_fd)
			   : json_null());
	return waits;
}

static json_t *state_of(const struct box_thread *thread)
{
	const char state[] = { thread->state, '\0' };

	return report_text(
		strchr("RSDTtXZPIKW", thread->state) && *state ? state : "?");
}

/* What a kernel numbers is above 0. */
static json_t *kernel_number(int32_t number)
{
	return json_integer(number > 0 ? number : 0);
}

static json_t *thread_of(const struct order *order, uint32_t number)
{
	const struct box_thread *thread =
		&order->threads->thread[order->index[number - 1]];
	AUTO_FREE char *name = TEXT_OF(thread->name);
	json_t *object = json_object();

	report_set(object, "number", report_count(number));
	report_set(object, "process", kernel_number(thread->process));
	report_set(object, "thread", kernel_number(thread->thread));
	report_set(object, "name", report_text(name));
	report_set(object, "state", state_of(thread));
	report_set(object, "crashed", json_boolean(thread->crashed));
	report_set(object, "refused", json_boolean(thread->refused));
	report_set(object, "for_good", json_boolean(thread->for_good));
	report_set(object, "syscall", syscall_of(thread));
	report_set(object, "waits", waits_of(order, thread));
	report_set(object, "frames", frames_of(thread));
	return object;
}

/* Few enough to be sorted by insertion; equal numbers keep their order. */
static void put_in_order(const struct box_threads *threads, uint32_t count,
			 struct order *ret)
{
	uint32_t i, at;

	ret->threads = threads;
	ret->count = count;
	for (i = 0; i < count; i++) {
		for (at = i; at > 0; at--) {
			uint32_t before = ret->index[at - 1];

			if (threads->thread[before].thread <=
			    threads->thread[i].thread)
				break;
			ret->index[at] = before;
		}
		ret->index[at] = i;
	}
}

static bool is_the_one(const struct box_threads *threads, uint32_t count)
{
	return count == 1 &&
	       (threads->thread[0].crashed || threads->thread[0].refused);
}

static char *note_of(const struct box_threads *threads, uint32_t count)
{
	AUTO_FREE char *trouble = TEXT_OF(threads->trouble);
	AUTO_FREE char *line = trouble ? text_line(trouble) : NULL;

	/* one alone is told of a crash and of a refused call, and is enough */
	if (threads->all > count && !is_the_one(threads, count))
		return text_format("%u of %u threads are told%s%s", count,
				   threads->all, line ? "; " : "",
				   line ? line : "");
	return TAKE_PTR(line);
}

bool boxthreads_crashed(const struct boxthreads *threads)
{
	json_t *thread;
	size_t i;

	json_array_foreach (threads->list, i, thread) {
		if (json_is_true(json_object_get(thread, "crashed")))
			return true;
	}
	return false;
}

void boxthreads_take(const struct box_threads *threads, struct boxthreads *ret)
{
	uint32_t count = threads->threads < BOX_THREADS_MAX ? threads->threads
							    : BOX_THREADS_MAX;
	struct order order;
	uint32_t i;

	boxthreads_release(ret);
	put_in_order(threads, count, &order);
	ret->list = json_array();
	for (i = 0; i < count; i++)
		report_append(ret->list, thread_of(&order, i + 1));
	ret->note = note_of(threads, count);
}

/* Only a file has a size, and never lets its reader wait. */
static bool read_whole(int fd, struct box_threads *ret)
{
	const size_t head = offsetof(struct box_threads, thread);
	struct stat status;
	size_t got = 0;
	ssize_t part;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	while (got < sizeof *ret &&
	       (part = pread(fd, (char *)ret + got, sizeof *ret - got,
			     (off_t)got)) > 0)
		got += (size_t)part;
	return got >= head && ret->threads <= BOX_THREADS_MAX &&
	       got >= head + ret->threads * sizeof *ret->thread;
}

void boxthreads_read(int fd, struct boxthreads *ret)
{
	struct box_threads *threads = calloc(1, sizeof *threads);

	ENOUGH(threads);
	if (read_whole(fd, threads)) {
		boxthreads_take(threads, ret);
	} else {
		boxthreads_release(ret);
		ret->note = text_format("what the box noted of the threads "
					"cannot be read");
	}
	free(threads);
}
