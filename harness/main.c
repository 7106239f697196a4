/*
 * main.c - assay: a table of subcommands
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "commands.h"
#include "memory.h"
#include "version.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "list", cmd_list, "what exercises there are" },
	{ "start", cmd_start, "make a workspace for an exercise" },
	{ "check", cmd_check, "run the public tests and explain failures" },
	{ "explore", cmd_explore, "search for a schedule that fails" },
	{ "pack", cmd_pack, "make the archive to hand in" },
	{ "grade", cmd_grade, "grade submissions, one report for each" },
	{ "report", cmd_report, "tell what is in a report" },
	{ "verify", cmd_verify, "prove that an exercise catches its mutants" },
	{ "doctor", cmd_doctor, "what isolation this host gives" },
	{ "sandbox", cmd_sandbox, "run one command in a box" },
};

static int help(void)
{
	size_t i;

	(void)printf("usage: assay COMMAND [OPTIONS] ...\n\n");
	for (i = 0; i < sizeof commands / sizeof *commands; i++)
		(void)printf("  %-8s  %s\n", commands[i].name,
			     commands[i].summary);
	(void)printf("\n\"assay COMMAND --help\" tells its options; assay(1) "
		     "tells the rest.\n"
		     "A candidate begins with: assay list, assay start\n");
	return COMMAND_DONE;
}

/* What was printed may have been the point of it all. A reader that has gone
 * away has had enough. */
static int check_output(int status)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };

	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
		return status;
	/* a write before may have met it */
	if (poll(&reader, 1, 0) > 0 && reader.revents & POLLERR)
		return status;
	(void)fprintf(stderr, "assay: standard output: %s\n",
		      errno ? strerror(errno) : "cannot be written");
	return COMMAND_FAULT;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	size_t i;

	memory_init();
	/* a judge or a pager that is gone is an error code, not our end */
	(void)signal(SIGPIPE, SIG_IGN);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
	    strcmp(name, "help") == 0)
		return help();
	if (strcmp(name, "--version") == 0) {
		(void)printf("assay %s\n", ASSAY_VERSION);
		return COMMAND_DONE;
	}
	for (i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(name, commands[i].name) == 0)
			return check_output(
				commands[i].run(argc - 1, argv + 1));
	if (*name)
		(void)fprintf(stderr,
			      "assay: no command '%s' (see assay --help)\n",
			      name);
	else
		(void)fprintf(stderr,
			      "assay: no command given (see assay --help)\n");
	return COMMAND_USAGE;
}
