/*
 * exercise_manifest.c - see exercise_manifest.h
 *
 * Read from the leaves to the trunk: one function per kind of object, in the
 * order of the tables of exercises/README.md, and the document at the end.
 * Whatever refers to something else is read after it.
 */
#include "exercise_manifest.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define WORDS_MAX 32
#define QUESTIONS_MAX 8
#define MUTANTS_MAX 64
#define MINUTES_MAX (24 * 60)
#define HISTORY_KIB_MAX (256 * 1024)

/* A limit in exercise.json, in its own unit, and in a box. */
static const struct limit {
	const char *key;
	size_t offset;
	uint64_t unit, min, max;
} limit_table[] = {
#define LIMIT(key, field, unit, min, max)                               \
	{                                                               \
		key, offsetof(struct box_limits, field), unit, min, max \
	}
	LIMIT("cpu_ms", cpu_us, 1000, 1, 3600000),
	LIMIT("wall_ms", wall_us, 1000, 1, 3600000),
	LIMIT("memory_mib", memory_bytes, 1 << 20, 1, 65536),
	LIMIT("processes", processes, 1, 1, 4096),
	LIMIT("open_files", open_files, 1, 8, 65536),
	LIMIT("file_mib", file_bytes, 1 << 20, 1, 16384),
	LIMIT("output_kib", output_bytes, 1 << 10, 1, 65536),
	LIMIT("stack_kib", stack_bytes, 1 << 10, 64, 1 << 20),
#undef LIMIT
};

static const char *const limit_keys[] = {
	"cpu_ms",   "wall_ms",    "memory_mib", "processes", "open_files",
	"file_mib", "output_kib", "stack_kib",  NULL,
};

static const char *const limit_override_keys[] = {
	"cpu_ms?",   "wall_ms?",    "memory_mib?", "processes?", "open_files?",
	"file_mib?", "output_kib?", "stack_kib?",  NULL,
};

/* Limits that are not named stay as they are in *limits. */
static void read_limits(const struct place *at, const char *const *keys,
			struct box_limits *limits)
{
	manifest_keys(at, keys);
	for (size_t i = 0; i < sizeof limit_table / sizeof *limit_table; i++) {
		const struct limit *limit = &limit_table[i];
		uint64_t value = 0;

		manifest_integer(at, limit->key, limit->min, limit->max,
				 &value);
		if (value)
			*(uint64_t *)((char *)limits +
				      limit->offset) = value * limit->unit;
	}
}

static void read_visibility(const struct place *up, enum visibility *ret)
{
	struct place at = manifest_get(up, "visibility");
	const char *word = json_string_value(at.json);

	if (word && strcmp(word, "public") == 0)
		*ret = VISIBILITY_PUBLIC;
	else if (word && strcmp(word, "hidden") == 0)
		*ret = VISIBILITY_HIDDEN;
	else
		manifest_fail(&at, "expected \"public\" or \"hidden\"");
}

static void check_variant(const struct place *up,
			  const struct exercise *exercise,
			  const struct exercise_test *test)
{
	struct place at = manifest_get(up, "variant");

	const struct exercise_variant *first = NULL, *variant;

	for (size_t i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *it = &exercise->languages[i];

		variant = language_variant(it, test->variant);
		if (!variant)
			manifest_fail(&at, "languages.%s has no variant \"%s\"",
				      it->name, test->variant);
		else if (first && first->dialogue != variant->dialogue)
			manifest_fail(&at,
				      "\"%s\" is a dialogue in one language "
				      "and not in another",
				      test->variant);
		first = variant;
	}
}

/* There is one box for whoever runs beside the submission. */
static void check_baseline(const struct place *up,
			   const struct exercise_test *test)
{
	struct place at = manifest_get(up, "baseline");

	if (test->baseline && exercise_is_explored(test->variant))
		manifest_fail(&at, "in a test of variant \"" EXERCISE_EXPLORE
				   "\" the submission itself runs beside");
}

static void check_depends_on(const struct place *up,
			     const struct exercise *exercise,
			     const struct exercise_test *test)
{
	struct place at = manifest_get(up, "depends_on");

	for (size_t i = 0; i < string_list_count(test->depends_on); i++) {
		const char *id = test->depends_on[i];
		const struct exercise_test *earlier = exercise_test(exercise,
								    id);

		if (!earlier)
			manifest_fail(&at, "\"%s\" is not an earlier test", id);
		else if (earlier->visibility == VISIBILITY_HIDDEN &&
			 test->visibility == VISIBILITY_PUBLIC)
			manifest_fail(&at,
				      "\"%s\" is hidden, and this test is "
				      "public",
				      id);
	}
}

static void read_params(const struct place *up, json_t **ret)
{
	struct place at = manifest_object(up, "params", 0, SIZE_MAX);

	*ret = at.json ? json_incref(at.json)
		       : manifest_need(up, json_object());
}

