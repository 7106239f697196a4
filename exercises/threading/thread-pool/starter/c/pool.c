/* pool.c - a pool of threads that run tasks. See pool.h and README.md. */
#include "pool.h"

#include <errno.h>

pool_t *pool_new(int min, int max, size_t queue_capacity,
		 enum pool_policy policy)
{
	(void)min;
	(void)max;
	(void)queue_capacity;
	(void)policy;
	return NULL;
}

int pool_submit(pool_t *pool, void *(*fn)(void *), void *arg, future_t **ret)
{
	(void)pool;
	(void)fn;
	(void)arg;
	(void)ret;
	return ESHUTDOWN;
}

int pool_shutdown(pool_t *pool, int drain, int timeout_ms)
{
	(void)pool;
	(void)drain;
	(void)timeout_ms;
	return 0;
}

void pool_free(pool_t *pool)
{
	(void)pool;
}

int future_wait(future_t *future, int timeout_ms, void **ret)
{
	(void)future;
	(void)timeout_ms;
	(void)ret;
	return ECANCELED;
}

int future_cancel(future_t *future)
{
	(void)future;
	return EALREADY;
}

void future_free(future_t *future)
{
	(void)future;
}

int task_cancelled(void)
{
	return 0;
}
