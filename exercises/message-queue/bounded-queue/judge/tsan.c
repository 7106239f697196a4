/*
 * tsan.c - what the TSan variant has instead of shim.c
 *
 * There the sanitizer stands between the program and its waits, so nothing is
 * injected. And the two functions by which a program can talk the sanitizer
 * out of reporting are taken: a submission that defines them does not link.
 */
#include "shim.h"

const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);

const char *__tsan_default_options(void)
{
	return "";
}

const char *__tsan_default_suppressions(void)
{
	return "";
}

void shim_spurious(uint64_t seed, uint32_t per_mille)
{
	(void)seed;
	(void)per_mille;
}

void shim_clock(int64_t offset_s)
{
	(void)offset_s;
}

void shim_hold(bool on)
{
	(void)on;
}

uint32_t shim_held(void)
{
	return 0;
}