/* @test is not yet one that exercise_test() finds. */
static void read_test(const struct place *at, const struct exercise *exercise,
		      struct exercise_test *test)
{
	static const char *const keys[] = {
		"id",      "title",        "category",  "property",
		"points",  "visibility",   "variant",   "depends_on?",
		"repeat?", "baseline?",    "measured?", "params?",
		"limits?", "history_kib?", "why?",      "questions?",
		NULL,
	};
	uint64_t points = 0, repeat = 1, history_kib = 0;
	struct place limits = manifest_get(at, "limits");

	manifest_keys(at, keys);
	manifest_id(at, "id", &test->id);
	manifest_text(at, "title", &test->title);
	manifest_text(at, "category", &test->category);
	manifest_text(at, "property", &test->property);
	if (manifest_get(at, "why").json)
		manifest_text(at, "why", &test->why);
	manifest_texts(at, "questions", 1, QUESTIONS_MAX, &test->questions);
	manifest_integer(at, "points", 0, 100, &points);
	read_visibility(at, &test->visibility);
	manifest_text(at, "variant", &test->variant);
	manifest_texts(at, "depends_on", 0, EXERCISE_TESTS_MAX,
		       &test->depends_on);
	manifest_integer(at, "repeat", 1, EXERCISE_REPEAT_MAX, &repeat);
	manifest_boolean(at, "baseline", &test->baseline);
	manifest_boolean(at, "measured", &test->measured);
	manifest_integer(at, "history_kib", 0, HISTORY_KIB_MAX, &history_kib);
	read_params(at, &test->params);
	test->points = (unsigned)points;
	test->repeat = (unsigned)repeat;
	test->history_bytes = history_kib * 1024;
	test->limits = exercise->limits;
	if (limits.json)
		read_limits(&limits, limit_override_keys, &test->limits);
	if (!manifest_ok(at))
		return;
	if (exercise_test(exercise, test->id))
		manifest_fail(at, "id \"%s\" is that of another test",
			      test->id);
	check_variant(at, exercise, test);
	check_baseline(at, test);
	check_depends_on(at, exercise, test);
}

static void read_tests(const struct place *top, struct exercise *exercise)
{
	struct place list = manifest_list(top, "tests", 1, EXERCISE_TESTS_MAX);
	unsigned points = 0;

	exercise->tests = manifest_need(
		top, calloc(EXERCISE_TESTS_MAX, sizeof *exercise->tests));
	for (size_t i = 0; i < manifest_count(&list); i++) {
		struct place at = manifest_at(&list, i);

		read_test(&at, exercise, &exercise->tests[i]);
		exercise->test_count = i + 1;
		points += exercise->tests[i].points;
	}
	if (points != 100)
		manifest_fail(&list, "points add up to %u, expected 100",
			      points);
}

/* A cap is for what a program did, never for a fault of the host. */
static void read_when(const struct place *up, bool when[VERDICT_MAX])
{
	struct place list = manifest_list(up, "when", 1, VERDICT_MAX);

	for (size_t i = 0; i < manifest_count(&list); i++) {
		struct place at = manifest_at(&list, i);
		const char *word = json_string_value(at.json);
		enum verdict verdict = VERDICT_FAIL;

		while (word && verdict <= VERDICT_SKIPPED &&
		       strcmp(word, verdict_name(verdict)) != 0)
			verdict++;
		if (word && verdict <= VERDICT_SKIPPED)
			when[verdict] = true;
		else
			manifest_fail(&at, "expected the name of a verdict "
					   "that costs a test its points");
	}
}

static void read_cap(const struct place *at, const struct exercise *exercise,
		     struct exercise_cap *cap)
{
	static const char *const keys[] = { "tests", "when", "points", "why",
					    NULL };
	struct place tests = manifest_get(at, "tests");
	uint64_t points = 0;

	manifest_keys(at, keys);
	manifest_texts(at, "tests", 1, EXERCISE_TESTS_MAX, &cap->tests);
	read_when(at, cap->when);
	manifest_integer(at, "points", 0, 100, &points);
	manifest_text(at, "why", &cap->why);
	cap->points = (unsigned)points;
	for (size_t i = 0; manifest_ok(at) && cap->tests[i]; i++)
		if (!exercise_test(exercise, cap->tests[i]))
			manifest_fail(&tests, "\"%s\" is not a test",
				      cap->tests[i]);
}

static void read_caps(const struct place *top, struct exercise *exercise)
{
	struct place list = manifest_list(top, "caps", 0, EXERCISE_TESTS_MAX);

	exercise->caps = manifest_need(
		top, calloc(EXERCISE_TESTS_MAX, sizeof *exercise->caps));
	for (size_t i = 0; i < manifest_count(&list); i++) {
		struct place at = manifest_at(&list, i);

		read_cap(&at, exercise, &exercise->caps[i]);
		exercise->cap_count = i + 1;
	}
}

