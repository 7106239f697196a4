/*
 * cmd_sandbox.c - "assay sandbox": one command in a box, its result as JSON
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uv.h>

#include <assay/cleanup.h>

#include "box_client.h"
#include "boxthreads.h"
#include "build.h"
#include "command.h"
#include "commands.h"
#include "home.h"
#include "loop.h"
#include "report_parts.h"

#define REPEAT_MAX 1000000u
#define BINDS_MAX 16
#define COPY_BYTES (1u << 20) /* at a time */

static const char help[] =
	"usage: assay sandbox [OPTIONS] -- CMD [ARG...]\n"
	"\n"
	"Run one command in a box, as a submission would be run, and print "
	"its\n"
	"result as JSON: the last line of standard error, or --result FILE.\n"
	"\n"
	"      --profile run|build|judge|explore|dialogue\n"
	"                                 system calls allowed (run)\n"
	"      --cpu SECONDS              processor time of all its processes "
	"(10)\n"
	"      --wall SECONDS             time on the clock (10)\n"
	"      --memory BYTES[K|M|G]      memory of all its processes (256M)\n"
	"      --processes N              processes and threads (64)\n"
	"      --files N                  open descriptors of a process (64)\n"
	"      --file-size BYTES[K|M|G]   one file, and each of /tmp, /work "
	"(64M)\n"
	"      --output BYTES[K|M|G]      standard output and error (1M)\n"
	"      --stack BYTES[K|M|G]       stack of the first thread (8M)\n"
	"      --network none|loopback    (none)\n"
	"      --bind SRC[:DST][:rw]      show SRC of the host inside\n"
	"      --env K=V                  add a variable\n"
	"      --cwd DIR                  working folder inside (/work)\n"
	"      --stdin FILE, --stdout FILE, --stderr FILE\n"
	"      --result FILE              write the JSON result there\n"
	"      --repeat N                 run it N times; a result line for "
	"each\n"
	"      --then COMMAND             after each run, run /bin/sh -c "
	"COMMAND "
	"in\n"
	"                                 the same box; a result line of its "
	"own\n"
	"      --collect PATH=FILE        copy PATH, as the command left it in "
	"/work,\n"
	"                                 to FILE, if it is a plain file\n"
	"      --require full|limited|minimal\n"
	"                                 refuse to run below this isolation\n"
	"      --help\n"
	"\n"
	"Exit status: 0 the command ran, however it ended; 2 wrong usage;\n"
	"3 it could not be run.\n"
	"\n"
	"example: assay sandbox --wall 1 --bind $PWD -- $PWD/a.out\n";

struct sandbox_options {
	enum box_profile profile;
	enum box_network network;
	struct box_limits limits;
	char *binds[BINDS_MAX + 1];
	unsigned bind_count;
	char *env[BOX_ENV_MAX];
	unsigned env_count;
	const char *cwd;
	const char *stdin_path, *stdout_path, *stderr_path, *result_path;
	const char *collect[BOX_OUTPUTS_MAX]; /* "PATH=FILE" */
	unsigned collect_count;
	unsigned repeat;
	const char *then; /* NULL: nothing */
	bool need_level;
	enum box_level level;
	char **argv;
};

/* The runs of this command. */
struct sandbox_run {
	const struct sandbox_options *options;
	struct box_client *client;
	int fds[3];
	unsigned left;
	bool following; /* this run is the one of --then */
	FILE *results;
	int status;
};

/* ---- options ---- */

enum {
	OPT_PROFILE = 256,
	OPT_CPU,
	OPT_WALL,
	OPT_MEMORY,
	OPT_PROCESSES,
	OPT_FILES,
	OPT_FILE_SIZE,
	OPT_OUTPUT,
	OPT_STACK,
	OPT_NETWORK,
	OPT_BIND,
	OPT_ENV,
	OPT_CWD,
	OPT_STDIN,
	OPT_STDOUT,
	OPT_STDERR,
	OPT_RESULT,
	OPT_REPEAT,
	OPT_THEN,
	OPT_COLLECT,
	OPT_REQUIRE,
	OPT_HELP,
};

