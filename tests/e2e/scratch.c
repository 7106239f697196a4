#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <assay/cleanup.h>

#include "patch.h"
#include "process.h"
#include "text.h"

char *scratch_new(void)
{
	char *path = text_format("/tmp/e2e-XXXXXX");

	assert_non_null(mkdtemp(path));
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static void run(const char *const *argv)
{
	struct process process;

	process_start(&process, argv, NULL);
	process_wait(&process);
	assert_status(&process, 0);
	process_release(&process);
}

void scratch_remove(char *path)
{
	run((const char *[]){ "rm", "-rf", path, NULL });
	free(path);
}

int scratch_setup(void **state)
{
	*state = scratch_new();
	return 0;
}

int scratch_teardown(void **state)
{
	scratch_remove(*state);
	return 0;
}

char *scratch_path(const char *folder, const char *name)
{
	return text_format("%s/%s", folder, name);
}

char *scratch_write(const char *folder, const char *name, const char *text)
{
	char *path = scratch_path(folder, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

void scratch_copy(const char *from, const char *to)
{
	AUTO_FREE char *inside = scratch_path(from, ".");

	run((const char *[]){ "mkdir", "-p", to, NULL });
	run((const char *[]){ "cp", "-R", inside, to, NULL });
}

/* What a mutant changes of the reference solution that is there already. */
static void apply_diff(const char *folder)
{
	AUTO_FREE char *path = scratch_path(folder, "bq.c.diff");
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *diff = NULL;
	AUTO_FREE char *made = NULL;
	struct error err;
	size_t size;

	if (access(path, F_OK) < 0)
		return;
	text = scratch_read(folder, "bq.c");
	diff = scratch_read(folder, "bq.c.diff");
	if (patch_apply(text, strlen(text), diff, strlen(diff), &made, &size,
			&err) < 0)
		fail_msg("%s: %s", path, err.text);
	free(scratch_write(folder, "bq.c", made));
	assert_int_equal(unlink(path), 0);
}

char *scratch_submission(const char *folder, const char *name,
			 const char *layer)
{
	static const char solution[] = "exercises/" BOUNDED_QUEUE "/solution/c";
	const char *layers[] = { solution, layer };
	char *path = scratch_path(folder, name);
	size_t i;

	for (i = 0; i < 2; i++) {
		AUTO_FREE char *from = source_path(layers[i]);

		scratch_copy(from, path);
	}
	apply_diff(path);
	free(scratch_write(path, ".assay.json",
			   "{\"exercise\": \"" BOUNDED_QUEUE "\", "
			   "\"version\": \"1.0.0\", \"language\": \"c\"}\n"));
	return path;
}

char *scratch_read(const char *folder, const char *name)
{
	AUTO_FREE char *path = scratch_path(folder, name);
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		fail_msg("%s is not there", path);
	/* to its end: no text has this byte */
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	(void)fclose(file);
	return text;
}

json_t *scratch_parse(const char *text)
{
	json_error_t error;
	json_t *document = json_loads(text, 0, &error);

	if (!document)
		fail_msg("not JSON: %s\n%s", error.text, text);
	return document;
}

json_t *scratch_json(const char *folder, const char *name)
{
	AUTO_FREE char *text = scratch_read(folder, name);

	return scratch_parse(text);
}

const json_t *report_test(const json_t *report, const char *id)
{
	json_t *test;
	size_t i;

	json_array_foreach (json_object_get(report, "tests"), i, test) {
		if (strcmp(json_text(test, "id"), id) == 0)
			return test;
	}
	fail_msg("the report has no test %s", id);
	return NULL;
}

const char *json_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double json_value(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}
