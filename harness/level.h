/*
 * level.h - isolation levels: what is missing to a higher one
 */
#ifndef ASSAY_LEVEL_H
#define ASSAY_LEVEL_H

#include <assay/box.h>
#include <assay/error.h>

/** The layer that keeps the box of @hello below @level; NULL: it is not. */
const struct box_layer *level_missing(const struct box_hello *hello,
				      enum box_level level);

/** 0, or -ENOTSUP with one line that names the layer and says why. */
int level_check(const struct box_hello *hello, enum box_level level,
		struct error *err);

#endif
