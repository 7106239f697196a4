#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* waits in steps of 5 ms and counts them */
#define STEP_MS 5

struct bq {
    pthread_mutex_t m;
    pthread_cond_t  c;
    void  **buf;
    size_t  count, capacity, start;
    int     closed;
};

bq_t *bq_new(size_t capacity)
{
    bq_t *q = (capacity > 0) ? malloc(sizeof(bq_t)) : NULL;
    if (q) {
        q->buf = malloc(capacity * sizeof(void *));
        if (!q->buf) { free(q); return NULL; }
        pthread_mutex_init(&q->m, NULL);
        pthread_cond_init(&q->c, NULL);
        q->capacity = capacity;
        q->count = q->start = 0;
        q->closed = 0;
    }
    return q;
}

void bq_free(bq_t *q)
{
    if (q) {
        free(q->buf);
        free(q);
    }
}

size_t bq_len(bq_t *q)
{
    pthread_mutex_lock(&q->m);
    size_t r = q->count;
    pthread_mutex_unlock(&q->m);
    return r;
}

void bq_close(bq_t *q)
{
    pthread_mutex_lock(&q->m);
    q->closed = 1;
    pthread_cond_broadcast(&q->c);
    pthread_mutex_unlock(&q->m);
}

static void tick(bq_t *q)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += STEP_MS * 1000000;
    if (t.tv_nsec > 999999999) { t.tv_sec += 1; t.tv_nsec -= 1000000000; }
    pthread_cond_timedwait(&q->c, &q->m, &t);
}

/* direction: +1 waits for an item, -1 for room */
static int ready(const bq_t *q, int direction)
{
    return direction > 0 ? q->count > 0 : q->count < q->capacity;
}

static int wait_ready(bq_t *q, int direction, int timeout_ms)
{
    int ticks = timeout_ms / STEP_MS;
    if (timeout_ms % STEP_MS) ticks++;
    while (!ready(q, direction)) {
        if (q->closed) return EPIPE;
        if (timeout_ms == 0) return EAGAIN;
        if (timeout_ms > 0 && ticks-- == 0) return ETIMEDOUT;
        tick(q);
    }
    return direction < 0 && q->closed ? EPIPE : 0;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    pthread_mutex_lock(&q->m);
    int r = wait_ready(q, -1, timeout_ms);
    if (!r) {
        size_t i = q->start + q->count++;
        q->buf[i < q->capacity ? i : i - q->capacity] = item;
        pthread_cond_broadcast(&q->c);
    }
    pthread_mutex_unlock(&q->m);
    return r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    pthread_mutex_lock(&q->m);
    int r = wait_ready(q, 1, timeout_ms);
    if (!r) {
        *ret_item = q->buf[q->start];
        if (++q->start == q->capacity) q->start = 0;
        q->count--;
        pthread_cond_broadcast(&q->c);
    }
    pthread_mutex_unlock(&q->m);
    return r;
}
