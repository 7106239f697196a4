/* What the operators make of C, by the tree that clang really prints. */
#include <limits.h>
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

#include "mutation_find.h"
#include "package.h"
#include "text.h"

/* What the functions of the tests are written with. */
#define PROLOGUE                                      \
	"#include <errno.h>\n"                        \
	"#include <pthread.h>\n"                      \
	"#include <stdbool.h>\n"                      \
	"#define LIMIT (3 + 4)\n"                     \
	"#define MAX(a, b) ((a) > (b) ? (a) : (b))\n" \
	"#define LOCK(m) pthread_mutex_lock(m)\n"     \
	"static pthread_mutex_t a, b;\n"              \
	"static pthread_cond_t c;\n"                  \
	"static int n;\n"                             \
	"extern void call(int x);\n"

struct found {
	char *text;
	json_t *tree;
	struct mutation_list list;
};

static void find(const char *body, unsigned kinds, struct found *found)
{
	AUTO_FREE char *folder = folder_new();
	AUTO_FREE char *command = text_format(
		"clang -std=gnu17 -w -fsyntax-only -Xclang -ast-dump=json "
		"%s/a.c",
		folder);
	struct syntax syntax;
	FILE *out;

	if (access("/usr/bin/clang", X_OK) < 0)
		skip();
	found->text = text_format(PROLOGUE "%s", body);
	folder_write(folder, "a.c", found->text);
	out = popen(command, "re");
	assert_non_null(out);
	found->tree = json_loadf(out, 0, NULL);
	assert_int_equal(pclose(out), 0);
	assert_non_null(found->tree);
	syntax = (struct syntax){ found->tree, found->text,
				  strlen(found->text) };
	found->list = (struct mutation_list){ 0 };
	mutation_find(&syntax, kinds, &found->list);
	folder_remove(TAKE_PTR(folder));
}

static void found_release(struct found *found)
{
	mutation_list_release(&found->list);
	json_decref(found->tree);
	free(found->text);
}

/*
 * An operator makes of @body just the texts of @expected, which ends with
 * NULL: what comes in place of "[...]" in @body, in the order of the file.
 */
static void assert_makes(enum mutation_kind kind, const char *body,
			 const char *const *expected)
{
	struct found found;
	size_t count = 0;

	find(body, 1u << kind, &found);
	while (expected[count])
		count++;
	for (size_t i = 0; i < found.list.count; i++) {
		AUTO_FREE char *made = mutation_apply(&found.list.list[i],
						      found.text);
		const char *own = made + strlen(PROLOGUE);

		assert_int_equal(found.list.list[i].kind, kind);
		if (i >= count || strcmp(own, expected[i]) != 0)
			fail_msg("%zu: not expected:\n%s", i, own);
	}
	assert_int_equal(found.list.count, count);
	found_release(&found);
}

#define MAKES(kind, body, ...) \
	assert_makes(kind, body, (const char *[]){ __VA_ARGS__, NULL })
#define MAKES_NOTHING(kind, body) \
	assert_makes(kind, body, (const char *[]){ NULL })

static void test_mutation_find__an_unlock_that_is_missing(void **state)
{
	(void)state;
	MAKES(MUTATION_DROP_UNLOCK,
	      "void f(void) { pthread_mutex_unlock(&a); }",
	      "void f(void) { (void)0; }");
	MAKES(MUTATION_DROP_UNLOCK,
	      "void f(void) { if (n) (void)pthread_mutex_unlock(&a); }",
	      "void f(void) { if (n) (void)0; }");
	MAKES_NOTHING(MUTATION_DROP_UNLOCK,
		      "int f(void) { return pthread_mutex_unlock(&a); }");
}

static void test_mutation_find__one_woken_instead_of_all(void **state)
{
	(void)state;
	MAKES(MUTATION_SIGNAL_FOR_BROADCAST,
	      "int f(void) { return pthread_cond_broadcast(&c); }",
	      "int f(void) { return pthread_cond_signal(&c); }");
	MAKES_NOTHING(MUTATION_SIGNAL_FOR_BROADCAST,
		      "void f(void) { pthread_cond_signal(&c); }");
}

