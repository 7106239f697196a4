/* Seeds: the same for everybody, or for nobody without the secret. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "package.h"
#include "seed.h"

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

static void test_seed__public_one_never_changes(void **state)
{
	(void)state;
	/* python3: hashlib.blake2b(b"assay-seed-1\0demo/adder\0sums\0"
	 * b"0", digest_size=32), see seed.h. */
	assert_true(seed_public("demo/adder", "sums", 0) == 191632318208882u);
	assert_true(seed_public("demo/adder", "sums", 12) == 5819906338987974u);
}

static void test_seed__depends_on_all_it_is_of(void **state)
{
	uint64_t seed = seed_public("demo/adder", "sums", 0);

	(void)state;
	assert_true(seed != seed_public("demo/adder", "sums", 1));
	assert_true(seed != seed_public("demo/adder", "sum", 0));
	assert_true(seed != seed_public("demo/added", "sums", 0));
	assert_true(seed_public("a", "bc", 0) != seed_public("ab", "c", 0));
	assert_true(seed_public("a", "b1", 0) != seed_public("a", "b", 10));
}

static void test_seed__hidden_one_depends_on_the_secret(void **state)
{
	unsigned char a[SEED_SECRET_BYTES] = { 0 },
		      b[SEED_SECRET_BYTES] = { 1 };

	(void)state;
	assert_true(seed_hidden(a, "demo/adder", "sums", 0) ==
		    2169000167454739u);
	assert_true(seed_hidden(a, "demo/adder", "sums", 0) !=
		    seed_hidden(b, "demo/adder", "sums", 0));
	assert_true(seed_hidden(a, "demo/adder", "sums", 0) !=
		    seed_public("demo/adder", "sums", 0));
}

static void test_seed__fits_every_json_reader(void **state)
{
	uint64_t all = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		all |= seed_public("demo/adder", "sums", i);
	assert_true(all == ASSAY_SEED_MAX);
}

static void test_seed__secret_is_made_once_and_for_its_owner(void **state)
{
	unsigned char first[SEED_SECRET_BYTES], second[SEED_SECRET_BYTES];
	AUTO_FREE char *path = folder_path(*state, "secret");
	AUTO_FREE char *other = folder_path(*state, "other");
	struct stat info;
	struct error err;

	assert_int_equal(seed_secret_load(path, first, &err), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(info.st_size, 65);
	assert_int_equal(seed_secret_load(path, second, &err), 0);
	assert_memory_equal(first, second, sizeof first);
	assert_int_equal(seed_secret_load(other, second, &err), 0);
	assert_memory_not_equal(first, second, sizeof first);
}

static void test_seed__refuses_a_secret_others_can_read(void **state)
{
	unsigned char secret[SEED_SECRET_BYTES];
	AUTO_FREE char *path = folder_path(*state, "secret");
	struct error err;

	assert_int_equal(seed_secret_load(path, secret, &err), 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(seed_secret_load(path, secret, &err), -EPERM);
	assert_non_null(strstr(err.text, "run: chmod 600 /tmp/"));
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(seed_secret_load(path, secret, &err), 0);
}

static void test_seed__refuses_what_is_no_secret(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"00",
		"zz000000000000000000000000000000000000000000000000000000000000"
		"00",
		"00000000000000000000000000000000000000000000000000000000000000"
		"0",
		"00000000000000000000000000000000000000000000000000000000000000"
		"0"
		"0\n\n",
		"00000000000000000000000000000000000000000000000000000000000000"
		"0"
		"00\n",
	};
	unsigned char secret[SEED_SECRET_BYTES] = "as it was";
	AUTO_FREE char *path = folder_path(*state, "secret");
	struct error err;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		folder_write(*state, "secret", texts[i]);
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(seed_secret_load(path, secret, &err), -EINVAL);
		assert_non_null(strstr(err.text, "64 hexadecimal digits"));
		assert_string_equal((char *)secret, "as it was");
	}
	assert_int_equal(seed_secret_load("/nowhere/secret", secret, &err),
			 -ENOENT);
	assert_int_equal(chmod(*state, 0700), 0);
	assert_int_equal(seed_secret_load(*state, secret, &err), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_seed__public_one_never_changes),
		TEST(test_seed__depends_on_all_it_is_of),
		TEST(test_seed__hidden_one_depends_on_the_secret),
		TEST(test_seed__fits_every_json_reader),
		TEST(test_seed__secret_is_made_once_and_for_its_owner),
		TEST(test_seed__refuses_a_secret_others_can_read),
		TEST(test_seed__refuses_what_is_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
