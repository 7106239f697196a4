/* counter.h - a sum that threads share; belongs to the exercise */
#ifndef COUNTER_H
#define COUNTER_H

struct counter;

struct counter *counter_new(void);
void counter_add(struct counter *counter, long number);
long counter_get(struct counter *counter);

#endif
