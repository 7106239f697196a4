/* From "assay start" to the archive that is handed in. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include <assay/cleanup.h>

#include "commands.h"
#include "package.h"
#include "workspace.h"

struct fixture {
	char *folder;
	char *workspace; /* not made yet */
	struct exercise *exercise;
	char *output; /* what a command printed */
	char *errors; /* and on standard error */
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct error err;

	fixture->folder = folder_new();
	fixture->workspace = folder_path(fixture->folder, "work/adder");
	package_make(fixture->folder);
	if (exercise_load(fixture->folder, PACKAGE_ID, &fixture->exercise,
			  &err) < 0)
		return -1;
	(void)setenv("ASSAY_EXERCISES", fixture->folder, 1);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	exercise_free(fixture->exercise);
	folder_remove(fixture->folder);
	free(fixture->workspace);
	free(fixture->output);
	free(fixture->errors);
	free(fixture);
	return 0;
}

static void create(struct fixture *fixture)
{
	struct error err;

	if (workspace_create(fixture->exercise,
			     &fixture->exercise->languages[0],
			     fixture->workspace, &err) < 0)
		fail_msg("%s", err.text);
}

static int redirect(const char *folder, const char *name, int fd)
{
	AUTO_FREE char *path = folder_path(folder, name);
	AUTO_CLOSE int file = open(
		path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int saved = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	assert_true(file >= 0 && saved >= 0);
	assert_int_equal(dup2(file, fd), fd);
	return saved;
}

static void restore(int saved, int fd)
{
	assert_int_equal(dup2(saved, fd), fd);
	(void)close(saved);
}

/* Run a subcommand; keeps what it prints. */
static int run(struct fixture *fixture, int (*command)(int, char **),
	       const char *const *words)
{
	char *argv[16] = { NULL };
	int argc = 0, saved_output, saved_errors, status;

	for (; words[argc]; argc++)
		argv[argc] = strdup(words[argc]);
	(void)fflush(stdout);
	saved_output = redirect(fixture->folder, "output", 1);
	saved_errors = redirect(fixture->folder, "errors", 2);
	status = command(argc, argv);
	(void)fflush(stdout);
	restore(saved_output, 1);
	restore(saved_errors, 2);
	free(fixture->output);
	free(fixture->errors);
	fixture->output = folder_read(fixture->folder, "output");
	fixture->errors = folder_read(fixture->folder, "errors");
	/* getopt_long() may have changed their order. */
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return status;
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("expected \"%s\" in \"%s\"", part, text);
}

static void assert_one_line(const char *text)
{
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void assert_holds(const char *folder, const char *name, const char *part)
{
	AUTO_FREE char *text = folder_read(folder, name);

	if (!text)
		fail_msg("%s is not there", name);
	assert_has(text, part);
}

static void test_workspace__has_starter_statement_and_marker(void **state)
{
	struct fixture *fixture = *state;

	create(fixture);
	assert_holds(fixture->workspace, "add.c", "return 0;");
	assert_holds(fixture->workspace, "add.h", "int add(");
	assert_holds(fixture->workspace, "README.md", "# Adder");
	assert_holds(fixture->workspace, ".assay.json",
		     "\"exercise\": \"demo/adder\"");
	assert_holds(fixture->workspace, ".assay.json",
		     "\"version\": \"1.2.3\"");
	assert_holds(fixture->workspace, ".assay.json", "\"language\": \"c\"");
}

static void test_workspace__has_commands_that_editors_read(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *path = NULL;
	json_auto_t *commands = NULL;
	json_t *command;

	create(fixture);
	path = folder_path(fixture->workspace, "compile_commands.json");
	commands = json_load_file(path, 0, NULL);
	assert_int_equal(json_array_size(commands), 1);
	command = json_array_get(commands, 0);
	assert_string_equal(
		json_string_value(json_object_get(command, "directory")),
		fixture->workspace);
	assert_string_equal(json_string_value(json_object_get(command, "file")),
			    "add.c");
	assert_int_equal(json_array_size(json_object_get(command, "arguments")),
			 6);
}

static void test_workspace__goes_into_an_empty_folder_only(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *file = folder_path(fixture->folder, "file");
	struct error err;

	create(fixture);
	assert_int_equal(workspace_create(fixture->exercise,
					  &fixture->exercise->languages[0],
					  fixture->workspace, &err),
			 -ENOTEMPTY);
	folder_write(fixture->folder, "file", "text\n");
	assert_int_equal(workspace_create(fixture->exercise,
					  &fixture->exercise->languages[0],
					  file, &err),
			 -ENOTDIR);
	assert_holds(fixture->folder, "file", "text\n");
	folder_write(fixture->folder, "empty/x", "");
	free(file);
	file = folder_path(fixture->folder, "empty/x");
	assert_int_equal(unlink(file), 0);
	*strrchr(file, '/') = '\0';
	assert_int_equal(workspace_create(fixture->exercise,
					  &fixture->exercise->languages[0],
					  file, &err),
			 0);
}

/* Pack the workspace to @name by the command. */
static int pack(struct fixture *fixture, const char *name)
{
	AUTO_FREE char *path = folder_path(fixture->folder, name);

	return run(fixture, cmd_pack,
		   WORDS("pack", "-o", path, fixture->workspace));
}

static void test_pack__holds_marker_and_allowed_files_only(void **state)
{
	static const char *const names[] = { "a.tar.gz", "a.tgz", "a.zip" };
	struct fixture *fixture = *state;

	create(fixture);
	folder_write(fixture->workspace, "src/extra.c", "int extra;\n");
	folder_write(fixture->workspace, "notes.txt", "text\n");
	folder_write(fixture->workspace, ".git/config", "text\n");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_FREE char *path = folder_path(fixture->folder, names[i]);
		struct submission *submission = NULL;
		struct error err;

		assert_int_equal(pack(fixture, names[i]), 0);
		assert_int_equal(submission_read(path, &submission, &err), 0);
		assert_null(submission->rejected);
		assert_string_equal(submission->exercise_id, PACKAGE_ID);
		assert_int_equal(submission->files.count, 2);
		assert_non_null(fileset_find(&submission->files, "add.c"));
		assert_non_null(
			fileset_find(&submission->files, "src/extra.c"));
		submission_free(submission);
	}
	assert_has(fixture->output, "packed    add.c\n");
	assert_has(fixture->output, "left out  notes.txt\n");
	assert_has(fixture->output, "left out  .git\n");
}

static void test_pack__same_files_give_the_same_bytes(void **state)
{
	static const char *const suffixes[] = { "tar.gz", "zip" };
	static const char *const zones[] = { "UTC0", "Asia/Tokyo" };
	struct fixture *fixture = *state;
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	AUTO_FREE char *source = NULL;

	create(fixture);
	source = folder_path(fixture->workspace, "add.c");
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		char sums[2][65];

		for (unsigned j = 0; j < 2; j++) {
			char name[16];
			const char *sum;

			(void)snprintf(name, sizeof name, "%u.%s", j,
				       suffixes[i]);
			(void)setenv("TZ", zones[j], 1);
			tzset();
			assert_int_equal(pack(fixture, name), 0);
			sum = strstr(fixture->output, "sha256    ");
			assert_non_null(sum);
			memcpy(sums[j], sum + 10, 64);
			sums[j][64] = '\0';
			assert_int_equal(utimensat(AT_FDCWD, source, times, 0),
					 0);
		}
		assert_string_equal(sums[0], sums[1]);
	}
}

