/*
 * step.h - one line that is sent to a broker, and scripts of them
 *
 * What the tests send is made of these: small, without memory of its own, so
 * that a dialogue can be sent again with some of its steps left out. Queues
 * are numbers from 1, "q1" in the line; a publish of seq 7 is message "m7",
 * whose body follows from seq and size.
 */
#ifndef BROKER_STEP_H
#define BROKER_STEP_H

#include <stdbool.h>
#include <stddef.h>

#define QUEUES_MAX 8 /* queue numbers are below */
#define STEP_NO_LIMIT (-1)

enum step_op {
	STEP_DECLARE,
	STEP_PUBLISH,
	STEP_CONSUME,
	STEP_ACK,
	STEP_NACK,
	STEP_CLOSE,
	STEP_TICK,
	STEP_SYNC,
	STEP_KILL, /* no line: SIGKILL, and started again on the same state */
};

/* How a queue is declared; 0 is "none" but for .limit. */
struct settings {
	unsigned max_len;
	unsigned ttl;
	int limit;
	unsigned dlq; /* number of a queue */
	bool reject_publish;
};

struct step {
	enum step_op op;
	unsigned number; /* seq of a publish, n of a sync, else ch */
	unsigned queue;
	unsigned prefetch;
	unsigned tag;
	unsigned size; /* of a body, in bytes, at least */
	unsigned ms;
	bool mandatory;
	bool multiple;
	bool requeue;
	struct settings settings;
};

struct script {
	struct step *steps;
	size_t count;
	size_t size;
};

void script_add(struct script *script, struct step step);
void script_release(struct script *script);

/** The line with its LF, to be freed; a kill has none. */
char *step_text(const struct step *step);

/** The body of message "m@seq", to be freed. */
char *step_body(unsigned seq, unsigned size);

/** The seq in "m7", 0 if @mid is not of this form. */
unsigned step_seq(const char *mid);

#endif
