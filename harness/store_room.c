/*
 * store_room.c - a store that does not grow for ever
 *
 * To list a folder of some 10,000 files takes longer than to build a program,
 * so that is done only now and then, and what has to go then goes a good piece
 * at a time. The store may so be larger by LOOK_BYTES for each process that
 * writes to it.
 */
#include "store_parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define LOOK_BYTES (STORE_BYTES_MAX / 16)

struct kept {
	char name[STORE_KEY_DIGITS + 1];
	struct timespec asked;
	uint64_t size;
};

static int by_time(const void *left, const void *right)
{
	const struct timespec *a = &((const struct kept *)left)->asked;
	const struct timespec *b = &((const struct kept *)right)->asked;

	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

/* All files of the store: what was killed while it wrote one as well. */
static size_t list_kept(DIR *dir, struct kept **ret)
{
	const struct dirent *entry;
	struct kept *list = NULL;
	struct stat status;
	size_t count = 0, room = 0;

	while ((entry = readdir(dir))) {
		if (fstatat(dirfd(dir), entry->d_name, &status,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(status.st_mode) ||
		    strlen(entry->d_name) > STORE_KEY_DIGITS)
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			list = reallocarray(list, room, sizeof *list);
			ENOUGH(list);
		}
		(void)snprintf(list[count].name, sizeof list[count].name, "%s",
			       entry->d_name);
		list[count].asked = status.st_mtim;
		list[count++].size = (uint64_t)status.st_size;
	}
	*ret = list;
	return count;
}

static void drop_oldest(int folder, DIR *dir)
{
	AUTO_FREE struct kept *list = NULL;
	uint64_t bytes = 0;
	size_t count, i;

	count = list_kept(dir, &list);
	for (i = 0; i < count; i++)
		bytes += list[i].size;
	if (bytes <= STORE_BYTES_MAX)
		return;
	qsort(list, count, sizeof *list, by_time);
	for (i = 0; i < count && bytes > STORE_BYTES_MAX - LOOK_BYTES; i++) {
		(void)unlinkat(folder, list[i].name, 0);
		bytes -= list[i].size;
	}
}

/* Whether it is the folder's first time, or many bytes since the last one. */
static bool time_to_look(int folder, uint64_t bytes)
{
	static struct stat last;
	static uint64_t since;
	struct stat status;

	if (fstat(folder, &status) < 0)
		return false;
	since += bytes;
	if (status.st_dev == last.st_dev && status.st_ino == last.st_ino &&
	    since < LOOK_BYTES)
		return false;
	last = status;
	since = 0;
	return true;
}

void store_make_room(int folder, uint64_t bytes)
{
	DIR *dir;
	int copy;

	if (!time_to_look(folder, bytes))
		return;
	copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = copy >= 0 ? fdopendir(copy) : NULL;
	if (dir) {
		drop_oldest(folder, dir);
		(void)closedir(dir);
	} else if (copy >= 0) {
		(void)close(copy);
	}
}
