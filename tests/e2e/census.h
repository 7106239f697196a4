/*
 * census.h - which processes there are
 */
#ifndef TESTS_E2E_CENSUS_H
#define TESTS_E2E_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CENSUS_MAX 512

/* A process, told apart from a later one that got the same pid. */
struct census_process {
	pid_t pid, parent;
	unsigned long long started; /* in ticks since boot */
	char name[32];
};

struct census {
	struct census_process processes[CENSUS_MAX];
	size_t count;
};

/** @ancestor's children, their children and so on; zombies are not counted. */
void census_take(struct census *census, pid_t ancestor);

/** How many of @census are still there. */
size_t census_alive(const struct census *census);

/** How many control group folders the boxes among @census have. */
unsigned census_cgroups(const struct census *census);

/** Whether @word is in the command line of any process of this host. */
bool census_has_word(const char *word);

#endif
