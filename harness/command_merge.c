#include "command_merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "command.h"
#include "merge.h"
#include "summary.h"
#include "text.h"

static void warn_of_errors(const struct merge *merge)
{
	const json_t *error;
	size_t i;

	json_array_foreach (merge_errors(merge), i, error)
		(void)command_usage(
			"report", "not graded: %s",
			json_string_value(json_object_get(error, "message")));
}

/* Shards may have had different hosts, which no verdict can see past. */
static void warn_of_environment(const struct merge *merge)
{
	json_t *environment = json_deep_copy(merge_environment(merge)), *values,
	       *first;
	const char *what, *value;

	ENOUGH(environment);
	json_object_foreach (environment, what, values) {
		if (json_object_size(values) < 2)
			continue;
		(void)fprintf(stderr,
			      "assay report: %s is not the same "
			      "everywhere:",
			      what);
		json_object_foreach (values, value, first)
			(void)fprintf(stderr, " %s (%s)", value,
				      json_string_value(first));
		(void)fputc('\n', stderr);
	}
	json_decref(environment);
}

static int print_summary(const char *out, size_t shards, bool json)
{
	AUTO_FREE char *path = text_format("%s/summary.json", out);
	struct summary *summary = NULL;
	struct error err = { 0 };
	int r;

	if (json) {
		json_auto_t *document = json_load_file(path, 0, NULL);

		(void)json_dumpf(document, stdout,
				 JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		(void)putchar('\n');
		return COMMAND_DONE;
	}
	summary = summary_new();
	r = summary_read(summary, out, &err);
	if (r == 0)
		summary_print(summary, stdout, command_colour(STDOUT_FILENO));
	summary_free(summary);
	if (r < 0)
		return command_fault("report", "%s", err.text);
	(void)printf("\n%zu shards merged; reports: %s/reports/, summary: "
		     "%s/summary.csv\n",
		     shards, out, out);
	return COMMAND_DONE;
}

int command_merge(char *const *dirs, size_t count, const char *out, bool json)
{
	struct error err = { 0 };
	struct merge *merge;
	int status, r = 0;
	size_t i;

	if (count == 0)
		return command_usage("report", "--merge: no result folder "
					       "given");
	if (!out)
		return command_usage("report", "--merge needs --out: where to "
					       "write the results");
	merge = merge_new();
	for (i = 0; r == 0 && i < count; i++)
		r = merge_add(merge, dirs[i], &err);
	if (r == 0)
		r = merge_complete(merge, &err);
	if (r == 0)
		r = merge_write(merge, out, &err);
	if (r < 0) {
		status = command_input("report", err.code, "--merge: %s",
				       err.text);
	} else {
		warn_of_environment(merge);
		warn_of_errors(merge);
		status = print_summary(out, count, json);
		if (!status && json_array_size(merge_errors(merge)) > 0)
			status = COMMAND_USAGE;
	}
	merge_free(merge);
	return status;
}
