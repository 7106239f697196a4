/*
 * build.c - see build.h
 *
 * All commands of a build run in one box, one after the other, as a shell
 * script that we write: what one leaves behind the next one finds, and nobody
 * else ever does. The script's exit status says which command failed, and
 * tells a failing compiler from one that is not there.
 */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "diagnostics.h"
#include "fdio.h"
#include "scan.h"
#include "text.h"

#define STATUS_MISSING 99  /* a command of the build is not installed */
#define STATUS_COMMAND 100 /* + index of the one that failed */
#define OUTPUT_KEPT_BYTES (16u * 1024)
#define SCAN_FOLDER "/work/preprocessed"
#define SCAN_FILE "preprocessed.i"

struct build {
	build_done_cb done;
	void *data;
	int log_fd; /* memfd: what the commands printed */
};

static void quote(FILE *script, const char *word)
{
	(void)fputc('\'', script);
	for (; *word; word++)
		if (*word == '\'')
			(void)fputs("'\\''", script);
		else
			(void)fputc(*word, script);
	(void)fputs("' ", script);
}

/* Whether @command is gcc's, on a file of the candidate's. */
static bool compiles_candidate(const struct build_request *request,
			       const struct exercise_command *command)
{
	const char *path = command->argv[0], *slash, *name;
	size_t i;

	CHECK(path);
	slash = strrchr(path, '/');
	name = slash ? slash + 1 : path;
	if (strcmp(name, "gcc") != 0 && strncmp(name, "gcc-", 4) != 0)
		return false;
	for (i = 0; i < request->submission->count; i++)
		if (string_list_has(command->argv,
				    request->submission->files[i].path))
			return true;
	return false;
}

/* One line per command, that leaves with a status of its own. With -save-temps
 * what gcc's preprocessor has made is what it then compiles; a run of its own
 * for us might be made something else. */
static char *write_script(const struct build_request *request)
{
	char *text = NULL, **word;
	size_t size, i;
	FILE *script = open_memstream(&text, &size);

	ENOUGH(script);
	if (request->scan)
		(void)fputs("mkdir -p '" SCAN_FOLDER "'\n", script);
	for (i = 0; i < request->command_count; i++) {
		for (word = request->commands[i].argv; *word; word++)
			quote(script, *word);
		if (request->scan &&
		    compiles_candidate(request, &request->commands[i]))
			(void)fputs("-save-temps -dumpdir '" SCAN_FOLDER "/' ",
				    script);
		(void)fprintf(script,
			      "\ncase $? in 0);; 126|127) exit %d;; "
			      "*) exit %zu;; esac\n",
			      STATUS_MISSING, STATUS_COMMAND + i);
	}
	if (request->scan)
		(void)fputs("cat '" SCAN_FOLDER "'/*.i >'/work/" SCAN_FILE
			    "' 2>/dev/null || :\n",
			    script);
	text_stream_close(script, &text);
	return text;
}

static void settle(struct build_result *build, const struct box_result *box,
		   bool program)
{
	build->box = *box;
	if (box->outcome == BOX_FAILED)
		build->fault = text_format("build box: %s: %s", box->step,
					   strerror(box->error));
	else if (box->outcome == BOX_EXITED &&
		 box->exit_status == STATUS_MISSING)
		build->fault = text_format("build: a compiler or linker of the "
					   "exercise is not installed");
	else if (box->outcome == BOX_EXITED &&
		 box->exit_status >= STATUS_COMMAND)
		build->command = (unsigned)(box->exit_status - STATUS_COMMAND);
	build->ok = box->outcome == BOX_EXITED && box->exit_status == 0 &&
		    program;
}

/* What was built, out of the box's own memory: a descriptor, or -errno. Takes
 * @fd over. */
static int take_program(int fd)
{
	AUTO_CLOSE int from = fd;
	AUTO_CLOSE int to = memfd_create("program", MFD_CLOEXEC);
	off_t offset = 0;
	ssize_t sent;

	if (to < 0)
		return -errno;
	do {
		sent = sendfile(to, from, &offset, BUILD_PROGRAM_BYTES_MAX);
	} while (sent > 0);
	return sent < 0 ? -errno : TAKE_FD(to);
}

/* Not the compiler's fault. */
static void spoil(struct build_result *build, const char *what, int error)
{
	build->ok = false;
	if (!build->fault)
		build->fault = text_format("build: %s: %s", what,
					   strerror(error));
}

