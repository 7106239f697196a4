/*
 * landlock.c - see landlock.h
 *
 * Nothing is left out that a kernel can refuse: all rights of its version are
 * handled, so what no place grants is denied. The header of Debian 12 stops at
 * version 2; what came later is named here with the kernel that brought it.
 */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define WRITE_FILE LANDLOCK_ACCESS_FS_WRITE_FILE
#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ_FOLDER LANDLOCK_ACCESS_FS_READ_DIR
#define MAKE_DEVICE \
	(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define FILES_FIRST ((1ull << 13) - 1) /* version 1: up to MAKE_SYM */
#define REFER (1ull << 13)             /* Linux 5.19 */
#define TRUNCATE (1ull << 14)          /* Linux 6.2 */
#define IOCTL_DEVICE (1ull << 15)      /* Linux 6.10 */
#define TCP_BIND_AND_CONNECT 3ull      /* Linux 6.7 */
#define SCOPE_SOCKET_AND_SIGNAL 3ull   /* Linux 6.12 */

static uint64_t all_rights(int abi)
{
	uint64_t rights = FILES_FIRST;

	if (abi >= LANDLOCK_ABI_REFER)
		rights |= REFER;
	if (abi >= LANDLOCK_ABI_TRUNCATE)
		rights |= TRUNCATE;
	if (abi >= LANDLOCK_ABI_IOCTL)
		rights |= IOCTL_DEVICE;
	return rights;
}

uint64_t landlock_rights(int abi, enum landlock_use use, bool folder)
{
	static const uint64_t wanted[] = {
		[LANDLOCK_READ] = EXECUTE | READ_FILE | READ_FOLDER,
		[LANDLOCK_WRITE] = ~(uint64_t)MAKE_DEVICE,
		[LANDLOCK_DEVICE] = READ_FILE | WRITE_FILE | TRUNCATE |
				    IOCTL_DEVICE,
		/* a shell's ">" truncates, which there means nothing */
		[LANDLOCK_PROC] = READ_FILE | READ_FOLDER | WRITE_FILE |
				  TRUNCATE,
		[LANDLOCK_LOOK] = READ_FILE | READ_FOLDER,
	};
	/* the kernel takes no others for what is not a folder */
	const uint64_t of_files = EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE |
				  IOCTL_DEVICE;

	return wanted[use] & all_rights(abi) & (folder ? ~0ull : of_files);
}

void landlock_init(struct landlock *landlock)
{
	struct landlock_attributes *attributes = &landlock->attributes;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	memset(landlock, 0, sizeof *landlock);
	if (abi < 1) {
		landlock->error = errno;
		return;
	}
	landlock->abi = (int)abi;
	attributes->handled_files = all_rights(landlock->abi);
	landlock->attributes_size = sizeof attributes->handled_files;
	if (abi >= LANDLOCK_ABI_NETWORK) {
		attributes->handled_network = TCP_BIND_AND_CONNECT;
		landlock->attributes_size = offsetof(struct landlock_attributes,
						     scoped);
	}
	if (abi >= LANDLOCK_ABI_SCOPE) {
		attributes->scoped = SCOPE_SOCKET_AND_SIGNAL;
		landlock->attributes_size = sizeof *attributes;
	}
	landlock->write_access = landlock_rights(landlock->abi, LANDLOCK_WRITE,
						 true);
	landlock->proc_access = landlock_rights(landlock->abi, LANDLOCK_PROC,
						true);
}

int landlock_allow(struct landlock *landlock, const char *path,
		   enum landlock_use use, struct error *err)
{
	struct landlock_place *place = &landlock->place[landlock->places];
	struct stat status;
	int fd;

	if (landlock->abi == 0)
		return 0;
	CHECK(landlock->places < LANDLOCK_PLACES_MAX);
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &status) < 0) {
		if (fd >= 0)
			(void)close(fd);
		return error_errno(err, errno, "Landlock: open %s", path);
	}
	place->fd = fd;
	place->access = landlock_rights(landlock->abi, use,
					S_ISDIR(status.st_mode));
	landlock->places++;
	return 0;
}

void landlock_release(struct landlock *landlock)
{
	for (; landlock->places > 0; landlock->places--)
		(void)close(landlock->place[landlock->places - 1].fd);
}
