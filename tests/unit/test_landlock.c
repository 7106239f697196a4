/*
 * Which rights each version of Landlock is asked for: landlock.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "landlock.h"

/* As in linux/landlock.h of Linux 6.12. */
#define EXECUTE (1u << 0)
#define WRITE_FILE (1u << 1)
#define READ_FILE (1u << 2)
#define READ_DIR (1u << 3)
#define MAKE_CHAR (1u << 6)
#define MAKE_BLOCK (1u << 11)
#define REFER (1u << 13)
#define TRUNCATE (1u << 14)
#define IOCTL_DEV (1u << 15)
#define OF_FILES (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)

static void test_landlock__never_asks_for_more_than_a_version_has(void **state)
{
	static const unsigned known[] = { 0,      0x1fff, 0x3fff, 0x7fff,
					  0x7fff, 0xffff, 0xffff, 0xffff };
	int abi, use;

	(void)state;
	for (abi = 1; abi <= 7; abi++)
		for (use = LANDLOCK_READ; use <= LANDLOCK_LOOK; use++)
			assert_int_equal(landlock_rights(abi,
							 (enum landlock_use)use,
							 true) &
						 ~(uint64_t)known[abi],
					 0);
}

static void test_landlock__a_file_has_no_rights_of_folders(void **state)
{
	int use;

	(void)state;
	for (use = LANDLOCK_READ; use <= LANDLOCK_LOOK; use++)
		assert_int_equal(
			landlock_rights(7, (enum landlock_use)use, false) &
				~(uint64_t)OF_FILES,
			0);
}

static void test_landlock__gives_what_a_place_is_for(void **state)
{
	(void)state;
	assert_int_equal(landlock_rights(7, LANDLOCK_READ, true),
			 EXECUTE | READ_FILE | READ_DIR);
	assert_int_equal(landlock_rights(7, LANDLOCK_LOOK, true),
			 READ_FILE | READ_DIR);
	assert_int_equal(landlock_rights(7, LANDLOCK_WRITE, true),
			 0xffff & ~(MAKE_CHAR | MAKE_BLOCK));
	assert_int_equal(landlock_rights(7, LANDLOCK_DEVICE, false),
			 READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV);
	assert_int_equal(landlock_rights(2, LANDLOCK_DEVICE, false),
			 READ_FILE | WRITE_FILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_landlock__never_asks_for_more_than_a_version_has),
		cmocka_unit_test(
			test_landlock__a_file_has_no_rights_of_folders),
		cmocka_unit_test(test_landlock__gives_what_a_place_is_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
