/*
 * shrink.h - few items that fail, out of many that do
 *
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002): leave out ever smaller groups of items, and
 * go on from whatever still fails. What is left fails, and if there were calls
 * enough, no single item of it can be left out.
 */
#ifndef ASSAY_KIT_SHRINK_H
#define ASSAY_KIT_SHRINK_H

#include <stdbool.h>
#include <stddef.h>

struct shrink {
	/* Whether these items alone fail in the same way. */
	bool (*fails)(void *data, const size_t *items, size_t count);
	void *data;
	unsigned calls_max; /* of that; bounds it on any machine alike */
};

/**
 * @items, @count of them in ascending order, fail. Make them fewer in place;
 * their order stays. Returns how many are left. The last time that fails() was
 * true, it was for these, if it ever was.
 */
size_t shrink(const struct shrink *shrink, size_t *items, size_t count);

#endif
