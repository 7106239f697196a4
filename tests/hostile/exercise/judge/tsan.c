/* tsan.c - what could talk ThreadSanitizer out of reporting, taken already */
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
