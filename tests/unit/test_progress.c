#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "progress.h"
#include "text.h"

static void assert_line(const struct progress *progress, double seconds,
			const char *line)
{
	AUTO_FREE char *shown = progress_line(progress, seconds, 79);

	assert_string_equal(shown, line);
}

static void test_progress__tells_rate_time_left_and_verdicts(void **state)
{
	struct progress progress = { .total = 1000, .graded = 403 };

	(void)state;
	progress.verdicts[VERDICT_PASS] = 300;
	progress.verdicts[VERDICT_FAIL] = 90;
	progress.verdicts[VERDICT_BUILD_ERROR] = 12;
	progress.verdicts[VERDICT_INCONCLUSIVE] = 1;
	assert_line(&progress, 40.3,
		    "403/1000 graded, 10.0/s, 60 s left: 300 pass, 90 fail, 1 "
		    "inconclusive, 12 other");
	progress.verdicts[VERDICT_INCONCLUSIVE] = 0;
	assert_line(&progress, 403,
		    "403/1000 graded, 1.0/s, 10 min left: 300 pass, 90 fail, "
		    "12 build-error");
	assert_line(&progress, 40300,
		    "403/1000 graded, 0.0/s, 16 h 35 min left: 300 pass, 90 "
		    "fail, 12 build-error");
}

/* What an earlier run did says nothing about how fast this one is. */
static void test_progress__rates_this_run_only(void **state)
{
	struct progress progress = {
		.total = 100, .before = 80, .graded = 9, .errors = 1
	};

	(void)state;
	assert_line(&progress, 5,
		    "90/100 graded, 2.0/s, 6 s left: 1 not graded");
}

static void test_progress__at_its_ends(void **state)
{
	struct progress progress = { .total = 7 };

	(void)state;
	assert_line(&progress, 0, "0/7 graded");
	progress.graded = 7;
	progress.verdicts[VERDICT_PASS] = 7;
	assert_line(&progress, 14, "7/7 graded, 0.5/s: 7 pass");
}

static void test_progress__fits_any_terminal(void **state)
{
	struct progress progress = { .total = 1000000, .graded = 999999 };
	size_t columns, i;

	(void)state;
	for (i = 0; i < VERDICT_MAX; i++)
		progress.verdicts[i] = 76923;
	for (columns = 1; columns < 120; columns++) {
		AUTO_FREE char *line = progress_line(&progress, 1e6, columns);

		assert_true(text_columns(line) <= columns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_progress__tells_rate_time_left_and_verdicts),
		cmocka_unit_test(test_progress__rates_this_run_only),
		cmocka_unit_test(test_progress__at_its_ends),
		cmocka_unit_test(test_progress__fits_any_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
