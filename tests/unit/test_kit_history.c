/* The record of calls: what a driver writes, a judge reads; nothing else. */
#define _GNU_SOURCE /* memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "history.h"
#include "random.h"

#define BYTES (64 * 1024)

struct shared {
	int fd;
	struct history_writer writer;
};

static int setup(void **state)
{
	static struct shared shared;

	shared.fd = memfd_create("history", MFD_CLOEXEC);
	assert_true(shared.fd >= 0);
	assert_int_equal(ftruncate(shared.fd, BYTES), 0);
	assert_int_equal(history_map(shared.fd, &shared.writer), 0);
	*state = &shared;
	return 0;
}

static int teardown(void **state)
{
	struct shared *shared = *state;

	(void)munmap(shared->writer.memory, BYTES);
	(void)close(shared->fd);
	return 0;
}

static struct history_record *write_call(struct shared *shared, unsigned log,
					 uint64_t argument, uint32_t object)
{
	const struct history_record call = { .argument = argument,
					     .timeout_ms = -1,
					     .kind = 1,
					     .object = object };

	return history_invoke(&shared->writer, log, &call);
}

static struct history_log *log_at(struct shared *shared, unsigned log)
{
	void *place = shared->writer.memory + log * (BYTES / HISTORY_LOGS &
						     ~63);

	return place;
}

static int load(struct shared *shared, struct history *ret)
{
	return history_load(shared->fd, BYTES, 1, ret, NULL);
}

static void test_history__of_zeroes_is_empty(void **state)
{
	struct history history;

	assert_int_equal(load(*state, &history), 0);
	assert_int_equal(history.count, 0);
	assert_false(history.full);
	history_release(&history);
}

static void test_history__comes_back_in_order_of_invocation(void **state)
{
	struct shared *shared = *state;
	struct history_record *first = write_call(shared, 3, 30, 0);
	struct history_record *second = write_call(shared, 1, 10, 0);
	struct history history;

	history_complete(second, EAGAIN, 7);
	history_complete(first, 0, 8);
	assert_int_equal(load(shared, &history), 0);
	assert_int_equal(history.count, 2);
	assert_int_equal(history.calls[0].thread, 3);
	assert_int_equal(history.calls[0].argument, 30);
	assert_int_equal(history.calls[0].value, 8);
	assert_int_equal(history.calls[1].thread, 1);
	assert_int_equal(history.calls[1].result, EAGAIN);
	history_release(&history);
}

static void test_history__shows_a_call_that_did_not_return(void **state)
{
	struct shared *shared = *state;
	struct history history;

	history_complete(write_call(shared, 0, 1, 0), 0, 0);
	(void)write_call(shared, 0, 2, 0);
	assert_int_equal(load(shared, &history), 0);
	assert_int_equal(history.count, 2);
	assert_false(history.calls[0].pending);
	assert_true(history.calls[1].pending);
	assert_true(history.calls[1].completed_ns == UINT64_MAX);
	history_release(&history);
}

static void test_history__refuses_a_call_when_a_log_is_full(void **state)
{
	struct shared *shared = *state;
	size_t capacity = history_capacity(BYTES);
	struct history history;
	size_t i;

	for (i = 0; i < capacity; i++)
		history_complete(write_call(shared, 0, i, 0), 0, 0);
	assert_null(write_call(shared, 0, i, 0));
	assert_non_null(write_call(shared, 1, i, 0));
	assert_int_equal(load(shared, &history), 0);
	assert_int_equal(history.count, capacity + 1);
	assert_true(history.full);
	history_release(&history);
}

static void test_history__until_a_moment_has_what_was_pending(void **state)
{
	const struct history_call calls[] = {
		{ .invoked_ns = 1, .completed_ns = 4 },
		{ .invoked_ns = 2, .completed_ns = 5 },
		{ .invoked_ns = 4, .completed_ns = UINT64_MAX, .pending = true },
		{ .invoked_ns = 5, .completed_ns = 6 },
	};
	struct history_call until[4];

	(void)state;
	assert_int_equal(history_until(calls, 4, 0, until), 0);
	assert_int_equal(history_until(calls, 4, 4, until), 3);
	assert_false(until[0].pending);
	assert_int_equal(until[0].completed_ns, 4);
	assert_true(until[1].pending);
	assert_true(until[1].completed_ns == UINT64_MAX);
	assert_true(until[2].pending);
	assert_int_equal(history_until(calls, 4, 9, until), 4);
	assert_false(until[3].pending);
}