/* Only looked at; reports get the JSON as it is. */
static void read_rubric(const struct place *top, struct exercise *exercise)
{
	static const char *const keys[] = { "id", "title", "marks", NULL };
	struct place list = manifest_list(top, "rubric", 0, WORDS_MAX);

	for (size_t i = 0; i < manifest_count(&list); i++) {
		struct place at = manifest_at(&list, i);
		AUTO_FREE char *id = NULL;
		AUTO_FREE char *title = NULL;
		string_list marks = NULL;

		manifest_keys(&at, keys);
		manifest_id(&at, "id", &id);
		manifest_text(&at, "title", &title);
		manifest_texts(&at, "marks", 5, 5, &marks);
		string_list_free(marks);
	}
	exercise->rubric = json_incref(list.json);
}

static void read_mutant(const struct place *at, const struct exercise *exercise,
			struct exercise_mutant *mutant)
{
	static const char *const keys[] = { "name", "fails", "why", NULL };
	struct place fails = manifest_get(at, "fails");

	manifest_keys(at, keys);
	manifest_id(at, "name", &mutant->name);
	manifest_id(at, "fails", &mutant->fails);
	manifest_text(at, "why", &mutant->why);
	if (!manifest_ok(at))
		return;
	if (!exercise_test(exercise, mutant->fails))
		manifest_fail(&fails, "\"%s\" is not a test", mutant->fails);
	for (const struct exercise_mutant *other = exercise->mutants;
	     other < mutant; other++)
		if (strcmp(other->name, mutant->name) == 0)
			manifest_fail(at,
				      "name \"%s\" is that of another mutant",
				      mutant->name);
}

static void read_mutants(const struct place *top, struct exercise *exercise)
{
	struct place list = manifest_list(top, "mutants", 0, MUTANTS_MAX);

	exercise->mutants = manifest_need(
		top, calloc(MUTANTS_MAX, sizeof *exercise->mutants));
	for (size_t i = 0; i < manifest_count(&list); i++) {
		struct place at = manifest_at(&list, i);

		read_mutant(&at, exercise, &exercise->mutants[i]);
		exercise->mutant_count = i + 1;
	}
}

/* Three numbers with a dot between, none with a leading zero. */
static bool version_ok(const char *version)
{
	for (int part = 0; part < 3; part++) {
		size_t digits = strspn(version, "0123456789");

		if (digits == 0 || digits > 6 ||
		    (digits > 1 && *version == '0'))
			return false;
		version += digits;
		if (*version != (part < 2 ? '.' : '\0'))
			return false;
		version += part < 2;
	}
	return true;
}

static void read_head(const struct place *top, struct exercise *exercise)
{
	struct place id = manifest_get(top, "id");
	struct place version = manifest_get(top, "version");
	const char *said = json_string_value(id.json);
	uint64_t format = 0, minutes = 0;

	manifest_integer(top, "format", EXERCISE_FORMAT, EXERCISE_FORMAT,
			 &format);
	if (!said || strcmp(said, exercise->id) != 0)
		manifest_fail(&id, "expected \"%s\", as the folder is",
			      exercise->id);
	manifest_text(top, "version", &exercise->version);
	if (manifest_ok(top) && !version_ok(exercise->version))
		manifest_fail(&version, "expected three numbers, 1.0.0");
	manifest_text(top, "title", &exercise->title);
	manifest_text(top, "summary", &exercise->summary);
	manifest_texts(top, "topics", 0, WORDS_MAX, &exercise->topics);
	manifest_texts(top, "qualifications", 0, WORDS_MAX,
		       &exercise->qualifications);
	manifest_integer(top, "time_box_minutes", 1, MINUTES_MAX, &minutes);
	exercise->time_box_minutes = (unsigned)minutes;
}

int exercise_manifest_read(struct exercise *exercise, json_t *profiles,
			   const char *bytes, size_t size, struct error *err)
{
	static const char *const keys[] = {
		"format",  "id",           "version",        "title",
		"summary", "topics",       "qualifications", "time_box_minutes",
		"limits",  "build_limits", "languages",      "judge",
		"tests",   "caps",         "rubric",         "mutants",
		NULL,
	};
	json_auto_t *json = NULL;
	struct place top, limits, build_limits;
	int rc = manifest_parse(EXERCISE_MANIFEST, bytes, size, &top, &json,
				err);

	if (rc < 0)
		return rc;
	limits = manifest_get(&top, "limits");
	build_limits = manifest_get(&top, "build_limits");
	manifest_keys(&top, keys);
	read_head(&top, exercise);
	read_limits(&limits, limit_keys, &exercise->limits);
	read_limits(&build_limits, limit_keys, &exercise->build_limits);
	exercise_languages_read(&top, profiles, exercise);
	exercise_judge_read(&top, exercise);
	read_tests(&top, exercise);
	read_caps(&top, exercise);
	read_rubric(&top, exercise);
	read_mutants(&top, exercise);
	return -err->code;
}
