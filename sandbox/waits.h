/*
 * waits.h - what a sleeping thread waits for, and who could wake it
 */
#ifndef ASSAY_WAITS_H
#define ASSAY_WAITS_H

#include "snapshot.h"

/**
 * Fill in thread->box.wait*, .for_good and thread->outside from the system
 * call that it is in, which has to be filled in. Nothing is for good whose
 * end cannot be told.
 */
void waits_classify(const struct snapshot_process *process,
		    struct snapshot_thread *thread, bool has_timers,
		    const struct snapshot_given *given);

#endif
