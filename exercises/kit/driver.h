/*
 * driver.h - what a driver is written with
 *
 * A driver is linked with the submission and runs in the candidate's process.
 * It does what the judge says and writes down what happened; it decides
 * nothing, because whatever it decided could be changed from beside it.
 *
 * Commands and replies are messages of a size the exercise fixes, over the
 * SOCK_SEQPACKET socket ASSAY_DRIVER_CHANNEL_FD.
 */
#ifndef ASSAY_KIT_DRIVER_H
#define ASSAY_KIT_DRIVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define DRIVER_MESSAGE_MAX 64 /* bytes */
#define DRIVER_CREW_MAX 20    /* threads */
#define DRIVER_MAILBOX_MAX 4  /* commands a worker has not yet begun */

/** Wait for a command of exactly @size bytes. false: the judge has gone. */
bool driver_receive(void *message, size_t size);

/** Safe from any thread. false: the judge has gone. */
bool driver_send(const void *message, size_t size);

/* Carries out one command on thread number @worker. */
typedef void (*driver_work)(unsigned worker, const void *command);

struct driver_worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct driver_crew *crew;
	unsigned number;
	bool started;
	bool leaving;
	unsigned first; /* of the ring */
	unsigned count;
	_Alignas(max_align_t) unsigned char
		mailbox[DRIVER_MAILBOX_MAX][DRIVER_MESSAGE_MAX];
};

/* Threads that each do their own commands one after the other. */
struct driver_crew {
	size_t message_size;
	driver_work work;
	struct driver_worker workers[DRIVER_CREW_MAX];
};

/** Commands have @message_size bytes, at most DRIVER_MESSAGE_MAX. */
void driver_crew_init(struct driver_crew *crew, size_t message_size,
		      driver_work work);

/**
 * Give @command to worker @number, whose thread is made with its first
 * command. Waits while the mailbox is full. 0 or -errno.
 */
int driver_crew_post(struct driver_crew *crew, unsigned number,
		     const void *command);

/** Let every worker finish what it has and wait for it. */
void driver_crew_join(struct driver_crew *crew);

#endif
