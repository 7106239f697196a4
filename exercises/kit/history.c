/* history.c - see history.h */
#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

/* Each log starts on a cache line of its own. */
static size_t stride(size_t bytes)
{
	return bytes / HISTORY_LOGS & ~(size_t)63;
}

size_t history_capacity(size_t bytes)
{
	size_t each = stride(bytes);

	if (each < sizeof(struct history_log))
		return 0;
	return (each - sizeof(struct history_log)) /
	       sizeof(struct history_record);
}

int history_map(int fd, struct history_writer *ret)
{
	struct stat status;
	void *memory;

	if (fstat(fd, &status) != 0)
		return -errno;
	if (status.st_size <= 0)
		return -ENODATA;
	memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	*ret = (struct history_writer){
		.memory = memory,
		.bytes = (size_t)status.st_size,
	};
	return 0;
}

static struct history_log *writer_log(const struct history_writer *writer,
				      unsigned log)
{
	void *place = writer->memory + log * stride(writer->bytes);

	return place;
}

/*
 * The count goes up last, with release order: a reader at any moment, also
 * after a crash, sees only records that are whole.
 */
struct history_record *history_invoke(const struct history_writer *writer,
				      unsigned log,
				      const struct history_record *call)
{
	struct history_record *record;
	struct history_log *mine;
	uint32_t count;

	if (!writer->memory || log >= HISTORY_LOGS)
		return NULL;
	mine = writer_log(writer, log);
	count = mine->count;
	if (count >= history_capacity(writer->bytes)) {
		__atomic_store_n(&mine->overflow, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	record = &mine->records[count];
	*record = *call;
	record->completed_ns = 0;
	record->invoked_ns = history_now_ns();
	__atomic_store_n(&mine->count, count + 1, __ATOMIC_RELEASE);
	return record;
}

void history_complete(struct history_record *record, int32_t result,
		      uint64_t value)
{
	record->result = result;
	record->value = value;
	__atomic_store_n(&record->completed_ns, history_now_ns(),
			 __ATOMIC_RELEASE);
}

/* Nothing is looked at where the candidate can still change it. */
static int copy(int fd, size_t bytes, uint8_t **ret, struct error *err)
{
	AUTO_FREE uint8_t *memory = NULL;
	size_t done = 0;
	ssize_t got;

	memory = malloc(bytes ? bytes : 1);
	if (!memory)
		return error_set(err, ENOMEM, "history: out of memory");
	while (done < bytes) {
		got = pread(fd, memory + done, bytes - done, (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, errno, "history");
		if (got == 0)
			return error_set(err, ENODATA,
					 "history: shorter than %zu bytes",
					 bytes);
		done += (size_t)got;
	}
	*ret = TAKE_PTR(memory);
	return 0;
}

struct load {
	const uint8_t *memory;
	size_t bytes;
	uint64_t since_ns;
	uint64_t until_ns;
	struct history_call *calls;
	size_t count;
	bool full;
};

static int load_record(struct load *load, unsigned log, uint32_t index,
		       bool last, const struct history_record *record,
		       struct error *err)
{
	bool pending = record->completed_ns == 0;
	uint64_t end = pending ? record->invoked_ns : record->completed_ns;
	const struct history_call *before = NULL;

	if (index > 0)
		before = &load->calls[load->count - 1];
	if (record->invoked_ns < load->since_ns || end < record->invoked_ns ||
	    end > load->until_ns ||
	    (before && record->invoked_ns < before->completed_ns))
		return error_set(err, EBADMSG,
				 "call %u of thread %u lies outside its time",
				 index + 1, log);
	if (pending && !last)
		return error_set(err, EBADMSG,
				 "thread %u made a call before its call %u"
				 " had returned",
				 log, index + 1);
	load->calls[load->count++] = (struct history_call){
		.invoked_ns = record->invoked_ns,
		.completed_ns = pending ? UINT64_MAX : record->completed_ns,
		.argument = record->argument,
		.value = pending ? 0 : record->value,
		.result = pending ? 0 : record->result,
		.timeout_ms = record->timeout_ms,
		.kind = record->kind,
		.object = record->object,
		.thread = log,
		.pending = pending,
	};
	return 0;
}

static int load_log(struct load *load, unsigned log, struct error *err)
{
	const void *place = load->memory + log * stride(load->bytes);
	const struct history_log *head = place;
	uint32_t i;
	int r;

	if (head->count > history_capacity(load->bytes))
		return error_set(err, EBADMSG,
				 "thread %u has more calls than there is"
				 " room for",
				 log);
	load->full = load->full || head->overflow;
	for (i = 0; i < head->count; i++) {
		r = load_record(load, log, i, i + 1 == head->count,
				&head->records[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int by_invocation(const void *left, const void *right)
{
	const struct history_call *a = left;
	const struct history_call *b = right;

	if (a->invoked_ns != b->invoked_ns)
		return a->invoked_ns < b->invoked_ns ? -1 : 1;
	/* One thread's calls at one stamp: the one that returned is first. */
	if (a->thread == b->thread && a->completed_ns != b->completed_ns)
		return a->completed_ns < b->completed_ns ? -1 : 1;
	return (a->thread > b->thread) - (a->thread < b->thread);
}

int history_load(int fd, size_t bytes, uint64_t since_ns, struct history *ret,
		 struct error *err)
{
	AUTO_FREE struct history_call *calls = NULL;
	AUTO_FREE uint8_t *memory = NULL;
	struct load load;
	size_t capacity = history_capacity(bytes);
	unsigned log;
	int r;

	if (capacity == 0)
		return error_set(err, EINVAL, "history: %zu bytes hold no call",
				 bytes);
	r = copy(fd, bytes, &memory, err);
	if (r < 0)
		return r;
	CHECK(memory);
	calls = calloc(capacity * HISTORY_LOGS, sizeof *calls);
	if (!calls)
		return error_set(err, ENOMEM, "history: out of memory");
	load = (struct load){
		.memory = memory,
		.bytes = bytes,
		.since_ns = since_ns,
		.until_ns = history_now_ns(),
		.calls = calls,
	};
	for (log = 0; log < HISTORY_LOGS; log++) {
		r = load_log(&load, log, err);
		if (r < 0)
			return r;
	}
	qsort(calls, load.count, sizeof *calls, by_invocation);
	*ret = (struct history){
		.calls = TAKE_PTR(calls),
		.count = load.count,
		.full = load.full,
	};
	return 0;
}

int history_progress(int fd, size_t bytes, uint64_t *ret)
{
	uint64_t sum = 0;
	uint32_t count;
	unsigned log;
	ssize_t got;

	for (log = 0; log < HISTORY_LOGS; log++) {
		got = pread(fd, &count, sizeof count,
			    (off_t)(log * stride(bytes)));
		if (got < 0)
			return -errno;
		if (got == sizeof count)
			sum += count;
	}
	*ret = sum;
	return 0;
}

void history_release(struct history *history)
{
	free(history->calls);
	*history = (struct history){ 0 };
}

size_t history_until(const struct history_call *calls, size_t count,
		     uint64_t moment_ns, struct history_call *ret)
{
	struct history_call *call;
	size_t kept = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (calls[i].invoked_ns > moment_ns)
			continue;
		call = &ret[kept++];
		*call = calls[i];
		if (call->completed_ns > moment_ns) {
			call->completed_ns = UINT64_MAX;
			call->pending = true;
		}
	}
	return kept;
}

void history_select(struct history *history, uint32_t object)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < history->count; i++)
		if (history->calls[i].object == object)
			history->calls[kept++] = history->calls[i];
	history->count = kept;
}
