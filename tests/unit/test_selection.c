/* A submission held against its exercise: what is built, what is flagged. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "package.h"
#include "submission.h"
#include "taken.h"

static int setup(void **state)
{
	*state = folder_new();
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	return 0;
}

static struct exercise *load(const char *root)
{
	struct exercise *exercise = NULL;
	struct error err;

	package_make(root);
	if (exercise_load(root, PACKAGE_ID, &exercise, &err) < 0)
		fail_msg("%s", err.text);
	return exercise;
}

/* Select from the folder "ann"; the caller releases and frees all of it. */
static struct submission *select_from(const char *folder,
				      const struct exercise *exercise,
				      struct selection *selection)
{
	AUTO_FREE char *path = folder_path(folder, "ann");
	struct submission *submission = take_in(path);
	struct error err;

	if (submission_select(submission, exercise, NULL, selection, &err) < 0)
		fail_msg("%s", err.text);
	return submission;
}

static const char *role_of(const struct selection *selection, const char *path)
{
	json_t *entry;
	size_t i;

	json_array_foreach (selection->files, i, entry)
		if (strcmp(json_string_value(json_object_get(entry, "path")),
			   path) == 0)
			return json_string_value(
				json_object_get(entry, "role"));
	return "none";
}

/* The flag of @kind for @path, or NULL. */
static json_t *flag_of(const struct selection *selection, const char *kind,
		       const char *path)
{
	json_t *entry;
	size_t i;

	json_array_foreach (selection->flags, i, entry)
		if (strcmp(json_string_value(json_object_get(entry, "kind")),
			   kind) == 0 &&
		    strcmp(json_string_value(json_object_get(entry, "file")),
			   path) == 0)
			return entry;
	return NULL;
}

