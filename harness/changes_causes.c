/*
 * Why a submission came to something else: what differs between its reports.
 */
#include "changes.h"

#include <stdio.h>
#include <stdlib.h>

#include <assay/cleanup.h>

#include "changes_parts.h"
#include "report_member.h"
#include "report_parts.h"
#include "text.h"

/* Takes @detail, which is for people. */
static void add_cause(json_t *causes, const char *name, char *detail)
{
	AUTO_FREE char *owned = detail;
	json_t *cause = json_object();

	report_set(cause, "cause", report_text(name));
	report_set(cause, "detail", report_text(owned));
	report_append(causes, cause);
}

static const char *or_none(const json_t *value)
{
	const char *string = json_string_value(value);

	return string ? string : "none";
}

/* "NAME AFTER, was BEFORE" where they differ. */
static void write_moved(FILE *out, const char *name, struct sides values)
{
	if (changes_same(values))
		return;
	(void)fprintf(out, "%s%s%s, was %s", ftell(out) > 0 ? "; " : "", name,
		      or_none(values.after), or_none(values.before));
}

/* What write() puts out; free() it. */
static char *written(void (*write)(FILE *, struct sides), struct sides sides)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	write(out, sides);
	text_stream_close(out, &text);
	return text;
}

/* That as the detail of cause @name; nothing: no cause. */
static void add_written(json_t *causes, const char *name,
			void (*write)(FILE *, struct sides), struct sides sides)
{
	char *text = written(write, sides);

	if (*text)
		add_cause(causes, name, text);
	else
		free(text);
}

static void write_file(FILE *out, const char *what, const char *path)
{
	(void)fprintf(out, "%s%s %s", ftell(out) > 0 ? "; " : "", what, path);
}

static void write_files(FILE *out, struct sides submission)
{
	const json_t *file;
	size_t i;

	if (same_at(submission, "digest"))
		return;
	json_array_foreach (json_object_get(submission.after, "files"), i,
			    file) {
		const char *path = report_string(file, "path");
		struct sides files = {
			changes_find(
				json_object_get(submission.before, "files"),
				"path", path),
			file
		};

		if (!files.before)
			write_file(out, "added", path);
		else if (!same_at(files, "sha256"))
			write_file(out, "changed", path);
	}
	json_array_foreach (json_object_get(submission.before, "files"), i,
			    file)
		/* without a hash: passed over, whatever it was */
		if (json_object_get(file, "sha256") &&
		    !changes_find(json_object_get(submission.after, "files"),
				  "path", report_string(file, "path")))
			write_file(out, "removed", report_string(file, "path"));
	if (ftell(out) == 0)
		(void)fputs("other files were handed in", out);
}

char *changes_files(const json_t *before, const json_t *after)
{
	return written(write_files, (struct sides){ before, after });
}

/* Tests of @here that @there lacks. Hidden ones that were left out of one
 * grading are the secret's matter, not the exercise's. */
static void write_only(FILE *out, const char *what, const json_t *here,
		       const json_t *there, bool with_hidden)
{
	const char *separator = ftell(out) > 0 ? "; " : "";
	const json_t *test;
	size_t i, count = 0;

	json_array_foreach (here, i, test) {
		const char *id = report_string(test, "id");

		if (changes_find(there, "id", id) ||
		    (!with_hidden && report_is(test, "visibility", "hidden")))
			continue;
		if (count++ == 0)
			(void)fprintf(out, "%stests %s: %s", separator, what,
				      id);
		else
			(void)fprintf(out, ", %s", id);
	}
}

static void write_points(FILE *out, struct sides tests)
{
	const char *separator = ftell(out) > 0 ? "; " : "";
	const json_t *test;
	size_t i, count = 0;

	json_array_foreach (tests.after, i, test) {
		const char *id = report_string(test, "id");
		struct sides points = at(
			(struct sides){ changes_find(tests.before, "id", id),
					test },
			"maximum");

		if (!points.before || changes_same(points))
			continue;
		(void)fprintf(out, "%s%s %g, was %g",
			      count++ ? ", " : separator, id,
			      json_number_value(points.after),
			      json_number_value(points.before));
		if (count == 1)
			(void)fputs(" points", out);
	}
}

static void write_exercise(FILE *out, struct sides reports)
{
	struct sides exercise = at(reports, "exercise");
	struct sides tests = at(reports, "tests");
	bool with_hidden = same_at(at(reports, "score"), "with_hidden");

	write_moved(out, "", at(exercise, "id"));
	write_moved(out, "version ", at(exercise, "version"));
	if (same_at(exercise, "digest"))
		return;
	if (ftell(out) == 0)
		(void)fprintf(out, "other content under the same version %s",
			      report_string(exercise.after, "version"));
	/* where nothing ran no test is listed */
	if (json_array_size(tests.before) == 0 ||
	    json_array_size(tests.after) == 0)
		return;
	write_only(out, "added", tests.after, tests.before, with_hidden);
	write_only(out, "removed", tests.before, tests.after, with_hidden);
	write_points(out, tests);
}

