#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "names.h"
#include "names_list.h"
#include "text.h"

#define PSEUDONYM "Candidate 7F3K"

/* @text without @name is @hidden. */
static void assert_hides(const char *name, const char *text, const char *hidden)
{
	struct names *names = names_new();
	AUTO_FREE char *found = NULL;

	names_add(names, name);
	found = names_hide(names, text, PSEUDONYM);
	if (strcmp(found, hidden) != 0)
		fail_msg("%s in \"%s\": \"%s\", not \"%s\"", name, text, found,
			 hidden);
	names_free(names);
}

static void assert_leaves(const char *name, const char *text)
{
	assert_hides(name, text, text);
}

static void test_names__are_found_however_they_are_joined(void **state)
{
	static const char *const joined[] = {
		"Jane Doe", "jane_doe", "JANE-DOE",  "JaneDoe",
		"janeDoe",  "doe.jane", "Doe, Jane", "janedoe",
		"JANEDoe",  "j. doe",   "J Doe",     "jdoe",
		"Doe J",    "Jane  D",  "doe",       "Jane",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof joined / sizeof *joined; i++) {
		AUTO_FREE char *text = text_format("<%s>", joined[i]);

		assert_hides("Jane Doe", text, "<[name]>");
	}
	assert_hides("Jane Doe", "queue_janedoe_put(1)", "queue_[name]_put(1)");
	assert_hides("Jane Doe", "src/Jane/doe2.c", "src/[name]2.c");
	assert_hides("janedoe", "by jane doe.", "by [name].");
}

static void test_names__of_few_letters_are_words_of_their_own(void **state)
{
	(void)state;
	assert_hides("Li", "Li, li_queue, LiQueue, x.li",
		     "[name], [name]_queue,"
		     " [name]Queue,"
		     " x.[name]");
	assert_leaves("Li", "Link list liquid Ali");
	assert_hides("Jane", "Janet and jane", "Janet and [name]");
	assert_hides("Smith", "blacksmiths", "black[name]s");
}

static void test_names__that_are_words_too_need_another_beside(void **state)
{
	(void)state;
	assert_leaves("Will Long", "puts will wait long");
	assert_hides("Will Long", "Will Long, long_will, willlong",
		     "[name], [name], [name]");
	assert_hides("Do An", "an item; Do An", "an item; [name]");
}

static void test_names__are_compared_without_accents(void **state)
{
	(void)state;
	assert_hides("Jos\xc3\xa9", "jose, JOSE\xcc\x81, Jos\xc3\x89",
		     "[name], [name], [name]");
	assert_hides("M\xc3\xbcller", "muller, and mueller, or M\xc3\x9cLLER",
		     "[name], and [name], or [name]");
	assert_hides("Mueller", "M\xc3\xbcller", "[name]");
	assert_hides("Gro\xc3\x9f", "GROSS", "[name]");
	assert_hides("Nguyen", "Nguy\xe1\xbb\x85n", "[name]");
	assert_hides("\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd",
		     "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd!", "[name]!");
	assert_hides("\xe7\x8e\x8b\xe8\x8a\xb3",
		     "\xe6\x98\xaf\xe7\x8e\x8b\xe8\x8a\xb3\xe5\x86\x99",
		     "\xe6\x98\xaf[name]\xe5\x86\x99");
}

static void test_names__are_found_between_bytes_that_are_no_text(void **state)
{
	(void)state;
	assert_hides("Jane Doe",
		     "\xff\xc3jane\x80\xe2\x82"
		     "doe\xf0",
		     "\xff\xc3[name]\xf0");
	assert_leaves("\xff\xfe\xc3", "\xff\xfe\xc3 abc");
	assert_leaves("", "Jane");
	assert_leaves("_-.", "_-.");
}

static void test_names__that_were_cut_are_found(void **state)
{
	(void)state;
	assert_hides("Jane Quackenbush", "by quack...", "by [name]...");
	assert_hides("Jane Quackenbush", "by Jane Quac...", "by [name]...");
	assert_hides("Quackenbush", "put-quackenbush", "put-[name]");
	assert_hides("Jane Quackenbush", "jane_quackenbus", "[name]");
	assert_hides("Quackenbush", "worker-quackenb", "worker-[name]");
	assert_leaves("Quackenbush", "a quack");
	assert_leaves("Quackenbush", "a qu...");
}

/* Time that grows faster than the text would be noticed. */
static void test_names__are_found_in_a_long_text(void **state)
{
	static const char *const parts[] = { "(c)1", "\xc2\xa9", "author ",
					     "@a.b", "janedoe",  "/home/" };
	struct names *names = names_new();
	size_t i, j;

	(void)state;
	names_add(names, "Jane Doe");
	for (i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t size = strlen(parts[i]), count = 300000 / size;
		AUTO_FREE char *text = calloc(count, size + 1);
		AUTO_FREE char *hidden = NULL;

		assert_non_null(text);
		for (j = 0; j < count; j++)
			memcpy(text + j * size, parts[i], size);
		names_add_tags(names, text);
		hidden = names_hide(names, text, PSEUDONYM);
		assert_non_null(hidden);
	}
	names_free(names);
}

