/*
 * report_view.h - what of a report an audience may see
 *
 * Every format renders a view, never a report: what a view does not hold, no
 * format can give away by mistake. A view has the shape of the report
 * (schema/report.schema.json) with keys left out; whoever reads one takes a key
 * that is not there for null.
 */
#ifndef ASSAY_REPORT_VIEW_H
#define ASSAY_REPORT_VIEW_H

#include <stdbool.h>

#include <jansson.h>

enum audience {
	/* Who wrote the code. Only what is named here gets through: public
	 * tests, the compiler's words, points. Of hidden tests there is one
	 * sum: "hidden": {"points", "maximum"}, or null; "score.categories"
	 * are those of public tests. No "verdict" and no digest of it, which
	 * could be searched for what it is the digest of; nothing of the
	 * host but its compiler, libc and level of isolation; no rubric. */
	AUDIENCE_CANDIDATE,
	/* Who grades: all of the report. */
	AUDIENCE_GRADER,
	/* Who decides from it: all but what gives hidden tests away to the
	 * next candidate (seeds and replay commands of theirs) and what only
	 * who runs the host can use (remedies of its isolation). */
	AUDIENCE_TEAM,
};

/** By its name: "candidate", "grader", "team". */
bool audience_parse(const char *name, enum audience *audience);
const char *audience_name(enum audience audience);

/**
 * A copy of @report, a new reference, without what @audience may not see.
 * @report is unchanged, and may be any JSON: what is not as the schema says is
 * left out of a candidate's view. Never NULL.
 */
json_t *report_view(const json_t *report, enum audience audience);

/** Whether @test of @view has questions for an interview that no test before it
 * has: a hidden one asks what the public one of its property has asked. */
bool report_view_asks(const json_t *view, const json_t *test);

/** Whether @view was made for a candidate. */
bool report_view_is_candidates(const json_t *view);

#endif
