/*
 * Against the output of other programs, and against a table worked by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <assay/cleanup.h>

#include "kappa.h"

#define PAIRS_MAX 128
#define MARKS 5

/* A table of counts, @size by @size, as pairs. */
static size_t pairs_of(const unsigned *table, unsigned size,
		       struct kappa_pair *pairs)
{
	size_t count = 0;
	unsigned i, j, k;

	for (i = 0; i < size; i++)
		for (j = 0; j < size; j++)
			for (k = 0; k < table[i * size + j]; k++) {
				assert_true(count < PAIRS_MAX);
				pairs[count] = (struct kappa_pair){
					.one = i,
					.other = j,
					.subject = count,
				};
				count++;
			}
	return count;
}

static void assert_near(double value, double expected, double within)
{
	if (fabs(value - expected) > within)
		fail_msg("%.10f, expected %.10f", value, expected);
}

/* SAS/STAT User's Guide, PROC FREQ, the example on Cohen's kappa: two
 * dermatologists, 88 patients; "Weighted Kappa 0.5082, ASE 0.0655, 95%
 * Confidence Limits 0.3798 0.6366", with linear weights. */
static void test_kappa__is_that_of_sas(void **state)
{
	static const unsigned skin[] = { 10, 4, 1,  0, 5, 10, 12, 2,
					 2,  4, 12, 5, 0, 2,  6,  13 };
	struct kappa_pair pairs[PAIRS_MAX];
	size_t count = pairs_of(skin, 4, pairs);
	struct kappa kappa;

	(void)state;
	assert_int_equal(count, 88);
	kappa_of(pairs, count, 4, KAPPA_LINEAR, &kappa);
	assert_int_equal(kappa.state, KAPPA_KNOWN);
	assert_true(kappa.interval);
	assert_int_equal(kappa.equal, 45);
	assert_near(kappa.value, 0.5082, 0.00005);
	assert_near(kappa.error, 0.0655, 0.00005);
	assert_near(kappa.low, 0.3798, 0.00005);
	assert_near(kappa.high, 0.6366, 0.00005);
}

/* R package irrCAC, kappa2.table(cont3x3abstractors, quadratic.weights(1:3)):
 * 0.8921569. */
static void test_kappa__is_that_of_r_with_quadratic_weights(void **state)
{
	static const unsigned abstractors[] = { 13, 0, 0, 0, 20, 7, 0, 4, 56 };
	struct kappa_pair pairs[PAIRS_MAX];
	size_t count = pairs_of(abstractors, 3, pairs);
	struct kappa kappa;

	(void)state;
	kappa_of(pairs, count, 3, KAPPA_QUADRATIC, &kappa);
	assert_near(kappa.value, 0.8921569, 0.00000005);
}

/*
 * By hand: marks 0 and 4 only, ten submissions,
 *
 *          other 0   other 4        w = 1 on the diagonal, 0 beside it
 *   one 0        4         1        observed = 8/10
 *   one 4        1         4        expected = 1/4 + 1/4 = 1/2
 *
 * kappa = (0.8 - 0.5) / 0.5 = 0.6. wr and wc are 1/2 each and the mean is
 * 0.6 - 0.5 * 0.4 = 0.4, so the influence of a pair on the diagonal is
 * 1 - (1/2 + 1/2) * 0.4 - 0.4 = 0.2 and of one beside it 0 - 0.4 - 0.4 = -0.8.
 * Sum of squares 8 * 0.04 + 2 * 0.64 = 1.6; standard error
 * sqrt(1.6) / (10 * 0.5) = 0.25298.
 */
static void test_kappa__is_that_worked_by_hand(void **state)
{
	unsigned table[MARKS * MARKS] = { 0 };
	struct kappa_pair pairs[PAIRS_MAX];
	struct kappa kappa;
	size_t count;

	(void)state;
	table[0] = 4;
	table[4] = 1;
	table[4 * MARKS] = 1;
	table[4 * MARKS + 4] = 4;
	count = pairs_of(table, MARKS, pairs);
	kappa_of(pairs, count, MARKS, KAPPA_QUADRATIC, &kappa);
	assert_near(kappa.value, 0.6, 1e-12);
	assert_near(kappa.error, sqrt(1.6) / 5, 1e-12);
	assert_near(kappa.low, 0.6 - 1.959964 * sqrt(1.6) / 5, 1e-6);
	assert_near(kappa.high, 1, 1e-12); /* 1.0958, cut */
}

/* Each pair twice, as two marks of one submission that say the same: nothing
 * is known that was not known before. */
