#include "threads_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "boxthreads.h"

struct box_threads *threads_new(void)
{
	struct box_threads *threads = calloc(1, sizeof *threads);

	CHECK(threads);
	return threads;
}

struct box_thread *threads_add(struct box_threads *threads, int32_t id)
{
	struct box_thread *thread = &threads->thread[threads->threads];

	CHECK(threads->threads < BOX_THREADS_MAX);
	threads->all = ++threads->threads;
	*thread = (struct box_thread){
		.process = FIXTURE_PROCESS,
		.thread = id,
		.name = "program",
		.state = 'S',
		.syscall_number = -1,
		.wait_fd = -1,
	};
	return thread;
}

void threads_frame(struct box_thread *thread, const char *function,
		   const char *file, unsigned line, const char *object)
{
	struct box_frame *frame = &thread->frame[thread->frames];

	CHECK(thread->frames < BOX_FRAMES_MAX);
	frame->address = 0x401000 + 16 * thread->frames++;
	frame->line = line;
	(void)snprintf(frame->function, sizeof frame->function, "%s", function);
	(void)snprintf(frame->file, sizeof frame->file, "%s", file);
	(void)snprintf(frame->object, sizeof frame->object, "%s", object);
}

void threads_in(struct box_thread *thread, const char *function, unsigned line)
{
	threads_frame(thread, "futex_wait", "", 0, "libc.so.6");
	threads_frame(thread, "__wrap_pthread_cond_wait",
		      "/work/exercise/judge/shim.c", 180, "program");
	threads_frame(thread, function, "bq.c", line, "program");
	threads_frame(thread, "work", "/work/exercise/judge/driver.c", 88,
		      "program");
	threads_frame(thread, "worker_main", "/work/kit/driver.c", 74,
		      "program");
	threads_frame(thread, "start_thread", "./nptl/pthread_create.c", 442,
		      "libc.so.6");
}

void threads_idle(struct box_thread *thread)
{
	threads_frame(thread, "recv", "../sysdeps/recv.c", 28, "libc.so.6");
	threads_frame(thread, "driver_receive", "/work/kit/driver.c", 16,
		      "program");
	threads_frame(thread, "main", "/work/exercise/judge/driver.c", 250,
		      "program");
	thread->wait = BOX_WAIT_INPUT;
	thread->wait_fd = 3;
	thread->syscall_number = 45;
	(void)snprintf(thread->syscall_name, sizeof thread->syscall_name,
		       "recvfrom");
}

void threads_wait(struct box_thread *thread, enum box_wait wait, int32_t other)
{
	thread->wait = wait;
	thread->wait_thread = other;
	thread->for_good = 1;
	thread->syscall_number = 202;
	thread->syscall_args[0] = 0x5555000;
	(void)snprintf(thread->syscall_name, sizeof thread->syscall_name,
		       "futex");
}

static void taken_at(struct box_thread *thread, const char *file, unsigned line)
{
	thread->taken_at.line = line;
	(void)snprintf(thread->taken_at.file, sizeof thread->taken_at.file,
		       "%s", file);
	(void)snprintf(thread->taken_at.object, sizeof thread->taken_at.object,
		       "program");
}

struct box_threads *threads_abba(void)
{
	struct box_threads *threads = threads_new();
	struct box_thread *one, *other;

	threads_idle(threads_add(threads, 7));
	one = threads_add(threads, 8);
	threads_in(one, "bq_put", 41);
	threads_wait(one, BOX_WAIT_MUTEX, 9);
	one->wait_address = 0x5555000;
	taken_at(one, "bq.c", 63);
	other = threads_add(threads, 9);
	threads_in(other, "bq_take", 72);
	threads_wait(other, BOX_WAIT_MUTEX, 8);
	taken_at(other, "/work/submission/bq.c", 30);
	return threads;
}

json_t *threads_told(struct box_threads *threads)
{
	struct boxthreads told = { 0 };
	json_t *list;

	boxthreads_take(threads, &told);
	list = json_incref(told.list);
	boxthreads_release(&told);
	free(threads);
	return list;
}
