/*
 * "assay report --similarity": which submissions have much code alike, for the
 * hiring team and for nobody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "counter.h"
#include "process.h"
#include "scratch.h"
#include "similar.h"
#include "text.h"
#include "tokens.h"

/* Two that are one, and one of somebody else's. */
#define ADA                                                                 \
	"/* Keeps a history beside the sum. </td><script>x()</script> */\n" \
	"struct entry { struct entry *next; long number, sum; };\n"         \
	"static struct entry *history;\n"                                   \
	"static void remember(long number, long sum)\n"                     \
	"{\n"                                                               \
	"\tstruct entry *entry = malloc(sizeof *entry);\n\n"                \
	"\tif (!entry)\n\t\treturn;\n"                                      \
	"\tentry->number = number;\n\tentry->sum = sum + number * 2 - 1;\n" \
	"\tentry->next = history;\n\thistory = entry;\n"                    \
	"}\n"                                                               \
	"static long oldest(void)\n"                                        \
	"{\n"                                                               \
	"\tconst struct entry *at = history;\n\tlong found = 0;\n\n"        \
	"\twhile (at) {\n\t\tif (at->number > found || found == 0)\n"       \
	"\t\t\tfound = at->number;\n\t\tat = at->next;\n\t}\n"              \
	"\treturn found;\n"                                                 \
	"}\n"                                                               \
	"static int count_above(long limit)\n"                              \
	"{\n"                                                               \
	"\tint count = 0;\n\tstruct entry *at;\n\n"                         \
	"\tfor (at = history; at != NULL; at = at->next)\n"                 \
	"\t\tif (at->number >= limit && at->sum != limit)\n"                \
	"\t\t\tcount++;\n\treturn count;\n"                                 \
	"}\n"
#define BOB                                                              \
	"struct rec { struct rec *link; long val, total; };\n"           \
	"static struct rec *all_recs;\n"                                 \
	"// how many\n"                                                  \
	"static int more_than(long x) {\n  int n = 0; struct rec *p;\n"  \
	"  for (p = all_recs; p != NULL; p = p->link)\n"                 \
	"    if (p->val >= x && p->total != x) n++;\n  return n;\n}\n"   \
	"static void save(long v, long t) {\n"                           \
	"  struct rec *r = malloc(sizeof *r);\n"                         \
	"  if (!r) /* no memory */ return;\n"                            \
	"  r->val = v; r->total = t + v * 3 - 7;\n"                      \
	"  r->link = all_recs; all_recs = r; }\n"                        \
	"static long first_one(void) {\n"                                \
	"  const struct rec *p = all_recs; long best = 0;\n"             \
	"  while (p) { if (p->val > best || best == 0) best = p->val;\n" \
	"    p = p->link; }\n  return best; }\n"
#define CAROL                                                                  \
	"enum { LAST = 16 };\n"                                                \
	"static struct { long numbers[LAST]; unsigned at; } window;\n"         \
	"static unsigned digits_of(unsigned long value, unsigned base)\n"      \
	"{\n\tunsigned digits = 1;\n\n"                                        \
	"\tdo {\n\t\tvalue /= base;\n\t\tdigits += value % 2 ? 1 : 2;\n"       \
	"\t} while (value > 1 && digits < 64);\n\treturn digits;\n}\n"         \
	"static long average(void)\n{\n\tlong sum = 0;\n\tunsigned i = 0;\n\n" \
	"\tswitch (window.at) {\n\tcase 0:\n\t\treturn -1;\n"                  \
	"\tdefault:\n\t\tbreak;\n\t}\n"                                        \
	"\twhile (i < LAST)\n\t\tsum += window.numbers[i++] / LAST;\n"         \
	"\twindow.numbers[window.at++ % LAST] = digits_of(3, 2);\n"            \
	"\treturn sum << 1 | (window.at & 1);\n}\n"

static struct counter_home place;
static char *home; /* its folder */

static void submit(const char *name, const char *more)
{
	AUTO_FREE char *file = text_format("%s/counter.c", name);
	AUTO_FREE char *own = NULL, *text = NULL;

	counter_submission(home, name, COUNTER_RIGHT);
	own = scratch_read(home, file);
	text = text_format("%s#pragma GCC diagnostic ignored "
			   "\"-Wunused-function\"\n%s",
			   own, more);
	free(scratch_write(home, file, text));
}

static int set_up(void **state)
{
	AUTO_FREE char *solution = NULL, *starter = NULL;
	struct process process;

	counter_home_make(&place);
	home = place.folder;
	/* So that what all four have is the exercise's. */
	solution = source_path("tests/hostile/exercise/solution/c");
	starter = scratch_path(home, "exercises/" COUNTER "/starter/c");
	scratch_copy(solution, starter);
	submit("ada", ADA);
	submit("bob", BOB);
	submit("carol", CAROL);
	counter_submission(home, "dan", COUNTER_RIGHT);
	COUNTER_RUN(&process, place, "grade", "--quiet", "--out", "out",
		    "--exercise", COUNTER, "ada", "bob", "carol", "dan");
	assert_status(&process, 0);
	process_release(&process);
	*state = home;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	counter_home_remove(&place);
	return 0;
}

