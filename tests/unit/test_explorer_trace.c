/* A trace as text: one for each, and every other text is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explorer_fixture.h"
#include "explorer_trace.h"

static const char text_of_full[] = "explorer-trace 1\n"
				   "scenario one-each\n"
				   "seed 77\n"
				   "flags races,early\n"
				   "steps-max 1000\n"
				   "strategy pos\n"
				   "outcome race\n"
				   "program -\n"
				   "result 0000000000abcdef\n"
				   "segments 4\n"
				   "0 3\n"
				   "1 2\n"
				   "0 0 timeout\n"
				   "0 2\n"
				   "choices 1\n"
				   "1 2 1\n"
				   "end\n";

static void test_trace__is_written_as_its_header_says(void **state)
{
	struct explorer_parts parts = explorer_full();
	struct explorer_run run = explorer_made(&parts);
	struct explorer_trace trace = explorer_trace_of(
		&run, "one-each", EXPLORE_RACES | EXPLORE_EARLY | EXPLORE_LOG,
		1000, "");
	char *text = explorer_trace_text(&trace);

	(void)state;
	assert_string_equal(text, text_of_full);
	free(text);
	explorer_run_release(&run);
}

static void check_round_trip(const char *text)
{
	struct explorer_trace trace;
	struct error err = { 0 };
	char *again;

	if (explorer_trace_parse(text, &trace, &err) < 0)
		fail_msg("%s", err.text);
	again = explorer_trace_text(&trace);
	assert_string_equal(again, text);
	free(again);
	explorer_trace_release(&trace);
}

static void test_trace__comes_back_the_same(void **state)
{
	(void)state;
	check_round_trip(text_of_full);
	check_round_trip("explorer-trace 1\nscenario a.b_C-9\n"
			 "seed 18446744073709551615\nflags none\n"
			 "steps-max 4294967295\nstrategy replay\n"
			 "outcome passed\nprogram 0123456789abcdef\n"
			 "result ffffffffffffffff\nsegments 2\n"
			 "31 4294967295\n5 0 woken\nchoices 0\nend\n");
}

static void test_trace__of_the_greatest_size_comes_back(void **state)
{
	struct explore_segment *segments = calloc(EXPLORE_SEGMENTS_MAX,
						  sizeof *segments);
	struct explore_choice *choices = calloc(EXPLORE_CHOICES_MAX,
						sizeof *choices);
	struct explorer_trace trace = {
		.scenario = "s",
		.steps = { 7, segments, choices, EXPLORE_SEGMENTS_MAX,
			   EXPLORE_CHOICES_MAX },
	};
	uint32_t i;
	char *text;

	(void)state;
	for (i = 0; i < EXPLORE_SEGMENTS_MAX; i++)
		segments[i] = (struct explore_segment){ 31, 0, UINT32_MAX };
	for (i = 0; i < EXPLORE_CHOICES_MAX; i++)
		choices[i] = (struct explore_choice){ 31, UINT16_MAX,
						      UINT32_MAX };
	text = explorer_trace_text(&trace);
	assert_true(strlen(text) < EXPLORER_TRACE_TEXT_MAX);
	check_round_trip(text);
	free(text);
	free(segments);
	free(choices);
}

/* The full text with @from replaced by @to. */
static void check_refused(const char *from, const char *to, unsigned line)
{
	const char *at = strstr(text_of_full, from);
	struct explorer_trace trace;
	struct error err = { 0 };
	char text[1024], where[32];

	assert_non_null(at);
	(void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - text_of_full),
		       text_of_full, to, at + strlen(from));
	assert_int_equal(explorer_trace_parse(text, &trace, &err), -EINVAL);
	(void)snprintf(where, sizeof where, "line %u:", line);
	if (!strstr(err.text, where))
		fail_msg("%s: not %s", err.text, where);
}

static void test_trace__in_any_other_form_is_refused(void **state)
{
	(void)state;
	check_refused("trace 1", "trace 2", 1);
	check_refused("trace 1", "trace 01", 1);
	check_refused("one-each", "one each", 2);
	check_refused("one-each", "../x", 2);
	check_refused("one-each", "", 2);
	check_refused("seed 77", "seed  77", 3);
	check_refused("seed 77", "seed 077", 3);
	check_refused("seed 77", "seed -1", 3);
	check_refused("seed 77", "seed 18446744073709551616", 3);
	check_refused("seed 77", "seed 77 ", 3);
	check_refused("seed 77", "seed 77\r", 3);
	check_refused("races,early", "early,races", 4);
	check_refused("races,early", "races,early,", 4);
	check_refused("steps-max 1000", "steps-max 4294967296", 5);
	check_refused("pos", "luck", 6);
	check_refused("outcome race", "outcome racy", 7);
	check_refused("program -", "program xyz", 8);
	check_refused("program -", "program ", 8);
	check_refused("0000000000abcdef", "abcdef", 9);
	check_refused("0000000000abcdef", "0000000000ABCDEF", 9);
	check_refused("segments 4", "segments 8193", 10);
	check_refused("segments 4", "segments 3", 14);
	check_refused("segments 4", "segments 5", 15);
	check_refused("0 3\n", "32 3\n", 11);
	check_refused("0 3\n", "0 0\n", 11);
	check_refused("0 3\n", "0 3 timeout\n", 11);
	check_refused("0 0 timeout", "0 0", 13);
	check_refused("0 0 timeout", "0 0 Timeout", 13);
	check_refused("1 2 1", "1 2 65536", 16);
	check_refused("1 2 1", "1 2", 16);
	check_refused("end\n", "end", 17);
	check_refused("end\n", "", 17);
	check_refused("end\n", "end\n\n", 17);
}

static void test_flags__are_a_list_in_order(void **state)
{
	char text[EXPLORER_TRACE_LINE_MAX];
	uint32_t flags, back;

	(void)state;
	for (flags = 0; flags <= EXPLORER_TRACE_FLAGS; flags++) {
		explorer_flags_text(flags, text);
		assert_true(explorer_flags_parse(text, &back));
		assert_int_equal(flags, back);
	}
	assert_false(explorer_flags_parse("", &back));
	assert_false(explorer_flags_parse("log", &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trace__is_written_as_its_header_says),
		cmocka_unit_test(test_trace__comes_back_the_same),
		cmocka_unit_test(test_trace__of_the_greatest_size_comes_back),
		cmocka_unit_test(test_trace__in_any_other_form_is_refused),
		cmocka_unit_test(test_flags__are_a_list_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
