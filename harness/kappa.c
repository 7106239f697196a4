/*
 * kappa.c - see kappa.h
 *
 * With w the weights, p the shares of the pairs, r and c those of each rater's
 * marks: observed = sum p w, expected = sum r c w, and
 * kappa = (observed - expected) / (1 - expected). A pair (i, j) moves it by
 *
 *   (w_ij - (wr_i + wc_j)(1 - kappa) - (kappa - expected (1 - kappa)))
 *       / (pairs (1 - expected))
 *
 * where wr_i = sum_j c_j w_ij and wc_j = sum_i r_i w_ij; the variance is the
 * sum of the squares of that, subject by subject.
 */
#include "kappa.h"

#include <math.h>

#include <assay/cleanup.h>

#include "text.h"

#define Z_95 1.959963984540054

struct shares {
	unsigned categories;
	double weight[KAPPA_CATEGORIES_MAX][KAPPA_CATEGORIES_MAX];
	double one[KAPPA_CATEGORIES_MAX], other[KAPPA_CATEGORIES_MAX];
	double one_expects[KAPPA_CATEGORIES_MAX];   /* wr */
	double other_expects[KAPPA_CATEGORIES_MAX]; /* wc */
	double observed, expected;
};

static double weight_of(unsigned i, unsigned j, unsigned categories,
			enum kappa_weights weights)
{
	double apart = (i > j ? i - j : j - i) / (double)(categories - 1);

	return 1 - (weights == KAPPA_LINEAR ? apart : apart * apart);
}

static void count_shares(struct shares *shares, const struct kappa_pair *pairs,
			 size_t count)
{
	double part = 1 / (double)count;
	size_t i;

	for (i = 0; i < count; i++) {
		CHECK(pairs[i].one < shares->categories &&
		      pairs[i].other < shares->categories);
		shares->one[pairs[i].one] += part;
		shares->other[pairs[i].other] += part;
		shares->observed +=
			part * shares->weight[pairs[i].one][pairs[i].other];
	}
}

static void expect(struct shares *shares)
{
	unsigned i, j;

	for (i = 0; i < shares->categories; i++) {
		for (j = 0; j < shares->categories; j++) {
			double weight = shares->weight[i][j];

			shares->one_expects[i] += shares->other[j] * weight;
			shares->other_expects[j] += shares->one[i] * weight;
			shares->expected += shares->one[i] * shares->other[j] *
					    weight;
		}
	}
}

static void set_shares(struct shares *shares, const struct kappa_pair *pairs,
		       size_t count, unsigned categories,
		       enum kappa_weights weights)
{
	unsigned i, j;

	*shares = (struct shares){ .categories = categories };
	for (i = 0; i < categories; i++)
		for (j = 0; j < categories; j++)
			shares->weight[i][j] = weight_of(i, j, categories,
							 weights);
	count_shares(shares, pairs, count);
	expect(shares);
}

/* How far pair (@one, @other) is from the mean, times pairs (1 - expected). */
static double influence(const struct shares *shares, double kappa, unsigned one,
			unsigned other)
{
	return shares->weight[one][other] -
	       (shares->one_expects[one] + shares->other_expects[other]) *
		       (1 - kappa) -
	       (kappa - shares->expected * (1 - kappa));
}

static double standard_error(const struct shares *shares, double kappa,
			     const struct kappa_pair *pairs, size_t count)
{
	double sum = 0, subject = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		subject += influence(shares, kappa, pairs[i].one,
				     pairs[i].other);
		if (i + 1 < count && pairs[i + 1].subject == pairs[i].subject)
			continue;
		sum += subject * subject;
		subject = 0;
	}
	return sqrt(sum) / ((double)count * (1 - shares->expected));
}

static void count_pairs(const struct kappa_pair *pairs, size_t count,
			struct kappa *ret)
{
	bool one_same = true, other_same = true;
	size_t i;

	*ret = (struct kappa){ .pairs = count };
	for (i = 0; i < count; i++) {
		ret->equal += pairs[i].one == pairs[i].other;
		ret->subjects += i == 0 ||
				 pairs[i].subject != pairs[i - 1].subject;
		one_same = one_same && pairs[i].one == pairs[0].one;
		other_same = other_same && pairs[i].other == pairs[0].other;
	}
	ret->constant = count > 0 && (one_same || other_same);
	ret->state = count == 0 ? KAPPA_NO_PAIRS
		     : one_same && other_same && ret->equal == count
			     ? KAPPA_UNDEFINED
			     : KAPPA_KNOWN;
}

void kappa_of(const struct kappa_pair *pairs, size_t count, unsigned categories,
	      enum kappa_weights weights, struct kappa *ret)
{
	struct shares shares;

	CHECK(categories >= 2 && categories <= KAPPA_CATEGORIES_MAX);
	count_pairs(pairs, count, ret);
	if (ret->state != KAPPA_KNOWN)
		return;
	if (ret->constant)
		return; /* 0, and rounding must not make it less */
	set_shares(&shares, pairs, count, categories, weights);
	ret->value = ret->equal == count ? 1
					 : (shares.observed - shares.expected) /
						   (1 - shares.expected);
	ret->error = standard_error(&shares, ret->value, pairs, count);
	ret->interval = ret->subjects >= KAPPA_INTERVAL_MIN &&
			ret->equal < count;
	ret->low = fmax(ret->value - Z_95 * ret->error, -1);
	ret->high = fmin(ret->value + Z_95 * ret->error, 1);
}

/* The words of Landis and Koch. */
static const char *word_for(double value)
{
	static const struct {
		double up_to;
		const char *word;
	} words[] = {
		{ 0.2, "slight agreement" },
		{ 0.4, "fair agreement" },
		{ 0.6, "moderate agreement" },
		{ 0.8, "substantial agreement" },
	};
	size_t i;

	if (value < 0)
		return "less agreement than by chance";
	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (value <= words[i].up_to)
			return words[i].word;
	return "almost perfect agreement";
}

/* Cicchetti 1981 (Applied Psychological Measurement 5): twice the square of
 * the number of categories. */
static char *caution(const struct kappa *kappa, unsigned categories)
{
	unsigned enough = 2 * categories * categories;

	if (kappa->subjects < KAPPA_INTERVAL_MIN)
		return text_format("; so few can change it with one more "
				   "submission, and there is no interval for "
				   "fewer than %d",
				   KAPPA_INTERVAL_MIN);
	if (!kappa->interval)
		return text_format("; no two marks differ, so that there is no "
				   "interval");
	if (kappa->low <= 0 && kappa->high >= 0)
		return text_format("; the interval has 0 in it: it may be "
				   "chance");
	if (kappa->subjects < enough)
		return text_format("; below %u submissions the interval is "
				   "rough, and rather too narrow",
				   enough);
	return text_format("%s", "");
}

char *kappa_words(const struct kappa *kappa, unsigned categories)
{
	AUTO_FREE char *more = NULL;

	if (kappa->state == KAPPA_NO_PAIRS)
		return text_format("nothing was marked by both");
	if (kappa->state == KAPPA_UNDEFINED)
		return text_format("undefined: both gave the same mark to "
				   "everybody, which chance would give as "
				   "well");
	if (kappa->constant)
		return text_format("says nothing: one of the two gave the same "
				   "mark to everybody, and then it is 0 "
				   "whatever the other does");
	more = caution(kappa, categories);
	return text_format("%s%s", word_for(kappa->value), more);
}
