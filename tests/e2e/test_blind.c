/*
 * test_blind.c - what a blind rater is handed has nobody's name in it
 *
 * Four submissions whose authors are named wherever one can be: path, archive,
 * its owners and comments, names of files, author tags, comments, strings,
 * identifiers, what the compiler, the program and a sanitizer say, a commit.
 * Graded once, rendered in every format for every audience, and every byte of
 * that looked through for each name, in every case and encoding. The same
 * without --blind has to find them: that is what tells that the search works.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"
#include "text.h"

#define FOLDERS_OPEN_MAX 16
#define NEEDLE_MAX 256

static char *home;
static const char *environment[2];

/* Each is in some report. */
static const char *const canaries[] = {
	"zebulon",         "quackenbush", "vulpine",   "melisande",
	"oettinger",       "ottinger",    "grimalkin", "bramwell",
	"\xc3\xb6ttinger", "peregrine",   "xanthippe", "ormond",
};
#define CANARIES (sizeof canaries / sizeof *canaries)

/* These are nowhere but in what no report has. */
static const char *const unseen[] = { "ingeborg", "thistlewood",
				      "quillfeather" };

/* ---- looking ---- */

struct search {
	size_t found[CANARIES];
	const char *complain; /* what is looked at, if nothing may be found */
};

/* @bytes with its letters small, where they are ASCII. */
static char *lower(const char *bytes, size_t size)
{
	char *copy = malloc(size + 1);
	size_t i;

	assert_non_null(copy);
	for (i = 0; i < size; i++)
		copy[i] = (char)tolower((unsigned char)bytes[i]);
	copy[size] = '\0';
	return copy;
}

/* What stands before and behind the digits of a character. */
static const struct spelling {
	const char *before, *behind;
	bool decimal;
} spellings[] = {
	{ "%", "", false },    { "", "", false },   { "\\u00", "", false },
	{ "&#x", ";", false }, { "&#", ";", true },
};

static size_t spelled(const char *name, const struct spelling *spelling,
		      char *needle)
{
	size_t used = 0;

	for (; *name; name++) {
		unsigned code = (unsigned char)*name;
		AUTO_FREE char *one =
			spelling->decimal
				? text_format("%s%u%s", spelling->before, code,
					      spelling->behind)
				: text_format("%s%02x%s", spelling->before,
					      code, spelling->behind);

		memcpy(needle + used, one, strlen(one));
		used += strlen(one);
	}
	return used;
}

/* The base64 digits that @name has behind @ahead other bytes. */
static size_t in_base64(const char *name, size_t ahead, char *needle)
{
	unsigned char bytes[64] = "\0\0";
	char text[128];
	size_t size = strlen(name), first = ahead ? ahead + 1 : 0, last;

	memcpy(bytes + ahead, name, size);
	(void)sodium_bin2base64(text, sizeof text, bytes, ahead + size,
				sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	last = (ahead + size) * 8 / 6;
	memcpy(needle, text + first, last - first);
	return last - first;
}

struct haystack {
	const char *bytes, *small; /* the same without capitals */
	size_t size;
};

static void look_for_bytes(struct search *search, size_t which,
			   const char *bytes, size_t size, const char *needle,
			   size_t length)
{
	const char *at = memmem(bytes, size, needle, length);

	if (!at)
		return;
	search->found[which]++;
	if (search->complain)
		fail_msg("%s has %s: %.60s", search->complain, canaries[which],
			 at);
}

/* With the capitals that @name has. */
static void look_for(struct search *search, size_t which, const char *name,
		     const struct haystack *hay)
{
	char needle[NEEDLE_MAX];
	size_t i;

	for (i = 0; i < sizeof spellings / sizeof *spellings; i++)
		look_for_bytes(search, which, hay->small, hay->size, needle,
			       spelled(name, &spellings[i], needle));
	for (i = 0; i < 3; i++)
		look_for_bytes(search, which, hay->bytes, hay->size, needle,
			       in_base64(name, i, needle));
	for (i = 0; name[i]; i++) {
		needle[2 * i] = name[i];
		needle[2 * i + 1] = '\0';
	}
	look_for_bytes(search, which, hay->bytes, hay->size, needle, 2 * i - 1);
}

static void look_in(struct search *search, size_t which,
		    const struct haystack *hay)
{
	char name[NEEDLE_MAX / 8];
	size_t i;

	(void)snprintf(name, sizeof name, "%s", canaries[which]);
	look_for_bytes(search, which, hay->small, hay->size, name,
		       strlen(name));
	look_for(search, which, name, hay);
	name[0] = (char)toupper((unsigned char)name[0]);
	look_for(search, which, name, hay);
	for (i = 0; name[i]; i++)
		name[i] = (char)toupper((unsigned char)name[i]);
	look_for(search, which, name, hay);
}

static void look_at(struct search *search, const char *bytes, size_t size)
{
	AUTO_FREE char *small = lower(bytes, size);
	const struct haystack hay = { bytes, small, size };
	size_t i;

	for (i = 0; i < CANARIES; i++)
		look_in(search, i, &hay);
}

static void test_search__sees_through_encodings(void **state)
{
	static const char *const hidden[] = {
		"xxZEBULONxx",
		"%5A%65%62%75%6C%6F%6E",
		"5A6562756c6f6e",
		"&#122;&#101;&#98;&#117;&#108;&#111;&#110;",
		"\\u007a\\u0065\\u0062\\u0075\\u006c\\u006f\\u006E",
		"emVidWxvbg==", /* zebulon */
		"eFplYnVsb24h", /* xZebulon! */
		"eHhaRUJVTE9O", /* xxZEBULON */
	};
	static const char wide[] = "z\0e\0b\0u\0l\0o\0n\0";
	struct search search = { { 0 }, NULL };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		look_at(&search, hidden[i], strlen(hidden[i]));
		if (search.found[0] == 0)
			fail_msg("%s is not seen", hidden[i]);
		search.found[0] = 0;
	}
	look_at(&search, wide, sizeof wide);
	assert_int_equal(search.found[0], 1);
}

