/*
 * fuzz_options.c - values of options, as a person typed them
 *
 * An input is one value. What is taken for a number must be that number.
 */
#include "fuzz.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "exercise.h"
#include "manifest.h"
#include "workspace.h"

/* A number is digits; what printing it again gives, but for leading zeroes. */
static void check_number(const char *text)
{
	uint64_t number = 0;
	char again[32];

	if (!command_number(text, 1, 1000000, &number))
		return;
	CHECK(number >= 1 && number <= 1000000);
	(void)snprintf(again, sizeof again, "%llu", (unsigned long long)number);
	CHECK(strcmp(text + strspn(text, "0"), again) == 0);
}

static void check_bytes(const char *text)
{
	uint64_t bytes = 0;
	size_t digits = strspn(text, "0123456789");

	if (!command_bytes(text, &bytes))
		return;
	CHECK(bytes > 0 && digits > 0);
	CHECK(text[digits] == '\0' || text[digits + 1] == '\0');
}

static void check_seconds(const char *text)
{
	uint64_t us = 0;

	if (!command_seconds(text, &us))
		return;
	CHECK(us > 0);
	CHECK(text[strspn(text, "0123456789.")] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	AUTO_FREE char *text = fuzz_string(&input);
	enum box_level level = BOX_LEVEL_MINIMAL;

	check_number(text);
	check_bytes(text);
	check_seconds(text);
	if (command_level(text, &level))
		CHECK(strcmp(box_level_name(level), text) == 0);
	/* What becomes a part of a path. */
	if (exercise_id_ok(text)) {
		CHECK(!strstr(text, "..") && *text != '/');
		fuzz_check_line(text);
	}
	if (manifest_id_ok(text))
		CHECK(!strchr(text, '/') && *text != '.');
	if (fileset_path_ok(text)) {
		CHECK(*text && *text != '/' && !strchr(text, '\\'));
		CHECK(strlen(text) <= FILESET_PATH_MAX);
		CHECK(!strstr(text, "//") && !strstr(text, "/../"));
		CHECK(strncmp(text, "../", 3) != 0);
		fuzz_check_line(text);
	}
	(void)workspace_archive_ok(text);
	return 0;
}
