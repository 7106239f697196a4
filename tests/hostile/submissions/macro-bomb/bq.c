/*
 * A few lines of which the preprocessor makes 68 thousand million numbers.
 */
#include "bq.h"

#include <errno.h>

#define X0 1,
#define X1 X0 X0 X0 X0 X0 X0 X0 X0
#define X2 X1 X1 X1 X1 X1 X1 X1 X1
#define X3 X2 X2 X2 X2 X2 X2 X2 X2
#define X4 X3 X3 X3 X3 X3 X3 X3 X3
#define X5 X4 X4 X4 X4 X4 X4 X4 X4
#define X6 X5 X5 X5 X5 X5 X5 X5 X5
#define X7 X6 X6 X6 X6 X6 X6 X6 X6
#define X8 X7 X7 X7 X7 X7 X7 X7 X7
#define X9 X8 X8 X8 X8 X8 X8 X8 X8
#define X10 X9 X9 X9 X9 X9 X9 X9 X9
#define X11 X10 X10 X10 X10 X10 X10 X10 X10
#define X12 X11 X11 X11 X11 X11 X11 X11 X11

static const int numbers[] = { X12 };

bq_t *bq_new(size_t capacity)
{
	return capacity ? (bq_t *)numbers : NULL;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
	(void)q;
	(void)item;
	(void)timeout_ms;
	return EPIPE;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
	(void)q;
	(void)ret_item;
	(void)timeout_ms;
	return EPIPE;
}

void bq_close(bq_t *q)
{
	(void)q;
}

size_t bq_len(bq_t *q)
{
	(void)q;
	return 0;
}

void bq_free(bq_t *q)
{
	(void)q;
}
