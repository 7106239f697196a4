/*
 * layers.h - what a box says about itself in its hello
 */
#ifndef ASSAY_LAYERS_H
#define ASSAY_LAYERS_H

#include "host.h"
#include "run.h"

/**
 * Fill the level and the layers of @hello for the box as it is set up;
 * @namespaces says why it is in plain mode, if it is. With hello->error only
 * what stands in the way is named.
 */
void layers_describe(const struct box *box, const struct host *host,
		     const struct host_advice *namespaces,
		     struct box_hello *hello);

#endif