static void test_names__of_the_exercise_and_of_batches_are_none(void **state)
{
	struct names *names = names_new();
	AUTO_FREE char *words = NULL, *text = NULL;

	(void)state;
	names_except(names, "bounded-queue");
	names_add_path(names, "bounded-queue-final-v2-2026-Jane.tar.gz");
	words = names_words(names);
	assert_non_null(strstr(words, "jane"));
	assert_null(strstr(words, "final"));
	assert_null(strstr(words, "2026"));
	text = names_hide(names, "a bounded queue of Jane", PSEUDONYM);
	assert_string_equal(text, "a bounded queue of [name]");
	names_free(names);
}

static void test_names__of_author_tags_are_hidden_whoever_it_is(void **state)
{
	static const char *const tags[][2] = {
		{ " * @author Ann Other", " * @author " PSEUDONYM },
		{ "\\author Ann Other <a@b.org> */",
		  "\\author " PSEUDONYM " */" },
		{ "# Author: ann", "# Author: " PSEUDONYM },
		{ "__author__ = \"Ann\"", "__author__ = \"" PSEUDONYM "\"" },
		{ "/* Copyright (c) 2023-2024 Ann Other. */",
		  "/* Copyright (c) 2023-2024 " PSEUDONYM ". */" },
		{ "\xc2\xa9 2024 Ann", "\xc2\xa9 2024 " PSEUDONYM },
		{ "Signed-off-by: Ann <a@b.org>", "Signed-off-by: " PSEUDONYM },
		{ "// Created by Ann on 1/2/24.",
		  "// Created by " PSEUDONYM "." },
		{ "mail ann.o+x@b-c.org now",
		  "mail " NAMES_HIDDEN_MAIL " now" },
		{ "/home/ann/x.c and C:\\Users\\Ann\\x",
		  "/home/[name]/x.c and C:\\Users\\[name]\\x" },
		{ "see https://GitHub.com/ann-o/queue, linkedin.com/in/ann",
		  "see https://GitHub.com/[name]/queue, linkedin.com/in/"
		  "[name]" },
	};
	struct names *names = names_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof tags / sizeof *tags; i++) {
		AUTO_FREE char *text = names_hide(names, tags[i][0], PSEUDONYM);

		assert_string_equal(text, tags[i][1]);
	}
	names_free(names);
	assert_leaves("", "Thread T1 created by main thread");
	assert_leaves("", "@app.route, x@y, copyright");
}

static void test_names__of_author_tags_are_known_elsewhere(void **state)
{
	struct names *names = names_new();
	AUTO_FREE char *text = NULL;

	(void)state;
	names_add_tags(names, "/*\n * @author Ann Other <aother@b.org>\n */\n"
			      "#include \"/home/ao99xyz/x.h\"\n"
			      "// Author: the one who likes quick sorting\n");
	text = names_hide(
		names, "ann_other, not AOTHER or aother or ao_xyz; quick b.org",
		PSEUDONYM);
	assert_string_equal(
		text, "[name], not [name] or [name] or [name]; quick b.org");
	names_free(names);
}

/* ---- tables ---- */

static const char table[] =
	"\xef\xbb\xbf"
	"id,name\r\n"
	"in/jane-doe.tar.gz,\"Doe, \"\"Jane\"\"\",jd@b.org\r\n"
	"li,\"Wei\nLi\"\n"
	"li,Ming";

static void test_names_list__has_each_submission_by_id_or_path(void **state)
{
	struct names_list *list = names_list_parse(table, sizeof table - 1);
	struct names *names = names_new();
	AUTO_FREE char *words = NULL;

	(void)state;
	assert_int_equal(names_list_learn(list, "nobody", names), 0);
	assert_int_equal(names_list_learn(list, "jane-doe", names), 2);
	assert_int_equal(names_list_learn(list, "li", names), 2);
	words = names_words(names);
	assert_string_equal(words, "doe jane jd wei li ming");
	names_free(names);
	names_list_free(list);
}

/* Any bytes are a table of something. */
static void test_names_list__is_of_any_bytes(void **state)
{
	char bytes[sizeof table];
	struct names_list *list;
	unsigned seed = 1;
	size_t size, i;

	(void)state;
	for (size = 0; size < sizeof table; size++) {
		memcpy(bytes, table, sizeof table);
		for (i = 0; i < size; i += 5) {
			seed = seed * 1103515245 + 12345;
			bytes[seed >> 8 & 63] = "\",\n\xff\r"[seed >> 16 & 3];
		}
		list = names_list_parse(bytes, size);
		names_list_free(list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names__are_found_however_they_are_joined),
		cmocka_unit_test(
			test_names__of_few_letters_are_words_of_their_own),
		cmocka_unit_test(
			test_names__that_are_words_too_need_another_beside),
		cmocka_unit_test(test_names__are_compared_without_accents),
		cmocka_unit_test(
			test_names__are_found_between_bytes_that_are_no_text),
		cmocka_unit_test(test_names__that_were_cut_are_found),
		cmocka_unit_test(test_names__are_found_in_a_long_text),
		cmocka_unit_test(
			test_names__of_the_exercise_and_of_batches_are_none),
		cmocka_unit_test(
			test_names__of_author_tags_are_hidden_whoever_it_is),
		cmocka_unit_test(
			test_names__of_author_tags_are_known_elsewhere),
		cmocka_unit_test(
			test_names_list__has_each_submission_by_id_or_path),
		cmocka_unit_test(test_names_list__is_of_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
