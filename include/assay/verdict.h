/*
 * verdict.h - what a test or a submission can come to
 *
 * These names are promised to readers of reports; they never change meaning.
 */
#ifndef ASSAY_VERDICT_H
#define ASSAY_VERDICT_H

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,              /* the judge found a violated property */
	VERDICT_CRASH,             /* died of a signal or exited on its own */
	VERDICT_CPU_LIMIT,
	VERDICT_WALL_LIMIT,
	VERDICT_DEADLOCK,          /* wall limit with every thread asleep on
				      what only this program could release */
	VERDICT_MEMORY_LIMIT,
	VERDICT_OUTPUT_LIMIT,
	VERDICT_FORBIDDEN_SYSCALL,
	VERDICT_SKIPPED,           /* something it depends on failed */
	VERDICT_INCONCLUSIVE,      /* host or harness fault; never charged */
	VERDICT_BUILD_ERROR,       /* whole submission: does not compile */
	VERDICT_REJECTED,          /* whole submission: breaks the rules */
	VERDICT_MAX
};

/** The name in reports: "pass", "cpu-limit", ... Never NULL. */
static inline const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICT_MAX] = {
		[VERDICT_PASS] = "pass",
		[VERDICT_FAIL] = "fail",
		[VERDICT_CRASH] = "crash",
		[VERDICT_CPU_LIMIT] = "cpu-limit",
		[VERDICT_WALL_LIMIT] = "wall-limit",
		[VERDICT_DEADLOCK] = "deadlock",
		[VERDICT_MEMORY_LIMIT] = "memory-limit",
		[VERDICT_OUTPUT_LIMIT] = "output-limit",
		[VERDICT_FORBIDDEN_SYSCALL] = "forbidden-syscall",
		[VERDICT_SKIPPED] = "skipped",
		[VERDICT_INCONCLUSIVE] = "inconclusive",
		[VERDICT_BUILD_ERROR] = "build-error",
		[VERDICT_REJECTED] = "rejected",
	};

	return (unsigned)verdict < VERDICT_MAX ? names[verdict] : "unknown";
}

#endif
