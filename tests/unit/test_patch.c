/* Unified diffs: what diff(1) makes is taken, and nothing that does not fit. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "patch.h"

#define HEAD "--- a\n+++ b\n"
#define TEXT "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"

static void assert_makes(const char *text, const char *diff,
			 const char *expected)
{
	AUTO_FREE char *made = NULL;
	struct error err;
	size_t size;

	if (patch_apply(text, strlen(text), diff, strlen(diff), &made, &size,
			&err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(made, expected);
	assert_int_equal(size, strlen(expected));
}

static void assert_refused(const char *text, const char *diff,
			   const char *expected)
{
	char *made = NULL;
	struct error err;
	size_t size = 7;

	assert_int_equal(patch_apply(text, strlen(text), diff, strlen(diff),
				     &made, &size, &err),
			 -EINVAL);
	assert_string_equal(err.text, expected);
	assert_null(made);
	assert_int_equal(size, 7);
}

static void test_patch__applies_what_diff_says(void **state)
{
	(void)state;
	assert_makes(TEXT,
		     HEAD "@@ -1,2 +1,3 @@\n one\n-two\n+2\n+2.5\n"
			  "@@ -5,2 +6 @@ five() the place\n-five\n six\n",
		     "one\n2\n2.5\nthree\nfour\nsix\nseven\n");
	/* the last line, and both ends at once */
	assert_makes(TEXT, HEAD "@@ -7 +7 @@\n-seven\n+7\n",
		     "one\ntwo\nthree\nfour\nfive\nsix\n7\n");
	assert_makes("a\n", HEAD "@@ -1 +1 @@\n-a\n+b\n", "b\n");
}

static void test_patch__knows_where_an_empty_range_is(void **state)
{
	(void)state;
	assert_makes(TEXT, HEAD "@@ -2,0 +3 @@\n+new\n",
		     "one\ntwo\nnew\nthree\nfour\nfive\nsix\nseven\n");
	assert_makes(TEXT, HEAD "@@ -0,0 +1 @@\n+zero\n", "zero\n" TEXT);
	assert_makes(TEXT, HEAD "@@ -1 +0,0 @@\n-one\n", &TEXT[4]);
	assert_makes("", HEAD "@@ -0,0 +1 @@\n+a\n", "a\n");
	assert_makes("a\n", HEAD "@@ -1 +0,0 @@\n-a\n", "");
}

static void test_patch__knows_a_missing_newline(void **state)
{
	static const char *const gone = HEAD
		"@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n";
	static const char *const added = HEAD
		"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n";

	(void)state;
	assert_makes("a\n", gone, "a");
	assert_makes("a", added, "a\n");
	assert_refused("a", gone,
		       "hunk 1: line 1 is not the one that the diff has");
	assert_refused("a\n", added,
		       "hunk 1: line 1 is not the one that the diff has");
	assert_refused("a\nb\n", gone,
		       "hunk 1: more lines behind one without a newline");
}

static void test_patch__does_not_look_elsewhere(void **state)
{
	(void)state;
	assert_refused(TEXT, HEAD "@@ -1,2 +1,2 @@\n two\n-three\n+3\n",
		       "hunk 1: line 1 is not the one that the diff has");
	assert_refused(TEXT, HEAD "@@ -2,2 +2,2 @@\n  two\n-three\n+3\n",
		       "hunk 1: line 2 is not the one that the diff has");
	assert_refused(TEXT,
		       HEAD "@@ -1 +1 @@\n-one\n+1\n@@ -3 +3 @@\n-3\n+x\n",
		       "hunk 2: line 3 is not the one that the diff has");
	assert_refused(TEXT, HEAD "@@ -2 +3 @@\n-two\n+2\n",
		       "hunk 1: makes line 2, and says line 3");
}

static void test_patch__stays_in_the_text(void **state)
{
	(void)state;
	assert_refused(TEXT, HEAD "@@ -9 +9 @@\n-nine\n+9\n",
		       "hunk 1: starts at line 9 of 7 lines");
	assert_refused(TEXT, HEAD "@@ -7,2 +7 @@\n seven\n-eight\n",
		       "hunk 1: goes on behind the last line, 7");
	assert_refused(TEXT,
		       HEAD "@@ -4 +4 @@\n-four\n+4\n@@ -2 +2 @@\n-two\n+2\n",
		       "hunk 2: starts at line 2, in the one before it");
	assert_refused("", HEAD "@@ -1 +1 @@\n-a\n+b\n",
		       "hunk 1: goes on behind the last line, 0");
}

static void test_patch__refuses_what_is_no_diff_of_one_file(void **state)
{
	(void)state;
	assert_refused(TEXT, "", "line 1 of the diff: expected \"--- \"");
	assert_refused(TEXT, "--- a\n@@ -1 +1 @@\n",
		       "line 2 of the diff: expected \"+++ \"");
	assert_refused(TEXT, HEAD, "the diff has no hunk");
	assert_refused(TEXT, HEAD "@@ -1 @@\n-one\n",
		       "hunk 1: line 3 of the diff: expected "
		       "\"@@ -N,N +N,N @@\"");
	assert_refused(TEXT, HEAD "@@ -0 +1 @@\n-one\n+1\n",
		       "hunk 1: line 3 of the diff: expected "
		       "\"@@ -N,N +N,N @@\"");
	assert_refused(TEXT, HEAD "@@ -1,2 +1,2 @@\n one\n-two\n",
		       "hunk 1: the diff ends within it");
	assert_refused(TEXT, HEAD "@@ -1 +1 @@\n-one\n-two\n+1\n",
		       "hunk 1: line 5 of the diff is none of this hunk");
	assert_refused(TEXT, HEAD "@@ -1,2 +1,2 @@\n one\n\n",
		       "hunk 1: line 5 of the diff is none of this hunk");
	assert_refused(TEXT, HEAD "@@ -1 +1 @@\n one\n",
		       "hunk 1: changes nothing");
	assert_refused(TEXT,
		       HEAD "@@ -1 +1 @@\n-one\n+1\n" HEAD
			    "@@ -1 +1 @@\n-one\n+1\n",
		       "hunk 2: line 6 of the diff: expected "
		       "\"@@ -N,N +N,N @@\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patch__applies_what_diff_says),
		cmocka_unit_test(test_patch__knows_where_an_empty_range_is),
		cmocka_unit_test(test_patch__knows_a_missing_newline),
		cmocka_unit_test(test_patch__does_not_look_elsewhere),
		cmocka_unit_test(test_patch__stays_in_the_text),
		cmocka_unit_test(
			test_patch__refuses_what_is_no_diff_of_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
