/* Ran out of time: waiting forever and timeouts are the same, close is missing. */
#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define DEBUG(...) /* printf(__VA_ARGS__) */

struct bq {
    void *data[1000];
    int n;
    size_t cap;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
};

bq_t *bq_new(size_t capacity)
{
    struct bq *tmp;
    tmp = (struct bq *)malloc(sizeof(struct bq));
    if (tmp == NULL) {
        perror("malloc");
        exit(1);
    }
    tmp->n = 0;
    tmp->cap = capacity;
    pthread_mutex_init(&tmp->mutex, NULL);
    pthread_cond_init(&tmp->cond, NULL);
    DEBUG("created %zu\n", capacity);
    return tmp;
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    int ret = 0;
    pthread_mutex_lock(&q->mutex);
    if (timeout_ms == 0 && q->n == (int)q->cap) {
        ret = EAGAIN;
    } else {
        while (q->n == (int)q->cap) {
            DEBUG("waiting\n");
            pthread_cond_wait(&q->cond, &q->mutex);
        }
        q->data[q->n] = item;
        q->n = q->n + 1;
        pthread_cond_broadcast(&q->cond);
    }
    pthread_mutex_unlock(&q->mutex);
    return ret;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    int i;
    int ret = 0;
    pthread_mutex_lock(&q->mutex);
    if (timeout_ms == 0 && q->n == 0) {
        ret = EAGAIN;
    } else {
        while (q->n == 0) {
            pthread_cond_wait(&q->cond, &q->mutex);
        }
        *ret_item = q->data[0];
        for (i = 0; i < q->n - 1; i++) {
            q->data[i] = q->data[i + 1];
        }
        q->n = q->n - 1;
        pthread_cond_broadcast(&q->cond);
    }
    pthread_mutex_unlock(&q->mutex);
    return ret;
}

void bq_close(bq_t *q)
{
    (void)q; /* TODO */
}

size_t bq_len(bq_t *q)
{
    return (size_t)q->n;
}

void bq_free(bq_t *q)
{
    free(q);
}
