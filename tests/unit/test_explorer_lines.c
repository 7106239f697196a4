/* Names for addresses, with this very program as the one to look into. */
#define _GNU_SOURCE /* dl_iterate_phdr, memfd_create */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explorer_lines.h"

static int take_base(struct dl_phdr_info *info, size_t size, void *data)
{
	uint64_t *base = data;

	(void)size;
	*base = info->dlpi_addr;
	return 1; /* the program is the first */
}

/* Where the call of this returns to, as it stands in the file. */
static __attribute__((noinline)) uint64_t here(void)
{
	uint64_t base = 0;

	(void)dl_iterate_phdr(take_base, &base);
	return (uint64_t)(uintptr_t)__builtin_return_address(0) - base;
}

static uint32_t line_of_place;

static __attribute__((noinline)) uint64_t a_known_place(void)
{
	uint64_t pc;

	line_of_place = __LINE__ + 1;
	pc = here();
	__asm__ volatile("" : "+r"(pc)); /* no tail call */
	return pc;
}

static __attribute__((always_inline)) inline uint64_t inlined_place(void)
{
	uint64_t pc = here();

	return pc + 0;
}

static void look_up(int program, const uint64_t *pcs, size_t count,
		    struct explorer_lines *ret)
{
	explorer_lines_look_up(program, -1, pcs, count, ret);
}

static void test_lines__name_function_file_and_line(void **state)
{
	const uint64_t pcs[] = { inlined_place(), a_known_place(),
				 a_known_place(), 0x10 };
	int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const struct explorer_line *line;
	struct explorer_lines lines;

	(void)state;
	look_up(program, pcs, 4, &lines);
	line = explorer_lines_find(&lines, pcs[1]);
	assert_non_null(line);
	assert_string_equal(line->function, "a_known_place");
	assert_string_equal(line->file, "tests/unit/test_explorer_lines.c");
	assert_int_equal(line->line, line_of_place);
	assert_true(explorer_line_is_own(line));
	line = explorer_lines_find(&lines, pcs[0]);
	assert_string_equal(line->function, "inlined_place");
	line = explorer_lines_find(&lines, 0x10);
	assert_int_equal(line->line, 0);
	assert_false(explorer_line_is_own(line));
	assert_null(explorer_lines_find(&lines, 0x11));
	explorer_lines_release(&lines);
	(void)close(program);
}

static void test_lines__of_no_program_are_unknown(void **state)
{
	const uint64_t pcs[] = { 1, 2 };
	struct explorer_lines lines;
	int fd = memfd_create("nonsense", MFD_CLOEXEC);

	(void)state;
	look_up(-1, pcs, 2, &lines);
	assert_int_equal(lines.count, 2);
	assert_int_equal(explorer_lines_find(&lines, 1)->line, 0);
	explorer_lines_release(&lines);
	assert_int_equal(write(fd, "\177ELF\2\1\1 and so on", 17), 17);
	look_up(fd, pcs, 2, &lines);
	assert_int_equal(explorer_lines_find(&lines, 1)->line, 0);
	explorer_lines_release(&lines);
	look_up(fd, pcs, 0, &lines);
	assert_int_equal(lines.count, 0);
	explorer_lines_release(&lines);
	assert_null(explorer_lines_find(NULL, 1));
	(void)close(fd);
}

/* ---- sources ---- */

struct folder {
	char path[64];
	struct explorer_lines lines;
};

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	(void)fclose(file);
}

static int setup(void **state)
{
	static struct folder folder;
	char path[128];

	(void)snprintf(folder.path, sizeof folder.path,
		       "/tmp/test-lines-XXXXXX");
	assert_non_null(mkdtemp(folder.path));
	write_file(folder.path, "bq.c",
		   "one\n\t  two\tthree \r\n\n"
		   "gr\xc3\xbc\xc3\x9f"
		   "e \x80 \033[1m \xe2\x80\xae\nlast");
	(void)snprintf(path, sizeof path, "%s/sub", folder.path);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(folder.path, "sub/x.c", "below\n");
	(void)snprintf(path, sizeof path, "%s/link.c", folder.path);
	assert_int_equal(symlink("bq.c", path), 0);
	(void)snprintf(path, sizeof path, "%s/way", folder.path);
	assert_int_equal(symlink("sub", path), 0);
	(void)snprintf(path, sizeof path, "%s/fifo.c", folder.path);
	assert_int_equal(mkfifo(path, 0600), 0);
	folder.lines.sources_fd = open(folder.path,
				       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &folder;
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "bq.c",   "sub/x.c", "sub",
					     "link.c", "way",     "fifo.c" };
	struct folder *folder = *state;
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		(void)unlinkat(folder->lines.sources_fd, names[i],
			       i == 2 ? AT_REMOVEDIR : 0);
	(void)close(folder->lines.sources_fd);
	return rmdir(folder->path);
}

/* "" if there is no such line. */
static const char *source(const struct folder *folder, const char *file,
			  uint32_t number)
{
	static char text[EXPLORER_SOURCE_MAX];
	struct explorer_line line = { .line = number };

	(void)snprintf(line.file, sizeof line.file, "%s", file);
	if (!explorer_lines_source(&folder->lines, &line, text))
		return "";
	return text;
}

static void test_source__is_the_line_made_printable(void **state)
{
	const struct folder *folder = *state;

	assert_string_equal(source(folder, "bq.c", 1), "one");
	assert_string_equal(source(folder, "bq.c", 2), "two three");
	assert_string_equal(source(folder, "bq.c", 3), "");
	assert_string_equal(source(folder, "bq.c", 4), "gr\xc3\xbc\xc3\x9f"
						       "e ? ?[1m ???");
	assert_string_equal(source(folder, "bq.c", 5), "last");
	assert_string_equal(source(folder, "bq.c", 6), "");
	assert_string_equal(source(folder, "sub/x.c", 1), "below");
}

static void test_source__stays_below_its_folder(void **state)
{
	const struct folder *folder = *state;

	assert_string_equal(source(folder, "link.c", 1), "");
	assert_string_equal(source(folder, "way/x.c", 1), "");
	assert_string_equal(source(folder, "fifo.c", 1), "");
	assert_string_equal(source(folder, "sub", 1), "");
	assert_string_equal(source(folder, "/etc/passwd", 1), "");
	assert_string_equal(source(folder, "sub/../bq.c", 1), "");
	assert_string_equal(source(folder, "../../etc/passwd", 1), "");
	assert_string_equal(source(folder, "", 1), "");
	assert_string_equal(source(folder, "sub//x.c", 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines__name_function_file_and_line),
		cmocka_unit_test(test_lines__of_no_program_are_unknown),
		cmocka_unit_test(test_source__is_the_line_made_printable),
		cmocka_unit_test(test_source__stays_below_its_folder),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
