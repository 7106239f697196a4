/*
 * cmd_report.c - "assay report": what reports say, for who did not grade
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "blind.h"
#include "blind_view.h"
#include "cmd_report.h"
#include "command.h"
#include "command_merge.h"
#include "command_rubric.h"
#include "commands.h"
#include "explain.h"
#include "format.h"
#include "format_parts.h"
#include "report.h"
#include "report_file.h"
#include "report_list.h"
#include "report_site.h"
#include "report_view.h"
#include "summary.h"
#include "text.h"

#define FILE_COLUMNS 80 /* of text in a file, whose reader is not known */

static const char help[] =
	"usage: assay report [OPTIONS] REPORT|RESULTS...\n"
	"       assay report --similarity [OPTIONS] RESULTS\n"
	"       assay report --merge DIR... --out DIR\n"
	"       assay report --verify [--key PUBLIC] REPORT|RESULTS...\n"
	"       assay report --rubric-sheets FOLDER --rater NAME "
	"REPORT|RESULTS...\n"
	"\n"
	"Tell what is in reports that \"assay grade\" wrote: to people, or in "
	"the\n"
	"format of another program. A result folder stands for all its "
	"reports.\n"
	"\n"
	"      --format text    as \"assay check\" tells a candidate, a folder "
	"by\n"
	"                       its summary (default)\n"
	"      --format json    as they are, one document behind the other\n"
	"      --format html    pages to read; with -o FOLDER also an index "
	"of\n"
	"                       all of them, index.html\n"
	"      --format junit|sarif|tap|csv\n"
	"                       all reports in one document\n"
	"      --format ctrf|gradescope\n"
	"                       a document for each report\n"
	"      --audience candidate|grader|team\n"
	"                       only what they may see (default: grader, who\n"
	"                       sees all)\n"
	"  -o, --out PATH       write to this file; with a document for each\n"
	"                       report, into this folder, which is made; the\n"
	"                       document of one report may go to a file that "
	"is\n"
	"                       named as it should be (page.html)\n"
	"      --blind          for raters who are not to know whose it is: a\n"
	"                       pseudonym for each, names left out of all "
	"texts,\n"
	"                       rows by pseudonym; who is who is kept beside "
	"the\n"
	"                       results, in blind.json and blind.key\n"
	"      --blind-map PATH keep it in PATH.json and PATH.key instead\n"
	"      --names CSV      with --blind: what candidates are called; each "
	"line\n"
	"                       an id or path, then names, mail, accounts\n"
	"      --sources DIR    with --blind: write what was handed in to "
	"DIR as\n"
	"                       well, names left out, as far as it is still "
	"there\n"
	"      --rubric FOLDER  also what people score: FOLDER/RATER/ID.json "
	"of each\n"
	"                       submission ID, 0 to 4 for each dimension and\n"
	"                       comments on lines; never added to the points, "
	"never\n"
	"                       shown to candidates. The index says how far "
	"two\n"
	"                       raters agree\n"
	"      --rubric-sheets FOLDER\n"
	"                       make empty files of that kind, to be filled "
	"in by\n"
	"                       --rater; what is there stays as it is\n"
	"      --rater NAME     whose they are\n"
	"      --all            text: also what passing tests measured and\n"
	"                       printed; of a folder each report\n"
	"      --similarity     which submissions of RESULTS have the most "
	"code alike:\n"
	"                       a list (text, json), or side by side as part "
	"of the\n"
	"                       pages (html); reads them where they were "
	"graded\n"
	"                       from; not for candidates\n"
	"      --merge          put the result folders of \"assay grade "
	"--shard K/N\"\n"
	"                       together in --out, an empty folder or none: "
	"what one\n"
	"                       machine would have made; prints its summary\n"
	"      --verify         say of each, in one line, whether it is what "
	"the\n"
	"                       grader wrote: fine, tampered, swapped, "
	"truncated,\n"
	"                       unsigned, other key; of a results folder also\n"
	"                       whether its reports are all there, in their\n"
	"                       order\n"
	"      --key PUBLIC     the grader's public key: a file, or its "
	"digits\n"
	"                       (default: your own, ~/.local/share/assay/"
	"key.pub)\n"
	"      --help\n"
	"\n"
	"Exit status: 0 done, whatever the verdicts are; 1 --verify, and one "
	"is\n"
	"not fine; 2 wrong usage, or something that is no report; 3 the "
	"harness\n"
	"or this host failed.\n"
	"\n"
	"examples:\n"
	"  assay report results\n"
	"  assay report results --format html -o pages\n"
	"  assay report results/reports/ada.json --format junit -o ada.xml\n"
	"  assay report results --format html --similarity -o pages\n"
	"  assay report results --format html --blind -o for-raters\n"
	"  assay report results --rubric-sheets rubric --rater ann\n"
	"  assay report results --rubric rubric --format html -o pages\n"
	"  assay report --merge shard-* --out results\n";

