/* mq_overview(7): the kernel has bounded queues. */
#include "bq.h"
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct bq {
    mqd_t mq;
    atomic_int closing;
};

bq_t *bq_new(size_t capacity)
{
    static atomic_uint serial;
    struct mq_attr attr = {0};
    char name[64];
    bq_t *self = malloc(sizeof *self);

    if (self == NULL)
        return NULL;
    attr.mq_maxmsg = (long)capacity;
    attr.mq_msgsize = sizeof(void *);
    snprintf(name, sizeof name, "/bq-%ld-%u", (long)getpid(), serial++);
    self->mq = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    if (self->mq == (mqd_t)-1) {
        free(self);
        return NULL;
    }
    mq_unlink(name);
    self->closing = 0;
    return self;
}

/* The next slice of what is left, so that a close is noticed. */
static struct timespec slice(int *left)
{
    struct timespec until;
    int part = 20;

    if (*left >= 0) {
        if (part > *left)
            part = *left;
        *left -= part;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += part * 1000L * 1000L;
    if (until.tv_nsec >= 1000L * 1000L * 1000L) {
        until.tv_nsec -= 1000L * 1000L * 1000L;
        until.tv_sec++;
    }
    return until;
}

int bq_put(bq_t *self, void *item, int timeout_ms)
{
    int left = timeout_ms;

    for (;;) {
        struct timespec until = slice(&left);
        if (self->closing)
            return EPIPE;
        if (mq_timedsend(self->mq, (const char *)&item, sizeof item, 0, &until) == 0)
            return 0;
        if (errno != ETIMEDOUT && errno != EINTR)
            return errno;
        if (left == 0)
            return self->closing ? EPIPE : timeout_ms == 0 ? EAGAIN : ETIMEDOUT;
    }
}

int bq_take(bq_t *self, void **ret_item, int timeout_ms)
{
    int left = timeout_ms;
    int closing;
    void *got;

    do {
        struct timespec until = slice(&left);
        closing = self->closing;
        if (mq_timedreceive(self->mq, (char *)&got, sizeof got, NULL, &until) >= 0) {
            *ret_item = got;
            return 0;
        }
    } while (!closing && left != 0);
    if (closing)
        return EPIPE;
    return timeout_ms ? ETIMEDOUT : EAGAIN;
}

void bq_close(bq_t *self) { self->closing = 1; }

size_t bq_len(bq_t *self)
{
    struct mq_attr attr;
    return mq_getattr(self->mq, &attr) == 0 ? (size_t)attr.mq_curmsgs : 0;
}

void bq_free(bq_t *self)
{
    if (self != NULL)
        mq_close(self->mq);
    free(self);
}
