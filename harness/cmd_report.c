/*
 * cmd_report.c - "assay report": what reports say, for who did not grade
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "command.h"
#include "commands.h"
#include "explain.h"
#include "report.h"

static const char help[] =
	"usage: assay report [OPTIONS] REPORT...\n"
	"\n"
	"Tell what is in reports that \"assay grade\" wrote, as \"assay "
	"check\"\n"
	"tells a candidate.\n"
	"\n"
	"      --format text|json  for a terminal (default), or as they are,\n"
	"                       one document behind the other\n"
	"      --all            also what passing tests measured and printed\n"
	"      --help\n"
	"\n"
	"Exit status: 0 done, whatever the verdicts are; 2 wrong usage, or\n"
	"something that is no report; 3 the harness or this host failed.\n"
	"\n"
	"example: assay report results/reports/ada.json\n";

static const struct option long_options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "all", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

enum format { FORMAT_TEXT, FORMAT_JSON };

struct rendering {
	enum format format;
	bool all;
	bool titled; /* more than one: say which */
};

static int load(const char *path, json_t **ret)
{
	json_error_t where;
	json_t *report = NULL;
	FILE *in = fopen(path, "re");
	json_int_t version;

	if (!in)
		return command_input("report", errno, "%s: %s", path,
				     strerror(errno));
	report = json_loadf(in, JSON_REJECT_DUPLICATES, &where);
	(void)fclose(in);
	if (!report)
		return command_usage("report", "%s: line %d: %s", path,
				     where.line, where.text);
	version = json_integer_value(json_object_get(report, "report_version"));
	if (version != REPORT_VERSION) {
		json_decref(report);
		return command_usage("report",
				     "%s: no report that this assay can read "
				     "(report_version is not %d)",
				     path, REPORT_VERSION);
	}
	*ret = report;
	return COMMAND_DONE;
}

static int render(const struct rendering *rendering, const char *path)
{
	json_auto_t *report = NULL;
	int status = load(path, &report);

	if (status)
		return status;
	if (rendering->format == FORMAT_JSON) {
		(void)json_dumpf(report, stdout,
				 JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		(void)putchar('\n');
		return COMMAND_DONE;
	}
	if (rendering->titled)
		(void)printf("== %s\n", path);
	explain_report(report, stdout, command_colour(STDOUT_FILENO),
		       rendering->all);
	if (rendering->titled)
		(void)putchar('\n');
	return COMMAND_DONE;
}

static bool parse_format(const char *name, enum format *ret)
{
	if (strcmp(name, "text") == 0)
		*ret = FORMAT_TEXT;
	else if (strcmp(name, "json") == 0)
		*ret = FORMAT_JSON;
	else
		return false;
	return true;
}

int cmd_report(int argc, char **argv)
{
	struct rendering rendering = { .format = FORMAT_TEXT };
	int option, status = COMMAND_DONE;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'f':
			if (!parse_format(optarg, &rendering.format))
				return command_usage("report",
						     "--format: bad value '%s'",
						     optarg);
			break;
		case 'a':
			rendering.all = true;
			break;
		case 'h':
			return command_help(help);
		default:
			return command_bad_option("report", argv, option);
		}
	}
	if (optind == argc)
		return command_usage("report", "no report given "
					       "(see assay report --help)");
	rendering.titled = argc - optind > 1;
	for (; optind < argc; optind++) {
		int r = render(&rendering, argv[optind]);

		if (r > status)
			status = r;
	}
	return status;
}
