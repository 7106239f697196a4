/*
 * folder.h - a box's own folder on the host, where it cannot mount
 *
 * Below $TMPDIR, /tmp or /var/tmp, with work/ and tmp/ in it; nobody else may
 * enter. It is emptied between runs and removed at the end. A box that was
 * killed leaves it to folder_sweep().
 */
#ifndef ASSAY_FOLDER_H
#define ASSAY_FOLDER_H

#include <assay/error.h>

struct folder {
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
int folder_make(struct folder *folder, unsigned uid, struct error *err);

/**
 * Remove all that is in work/ and tmp/, whatever a program made of it. No
 * process may be there that could still change it.
 */
int folder_empty(struct folder *folder, struct error *err);

void folder_remove(struct folder *folder);

/** Remove folders of this user's boxes that are gone; how many. */
unsigned folder_sweep(void);

/** Remove all that is in the folder @fd. 0 or -errno; no link is followed. */
int folder_empty_at(int fd);

#endif
