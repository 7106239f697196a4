#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "report.h"
#include "result_fixture.h"
#include "seal.h"
#include "text.h"

/* Two key pairs in a folder, and a report signed with the first. */
static char folder[] = "/tmp/test_seal.XXXXXX";
static struct key grader, stranger;

static char *in_folder(const char *name)
{
	return text_format("%s/%s", folder, name);
}

static int set_up(void **state)
{
	AUTO_FREE char *mine = NULL, *other = NULL;
	struct error err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(folder));
	mine = in_folder("deep/er/key");
	other = in_folder("other");
	assert_int_equal(key_load(mine, &grader, &err), 0);
	assert_int_equal(key_load(other, &stranger, &err), 0);
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "deep/er/key",
					     "deep/er/key.pub",
					     "other",
					     "other.pub",
					     "deep/er",
					     "deep",
					     "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_FREE char *path = in_folder(names[i]);

		assert_int_equal(remove(path), 0);
	}
	return 0;
}

static json_t *signed_report(void **state, const struct key *key)
{
	json_t *report = fixture_report(*state);
	json_auto_t *batch = json_pack("{ss}", "type", "batch");
	struct seal_place place;

	seal_place_first(&place, batch);
	seal_put(report, key, &place);
	return report;
}

/* @words: what has to stand in the reason. */
static void expect(const json_t *report, enum seal_finding finding,
		   const char *words)
{
	AUTO_FREE char *why = NULL;

	assert_int_equal(seal_check(report, grader.public, &why), finding);
	if (words)
		assert_non_null(strstr(why, words));
	else
		assert_null(why);
}

static json_t *at(json_t *report, const char *name)
{
	return json_object_get(report, name);
}

/* ---- keys ---- */

