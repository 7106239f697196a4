/* Who may be inside, and in which order they enter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gate.h"

struct person {
	struct gate_pass pass;
	struct gate *gate;
	bool inside;
	bool leaves_at_once;
};

static void granted(void *data)
{
	struct person *person = data;

	person->inside = true;
	if (person->leaves_at_once)
		(void)gate_leave(person->gate, &person->pass);
}

static void enter(struct gate *gate, struct person *person, bool alone)
{
	person->gate = gate;
	person->inside = false;
	gate_enter(gate, &person->pass, alone, granted, person);
}

static void test_gate__all_enter_side_by_side(void **state)
{
	struct gate gate = { 0 };
	struct person a = { 0 }, b = { 0 };

	(void)state;
	enter(&gate, &a, false);
	enter(&gate, &b, false);
	assert_true(a.inside && b.inside);
	assert_true(gate_is_open(&gate));
	assert_true(gate_leave(&gate, &a.pass));
	assert_true(gate_leave(&gate, &b.pass));
}

static void test_gate__who_wants_to_be_alone_is(void **state)
{
	struct gate gate = { 0 };
	struct person a = { 0 }, alone = { 0 }, b = { 0 };

	(void)state;
	enter(&gate, &a, false);
	enter(&gate, &alone, true);
	assert_false(gate_is_open(&gate));
	enter(&gate, &b, false);
	assert_false(alone.inside || b.inside);
	assert_false(gate_leave(&gate, &a.pass));
	assert_true(alone.inside);
	assert_false(b.inside);
	assert_false(gate_is_open(&gate));
	assert_false(gate_leave(&gate, &alone.pass));
	assert_true(b.inside);
	assert_true(gate_is_open(&gate));
	assert_false(gate_leave(&gate, &b.pass));
}

static void test_gate__whoever_came_first_enters_first(void **state)
{
	struct gate gate = { 0 };
	struct person a = { 0 }, first = { 0 }, b = { 0 }, second = { 0 };

	(void)state;
	enter(&gate, &a, false);
	enter(&gate, &first, true);
	enter(&gate, &b, false);
	enter(&gate, &second, true);
	(void)gate_leave(&gate, &a.pass);
	assert_true(first.inside && !b.inside && !second.inside);
	(void)gate_leave(&gate, &first.pass);
	assert_true(b.inside && !second.inside);
	(void)gate_leave(&gate, &b.pass);
	assert_true(second.inside);
	(void)gate_leave(&gate, &second.pass);
	assert_true(gate_is_open(&gate));
}

/* A run that cannot even begin ends from within. */
static void test_gate__who_leaves_at_once_holds_up_nobody(void **state)
{
	struct gate gate = { 0 };
	struct person a = { 0 }, b = { .leaves_at_once = true },
		      c = { .leaves_at_once = true }, d = { 0 };

	(void)state;
	enter(&gate, &a, true);
	enter(&gate, &b, true);
	enter(&gate, &c, false);
	enter(&gate, &d, true);
	(void)gate_leave(&gate, &a.pass);
	assert_true(b.inside && c.inside && d.inside);
	(void)gate_leave(&gate, &d.pass);
	assert_int_equal(gate.inside, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gate__all_enter_side_by_side),
		cmocka_unit_test(test_gate__who_wants_to_be_alone_is),
		cmocka_unit_test(test_gate__whoever_came_first_enters_first),
		cmocka_unit_test(test_gate__who_leaves_at_once_holds_up_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
