/* driver.c - see driver.h */
#include "driver.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <assay/judge.h>

#include "crash.h"

/* A build with a sanitizer does without crash.c. */
#pragma weak crash_thread

bool driver_receive(void *message, size_t size)
{
	ssize_t got;

	do
		got = recv(ASSAY_DRIVER_CHANNEL_FD, message, size, 0);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)size;
}

bool driver_send(const void *message, size_t size)
{
	ssize_t sent;

	do
		sent = send(ASSAY_DRIVER_CHANNEL_FD, message, size,
			    MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)size;
}

void driver_crew_init(struct driver_crew *crew, size_t message_size,
		      driver_work work)
{
	unsigned i;

	memset(crew, 0, sizeof *crew);
	crew->message_size = message_size;
	crew->work = work;
	for (i = 0; i < DRIVER_CREW_MAX; i++) {
		crew->workers[i].crew = crew;
		crew->workers[i].number = i;
		(void)pthread_mutex_init(&crew->workers[i].lock, NULL);
		(void)pthread_cond_init(&crew->workers[i].changed, NULL);
	}
}

/* The next command, copied out; false: there will be none. */
static bool next_command(struct driver_worker *worker, void *command)
{
	bool found = false;

	(void)pthread_mutex_lock(&worker->lock);
	while (worker->count == 0 && !worker->leaving)
		(void)pthread_cond_wait(&worker->changed, &worker->lock);
	if (worker->count > 0) {
		memcpy(command, worker->mailbox[worker->first],
		       worker->crew->message_size);
		worker->first = (worker->first + 1) % DRIVER_MAILBOX_MAX;
		worker->count--;
		(void)pthread_cond_signal(&worker->changed);
		found = true;
	}
	(void)pthread_mutex_unlock(&worker->lock);
	return found;
}

static void *worker_main(void *argument)
{
	_Alignas(max_align_t) unsigned char command[DRIVER_MESSAGE_MAX];
	_Alignas(max_align_t) unsigned char crash_stack[CRASH_STACK_BYTES];
	struct driver_worker *worker = argument;

	if (crash_thread)
		crash_thread(crash_stack);
	while (next_command(worker, command))
		worker->crew->work(worker->number, command);
	return NULL;
}

int driver_crew_post(struct driver_crew *crew, unsigned number,
		     const void *command)
{
	struct driver_worker *worker;
	unsigned last;
	int r;

	if (number >= DRIVER_CREW_MAX)
		return -EINVAL;
	worker = &crew->workers[number];
	if (!worker->started) {
		r = pthread_create(&worker->thread, NULL, worker_main, worker);
		if (r != 0)
			return -r;
		worker->started = true;
	}
	(void)pthread_mutex_lock(&worker->lock);
	while (worker->count == DRIVER_MAILBOX_MAX)
		(void)pthread_cond_wait(&worker->changed, &worker->lock);
	last = (worker->first + worker->count) % DRIVER_MAILBOX_MAX;
	memcpy(worker->mailbox[last], command, crew->message_size);
	worker->count++;
	(void)pthread_cond_signal(&worker->changed);
	(void)pthread_mutex_unlock(&worker->lock);
	return 0;
}

void driver_crew_join(struct driver_crew *crew)
{
	struct driver_worker *worker;
	unsigned i;

	for (i = 0; i < DRIVER_CREW_MAX; i++) {
		worker = &crew->workers[i];
		if (!worker->started)
			continue;
		(void)pthread_mutex_lock(&worker->lock);
		worker->leaving = true;
		(void)pthread_cond_signal(&worker->changed);
		(void)pthread_mutex_unlock(&worker->lock);
		(void)pthread_join(worker->thread, NULL);
	}
}
