/*
 * withheld.h - system calls that policy.c allows and a box without namespaces
 * does not
 *
 * There, a run shares ipc, process numbers and files with the host, and some
 * calls would reach what Landlock does not guard. withheld.c has the table.
 */
#ifndef ASSAY_WITHHELD_H
#define ASSAY_WITHHELD_H

#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>

/* What stands between a run and the host. */
struct withheld_host {
	bool plain;     /* no namespaces; else nothing is withheld */
	bool same_user; /* programs are the user that started the box */
	int landlock_abi;
};

enum withheld_answer {
	WITHHELD_NOT,      /* policy.c decides */
	WITHHELD_ERROR,    /* an errno, and the run goes on */
	WITHHELD_NOT_HERE, /* this host cannot run a program that needs it */
	WITHHELD_WATCHED,  /* depends on whom it is about: signals.c */
};

/** Whether policy.c's line for @name is not to be taken as it stands. */
bool withheld_has(const struct withheld_host *host, const char *name,
		  int profile);

/** What is answered without asking, and what is allowed by its arguments.
 * 0 or libseccomp's -errno. */
int withheld_add(scmp_filter_ctx filter, const struct withheld_host *host,
		 int profile);

/** What to do about a notified call; @error for WITHHELD_ERROR. */
enum withheld_answer withheld_answer(const struct withheld_host *host,
				     int profile,
				     const struct seccomp_data *call,
				     int *error);

#endif
