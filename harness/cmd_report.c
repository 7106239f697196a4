/*
 * cmd_report.c - "assay report": what reports say, for who did not grade
 */
#include <getopt.h>
#include <string.h>

#include "cmd_report.h"
#include "cmd_report_render.h"
#include "command.h"
#include "command_merge.h"
#include "commands.h"

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

static bool parse_format(const char *name, struct rendering *rendering)
{
	rendering->format = format_find(name);
	rendering->json = strcmp(name, "json") == 0;
	return rendering->format || rendering->json ||
	       strcmp(name, "text") == 0;
}

static int check_similarity(struct rendering *rendering, char *const *paths,
			    int count)
{
	bool folder = rendering->format && rendering->path &&
		      !rendering_is_file(rendering, 1);

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
			return rendering_similarity(&rendering);
	}
	return rendering_all(&rendering, argv + optind, argc - optind);
}
