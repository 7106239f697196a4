/*
 * cmd_doctor.c - "assay doctor": what isolation this host gives, and how to
 * get more
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include <assay/cleanup.h>

#include "box_client.h"
#include "build.h"
#include "command.h"
#include "commands.h"
#include "explain_parts.h"
#include "home.h"
#include "loop.h"
#include "machine_limits.h"
#include "report_machine.h"
#include "report_parts.h"
#include "text.h"

static const char help[] =
	"usage: assay doctor [--json]\n"
	"\n"
	"Start a box, run compilers in it, and say which layers of isolation "
	"are\n"
	"in force here, which are not and why, and the command that turns each "
	"on;\n"
	"and which languages there are compilers or interpreters for.\n"
	"\n"
	"Levels: full; limited (no cgroup: the same without kernel accounting "
	"of\n"
	"the whole process tree); minimal (no user namespaces: Landlock and "
	"seccomp\n"
	"instead). A host with neither user namespaces nor Landlock gives no "
	"box.\n"
	"\n"
	"Exit status: 0 boxes work here; 3 they do not.\n";

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

#define DETAIL_COLUMN 25
/* Languages of exercises, and what of each runs in a box that can do without a
 * source; no exercise goes without the first. */
static const struct {
	const char *name, *title, *command, *package;
} languages[] = {
	{ "c", "C", "gcc --version", "gcc" },
	{ "cpp", "C++", "g++ --version", "g++" },
	{ "python", "Python", "/usr/bin/python3 -I -c ''", "python3" },
};
#define LANGUAGES (sizeof languages / sizeof *languages)

struct examination {
	bool ok;
	unsigned missing; /* bit i: languages[i] */
	char fault[ERROR_TEXT_MAX];
	struct box_result result;
};

static void ran_cb(void *data, const struct box_result *result,
		   const struct box_files *files, const char *fault)
{
	struct examination *exam = data;

	(void)files;
	if (fault)
		(void)snprintf(exam->fault, sizeof exam->fault, "%s", fault);
	else
		exam->result = *result;
	if (!fault && result->outcome == BOX_EXITED &&
	    result->exit_status < 1 << LANGUAGES) {
		exam->missing = (unsigned)result->exit_status;
		exam->ok = !(exam->missing & 1);
	}
	if (exam->missing & 1)
		(void)snprintf(exam->fault, sizeof exam->fault,
			       "gcc is not installed, and exercises need it: "
			       "apt-get install gcc");
	else if (!fault && !exam->ok)
		(void)snprintf(exam->fault, sizeof exam->fault,
			       "a command in the box ended so: %s %s",
			       box_outcome_name(result->outcome), result->step);
}

/* Exits with the bits of what is missing. */
static char *examination_script(void)
{
	char *text = NULL;
	size_t size, i;
	FILE *script = open_memstream(&text, &size);

	ENOUGH(script);
	(void)fputs("missing=0\n", script);
	for (i = 0; i < LANGUAGES; i++)
		(void)fprintf(script,
			      "%s >/dev/null 2>&1 || "
			      "missing=$((missing + %d))\n",
			      languages[i].command, 1 << i);
	(void)fputs("exit $missing\n", script);
	text_stream_close(script, &text);
	return text;
}

/* A layer is told to be on by a box that just ran a compiler. */
static void examine(uv_loop_t *loop, struct box_client *client,
		    struct examination *exam)
{
	const struct box_limits limits = {
		.cpu_us = 10000000,
		.wall_us = 20000000,
		.memory_bytes = 256ull << 20,
		.processes = 32,
		.open_files = 64,
		.file_bytes = 16ull << 20,
		.output_bytes = 1ull << 20,
		.stack_bytes = 8ull << 20,
	};
	AUTO_FREE char *script = examination_script();
	struct boxspec spec;
	int i;

	boxspec_init(&spec, BOX_PROFILE_BUILD, &limits);
	boxspec_arg(&spec, "/bin/sh");
	boxspec_arg(&spec, "-c");
	boxspec_arg(&spec, script);
	build_environment(&spec);
	boxspec_cwd(&spec, "/work");
	for (i = 0; i < 3; i++)
		boxspec_fd(&spec, i, BOX_CHILD_DIRECT);
	box_client_run(client, &spec, ran_cb, exam);
	while (box_client_busy(client))
		(void)uv_run(loop, UV_RUN_ONCE);
}

/* What the level means for whoever grades here. */
static const char *meaning(uint32_t level)
{
	switch (level) {
	case BOX_LEVEL_FULL:
		return "All layers that levels are made of are on.";
	case BOX_LEVEL_LIMITED:
		return "Verdicts are the same as at level full; memory and "
		       "processor time of all processes together are looked "
		       "at in /proc instead of counted by the kernel.";
	default:
		return "Verdicts are the same as at level full. Programs see "
		       "their files under other names than /work and /tmp; "
		       "what cannot be kept apart here (loopback, System V "
		       "ipc) is refused, and a test that needs it is "
		       "inconclusive.";
	}
}

