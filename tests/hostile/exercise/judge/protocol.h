/* protocol.h - what judge and driver say to each other */
#ifndef COUNTER_PROTOCOL_H
#define COUNTER_PROTOCOL_H

#include <stdint.h>

enum action { ACTION_NEW = 1, ACTION_ADD, ACTION_GET, ACTION_TOGETHER,
	      ACTION_QUIT };

struct command {
	uint32_t action;
	uint32_t count; /* ACTION_TOGETHER: how often each of two threads */
	int64_t value;
};

struct reply {
	int64_t value;
};

#endif
