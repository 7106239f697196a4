/* Whose line it is that the explorer cannot vouch for, after the preprocessor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "scan.h"

static void assert_says(const char *text, const char *says)
{
	AUTO_FREE char *found = scan_preprocessed(text, strlen(text));

	if (!says && found)
		fail_msg("%s", found);
	if (says && (!found || strncmp(found, says, strlen(says)) != 0))
		fail_msg("%s: %s", says, found ? found : "nothing");
}

static void test_scan_preprocessed__names_file_and_line(void **state)
{
	(void)state;
	assert_says("# 0 \"bq.c\"\n# 1 \"/work/submission//\"\n"
		    "# 0 \"<built-in>\"\n# 1 \"bq.c\"\n\n\n"
		    "void f(void) { __asm__ (\"nop\"); }\n",
		    "bq.c:3: __asm__: ");
	/* a header of the candidate's own, and back */
	assert_says("# 1 \"bq.c\"\n# 1 \"./ring.h\" 1\nint a;\n"
		    "int b __attribute__((no_sanitize(\"thread\")));\n"
		    "# 2 \"bq.c\" 2\nint c;\n",
		    "ring.h:2: no_sanitize: ");
	assert_says("# 40 \"bq.c\"\nint\n# 50 \"bq.c\"\npthread_join(int t)\n"
		    "{ }\n",
		    "bq.c:50: pthread_join: ");
}

static void test_scan_preprocessed__passes_over_what_is_not_theirs(void **state)
{
	(void)state;
	assert_says("", NULL);
	assert_says("# 1 \"bq.c\"\n# 1 \"/usr/include/stdio.h\" 1 3 4\n"
		    "extern int f (void) __asm__ (\"\" \"g\");\n"
		    "# 1 \"/work/include/assay/scenario.h\" 1\n"
		    "void h(void) { __asm__(\"\"); }\n"
		    "# 2 \"bq.c\" 2\nint c;\n",
		    NULL);
	/* braces that are open across a marker */
	assert_says("# 1 \"bq.c\"\nvoid f(void) {\n# 9 \"bq.c\"\n"
		    "pthread_join(t, 0);\n}\n",
		    NULL);
}

static void test_scan_preprocessed__is_not_deceived_by_a_name(void **state)
{
	(void)state;
	assert_says("# 1 \"/usr/../work/submission/bq.c\"\nint c = asm;\n",
		    "/usr/../work/submission/bq.c:1: asm: ");
	assert_says("# 1 \"/tmp/bq.c\"\nint c = asm;\n", "/tmp/bq.c:1: asm: ");
	/* what is in it may say that it is from elsewhere */
	assert_says("# 1 \"bq.c\"\n# 1 \"NOTES.md\" 1\n"
		    "# 1 \"/usr/include/stdio.h\"\nint c = asm;\n",
		    "NOTES.md: code in a file that is no C source");
	/* cut short, anywhere */
	assert_says("#", NULL);
	assert_says("# 1 \"", NULL);
	assert_says("# 1 \"bq.c", NULL);
	assert_says("# 1 \"bq.c\"\nasm", "bq.c:1: asm: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan_preprocessed__names_file_and_line),
		cmocka_unit_test(
			test_scan_preprocessed__passes_over_what_is_not_theirs),
		cmocka_unit_test(
			test_scan_preprocessed__is_not_deceived_by_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