static void print_layer(struct paper *paper, const struct box_layer *layer)
{
	(void)printf("  %-18s ", layer->name);
	paper_status(paper, layer->on ? "pass" : "fail",
		     layer->on ? "on" : "off", 4);
	paper_rest(paper, DETAIL_COLUMN, layer->detail);
	if (layer->on || !layer->remedy[0])
		return;
	/* not wrapped: it is there to be copied */
	(void)printf("%*sto turn it on:\n%*s%s\n", DETAIL_COLUMN, "", 6, "",
		     layer->remedy);
}

/* What exercises in a language lack is a fault of this host's. */
static void print_languages(struct paper *paper, unsigned missing)
{
	size_t i;

	for (i = 0; i < LANGUAGES; i++) {
		(void)printf("  %-18s ", languages[i].title);
		paper_status(paper, missing & 1u << i ? "fail" : "pass",
			     missing & 1u << i ? "no" : "yes", 4);
		if (missing & 1u << i)
			(void)printf("its exercises are inconclusive here: "
				     "apt-get install %s",
				     languages[i].package);
		(void)printf("\n");
	}
	(void)printf("\n");
}

/* What makes tests of time slow here, or their times differ. */
static void print_machine(struct paper *paper)
{
	char hypervisor[MACHINE_TEXT_MAX], governor[MACHINE_TEXT_MAX];
	AUTO_FREE char *text = NULL;
	struct machine_limits limits;
	struct machine_moment now;
	AUTO_FREE char *quota = NULL;

	machine_hypervisor(hypervisor);
	machine_governor(governor);
	machine_limits(&limits);
	machine_look(&now);
	text = text_format("%u CPUs to use, load %.2f, governor %s%s%s.",
			   machine_cpus(), now.load[0], governor,
			   *hypervisor ? ", under the hypervisor " : "",
			   hypervisor);
	paper_text(paper, 0, "", text);
	if (limits.cpus <= 0 || limits.cpus >= machine_cpus())
		return;
	quota = text_format("A cpu quota of %.3g CPUs bounds all of this: "
			    "tests of time will be slow; \"--jobs %u\" is as "
			    "much as it can carry.",
			    limits.cpus,
			    limits.cpus < 1 ? 1 : (unsigned)limits.cpus);
	paper_text(paper, 0, "", quota);
}

static void print_text(const struct box_hello *hello,
		       const struct examination *exam)
{
	struct paper paper = paper_of(stdout, command_columns(STDOUT_FILENO));
	unsigned i;

	paper.colour = command_colour(STDOUT_FILENO);
	if (!exam->ok) {
		AUTO_FREE char *text = text_format("boxes do not work here: %s",
						   exam->fault);

		paper_text(&paper, 0, "", text);
		(void)printf("\n");
	}
	if (!hello)
		return;
	if (!hello->error)
		(void)printf("isolation level: %s\n\n",
			     box_level_name(hello->level));
	for (i = 0; i < hello->layers && i < BOX_LAYERS_MAX; i++)
		print_layer(&paper, &hello->layer[i]);
	(void)printf("\n");
	if (exam->ok) {
		print_languages(&paper, exam->missing);
		paper_text(&paper, 0, "", meaning(hello->level));
		paper_text(&paper, 0, "",
			   "A compiler was started in a box at this level, "
			   "and ran.");
		print_machine(&paper);
	}
}

static json_t *languages_json(unsigned missing)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < LANGUAGES; i++)
		report_set(object, languages[i].name,
			   json_boolean(!(missing & 1u << i)));
	return object;
}

static void print_json(const struct box_hello *hello,
		       const struct examination *exam)
{
	json_auto_t *object = json_object();

	report_set(object, "works", json_boolean(exam->ok));
	report_set(object, "fault", report_text(exam->ok ? NULL : exam->fault));
	report_set(object, "languages",
		   exam->ok ? languages_json(exam->missing) : json_null());
	report_set(object, "machine", report_machine());
	report_set(object, "isolation",
		   hello ? report_isolation(hello) : json_null());
	(void)json_dumpf(object, stdout, JSON_INDENT(2));
	(void)printf("\n");
}

int cmd_doctor(int argc, char **argv)
{
	struct examination exam = { 0 };
	struct box_client *client;
	const struct box_hello *hello;
	bool json = false;
	uv_loop_t loop;
	int option;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) !=
	       -1) {
		if (option == 'h')
			return command_help(help);
		if (option != 'j')
			return command_bad_option("doctor", argv, option);
		json = true;
	}
	if (optind < argc)
		return command_usage("doctor", "takes no '%s'", argv[optind]);
	loop_open(&loop);
	client = box_client_new(&loop, home_sandbox(), NULL, 0);
	examine(&loop, client, &exam);
	hello = box_client_hello(client);
	if (json)
		print_json(hello, &exam);
	else
		print_text(hello, &exam);
	box_client_close(client);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	return exam.ok ? COMMAND_DONE : COMMAND_FAULT;
}