static const struct option long_options[] = {
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "cpu", required_argument, NULL, OPT_CPU },
	{ "wall", required_argument, NULL, OPT_WALL },
	{ "memory", required_argument, NULL, OPT_MEMORY },
	{ "processes", required_argument, NULL, OPT_PROCESSES },
	{ "files", required_argument, NULL, OPT_FILES },
	{ "file-size", required_argument, NULL, OPT_FILE_SIZE },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "stack", required_argument, NULL, OPT_STACK },
	{ "network", required_argument, NULL, OPT_NETWORK },
	{ "bind", required_argument, NULL, OPT_BIND },
	{ "env", required_argument, NULL, OPT_ENV },
	{ "cwd", required_argument, NULL, OPT_CWD },
	{ "stdin", required_argument, NULL, OPT_STDIN },
	{ "stdout", required_argument, NULL, OPT_STDOUT },
	{ "stderr", required_argument, NULL, OPT_STDERR },
	{ "result", required_argument, NULL, OPT_RESULT },
	{ "repeat", required_argument, NULL, OPT_REPEAT },
	{ "then", required_argument, NULL, OPT_THEN },
	{ "collect", required_argument, NULL, OPT_COLLECT },
	{ "require", required_argument, NULL, OPT_REQUIRE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "json", no_argument, NULL, 0 }, /* it always is */
	{ 0 },
};

static bool parse_profile(const char *text, enum box_profile *ret)
{
	static const char *const names[] = { "run", "build", "judge", "explore",
					     "dialogue" };
	unsigned i;

	CHECK(sizeof names / sizeof *names == BOX_PROFILE_MAX);
	for (i = 0; i < BOX_PROFILE_MAX; i++)
		if (strcmp(text, names[i]) == 0) {
			*ret = (enum box_profile)i;
			return true;
		}
	return false;
}

static bool parse_network(const char *text, enum box_network *ret)
{
	*ret = strcmp(text, "loopback") == 0 ? BOX_NETWORK_LOOPBACK
					     : BOX_NETWORK_NONE;
	return *ret == BOX_NETWORK_LOOPBACK || strcmp(text, "none") == 0;
}

/* SRC[:DST][:rw], where SRC is made absolute and DST defaults to it. */
static bool add_bind(struct sandbox_options *options, const char *text)
{
	AUTO_FREE char *copy = strdup(text);
	char *target, *mode = NULL, *bind, source[4096];
	bool writable = false;

	ENOUGH(copy);
	target = strchr(copy, ':');
	if (target)
		*target++ = '\0';
	if (target && strcmp(target, "rw") == 0) {
		writable = true;
		target = NULL;
	} else if (target) {
		mode = strchr(target, ':');
		if (mode)
			*mode++ = '\0';
		writable = mode && strcmp(mode, "rw") == 0;
	}
	if (options->bind_count == BINDS_MAX || !realpath(copy, source) ||
	    (mode && !writable) || (target && *target != '/') ||
	    strchr(source, ':'))
		return false;
	if (asprintf(&bind, "%s:%s%s", source, target ? target : source,
		     writable ? ":rw" : "") < 0)
		return false;
	options->binds[options->bind_count++] = bind;
	return true;
}

/* PATH=FILE. The box insists as well on a path that stays beneath /work. */
static bool add_collected(struct sandbox_options *options, const char *text)
{
	size_t length = strcspn(text, "=");
	const char *part;

	if (options->collect_count == BOX_OUTPUTS_MAX || length == 0 ||
	    length >= BOX_PATH_MAX || !text[length] || !text[length + 1])
		return false;
	for (part = text; part < text + length; part += strcspn(part, "/=") + 1)
		if (*part == '/' || strncmp(part, "./", 2) == 0 ||
		    strncmp(part, ".=", 2) == 0 ||
		    strncmp(part, "../", 3) == 0 ||
		    strncmp(part, "..=", 3) == 0)
			return false;
	options->collect[options->collect_count++] = text;
	return true;
}

