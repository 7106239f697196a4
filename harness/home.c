/*
 * home.c - see home.h
 */
#include "home.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Write @path, as seen from the folder the running binary is in. */
static bool beside_binary(const char *path, char real[PATH_MAX])
{
	char binary[PATH_MAX], full[2 * PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", binary, sizeof binary - 1);
	char *slash;

	if (length <= 0)
		return false;
	binary[length] = '\0';
	slash = strrchr(binary, '/');
	if (!slash)
		return false;
	*slash = '\0';
	(void)snprintf(full, sizeof full, "%s/%s", binary, path);
	return realpath(full, real) != NULL;
}

/* The first of the places that is there; @real keeps it. */
static const char *find(const char *variable, const char *const *places,
			char real[PATH_MAX])
{
	const char *set = getenv(variable);

	if (set && *set)
		return set;
	if (*real)
		return real;
	for (; *places; places++)
		if (beside_binary(*places, real))
			return real;
	*real = '\0';
	return NULL;
}

const char *home_exercises(void)
{
	static const char *const places[] = { "../exercises",
					      "../share/assay/exercises",
					      NULL };
	static char real[PATH_MAX];

	return find("ASSAY_EXERCISES", places, real);
}

const char *home_sandbox(void)
{
	static const char *const places[] = { "assay-sandbox",
					      "../libexec/assay/assay-sandbox",
					      NULL };
	static char real[PATH_MAX];

	return find("ASSAY_SANDBOX", places, real);
}

const char *home_judge_library(void)
{
	static const char *const places[] = { "libjudge.a",
					      "../libexec/assay/libjudge.a",
					      NULL };
	static char real[PATH_MAX];

	return find("ASSAY_JUDGE_LIBRARY", places, real);
}

const char *home_explore(void)
{
	static const char *const places[] = { "explore.o",
					      "../libexec/assay/explore.o",
					      NULL };
	static char real[PATH_MAX];

	return find("ASSAY_EXPLORE", places, real);
}

const char *home_keeper(void)
{
	static const char *const places[] = { "keeper",
					      "../libexec/assay/keeper", NULL };
	static char real[PATH_MAX];

	return find("ASSAY_KEEPER", places, real);
}
