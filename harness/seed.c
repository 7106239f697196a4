/*
 * seed.c - see seed.h
 */
#include "seed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>
#include <assay/judge.h>

#include "text.h"

#define DOMAIN "assay-seed-1"
#define HEX_DIGITS (2 * (size_t)SEED_SECRET_BYTES)

static uint64_t derive(const unsigned char *key, size_t key_size,
		       const char *exercise_id, const char *test_id,
		       unsigned repetition)
{
	unsigned char hash[crypto_generichash_BYTES];
	crypto_generichash_state state;
	uint64_t seed = 0;
	char number[16];

	CHECK(sodium_init() >= 0);
	(void)snprintf(number, sizeof number, "%u", repetition);
	(void)crypto_generichash_init(&state, key, key_size, sizeof hash);
	for (const char *const *part =
		     (const char *const[]){ DOMAIN, exercise_id, test_id,
					    NULL };
	     *part; part++)
		(void)crypto_generichash_update(&state,
						(const unsigned char *)*part,
						strlen(*part) + 1);
	(void)crypto_generichash_update(&state, (unsigned char *)number,
					strlen(number));
	(void)crypto_generichash_final(&state, hash, sizeof hash);
	for (unsigned i = 0; i < 8; i++)
		seed |= (uint64_t)hash[i] << (8 * i);
	return seed & ASSAY_SEED_MAX;
}

uint64_t seed_public(const char *exercise_id, const char *test_id,
		     unsigned repetition)
{
	return derive(NULL, 0, exercise_id, test_id, repetition);
}

uint64_t seed_hidden(const unsigned char secret[SEED_SECRET_BYTES],
		     const char *exercise_id, const char *test_id,
		     unsigned repetition)
{
	return derive(secret, SEED_SECRET_BYTES, exercise_id, test_id,
		      repetition);
}

static int write_secret(int fd)
{
	unsigned char secret[SEED_SECRET_BYTES];
	char text[HEX_DIGITS + 1];

	randombytes_buf(secret, sizeof secret);
	sodium_bin2hex(text, sizeof text, secret, sizeof secret);
	text[HEX_DIGITS] = '\n';
	if (write(fd, text, sizeof text) != (ssize_t)sizeof text ||
	    fsync(fd) < 0)
		return -errno;
	return 0;
}

/*
 * Whole under its name or not there: who comes at the same time reads this one
 * or has made another. -EEXIST: somebody else was faster.
 */
static int create(const char *path, struct error *err)
{
	AUTO_FREE char *temporary = text_format("%s.XXXXXX", path);
	AUTO_CLOSE int fd = mkostemp(temporary, O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	r = write_secret(fd);
	if (r == 0 && link(temporary, path) < 0)
		r = -errno;
	(void)unlink(temporary);
	return r < 0 ? error_errno(err, -r, "%s", path) : 0;
}

static int check_file(const char *path, int fd, struct error *err)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return error_errno(err, errno, "%s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, EINVAL, "%s: not a regular file", path);
	if (info.st_mode & (S_IRWXG | S_IRWXO))
		return error_set(err, EPERM,
				 "%s: others than its owner may use this "
				 "secret; run: chmod 600 %s",
				 path, path);
	return 0;
}

int seed_secret_load(const char *path, unsigned char secret[SEED_SECRET_BYTES],
		     struct error *err)
{
	unsigned char bytes[SEED_SECRET_BYTES];
	char text[HEX_DIGITS + 2];
	AUTO_CLOSE int fd = -1;
	const char *end;
	size_t size = 0;
	ssize_t got;
	int rc;

	if (sodium_init() < 0)
		return error_set(err, EIO, "libsodium cannot be initialised");
	rc = access(path, F_OK) == 0 ? 0 : create(path, err);
	if (rc < 0 && rc != -EEXIST)
		return rc;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	rc = check_file(path, fd, err);
	if (rc < 0)
		return rc;
	got = read(fd, text, sizeof text);
	if (got < 0)
		return error_errno(err, errno, "%s", path);
	size = (size_t)got;
	if (size == sizeof text - 1 && text[HEX_DIGITS] == '\n')
		size--;
	if (size != HEX_DIGITS ||
	    sodium_hex2bin(bytes, sizeof bytes, text, HEX_DIGITS, NULL, &size,
			   &end) != 0 ||
	    size != sizeof bytes)
		return error_set(err, EINVAL,
				 "%s: expected %zu hexadecimal digits and "
				 "nothing else",
				 path, HEX_DIGITS);
	memcpy(secret, bytes, sizeof bytes);
	return 0;
}

void seed_secret_digest(const unsigned char secret[SEED_SECRET_BYTES],
			char hex[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(hash, secret, SEED_SECRET_BYTES);
	(void)sodium_bin2hex(hex, 65, hash, sizeof hash);
}
