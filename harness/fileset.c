/*
 * fileset.c - see fileset.h
 *
 * Bytes go into a memfd while they are hashed; once complete it is sealed, so
 * that what was hashed is what every later reader gets, whoever holds the
 * descriptor. Sets are small, so they are kept as sorted arrays.
 */
#include "fileset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "text.h"

#define CHUNK_BYTES 65536

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

/* A file's bytes on their way into a memfd. */
struct blob {
	int fd;
	uint64_t size;
	crypto_hash_sha256_state hash;
};

static int blob_open(struct blob *blob, struct error *err)
{
	if (sodium_init() < 0)
		return error_set(err, EIO, "libsodium cannot be initialised");
	blob->size = 0;
	crypto_hash_sha256_init(&blob->hash);
	blob->fd = memfd_create("assay-file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (blob->fd < 0)
		return error_errno(err, errno, "memfd_create");
	return 0;
}

static int blob_write(struct blob *blob, const unsigned char *bytes,
		      size_t size, struct error *err)
{
	if (size > FILESET_FILE_MAX - blob->size)
		return error_set(err, E2BIG, "larger than %u bytes",
				 FILESET_FILE_MAX);
	crypto_hash_sha256_update(&blob->hash, bytes, size);
	while (size > 0) {
		ssize_t wrote = write(blob->fd, bytes, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return error_errno(err, errno, "writing to a memfd");
		bytes += wrote;
		size -= (size_t)wrote;
		blob->size += (uint64_t)wrote;
	}
	return 0;
}

static int blob_seal(struct blob *blob, char hex[65], struct error *err)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	if (fcntl(blob->fd, F_ADD_SEALS, SEALS) < 0)
		return error_errno(err, errno, "sealing a memfd");
	crypto_hash_sha256_final(&blob->hash, sum);
	sodium_bin2hex(hex, 65, sum, sizeof sum);
	return 0;
}

static int blob_copy(struct blob *blob, int fd, struct error *err)
{
	unsigned char chunk[CHUNK_BYTES];
	off_t offset = 0;
	int rc;

	for (;;) {
		ssize_t got = pread(fd, chunk, sizeof chunk, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, errno, "reading");
		if (got == 0)
			return 0;
		rc = blob_write(blob, chunk, (size_t)got, err);
		if (rc < 0)
			return rc;
		offset += got;
	}
}

void fileset_init(struct fileset *set)
{
	*set = (struct fileset){ 0 };
}

void fileset_release(struct fileset *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->files[i].path);
		cleanup_close(&set->files[i].fd);
	}
	free(set->files);
	fileset_init(set);
}

/* Whether @folder is @path itself or one of the folders it is in. */
static bool path_is_within(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/* Whether a file at @path may be added: everything but its bytes. */
static int path_check(const struct fileset *set, const char *path,
		      struct error *err)
{
	if (!fileset_path_ok(path))
		return error_set(err, EINVAL,
				 "not a plain relative path of a file");
	if (set->count >= FILESET_FILES_MAX)
		return error_set(err, E2BIG, "more than %d files",
				 FILESET_FILES_MAX);
	for (size_t i = 0; i < set->count; i++) {
		const char *other = set->files[i].path;

		if (strcmp(path, other) == 0)
			return error_set(err, EEXIST, "%s: twice", path);
		if (path_is_within(path, other) || path_is_within(other, path))
			return error_set(err, EEXIST, "%s: a file and a folder",
					 path);
	}
	return 0;
}

/* Takes @file->fd over when it succeeds, and not otherwise. */
static int insert(struct fileset *set, const char *path, struct file file,
		  struct error *err)
{
	struct file *files;
	size_t at = 0;

	file.path = strdup(path);
	files = reallocarray(set->files, set->count + 1, sizeof *files);
	if (files)
		set->files = files;
	if (!files || !file.path) {
		free(file.path);
		return error_set(err, ENOMEM, "out of memory");
	}
	while (at < set->count && strcmp(files[at].path, path) < 0)
		at++;
	memmove(files + at + 1, files + at, (set->count - at) * sizeof *files);
	files[at] = file;
	set->count++;
	return 0;
}

int fileset_add_bytes(struct fileset *set, const char *path, const void *bytes,
		      size_t size, bool executable, struct error *err)
{
	struct file file = { .executable = executable };
	struct blob blob;
	int rc;

	rc = path_check(set, path, err);
	if (rc < 0)
		return rc;
	rc = blob_open(&blob, err);
	if (rc < 0)
		return rc;
	rc = blob_write(&blob, bytes, size, err);
	if (rc == 0)
		rc = blob_seal(&blob, file.sha256, err);
	file.fd = blob.fd;
	file.size = blob.size;
	if (rc == 0)
		rc = insert(set, path, file, err);
	if (rc < 0)
		cleanup_close(&blob.fd);
	return rc;
}

int fileset_add_fd(struct fileset *set, const char *path, int fd,
		   bool executable, struct error *err)
{
	struct file file = { .executable = executable };
	struct blob blob;
	struct stat info;
	int rc;

	rc = path_check(set, path, err);
	if (rc < 0)
		return rc;
	if (fstat(fd, &info) < 0)
		return error_errno(err, errno, "%s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, EINVAL, "%s: not a regular file", path);
	rc = blob_open(&blob, err);
	if (rc < 0)
		return rc;
	rc = blob_copy(&blob, fd, err);
	if (rc < 0)
		rc = error_wrap(err, "%s", path);
	if (rc == 0)
		rc = blob_seal(&blob, file.sha256, err);
	file.fd = blob.fd;
	file.size = blob.size;
	if (rc == 0)
		rc = insert(set, path, file, err);
	if (rc < 0)
		cleanup_close(&blob.fd);
	return rc;
}

int fileset_add_file(struct fileset *set, const char *path,
		     const struct file *file, struct error *err)
{
	struct file copy = *file;
	int rc;

	rc = path_check(set, path, err);
	if (rc < 0)
		return rc;
	copy.fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 3);
	if (copy.fd < 0)
		return error_errno(err, errno, "%s", path);
	rc = insert(set, path, copy, err);
	if (rc < 0)
		cleanup_close(&copy.fd);
	return rc;
}

/* "@prefix/@name", or @name when @prefix is empty. */
static int join(char path[FILESET_PATH_MAX + 1], const char *prefix,
		const char *name, struct error *err)
{
	int length = snprintf(path, FILESET_PATH_MAX + 1, "%s%s%s", prefix,
			      *prefix ? "/" : "", name);

	if (length < 0 || length > FILESET_PATH_MAX)
		return error_set(err, ENAMETOOLONG,
				 "a path longer than %d bytes",
				 FILESET_PATH_MAX);
	return 0;
}

int fileset_add_set(struct fileset *set, const char *prefix,
		    const struct fileset *other, struct error *err)
{
	char path[FILESET_PATH_MAX + 1];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < other->count; i++) {
		rc = join(path, prefix, other->files[i].path, err);
		if (rc == 0)
			rc = fileset_add_file(set, path, &other->files[i], err);
	}
	return rc;
}