static bool parse_limit(int option, const char *text, struct box_limits *limits)
{
	uint64_t number;

	switch (option) {
	case OPT_CPU:
		return command_seconds(text, &limits->cpu_us);
	case OPT_WALL:
		return command_seconds(text, &limits->wall_us);
	case OPT_MEMORY:
		return command_bytes(text, &limits->memory_bytes);
	case OPT_FILE_SIZE:
		return command_bytes(text, &limits->file_bytes);
	case OPT_OUTPUT:
		return command_bytes(text, &limits->output_bytes);
	case OPT_STACK:
		return command_bytes(text, &limits->stack_bytes);
	case OPT_PROCESSES:
	case OPT_FILES:
		if (!command_number(text, 1, 100000, &number))
			return false;
		if (option == OPT_FILES)
			limits->open_files = number;
		else
			limits->processes = number;
		return true;
	default:
		return false;
	}
}

static bool parse_option(struct sandbox_options *options, int option,
			 const char *text)
{
	uint64_t number;

	switch (option) {
	case OPT_PROFILE:
		return parse_profile(text, &options->profile);
	case OPT_NETWORK:
		return parse_network(text, &options->network);
	case OPT_BIND:
		return add_bind(options, text);
	case OPT_ENV:
		if (options->env_count == BOX_ENV_MAX - 8 || !strchr(text, '='))
			return false;
		options->env[options->env_count++] = optarg;
		return true;
	case OPT_CWD:
		options->cwd = text;
		return *text == '/';
	case OPT_STDIN:
		options->stdin_path = text;
		return true;
	case OPT_STDOUT:
		options->stdout_path = text;
		return true;
	case OPT_STDERR:
		options->stderr_path = text;
		return true;
	case OPT_RESULT:
		options->result_path = text;
		return true;
	case OPT_REPEAT:
		if (!command_number(text, 1, REPEAT_MAX, &number))
			return false;
		options->repeat = (unsigned)number;
		return true;
	case OPT_THEN:
		options->then = text;
		return *text != '\0';
	case OPT_COLLECT:
		return add_collected(options, text);
	case OPT_REQUIRE:
		options->need_level = true;
		return command_level(text, &options->level);
	default:
		return parse_limit(option, text, &options->limits);
	}
}

/* ---- running ---- */

static void start_run(struct sandbox_run *run);

/* What the threads were doing, where the box noted it. */
static void set_threads(json_t *object, const struct box_files *files)
{
	struct boxthreads threads = { 0 };

	if (files->threads >= 0)
		boxthreads_read(files->threads, &threads);
	report_set(object, "threads", report_list(threads.list));
	report_set(object, "threads_note", report_text(threads.note));
	boxthreads_release(&threads);
}

/* @from, which is a plain file of a program that is dead, to a new @path. */
static int copy_collected(int from, const char *path, struct error *err)
{
	AUTO_CLOSE int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				 0644);
	off_t offset = 0;
	ssize_t sent = 1;

	while (to >= 0 && sent > 0)
		sent = sendfile(to, from, &offset, COPY_BYTES);
	return to < 0 || sent < 0 ? error_errno(err, errno, "%s", path) : 0;
}

/* Take the descriptors of the collected files over, and say which there are:
 * {"PATH": true, ...}. NULL: could not be written. */
