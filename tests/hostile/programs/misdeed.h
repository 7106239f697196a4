/*
 * misdeed.h - a program that does one of several things, by name
 *
 * PROGRAM NAME [ARGUMENT...]. What came of it goes to standard output, one
 * line of words that a case can expect. Exit status 99: no such thing.
 */
#ifndef HOSTILE_MISDEED_H
#define HOSTILE_MISDEED_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct misdeed {
	const char *name;
	void (*commit)(char **arguments); /* ended by NULL */
};

/* "EPERM", or @good when @result is no error. */
static inline void say(long result, const char *good)
{
	puts(result < 0 ? strerrorname_np(errno) : good);
	fflush(stdout);
}

/* Argument @index as a number, or @otherwise. */
static inline long number(char **arguments, int index, long otherwise)
{
	int i;

	for (i = 0; i < index; i++)
		if (!arguments[i])
			return otherwise;
	return arguments[index] ? strtol(arguments[index], NULL, 0)
				: otherwise;
}

/* @name in the folder that the environment calls @variable: what a box calls
 * /work or /tmp may be elsewhere. Never freed. */
static inline char *in_folder(const char *variable, const char *name)
{
	const char *folder = getenv(variable);
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder ? folder : "", name) < 0)
		_exit(99);
	return path;
}

static inline int misdeed_main(char **argv, const struct misdeed *misdeeds,
			       size_t count)
{
	size_t i;

	for (i = 0; argv[1] && i < count; i++)
		if (strcmp(argv[1], misdeeds[i].name) == 0) {
			misdeeds[i].commit(argv + 2);
			return 0;
		}
	return 99;
}

#define MISDEED_MAIN(misdeeds)                                           \
	int main(int argc, char **argv)                                  \
	{                                                                \
		(void)argc;                                              \
		return misdeed_main(argv, misdeeds,                      \
				    sizeof(misdeeds) / sizeof *misdeeds); \
	}

#endif
