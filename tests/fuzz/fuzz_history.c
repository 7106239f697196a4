/*
 * fuzz_history.c - the memory in which a driver records calls
 *
 * The candidate's code can write all of it. What history_load() takes must be
 * as its header says, whatever was there, and the checks of queues must come
 * to an end with it. An input is a capacity, a layout (is it the raw memory,
 * or records to be laid out as a driver would), and the memory.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "queue_call.h"
#include "queue_check.h"
#include "queue_linear.h"
#include "queue_shrink.h"

#define BYTES (HISTORY_LOGS * 1024)
#define STRIDE 1024
#define CALLS_MAX 24  /* for the search, which is exponential at worst */
#define SHRINK_MAX 12 /* for many of them */
#define STATES 20000u

static void check(const struct history *history)
{
	uint64_t ends[HISTORY_LOGS] = { 0 };

	for (size_t i = 0; i < history->count; i++) {
		const struct history_call *call = &history->calls[i];

		CHECK(call->thread < HISTORY_LOGS);
		CHECK(call->completed_ns >= call->invoked_ns);
		CHECK(call->pending == (call->completed_ns == UINT64_MAX));
		CHECK(i == 0 ||
		      history->calls[i - 1].invoked_ns <= call->invoked_ns);
		/* One thread's calls are one after the other. */
		CHECK(call->invoked_ns >= ends[call->thread]);
		ends[call->thread] = call->completed_ns;
	}
}

static void check_finding(const struct queue_finding *finding)
{
	char text[QUEUE_CALL_TEXT_MAX];

	fuzz_check_line(finding->text);
	CHECK(finding->count <= QUEUE_FINDING_CALLS);
	for (size_t i = 0; i < finding->count; i++) {
		queue_call_text(&finding->calls[i], text);
		fuzz_check_line(text);
		CHECK(i == 0 || finding->calls[i - 1].invoked_ns <=
					finding->calls[i].invoked_ns);
	}
}

static void show(const struct history_call *calls, size_t count)
{
	char line[QUEUE_TIMELINE_WIDTH];

	for (size_t i = 0; i < count; i++) {
		queue_timeline(calls, count, i, line);
		fuzz_check_line(line);
		CHECK(strlen(line) < QUEUE_TIMELINE_WIDTH);
	}
}

/* A smaller history that cannot be explained either; looking at it again may
 * take more states than there are here. */
static void shrink(const struct history *history, size_t capacity)
{
	struct history_call calls[CALLS_MAX];
	size_t states = STATES, count;

	memcpy(calls, history->calls, history->count * sizeof *calls);
	count = queue_shrink(calls, history->count, capacity);
	CHECK(count <= history->count);
	CHECK(queue_linear(calls, count, capacity, &states) != QUEUE_EXPLAINED);
	show(calls, count);
}

static void judge(struct history *history, size_t capacity)
{
	struct queue_finding finding = { 0 };
	enum queue_answer answer;
	size_t states = STATES;

	if (!queue_conserves(history, true, &finding))
		check_finding(&finding);
	memset(&finding, 0, sizeof finding);
	if (!queue_keeps_order(history, &finding))
		check_finding(&finding);
	if (history->count > CALLS_MAX)
		return;
	answer = queue_linear(history->calls, history->count, capacity,
			      &states);
	CHECK(states <= STATES);
	CHECK(answer != QUEUE_UNDECIDED || states == 0);
	show(history->calls, history->count);
	if (answer == QUEUE_INEXPLICABLE && history->count <= SHRINK_MAX)
		shrink(history, capacity);
}

/* Records of eight bytes, so that a small input is a history. */
static void lay_out(struct fuzz_input *input, uint8_t *memory)
{
	uint64_t now[HISTORY_LOGS] = { 0 };

	while (fuzz_left(input) > 0) {
		unsigned log = fuzz_byte(input) % 6;
		struct history_log *head = (void *)(memory +
						    (size_t)log * STRIDE);
		struct history_record *record = &head->records[head->count];
		uint8_t kind = fuzz_byte(input), after = fuzz_byte(input);
		uint8_t lasts = fuzz_byte(input);

		static const int results[] = { 0,         0,     0,      EAGAIN,
					       ETIMEDOUT, EPIPE, EINVAL, -1 };

		if (head->count == history_capacity(BYTES))
			return;
		head->count++;
		record->kind = 1 + kind % 4;
		record->result = results[kind / 4 % 8];
		record->invoked_ns = now[log] + after;
		record->completed_ns = lasts == 255
					       ? 0
					       : record->invoked_ns + lasts;
		now[log] = record->completed_ns;
		record->argument = fuzz_byte(input);
		record->value = fuzz_byte(input);
		record->timeout_ms = (int8_t)fuzz_byte(input);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(64) uint8_t memory[BYTES];
	struct fuzz_input input = fuzz_input(data, size);
	size_t capacity = fuzz_byte(&input) % 8;
	bool raw = fuzz_byte(&input) & 1;
	struct history history = { 0 };
	struct error err = { 0 };
	uint64_t begun;
	int fd, rc;

	memset(memory, 0, sizeof memory);
	if (raw)
		fuzz_copy(&input, memory, sizeof memory);
	else
		lay_out(&input, memory);
	fd = fuzz_file(memory, sizeof memory);
	rc = history_load(fd, sizeof memory, 0, &history, &err);
	CHECK(rc == 0 || rc == -EBADMSG);
	fuzz_check_result(rc, &err);
	CHECK(history_progress(fd, sizeof memory, &begun) == 0);
	if (rc == 0) {
		CHECK(begun == history.count);
		check(&history);
		judge(&history, capacity);
		history_select(&history, 0);
		check(&history);
		history_release(&history);
	}
	(void)close(fd);
	return 0;
}
