/* What the machine says of itself, as far as it is the same on all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <string.h>

#include "machine_limits.h"

static void test_machine__a_quota_is_told_in_cpus(void **state)
{
	(void)state;
	assert_true(machine_limits_quota("50000 100000") == 0.5);
	assert_true(machine_limits_quota("200000 100000") == 2);
	assert_true(machine_limits_quota("max 100000") == 0);
	assert_true(machine_limits_quota("-1 100000") == 0);
	assert_true(machine_limits_quota("") == 0);
	assert_true(machine_limits_quota("100 0") == 0);
}

static void test_machine__cpus_are_those_that_we_may_use(void **state)
{
	char text[MACHINE_TEXT_MAX];
	cpu_set_t before, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
	CPU_ZERO(&one);
	CPU_SET((size_t)machine_cpu_at(machine_cpus() - 1), &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	assert_int_equal(machine_cpus(), 1);
	machine_cpu_list(text);
	assert_null(strpbrk(text, ",-"));
	assert_int_equal(machine_cpu_at(0), machine_cpu_at(7));
	assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

static void test_machine__what_is_not_there_is_unknown(void **state)
{
	struct machine_limits limits;
	struct machine_moment now;
	char text[MACHINE_TEXT_MAX];

	(void)state;
	machine_governor(text);
	assert_true(strlen(text) > 0);
	machine_hypervisor(text);
	machine_limits(&limits);
	assert_true(limits.cpus >= 0);
	assert_true(limits.memory_bytes > 0);
	machine_look(&now);
	assert_true(now.load[0] >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machine__a_quota_is_told_in_cpus),
		cmocka_unit_test(test_machine__cpus_are_those_that_we_may_use),
		cmocka_unit_test(test_machine__what_is_not_there_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
