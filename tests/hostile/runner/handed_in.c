#include "handed_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"
#include "text.h"

#define SOLUTION "tests/hostile/exercise/solution/c/counter.c"

static char *solution_text(void)
{
	AUTO_FREE char *folder = source_path("");

	return scratch_read(folder, SOLUTION);
}

static void print_lines(FILE *file, const json_t *lines)
{
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		(void)fwrite(json_string_value(line), 1,
			     json_string_length(line), file);
		(void)fputc('\n', file);
	}
}

static void print_repeated(FILE *file, const json_t *content)
{
	const json_t *text = json_object_get(content, "repeat");
	double times = json_value(content, "times"), i;

	for (i = 0; text && i < times; i++)
		(void)fwrite(json_string_value(text), 1,
			     json_string_length(text), file);
}

static void write_content(const char *path, const json_t *content)
{
	AUTO_FREE char *solution = solution_text();
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	if (json_is_array(content))
		print_lines(file, content);
	print_lines(file, json_object_get(content, "before"));
	if (json_object_get(content, "around"))
		(void)fputs(solution, file);
	print_repeated(file, content);
	print_lines(file, json_object_get(content, "after"));
	assert_int_equal(fclose(file), 0);
}

static void make_folders(const char *path)
{
	char *copy = strdup(path), *slash;

	CHECK(copy);
	for (slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(copy, 0755);
		*slash = '/';
	}
	free(copy);
}

static void make_entry(const char *folder, const char *name,
		       const json_t *content)
{
	AUTO_FREE char *path = scratch_path(folder, name);
	const char *symlinked = json_text(content, "symlink");
	const char *linked = json_text(content, "hardlink");
	const char *mode = json_text(content, "mode");

	make_folders(path);
	if (*symlinked)
		assert_int_equal(symlink(symlinked, path), 0);
	else if (*linked)
		assert_int_equal(link(linked, path), 0);
	else if (json_object_get(content, "fifo"))
		assert_int_equal(mkfifo(path, 0644), 0);
	else
		write_content(path, content);
	if (*mode)
		assert_int_equal(chmod(path, (mode_t)strtoul(mode, NULL, 8)),
				 0);
}

void handed_in_honestly(const char *path)
{
	AUTO_FREE char *text = solution_text();

	assert_int_equal(mkdir(path, 0755), 0);
	free(scratch_write(path, "counter.c", text));
}

static void make_folder(const json_t *files, const char *path)
{
	const char *name;
	json_t *content;

	assert_int_equal(mkdir(path, 0755), 0);
	if (!json_object_get(files, "counter.c")) {
		AUTO_FREE char *text = solution_text();

		free(scratch_write(path, "counter.c", text));
	}
	json_object_foreach ((json_t *)(uintptr_t)files, name, content)
		make_entry(path, name, content);
}

static void make_archive(const json_t *archive, const char *folder,
			 const char *path)
{
	AUTO_FREE char *tool = source_path("tests/hostile/make-archive");
	AUTO_FREE char *solution = source_path(SOLUTION);
	AUTO_FREE char *input = scratch_path(folder, "description");
	AUTO_FREE char *script = text_format("exec %s '%s' < '%s'", tool, path,
					     input);
	json_auto_t *description = json_deep_copy(archive);
	struct process process;

	if (json_is_true(json_object_get(description, "honest")))
		CHECK(json_object_set_new(description, "honest",
					  json_string(solution)) == 0);
	assert_int_equal(json_dump_file(description, input, 0), 0);
	process_run(&process, NULL, "/bin/sh", "-c", script);
	assert_status(&process, 0);
	process_release(&process);
	assert_int_equal(unlink(input), 0);
}

char *handed_in(const struct hostile_case *hostile, const char *folder)
{
	const json_t *archive = json_object_get(hostile->data, "archive");
	const char *called = json_text(hostile->data, "called");
	char *path = text_format(
		"%s/%s%s%s", folder, *called ? called : "case",
		archive && !*called ? "." : "",
		archive && !*called ? json_text(archive, "format") : "");

	if (archive)
		make_archive(archive, folder, path);
	else
		make_folder(json_object_get(hostile->data, "files"), path);
	return path;
}
