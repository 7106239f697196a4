/*
 * store_parts.h - between the files of the store
 */
#ifndef ASSAY_STORE_PARTS_H
#define ASSAY_STORE_PARTS_H

#include "store.h"

/** @bytes more have been written to @folder: drop what there is too much. */
void store_make_room(int folder, uint64_t bytes);

#endif