static void test_pack__prints_the_hash_of_what_it_wrote(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *path = folder_path(fixture->folder, "a.tar.gz");
	AUTO_CLOSE int fd = -1;
	struct fileset set;
	struct error err;
	struct stat info;

	create(fixture);
	assert_int_equal(pack(fixture, "a.tar.gz"), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0644);
	fileset_init(&set);
	assert_int_equal(fileset_add_fd(&set, "a", fd, false, &err), 0);
	assert_has(fixture->output, set.files[0].sha256);
	fileset_release(&set);
}

static void assert_refused(struct fixture *fixture, const char *part)
{
	AUTO_FREE char *path = folder_path(fixture->folder, "a.tar.gz");

	assert_int_equal(pack(fixture, "a.tar.gz"), 2);
	assert_has(fixture->errors, "assay pack: ");
	assert_has(fixture->errors, part);
	assert_one_line(fixture->errors);
	assert_string_equal(fixture->output, "");
	assert_int_equal(access(path, F_OK), -1);
}

static void test_pack__refuses_what_a_grader_would_refuse(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *add = folder_path(fixture->folder, "work/adder/add.c");
	AUTO_FREE char *link = folder_path(fixture->folder, "work/adder/x");
	AUTO_FREE char *zeros = malloc((3 << 20) + 1);

	create(fixture);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_refused(fixture, "\"x\" is a symbolic link");
	assert_int_equal(unlink(link), 0);
	memset(zeros, ' ', 3 << 20);
	zeros[3 << 20] = '\0';
	folder_write(fixture->workspace, "add.c", zeros);
	assert_refused(fixture, "ratio-bomb");
	assert_int_equal(unlink(add), 0);
	assert_refused(fixture, "\"add.c\" is required and not there");
	folder_write(fixture->workspace, ".assay.json", "{}");
	assert_refused(fixture, "The marker is broken");
	folder_write(fixture->workspace, ".assay.json",
		     "{\"exercise\":\"demo/none\",\"version\":\"1.0.0\","
		     "\"language\":\"c\"}");
	assert_refused(fixture, "no exercise demo/none");
}