/* ---- the submissions ---- */

/* The solution of @folder/@name/counter.c, with @before and in each addition
 * @adds. */
static void submission(const char *name, const char *before, const char *adds)
{
	AUTO_FREE char *file = text_format("%s/counter.c", name);
	AUTO_FREE char *plain = NULL, *text = NULL;

	counter_submission(home, name, adds);
	plain = scratch_read(home, file);
	text = text_format("%s%s", before, plain);
	free(scratch_write(home, file, text));
}

static void write_in(const char *folder, const char *name, const char *text)
{
	AUTO_FREE char *path = text_format("%s/%s", folder, name);

	free(scratch_write(home, path, text));
}

/* An archive with its owners' names, and a comment. */
static void make_archive(void)
{
	struct process_options options = { .folder = home };
	struct process process;

	submission(
		"Zebulon_Quackenbush-counter",
		"/**\n * @author Zebulon Quackenbush "
		"<zq@vulpine.example>\n */\n"
		"#include <stdio.h>\n"
		"// zebulon was here; QUACKENBUSH too\n"
		"#warning written for Zebulon Quackenbush, zq@vulpine.example\n"
		"static long quackenbush_total;\n"
		"static void zebulonBump(void) { quackenbush_total++; }\n",
		"zebulonBump();"
		"(void)fprintf(stderr, \"Quackenbush, Z.: "
		"zq@vulpine.example\\n\");");
	write_in("Zebulon_Quackenbush-counter", "quackenbush.notes", "x");
	write_in("Zebulon_Quackenbush-counter", "NOTES.md", "Z. Quackenbush");
	process_run(&process, &options, "tar", "-czf",
		    "Zebulon_Quackenbush-counter.tar.gz", "--format=posix",
		    "--owner=ingeborg:1234", "--group=thistlewood:1234",
		    "--pax-option=comment:=quillfeather",
		    "Zebulon_Quackenbush-counter");
	assert_status(&process, 0);
	process_release(&process);
}

static void make_folders(void)
{
	submission("melisande-oettinger/counter",
		   "// by M\xc3\xa9lisande \xc3\x96ttinger, Ottinger\n"
		   "#warning grimalkin \xc3\xb6ttinger\n"
		   "#warning of melisande OETTINGER and Ottinger\n",
		   "number++;");
	AUTO_FREE char *logs = text_format(
		"%s/melisande-oettinger/counter/.git", home);
	AUTO_FREE char *inner = text_format("%s/logs", logs);

	assert_int_equal(mkdir(logs, 0755), 0);
	assert_int_equal(mkdir(inner, 0755), 0);
	write_in("melisande-oettinger/counter/.git/logs", "HEAD",
		 "0 1 Grimalkin <grim@vulpine.example> 1700000000 +0000\tx\n");
	submission("bramwell", "#error so says Peregrine of BRAMWELL\n", "");
	submission("xanthippe_ormond", "", "");
	write_in("xanthippe_ormond", "Xanthippe\xc3\xa9Ormond.c", "");
}