static const struct option long_options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "audience", required_argument, NULL, 'u' },
	{ "out", required_argument, NULL, 'o' },
	{ "blind", no_argument, NULL, 'b' },
	{ "blind-map", required_argument, NULL, 'B' },
	{ "names", required_argument, NULL, 'n' },
	{ "sources", required_argument, NULL, 'c' },
	{ "all", no_argument, NULL, 'a' },
	{ "similarity", no_argument, NULL, 'l' },
	{ "merge", no_argument, NULL, 'm' },
	{ "verify", no_argument, NULL, 'v' },
	{ "key", required_argument, NULL, 'k' },
	{ "rubric", required_argument, NULL, 'r' },
	{ "rubric-sheets", required_argument, NULL, 's' },
	{ "rater", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct rendering {
	const struct format *format; /* NULL: text or JSON */
	bool json;
	enum audience audience;
	const char *path;         /* --out, or NULL */
	FILE *out;                /* where it goes when all go to one place */
	struct report_site *site; /* where pages go */
	size_t count;             /* reports written there */
	bool all;
	bool titled; /* more than one: say which */
	bool merge;  /* folders, not reports */
	bool verify;
	const char *key;
	bool similarity;
	const char *results; /* the folder it is of */
	bool blind;
	const char *blind_map, *names, *sources; /* NULL: not told */
	struct report_blind *blinder;            /* while it renders */
	struct report_blind *known; /* not blind: who was called what */
	const char *rubric;         /* folder of what people scored, or NULL */
	const char *sheets;         /* the same, to make sheets in */
	const char *rater;
	struct ratings *ratings; /* of rubric */
};

int report_read(const char *path, json_t **ret)
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
	/* People's marks come from their files, and from nowhere else. */
	(void)json_object_del(report, "ratings");
	*ret = report;
	return COMMAND_DONE;
}

static bool is_coloured(const struct rendering *rendering)
{
	return rendering->out == stdout && command_colour(STDOUT_FILENO);
}

static void write_title(const struct rendering *rendering, const char *path)
{
	if (rendering->titled)
		(void)fprintf(rendering->out, "== %s\n", path);
}

static void write_end(const struct rendering *rendering)
{
	if (rendering->titled)
		(void)fputc('\n', rendering->out);
}

static void write_text(const struct rendering *rendering, const char *path,
		       const json_t *view)
{
	write_title(rendering, blind_view_is(view)
				       ? format_string(view, "submission.id")
				       : path);
	explain_view(view, rendering->out,
		     rendering->out == stdout ? command_columns(STDOUT_FILENO)
					      : FILE_COLUMNS,
		     is_coloured(rendering), rendering->all);
	write_end(rendering);
}

/* The report's file name, without ".json", or the pseudonym that is on it.
 * free() it. */
static char *name_of(const char *path, const json_t *view)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *end = strrchr(name, '.');

	if (blind_view_is(view))
		return blind_file_name(format_string(view, "submission.id"));
	return text_format("%.*s",
			   (int)(end && strcmp(end, ".json") == 0
					 ? end - name
					 : (ptrdiff_t)strlen(name)),
			   name);
}

/* Into the folder --out, named as the report is. */
static int write_own_file(const struct rendering *rendering, const char *path,
			  const json_t *view)
{
	AUTO_FREE char *name = name_of(path, view);
	AUTO_FREE char *text = NULL, *to = NULL;
	struct error err = { 0 };
	size_t size = 0;
	FILE *out;
	int r;

	if (rendering->site) {
		r = report_site_add(rendering->site, view, name, &err);
	} else {
		CHECK(rendering->format);
		out = open_memstream(&text, &size);
		ENOUGH(out);
		format_write(rendering->format, out, view);
		text_stream_close(out, &text);
		to = text_format("%s/%s%s", rendering->path, name,
				 rendering->format->suffix);
		r = report_file_replace(to, text, size, &err);
	}
	return r < 0 ? command_input("report", err.code, "%s", err.text)
		     : COMMAND_DONE;
}

