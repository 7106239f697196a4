/*
 * explorer_lines.h - which function, file and line an address of the
 * program's code is in, and what stands on that line
 *
 * The program and its sources are the candidate's, and debugging information
 * is a large language to be attacked in. So a child of limited time and memory
 * reads it with elfutils' libdw and answers through a pipe; what it costs when
 * that goes wrong is names.
 */
#ifndef ASSAY_KIT_EXPLORER_LINES_H
#define ASSAY_KIT_EXPLORER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORER_LINES_MAX 4096 /* addresses that are looked up */
#define EXPLORER_FUNCTION_MAX 48
#define EXPLORER_FILE_MAX 64
#define EXPLORER_SOURCE_MAX 160 /* bytes of a line of source, with NUL */

/* Where an address is. Texts are printable ASCII. */
struct explorer_line {
	uint64_t pc;
	uint32_t line; /* 0: not known, as is the file then */
	char function[EXPLORER_FUNCTION_MAX]; /* "": not known */
	/* As the compiler was given it: relative is the candidate's own. */
	char file[EXPLORER_FILE_MAX];
	/* The function that it is inlined into, "" if it is not, and the line
	 * in that, of the same file more often than not. */
	char within[EXPLORER_FUNCTION_MAX];
	uint32_t within_line;
};

struct explorer_lines {
	struct explorer_line *lines; /* by pc, each once */
	size_t count;
	int sources_fd; /* folder; -1: none */
};

/**
 * Look up @count return addresses @pcs (so the instruction before each) in the
 * ELF program @program_fd. Never fails: what cannot be told stays unknown, all
 * of it for a @program_fd of -1. @sources_fd stays the caller's and open.
 * *ret is the caller's, for explorer_lines_release().
 */
void explorer_lines_look_up(int program_fd, int sources_fd, const uint64_t *pcs,
			    size_t count, struct explorer_lines *ret);

void explorer_lines_release(struct explorer_lines *lines);

/** NULL if @pc was not looked up. @lines may be NULL. */
const struct explorer_line *
explorer_lines_find(const struct explorer_lines *lines, uint64_t pc);

/** Whether it is in the explorer's own runtime. */
bool explorer_line_is_runtime(const struct explorer_line *line);

/** Whether it is known, and in a file of the candidate's. */
bool explorer_line_is_own(const struct explorer_line *line);

/**
 * The text of a line of a regular file below the folder of sources, without
 * space at its ends, as printable UTF-8. false: there is none.
 */
bool explorer_lines_source(const struct explorer_lines *lines,
			   const struct explorer_line *line,
			   char text[static EXPLORER_SOURCE_MAX]);

#endif
