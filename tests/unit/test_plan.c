#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "plan.h"
#include "text.h"

static void assert_path(const struct plan *plan, size_t i, const char *path)
{
	AUTO_FREE char *is = plan_path(plan, i);

	assert_string_equal(is, path);
}

static void test_plan__ids_differ_whatever_paths_share(void **state)
{
	static const char *const paths[] = { "a/queue",     "b/queue.tar.gz",
					     "c/queue/",    "queue-2",
					     "d/queue.zip", "in/-x",
					     "in/.x",       "x y.tar" };
	static const char *const ids[] = { "queue",   "queue-3", "queue-4",
					   "queue-2", "queue-5", "_x",
					   "_x-2",    "x_y" };
	struct plan plan = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof paths / sizeof *paths; i++)
		plan_add(&plan, paths[i]);
	plan_name(&plan);
	for (i = 0; i < plan.count; i++) {
		assert_path(&plan, i, paths[i]);
		assert_string_equal(plan_id(&plan, i), ids[i]);
	}
	plan_release(&plan);
}

static void test_plan__leaves_an_id_that_was_given(void **state)
{
	struct plan plan = { 0 };

	(void)state;
	plan_add(&plan, "b/queue");
	plan_add(&plan, "a/queue");
	plan_add(&plan, "c/queue");
	plan_call(&plan, 1, "queue");
	plan_call(&plan, 2, "queue-2");
	plan_name(&plan);
	assert_string_equal(plan_id(&plan, 0), "queue-3");
	assert_string_equal(plan_id(&plan, 1), "queue");
	assert_string_equal(plan_id(&plan, 2), "queue-2");
	plan_sort(&plan);
	assert_path(&plan, 0, "a/queue");
	assert_path(&plan, 1, "c/queue");
	assert_path(&plan, 2, "b/queue");
	plan_release(&plan);
}

static void test_plan__names_many_of_one_name(void **state)
{
	struct plan plan = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 100000; i++)
		plan_add(&plan, "in/same");
	plan_name(&plan);
	assert_string_equal(plan_id(&plan, 99999), "same-100000");
	plan_release(&plan);
}

static int read_text(struct plan *plan, const char *text, size_t size,
		     struct error *err)
{
	char path[] = "/tmp/test_plan.XXXXXX";
	AUTO_CLOSE int fd = mkstemp(path);
	int r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), (ssize_t)size);
	r = plan_read(plan, path, err);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void test_plan__reads_a_path_from_each_line(void **state)
{
	static const char text[] = "a/b\n\n c d \nlast";
	struct plan plan = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(read_text(&plan, text, strlen(text), &err), 0);
	assert_int_equal(plan.count, 3);
	assert_path(&plan, 0, "a/b");
	assert_path(&plan, 1, " c d ");
	assert_path(&plan, 2, "last");
	plan_release(&plan);
}

static void test_plan__says_what_is_no_list(void **state)
{
	struct plan plan = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(read_text(&plan, "a\0b\n", 4, &err), -EINVAL);
	assert_non_null(strstr(err.text, "NUL"));
	assert_int_equal(plan_read(&plan, "/none/such", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/none/such"));
	plan_release(&plan);
}

static void test_plan__keeps_paths_as_given(void **state)
{
	static const char *const paths[] = { "/",    "//",   "a",     "a/",
					     "/a",   "a//b", "a//b/", "a/b",
					     "a/c/", "",     ".",     "../x" };
	struct plan plan = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof paths / sizeof *paths; i++)
		plan_add(&plan, paths[i]);
	for (i = 0; i < plan.count; i++)
		assert_path(&plan, i, paths[i]);
	plan_release(&plan);
}

static void test_plan__is_small(void **state)
{
	struct plan plan = { 0 };
	char path[64];
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		(void)snprintf(path, sizeof path,
			       "a/folder/of/a/course/hand-in-%05d", i);
		plan_add(&plan, path);
	}
	plan_name(&plan);
	/* the name, which is the id as well */
	assert_in_range(plan.texts.used, 1, 10000 * 14 + 64);
	assert_in_range(sizeof *plan.items, 1, 16);
	plan_release(&plan);
}

static void test_plan__notes_where_each_was_graded(void **state)
{
	struct plan plan = { 0 };

	(void)state;
	plan_add(&plan, "a");
	plan_add(&plan, "b");
	assert_int_equal(plan_graded_at(&plan, 1), 0);
	plan_graded(&plan, 1, 4711);
	assert_int_equal(plan_graded_at(&plan, 0), 0);
	assert_int_equal(plan_graded_at(&plan, 1), 4711);
	plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan__ids_differ_whatever_paths_share),
		cmocka_unit_test(test_plan__leaves_an_id_that_was_given),
		cmocka_unit_test(test_plan__names_many_of_one_name),
		cmocka_unit_test(test_plan__reads_a_path_from_each_line),
		cmocka_unit_test(test_plan__says_what_is_no_list),
		cmocka_unit_test(test_plan__keeps_paths_as_given),
		cmocka_unit_test(test_plan__is_small),
		cmocka_unit_test(test_plan__notes_where_each_was_graded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
