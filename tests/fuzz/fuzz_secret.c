/*
 * fuzz_secret.c - the file that --hidden names
 *
 * Accepted is exactly what the program itself writes: 64 hexadecimal digits,
 * maybe a newline behind.
 */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "seed.h"

#define DIGITS (2 * SEED_SECRET_BYTES)

static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	(void)snprintf(path, sizeof path, "%s/secret", fuzz_folder());
	return 0;
}

static bool is_secret(const uint8_t *data, size_t size)
{
	if (size == DIGITS + 1 && data[DIGITS] == '\n')
		size--;
	for (size_t i = 0; i < size; i++)
		if (!isxdigit(data[i]))
			return false;
	return size == DIGITS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char secret[SEED_SECRET_BYTES] = { 0 };
	struct error err = { 0 };
	char digits[3];
	int rc;

	fuzz_write(path, data, size);
	rc = seed_secret_load(path, secret, &err);
	fuzz_check_result(rc, &err);
	CHECK(rc == (is_secret(data, size) ? 0 : -EINVAL));
	for (size_t i = 0; rc == 0 && i < sizeof secret; i++) {
		(void)snprintf(digits, sizeof digits, "%02x", secret[i]);
		CHECK(strncasecmp(digits, (const char *)data + 2 * i, 2) == 0);
	}
	return 0;
}
