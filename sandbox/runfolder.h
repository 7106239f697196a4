/*
 * runfolder.h - a box's own folder on the host, where it cannot mount
 *
 * Below $TMPDIR, /tmp or /var/tmp, with work/ and tmp/ in it; nobody else may
 * enter. It is emptied between runs and removed at the end. A box that was
 * killed leaves it to runfolder_sweep().
 */
#ifndef ASSAY_RUNFOLDER_H
#define ASSAY_RUNFOLDER_H

#include <assay/error.h>

struct runfolder {
	char path[248]; /* "": there is none */
	char work[256];
	char tmp[256];
	int work_fd;
	int tmp_fd;
};

/**
 * Make it, its two folders belonging to the user @uid (and group), which may
 * be another than ours if we may give files away.
 */
int runfolder_make(struct runfolder *folder, unsigned uid, struct error *err);

/**
 * Remove all that is in work/ and tmp/, whatever a program made of it. No
 * process may be there that could still change it.
 */
int runfolder_empty(struct runfolder *folder, struct error *err);

void runfolder_remove(struct runfolder *folder);

/** Remove folders of this user's boxes that are gone; how many. */
unsigned runfolder_sweep(void);

/** Remove all that is in the folder @fd. 0 or -errno; no link is followed. */
int runfolder_empty_at(int fd);

#endif
