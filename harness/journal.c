/*
 * journal.c - see journal.h
 *
 * What is appended is whole lines, in one write() and then fdatasync(): so a
 * kill leaves a whole line or its beginning, at the end only. A power cut can
 * leave anything of what fdatasync() had not been called for, which is at the
 * end as well: all behind the last whole line goes when the journal is opened
 * to be written, and damaged lines before it are nothing that anybody said.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "text.h"

/* A process that was just killed may take a moment to go. */
#define LOCK_TRIES 20
#define LOCK_WAIT_MS 25

struct journal {
	int fd;
	char *path;
	json_t *batch;
	uint64_t size; /* whole lines */
	uint64_t graded;
	uint64_t torn;
	uint64_t damaged;
};

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		(void)close(journal->fd);
	json_decref(journal->batch);
	free(journal->path);
	free(journal);
}

const json_t *journal_batch(const struct journal *journal)
{
	return journal->batch;
}

uint64_t journal_graded(const struct journal *journal)
{
	return journal->graded;
}

uint64_t journal_torn(const struct journal *journal)
{
	return journal->torn;
}

uint64_t journal_damaged(const struct journal *journal)
{
	return journal->damaged;
}

/* ---- the lock ---- */

/* Who holds an flock() on @file, 0 when /proc/locks (proc(5)) does not say:
 * "1: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF". */
static long holder_of(const struct stat *file)
{
	AUTO_FREE char *inode = text_format(":%llu ",
					    (unsigned long long)file->st_ino);
	FILE *locks = fopen("/proc/locks", "re");
	char line[256], *at;
	long pid = 0;

	while (locks && pid == 0 && fgets(line, sizeof line, locks)) {
		at = strstr(line, "WRITE ");
		if (at && strstr(line, "FLOCK") && strstr(at, inode))
			pid = strtol(at + strlen("WRITE "), NULL, 10);
	}
	if (locks)
		(void)fclose(locks);
	return pid > 0 ? pid : 0;
}

static int busy(const struct journal *journal, const char *dir,
		struct error *err)
{
	struct stat info = { 0 };
	long pid;

	(void)fstat(journal->fd, &info);
	pid = holder_of(&info);
	if (pid == 0)
		return error_set(err, EBUSY,
				 "%s: another process is grading into this "
				 "folder",
				 dir);
	return error_set(err, EBUSY,
			 "%s: process %ld is grading into this folder", dir,
			 pid);
}

static int lock(const struct journal *journal, const char *dir,
		struct error *err)
{
	const struct timespec wait = { 0, LOCK_WAIT_MS * 1000000L };
	int tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(journal->fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(err, errno, "%s", journal->path);
		(void)nanosleep(&wait, NULL);
	}
	return busy(journal, dir, err);
}

/* A regrade in place moves the file away under its lock: who had opened it
 * before then locks a file of the earlier results. */
static bool is_in_place(const struct journal *journal)
{
	struct stat locked, named;

	return fstat(journal->fd, &locked) == 0 &&
	       lstat(journal->path, &named) == 0 &&
	       locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

static int open_locked(struct journal *journal, const char *dir,
		       struct error *err)
{
	int tries, r;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		journal->fd = open(journal->path,
				   O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW |
					   O_NONBLOCK | O_CLOEXEC,
				   0666);
		if (journal->fd < 0)
			return error_errno(err, errno, "%s", journal->path);
		r = lock(journal, dir, err);
		if (r < 0 || is_in_place(journal))
			return r;
		(void)close(journal->fd);
		journal->fd = -1;
	}
	return error_set(err, EBUSY,
			 "%s: another process keeps putting its results aside",
			 dir);
}

/* ---- what is there already ---- */

static int cut(struct journal *journal, struct error *err)
{
	if (ftruncate(journal->fd, (off_t)journal->size) < 0 ||
	    fdatasync(journal->fd) < 0)
		return error_errno(err, errno, "%s", journal->path);
	return 0;
}

/* Whether all there is is the beginning of a first line: its batch was killed
 * before anything was graded. */
static bool never_begun(const struct journal *journal, uint64_t size)
{
	static const char start[] = "{\"type\":\"batch\"";
	AUTO_FREE char *bytes = NULL;
	size_t length;

	if (size >= JOURNAL_LINE_MAX)
		return false;
	bytes = fd_read_all(journal->fd, &length);
	if (!bytes || memchr(bytes, '\n', length))
		return false;
	/* a file system may also have made it longer without its bytes */
	return bytes[0] == '\0' ||
	       strncmp(bytes, start,
		       length < strlen(start) ? length : strlen(start)) == 0;
}

static int read_lines(struct journal *journal, const char *dir,
		      struct error *err)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	int r = journal_reader_open(dir, &reader, err);

	if (r < 0)
		return r;
	while ((r = journal_read(reader, &entry, err)) > 0) {
		journal->graded += entry.kind == JOURNAL_GRADED;
		journal->damaged = journal_reader_damaged(reader);
		json_decref(entry.json);
	}
	journal->size = journal_reader_end(reader);
	journal->batch = json_deep_copy(journal_reader_batch(reader));
	ENOUGH(journal->batch);
	journal_reader_close(reader);
	return r;
}

static int take_stock(struct journal *journal, const char *dir,
		      struct error *err)
{
	struct stat info;
	uint64_t size;
	int r = 0;

	if (fstat(journal->fd, &info) < 0)
		return error_errno(err, errno, "%s", journal->path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, EINVAL, "%s: not a regular file",
				 journal->path);
	size = (uint64_t)info.st_size;
	if (size > 0 && !never_begun(journal, size))
		r = read_lines(journal, dir, err);
	if (r < 0)
		return r;
	journal->torn = size - journal->size;
	return journal->torn > 0 ? cut(journal, err) : 0;
}

/* The name is durable before anything is said in the file. */
static int sync_folder(const char *dir, struct error *err)
{
	AUTO_CLOSE int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0 || fsync(folder) < 0)
		return error_errno(err, errno, "%s", dir);
	return 0;
}

int journal_open(const char *dir, struct journal **ret, struct error *err)
{
	struct journal *journal = calloc(1, sizeof *journal);
	int r;

	ENOUGH(journal);
	journal->path = text_format("%s/%s", dir, JOURNAL_NAME);
	r = open_locked(journal, dir, err);
	if (r == 0)
		r = take_stock(journal, dir, err);
	if (r == 0)
		r = sync_folder(dir, err);
	if (r < 0)
		journal_close(journal);
	else
		*ret = journal;
	return r;
}

/* ---- appending ---- */

int journal_append(struct journal *journal, const char *lines, size_t size,
		   struct error *err)
{
	int r = fd_write_all(journal->fd, lines, size);

	if (r == 0 && fdatasync(journal->fd) < 0)
		r = -errno;
	if (r < 0) {
		(void)!ftruncate(journal->fd, (off_t)journal->size);
		return error_errno(err, -r, "%s", journal->path);
	}
	journal->size += size;
	return 0;
}

int journal_add(struct journal *journal, json_t *line, struct error *err)
{
	json_auto_t *owned = line;
	AUTO_FREE char *text = journal_text(owned);

	return journal_append(journal, text, strlen(text), err);
}

int journal_begin(struct journal *journal, json_t *batch, struct error *err)
{
	journal->size = 0;
	if (cut(journal, err) < 0) {
		json_decref(batch);
		return -err->code;
	}
	return journal_add(journal, batch, err);
}
