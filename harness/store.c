/*
 * store.c - see store.h
 *
 * A file of the store is a struct head and the program's bytes. It gets its name
 * when it is complete, by rename(2); a power cut may still leave half of it,
 * which the head tells.
 */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"
#include "version.h"

#define FOLDER_MODE 0700
#define KEY_DIGITS 64
#define TEMPORARY "new-"

struct head {
	char magic[16];
	char key[KEY_DIGITS];
	unsigned char sum[crypto_hash_sha256_BYTES]; /* of the program */
};

static const char magic[16] = "assay program 1";

/* ---- what a program is made from ---- */

static void add(crypto_hash_sha256_state *hash, const char *what,
		const char *value)
{
	/* with the NULs, or "ab" "c" would be "a" "bc" */
	crypto_hash_sha256_update(hash, (const unsigned char *)what,
				  strlen(what) + 1);
	crypto_hash_sha256_update(hash, (const unsigned char *)value,
				  strlen(value) + 1);
}

static void add_set(crypto_hash_sha256_state *hash, const char *prefix,
		    const struct fileset *set)
{
	char hex[65];

	if (!set)
		return;
	fileset_digest(set, hex);
	add(hash, prefix, hex);
}

static void add_status(crypto_hash_sha256_state *hash, const char *path)
{
	AUTO_FREE char *text = NULL;
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	text = text_format("%lld %lld.%09ld", (long long)status.st_size,
			   (long long)status.st_mtim.tv_sec,
			   status.st_mtim.tv_nsec);
	add(hash, path, text);
}

/* Where the build's PATH has it, see build_environment(). */
static void add_program(crypto_hash_sha256_state *hash, const char *name)
{
	static const char *const folders[] = { "/usr/local/bin", "/usr/bin",
					       "/bin" };
	size_t i;

	if (strchr(name, '/')) {
		add_status(hash, name);
		return;
	}
	for (i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		AUTO_FREE char *path = text_format("%s/%s", folders[i], name);

		add_status(hash, path);
	}
}

void store_key(const struct build_request *request, char key[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;
	char **word;
	size_t i;

	crypto_hash_sha256_init(&hash);
	add(&hash, "assay", ASSAY_VERSION);
	for (i = 0; i < request->command_count; i++) {
		add_program(&hash, request->commands[i].argv[0]);
		for (word = request->commands[i].argv; *word; word++)
			add(&hash, "word", *word);
		add(&hash, "end", "");
	}
	add_status(&hash, "/var/lib/dpkg/status");
	add_status(&hash, "/etc/ld.so.cache");
	add(&hash, "folder", request->cwd);
	add(&hash, "program", request->program);
	add_set(&hash, "submission", request->submission);
	add_set(&hash, "tools", request->tools);
	add_set(&hash, "kit", request->kit);
	add_set(&hash, "built", request->built);
	crypto_hash_sha256_final(&hash, sum);
	sodium_bin2hex(key, KEY_DIGITS + 1, sum, sizeof sum);
}

/* ---- the folder ---- */

static char *folder_path(void)
{
	const char *own = getenv("ASSAY_CACHE");
	const char *shared = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own)
		return *own && strcmp(own, "off") != 0 ? text_format("%s", own)
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

/* ---- getting ---- */

static int to_memory(const char *bytes, size_t size)
{
	AUTO_CLOSE int fd = memfd_create("program", MFD_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, bytes, size) < 0)
		return -1;
	return TAKE_FD(fd);
}

static struct head head_of(const char *key, const char *bytes, size_t size)
{
	struct head head;

	memcpy(head.magic, magic, sizeof head.magic);
	memcpy(head.key, key, sizeof head.key);
	crypto_hash_sha256(head.sum, (const unsigned char *)bytes, size);
	return head;
}

int store_get(const char *key)
{
	AUTO_CLOSE int folder = open_folder();
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *bytes = NULL;
	struct stat status;
	struct head want;
	size_t size;

	if (folder < 0)
		return -1;
	fd = openat(folder, key, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_size <= (off_t)sizeof want ||
	    status.st_size > (off_t)(sizeof want + BUILD_PROGRAM_BYTES_MAX))
		return -1;
	bytes = fd_read_all(fd, &size);
	if (!bytes || size <= sizeof want)
		return -1;
	want = head_of(key, bytes + sizeof want, size - sizeof want);
	if (memcmp(bytes, &want, sizeof want) != 0) {
		(void)unlinkat(folder, key, 0);
		return -1;
	}
	(void)futimens(fd, NULL); /* it was asked for */
	return to_memory(bytes + sizeof want, size - sizeof want);
}

/* ---- putting ---- */

struct kept {
	char name[KEY_DIGITS + 1];
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
	size_t count = 0;

	while ((entry = readdir(dir))) {
		if (fstatat(dirfd(dir), entry->d_name, &status,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(status.st_mode) ||
		    strlen(entry->d_name) > KEY_DIGITS)
			continue;
		list = reallocarray(list, count + 1, sizeof *list);
		ENOUGH(list);
		(void)snprintf(list[count].name, sizeof list[count].name, "%s",
			       entry->d_name);
		list[count].asked = status.st_mtim;
		list[count++].size = (uint64_t)status.st_size;
	}
	*ret = list;
	return count;
}

static void make_room(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	AUTO_FREE struct kept *list = NULL;
	uint64_t bytes = 0;
	size_t count, i;

	if (!dir) {
		if (copy >= 0)
			(void)close(copy);
		return;
	}
	count = list_kept(dir, &list);
	if (count > 0)
		qsort(list, count, sizeof *list, by_time);
	for (i = 0; i < count; i++)
		bytes += list[i].size;
	for (i = 0; i < count && bytes > STORE_BYTES_MAX; i++) {
		(void)unlinkat(folder, list[i].name, 0);
		bytes -= list[i].size;
	}
	(void)closedir(dir);
}

void store_put(const char *key, int program)
{
	AUTO_CLOSE int folder = open_folder();
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *bytes = NULL;
	AUTO_FREE char *name = text_format(TEMPORARY "%ld-%.8s", (long)getpid(),
					   key);
	struct head head;
	size_t size;

	bytes = folder >= 0 ? fd_read_all(program, &size) : NULL;
	if (!bytes)
		return;
	head = head_of(key, bytes, size);
	fd = openat(folder, name,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return;
	if (fd_write_all(fd, (const char *)&head, sizeof head) < 0 ||
	    fd_write_all(fd, bytes, size) < 0 ||
	    renameat(folder, name, folder, key) < 0)
		(void)unlinkat(folder, name, 0);
	make_room(folder);
}
