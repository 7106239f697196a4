#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include "bq.h"

/* What can be done is a number; what is waited for is a number, too. */
#define CAN_TAKE 1
#define CAN_PUT  2
#define ENDED    4

struct bq {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    unsigned wanted[5];
    void **at;
    size_t cap, low, high;
    int ended;
};

static int possible(const bq_t *q)
{
    int state = q->ended ? ENDED : 0;
    if (q->high != q->low) state |= CAN_TAKE;
    if (!q->ended && q->high - q->low < q->cap) state |= CAN_PUT;
    return state;
}

static int await(bq_t *q, int mask, int ms)
{
    struct timespec now;
    long long end = 0, left;
    int state, r = 0;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (ms > 0)
        end = now.tv_sec * 1000000000LL + now.tv_nsec + 1000000LL * ms;
    while (((state = possible(q)) & (mask | ENDED)) == 0) {
        if (ms == 0) return -EAGAIN;
        q->wanted[mask]++;
        if (ms < 0) {
            r = pthread_cond_wait(&q->cond, &q->lock);
        } else {
            clock_gettime(CLOCK_MONOTONIC, &now);
            left = end - (now.tv_sec * 1000000000LL + now.tv_nsec);
            if (left <= 0) {
                r = ETIMEDOUT;
            } else {
                clock_gettime(CLOCK_REALTIME, &now);
                left += now.tv_nsec;
                now.tv_sec += left / 1000000000LL;
                now.tv_nsec = left % 1000000000LL;
                pthread_cond_timedwait(&q->cond, &q->lock, &now);
            }
        }
        q->wanted[mask]--;
        if (r == ETIMEDOUT) return possible(q) & mask ? mask : -ETIMEDOUT;
    }
    return state & mask ? mask : -EPIPE;
}

static void changed(bq_t *q)
{
    int mask, state = possible(q);
    for (mask = 1; mask <= 2; mask <<= 1)
        if (q->wanted[mask] && (state & (mask | ENDED))) {
            pthread_cond_broadcast(&q->cond);
            return;
        }
}

bq_t *bq_new(size_t capacity)
{
    bq_t *q = calloc(1, sizeof(*q));
    if (q && capacity && (q->at = malloc(sizeof(void *) * capacity))) {
        pthread_mutex_init(&q->lock, NULL);
        pthread_cond_init(&q->cond, NULL);
        q->cap = capacity;
        return q;
    }
    free(q);
    return NULL;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    pthread_mutex_lock(&q->lock);
    int r = await(q, CAN_PUT, timeout_ms);
    if (r > 0) {
        q->at[q->high++ % q->cap] = item;
        changed(q);
    }
    pthread_mutex_unlock(&q->lock);
    return r > 0 ? 0 : -r;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    pthread_mutex_lock(&q->lock);
    int r = await(q, CAN_TAKE, timeout_ms);
    if (r > 0) {
        *ret_item = q->at[q->low++ % q->cap];
        changed(q);
    }
    pthread_mutex_unlock(&q->lock);
    return r > 0 ? 0 : -r;
}

void bq_close(bq_t *q)
{
    pthread_mutex_lock(&q->lock);
    q->ended = 1;
    changed(q);
    pthread_mutex_unlock(&q->lock);
}

size_t bq_len(bq_t *q)
{
    pthread_mutex_lock(&q->lock);
    size_t difference = q->high - q->low;
    pthread_mutex_unlock(&q->lock);
    return difference;
}

void bq_free(bq_t *q)
{
    if (!q) return;
    pthread_cond_destroy(&q->cond);
    pthread_mutex_destroy(&q->lock);
    free(q->at);
    free(q);
}