/* "assay report ..." where the exercises are. */
#define RUN(process, ...) COUNTER_RUN(process, place, "report", __VA_ARGS__)

static void test_similarity__lists_pairs_and_accuses_nobody(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "out", "--similarity");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "hostile/counter: 3 submissions"));
	assert_non_null(strstr(process.out, " %  ada                     bob"));
	assert_null(strstr(process.out, "%  ada                     carol"));
	assert_non_null(strstr(process.out, "not compared: dan has too little "
					    "code of its own"));
	assert_non_null(strstr(process.out, "for many reasons"));
	assert_null(strstr(process.out, "plagiari"));
	assert_null(strstr(process.out, "cheat"));
	process_release(&process);
}

static void test_similarity__names_the_lines_in_json(void **state)
{
	json_auto_t *document = NULL;
	struct process process;
	const json_t *pair, *region;

	(void)state;
	RUN(&process, "out", "--similarity", "--format", "json");
	assert_status(&process, 0);
	document = scratch_parse(process.out);
	process_release(&process);
	pair = json_array_get(
		json_object_get(
			json_array_get(json_object_get(document, "exercises"),
				       0),
			"pairs"),
		0);
	assert_string_equal(json_string_value(json_object_get(pair, "first")),
			    "ada");
	region = json_array_get(json_object_get(pair, "regions"), 0);
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(region, "second"), "file")),
			    "counter.c");
	assert_true(json_integer_value(json_object_get(
			    json_object_get(region, "first"), "from")) > 30);
}

static void test_similarity__shows_pairs_side_by_side(void **state)
{
	AUTO_FREE char *index = NULL, *page = NULL;
	struct process process;

	(void)state;
	RUN(&process, "out", "--similarity", "--format", "html", "-o", "pages");
	assert_status(&process, 0);
	process_release(&process);
	index = scratch_read(home, "pages/index.html");
	assert_non_null(strstr(index, "Code that is alike"));
	assert_non_null(strstr(index, "href=\"similar/1.html\""));
	assert_non_null(strstr(index, ">bob, "));
	assert_non_null(strstr(index, ">ada, "));
	page = scratch_read(home, "pages/similar/1.html");
	assert_non_null(strstr(page, "<h1>ada and bob</h1>"));
	assert_non_null(strstr(page, "href=\"../index.html\""));
	assert_non_null(strstr(page, "all_recs"));
	assert_non_null(strstr(page, "history"));
	assert_non_null(strstr(page, "for many reasons"));
	/* It has all of both in it, as text. */
	assert_null(strstr(page, "<script>"));
	assert_non_null(strstr(page, "&lt;script&gt;"));
	free(scratch_read(home, "pages/similarity.json"));
}

static void test_similarity__is_asked_for(void **state)
{
	AUTO_FREE char *index = NULL, *json = NULL, *pairs = NULL;
	struct process process;

	(void)state;
	RUN(&process, "out", "--format", "html", "-o", "plain");
	assert_status(&process, 0);
	process_release(&process);
	index = scratch_read(home, "plain/index.html");
	assert_null(strstr(index, "alike</h3>"));
	json = scratch_path(home, "plain/similarity.json");
	pairs = scratch_path(home, "plain/similar");
	assert_int_not_equal(access(json, F_OK), 0);
	assert_int_not_equal(access(pairs, F_OK), 0);
}

static void assert_refused(struct process *process, const char *word)
{
	assert_status(process, 2);
	assert_non_null(strstr(process->err, word));
	assert_string_equal(strchr(process->err, '\n'), "\n");
	process_release(process);
}

static void test_similarity__is_not_for_candidates(void **state)
{
	static const char *const formats[] = { "text", "json", "html" };
	AUTO_FREE char *folder = scratch_path(home, "for-candidates");
	AUTO_FREE char *page = NULL;
	struct process process;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof formats / sizeof *formats; i++) {
		RUN(&process, "out", "--similarity", "--audience", "candidate",
		    "--format", formats[i], "-o", "for-candidates");
		assert_refused(&process, "--audience candidate");
		assert_int_not_equal(access(folder, F_OK), 0);
	}
	/* Into the same folder as the team's: their page says nothing of it. */
	RUN(&process, "out", "--audience", "candidate", "--format", "html",
	    "-o", "for-candidates");
	assert_status(&process, 0);
	process_release(&process);
	page = scratch_read(home, "for-candidates/reports/ada.html");
	assert_null(strstr(page, "code alike"));
	assert_null(strstr(page, "similar/"));
	assert_null(strstr(page, "bob"));
}

static void test_similarity__says_what_it_needs(void **state)
{
	struct process process;

	(void)state;
	RUN(&process, "out/reports/ada.json", "--similarity");
	assert_refused(&process, "one result folder");
	RUN(&process, "out", "out", "--similarity");
	assert_refused(&process, "one result folder");
	RUN(&process, "out", "--similarity", "--format", "html");
	assert_refused(&process, "-o names the folder");
	RUN(&process, "out", "--similarity", "--format", "csv");
	assert_refused(&process, "not csv");
	RUN(&process, "ada", "--similarity");
	assert_refused(&process, "journal");
}

