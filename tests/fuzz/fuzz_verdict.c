/*
 * fuzz_verdict.c - what a judge writes on its verdict descriptor
 *
 * However the bytes are cut into pieces, the same must come of them: the
 * first byte of an input says how long the pieces are.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include <assay/judge.h>

#include "verdict_lines.h"

/* Feed all of it, @piece bytes at a time. */
static int feed(struct verdict_lines *lines, const char *bytes, size_t size,
		size_t piece, struct error *err)
{
	int rc = 0;

	verdict_lines_init(lines);
	while (rc == 0 && size > 0) {
		size_t now = size < piece ? size : piece;

		rc = verdict_lines_feed(lines, bytes, now, err);
		bytes += now;
		size -= now;
	}
	if (rc < 0) {
		struct error again = { 0 };

		CHECK(lines->broken);
		CHECK(verdict_lines_feed(lines, "", 0, &again) == -EPROTO);
		CHECK(verdict_lines_finish(lines, &again) == -EPROTO);
		return rc;
	}
	return verdict_lines_finish(lines, err);
}

static void check(const struct verdict_lines *lines)
{
	const json_t *score = json_object_get(lines->verdict, "score");

	fuzz_check_json(lines->metrics);
	fuzz_check_json(lines->traces);
	fuzz_check_json(lines->verdict);
	CHECK(json_is_number(score));
	CHECK(json_number_value(score) >= 0 && json_number_value(score) <= 1);
	CHECK(lines->lines <= ASSAY_JUDGE_LINES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	size_t piece = 1 + fuzz_byte(&input);
	const char *bytes = (const char *)input.at;
	struct verdict_lines whole, parts;
	struct error err = { 0 }, other = { 0 };
	int rc;

	size = fuzz_left(&input);
	rc = feed(&whole, bytes, size, size, &err);
	CHECK(rc == 0 || rc == -EPROTO);
	fuzz_check_result(rc, &err);
	CHECK(feed(&parts, bytes, size, piece, &other) == rc);
	CHECK(strcmp(err.text, other.text) == 0);
	CHECK(whole.request_count == parts.request_count &&
	      whole.lines == parts.lines);
	CHECK(json_equal(whole.metrics, parts.metrics));
	CHECK(json_equal(whole.traces, parts.traces));
	if (rc == 0) {
		check(&whole);
		CHECK(json_equal(whole.verdict, parts.verdict));
	}
	verdict_lines_release(&whole);
	verdict_lines_release(&parts);
	return 0;
}