static void test_history__selects_by_object(void **state)
{
	struct shared *shared = *state;
	struct history history;

	history_complete(write_call(shared, 0, 1, 5), 0, 0);
	history_complete(write_call(shared, 0, 2, 6), 0, 0);
	history_complete(write_call(shared, 1, 3, 5), 0, 0);
	assert_int_equal(load(shared, &history), 0);
	history_select(&history, 5);
	assert_int_equal(history.count, 2);
	assert_int_equal(history.calls[1].argument, 3);
	history_release(&history);
}

static void test_history__counts_what_was_begun(void **state)
{
	struct shared *shared = *state;
	uint64_t begun = 0;

	(void)write_call(shared, 0, 1, 0);
	(void)write_call(shared, 9, 1, 0);
	assert_int_equal(history_progress(shared->fd, BYTES, &begun), 0);
	assert_int_equal(begun, 2);
}

static void test_history__refuses_a_count_beyond_the_log(void **state)
{
	struct history history;

	log_at(*state, 2)->count = UINT32_MAX;
	assert_int_equal(load(*state, &history), -EBADMSG);
}

static void test_history__refuses_a_return_before_its_call(void **state)
{
	struct shared *shared = *state;
	struct history_record *record = write_call(shared, 0, 1, 0);
	struct history history;

	record->completed_ns = record->invoked_ns - 1;
	assert_int_equal(load(shared, &history), -EBADMSG);
}

static void test_history__refuses_stamps_of_another_time(void **state)
{
	struct shared *shared = *state;
	struct history_record *record = write_call(shared, 0, 1, 0);
	struct history history;

	record->completed_ns = history_now_ns() + UINT64_C(60000000000);
	assert_int_equal(load(shared, &history), -EBADMSG);
	history_complete(record, 0, 0);
	assert_int_equal(history_load(shared->fd, BYTES, history_now_ns(),
				      &history, NULL), -EBADMSG);
}

static void test_history__refuses_a_call_within_a_call(void **state)
{
	struct shared *shared = *state;
	struct history_record *first = write_call(shared, 0, 1, 0);
	struct history history;

	history_complete(write_call(shared, 0, 2, 0), 0, 0);
	assert_int_equal(load(shared, &history), -EBADMSG);
	history_complete(first, 0, 0);
	assert_int_equal(load(shared, &history), -EBADMSG);
}

static void test_history__survives_any_bytes(void **state)
{
	struct random random = random_from(1);
	struct shared *shared = *state;
	struct history history;
	unsigned round;
	unsigned i;
	int r;

	for (round = 0; round < 200; round++) {
		for (i = 0; i < 64; i++)
			shared->writer.memory[random_below(&random, BYTES)] =
				(uint8_t)random_next(&random);
		r = load(shared, &history);
		assert_true(r == 0 || r == -EBADMSG);
		if (r == 0)
			history_release(&history);
	}
}

static void test_history__too_short_is_the_hosts_failure(void **state)
{
	struct shared *shared = *state;
	struct history history;

	assert_int_equal(history_load(shared->fd, 2 * BYTES, 1, &history,
				      NULL), -ENODATA);
	assert_int_equal(history_load(shared->fd, 0, 1, &history, NULL),
			 -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_history__of_zeroes_is_empty),
		TEST(test_history__comes_back_in_order_of_invocation),
		TEST(test_history__shows_a_call_that_did_not_return),
		TEST(test_history__refuses_a_call_when_a_log_is_full),
		TEST(test_history__selects_by_object),
		TEST(test_history__counts_what_was_begun),
		TEST(test_history__until_a_moment_has_what_was_pending),
		TEST(test_history__refuses_a_count_beyond_the_log),
		TEST(test_history__refuses_a_return_before_its_call),
		TEST(test_history__refuses_stamps_of_another_time),
		TEST(test_history__refuses_a_call_within_a_call),
		TEST(test_history__survives_any_bytes),
		TEST(test_history__too_short_is_the_hosts_failure),
	};

	return cmocka_run_group_tests_name("kit: history", tests, NULL, NULL);
}
