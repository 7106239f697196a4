/* Pointers go through a pipe; another one holds a byte for each free place. */
#define _GNU_SOURCE
#include "bq.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

struct bq {
    int data[2];
    int room[2];
    int stop[2];
    atomic_int stopped;
};

static void nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bq_t *bq_new(size_t capacity)
{
    bq_t *q = malloc(sizeof(*q));
    if (q == NULL) return NULL;
    if (capacity == 0 || pipe(q->data) || pipe(q->room) || pipe(q->stop)) {
        free(q);
        return NULL;
    }
    nonblocking(q->data[0]);
    nonblocking(q->room[0]);
    fcntl(q->data[1], F_SETPIPE_SZ, (int)(capacity * sizeof(void *)));
    atomic_init(&q->stopped, 0);
    for (size_t i = 0; i < capacity; i++)
        if (write(q->room[1], "+", 1) != 1) abort();
    return q;
}

static long elapsed(const struct timespec *since)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1000 * (t.tv_sec - since->tv_sec) + (t.tv_nsec - since->tv_nsec) / 1000000;
}

/* Read exactly size bytes, or say why there are none. */
static int fetch(bq_t *q, int from, void *into, size_t size, int ms, int give_up)
{
    struct timespec start;
    struct pollfd set[2];

    clock_gettime(CLOCK_MONOTONIC, &start);
    while (1) {
        int left = ms;
        if (give_up && q->stopped) return EPIPE;
        if (read(from, into, size) == (ssize_t)size) return 0;
        if (q->stopped) return EPIPE;
        if (ms == 0) return EAGAIN;
        if (ms > 0 && (left = ms - (int)elapsed(&start)) <= 0) return ETIMEDOUT;
        set[0] = (struct pollfd){from, POLLIN, 0};
        set[1] = (struct pollfd){q->stop[0], POLLIN, 0};
        poll(set, 2, left);
    }
}

int bq_put(bq_t *q, void *item, int timeout_ms)
{
    char plus;
    int rc = fetch(q, q->room[0], &plus, 1, timeout_ms, 1);
    if (rc == 0 && write(q->data[1], &item, sizeof item) != sizeof item)
        rc = EIO;
    return rc;
}

int bq_take(bq_t *q, void **ret_item, int timeout_ms)
{
    void *got;
    int rc = fetch(q, q->data[0], &got, sizeof got, timeout_ms, 0);
    if (rc != 0) return rc;
    *ret_item = got;
    if (write(q->room[1], "+", 1) != 1) return EIO;
    return 0;
}

void bq_close(bq_t *q)
{
    q->stopped = 1;
    if (write(q->stop[1], "x", 1) != 1) abort();
}

size_t bq_len(bq_t *q)
{
    int bytes = 0;
    ioctl(q->data[0], FIONREAD, &bytes);
    return (size_t)bytes / sizeof(void *);
}

void bq_free(bq_t *q)
{
    if (q == NULL) return;
    close(q->data[0]); close(q->data[1]);
    close(q->room[0]); close(q->room[1]);
    close(q->stop[0]); close(q->stop[1]);
    free(q);
}
