/* log.c - see log.h */
#include "log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <assay/judge.h>

#include "history.h"

static struct {
	struct history_writer history;
	pthread_key_t key; /* the thread's log, by number plus one */
	atomic_uint taken; /* a bit for each log */
	atomic_int mute;
} logs;

static void give_back(void *log)
{
	unsigned number = (unsigned)(uintptr_t)log - 1;

	(void)atomic_fetch_and(&logs.taken, ~(1u << number));
}

void log_init(void)
{
	(void)history_map(ASSAY_DRIVER_HISTORY_FD, &logs.history);
	if (pthread_key_create(&logs.key, give_back) != 0)
		_exit(3);
}

void log_mute(int mute)
{
	atomic_store_explicit(&logs.mute, mute, memory_order_relaxed);
}

/* HISTORY_LOGS if all are in use: by more threads than any pool may have. */
static unsigned take(void)
{
	unsigned taken = atomic_load(&logs.taken);
	unsigned number;

	do {
		for (number = 0; number < HISTORY_LOGS; number++)
			if (!(taken & 1u << number))
				break;
		if (number == HISTORY_LOGS)
			return number;
	} while (!atomic_compare_exchange_weak(&logs.taken, &taken,
					       taken | 1u << number));
	(void)pthread_setspecific(logs.key, (void *)(uintptr_t)(number + 1));
	return number;
}

static void write_down(const struct history_record *record, int32_t result,
		       uint64_t value)
{
	uintptr_t mine;
	struct history_record *written;

	if (atomic_load_explicit(&logs.mute, memory_order_relaxed))
		return;
	mine = (uintptr_t)pthread_getspecific(logs.key);
	written = history_invoke(&logs.history,
				 mine ? (unsigned)mine - 1 : take(), record);
	if (written)
		history_complete(written, result, value);
}

void log_open(enum pool_kind kind, uint32_t object, uint64_t argument,
	      int32_t timeout_ms)
{
	const struct history_record record = {
		.kind = kind | POOL_OPEN,
		.object = object,
		.argument = argument,
		.timeout_ms = timeout_ms,
	};

	write_down(&record, 0, 0);
}

void log_close(enum pool_kind kind, uint32_t object, int32_t result,
	       uint64_t value)
{
	const struct history_record record = {
		.kind = kind | POOL_CLOSE,
		.object = object,
	};

	write_down(&record, result, value);
}
