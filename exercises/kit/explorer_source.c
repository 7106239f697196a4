/* explorer_source.c - a line of the candidate's source: see explorer_lines.h */
#define _GNU_SOURCE /* O_NOFOLLOW */
#include "explorer_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#define FILE_BYTES_MAX (1u << 20) /* of a file, what is looked at */

/* ---- the file ---- */

/*
 * Open @name below @folder, part by part, no link followed on the way: what a
 * candidate handed in must not show what lies elsewhere. -1: there is none.
 */
static int open_below(int folder, const char *name)
{
	int at = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	char part[EXPLORER_FILE_MAX];
	int next;

	while (at >= 0) {
		size_t size = strcspn(name, "/");
		bool last = name[size] == '\0';

		memcpy(part, name, size);
		part[size] = '\0';
		next = -1;
		if (size > 0 && strcmp(part, "..") != 0)
			next = openat(at, part,
				      O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
					      O_NONBLOCK |
					      (last ? 0 : O_DIRECTORY));
		(void)close(at);
		at = next;
		if (last)
			break;
		name += size + 1;
	}
	return at;
}

static size_t read_file(int fd, char *to, size_t size)
{
	struct stat status;
	size_t done = 0;
	ssize_t got;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return 0;
	while (done < size) {
		got = read(fd, to + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

/* ---- the line ---- */

/* Bytes of the character at @text, which is valid UTF-8 (RFC 3629), neither
 * control nor one that moves or hides others; 0: none of that. */
static size_t character(const unsigned char *text, size_t left)
{
	size_t size = *text < 0x80   ? 1
		      : *text < 0xc2 ? 0
		      : *text < 0xe0 ? 2
		      : *text < 0xf0 ? 3
		      : *text < 0xf5 ? 4
				     : 0;
	uint32_t code = size > 1 ? *text & (0x7fu >> size) : *text;
	size_t i;

	if (size == 0 || size > left)
		return 0;
	for (i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	    (size == 3 && code < 0x800) || (size == 4 && code < 0x10000) ||
	    code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
	    (code >= 0x200b && code < 0x2010) ||
	    (code >= 0x2028 && code < 0x2030) ||
	    (code >= 0x2060 && code < 0x2070) || code == 0xfeff)
		return 0;
	return size;
}

/* Without space at its ends, a blank for each tab. */
static void copy_line(const char *from, size_t left,
		      char text[static EXPLORER_SOURCE_MAX])
{
	size_t used = 0;

	while (left > 0 && (*from == ' ' || *from == '\t')) {
		from++;
		left--;
	}
	while (left > 0 && used + 4 < EXPLORER_SOURCE_MAX) {
		size_t size = character((const unsigned char *)from, left);

		if (size > 0) {
			memcpy(text + used, from, size);
			used += size;
		} else {
			text[used++] = *from == '\t' ? ' ' : '?';
			size = 1;
		}
		from += size;
		left -= size;
	}
	while (used > 0 && text[used - 1] == ' ')
		used--;
	text[used] = '\0';
}

static const char *find_line(const char *text, size_t size, uint32_t line,
			     size_t *ret)
{
	const char *end;

	for (; line > 1; line--) {
		end = memchr(text, '\n', size);
		if (!end)
			return NULL;
		size -= (size_t)(end + 1 - text);
		text = end + 1;
	}
	end = memchr(text, '\n', size);
	*ret = end ? (size_t)(end - text) : size;
	if (*ret > 0 && text[*ret - 1] == '\r')
		--*ret;
	return text;
}

bool explorer_lines_source(const struct explorer_lines *lines,
			   const struct explorer_line *line,
			   char text[static EXPLORER_SOURCE_MAX])
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *file = NULL;
	const char *at;
	size_t size;

	if (!lines || lines->sources_fd < 0 || !explorer_line_is_own(line))
		return false;
	fd = open_below(lines->sources_fd, line->file);
	if (fd < 0)
		return false;
	file = calloc(1, FILE_BYTES_MAX);
	if (!file)
		return false;
	size = read_file(fd, file, FILE_BYTES_MAX);
	at = find_line(file, size, line->line, &size);
	if (!at || size == 0)
		return false;
	copy_line(at, size, text);
	return *text != '\0';
}