/* Around what waits: also where a function of the file's own does it. */
static void test_mutation_find__a_wait_that_looks_once(void **state)
{
	(void)state;
	MAKES(MUTATION_IF_FOR_WHILE,
	      "void f(void) { while (n) pthread_cond_wait(&c, &a); }",
	      "void f(void) { if (n) pthread_cond_wait(&c, &a); }");
	MAKES(MUTATION_IF_FOR_WHILE,
	      "static void w(void) { pthread_cond_wait(&c, &a); }\n"
	      "static void v(void) { w(); }\n"
	      "void f(void) { while (n) v(); }",
	      "static void w(void) { pthread_cond_wait(&c, &a); }\n"
	      "static void v(void) { w(); }\n"
	      "void f(void) { if (n) v(); }");
	MAKES_NOTHING(MUTATION_IF_FOR_WHILE,
		      "void f(void) { while (n) call(1); }");
}

static void test_mutation_find__locks_in_the_other_order(void **state)
{
	(void)state;
	MAKES(MUTATION_SWAP_LOCKS,
	      "void f(void) { pthread_mutex_lock(&a); n++; "
	      "pthread_mutex_lock(&b); }",
	      "void f(void) { pthread_mutex_lock(&b); n++; "
	      "pthread_mutex_lock(&a); }");
	MAKES_NOTHING(MUTATION_SWAP_LOCKS,
		      "void f(void) { pthread_mutex_lock(&a); "
		      "pthread_mutex_unlock(&a); pthread_mutex_lock(&b); }");
	MAKES_NOTHING(MUTATION_SWAP_LOCKS,
		      "void f(void) { LOCK(&a); LOCK(&b); }");
}

static void test_mutation_find__numbers_off_by_one(void **state)
{
	(void)state;
	MAKES(MUTATION_OFF_BY_ONE, "int f(void) { return n + 10; }",
	      "int f(void) { return n + 11; }",
	      "int f(void) { return n + 9; }");
	MAKES(MUTATION_OFF_BY_ONE, "int f(void) { return n -0; }",
	      "int f(void) { return n -1; }",
	      "int f(void) { return n -(-1); }");
	MAKES(MUTATION_OFF_BY_ONE, "long f(void) { return 7UL; }",
	      "long f(void) { return (7UL + 1); }",
	      "long f(void) { return (7UL - 1); }");
	MAKES(MUTATION_OFF_BY_ONE, "int f(void) { return 0x10; }",
	      "int f(void) { return (0x10 + 1); }",
	      "int f(void) { return (0x10 - 1); }");
}

static void test_mutation_find__comparisons_off_by_one(void **state)
{
	(void)state;
	MAKES(MUTATION_OFF_BY_ONE, "int f(int x) { return x < n; }",
	      "int f(int x) { return x <= n; }");
	MAKES(MUTATION_OFF_BY_ONE, "int f(int x) { return x\n>= (n); }",
	      "int f(int x) { return x\n> (n); }");
	MAKES_NOTHING(MUTATION_OFF_BY_ONE, "int f(int x) { return x == n; }");
}

static void test_mutation_find__checks_that_are_dropped(void **state)
{
	(void)state;
	MAKES(MUTATION_DROP_CHECK, "void f(void) { if (!n) call(n); }",
	      "void f(void) { if (0) call(n); }");
	MAKES(MUTATION_DROP_CHECK, "int f(int x) { return x && n; }",
	      "int f(int x) { return 1 && n; }",
	      "int f(int x) { return x && 1; }");
	MAKES(MUTATION_DROP_CHECK, "int f(int x) { return x || n; }",
	      "int f(int x) { return 0 || n; }",
	      "int f(int x) { return x || 0; }");
}

static void test_mutation_find__conditions_turned_round(void **state)
{
	(void)state;
	MAKES(MUTATION_NEGATE, "void f(void) { if (n == 2) call(n); }",
	      "void f(void) { if (!(n == 2)) call(n); }");
	MAKES(MUTATION_NEGATE,
	      "void f(void) { for (;;) { while (n) call(1); } }",
	      "void f(void) { for (;;) { while (!(n)) call(1); } }");
	MAKES(MUTATION_NEGATE,
	      "void f(void) { do call(n); while (n); for (; n > 1; n--) ; }",
	      "void f(void) { do call(n); while (!(n)); for (; n > 1; n--) ; }",
	      "void f(void) { do call(n); while (n); for (; !(n > 1); n--) ; "
	      "}");
	MAKES(MUTATION_NEGATE, "int f(int x) { return x ? 3 : 4; }",
	      "int f(int x) { return !(x) ? 3 : 4; }");
}