static void test_key__is_for_its_owner_only(void **state)
{
	AUTO_FREE char *path = in_folder("deep/er/key");
	AUTO_FREE char *above = in_folder("deep/er");
	struct stat info;

	(void)state;
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(stat(above, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
}

static void test_key__is_the_same_again(void **state)
{
	AUTO_FREE char *path = in_folder("deep/er/key");
	AUTO_FREE char *beside = in_folder("deep/er/key.pub");
	unsigned char public[KEY_PUBLIC_BYTES];
	struct error err = { 0 };
	struct key again;

	(void)state;
	assert_int_equal(key_load(path, &again, &err), 0);
	assert_memory_equal(&again, &grader, sizeof again);
	assert_int_equal(key_public_load(beside, public, &err), 0);
	assert_memory_equal(public, grader.public, sizeof public);
	assert_memory_not_equal(stranger.public, grader.public, sizeof public);
}

static void test_key__that_others_can_read_is_refused(void **state)
{
	AUTO_FREE char *path = in_folder("other");
	struct error err = { 0 };
	struct key again;

	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	assert_true(key_load(path, &again, &err) < 0);
	assert_non_null(strstr(err.text, "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
}

static void test_key__takes_no_other_file_for_a_public_one(void **state)
{
	unsigned char public[KEY_PUBLIC_BYTES];
	struct error err = { 0 };

	(void)state;
	assert_true(key_public_load("/dev/null", public, &err) < 0);
	assert_true(key_public_load("abcd", public, &err) < 0);
	assert_true(key_public_load(folder, public, &err) < 0);
}

/* ---- signatures ---- */

static void test_seal__of_an_untouched_report_is_fine(void **state)
{
	json_auto_t *report = signed_report(state, &grader);

	expect(report, SEAL_FINE, NULL);
}

static void test_seal__survives_a_file(void **state)
{
	static const size_t layouts[] = { JSON_COMPACT, JSON_INDENT(7),
					  JSON_SORT_KEYS | JSON_ENSURE_ASCII };
	json_auto_t *report = fixture_report(*state);
	json_auto_t *batch = json_object();
	struct seal_place place;
	size_t i;

	(void)json_object_set_new(report, "message",
				  json_string("\xc3\xa4 \"\\ \x01\n\xe2\x82"
					      "\xac"));
	(void)json_object_set_new(at(report, "timing"), "wall_ms",
				  json_real(217.202));
	seal_place_first(&place, batch);
	seal_put(report, &grader, &place);
	for (i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		AUTO_FREE char *text = json_dumps(
			report, layouts[i] | JSON_REAL_PRECISION(15));
		json_auto_t *again = json_loads(text, 0, NULL);

		expect(again, SEAL_FINE, NULL);
	}
}

static void test_seal__names_the_part_that_was_changed(void **state)
{
	static const char *const parts[] = { "score", "submission", "tests",
					     "verdict_digest", "environment" };
	size_t i;

	for (i = 0; i < sizeof parts / sizeof *parts; i++) {
		json_auto_t *report = signed_report(state, &grader);

		(void)json_object_set_new(report, parts[i], json_true());
		expect(report, SEAL_TAMPERED, parts[i]);
	}
}

static void test_seal__sees_what_was_taken_out_or_put_in(void **state)
{
	json_auto_t *less = signed_report(state, &grader);
	json_auto_t *more = signed_report(state, &grader);

	(void)json_object_del(less, "build");
	expect(less, SEAL_TAMPERED, "build");
	(void)json_object_set_new(more, "note", json_string("well done"));
	expect(more, SEAL_TAMPERED, "note");
}

static void test_seal__cannot_be_mended_from_outside(void **state)
{
	json_auto_t *report = signed_report(state, &grader);
	json_auto_t *other = signed_report(state, &stranger);
	json_t *signature = at(report, "signature");

	/* the digest of what was changed, changed as well */
	(void)json_object_set_new(report, "score", json_true());
	(void)json_object_set_new(
		at(signature, "parts"), "score",
		json_string("b5bea41b6c623f7c09f1bf24dcae58ebab3c0cdd90ad966bc4"
			    "3a45b44867e12b"));
	expect(report, SEAL_TAMPERED, "signature");
	/* somebody else's value, or all of somebody else's */
	(void)json_object_set(signature, "value",
			      json_object_get(at(other, "signature"), "value"));
	expect(report, SEAL_TAMPERED, "signature");
	(void)json_object_set(report, "signature", at(other, "signature"));
	expect(report, SEAL_OTHER_KEY, "key");
}

static void test_seal__of_another_key_is_called_that(void **state)
{
	json_auto_t *report = signed_report(state, &stranger);

	expect(report, SEAL_OTHER_KEY, "not the grader's");
}

static void test_seal__tells_what_has_none(void **state)
{
	json_auto_t *report = fixture_report(*state);
	json_auto_t *odd = fixture_report(*state);

	expect(report, SEAL_UNSIGNED, "no signature");
	(void)json_object_set_new(odd, "signature", json_object());
	expect(odd, SEAL_TAMPERED, "signature");
}

static void test_seal__takes_any_json(void **state)
{
	static const char *const texts[] = {
		"{\"signature\": {\"key\": 3, \"value\": null}}",
		"{\"signature\": {\"key\": \"zz\"}}",
		"{\"signature\": {\"parts\": [], \"covers\": 7}}",
		"[]",
		"{}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		json_auto_t *json = json_loads(texts[i], 0, NULL);
		AUTO_FREE char *why = NULL;

		assert_int_not_equal(seal_check(json, grader.public, &why),
				     SEAL_FINE);
	}
}

static void test_seal__chains_reports(void **state)
{
	json_auto_t *first = fixture_report(*state);
	json_auto_t *second = fixture_report(*state);
	json_auto_t *batch = json_object();
	struct seal_place place;
	char digest[SEAL_HEX];

	seal_place_first(&place, batch);
	seal_put(first, &grader, &place);
	seal_put(second, &grader, &place);
	assert_true(seal_digest(first, digest));
	assert_string_equal(json_string_value(json_object_get(
				    at(second, "signature"), "previous")),
			    digest);
	assert_int_equal(json_integer_value(json_object_get(
				 at(second, "signature"), "sequence")),
			 1);
	expect(second, SEAL_FINE, NULL);
}

static void test_seal__leaves_the_verdict_digest_alone(void **state)
{
	json_auto_t *report = signed_report(state, &grader);
	char digest[65];

	report_verdict_digest(at(report, "verdict"), digest);
	assert_string_equal(json_string_value(at(report, "verdict_digest")),
			    digest);
}

#define WITH_FIXTURE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key__is_for_its_owner_only),
		cmocka_unit_test(test_key__is_the_same_again),
		cmocka_unit_test(test_key__that_others_can_read_is_refused),
		cmocka_unit_test(
			test_key__takes_no_other_file_for_a_public_one),
		WITH_FIXTURE(test_seal__of_an_untouched_report_is_fine),
		WITH_FIXTURE(test_seal__survives_a_file),
		WITH_FIXTURE(test_seal__names_the_part_that_was_changed),
		WITH_FIXTURE(test_seal__sees_what_was_taken_out_or_put_in),
		WITH_FIXTURE(test_seal__cannot_be_mended_from_outside),
		WITH_FIXTURE(test_seal__of_another_key_is_called_that),
		WITH_FIXTURE(test_seal__tells_what_has_none),
		cmocka_unit_test(test_seal__takes_any_json),
		WITH_FIXTURE(test_seal__chains_reports),
		WITH_FIXTURE(test_seal__leaves_the_verdict_digest_alone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