static void test_pack__needs_a_workspace_and_an_output(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *marker = folder_path(fixture->folder,
					     "work/adder/.assay.json");

	create(fixture);
	assert_int_equal(run(fixture, cmd_pack, WORDS("pack")), 2);
	assert_has(fixture->errors, "expected -o FILE");
	assert_int_equal(run(fixture, cmd_pack, WORDS("pack", "-o", "a.rar")),
			 2);
	assert_has(fixture->errors, ".tar.gz, .tgz or .zip");
	assert_int_equal(run(fixture, cmd_pack,
			     WORDS("pack", "-o", "/tmp/a.zip", "/nowhere")),
			 2);
	assert_has(fixture->errors, "/nowhere: No such file");
	assert_int_equal(unlink(marker), 0);
	assert_refused(fixture, "no workspace: there is no .assay.json");
}

static void test_pack__leaves_an_older_archive_alone_when_it_fails(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *link = folder_path(fixture->folder, "work/adder/x");

	create(fixture);
	folder_write(fixture->folder, "a.tar.gz", "older\n");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(pack(fixture, "a.tar.gz"), 2);
	assert_holds(fixture->folder, "a.tar.gz", "older\n");
}

static void test_pack__speaks_json(void **state)
{
	struct fixture *fixture = *state;
	AUTO_FREE char *path = folder_path(fixture->folder, "a.zip");
	json_auto_t *json = NULL;

	create(fixture);
	folder_write(fixture->workspace, "add.h", "#define changed\n");
	assert_int_equal(run(fixture, cmd_pack,
			     WORDS("pack", "--json", "--output", path,
				   fixture->workspace)),
			 0);
	json = json_loads(fixture->output, 0, NULL);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "file")),
			    path);
	assert_int_equal(json_array_size(json_object_get(json, "included")), 2);
	assert_int_equal(json_array_size(json_object_get(json, "flags")), 1);
}

static void test_start__makes_a_workspace_and_says_what_is_next(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(run(fixture, cmd_start,
			     WORDS("start", PACKAGE_ID, fixture->workspace)),
			 0);
	assert_has(fixture->output, "You have 30 minutes");
	assert_has(fixture->output, "edit add.c\n");
	assert_has(fixture->output, "assay check");
	assert_has(fixture->output, "assay pack -o ../adder.tar.gz");
	assert_holds(fixture->workspace, "README.md", "# Adder");
	assert_int_equal(run(fixture, cmd_start,
			     WORDS("start", PACKAGE_ID, fixture->workspace)),
			 2);
	assert_has(fixture->errors, "the folder is not empty");
	assert_one_line(fixture->errors);
}

static void test_start__takes_the_exercises_last_name_part(void **state)
{
	struct fixture *fixture = *state;
	AUTO_CLOSE int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(chdir(fixture->folder), 0);
	assert_int_equal(run(fixture, cmd_start,
			     WORDS("start", PACKAGE_ID, "--lang", "c")),
			 0);
	assert_int_equal(fchdir(here), 0);
	assert_holds(fixture->folder, "adder/add.c", "return 0;");
}

