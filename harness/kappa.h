/*
 * kappa.h - how far two raters agree, beyond what chance alone would give
 *
 * Cohen's weighted kappa (Cohen 1968, Psychological Bulletin 70): 1 is
 * agreement on everything, 0 as much as by chance from how often each of the
 * two gives which mark, below 0 less. Marks are steps of a scale, so that one
 * step apart is nearly agreement and four is none: with quadratic weights,
 * 1 - (difference / largest)^2, which are the usual ones for such scales and
 * make kappa nearly a correlation (Fleiss and Cohen 1973). Linear ones are
 * there for comparison with other programs.
 *
 * The interval is the large-sample one of Fleiss, Cohen and Everitt 1969
 * (Psychological Bulletin 72, equation 9), kappa +- 1.96 standard errors and
 * within -1 and 1. Marks of one submission are no independent cases, so the
 * influences of all marks of a subject are added up before they are squared;
 * with one mark for each subject that is their equation.
 */
#ifndef ASSAY_KAPPA_H
#define ASSAY_KAPPA_H

#include <stdbool.h>
#include <stddef.h>

#define KAPPA_CATEGORIES_MAX 8
/* Fewer subjects get no interval: it would promise far too much. */
#define KAPPA_INTERVAL_MIN 10

enum kappa_weights { KAPPA_QUADRATIC, KAPPA_LINEAR };

/* What two raters gave, from 0; those of one subject stand together. */
struct kappa_pair {
	unsigned one, other;
	size_t subject;
};

enum kappa_state {
	KAPPA_NO_PAIRS,
	KAPPA_UNDEFINED, /* all marks of both are the same one */
	KAPPA_KNOWN,
};

struct kappa {
	enum kappa_state state;
	size_t pairs, subjects;
	size_t equal;  /* pairs with twice the same mark */
	bool constant; /* one of the two gave the same mark each time: kappa is
			  0 then, whatever the other did */
	double value;  /* where the state is KAPPA_KNOWN */
	double error;  /* its standard error */
	double low, high;
	bool interval; /* there are low and high */
};

/** @count pairs of marks below @categories (2 to KAPPA_CATEGORIES_MAX). */
void kappa_of(const struct kappa_pair *pairs, size_t count, unsigned categories,
	      enum kappa_weights weights, struct kappa *ret);

/**
 * What to make of it, a sentence or two for somebody who decides: what is
 * undefined and why, what so few subjects can say, and else the word of Landis
 * and Koch 1977 (Biometrics 33). free() it.
 */
char *kappa_words(const struct kappa *kappa, unsigned categories);

#endif