static int set_up(void **state)
{
	struct process_options options = { 0 };
	struct process process;

	home = scratch_new();
	environment[0] = counter_exercises(home);
	environment[1] = text_format("ASSAY_KEY=%s/keys/grader", home);
	make_archive();
	make_folders();
	options.folder = home;
	options.env[0] = environment[0];
	options.env[1] = environment[1];
	process_run(&process, &options, "assay", "grade", "--quiet",
		    "--exercise", COUNTER, "--out", "out", "--audit", "0",
		    "Zebulon_Quackenbush-counter.tar.gz",
		    "melisande-oettinger/counter", "bramwell",
		    "xanthippe_ormond");
	assert_status(&process, 0);
	process_release(&process);
	free(scratch_write(home, "names.csv",
			   "id,name\nbramwell,\"Blythe, Peregrine\"\n"));
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(home);
	return 0;
}

/* ---- what is handed out ---- */

static struct search *walked;
static size_t files;

static int look_at_file(const char *path, const struct stat *st, int type,
			struct FTW *where)
{
	FILE *in;
	AUTO_FREE char *bytes = NULL;
	size_t size = (size_t)st->st_size;

	if (where->level > 0) /* the name of what is handed out is ours */
		look_at(walked, path + where->base, strlen(path + where->base));
	if (type != FTW_F)
		return 0;
	files++;
	in = fopen(path, "re");
	assert_non_null(in);
	bytes = malloc(size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, size, in), size);
	(void)fclose(in);
	look_at(walked, bytes, size);
	return 0;
}

static void look_at_path(struct search *search, const char *name)
{
	AUTO_FREE char *path = scratch_path(home, name);

	walked = search;
	assert_int_equal(nftw(path, look_at_file, FOLDERS_OPEN_MAX, FTW_PHYS),
			 0);
}

static void render(const char *format, const char *audience, bool blind,
		   const char *out)
{
	const struct process_options options = { .folder = home };
	const char *argv[24] = { "assay",      "report", "--format", format,
				 "--audience", audience, "-o",       out };
	struct process process;
	size_t count = 8;

	if (blind) {
		argv[count++] = "--blind";
		argv[count++] = "--sources";
		argv[count++] = "sources";
		argv[count++] = "--names";
		argv[count++] = "names.csv";
	}
	if (strcmp(format, "text") == 0)
		argv[count++] = "--all";
	argv[count++] = "out";
	argv[count] = NULL;
	process_start(&process, argv, &options);
	process_wait(&process);
	assert_status(&process, 0);
	assert_string_equal(process.out, "");
	process_release(&process);
}

static const char *const formats[] = { "text",       "json", "html",
				       "junit",      "ctrf", "sarif",
				       "gradescope", "tap",  "csv" };
static const char *const audiences[] = { "grader", "team", "candidate" };

static void render_everything(bool blind, struct search *search)
{
	size_t i, j;

	files = 0;
	for (i = 0; i < sizeof formats / sizeof *formats; i++) {
		for (j = 0; j < sizeof audiences / sizeof *audiences; j++) {
			AUTO_FREE char *to = text_format(
				"%s-%s-%s", blind ? "b" : "n", formats[i],
				audiences[j]);

			render(formats[i], audiences[j], blind, to);
			if (blind)
				search->complain = to;
			look_at_path(search, to);
		}
	}
}

static void test_blind__leaves_no_name_in_any_rendering(void **state)
{
	struct search search = { { 0 }, NULL };

	(void)state;
	render_everything(true, &search);
	/* six formats of one file; html, ctrf, gradescope of four, and two
	 * indexes */
	assert_int_equal(files, 3 * (6 + 3 * 4) + 2);
}

static void test_blind__without_it_each_name_is_seen(void **state)
{
	struct search search = { { 0 }, NULL };
	size_t i;

	(void)state;
	render_everything(false, &search);
	for (i = 0; i < CANARIES; i++)
		if (search.found[i] == 0)
			fail_msg("%s is nowhere", canaries[i]);
	for (i = 0; i < sizeof unseen / sizeof *unseen; i++) {
		AUTO_FREE char *text = scratch_read(home, "n-json-grader");

		assert_null(strcasestr(text, unseen[i]));
	}
}

static char last_file[PATH_MAX];

static int keep_file(const char *path, const struct stat *st, int type,
		     struct FTW *where)
{
	(void)st;
	(void)where;
	if (type == FTW_F)
		(void)snprintf(last_file, sizeof last_file, "%s", path);
	return 0;
}

