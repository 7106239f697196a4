/*
 * verify_gate.h - what an exercise has to prove, and whether it has
 *
 *   each reference     all points, every time
 *   each starter       none, every time
 *   each mutant        loses the test that exercise.json names, which names
 *                      the property where a candidate reads it, every time
 *   points             add up to 100, and each test's can be had
 *   each test          kills a mutant that no other test kills, or says why
 *                      it is there
 *
 * A test kills a mutant that does not survive it in any repetition. Tests that
 * say why they are there are no "other" ones: were they left out, what is left
 * has to be complete, and nothing of it too much. Of a quick look the last of
 * these is not asked.
 */
#ifndef ASSAY_VERIFY_GATE_H
#define ASSAY_VERIFY_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "verify_subject.h"

struct verify_check {
	bool passed;
	char *where; /* "mutant off-by-one (c)" */
	char *what;  /* one line: what was seen, and if need be what was not */
};

struct verify_gate {
	struct verify_check *checks;
	size_t count, passed;
};

/** Hold @subjects, which have been judged, against all of the above. */
void verify_gate_init(struct verify_gate *gate,
		      const struct verify_subjects *subjects);
void verify_gate_release(struct verify_gate *gate);

#endif
