#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <errno.h>
#include <time.h>
#include "bq.h"

typedef struct Node {
    void *value;
    struct Node *next;
} Node;

struct bq {
    Node *head;
    Node *tail;
    size_t length;
    size_t limit;
    bool closed;
    pthread_mutex_t mutex;
    pthread_cond_t canRead;
    pthread_cond_t canWrite;
};

static void initCondition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

bq_t *bq_new(size_t capacity)
{
    if (capacity < 1) {
        return NULL;
    }
    bq_t *queue = (bq_t *)calloc(1, sizeof(bq_t));
    if (queue != NULL) {
        queue->limit = capacity;
        pthread_mutex_init(&queue->mutex, NULL);
        initCondition(&queue->canRead);
        initCondition(&queue->canWrite);
    }
    return queue;
}

static void addMillis(struct timespec *when, int millis)
{
    clock_gettime(CLOCK_MONOTONIC, when);
    long nanos = when->tv_nsec + (long)(millis % 1000) * 1000000;
    when->tv_sec += millis / 1000 + nanos / 1000000000;
    when->tv_nsec = nanos % 1000000000;
}

int bq_put(bq_t *queue, void *item, int timeout_ms)
{
    Node *node = malloc(sizeof(Node));
    if (node == NULL) {
        return ENOMEM;
    }
    node->value = item;
    node->next = NULL;

    struct timespec limit;
    if (timeout_ms > 0) {
        addMillis(&limit, timeout_ms);
    }
    int status = 0;
    pthread_mutex_lock(&queue->mutex);
    while (status == 0 && !queue->closed && queue->length >= queue->limit) {
        if (timeout_ms == 0) {
            status = EAGAIN;
        } else if (timeout_ms < 0) {
            pthread_cond_wait(&queue->canWrite, &queue->mutex);
        } else {
            status = pthread_cond_timedwait(&queue->canWrite, &queue->mutex, &limit);
        }
    }
    if (queue->closed) {
        status = EPIPE;
    } else if (queue->length < queue->limit) {
        status = 0;
    }
    if (status == 0) {
        if (queue->tail == NULL) {
            queue->head = node;
        } else {
            queue->tail->next = node;
        }
        queue->tail = node;
        queue->length += 1;
        pthread_cond_signal(&queue->canRead);
    }
    pthread_mutex_unlock(&queue->mutex);
    if (status != 0) {
        free(node);
    }
    return status;
}

int bq_take(bq_t *queue, void **result, int timeout_ms)
{
    struct timespec limit;
    int waited = 0;
    Node *node = NULL;

    if (timeout_ms > 0) {
        addMillis(&limit, timeout_ms);
    }
    pthread_mutex_lock(&queue->mutex);
    while (queue->head == NULL && !queue->closed && waited == 0 && timeout_ms != 0) {
        waited = timeout_ms < 0
                     ? pthread_cond_wait(&queue->canRead, &queue->mutex)
                     : pthread_cond_timedwait(&queue->canRead, &queue->mutex, &limit);
    }
    bool closed = queue->closed;
    node = queue->head;
    if (node != NULL) {
        queue->head = node->next;
        if (queue->head == NULL) {
            queue->tail = NULL;
        }
        queue->length -= 1;
        pthread_cond_signal(&queue->canWrite);
    }
    pthread_mutex_unlock(&queue->mutex);

    if (node == NULL) {
        return closed ? EPIPE : timeout_ms == 0 ? EAGAIN : ETIMEDOUT;
    }
    *result = node->value;
    free(node);
    return 0;
}

void bq_close(bq_t *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->closed = true;
    pthread_cond_broadcast(&queue->canRead);
    pthread_cond_broadcast(&queue->canWrite);
    pthread_mutex_unlock(&queue->mutex);
}

size_t bq_len(bq_t *queue)
{
    size_t length;
    pthread_mutex_lock(&queue->mutex);
    length = queue->length;
    pthread_mutex_unlock(&queue->mutex);
    return length;
}

void bq_free(bq_t *queue)
{
    if (queue == NULL) {
        return;
    }
    while (queue->head != NULL) {
        Node *next = queue->head->next;
        free(queue->head);
        queue->head = next;
    }
    pthread_cond_destroy(&queue->canRead);
    pthread_cond_destroy(&queue->canWrite);
    pthread_mutex_destroy(&queue->mutex);
    free(queue);
}