static void
test_kappa__is_no_surer_for_marks_of_the_same_submission(void **state)
{
	static const unsigned skin[] = { 5, 2, 1, 0, 2, 5, 6, 1,
					 1, 2, 6, 2, 0, 1, 3, 6 };
	struct kappa_pair once[PAIRS_MAX], twice[PAIRS_MAX];
	size_t count = pairs_of(skin, 4, once), i;
	struct kappa single, doubled, apart;

	(void)state;
	assert_true(2 * count <= PAIRS_MAX);
	for (i = 0; i < 2 * count; i++)
		twice[i] = once[i / 2];
	kappa_of(once, count, 4, KAPPA_QUADRATIC, &single);
	kappa_of(twice, 2 * count, 4, KAPPA_QUADRATIC, &doubled);
	for (i = 0; i < 2 * count; i++)
		twice[i].subject = i;
	kappa_of(twice, 2 * count, 4, KAPPA_QUADRATIC, &apart);
	assert_int_equal(doubled.subjects, count);
	assert_near(doubled.value, single.value, 1e-12);
	assert_near(doubled.error, single.error, 1e-12);
	assert_near(apart.error, single.error / sqrt(2), 1e-12);
}

static void assert_words(const struct kappa_pair *pairs, size_t count,
			 enum kappa_state expected, const char *words)
{
	AUTO_FREE char *said = NULL;
	struct kappa kappa;

	kappa_of(pairs, count, MARKS, KAPPA_QUADRATIC, &kappa);
	assert_int_equal(kappa.state, expected);
	assert_false(kappa.interval);
	said = kappa_words(&kappa, MARKS);
	if (!strstr(said, words))
		fail_msg("\"%s\" does not say \"%s\"", said, words);
}

static void test_kappa__says_where_there_is_none(void **state)
{
	struct kappa_pair pairs[20] = { { .subject = 0 } };
	size_t i;

	(void)state;
	assert_words(pairs, 0, KAPPA_NO_PAIRS, "nothing was marked by both");
	for (i = 0; i < 20; i++)
		pairs[i] = (struct kappa_pair){ 3, 3, i };
	assert_words(pairs, 20, KAPPA_UNDEFINED, "undefined: both gave");
	assert_words(pairs, 1, KAPPA_UNDEFINED, "undefined: both gave");
	for (i = 0; i < 20; i++)
		pairs[i].other = 1;
	assert_words(pairs, 20, KAPPA_KNOWN, "says nothing: one of the two");
	for (i = 0; i < 20; i++)
		pairs[i].other = (unsigned)i % MARKS;
	assert_words(pairs, 20, KAPPA_KNOWN, "says nothing: one of the two");
}

static void test_kappa__gives_no_interval_where_it_would_deceive(void **state)
{
	struct kappa_pair pairs[20];
	struct kappa kappa;
	size_t i;

	(void)state;
	for (i = 0; i < 20; i++)
		pairs[i] = (struct kappa_pair){ (unsigned)i % MARKS,
						(unsigned)i % MARKS, i };
	assert_words(pairs, 20, KAPPA_KNOWN, "no two marks differ");
	kappa_of(pairs, 20, MARKS, KAPPA_QUADRATIC, &kappa);
	assert_near(kappa.value, 1, 0);
	pairs[0].other = 1;
	assert_words(pairs, KAPPA_INTERVAL_MIN - 1, KAPPA_KNOWN,
		     "no interval for fewer than 10");
	kappa_of(pairs, KAPPA_INTERVAL_MIN, MARKS, KAPPA_QUADRATIC, &kappa);
	assert_true(kappa.interval);
	assert_true(kappa.low < kappa.value && kappa.value <= kappa.high);
}

static void test_kappa__of_opposite_marks_is_below_0(void **state)
{
	struct kappa_pair pairs[20];
	AUTO_FREE char *words = NULL;
	struct kappa kappa;
	size_t i;

	(void)state;
	for (i = 0; i < 20; i++)
		pairs[i] = (struct kappa_pair){ (unsigned)i % MARKS,
						MARKS - 1 - (unsigned)i % MARKS,
						i };
	kappa_of(pairs, 20, MARKS, KAPPA_QUADRATIC, &kappa);
	assert_near(kappa.value, -1, 1e-12);
	words = kappa_words(&kappa, MARKS);
	assert_non_null(strstr(words, "less agreement than by chance"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kappa__is_that_of_sas),
		cmocka_unit_test(
			test_kappa__is_that_of_r_with_quadratic_weights),
		cmocka_unit_test(test_kappa__is_that_worked_by_hand),
		cmocka_unit_test(
			test_kappa__is_no_surer_for_marks_of_the_same_submission),
		cmocka_unit_test(test_kappa__says_where_there_is_none),
		cmocka_unit_test(
			test_kappa__gives_no_interval_where_it_would_deceive),
		cmocka_unit_test(test_kappa__of_opposite_marks_is_below_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
