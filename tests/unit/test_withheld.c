/*
 * Which calls are withheld on which host: withheld.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/syscall.h>

#include <assay/box.h>

#include "withheld.h"

static const struct withheld_host spaced = { .same_user = true,
					     .landlock_abi = 1 };
static const struct withheld_host root = { .plain = true, .landlock_abi = 7 };
static const struct withheld_host user = { .plain = true,
					   .same_user = true,
					   .landlock_abi = 7 };
static const struct withheld_host old_user = { .plain = true,
					       .same_user = true,
					       .landlock_abi = 2 };

static int answer(const struct withheld_host *host, int profile, int number)
{
	const struct seccomp_data call = { .nr = number };
	int error = 0;

	return (int)withheld_answer(host, profile, &call, &error);
}

static void test_withheld__nothing_with_namespaces(void **state)
{
	static const int numbers[] = { SYS_setsid, SYS_kill,     SYS_shmget,
				       SYS_chmod,  SYS_truncate, SYS_fcntl };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		assert_int_equal(answer(&spaced, BOX_PROFILE_RUN, numbers[i]),
				 WITHHELD_NOT);
}

static void test_withheld__the_group_and_ipc_always(void **state)
{
	const struct seccomp_data setsid_call = { .nr = SYS_setsid };
	int error = 0;

	(void)state;
	assert_int_equal(
		withheld_answer(&root, BOX_PROFILE_RUN, &setsid_call, &error),
		WITHHELD_ERROR);
	assert_int_equal(error, EPERM);
	assert_int_equal(answer(&root, BOX_PROFILE_RUN, SYS_shmget),
			 WITHHELD_NOT_HERE);
	assert_int_equal(answer(&user, BOX_PROFILE_DIALOGUE, SYS_msgsnd),
			 WITHHELD_NOT_HERE);
	/* forbidden on any host: nothing that this one could not give */
	assert_int_equal(answer(&user, BOX_PROFILE_BUILD, SYS_shmget),
			 WITHHELD_NOT);
	assert_int_equal(answer(&user, BOX_PROFILE_EXPLORE, SYS_shmget),
			 WITHHELD_NOT);
	assert_int_equal(answer(&user, BOX_PROFILE_JUDGE, SYS_shmget),
			 WITHHELD_NOT);
}

static void test_withheld__what_the_user_could_do_to_its_own(void **state)
{
	(void)state;
	assert_int_equal(answer(&root, BOX_PROFILE_RUN, SYS_chmod),
			 WITHHELD_NOT);
	assert_int_equal(answer(&user, BOX_PROFILE_RUN, SYS_chmod),
			 WITHHELD_NOT_HERE);
	assert_int_equal(answer(&user, BOX_PROFILE_BUILD, SYS_chmod),
			 WITHHELD_ERROR);
	assert_int_equal(answer(&user, BOX_PROFILE_RUN, SYS_utimensat),
			 WITHHELD_ERROR);
	assert_true(withheld_has(&user, "prlimit64", BOX_PROFILE_RUN));
	assert_false(withheld_has(&root, "prlimit64", BOX_PROFILE_RUN));
}

static void test_withheld__what_an_old_landlock_does_not_see(void **state)
{
	(void)state;
	assert_int_equal(answer(&user, BOX_PROFILE_RUN, SYS_kill),
			 WITHHELD_NOT);
	assert_int_equal(answer(&old_user, BOX_PROFILE_RUN, SYS_kill),
			 WITHHELD_WATCHED);
	/* who may signal nobody is not to be answered as if it might */
	assert_int_equal(answer(&old_user, BOX_PROFILE_EXPLORE, SYS_kill),
			 WITHHELD_NOT);
	assert_int_equal(answer(&old_user, BOX_PROFILE_EXPLORE, SYS_tgkill),
			 WITHHELD_WATCHED);
	assert_int_equal(answer(&old_user, BOX_PROFILE_RUN, SYS_fcntl),
			 WITHHELD_ERROR);
	assert_int_equal(answer(&old_user, BOX_PROFILE_RUN, SYS_truncate),
			 WITHHELD_NOT_HERE);
	assert_int_equal(answer(&user, BOX_PROFILE_RUN, SYS_truncate),
			 WITHHELD_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_withheld__nothing_with_namespaces),
		cmocka_unit_test(test_withheld__the_group_and_ipc_always),
		cmocka_unit_test(
			test_withheld__what_the_user_could_do_to_its_own),
		cmocka_unit_test(
			test_withheld__what_an_old_landlock_does_not_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
