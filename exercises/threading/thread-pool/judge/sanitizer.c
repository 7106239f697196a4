/*
 * sanitizer.c - what a build with a sanitizer has beside
 *
 * The functions by which a program can talk a sanitizer out of reporting are
 * taken: a submission that defines them does not link.
 */
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);
const char *__asan_default_options(void);

const char *__tsan_default_options(void)
{
	return "";
}

const char *__tsan_default_suppressions(void)
{
	return "";
}

const char *__asan_default_options(void)
{
	return "";
}
