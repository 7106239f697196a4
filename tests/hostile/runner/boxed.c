#include "boxed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <fcntl.h>
#include <seccomp.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "cases.h"
#include "fdio.h"
#include "tests/e2e/scratch.h"
#include "text.h"

/* Of "assay sandbox", when a box could not do what was asked for. */
#define STATUS_FAILED 3

static char *file_of(const struct boxed *boxed, const char *what)
{
	return text_format("%s/%s.%s", boxed->scratch, boxed->name, what);
}

void boxed_arg(struct boxed *boxed, const char *argument)
{
	if (boxed->argc == BOXED_ARGS_MAX)
		fail_msg("too many arguments");
	boxed->argv[boxed->argc++] = text_format("%s", argument);
}

static void arg_file(struct boxed *boxed, const char *option, const char *what)
{
	AUTO_FREE char *path = file_of(boxed, what);

	boxed_arg(boxed, option);
	boxed_arg(boxed, path);
}

void boxed_init(struct boxed *boxed, char *scratch, const char *name)
{
	AUTO_FREE char *programs = build_path("tests/hostile");
	AUTO_FREE char *bind = text_format("%s:/hostile", programs);

	memset(boxed, 0, sizeof *boxed);
	boxed->scratch = scratch;
	boxed->name = name;
	boxed_arg(boxed, "assay");
	boxed_arg(boxed, "sandbox");
	boxed_arg(boxed, "--bind");
	boxed_arg(boxed, bind);
	boxed_arg(boxed, "--env");
	boxed_arg(boxed, cases_mark());
	arg_file(boxed, "--result", "result");
	arg_file(boxed, "--stdout", "out");
	arg_file(boxed, "--stderr", "err");
}

void boxed_release(struct boxed *boxed)
{
	while (boxed->argc > 0)
		free(boxed->argv[--boxed->argc]);
	process_release(&boxed->process);
}

void boxed_args(struct boxed *boxed, const json_t *arguments)
{
	json_t *argument;
	size_t i;

	json_array_foreach (arguments, i, argument)
		boxed_arg(boxed, json_string_value(argument));
}

static char *translated(const char *word)
{
	int number;

	if (*word != '@')
		return text_format("%s", word);
	number = seccomp_syscall_resolve_name(word + 1);
	if (number == __NR_SCMP_ERROR)
		fail_msg("no system call is called %s", word + 1);
	return text_format("%d", number);
}

void boxed_command(struct boxed *boxed, const json_t *command)
{
	json_t *argument;
	size_t i;

	boxed_arg(boxed, "--");
	json_array_foreach (command, i, argument) {
		AUTO_FREE char *word = translated(json_string_value(argument));
		AUTO_FREE char *path = text_format("/hostile/%s", word);

		boxed_arg(boxed, i == 0 && *word != '/' ? path : word);
	}
}

void boxed_start(struct boxed *boxed)
{
	process_start(&boxed->process, (const char *const *)boxed->argv, NULL);
}

json_t *boxed_wait(struct boxed *boxed)
{
	json_t *results = json_array(), *result;
	AUTO_FREE char *text = NULL;
	char *rest, *line;
	bool failed = false;

	process_wait(&boxed->process);
	text = boxed_read(boxed, "result");
	for (rest = text; (line = strsep(&rest, "\n"));) {
		if (!*line)
			continue;
		result = scratch_parse(line);
		CHECK(json_array_append_new(results, result) == 0);
		failed |= strcmp(json_text(result, "outcome"), "failed") == 0;
	}
	assert_status(&boxed->process, failed ? STATUS_FAILED : 0);
	return results;
}

char *boxed_read(const struct boxed *boxed, const char *what)
{
	AUTO_FREE char *path = file_of(boxed, what);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = NULL;
	size_t size = 0, i;

	if (fd >= 0)
		text = fd_read_all(fd, &size);
	for (i = 0; text && i < size; i++)
		if (text[i] == '\0')
			text[i] = '.';
	return text ? text : text_format("%s", "");
}

int boxed_pipe(const struct boxed *boxed, const char *what)
{
	AUTO_FREE char *path = file_of(boxed, what);
	int fd;

	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void copy(json_t *seen, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value)
		CHECK(json_object_set(seen, key, value) == 0);
}

void boxed_tell(json_t *seen, const json_t *result)
{
	static const char *const plain[] = { "outcome", "exit_status",
					     "core_dumped", "level",
					     "collected" };
	static const char *const evidence[] = { "mechanism", "limit",
						"observed", "unit",
						"detail" };
	const json_t *call = json_object_get(result, "syscall");
	const char *key;
	json_t *value;
	size_t i;

	for (i = 0; i < sizeof plain / sizeof *plain; i++)
		copy(seen, result, plain[i]);
	for (i = 0; i < sizeof evidence / sizeof *evidence; i++)
		copy(seen, json_object_get(result, "evidence"), evidence[i]);
	json_object_foreach (json_object_get(result, "resources"), key, value)
		CHECK(json_object_set(seen, key, value) == 0);
	CHECK(json_object_set(seen, "signal",
			      json_object_get(result, "signal_name")) == 0);
	if (!call)
		return;
	CHECK(json_object_set(seen, "syscall", json_object_get(call, "name")) ==
	      0);
	copy(seen, call, "number");
	copy(seen, call, "args");
}
