#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "bq.h"

/* Put and take are one operation: move a pointer from one place to another. */
enum direction { IN, OUT };

struct side
{
  pthread_cond_t ready;
  size_t position;
  size_t available;
};

struct bq
{
  pthread_mutex_t access;
  struct side sides[2];
  size_t slots;
  bool open;
  void **memory;
};

static bool
side_init (struct side *side, size_t available)
{
  pthread_condattr_t attr;
  bool ok;

  if (pthread_condattr_init (&attr) != 0)
    return false;
  ok = pthread_condattr_setclock (&attr, CLOCK_MONOTONIC) == 0
       && pthread_cond_init (&side->ready, &attr) == 0;
  pthread_condattr_destroy (&attr);
  side->position = 0;
  side->available = available;
  return ok;
}

bq_t *
bq_new (size_t capacity)
{
  bq_t *queue;

  if (capacity == 0 || capacity > SIZE_MAX / sizeof (void *))
    return NULL;
  queue = malloc (sizeof (bq_t));
  if (queue == NULL)
    return NULL;
  queue->memory = malloc (capacity * sizeof (void *));
  queue->slots = capacity;
  queue->open = true;
  if (queue->memory == NULL
      || pthread_mutex_init (&queue->access, NULL) != 0
      || !side_init (&queue->sides[IN], capacity)
      || !side_init (&queue->sides[OUT], 0))
    {
      free (queue->memory);
      free (queue);
      return NULL;
    }
  return queue;
}

static bool
sleep_until_ready (bq_t *queue, struct side *mine, int timeout_ms,
                   const struct timespec *start)
{
  struct timespec end = *start;
  long nsec;

  if (timeout_ms < 0)
    return pthread_cond_wait (&mine->ready, &queue->access) == 0;
  nsec = end.tv_nsec + timeout_ms % 1000 * 1000000L;
  end.tv_sec += timeout_ms / 1000 + (nsec >= 1000000000L ? 1 : 0);
  end.tv_nsec = nsec >= 1000000000L ? nsec - 1000000000L : nsec;
  return pthread_cond_timedwait (&mine->ready, &queue->access, &end) == 0;
}

static int
transfer (bq_t *queue, enum direction direction, void **pointer,
          int timeout_ms)
{
  struct side *mine = &queue->sides[direction];
  struct side *theirs = &queue->sides[!direction];
  struct timespec start;
  int outcome = 0;

  clock_gettime (CLOCK_MONOTONIC, &start);
  pthread_mutex_lock (&queue->access);
  while (outcome == 0 && mine->available == 0 && queue->open)
    if (timeout_ms == 0)
      outcome = EAGAIN;
    else if (!sleep_until_ready (queue, mine, timeout_ms, &start))
      outcome = ETIMEDOUT;
  if (!queue->open && (direction == IN || mine->available == 0))
    outcome = EPIPE;
  else if (mine->available > 0)
    {
      void **slot = &queue->memory[mine->position];

      if (direction == IN)
        *slot = *pointer;
      else
        *pointer = *slot;
      mine->position = (mine->position + 1) % queue->slots;
      mine->available--;
      theirs->available++;
      pthread_cond_signal (&theirs->ready);
      outcome = 0;
    }
  pthread_mutex_unlock (&queue->access);
  return outcome;
}

int
bq_put (bq_t *queue, void *item, int timeout_ms)
{
  return transfer (queue, IN, &item, timeout_ms);
}

int
bq_take (bq_t *queue, void **ret_item, int timeout_ms)
{
  return transfer (queue, OUT, ret_item, timeout_ms);
}

void
bq_close (bq_t *queue)
{
  enum direction d;

  pthread_mutex_lock (&queue->access);
  queue->open = false;
  for (d = IN; d <= OUT; d++)
    pthread_cond_broadcast (&queue->sides[d].ready);
  pthread_mutex_unlock (&queue->access);
}

size_t
bq_len (bq_t *queue)
{
  size_t length;

  pthread_mutex_lock (&queue->access);
  length = queue->sides[OUT].available;
  pthread_mutex_unlock (&queue->access);
  return length;
}

void
bq_free (bq_t *queue)
{
  if (queue != NULL)
    {
      pthread_cond_destroy (&queue->sides[IN].ready);
      pthread_cond_destroy (&queue->sides[OUT].ready);
      pthread_mutex_destroy (&queue->access);
      free (queue->memory);
      free (queue);
    }
}