static void test_mutation_find__calls_that_are_missing(void **state)
{
	(void)state;
	MAKES(MUTATION_DELETE_CALL,
	      "void f(void) { call(1); if (n) call(2); else call(3); }",
	      "void f(void) { (void)0; if (n) call(2); else call(3); }",
	      "void f(void) { call(1); if (n) (void)0; else call(3); }",
	      "void f(void) { call(1); if (n) call(2); else (void)0; }");
	MAKES_NOTHING(MUTATION_DELETE_CALL,
		      "void f(void) { pthread_mutex_unlock(&a); }");
}

static void test_mutation_find__other_values_returned(void **state)
{
	(void)state;
	MAKES(MUTATION_RETURN_VALUE, "int f(void) { return EAGAIN; }",
	      "int f(void) { return !(EAGAIN); }");
	MAKES(MUTATION_RETURN_VALUE, "int *f(void) { return &n; }",
	      "int *f(void) { return (void *)0; }");
	MAKES_NOTHING(MUTATION_RETURN_VALUE, "void f(void) { return; }");
	MAKES_NOTHING(MUTATION_RETURN_VALUE,
		      "struct s { int x; };\n"
		      "struct s f(void) { struct s s = { 0 }; return s; }");
}

/* Inside of a macro nothing is changed, at its ends nothing wrong. */
static void test_mutation_find__leaves_macros_alone(void **state)
{
	struct found found;

	(void)state;
	MAKES_NOTHING(MUTATION_OFF_BY_ONE, "int f(void) { return LIMIT; }");
	MAKES_NOTHING(MUTATION_OFF_BY_ONE,
		      "int f(int x) { return MAX(x, 5); }");
	MAKES_NOTHING(MUTATION_RETURN_VALUE,
		      "int f(int x) { return MAX(x, n); }");
	find("int f(int x) { LOCK(&a); if (x < LIMIT) return MAX(x, 2); "
	     "return x > MAX(n, 1); }",
	     UINT_MAX, &found);
	for (size_t i = 0; i < found.list.count; i++) {
		AUTO_FREE char *made = mutation_apply(&found.list.list[i],
						      found.text);

		assert_memory_equal(made, PROLOGUE, strlen(PROLOGUE));
		assert_non_null(strstr(made, "LOCK(&a)"));
	}
	/* the check dropped and turned round, "<=", ">=" and "!(x > ...)" not,
	 * for where that ends nobody says */
	assert_int_equal(found.list.count, 3);
	found_release(&found);
}

static void test_mutation_find__knows_line_and_function(void **state)
{
	struct found found;
	unsigned first = 1;

	(void)state;
	for (const char *c = PROLOGUE; *c; c++)
		first += *c == '\n';
	find("void f(void)\n{\n\tcall(n);\n}\nvoid g(void)\n{\n\tcall(n);\n}\n",
	     1u << MUTATION_DELETE_CALL, &found);
	assert_int_equal(found.list.count, 2);
	assert_string_equal(found.list.list[0].function, "f");
	assert_int_equal(found.list.list[0].line, first + 2);
	assert_string_equal(found.list.list[1].function, "g");
	assert_int_equal(found.list.list[1].line, first + 6);
	found_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutation_find__an_unlock_that_is_missing),
		cmocka_unit_test(test_mutation_find__one_woken_instead_of_all),
		cmocka_unit_test(test_mutation_find__a_wait_that_looks_once),
		cmocka_unit_test(test_mutation_find__locks_in_the_other_order),
		cmocka_unit_test(test_mutation_find__numbers_off_by_one),
		cmocka_unit_test(test_mutation_find__comparisons_off_by_one),
		cmocka_unit_test(test_mutation_find__checks_that_are_dropped),
		cmocka_unit_test(test_mutation_find__conditions_turned_round),
		cmocka_unit_test(test_mutation_find__calls_that_are_missing),
		cmocka_unit_test(test_mutation_find__other_values_returned),
		cmocka_unit_test(test_mutation_find__leaves_macros_alone),
		cmocka_unit_test(test_mutation_find__knows_line_and_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
