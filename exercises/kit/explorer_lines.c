/*
 * explorer_lines.c - see explorer_lines.h
 *
 * The child that reads (explorer_dwarf.c) is this program after a fork: no
 * descriptor of its but the program's and the pipe's. Whatever comes through
 * the pipe is cut to size, ended and made printable before anyone sees it.
 */
#define _GNU_SOURCE /* pipe2, O_NOFOLLOW */
#include "explorer_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "explorer_dwarf.h"

#define HELPER_MS 10000

/* ---- the helper ---- */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* How much of @size bytes came before the pipe closed or time was over. */
static size_t read_answer(int fd, void *to, size_t size)
{
	uint64_t until_ms = now_ms() + HELPER_MS;
	unsigned char *at = to;
	size_t done = 0;

	while (done < size) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		uint64_t now = now_ms();
		ssize_t got;

		if (now >= until_ms ||
		    (poll(&ready, 1, (int)(until_ms - now)) < 0 &&
		     errno != EINTR))
			break;
		if (!ready.revents)
			continue;
		got = read(fd, at + done, size - done);
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

/* Have a child fill in @lines, whose pcs are there. */
static void ask_helper(int program_fd, struct explorer_line *lines,
		       size_t count)
{
	size_t size = count * sizeof *lines;
	int ends[2];
	size_t got;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	child = fork();
	if (child == 0)
		explorer_dwarf_helper(program_fd, ends[1], lines, count);
	(void)close(ends[1]);
	if (child > 0) {
		got = read_answer(ends[0], lines, size);
		memset((unsigned char *)lines + got, 0, size - got);
		(void)kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	(void)close(ends[0]);
}

static void make_printable(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static int by_pc(const void *left, const void *right)
{
	const struct explorer_line *a = left;
	const struct explorer_line *b = right;

	return (a->pc > b->pc) - (a->pc < b->pc);
}

static size_t sort_and_unite(struct explorer_line *lines, size_t count)
{
	size_t kept = 0;
	size_t i;

	qsort(lines, count, sizeof *lines, by_pc);
	for (i = 0; i < count; i++)
		if (kept == 0 || lines[kept - 1].pc != lines[i].pc)
			lines[kept++] = lines[i];
	return kept;
}

void explorer_lines_look_up(int program_fd, int sources_fd, const uint64_t *pcs,
			    size_t count, struct explorer_lines *ret)
{
	struct explorer_line *lines, *answers;
	size_t i;

	if (count > EXPLORER_LINES_MAX)
		count = EXPLORER_LINES_MAX;
	lines = calloc(count + 1, sizeof *lines);
	answers = calloc(count + 1, sizeof *answers);
	ENOUGH(lines && answers);
	for (i = 0; i < count; i++)
		lines[i].pc = pcs[i];
	count = sort_and_unite(lines, count);
	if (count > 0)
		memcpy(answers, lines, count * sizeof *lines);
	if (program_fd >= 0 && count > 0)
		ask_helper(program_fd, answers, count);
	for (i = 0; i < count; i++) {
		answers[i].pc = lines[i].pc;
		make_printable(answers[i].function, sizeof answers->function);
		make_printable(answers[i].file, sizeof answers->file);
		make_printable(answers[i].within, sizeof answers->within);
		if (!*answers[i].file)
			answers[i].line = 0;
	}
	free(lines);
	*ret = (struct explorer_lines){
		.lines = answers,
		.count = count,
		.sources_fd = sources_fd,
	};
}

void explorer_lines_release(struct explorer_lines *lines)
{
	free(lines->lines);
	*lines = (struct explorer_lines){ .sources_fd = -1 };
}

const struct explorer_line *
explorer_lines_find(const struct explorer_lines *lines, uint64_t pc)
{
	const struct explorer_line key = { .pc = pc };

	if (!lines || lines->count == 0)
		return NULL;
	return bsearch(&key, lines->lines, lines->count, sizeof key, by_pc);
}

/* Compiled by relative names, as the candidate's are. */
bool explorer_line_is_runtime(const struct explorer_line *line)
{
	static const char runtime[] = "sandbox/explore/";

	return strncmp(line->file, runtime, sizeof runtime - 1) == 0;
}

bool explorer_line_is_own(const struct explorer_line *line)
{
	return line && line->line > 0 && *line->file != '/' &&
	       !explorer_line_is_runtime(line);
}
