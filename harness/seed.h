/*
 * seed.h - where the seed of each repetition of each test comes from
 *
 * A public test's seed is known to everybody, so that a candidate replays
 * what the grader saw. A hidden test's depends on a secret that stays with
 * the grader, so that an exercise can be published whole and still surprise.
 */
#ifndef ASSAY_SEED_H
#define ASSAY_SEED_H

#include <stdint.h>

#include <assay/error.h>

#define SEED_SECRET_BYTES 32

/**
 * The low 53 bits (JSON readers keep no more) of the first eight bytes, little
 * endian, of BLAKE2b-256 over "assay-seed-1", exercise and test id, each with
 * a NUL behind, and the repetition in decimal; keyed with the secret for a
 * hidden test. Repetitions are counted from 0.
 */
uint64_t seed_public(const char *exercise_id, const char *test_id,
		     unsigned repetition);
uint64_t seed_hidden(const unsigned char secret[SEED_SECRET_BYTES],
		     const char *exercise_id, const char *test_id,
		     unsigned repetition);

/**
 * Read the secret at @path: 64 hexadecimal digits and a newline. When there
 * is no such file it is made, of random bytes and for its owner only. -EPERM:
 * others than its owner can read it. -EINVAL: it holds something else.
 */
int seed_secret_load(const char *path, unsigned char secret[SEED_SECRET_BYTES],
		     struct error *err);

/** SHA-256 of a secret, in hexadecimal: says which it was and not what. */
void seed_secret_digest(const unsigned char secret[SEED_SECRET_BYTES],
			char hex[65]);

#endif
