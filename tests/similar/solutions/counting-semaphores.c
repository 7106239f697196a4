#define _GNU_SOURCE
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* places: free cells, filled: items. A close posts both for every waiter, and
 * whoever gets through when closed hands the post on. */
struct bq {
    sem_t places, filled;
    pthread_mutex_t ends;
    atomic_bool over;
    atomic_size_t n;
    size_t cap, w, r;
    void **a;
};

bq_t *bq_new(size_t capacity)
{
    bq_t *q;
    if (capacity == 0 || capacity > 0x7fffffff)
        return NULL;
    if ((q = calloc(1, sizeof *q)) == NULL)
        return NULL;
    if ((q->a = calloc(capacity, sizeof *q->a)) == NULL)
        return free(q), NULL;
    q->cap = capacity;
    sem_init(&q->places, 0, (unsigned)capacity);
    sem_init(&q->filled, 0, 0);
    pthread_mutex_init(&q->ends, NULL);
    return q;
}

static int acquire(sem_t *s, int ms)
{
    int rc;
    if (ms == 0) {
        rc = sem_trywait(s);
    } else if (ms < 0) {
        while ((rc = sem_wait(s)) == -1 && errno == EINTR);
    } else {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_sec += ms / 1000;
        if ((t.tv_nsec += ms % 1000 * 1000000) >= 1000000000)
            t.tv_sec++, t.tv_nsec -= 1000000000;
        while ((rc = sem_clockwait(s, CLOCK_MONOTONIC, &t)) == -1 && errno == EINTR);
    }
    return rc == 0 ? 0 : errno;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    int e;
    if (q->over)
        return EPIPE;
    if ((e = acquire(&q->places, timeout_ms)) != 0)
        return q->over ? EPIPE : e;
    pthread_mutex_lock(&q->ends);
    if (q->over) {
        pthread_mutex_unlock(&q->ends);
        sem_post(&q->places);
        return EPIPE;
    }
    q->a[q->w] = item;
    q->w = (q->w + 1) % q->cap;
    atomic_fetch_add(&q->n, 1);
    pthread_mutex_unlock(&q->ends);
    sem_post(&q->filled);
    return 0;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    int e = acquire(&q->filled, timeout_ms);
    if (e != 0 && !q->over)
        return e;
    pthread_mutex_lock(&q->ends);
    if (q->n == 0) {
        pthread_mutex_unlock(&q->ends);
        sem_post(&q->filled);
        return EPIPE;
    }
    *ret_item = q->a[q->r];
    q->r = (q->r + 1) % q->cap;
    atomic_fetch_sub(&q->n, 1);
    pthread_mutex_unlock(&q->ends);
    sem_post(&q->places);
    return 0;
}

void bq_close(bq_t *q)
{
    pthread_mutex_lock(&q->ends);
    q->over = 1;
    pthread_mutex_unlock(&q->ends);
    sem_post(&q->places);
    sem_post(&q->filled);
}

size_t bq_len(bq_t *q) { return q->n; }

void bq_free(bq_t *q)
{
    if (!q) return;
    sem_destroy(&q->places);
    sem_destroy(&q->filled);
    pthread_mutex_destroy(&q->ends);
    free(q->a);
    free(q);
}