/* Takes @fd over. Of a build that failed nothing is to be said. */
static void scan(struct build_result *build, int fd)
{
	AUTO_CLOSE int from = fd;
	AUTO_FREE char *text = NULL;
	size_t size;

	text = fd_read_all(from, &size);
	if (!text || size == 0)
		return;
	build->scanned = true;
	build->unsearchable = scan_preprocessed(text, size);
}

static void built_cb(void *data, const struct box_result *box,
		     const struct box_files *files, const char *fault)
{
	struct build *build = data;
	struct build_result result = { .diagnostics = json_array() };
	AUTO_FREE char *log = NULL;
	AUTO_FREE char *rest = NULL;
	bool there = box && box->collected & 1;
	int program = there ? take_program(files->fds[0]) : -1;
	size_t size;

	if (box && box->collected & 2)
		scan(&result, files->fds[there ? 1 : 0]);
	if (box)
		settle(&result, box, there);
	else
		result.fault = text_format("%s", fault);
	if (there && program < 0)
		spoil(&result, "keep the program", -program);
	log = fd_read_all(build->log_fd, &size);
	if (!log)
		spoil(&result, "read what it printed", errno);
	else
		rest = diagnostics_parse(log, size, result.diagnostics);
	if (rest)
		result.output = text_clean(rest, strlen(rest),
					   OUTPUT_KEPT_BYTES);
	(void)close(build->log_fd);
	build->done(build->data, &result, program);
	free(build);
}

void build_environment(struct boxspec *spec)
{
	boxspec_env(spec, "PATH=/usr/local/bin:/usr/bin:/bin");
	boxspec_env(spec, "HOME=/work");
	boxspec_env(spec, "TMPDIR=/tmp");
	boxspec_env(spec, "LC_ALL=C");
}

struct build_request build_request_of(const struct exercise *exercise,
				      const struct exercise_variant *variant,
				      const struct fileset *submission)
{
	bool explored = exercise_is_explored(variant->name);
	bool prepared = variant->prepare_count > 0;

	return (struct build_request){
		.commands = variant->commands,
		.command_count = variant->command_count,
		.limits = &exercise->build_limits,
		.cwd = "/work/submission",
		.program = "program",
		.submission = submission,
		.tools = prepared ? NULL : &exercise->driver,
		.kit = prepared ? NULL : &exercise->kit,
		.prepared = prepared ? &variant->prepared : NULL,
		.built = explored ? &exercise->explore : NULL,
		.scan = explored,
	};
}

bool build_was_killed(const struct build_result *result)
{
	const struct box_result *box = &result->box;

	if (result->ok || result->fault)
		return false;
	return (box->outcome == BOX_SIGNALED && box->signal == SIGKILL) ||
	       (box->outcome == BOX_EXITED && result->output &&
		strstr(result->output, "Killed signal"));
}

static int null_device(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static void place(struct boxspec *spec, const char *prefix,
		  const struct fileset *set)
{
	if (set)
		boxspec_files(spec, prefix, set);
}

void build_start(struct box_client *client, const struct build_request *request,
		 build_done_cb done, void *data)
{
	struct build *build = calloc(1, sizeof *build);
	AUTO_FREE char *script = write_script(request);
	AUTO_CLOSE int null = null_device();
	struct boxspec spec;

	ENOUGH(build);
	build->done = done;
	build->data = data;
	build->log_fd = memfd_create("build-log", MFD_CLOEXEC);
	boxspec_init(&spec, BOX_PROFILE_BUILD, request->limits);
	boxspec_arg(&spec, "/bin/sh");
	boxspec_arg(&spec, "-c");
	boxspec_arg(&spec, script);
	build_environment(&spec);
	boxspec_cwd(&spec, request->cwd);
	place(&spec, "submission/", request->submission);
	place(&spec, "", request->tools);
	place(&spec, "", request->kit);
	place(&spec, "", request->prepared);
	place(&spec, "", request->built);
	boxspec_output(&spec, request->program, BUILD_PROGRAM_BYTES_MAX);
	if (request->scan)
		boxspec_output(&spec, SCAN_FILE, BUILD_PROGRAM_BYTES_MAX);
	boxspec_fd(&spec, null, BOX_CHILD_DIRECT);
	boxspec_fd(&spec, build->log_fd, BOX_CHILD_CAPTURE);
	boxspec_fd(&spec, build->log_fd, BOX_CHILD_CAPTURE);
	box_client_run(client, &spec, built_cb, build);
}
