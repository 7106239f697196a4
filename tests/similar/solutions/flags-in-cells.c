#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

/* every cell knows if it is occupied, nothing is counted */
typedef struct {
    bool occupied;
    void *ptr;
} Cell;

struct bq {
    Cell *cells;
    int size;
    int readIndex;
    int writeIndex;
    bool isClosed;
    pthread_mutex_t mutex;
    pthread_cond_t somethingHappened;
};

static bool isFull(bq_t *q) { return q->cells[q->writeIndex].occupied; }
static bool isEmpty(bq_t *q) { return !q->cells[q->readIndex].occupied; }

bq_t *bq_new(size_t capacity)
{
    if (capacity == 0 || capacity > 1000000000)
        return NULL;
    bq_t *q = malloc(sizeof(bq_t));
    if (!q)
        return NULL;
    q->cells = calloc(capacity, sizeof(Cell));
    if (!q->cells)
    {
        free(q);
        return NULL;
    }
    q->size = (int)capacity;
    q->readIndex = 0;
    q->writeIndex = 0;
    q->isClosed = false;
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->somethingHappened, NULL);
    return q;
}

static bool waitForSomething(bq_t *q, int *remaining)
{
    if (*remaining == 0)
        return false;
    if (*remaining < 0)
    {
        pthread_cond_wait(&q->somethingHappened, &q->mutex);
        return true;
    }
    struct timespec before, after, target;
    clock_gettime(CLOCK_REALTIME, &target);
    clock_gettime(CLOCK_MONOTONIC, &before);
    target.tv_sec += *remaining / 1000;
    target.tv_nsec += (*remaining % 1000) * 1000000;
    if (target.tv_nsec >= 1000000000)
    {
        target.tv_sec++;
        target.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&q->somethingHappened, &q->mutex, &target);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int passed = (int)(after.tv_sec - before.tv_sec) * 1000
               + (int)((after.tv_nsec - before.tv_nsec) / 1000000);
    *remaining = passed < *remaining ? *remaining - passed : 0;
    return true;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    int result;
    int remaining = timeout_ms;
    pthread_mutex_lock(&q->mutex);
    for (;;)
    {
        if (q->isClosed)
        {
            result = EPIPE;
            break;
        }
        else if (!isFull(q))
        {
            Cell *cell = &q->cells[q->writeIndex];
            cell->ptr = item;
            cell->occupied = true;
            q->writeIndex++;
            if (q->writeIndex >= q->size)
                q->writeIndex = 0;
            pthread_cond_broadcast(&q->somethingHappened);
            result = 0;
            break;
        }
        else if (!waitForSomething(q, &remaining))
        {
            result = timeout_ms == 0 ? EAGAIN : ETIMEDOUT;
            break;
        }
    }
    pthread_mutex_unlock(&q->mutex);
    return result;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    int result = -1;
    int remaining = timeout_ms;
    pthread_mutex_lock(&q->mutex);
    while (result == -1)
    {
        if (!isEmpty(q))
        {
            Cell *cell = &q->cells[q->readIndex];
            *ret_item = cell->ptr;
            cell->occupied = false;
            q->readIndex = q->readIndex + 1 == q->size ? 0 : q->readIndex + 1;
            pthread_cond_broadcast(&q->somethingHappened);
            result = 0;
        }
        else if (q->isClosed)
            result = EPIPE;
        else if (!waitForSomething(q, &remaining))
            result = timeout_ms == 0 ? EAGAIN : ETIMEDOUT;
    }
    pthread_mutex_unlock(&q->mutex);
    return result;
}

void bq_close(bq_t *q)
{
    pthread_mutex_lock(&q->mutex);
    q->isClosed = true;
    pthread_cond_broadcast(&q->somethingHappened);
    pthread_mutex_unlock(&q->mutex);
}

size_t bq_len(bq_t *q)
{
    size_t length = 0;
    pthread_mutex_lock(&q->mutex);
    for (int i = 0; i < q->size; i++)
        if (q->cells[i].occupied)
            length++;
    pthread_mutex_unlock(&q->mutex);
    return length;
}

void bq_free(bq_t *q)
{
    if (q)
    {
        free(q->cells);
        free(q);
    }
}
