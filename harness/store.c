/*
 * store.c - see store.h
 *
 * A file of the store is a struct head, the note and the program's bytes. It
 * gets its name when it is complete, by rename(2); a power cut may still leave
 * half of it, which the head tells.
 */
#include "store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"

#define FOLDER_MODE 0700
#define TEMPORARY "new-"

struct head {
	char magic[16];
	char key[STORE_KEY_DIGITS];
	uint64_t note_bytes;
	unsigned char sum[crypto_hash_sha256_BYTES]; /* of all the rest */
};

static const char magic[16] = "assay program 2";

/* ---- the folder ---- */

static char *folder_path(void)
{
	const char *own = getenv(STORE_VARIABLE);
	const char *shared = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own)
		return *own && strcmp(own, STORE_OFF) != 0 ? text_format("%s", own)
						       : NULL;
	if (shared && *shared == '/')
		return text_format("%s/assay", shared);
	return home && *home == '/' ? text_format("%s/.cache/assay", home)
				    : NULL;
}

/* With the folder above it, as XDG_CACHE_HOME itself may be missing. */
static void make_folder(const char *path)
{
	AUTO_FREE char *above = text_format("%s", path);
	char *slash = strrchr(above, '/');

	if (mkdir(path, FOLDER_MODE) == 0 || errno != ENOENT || !slash)
		return;
	*slash = '\0';
	if (mkdir(above, FOLDER_MODE) == 0)
		(void)mkdir(path, FOLDER_MODE);
}

/* What others could have written to is as good as nothing. */
static int open_folder(void)
{
	AUTO_FREE char *path = folder_path();
	AUTO_CLOSE int folder = -1;
	struct stat status;

	if (!path)
		return -1;
	make_folder(path);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || fstat(folder, &status) < 0 ||
	    status.st_uid != geteuid() ||
	    (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return -1;
	return TAKE_FD(folder);
}

/* What stands before @note and @program. */
static struct head head_of(const char *key, const char *note, size_t note_bytes,
			   const char *program, size_t program_bytes)
{
	crypto_hash_sha256_state hash;
	struct head head = { .note_bytes = note_bytes };

	memcpy(head.magic, magic, sizeof head.magic);
	memcpy(head.key, key, sizeof head.key);
	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const unsigned char *)&head,
				  offsetof(struct head, sum));
	crypto_hash_sha256_update(&hash, (const unsigned char *)note,
				  note_bytes);
	crypto_hash_sha256_update(&hash, (const unsigned char *)program,
				  program_bytes);
	crypto_hash_sha256_final(&hash, head.sum);
	return head;
}

/* ---- getting ---- */

static int to_memory(const char *bytes, size_t size)
{
	AUTO_CLOSE int fd = memfd_create("program", MFD_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, bytes, size) < 0)
		return -1;
	return TAKE_FD(fd);
}

/* All of a file of plausible size; NULL: there is none. */
static char *read_file(int folder, const char *key, size_t *size)
{
	AUTO_CLOSE int fd = openat(folder, key,
				   O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_size >
		    (off_t)(sizeof(struct head) + STORE_NOTE_BYTES_MAX +
			    BUILD_PROGRAM_BYTES_MAX))
		return NULL;
	(void)futimens(fd, NULL); /* it was asked for */
	return fd_read_all(fd, size);
}

/* Whether it is what was once kept as @key, and of that the parts. */
static bool check_file(const char *key, const char *bytes, size_t size,
		       size_t *note_bytes)
{
	struct head have, want;
	const char *note = bytes + sizeof have;

	if (size < sizeof have)
		return false;
	memcpy(&have, bytes, sizeof have);
	size -= sizeof have;
	if (have.note_bytes > size)
		return false;
	*note_bytes = have.note_bytes;
	want = head_of(key, note, *note_bytes, note + *note_bytes,
		       size - *note_bytes);
	return memcmp(&have, &want, sizeof have) == 0;
}

bool store_get(const char *key, struct store_entry *ret)
{
	AUTO_CLOSE int folder = open_folder();
	AUTO_FREE char *bytes = NULL;
	size_t size = 0, note_bytes = 0;
	const char *note;

	*ret = (struct store_entry){ .program = -1 };
	bytes = folder >= 0 ? read_file(folder, key, &size) : NULL;
	if (!bytes)
		return false;
	if (!check_file(key, bytes, size, &note_bytes)) {
		(void)unlinkat(folder, key, 0);
		return false;
	}
	note = bytes + sizeof(struct head);
	size -= sizeof(struct head) + note_bytes;
	if (size > 0) {
		ret->program = to_memory(note + note_bytes, size);
		if (ret->program < 0)
			return false;
	}
	ret->note = strndup(note, note_bytes);
	ENOUGH(ret->note);
	return true;
}

void store_entry_release(struct store_entry *entry)
{
	if (entry->program >= 0)
		(void)close(entry->program);
	free(entry->note);
	*entry = (struct store_entry){ .program = -1 };
}

/* ---- putting ---- */

static int write_file(int folder, const char *name, const struct head *head,
		      const char *note, const char *program, size_t size)
{
	AUTO_CLOSE int fd = openat(
		folder, name,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (fd_write_all(fd, (const char *)head, sizeof *head) < 0 ||
	    fd_write_all(fd, note, head->note_bytes) < 0)
		return -1;
	return size > 0 ? fd_write_all(fd, program, size) : 0;
}

void store_put(const char *key, const char *note, int program)
{
	AUTO_CLOSE int folder = open_folder();
	AUTO_FREE char *bytes = NULL;
	AUTO_FREE char *name = text_format(TEMPORARY "%ld-%.8s", (long)getpid(),
					   key);
	size_t note_bytes = strlen(note), size = 0;
	struct head head;

	if (folder < 0 || note_bytes > STORE_NOTE_BYTES_MAX)
		return;
	if (program >= 0) {
		bytes = fd_read_all(program, &size);
		if (!bytes || size == 0)
			return;
	}
	head = head_of(key, note, note_bytes, bytes ? bytes : "", size);
	if (write_file(folder, name, &head, note, bytes, size) < 0 ||
	    renameat(folder, name, folder, key) < 0)
		(void)unlinkat(folder, name, 0);
	store_make_room(folder, sizeof head + note_bytes + size);
}
