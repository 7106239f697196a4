/* Slots in no order; who comes first says a ticket that each item has. */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

struct slot {
    unsigned long long ticket;   /* 0 = free */
    void *content;
};

struct bq {
    pthread_mutex_t lk;
    pthread_cond_t news;
    unsigned long long next_ticket;
    size_t n_slots;
    size_t n_used;
    int closed;
    struct slot *slot;
};

static struct slot *find_free(struct bq *q)
{
    for (size_t i = 0; i < q->n_slots; i++)
        if (q->slot[i].ticket == 0)
            return &q->slot[i];
    return NULL;
}

static struct slot *find_oldest(struct bq *q)
{
    struct slot *best = NULL;
    for (struct slot *s = q->slot; s < q->slot + q->n_slots; s++) {
        if (s->ticket == 0)
            continue;
        if (best == NULL || s->ticket < best->ticket)
            best = s;
    }
    return best;
}

bq_t *bq_new(size_t capacity)
{
    struct bq *q = calloc(1, sizeof(struct bq));
    if (q == NULL)
        return NULL;
    q->slot = calloc(capacity ? capacity : 1, sizeof(struct slot));
    if (q->slot == NULL || capacity == 0) {
        free(q->slot);
        free(q);
        return NULL;
    }
    q->n_slots = capacity;
    q->next_ticket = 1;
    pthread_mutex_init(&q->lk, NULL);
    pthread_cond_init(&q->news, NULL);
    return q;
}

static void realtime_after(int ms, struct timespec *ts)
{
    struct timeval tv;
    gettimeofday(&tv, NULL);
    uint64_t us = (uint64_t)tv.tv_usec + (uint64_t)ms * 1000u;
    ts->tv_sec = tv.tv_sec + (time_t)(us / 1000000u);
    ts->tv_nsec = (long)(us % 1000000u) * 1000;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    struct timespec limit;
    struct slot *s = NULL;
    int rc = 0;

    if (timeout_ms > 0)
        realtime_after(timeout_ms, &limit);
    pthread_mutex_lock(&q->lk);
    while (1) {
        if (q->closed) { rc = EPIPE; break; }
        if ((s = find_free(q)) != NULL) { rc = 0; break; }
        if (rc == ETIMEDOUT) break;
        if (timeout_ms == 0) { rc = EAGAIN; break; }
        if (timeout_ms > 0) rc = pthread_cond_timedwait(&q->news, &q->lk, &limit);
        else pthread_cond_wait(&q->news, &q->lk);
    }
    if (s != NULL) {
        s->ticket = q->next_ticket++;
        s->content = item;
        q->n_used++;
        pthread_cond_broadcast(&q->news);
    }
    pthread_mutex_unlock(&q->lk);
    return rc;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    struct timespec limit;
    struct slot *s;
    int rc = 0;

    if (timeout_ms > 0)
        realtime_after(timeout_ms, &limit);
    pthread_mutex_lock(&q->lk);
    while ((s = find_oldest(q)) == NULL && rc == 0) {
        if (q->closed)
            rc = EPIPE;
        else if (timeout_ms == 0)
            rc = EAGAIN;
        else if (timeout_ms < 0)
            pthread_cond_wait(&q->news, &q->lk);
        else
            rc = pthread_cond_timedwait(&q->news, &q->lk, &limit);
    }
    if (s != NULL) {
        *ret_item = s->content;
        s->ticket = 0;
        q->n_used--;
        rc = 0;
        pthread_cond_broadcast(&q->news);
    }
    pthread_mutex_unlock(&q->lk);
    return rc;
}

void bq_close(bq_t *q)
{
    pthread_mutex_lock(&q->lk);
    q->closed = 1;
    pthread_cond_broadcast(&q->news);
    pthread_mutex_unlock(&q->lk);
}

size_t bq_len(bq_t *q)
{
    size_t used;
    pthread_mutex_lock(&q->lk);
    used = q->n_used;
    pthread_mutex_unlock(&q->lk);
    return used;
}

void bq_free(bq_t *q)
{
    if (q == NULL)
        return;
    pthread_mutex_destroy(&q->lk);
    pthread_cond_destroy(&q->news);
    free(q->slot);
    free(q);
}
