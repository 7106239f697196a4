/*
 * cmd_report_verify.c - "assay report --verify": is it what the grader wrote?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "attest.h"
#include "cmd_report.h"
#include "command.h"
#include "command_key.h"
#include "format_parts.h"
#include "journal.h"
#include "report_list.h"
#include "report_parts.h"
#include "report_place.h"
#include "seal.h"
#include "text.h"

struct verifier {
	unsigned char public[KEY_PUBLIC_BYTES];
	int status; /* the worst so far */
};

static void worst(struct verifier *verifier, int status)
{
	if (status > verifier->status)
		verifier->status = status;
}

static void tell(struct verifier *verifier, const char *line, bool fine)
{
	(void)puts(line);
	if (!fine)
		worst(verifier, COMMAND_NOT_PASSED);
}

static void say(struct verifier *verifier, const char *path, const char *word,
		const char *why)
{
	AUTO_FREE char *line = attest_line(path, word, why);

	tell(verifier, line, false);
}

/* @digest: what the journal says of it; NULL: not asked. */
static void verify_report(struct verifier *verifier, const char *path,
			  const char *digest)
{
	struct error err = { 0 };
	struct attest attest;

	if (attest_report(path, verifier->public, digest, &attest, &err) < 0) {
		worst(verifier,
		      command_input("report", err.code, "%s", err.text));
		return;
	}
	tell(verifier, attest.line, attest.fine);
	attest_release(&attest);
}

/* ---- a results folder ---- */

/* What the journal told last: of each id its digest, of each chain its end. */
struct told {
	json_t *digests, *ends;
};

/* Whether @signature is the next one of its chain. */
static bool follows(const struct told *told, const json_t *signature)
{
	const char *chain = format_string(signature, "chain");
	const char *end = json_string_value(json_object_get(told->ends, chain));

	return strcmp(format_string(signature, "previous"),
		      end ? end : chain) == 0;
}

static void take_line(struct verifier *verifier, struct told *told,
		      const char *journal, const json_t *line)
{
	const json_t *signature = json_object_get(line, "signature");
	const char *id = format_string(line, "id");
	const char *digest = format_string(signature, "digest");

	if (!json_is_object(signature)) {
		/* then its report is none that was signed, and says so */
		report_set(told->digests, id, json_null());
		return;
	}
	if (!follows(told, signature)) {
		AUTO_FREE char *why = text_format(
			"the line of %s does not follow on the one before it",
			id);

		say(verifier, journal, "tampered", why);
	}
	report_set(told->ends, format_string(signature, "chain"),
		   report_text(digest));
	report_set(told->digests, id, report_text(digest));
}

static int read_journal(struct verifier *verifier, struct told *told,
			const char *folder, struct error *err)
{
	AUTO_FREE char *journal = text_format("%s/" JOURNAL_NAME, folder);
	struct journal_reader *reader;
	struct journal_entry entry;
	int r = journal_reader_open(folder, &reader, err);

	if (r < 0)
		return r;
	while ((r = journal_read(reader, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED)
			take_line(verifier, told, journal, entry.json);
		json_decref(entry.json);
	}
	journal_reader_close(reader);
	return r;
}

static void verify_folder(struct verifier *verifier, const char *folder)
{
	struct told told = { json_object(), json_object() };
	struct error err = { 0 };
	json_t *digest;
	const char *id;

	ENOUGH(told.digests && told.ends);
	if (read_journal(verifier, &told, folder, &err) < 0)
		worst(verifier,
		      command_input("report", err.code, "%s", err.text));
	json_object_foreach (told.digests, id, digest) {
		AUTO_FREE char *path = report_place(folder, id);

		if (access(path, F_OK) < 0 && errno == ENOENT)
			say(verifier, path, "missing",
			    "the journal tells of it");
		else
			verify_report(verifier, path,
				      json_string_value(digest));
	}
	json_decref(told.digests);
	json_decref(told.ends);
}

int report_verify(char *const *paths, int count, const char *key)
{
	struct verifier verifier = { .status = COMMAND_DONE };
	int status = command_key_public("report", "--verify", key,
					verifier.public);
	int i;

	if (status)
		return status;
	for (i = 0; i < count; i++) {
		if (report_list_is_folder(paths[i]))
			verify_folder(&verifier, paths[i]);
		else
			verify_report(&verifier, paths[i], NULL);
	}
	return fflush(stdout) ? COMMAND_FAULT : verifier.status;
}