static void test_selection__builds_allowed_and_owned_files_only(void **state)
{
	struct exercise *exercise = load(*state);
	struct selection selection;
	struct submission *submission;

	folder_write(*state, "ann/.assay.json", MARKER);
	folder_write(*state, "ann/.git/config", "text\n");
	folder_write(*state, "ann/add.c", "int add(int a, int b);\n");
	folder_write(*state, "ann/src/extra.c", "int extra;\n");
	folder_write(*state, "ann/notes.txt", "text\n");
	submission = select_from(*state, exercise, &selection);
	assert_null(submission->rejected);
	assert_ptr_equal(selection.language, &exercise->languages[0]);
	assert_int_equal(selection.build.count, 3);
	assert_non_null(fileset_find(&selection.build, "add.c"));
	assert_non_null(fileset_find(&selection.build, "add.h"));
	assert_non_null(fileset_find(&selection.build, "src/extra.c"));
	assert_string_equal(role_of(&selection, "add.c"), "candidate");
	assert_string_equal(role_of(&selection, "src/extra.c"), "candidate");
	assert_string_equal(role_of(&selection, "add.h"), "owned");
	assert_string_equal(role_of(&selection, "notes.txt"), "ignored");
	assert_string_equal(role_of(&selection, ".git"), "ignored");
	assert_int_equal(json_array_size(selection.files), 5);
	assert_int_equal(json_array_size(selection.flags), 0);
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

static void test_selection__restores_an_owned_file_and_flags_it(void **state)
{
	struct exercise *exercise = load(*state);
	const struct file *owned = fileset_find(&exercise->languages[0].starter,
						"add.h");
	struct selection selection;
	struct submission *submission;

	folder_write(*state, "ann/add.c", "int x;\n");
	folder_write(*state, "ann/add.h", "#define add cheat\n");
	submission = select_from(*state, exercise, &selection);
	assert_null(submission->rejected);
	assert_string_equal(fileset_find(&selection.build, "add.h")->sha256,
			    owned->sha256);
	assert_non_null(flag_of(&selection, "owned-file-changed", "add.h"));
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

static void test_selection__rejects_what_lacks_a_required_file(void **state)
{
	struct exercise *exercise = load(*state);
	struct selection selection;
	struct submission *submission;

	folder_write(*state, "ann/Add.c", "int x;\n");
	submission = select_from(*state, exercise, &selection);
	assert_string_equal(submission->rejected_rule, "missing-file");
	assert_string_equal(submission->rejected,
			    "\"add.c\" is required and not there");
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

static void test_selection__needs_a_language_the_exercise_has(void **state)
{
	struct exercise *exercise = load(*state);
	AUTO_FREE char *path = folder_path(*state, "ann");
	struct selection selection;
	struct submission *submission;
	struct error err;

	folder_write(*state, "ann/.assay.json",
		     "{\"exercise\":\"demo/adder\",\"version\":\"1.0.0\","
		     "\"language\":\"cobol\"}");
	folder_write(*state, "ann/add.c", "int x;\n");
	submission = take_in(path);
	assert_int_equal(submission_select(submission, exercise, "ada",
					   &selection, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "no language \"ada\""));
	assert_int_equal(
		submission_select(submission, exercise, "c", &selection, &err),
		0);
	assert_null(submission->rejected);
	selection_release(&selection);
	assert_int_equal(
		submission_select(submission, exercise, NULL, &selection, &err),
		0);
	assert_string_equal(submission->rejected_rule, "language");
	assert_null(selection.language);
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

/* Source of add.c, and the flag it must raise; NULL: none at all. */
static const struct {
	const char *source, *kind;
	int line;
	bool hooks;
} sources[] = {
	{ "int x;\n", NULL, 0, false },
	{ "// __tsan_init()\nint x;\n", NULL, 0, false },
	{ "/* __asan_init\n__wrap_x */ int x;\n", NULL, 0, false },
	{ "const char *s = \"__tsan_init __wrap_x\";\n", NULL, 0, false },
	{ "const char *s = \"\\\"__tsan_init\";\n", NULL, 0, false },
	{ "int q = '\"'; const char *s = \"asm\";\n", NULL, 0, false },
	{ "struct constructor { int destructor; };\n", NULL, 0, false },
	{ "void f(void) { free(malloc(1)); pthread_mutex_lock(0); }\n", NULL, 0,
	  false },
	{ "#include <pthread.h>\npthread_mutex_t m;\n", NULL, 0, false },
	{ "int x;\nvoid __tsan_on_report(void *r) {}\n", "sanitizer-hook", 2,
	  true },
	{ "\n\nconst char *__asan_default_options(void);\n", "sanitizer-hook",
	  3, true },
	{ "void __sanitizer_set_death_callback(void);\n", "sanitizer-hook", 1,
	  true },
	{ "int __interceptor_write(int);\n", "sanitizer-hook", 1, true },
	{ "__attribute__((no_sanitize(\"thread\"))) int f(void);\n",
	  "sanitizer-hook", 1, true },
	{ "__attribute__((no_sanitize_thread)) int f(void);\n",
	  "sanitizer-hook", 1, true },
	{ "#define NS __attribute__((__no_sanitize_thread__))\n",
	  "sanitizer-hook", 1, true },
	{ "__attribute__((disable_sanitizer_instrumentation)) int f(void);\n",
	  "sanitizer-hook", 1, true },
	{ "/* a */ int __ts\\\nan_init(void);\n", "sanitizer-hook", 1, true },
	{ "int f(void) asm(\"__tsan_init\");\n", "sanitizer-hook", 1, true },
	{ "int __wrap_write(int);\n", "runtime-hook", 1, false },
	{ "int f(void) { return __real_write(1); }\n", "runtime-hook", 1,
	  false },
	{ "int x;\nvoid *malloc (size_t n) { return 0; }\n", "runtime-hook", 2,
	  false },
	{ "#define pthread_create(a, b, c, d) 0\n", "runtime-hook", 1, false },
	{ "#  define clock_gettime mine\n", "runtime-hook", 1, false },
	{ "__attribute__((constructor)) static void f(void) {}\n", "early-code",
	  1, false },
	{ "\n__attribute__ ( (unused, __constructor__(101))) void f(void);\n",
	  "early-code", 2, false },
	{ "[[gnu::constructor]] void f(void);\n", "early-code", 1, false },
	{ "#define EARLY constructor\n", "early-code", 1, false },
	{ "int f(void) __attribute__((ifunc(\"g\")));\n", "early-code", 1,
	  false },
	{ "__attribute__((section(\".init_array\"))) void *p = f;\n",
	  "early-code", 1, false },
	{ "void f(void)\n{\n\t__asm__ volatile (\"nop\");\n}\n",
	  "inline-assembly", 3, false },
	{ "void f(void) { asm(\"nop\"); }\n", "inline-assembly", 1, false },
};

static void test_selection__flags_what_a_person_should_see(void **state)
{
	struct exercise *exercise = load(*state);

	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		struct selection selection;
		struct submission *submission;
		json_t *flag;

		folder_write(*state, "ann/add.c", sources[i].source);
		submission = select_from(*state, exercise, &selection);
		assert_null(submission->rejected);
		if (!sources[i].kind && json_array_size(selection.flags) > 0)
			fail_msg("%s: flagged", sources[i].source);
		if (sources[i].kind) {
			flag = flag_of(&selection, sources[i].kind, "add.c");
			if (!flag)
				fail_msg("%s: not flagged", sources[i].source);
			assert_int_equal(json_integer_value(
						 json_object_get(flag, "line")),
					 sources[i].line);
		}
		assert_int_equal(selection.hooks_sanitizer, sources[i].hooks);
		selection_release(&selection);
		submission_free(submission);
	}
	exercise_free(exercise);
}

/* What the explorer cannot vouch for; NULL: it can. */
static const struct {
	const char *source, *says;
} searched[] = {
	{ "static pthread_mutex_t lock;\n"
	  "pthread_mutex_t (*get)(void);\n"
	  "int f(void) { return pthread_mutex_lock(&lock); }\n",
	  NULL },
	{ "int pthread_setname_np(pthread_t thread, const char *name);\n",
	  NULL },
	{ "#define pthread_mutex_lock(mutex) my_lock(mutex)\n", NULL },
	{ "static long read(int fd) { return fd; }\n", NULL },
	{ "int pthread_mutex_lock(pthread_mutex_t *);\n"
	  "int pthread_mutex_lock /* mine ( */ (pthread_mutex_t *m)\n{\n}\n",
	  "add.c:2: pthread_mutex_lock" },
	{ "int pthread_join(pthread_t t, void **r)\n"
	  "__attribute__((alias(\"mine\")));\n",
	  "add.c:1: pthread_join" },
	{ "int x;\n#line 9 \"/usr/include/stdio.h\"\n",
	  "add.c: gives lines other names" },
	{ "%: /* 1 */ 7 \"/usr/include/stdio.h\" 1 3\n",
	  "add.c: gives lines other names" },
	{ "#pragma GCC pch_preprocess \"NOTES.md\"\n",
	  "add.c:1: pch_preprocess" },
	{ "void f(int *p) { __builtin_ia32_movnti(p, 1); }\n",
	  "add.c:1: __builtin_ia32_movnti" },
	{ "void f(void) { __builtin_ia32_pause(); }\n", NULL },
	{ "int x;\nvoid __tsan_write4(void *p) {}\n",
	  "add.c:2: __tsan_write4" },
	{ "__attribute__((no_sanitize(\"thread\"))) int f(void);\n",
	  "add.c:1: no_sanitize" },
	{ "void f(void)\n{\n\t__asm__ volatile (\"nop\");\n}\n",
	  "add.c:3: __asm__" },
	{ "__attribute__((naked)) void f(void);\n", "add.c:1: naked" },
	{ "int f(void) __attribute__((ifunc(\"g\")));\n", "add.c:1: ifunc" },
	{ "[[gnu::constructor]] void f(void);\n", "add.c:1: constructor" },
};

static void test_selection__says_what_cannot_be_searched(void **state)
{
	struct exercise *exercise = load(*state);

	for (size_t i = 0; i < sizeof searched / sizeof *searched; i++) {
		const char *says = searched[i].says;
		struct selection selection;
		struct submission *submission;

		folder_write(*state, "ann/add.c", searched[i].source);
		submission = select_from(*state, exercise, &selection);
		if (!says && selection.unsearchable)
			fail_msg("%s", selection.unsearchable);
		if (says && (!selection.unsearchable ||
			     strncmp(says, selection.unsearchable,
				     strlen(says)) != 0))
			fail_msg("%s: %s", says,
				 selection.unsearchable
					 ? selection.unsearchable
					 : "nothing");
		selection_release(&selection);
		submission_free(submission);
	}
	exercise_free(exercise);
}

static void test_selection__flags_a_name_once_per_file(void **state)
{
	struct exercise *exercise = load(*state);
	struct selection selection;
	struct submission *submission;
	char source[5001];

	for (size_t i = 0; i < 500; i++)
		memcpy(source + 10 * i, "__tsan_x;\n", 10);
	source[5000] = '\0';
	folder_write(*state, "ann/add.c", source);
	submission = select_from(*state, exercise, &selection);
	assert_int_equal(json_array_size(selection.flags), 1);
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

static void test_selection__flags_build_scripts_and_objects(void **state)
{
	static const struct {
		const char *name, *text, *kind;
	} files[] = {
		{ "Makefile", "all:\n", "build-script" },
		{ "sub/CMakeLists.txt", "x\n", "build-script" },
		{ "run.sh", "x\n", "build-script" },
		{ "build.rs", "x\n", "build-script" },
		{ "add.o", "x\n", "prebuilt-object" },
		{ "libadd.so.1", "x\n", "prebuilt-object" },
		{ "photo.jpg", "\177ELF\2\1\1", "prebuilt-object" },
		{ "words.txt", "!<arch>\n", "prebuilt-object" },
	};
	struct exercise *exercise = load(*state);
	struct selection selection;
	struct submission *submission;

	folder_write(*state, "ann/add.c", "int x;\n");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO_FREE char *ann = folder_path(*state, "ann");

		folder_write(ann, files[i].name, files[i].text);
	}
	submission = select_from(*state, exercise, &selection);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		assert_non_null(
			flag_of(&selection, files[i].kind, files[i].name));
		assert_string_equal(role_of(&selection, files[i].name),
				    "ignored");
	}
	assert_int_equal(json_array_size(selection.flags), 8);
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

static void test_selection__raises_no_flag_for_the_starters_own(void **state)
{
	struct exercise *exercise;
	struct selection selection;
	struct submission *submission;

	package_make(*state);
	folder_write(*state, "demo/adder/starter/c/Makefile", "all:\n");
	exercise_free(load(*state));
	exercise = load(*state);
	folder_write(*state, "ann/add.c", "int x;\n");
	folder_write(*state, "ann/add.h", "int add(int a, int b);\n");
	folder_write(*state, "ann/Makefile", "all:\n");
	submission = select_from(*state, exercise, &selection);
	assert_int_equal(json_array_size(selection.flags), 0);
	selection_release(&selection);
	submission_free(submission);
	exercise_free(exercise);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_selection__builds_allowed_and_owned_files_only),
		TEST(test_selection__restores_an_owned_file_and_flags_it),
		TEST(test_selection__rejects_what_lacks_a_required_file),
		TEST(test_selection__needs_a_language_the_exercise_has),
		TEST(test_selection__flags_what_a_person_should_see),
		TEST(test_selection__says_what_cannot_be_searched),
		TEST(test_selection__flags_a_name_once_per_file),
		TEST(test_selection__flags_build_scripts_and_objects),
		TEST(test_selection__raises_no_flag_for_the_starters_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
