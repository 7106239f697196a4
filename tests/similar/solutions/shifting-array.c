#include "bq.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* simplest thing that works: item 0 is always the oldest, take moves the rest */
struct bq {
  pthread_mutex_t mtx;
  pthread_cond_t  changed;
  int             eof;
  size_t          nitems;
  size_t          maxitems;
  void           *items[1];
};

bq_t *bq_new(size_t capacity) {
  if (capacity == 0) return NULL;
  bq_t *q = malloc(sizeof *q + (capacity - 1) * sizeof q->items[0]);
  if (!q) return NULL;
  q->eof = 0;
  q->nitems = 0;
  q->maxitems = capacity;
  pthread_mutex_init(&q->mtx, NULL);
  pthread_condattr_t a;
  pthread_condattr_init(&a);
  pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
  pthread_cond_init(&q->changed, &a);
  return q;
}

void bq_free(bq_t *q) {
  if (!q) return;
  pthread_cond_destroy(&q->changed);
  pthread_mutex_destroy(&q->mtx);
  free(q);
}

#define WAIT_WHILE(q, condition, ms, result)                          \
  do {                                                                \
    struct timespec ts_;                                              \
    clock_gettime(CLOCK_MONOTONIC, &ts_);                             \
    ts_.tv_sec += (ms) / 1000;                                        \
    ts_.tv_nsec += ((ms) % 1000) * 1000000L;                          \
    if (ts_.tv_nsec >= 1000000000L) {                                 \
      ts_.tv_nsec -= 1000000000L;                                     \
      ts_.tv_sec++;                                                   \
    }                                                                 \
    while ((condition) && (result) == 0) {                            \
      if ((ms) == 0) (result) = EAGAIN;                               \
      else if ((ms) < 0) pthread_cond_wait(&(q)->changed, &(q)->mtx); \
      else (result) = pthread_cond_timedwait(&(q)->changed, &(q)->mtx, &ts_); \
    }                                                                 \
    if (!(condition)) (result) = 0;                                   \
  } while (0)

int bq_put(bq_t *q, void *item, int timeout_ms) {
  int result = 0;
  pthread_mutex_lock(&q->mtx);
  WAIT_WHILE(q, !q->eof && q->nitems == q->maxitems, timeout_ms, result);
  if (q->eof) result = EPIPE;
  if (result == 0) {
    q->items[q->nitems] = item;
    q->nitems += 1;
    pthread_cond_broadcast(&q->changed);
  }
  pthread_mutex_unlock(&q->mtx);
  return result;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms) {
  int result = 0;
  pthread_mutex_lock(&q->mtx);
  WAIT_WHILE(q, !q->eof && q->nitems == 0, timeout_ms, result);
  if (result == 0 && q->nitems == 0) result = EPIPE;
  if (result == 0) {
    *ret_item = q->items[0];
    q->nitems -= 1;
    memmove(&q->items[0], &q->items[1], q->nitems * sizeof q->items[0]);
    pthread_cond_broadcast(&q->changed);
  }
  pthread_mutex_unlock(&q->mtx);
  return result;
}

void bq_close(bq_t *q) {
  pthread_mutex_lock(&q->mtx);
  q->eof = 1;
  pthread_cond_broadcast(&q->changed);
  pthread_mutex_unlock(&q->mtx);
}

size_t bq_len(bq_t *q) {
  pthread_mutex_lock(&q->mtx);
  size_t result = q->nitems;
  pthread_mutex_unlock(&q->mtx);
  return result;
}