static void test_start__tells_what_is_wrong(void **state)
{
	static const struct {
		const char *words[5], *part;
	} cases[] = {
		{ { "start" }, "expected EXERCISE" },
		{ { "start", "demo/none" },
		  "demo/none: no exercise demo/none" },
		{ { "start", "../adder" },
		  "../adder: not the id of an exercise" },
		{ { "start", PACKAGE_ID, "--lang", "ada" },
		  "no language 'ada'" },
		{ { "start", "--lang" }, "option '--lang' needs a value" },
		{ { "start", "--fast", PACKAGE_ID },
		  "unknown option '--fast'" },
		{ { "start", PACKAGE_ID, "a", "b" }, "expected EXERCISE" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(run(fixture, cmd_start, cases[i].words), 2);
		assert_has(fixture->errors, "assay start: ");
		assert_has(fixture->errors, cases[i].part);
		assert_one_line(fixture->errors);
	}
}

static void test_list__has_a_line_for_each_exercise(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(run(fixture, cmd_list, WORDS("list")), 0);
	assert_string_equal(
		fixture->output,
		"EXERCISE    TITLE  TIME    POINTS          LANGUAGES\n"
		"demo/adder  Adder  30 min  60 + 40 hidden  c\n");
}

static void test_list__speaks_json(void **state)
{
	struct fixture *fixture = *state;
	json_auto_t *json = NULL;
	json_t *adder;

	assert_int_equal(run(fixture, cmd_list, WORDS("list", "--json")), 0);
	json = json_loads(fixture->output, 0, NULL);
	assert_int_equal(json_array_size(json), 1);
	adder = json_array_get(json, 0);
	assert_string_equal(json_string_value(json_object_get(adder, "id")),
			    PACKAGE_ID);
	assert_int_equal(
		json_integer_value(json_object_get(adder, "hidden_points")),
		40);
}

static void test_list__tells_of_a_broken_one_and_lists_the_rest(void **state)
{
	struct fixture *fixture = *state;

	folder_write(fixture->folder, "demo/broken/exercise.json", "{}");
	assert_int_equal(run(fixture, cmd_list, WORDS("list")), 2);
	assert_has(fixture->errors,
		   "assay list: exercise demo/broken: exercise.json: key");
	assert_one_line(fixture->errors);
	assert_has(fixture->output, "demo/adder");
}

static void test_commands__have_help_and_know_their_options(void **state)
{
	static const struct {
		const char *name;
		int (*command)(int, char **);
	} commands[] = { { "list", cmd_list },
			 { "start", cmd_start },
			 { "pack", cmd_pack } };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		const char *name = commands[i].name;
		char line[128];

		assert_int_equal(run(fixture, commands[i].command,
				     WORDS(name, "--help")),
				 0);
		assert_has(fixture->output, "usage: assay ");
		assert_has(fixture->output, "example: assay ");
		assert_string_equal(fixture->errors, "");
		assert_int_equal(
			run(fixture, commands[i].command, WORDS(name, "--x")),
			2);
		(void)snprintf(line, sizeof line,
			       "assay %s: unknown option '--x' (see assay %s "
			       "--help)\n",
			       name, name);
		assert_string_equal(fixture->errors, line);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_workspace__has_starter_statement_and_marker),
		TEST(test_workspace__has_commands_that_editors_read),
		TEST(test_workspace__goes_into_an_empty_folder_only),
		TEST(test_pack__holds_marker_and_allowed_files_only),
		TEST(test_pack__same_files_give_the_same_bytes),
		TEST(test_pack__prints_the_hash_of_what_it_wrote),
		TEST(test_pack__refuses_what_a_grader_would_refuse),
		TEST(test_pack__needs_a_workspace_and_an_output),
		TEST(test_pack__leaves_an_older_archive_alone_when_it_fails),
		TEST(test_pack__speaks_json),
		TEST(test_start__makes_a_workspace_and_says_what_is_next),
		TEST(test_start__takes_the_exercises_last_name_part),
		TEST(test_start__tells_what_is_wrong),
		TEST(test_list__has_a_line_for_each_exercise),
		TEST(test_list__speaks_json),
		TEST(test_list__tells_of_a_broken_one_and_lists_the_rest),
		TEST(test_commands__have_help_and_know_their_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
