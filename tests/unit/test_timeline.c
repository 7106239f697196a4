#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "timeline.h"

static void read_lines(const char *const *lines, struct timeline *timeline)
{
	json_auto_t *array = json_array();

	for (; *lines; lines++)
		json_array_append_new(array, json_string(*lines));
	timeline_read(array, timeline);
}

static void test_calls__are_read_with_their_ends(void **state)
{
	static const char *const lines[] = {
		"t2   put(1, -1) -> 0            |--------|",
		"t0   take(-1) -> ...               |----->",
		NULL,
	};
	struct timeline timeline;

	(void)state;
	read_lines(lines, &timeline);
	assert_int_equal(timeline.kind, TIMELINE_CALLS);
	assert_int_equal(timeline.count, 2);
	assert_int_equal(timeline.threads, 3);
	assert_int_equal(timeline.rows[0].thread, 2);
	assert_int_equal(timeline.rows[0].begin, 0);
	assert_int_equal(timeline.rows[0].end, 10);
	assert_string_equal(timeline.rows[0].text, "put(1, -1) -> 0");
	assert_false(timeline.rows[0].open);
	assert_true(timeline.rows[1].open);
	assert_int_equal(timeline.rows[1].begin, 3);
	assert_int_equal(timeline.width, 10);
	timeline_release(&timeline);
}

static void test_schedule__is_read_by_its_columns(void **state)
{
	static const char *const lines[] = {
		" step  t0   t1   t3",
		"   41       *         bq.c:41 bq_put           locks A"
		"                  pthread_mutex_lock(&q->lock);",
		"-- thread 1 is preempted",
		"   47            *    bq.c:63 bq_take          reads 0",
		NULL,
	};
	struct timeline timeline;

	(void)state;
	read_lines(lines, &timeline);
	assert_int_equal(timeline.kind, TIMELINE_SCHEDULE);
	assert_int_equal(timeline.count, 3);
	assert_int_equal(timeline.rows[0].thread, 1);
	assert_int_equal(timeline.rows[0].begin, 41);
	assert_string_equal(timeline.rows[0].place, "bq.c:41 bq_put");
	assert_string_equal(timeline.rows[0].text, "locks A");
	assert_string_equal(timeline.rows[0].source,
			    "pthread_mutex_lock(&q->lock);");
	assert_int_equal(timeline.rows[1].thread, -1);
	assert_int_equal(timeline.rows[2].thread, 3);
	assert_string_equal(timeline.rows[2].source, "");
	timeline_release(&timeline);
}

/* As wide as it is: what it does, and then two blanks. */
static void test_schedule__what_is_wide_is_read_whole(void **state)
{
	static const char *const lines[] = {
		" step  t0",
		"    7  *    bq.c:63 bq_take          loads 0x7ffff7d4e010 "
		"(stale)  while (a  b)",
		NULL,
	};
	struct timeline timeline;

	(void)state;
	read_lines(lines, &timeline);
	assert_string_equal(timeline.rows[0].text,
			    "loads 0x7ffff7d4e010 (stale)");
	assert_string_equal(timeline.rows[0].source, "while (a  b)");
	timeline_release(&timeline);
}

static void test_schedule__of_too_many_threads_is_read_by_name(void **state)
{
	static const char *const lines[] = {
		" step",
		"    7  t12  bq.c:63 bq_take          reads 1",
		"    8  nobody",
		NULL,
	};
	struct timeline timeline;

	(void)state;
	read_lines(lines, &timeline);
	assert_int_equal(timeline.kind, TIMELINE_SCHEDULE);
	assert_int_equal(timeline.rows[0].thread, 12);
	assert_string_equal(timeline.rows[0].place, "bq.c:63 bq_take");
	assert_string_equal(timeline.rows[0].text, "reads 1");
	assert_int_equal(timeline.rows[1].thread, -1);
	timeline_release(&timeline);
}

static void test_dialogue__tells_who_said_what(void **state)
{
	static const char *const lines[] = { "> {\"op\":1}", "< {\"ok\":1}",
					     "...", NULL };
	struct timeline timeline;

	(void)state;
	read_lines(lines, &timeline);
	assert_int_equal(timeline.kind, TIMELINE_DIALOGUE);
	assert_true(timeline.rows[0].sent);
	assert_false(timeline.rows[1].sent);
	assert_string_equal(timeline.rows[1].text, "{\"ok\":1}");
	assert_int_equal(timeline.rows[2].thread, -1);
	timeline_release(&timeline);
}

static void test_anything_else__is_text(void **state)
{
	static const char *const some[] = {
		"",          "t",           "t1",
		"t1 |",      "t1 -|",       "|--|",
		"t1   |>",   " step  ",     " step  t",
		" step  tx", " step  t0  ", "t99999 a |-|",
		">",         "<",           "t1   a   |--| b",
		NULL,
	};
	struct timeline timeline;
	size_t i;

	(void)state;
	for (i = 0; some[i]; i++) {
		const char *const lines[] = { some[i], NULL };

		read_lines(lines, &timeline);
		assert_int_equal(timeline.kind, TIMELINE_TEXT);
		assert_int_equal(timeline.count, 0);
		timeline_release(&timeline);
	}
}

static void test_lines__that_are_no_texts_are_survived(void **state)
{
	json_auto_t *lines = json_pack("[s, i, n]", "t1 x |--|", 3);
	struct timeline timeline;

	(void)state;
	timeline_read(lines, &timeline);
	assert_int_equal(timeline.kind, TIMELINE_TEXT);
	timeline_read(NULL, &timeline);
	assert_int_equal(timeline.kind, TIMELINE_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls__are_read_with_their_ends),
		cmocka_unit_test(test_schedule__is_read_by_its_columns),
		cmocka_unit_test(test_schedule__what_is_wide_is_read_whole),
		cmocka_unit_test(
			test_schedule__of_too_many_threads_is_read_by_name),
		cmocka_unit_test(test_dialogue__tells_who_said_what),
		cmocka_unit_test(test_anything_else__is_text),
		cmocka_unit_test(test_lines__that_are_no_texts_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