static void test_blind__leaves_no_name_in_the_sources(void **state)
{
	struct search search = { { 0 }, "sources" };
	AUTO_FREE char *path = scratch_path(home, "sources");
	struct stat st;

	(void)state;
	files = 0;
	look_at_path(&search, "sources");
	/* nothing was read of the one that was rejected */
	assert_int_equal(files, 3 + 1 + 1);
	assert_int_equal(stat(path, &st), 0);
	last_file[0] = '\0';
	assert_int_equal(nftw(path, keep_file, FOLDERS_OPEN_MAX, FTW_PHYS), 0);
	assert_int_equal(stat(last_file, &st), 0);
	assert_int_equal(st.st_mtime, 0);
}

/* ---- who is who ---- */

static void test_blind__keeps_who_is_who_beside_the_results(void **state)
{
	json_auto_t *map = NULL;
	AUTO_FREE char *path = scratch_path(home, "out/blind.json");
	AUTO_FREE char *key = scratch_path(home, "out/blind.key");
	AUTO_FREE char *before = NULL, *after = NULL;
	const char *name, *last = "";
	struct stat st;
	json_t *id;
	size_t known = 0;

	(void)state;
	render("csv", "grader", true, "first.csv");
	before = scratch_read(home, "first.csv");
	render("csv", "grader", true, "second.csv");
	after = scratch_read(home, "second.csv");
	assert_string_equal(before, after);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	map = scratch_json(home, "out/blind.json");
	/* rows are by pseudonym, and those of the map are sorted */
	json_object_foreach (json_object_get(map, "candidates"), name, id) {
		const char *at = strstr(before, name);

		assert_non_null(at);
		assert_true(at > last || !*last);
		last = at;
		known += json_is_string(id);
	}
	assert_int_equal(known, 4);
}

static void assert_refused(const char *word, const char *const *argv)
{
	const struct process_options options = { .folder = home };
	struct process process;

	process_start(&process, argv, &options);
	process_wait(&process);
	assert_status(&process, 2);
	assert_non_null(strstr(process.err, word));
	process_release(&process);
}

#define REFUSED(word, ...)                                          \
	assert_refused((word), (const char *[]){ "assay", "report", \
						 __VA_ARGS__, NULL })

static void test_blind__hands_out_nothing_beside(void **state)
{
	(void)state;
	REFUSED("blind.key", "--blind", "--format", "html", "-o", "out", "out");
	render("html", "grader", false, "named");
	REFUSED("no blind rendering", "--blind", "--format", "html", "-o",
		"named", "out");
	REFUSED("--blind", "--names", "names.csv", "out");
	REFUSED("nowhere.csv", "--blind", "--names", "nowhere.csv", "out");
	REFUSED("--blind", "--blind", "--verify", "out");
}

static void test_blind__says_that_it_is_no_report(void **state)
{
	const struct process_options options = { .folder = home,
						 .env = { environment[1] } };
	struct process process;
	AUTO_FREE char *pub = text_format("%s/keys/grader.pub", home);

	(void)state;
	process_run(&process, &options, "assay", "report", "--blind", "-o",
		    "one.json", "--format", "json",
		    "out/reports/bramwell.json");
	assert_status(&process, 0);
	process_release(&process);
	process_run(&process, &options, "assay", "report", "--verify", "--key",
		    pub, "one.json");
	assert_status(&process, 1);
	assert_non_null(strstr(process.out, "one.json: blinded: "));
	process_release(&process);
}

static void test_blind__says_what_it_could_not_read(void **state)
{
	const struct process_options options = { .folder = home };
	struct process process;
	AUTO_FREE char *from = scratch_path(home, "bramwell");
	AUTO_FREE char *to = scratch_path(home, "elsewhere");

	(void)state;
	assert_int_equal(rename(from, to), 0);
	process_run(&process, &options, "assay", "report", "--blind", "out");
	assert_int_equal(rename(to, from), 0);
	assert_status(&process, 0);
	assert_non_null(strstr(process.err, "1 of 4 submissions"));
	process_release(&process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search__sees_through_encodings),
		cmocka_unit_test(test_blind__without_it_each_name_is_seen),
		cmocka_unit_test(test_blind__leaves_no_name_in_any_rendering),
		cmocka_unit_test(test_blind__leaves_no_name_in_the_sources),
		cmocka_unit_test(
			test_blind__keeps_who_is_who_beside_the_results),
		cmocka_unit_test(test_blind__hands_out_nothing_beside),
		cmocka_unit_test(test_blind__says_that_it_is_no_report),
		cmocka_unit_test(test_blind__says_what_it_could_not_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
