#include "attest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "blind_view.h"
#include "format_parts.h"
#include "seal.h"
#include "text.h"

char *attest_line(const char *path, const char *word, const char *why)
{
	AUTO_FREE char *line = why ? text_format("%s: %s: %s", path, word, why)
				   : text_format("%s: %s", path, word);

	return text_line(line);
}

void attest_release(struct attest *attest)
{
	json_decref(attest->report);
	free(attest->line);
	*attest = (struct attest){ .report = NULL };
}

static void found(struct attest *attest, const char *path, const char *word,
		  const char *why)
{
	attest->line = attest_line(path, word, why);
}

static int load(struct attest *attest, const char *path, struct error *err)
{
	FILE *in = fopen(path, "re");
	AUTO_FREE char *why = NULL;
	json_error_t where;
	int r = 0;

	if (!in)
		return error_set(err, errno, "%s: %s", path, strerror(errno));
	attest->report = json_loadf(in, JSON_REJECT_DUPLICATES, &where);
	if (!attest->report && ferror(in)) {
		r = error_set(err, EISDIR, "%s: cannot be read", path);
	} else if (!attest->report) {
		bool cut = json_error_code(&where) ==
			   json_error_premature_end_of_input;

		why = text_format("line %d: %s", where.line,
				  cut ? "it ends in the middle" : where.text);
		found(attest, path, cut ? "truncated" : "tampered", why);
	}
	(void)fclose(in);
	return r;
}

/* Whether a report of submission @id belongs into the file @path. */
static bool is_named(const char *path, const char *id)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *name = text_format("%s.json", id);

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

static void check(struct attest *attest, const char *path,
		  const unsigned char public[KEY_PUBLIC_BYTES],
		  const char *digest)
{
	static const char *const words[] = {
		[SEAL_FINE] = "fine",
		[SEAL_UNSIGNED] = "unsigned",
		[SEAL_OTHER_KEY] = "other key",
		[SEAL_TAMPERED] = "tampered",
	};
	const char *id = format_string(attest->report, "submission.id");
	AUTO_FREE char *why = NULL;
	enum seal_finding finding = seal_check(attest->report, public, &why);
	char own[SEAL_HEX];

	if (finding == SEAL_UNSIGNED && blind_view_is(attest->report)) {
		found(attest, path, "blinded",
		      "made for raters by report --blind, not what the grader "
		      "wrote");
		return;
	}
	if (finding == SEAL_FINE && !is_named(path, id)) {
		why = text_format("this is the report of %s", id);
		found(attest, path, "swapped", why);
	} else if (finding == SEAL_FINE && digest &&
		   (!seal_digest(attest->report, own) ||
		    strcmp(own, digest) != 0)) {
		found(attest, path, "swapped",
		      "signed by the grader, but not the report that the "
		      "journal tells of");
	} else {
		attest->fine = finding == SEAL_FINE;
		found(attest, path, words[finding], why);
	}
}

int attest_report(const char *path,
		  const unsigned char public[KEY_PUBLIC_BYTES],
		  const char *digest, struct attest *ret, struct error *err)
{
	struct attest attest = { .report = NULL };
	int r = load(&attest, path, err);

	if (r < 0)
		return r;
	if (attest.report)
		check(&attest, path, public, digest);
	*ret = attest;
	return 0;
}