static json_t *take_collected(struct sandbox_run *run,
			      const struct box_result *result, const int *fds,
			      size_t fd_count)
{
	const struct sandbox_options *options = run->options;
	json_t *collected = json_object();
	struct error err = { 0 };
	size_t used = 0;
	unsigned i;

	for (i = 0; i < options->collect_count; i++) {
		AUTO_FREE char *path = strdup(options->collect[i]);
		char *file = path ? strchr(path, '=') : NULL;
		bool there = result->collected & (1u << i) && used < fd_count;

		CHECK(file);
		*file++ = '\0';
		report_set(collected, path, json_boolean(there));
		if (there && !err.code)
			(void)copy_collected(fds[used], file, &err);
		used += there;
	}
	for (i = 0; i < fd_count; i++)
		(void)close(fds[i]);
	if (err.code) {
		json_decref(collected);
		run->status = command_fault("sandbox", "%s", err.text);
		return NULL;
	}
	return collected;
}

static void print_result(struct sandbox_run *run,
			 const struct box_result *result,
			 const struct box_files *files, json_t *collected)
{
	const struct box_hello *hello = box_client_hello(run->client);
	json_auto_t *object = report_ended(result);

	report_set(object, "evidence", report_box_evidence(result));
	report_set(object, "resources", report_resources(result));
	report_set(object, "limits", report_limits(&run->options->limits));
	report_set(object, "level", report_text(box_level_name(hello->level)));
	if (result->outcome == BOX_FORBIDDEN_SYSCALL)
		report_set(object, "syscall", report_forbidden_syscall(result));
	set_threads(object, files);
	if (run->options->collect_count && !run->following)
		report_set(object, "collected", json_incref(collected));
	(void)json_dumpf(object, run->results,
			 JSON_COMPACT | JSON_REAL_PRECISION(15));
	(void)fputc('\n', run->results);
	(void)fflush(run->results);
}

static void ran_cb(void *data, const struct box_result *result,
		   const struct box_files *files, const char *fault)
{
	struct sandbox_run *run = data;
	const struct sandbox_options *options = run->options;
	json_auto_t *collected = NULL;

	if (fault) {
		run->status = command_fault("sandbox", "%s", fault);
		return;
	}
	collected = take_collected(run, result, files->fds, files->count);
	if (!collected)
		return;
	print_result(run, result, files, collected);
	if (result->outcome == BOX_FAILED) {
		if (strcmp(result->step, "exec") == 0)
			run->status = command_usage("sandbox", "%s: %s",
						    options->argv[0],
						    strerror(result->error));
		else
			run->status = command_fault("sandbox", "%s: %s",
						    result->step,
						    strerror(result->error));
		return;
	}
	run->following = options->then && !run->following;
	if (run->following || --run->left > 0)
		start_run(run);
}

/*
 * Each run reads a plain file from its start, and its position, flags and
 * locks are its own: a descriptor that two runs share is something to talk
 * over. What cannot be opened again, a pipe or a terminal, stays as it is.
 */
static int input_of(const struct sandbox_run *run)
{
	struct stat status;
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", run->fds[0]);
	if (fstat(run->fds[0], &status) == 0 &&
	    (S_ISREG(status.st_mode) || !run->options->stdin_path))
		return open(path, O_RDONLY | O_CLOEXEC);
	return fcntl(run->fds[0], F_DUPFD_CLOEXEC, 0);
}

static void add_output(struct boxspec *spec, const char *collect,
		       uint64_t max_bytes)
{
	char path[BOX_PATH_MAX];

	(void)snprintf(path, sizeof path, "%.*s", (int)strcspn(collect, "="),
		       collect);
	boxspec_output(spec, path, max_bytes);
}