/* ---- the known set ---- */

#define PLANTED 6
#define KNOWN 40
#define COPY "copy-of-"

struct known {
	struct similar *similar;
	char *names[KNOWN];
	size_t count;
};

static void read_source(const char *folder, const char *name,
			struct tokens *tokens)
{
	AUTO_FREE char *text = scratch_read(folder, name);

	tokens_add(tokens, TOKENS_C, 0, text, strlen(text));
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void read_known(struct known *known, const char *folder)
{
	AUTO_FREE char *starter = source_path(
		"exercises/message-queue/bounded-queue/starter/c");
	struct tokens tokens = { .items = NULL };
	struct dirent **entries;
	int count = scandir(folder, &entries, is_shown, alphasort), i;

	assert_int_equal(count, KNOWN);
	known->similar = similar_new();
	read_source(starter, "bq.c", &tokens);
	read_source(starter, "bq.h", &tokens);
	similar_exclude(known->similar, &tokens);
	tokens_release(&tokens);
	for (i = 0; i < count; i++) {
		AUTO_FREE char *file = text_format("%s/bq.c",
						   entries[i]->d_name);

		read_source(folder, file, &tokens);
		(void)similar_add(known->similar, &tokens);
		tokens_release(&tokens);
		known->names[i] = text_format("%s", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static bool is_planted(const struct known *known,
		       const struct similar_pair *pair)
{
	const char *first = known->names[pair->first];
	const char *second = known->names[pair->second];
	size_t size = strlen(COPY);

	return (strncmp(first, COPY, size) == 0 &&
		strcmp(first + size, second) == 0) ||
	       (strncmp(second, COPY, size) == 0 &&
		strcmp(second + size, first) == 0);
}

/* 6 copies, renamed, reordered, with other comments, among 34 independent
 * solutions: they come first, and with nothing near behind them. */
static void test_similarity__ranks_planted_copies_first(void **state)
{
	AUTO_FREE char *script = source_path("tests/similar/set");
	struct process_options options = { .folder = home };
	struct similar_ranking ranking;
	struct known known;
	struct process process;
	AUTO_FREE char *folder = scratch_path(home, "known");
	size_t i;

	(void)state;
	process_run(&process, &options, "python3", script, folder);
	assert_status(&process, 0);
	process_release(&process);
	read_known(&known, folder);
	similar_rank(known.similar, 20, &ranking);
	assert_true(ranking.count > PLANTED);
	for (i = 0; i < 20 && i < ranking.count; i++)
		(void)printf("%s %3.0f %%  %s, %s\n",
			     i < PLANTED ? "planted " : "        ",
			     100 * ranking.pairs[i].share,
			     known.names[ranking.pairs[i].first],
			     known.names[ranking.pairs[i].second]);
	for (i = 0; i < PLANTED; i++)
		assert_true(is_planted(&known, &ranking.pairs[i]));
	(void)printf("the least alike of %d planted copies: %.0f %%; the next "
		     "pair: %.0f %%\n",
		     PLANTED, 100 * ranking.pairs[PLANTED - 1].share,
		     100 * ranking.pairs[PLANTED].share);
	assert_true(ranking.pairs[PLANTED - 1].share > 0.7);
	assert_true(ranking.pairs[PLANTED].share < 0.35);
	for (i = 0; i < KNOWN; i++)
		free(known.names[i]);
	free(ranking.pairs);
	similar_free(known.similar);
}

/* The last one: it takes them away. */
static void test_similarity__compares_only_what_was_graded(void **state)
{
	AUTO_FREE char *there = scratch_path(home, "carol");
	char *away = scratch_path(home, "carol-is-away");
	struct process process;

	(void)state;
	submit("bob", CAROL);
	assert_int_equal(rename(there, away), 0);
	RUN(&process, "out", "--similarity");
	assert_status(&process, 0);
	assert_non_null(strstr(process.out, "not compared: bob has changed"));
	assert_non_null(strstr(process.out, "not compared: carol could not be "
					    "read"));
	process_release(&process);
	scratch_remove(away);
	submit("ada", BOB);
	submit("dan", BOB);
	RUN(&process, "out", "--similarity");
	assert_refused(&process, "not one of its 4 submissions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_similarity__lists_pairs_and_accuses_nobody),
		cmocka_unit_test(test_similarity__names_the_lines_in_json),
		cmocka_unit_test(test_similarity__shows_pairs_side_by_side),
		cmocka_unit_test(test_similarity__is_asked_for),
		cmocka_unit_test(test_similarity__is_not_for_candidates),
		cmocka_unit_test(test_similarity__says_what_it_needs),
		cmocka_unit_test(test_similarity__ranks_planted_copies_first),
		cmocka_unit_test(
			test_similarity__compares_only_what_was_graded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
