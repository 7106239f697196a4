/*
 * command_folder.h - one folder judged, for the person who sits before it
 *
 * What "check" and "explore" have in common: the same intake, boxes, judge and
 * seeds as "assay grade" uses, and a report that goes to the terminal.
 */
#ifndef ASSAY_COMMAND_FOLDER_H
#define ASSAY_COMMAND_FOLDER_H

#include <stdbool.h>

#include "job.h"
#include "result.h"
#include "submission.h"

struct command_folder {
	const char *name;       /* of the subcommand */
	struct job_options job; /* without exercises, sandbox and progress */
	bool debug;             /* all that there is to say */
	bool json;              /* the report, as it is */
	bool next_step;         /* what to do about it, too */
	/* Say what came of it, which ends with the status returned. */
	int (*show)(struct command_folder *folder, const struct result *result);
	void *data; /* of show */

	struct submission *submission; /* until it is judged */
	int status;
};

/** Take the folder or archive @path in; 0 or an exit status, after one line. */
int command_folder_read(struct command_folder *folder, const char *path);

/** Judge it, which takes what was read, and show it: an exit status. */
int command_folder_judge(struct command_folder *folder);

/** Print the report of @result; returns the exit status that it stands for. */
int command_folder_print(const struct command_folder *folder,
			 const struct result *result);

#endif