static void start_run(struct sandbox_run *run)
{
	const struct sandbox_options *options = run->options;
	char *const then[] = { (char *)(uintptr_t) "/bin/sh",
			       (char *)(uintptr_t) "-c",
			       (char *)(uintptr_t)options->then, NULL };
	AUTO_CLOSE int input = input_of(run);
	struct boxspec spec;
	unsigned i;

	boxspec_init(&spec, options->profile, &options->limits);
	spec.run.network = options->network;
	boxspec_args(&spec, run->following ? then : options->argv);
	build_environment(&spec);
	for (i = 0; i < options->env_count; i++)
		boxspec_env(&spec, options->env[i]);
	boxspec_cwd(&spec, options->cwd);
	for (i = 0; i < options->collect_count && !run->following; i++)
		add_output(&spec, options->collect[i],
			   options->limits.file_bytes);
	boxspec_fd(&spec, input, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, run->fds[1], BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, run->fds[2], BOX_CHILD_CAPTURE);
	box_client_run(run->client, &spec, ran_cb, run);
}

static int open_file(const char *path, int flags, int otherwise)
{
	return path ? open(path, flags | O_CLOEXEC, 0644)
		    : fcntl(otherwise, F_DUPFD_CLOEXEC, 0);
}

static int open_files(struct sandbox_run *run)
{
	const struct sandbox_options *options = run->options;
	const int write_flags = O_WRONLY | O_CREAT | O_TRUNC;

	run->fds[0] = options->stdin_path
			      ? open_file(options->stdin_path, O_RDONLY, -1)
			      : open_file("/dev/null", O_RDONLY, -1);
	if (run->fds[0] < 0)
		return command_usage("sandbox", "%s: %s", options->stdin_path,
				     strerror(errno));
	run->fds[1] = open_file(options->stdout_path, write_flags, 1);
	if (run->fds[1] < 0)
		return command_usage("sandbox", "%s: %s", options->stdout_path,
				     strerror(errno));
	run->fds[2] = open_file(options->stderr_path, write_flags, 2);
	if (run->fds[2] < 0)
		return command_usage("sandbox", "%s: %s", options->stderr_path,
				     strerror(errno));
	run->results = options->result_path ? fopen(options->result_path, "we")
					    : stderr;
	if (!run->results)
		return command_usage("sandbox", "%s: %s", options->result_path,
				     strerror(errno));
	return 0;
}

static int run_all(const struct sandbox_options *options)
{
	struct sandbox_run run = { .options = options,
				   .left = options->repeat };
	const char *sandbox = home_sandbox();
	uv_loop_t loop;
	int status = open_files(&run);

	if (status)
		return status;
	loop_open(&loop);
	run.client = box_client_new(&loop, sandbox, options->binds, 0);
	if (options->need_level)
		box_client_require(run.client, options->level);
	start_run(&run);
	while (box_client_busy(run.client))
		(void)uv_run(&loop, UV_RUN_ONCE);
	box_client_close(run.client);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	if (run.results != stderr && fclose(run.results) != 0)
		return command_fault("sandbox", "%s: cannot be written",
				     options->result_path);
	return run.status;
}

int cmd_sandbox(int argc, char **argv)
{
	struct sandbox_options options = {
		.profile = BOX_PROFILE_RUN,
		.limits = { .cpu_us = 10000000,
			    .wall_us = 10000000,
			    .memory_bytes = 256ull << 20,
			    .processes = 64,
			    .open_files = 64,
			    .file_bytes = 64ull << 20,
			    .output_bytes = 1ull << 20,
			    .stack_bytes = 8ull << 20 },
		.cwd = "/work",
		.repeat = 1,
	};
	int option, status;
	unsigned i;

	/* "+": what follows CMD is the command's */
	while ((option = getopt_long(argc, argv, "+:", long_options, NULL)) !=
	       -1) {
		if (option == OPT_HELP)
			return command_help(help);
		if (option == '?' || option == ':')
			return command_bad_option("sandbox", argv, option);
		if (option && !parse_option(&options, option, optarg))
			return command_usage("sandbox", "%s: bad value '%s'",
					     argv[optind - 2], optarg);
	}
	if (optind == argc)
		return command_usage("sandbox", "no command given");
	options.argv = argv + optind;
	status = run_all(&options);
	for (i = 0; i < options.bind_count; i++)
		free(options.binds[i]);
	return status;
}
