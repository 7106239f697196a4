/*
 * loop.h - the event loop, or a clean end
 */
#ifndef ASSAY_LOOP_H
#define ASSAY_LOOP_H

#include <uv.h>

/** Where there are no descriptors or memory for one, the process says so in
 * one line and ends with status 3: nothing has been started yet. */
void loop_open(uv_loop_t *loop);

/** Start the threads of uv_queue_work(), or end in the same way. */
void loop_use_threads(uv_loop_t *loop);

#endif