static int add_opened_folder(struct fileset *set, const char *prefix,
			     int dir_fd, struct error *err);

/* One entry @name of the folder at @dir_fd, to become @path. */
static int add_entry(struct fileset *set, const char *path, int dir_fd,
		     const char *name, struct error *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat info;

	/* Look first: merely opening a device can do things. */
	if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, errno, "%s", path);
	if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
		return error_set(err, EINVAL, "%s: %s", path,
				 S_ISLNK(info.st_mode) ? "a symbolic link"
						       : "a special file");
	fd = openat(dir_fd, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	if (S_ISDIR(info.st_mode))
		return add_opened_folder(set, path, TAKE_FD(fd), err);
	return fileset_add_fd(set, path, fd, info.st_mode & S_IXUSR, err);
}

/* Takes @dir_fd over. Ends with the depth of folders: paths are bounded. */
static int add_opened_folder(struct fileset *set, const char *prefix,
			     int dir_fd, struct error *err)
{
	char path[FILESET_PATH_MAX + 1];
	struct dirent *entry;
	DIR *dir;
	int rc = 0;

	dir = fdopendir(dir_fd);
	if (!dir) {
		rc = error_errno(err, errno, "%s", prefix);
		cleanup_close(&dir_fd);
		return rc;
	}
	while (rc == 0 && (errno = 0, entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		rc = join(path, prefix, entry->d_name, err);
		if (rc == 0)
			rc = add_entry(set, path, dirfd(dir), entry->d_name,
				       err);
	}
	if (rc == 0 && errno)
		rc = error_errno(err, errno, "%s", prefix);
	(void)closedir(dir);
	return rc;
}

int fileset_add_folder(struct fileset *set, const char *prefix, const char *dir,
		       struct error *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "%s", dir);
	return add_opened_folder(set, prefix, fd, err);
}

const struct file *fileset_find(const struct fileset *set, const char *path)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(path, set->files[middle].path);

		if (order == 0)
			return &set->files[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

char *file_read(const struct file *file)
{
	size_t size = (size_t)file->size, used = 0;
	char *bytes = malloc(size + 1);

	while (bytes && used < size) {
		ssize_t got = pread(file->fd, bytes + used, size - used,
				    (off_t)used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			free(bytes);
			return NULL;
		}
		used += (size_t)got;
	}
	if (bytes)
		bytes[size] = '\0';
	return bytes;
}

void fileset_digest(const struct fileset *set, char hex[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;

	CHECK(sodium_init() >= 0);
	crypto_hash_sha256_init(&hash);
	for (size_t i = 0; i < set->count; i++) {
		const struct file *file = &set->files[i];
		char line[FILESET_PATH_MAX + 1 + sizeof file->sha256];
		size_t path_size = strlen(file->path) + 1;

		memcpy(line, file->path, path_size);
		memcpy(line + path_size, file->sha256, 64);
		line[path_size + 64] = '\n';
		crypto_hash_sha256_update(&hash, (unsigned char *)line,
					  path_size + 65);
	}
	crypto_hash_sha256_final(&hash, sum);
	sodium_bin2hex(hex, 65, sum, sizeof sum);
}

/* What is not UTF-8 is decoded as TEXT_REPLACEMENT; C1 controls count too. */
static bool character_ok(uint32_t code)
{
	return code >= 0x20 && (code < 0x7f || code > 0x9f) && code != '\\' &&
	       code != TEXT_REPLACEMENT;
}

static bool part_ok(const char *part, size_t length)
{
	return length > 0 && !(length == 1 && part[0] == '.') &&
	       !(length == 2 && part[0] == '.' && part[1] == '.');
}

bool fileset_path_ok(const char *path)
{
	size_t size = strlen(path), part = 0;
	uint32_t code;

	if (size == 0 || size > FILESET_PATH_MAX)
		return false;
	for (size_t i = 0, length; i < size; i += length) {
		length = text_decode(path + i, size - i, &code);
		if (!character_ok(code))
			return false;
		if (code == '/') {
			if (!part_ok(path + part, i - part))
				return false;
			part = i + 1;
		}
	}
	return part_ok(path + part, size - part);
}