static void write_language(FILE *out, struct sides reports)
{
	write_moved(out, "", at(at(reports, "exercise"), "language"));
}

/* A test's seed is that of the repetition that the report keeps: only where
 * both kept the same one do seeds say something. */
static bool is_reseeded(struct sides test)
{
	struct sides seed = at(test, "seed"), repeat = at(test, "repeat");

	return json_is_integer(seed.before) && json_is_integer(seed.after) &&
	       same_at(repeat, "ran") && same_at(repeat, "passed") &&
	       !changes_same(seed);
}

static void write_seeds(FILE *out, struct sides reports)
{
	struct sides hidden = at(at(reports, "score"), "with_hidden");
	struct sides tests = at(reports, "tests");
	const json_t *test;
	size_t i;

	if (hidden.before && hidden.after && !changes_same(hidden)) {
		(void)fprintf(out, "hidden tests %s",
			      json_is_true(hidden.after)
				      ? "ran, and had not before"
				      : "did not run, and had before");
		return;
	}
	json_array_foreach (tests.after, i, test) {
		const char *id = report_string(test, "id");

		if (!is_reseeded((struct sides){
			    changes_find(tests.before, "id", id), test }))
			continue;
		(void)fprintf(out, "%s has another seed", id);
		if (report_is(test, "visibility", "hidden"))
			(void)fputs(": hidden tests ran by another secret",
				    out);
		return;
	}
}

static void write_toolchain(FILE *out, struct sides environment)
{
	write_moved(out, "", at(environment, "compiler"));
	write_moved(out, "", at(environment, "libc"));
}

static void write_assay(FILE *out, struct sides environment)
{
	write_moved(out, "", at(environment, "assay"));
}

/* Null where nothing ran, which is a consequence and no cause. */
static void write_isolation(FILE *out, struct sides environment)
{
	struct sides level = at(at(environment, "isolation"), "level");

	if (level.before && level.after)
		write_moved(out, "", level);
}

static void write_limits(FILE *out, const char *what, struct sides sides)
{
	struct sides limits = at(sides, "limits");

	if (limits.before && limits.after && !changes_same(limits))
		(void)fprintf(out, "%s%s", ftell(out) > 0 ? ", " : "limits of ",
			      what);
}

/* An exercise has its limits, so only those of the same one are a cause of
 * their own. */
static void write_policy(FILE *out, struct sides reports)
{
	struct sides tests = at(reports, "tests");
	const json_t *test;
	size_t i;

	if (!same_at(at(reports, "exercise"), "digest"))
		return;
	write_limits(out, "the exercise", at(reports, "environment"));
	json_array_foreach (tests.after, i, test) {
		const char *id = report_string(test, "id");

		write_limits(
			out, id,
			(struct sides){ changes_find(tests.before, "id", id),
					test });
	}
}

static void write_machine(FILE *out, struct sides environment)
{
	write_moved(out, "kernel ", at(environment, "kernel"));
	write_moved(out, "", at(environment, "machine"));
}

static void write_fault(FILE *out, const char *when, const json_t *report)
{
	const json_t *test;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test)
		if (report_is(test, "status", "inconclusive"))
			(void)fprintf(out, "%s%s was inconclusive %s",
				      ftell(out) > 0 ? "; " : "",
				      report_string(test, "id"), when);
	if (ftell(out) == 0 && report_is(json_object_get(report, "score"),
					 "status", "inconclusive"))
		(void)fprintf(out, "it was inconclusive %s", when);
}

static void write_faults(FILE *out, struct sides reports)
{
	write_fault(out, "before", reports.before);
	write_fault(out, "now", reports.after);
}

static void find_causes(json_t *causes, struct sides reports)
{
	struct sides environment = at(reports, "environment");

	add_written(causes, "submission", write_files,
		    at(reports, "submission"));
	add_written(causes, "exercise", write_exercise, reports);
	add_written(causes, "language", write_language, reports);
	add_written(causes, "seeds", write_seeds, reports);
	add_written(causes, "toolchain", write_toolchain, environment);
	add_written(causes, "assay", write_assay, environment);
	add_written(causes, "isolation", write_isolation, environment);
	add_written(causes, "policy", write_policy, reports);
	add_written(causes, "machine", write_machine, environment);
	add_written(causes, "fault", write_faults, reports);
}

/* Why it changed although nothing that decides did. */
static void blame_itself(json_t *causes, struct sides reports)
{
	if (same_at(reports, "verdict_digest"))
		add_cause(causes, "measured",
			  text_format("only tests that measure differ"));
	else
		add_cause(causes, "unstable",
			  text_format("nothing that decides differs: the "
				      "verdict is not stable"));
}

json_t *changes_causes(struct sides reports, bool changed)
{
	json_t *causes = json_array();

	if (!reports.before)
		add_cause(causes, "new",
			  text_format("not in the earlier results"));
	else if (!reports.after)
		add_cause(causes, "gone", text_format("not graded again"));
	else
		find_causes(causes, reports);
	if (changed && json_array_size(causes) == 0)
		blame_itself(causes, reports);
	return causes;
}