/* A result folder, by its summary. */
static int tell_folder(const struct rendering *rendering, const char *path)
{
	struct summary *summary = summary_new();
	struct error err = { 0 };
	int r = summary_read(summary, path, &err);

	if (r == 0) {
		write_title(rendering, path);
		summary_print(summary, rendering->out, is_coloured(rendering));
		write_end(rendering);
	}
	summary_free(summary);
	return r < 0 ? command_input("report", err.code, "%s", err.text)
		     : COMMAND_DONE;
}

static void write_together(struct rendering *rendering, const json_t *view)
{
	const struct format *format = rendering->format;

	(void)fputs(rendering->count ? format->between : format->head,
		    rendering->out);
	format->report(rendering->out, view, rendering->count);
}

/* All that any format is given: what the audience may see. */
static json_t *view_of(const struct rendering *rendering, const char *path,
		       const json_t *report)
{
	json_t *view = report_view(report, rendering->audience), *blinded;

	if (!rendering->blinder)
		return view;
	blinded = report_blind_view(rendering->blinder, path, report, view);
	json_decref(view);
	return blinded;
}

static int render(struct rendering *rendering, const char *path)
{
	json_auto_t *report = NULL, *view = NULL;
	int status = report_read(path, &report), marked, wrote;

	if (status)
		return status;
	/* A page that lacks a bad file's marks is better than no page. */
	marked = command_rubric_attach(rendering->ratings,
				       rendering->blinder ? rendering->blinder
							  : rendering->known,
				       report);
	view = view_of(rendering, path, report);
	if (!rendering->out) {
		wrote = write_own_file(rendering, path, view);
		return wrote > marked ? wrote : marked;
	}
	if (rendering->format) {
		write_together(rendering, view);
	} else if (rendering->json) {
		(void)json_dumpf(view, rendering->out,
				 JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		(void)fputc('\n', rendering->out);
	} else {
		write_text(rendering, path, view);
	}
	rendering->count++;
	return marked;
}

static bool parse_format(const char *name, struct rendering *rendering)
{
	rendering->format = format_find(name);
	rendering->json = strcmp(name, "json") == 0;
	return rendering->format || rendering->json ||
	       strcmp(name, "text") == 0;
}

/* One document that is to be a file: "-o page.html". */
static bool is_one_file(const struct rendering *rendering, size_t count)
{
	const char *suffix = rendering->format->suffix;
	size_t size = strlen(rendering->path), end = strlen(suffix);
	struct stat st;

	return count == 1 && size > end &&
	       strcmp(rendering->path + size - end, suffix) == 0 &&
	       (stat(rendering->path, &st) < 0 || !S_ISDIR(st.st_mode));
}

/* A document for each report. */
static int open_folder(struct rendering *rendering)
{
	struct error err = { 0 };

	rendering->out = NULL;
	if (rendering->blinder &&
	    report_blind_folder(rendering->blinder, rendering->path) != 0)
		return COMMAND_USAGE;
	if (strcmp(rendering->format->name, "html") == 0) {
		if (report_site_new(rendering->path, &rendering->site, &err) ==
		    0)
			return COMMAND_DONE;
		return command_input("report", err.code, "--out: %s", err.text);
	}
	if (mkdir(rendering->path, 0777) == 0 || errno == EEXIST)
		return COMMAND_DONE;
	return command_input("report", errno, "--out: %s: %s", rendering->path,
			     strerror(errno));
}

/* Where it all goes; @count reports are to come. */
static int open_output(struct rendering *rendering, size_t count)
{
	const struct format *format = rendering->format;

	rendering->out = stdout;
	if (!rendering->path && format && !format->together && count > 1)
		return command_usage("report",
				     "--format %s has a document for each "
				     "report: -o names the folder for them",
				     format->name);
	if (!rendering->path)
		return COMMAND_DONE;
	if (format && !format->together && !is_one_file(rendering, count))
		return open_folder(rendering);
	rendering->out = fopen(rendering->path, "we");
	if (rendering->out)
		return COMMAND_DONE;
	return command_input("report", errno, "--out: %s: %s", rendering->path,
			     strerror(errno));
}

static int close_site(struct rendering *rendering)
{
	struct error err = { 0 };

	if (report_site_end(rendering->site, &err) == 0)
		return COMMAND_DONE;
	return command_input("report", err.code, "%s", err.text);
}

/* What was written to one place is whole only when this has gone well. */
static int close_output(struct rendering *rendering)
{
	bool failed;

	if (!rendering->out)
		return close_site(rendering);
	if (rendering->format) {
		if (rendering->count == 0)
			(void)fputs(rendering->format->head, rendering->out);
		rendering->format->tail(rendering->out, rendering->count);
	}
	failed = ferror(rendering->out) != 0;
	if (rendering->out == stdout)
		failed = fflush(stdout) != 0 || failed;
	else
		failed = fclose(rendering->out) != 0 || failed;
	return failed ? command_fault("report", "%s: cannot be written",
				      rendering->path ? rendering->path
						      : "standard output")
		      : COMMAND_DONE;
}

/* Into an index, and for whom it is blind, without names. */
static void put_audit(const struct rendering *rendering, const json_t *audit)
{
	json_auto_t *given = json_deep_copy(audit);
	json_t *one;
	size_t i;

	if (!rendering->site || !given)
		return;
	json_array_foreach (json_object_get(given, "differing"), i, one)
		if (rendering->blinder)
			report_blind_tell(rendering->blinder, one);
	report_site_audit(rendering->site, given);
}

static int render_list(struct rendering *rendering,
		       const struct report_list *list)
{
	int status = open_output(rendering, list->count), closed;
	size_t i;

	if (status)
		return status;
	rendering->titled = list->count > 1;
	put_audit(rendering, list->audit);
	for (i = 0; i < list->count; i++) {
		const struct report_listed *item = &list->items[i];
		int r = item->is_folder ? tell_folder(rendering, item->path)
					: render(rendering, item->path);

		if (r > status)
			status = r;
	}
	if (!status && rendering->similarity)
		status = report_similarity_site(rendering->results,
						rendering->site);
	closed = close_output(rendering);
	return closed > status ? closed : status;
}

static int render_blind(struct rendering *rendering, struct report_list *list)
{
	int status, end;

	if (list->count == 0)
		return render_list(rendering, list);
	status = report_blind_new(list, rendering->blind_map, rendering->names,
				  &rendering->blinder);
	if (status)
		return status;
	status = report_blind_sort(rendering->blinder, list, report_read);
	if (!status && rendering->sources)
		status = report_blind_sources(rendering->blinder,
					      rendering->sources);
	if (!status) {
		status = rendering->sheets
				 ? command_rubric_sheets(rendering->sheets,
							 rendering->rater, list,
							 rendering->blinder)
				 : render_list(rendering, list);
		end = report_blind_end(rendering->blinder);
		status = end > status ? end : status;
	}
	report_blind_free(rendering->blinder);
	return status;
}

/* Marks may have been given blind. */
static int render_named(struct rendering *rendering,
			const struct report_list *list)
{
	int status = COMMAND_DONE;

	if (rendering->sheets)
		return command_rubric_sheets(rendering->sheets,
					     rendering->rater, list, NULL);
	if (rendering->rubric && list->count > 0)
		status = report_blind_find(list, rendering->blind_map,
					   &rendering->known);
	if (!status)
		status = render_list(rendering, list);
	report_blind_free(rendering->known);
	return status;
}

/* A candidate's summary would be of all others, and has their names. */
static bool tells_folders(const struct rendering *rendering)
{
	return !rendering->format && !rendering->json && !rendering->all &&
	       !rendering->blind && !rendering->rubric && !rendering->sheets &&
	       rendering->audience != AUDIENCE_CANDIDATE;
}

static int render_all(struct rendering *rendering, char *const *paths,
		      int count)
{
	struct report_list list = { .items = NULL };
	int status = COMMAND_DONE, i;

	if (rendering->rubric)
		status = command_rubric_open(rendering->rubric,
					     &rendering->ratings);
	for (i = 0; !status && i < count; i++) {
		struct error err = { 0 };

		if (report_list_add(&list, paths[i], tells_folders(rendering),
				    &err) < 0)
			status = command_input("report", err.code, "%s",
					       err.text);
	}
	if (!status)
		status = rendering->blind ? render_blind(rendering, &list)
					  : render_named(rendering, &list);
	report_list_release(&list);
	ratings_free(rendering->ratings);
	return status;
}

/* --similarity as text or JSON is of nothing else. */
static int tell_similarity(struct rendering *rendering)
{
	int status = open_output(rendering, 1), closed;

	if (status)
		return status;
	status = report_similarity_print(rendering->results, rendering->json,
					 rendering->out);
	closed = close_output(rendering);
	return closed > status ? closed : status;
}

static int check_similarity(struct rendering *rendering, char *const *paths,
			    int count)
{
	bool folder = rendering->format && rendering->path &&
		      !is_one_file(rendering, 1);

	if (rendering->blind)
		return command_usage("report",
				     "--similarity shows code as it was handed "
				     "in: it does not go with --blind");
	rendering->results = paths[0];
	return report_similarity_check(rendering->audience, rendering->format,
				       folder, paths, count);
}

/* 0, or the exit status of a wrong value. */
static int take_option(struct rendering *rendering, int option)
{
	switch (option) {
	case 'f':
		if (!parse_format(optarg, rendering))
			return command_usage("report",
					     "--format: bad value '%s' (text, "
					     "json, %s)",
					     optarg, format_names);
		return 0;
	case 'u':
		if (!audience_parse(optarg, &rendering->audience))
			return command_usage(
				"report", "--audience: bad value '%s'", optarg);
		return 0;
	case 'o':
		rendering->path = optarg;
		return 0;
	case 'b':
		rendering->blind = true;
		return 0;
	case 'B':
		rendering->blind_map = optarg;
		return 0;
	case 'n':
		rendering->names = optarg;
		return 0;
	case 'c':
		rendering->sources = optarg;
		return 0;
	case 'm':
		rendering->merge = true;
		return 0;
	case 'v':
		rendering->verify = true;
		return 0;
	case 'l':
		rendering->similarity = true;
		return 0;
	case 'k':
		rendering->key = optarg;
		return 0;
	case 'r':
		rendering->rubric = optarg;
		return 0;
	case 's':
		rendering->sheets = optarg;
		return 0;
	case 'w':
		rendering->rater = optarg;
		return 0;
	default:
		rendering->all = true;
		return 0;
	}
}

int cmd_report(int argc, char **argv)
{
	struct rendering rendering = { .audience = AUDIENCE_GRADER };
	int option, status;

	while ((option = getopt_long(argc, argv, ":o:", long_options, NULL)) !=
	       -1) {
		if (option == 'h')
			return command_help(help);
		if (option == '?' || option == ':')
			return command_bad_option("report", argv, option);
		status = take_option(&rendering, option);
		if (status)
			return status;
	}
	if (rendering.blind && (rendering.merge || rendering.verify))
		return command_usage("report", "--blind goes neither with "
					       "--merge nor with --verify");
	if (rendering.merge)
		return command_merge(argv + optind, (size_t)(argc - optind),
				     rendering.path, rendering.json);
	if (optind == argc)
		return command_usage("report", "no report given "
					       "(see assay report --help)");
	if (rendering.verify)
		return report_verify(argv + optind, argc - optind,
				     rendering.key);
	if (rendering.key)
		return command_usage("report", "--key goes with --verify");
	if (!rendering.blind && (rendering.names || rendering.sources))
		return command_usage("report", "--names and --sources go with "
					       "--blind");
	if (!rendering.blind && !rendering.rubric && rendering.blind_map)
		return command_usage("report", "--blind-map goes with --blind "
					       "or --rubric");
	if (rendering.rater && !rendering.sheets)
		return command_usage("report",
				     "--rater goes with --rubric-sheets");
	if (rendering.similarity) {
		status = check_similarity(&rendering, argv + optind,
					  argc - optind);
		if (status)
			return status;
		if (!rendering.format)
			return tell_similarity(&rendering);
	}
	return render_all(&rendering, argv + optind, argc - optind);
}
