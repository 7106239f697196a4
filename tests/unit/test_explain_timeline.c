/*
 * Pictures of traces on terminals of several widths: never wider than that, and
 * nothing of them moved to where it does not belong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "explain.h"
#include "text.h"

/* As exercises/kit/explorer_timeline.c writes it. */
static const char *const schedule[] = {
	" step  t0   t1   t3",
	"   41       *         bq.c:41 bq_put           locks A"
	"                  pthread_mutex_lock(&q->lock);",
	"-- thread 1 is preempted before `q->count++`, bq.c:47 (bq_put)",
	"   47            *    bq.c:63 bq_take          loads 0x7ffff7d4e010 "
	"(stale)  while (q->count == 0)",
	NULL,
};

static const char *const calls[] = {
	"t2   put(1, -1) -> 0               |--|",
	"t1   put(2, -1) -> ETIMEDOUT             |-----------------------|",
	"t0   take(-1) -> ...                        "
	"|------------------------->",
	NULL,
};

static char *told(const char *const *lines, unsigned columns, bool colour)
{
	json_t *array = json_array();
	json_auto_t *report = json_pack(
		"{s:[{s:s, s:s, s:s, s:[{s:s, s:o}]}]}", "tests", "id", "one",
		"status", "fail", "visibility", "public", "traces", "title",
		"the schedule", "lines", array);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(report);
	assert_non_null(out);
	for (; *lines; lines++)
		json_array_append_new(array, json_string(*lines));
	explain_view(report, out, columns, colour, false);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void assert_says(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("does not say \"%s\":\n%s", words, text);
}

static void assert_fits(const char *text, size_t columns)
{
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		AUTO_FREE char *clean = text_line(line);

		assert_string_equal(line, clean);
		if (text_columns(line) > columns)
			fail_msg("wider than %zu: %s", columns, line);
	}
}

static void test_schedule__takes_the_columns_that_there_are(void **state)
{
	AUTO_FREE char *wide = told(schedule, 120, false);
	AUTO_FREE char *middle = told(schedule, 84, false);
	AUTO_FREE char *narrow = told(schedule, 40, false);

	(void)state;
	assert_says(wide, "          step  t1 t3\n"
			  "            41  *      bq.c:41 bq_put  locks A");
	assert_says(wide, "  pthread_mutex_lock(&q->lock);\n");
	assert_says(wide, " loads 0x7ffff7d4e010 (stale)  while (q->count == "
			  "0)\n");
	assert_fits(wide, 120);
	assert_says(middle, "bq.c:41 locks A");
	assert_says(middle, "-- thread 1 is preempted before `q->count++`, "
			    "bq.c:47");
	assert_says(middle, "  pthread_mutex_lo");
	assert_fits(middle, 84);
	assert_says(narrow, "bq.c:41 locks A\n");
	assert_fits(narrow, 40);
}

static void test_schedule__has_a_lane_for_each_thread(void **state)
{
	static const char *const lines[] = {
		" step",
		"    1  t0   bq.c:1 main              begins",
		"    2  t17  bq.c:2 work              reads 1"
		"                  x = shared;",
		NULL,
	};
	AUTO_FREE char *text = told(lines, 80, false);

	(void)state;
	assert_says(text, "step  t0  t17\n");
	assert_says(text, "   1  *        bq.c:1 main begins\n");
	assert_says(text, "   2      *    bq.c:2 work reads 1  x = sh");
	assert_fits(text, 80);
}

/* The widest there can be. */
static void test_schedule__of_all_sorts_of_bytes_fits(void **state)
{
	static const char *const lines[] = {
		" step  t0   t1   t2   t3   t4   t5   t6   t7",
		"99999  *                                       "
		"very-long-name.c:123456 x a very long thing that it does "
		"  \xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad"
		"\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87",
		"    2                                     *    "
		"\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad"
		"\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87"
		"\xe4\xb8\xad\xe6\x96\x87 \x1b[31m",
		"\xe4\xb8\xad\xe6\x96\x87 a remark",
		NULL,
	};
	unsigned columns;

	(void)state;
	for (columns = 40; columns < 140; columns++) {
		AUTO_FREE char *text = told(lines, columns, false);

		assert_fits(text, columns);
		assert_says(text, "99999");
	}
}

/* Which would leave nothing for what they do. */
static void test_schedule__of_too_many_threads_has_one_lane(void **state)
{
	static const char *const lines[] = {
		" step",
		"    1  t0   f.c:1                    begins",
		"    1  t1   f.c:1                    begins",
		"    1  t2   f.c:1                    begins",
		"    1  t3   f.c:1                    begins",
		"    1  t4   f.c:1                    begins",
		"    1  t5   f.c:1                    begins",
		"    1  t6   f.c:1                    begins",
		"    1  t7   f.c:1                    begins",
		"    1  t17  f.c:1                    begins",
		NULL,
	};
	AUTO_FREE char *text = told(lines, 80, false);

	(void)state;
	assert_says(text, "          step\n");
	assert_says(text, "   1  t0  f.c:1 begins\n");
	assert_says(text, "   1  t17 f.c:1 begins\n");
	assert_fits(text, 80);
}

static void test_schedule__colour_changes_no_text(void **state)
{
	AUTO_FREE char *plain = told(schedule, 80, false);
	AUTO_FREE char *text = told(schedule, 80, true);
	char *to = text;
	const char *from;

	(void)state;
	assert_non_null(strchr(text, '\033'));
	for (from = text; *from; from++) {
		if (*from == '\033')
			from = strchr(from, 'm');
		else
			*to++ = *from;
		assert_non_null(from);
	}
	*to = '\0';
	assert_string_equal(text, plain);
}

static void test_calls__are_drawn_closer_together(void **state)
{
	AUTO_FREE char *wide = told(calls, 80, false);
	AUTO_FREE char *narrow = told(calls, 50, false);
	unsigned columns;

	(void)state;
	assert_says(wide, "          t2   put(1, -1) -> 0          |--|\n");
	assert_fits(wide, 80);
	/* what overlaps still does, and what does not still does not */
	assert_says(narrow, "          t2   put(1, -1) -> 0   |--|\n");
	assert_fits(narrow, 50);
	for (columns = 40; columns < 100; columns++) {
		AUTO_FREE char *text = told(calls, columns, false);

		assert_fits(text, columns);
		assert_says(text, ">\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_schedule__takes_the_columns_that_there_are),
		cmocka_unit_test(test_schedule__has_a_lane_for_each_thread),
		cmocka_unit_test(
			test_schedule__of_too_many_threads_has_one_lane),
		cmocka_unit_test(test_schedule__of_all_sorts_of_bytes_fits),
		cmocka_unit_test(test_schedule__colour_changes_no_text),
		cmocka_unit_test(test_calls__are_drawn_closer_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
