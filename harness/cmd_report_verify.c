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

#include "cmd_report.h"
#include "command.h"
#include "format_parts.h"
#include "journal.h"
#include "report_list.h"
#include "report_parts.h"
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

/* "PATH: WORD: why", all of which may be a candidate's words. */
static void say(struct verifier *verifier, const char *path, const char *word,
		const char *why)
{
	AUTO_FREE char *line = why ? text_format("%s: %s: %s", path, word, why)
				   : text_format("%s: %s", path, word);
	AUTO_FREE char *clean = text_line(line);

	(void)puts(clean);
	if (strcmp(word, "fine") != 0)
		worst(verifier, COMMAND_NOT_PASSED);
}

/* ---- one report ---- */

/* NULL: not there, or no JSON, and what that means has been said. */
static json_t *load(struct verifier *verifier, const char *path)
{
	FILE *in = fopen(path, "re");
	json_error_t where;
	json_t *report;
	AUTO_FREE char *why = NULL;

	if (!in) {
		worst(verifier, command_input("report", errno, "%s: %s", path,
					      strerror(errno)));
		return NULL;
	}
	report = json_loadf(in, JSON_REJECT_DUPLICATES, &where);
	if (!report && ferror(in)) {
		worst(verifier, command_input("report", EISDIR,
					      "%s: cannot be "
					      "read",
					      path));
	} else if (!report) {
		bool cut = json_error_code(&where) ==
			   json_error_premature_end_of_input;

		why = text_format("line %d: %s", where.line,
				  cut ? "it ends in the middle" : where.text);
		say(verifier, path, cut ? "truncated" : "tampered", why);
	}
	(void)fclose(in);
	return report;
}

/* Whether a report of submission @id belongs into the file @path. */
static bool is_named(const char *path, const char *id)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *name = text_format("%s.json", id);

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

/* @digest: what the journal says of it; NULL: not asked. */
static void verify_report(struct verifier *verifier, const char *path,
			  const char *digest)
{
	static const char *const words[] = {
		[SEAL_FINE] = "fine",
		[SEAL_UNSIGNED] = "unsigned",
		[SEAL_OTHER_KEY] = "other key",
		[SEAL_TAMPERED] = "tampered",
	};
	json_auto_t *report = load(verifier, path);
	const char *id = format_string(report, "submission.id");
	AUTO_FREE char *why = NULL;
	enum seal_finding finding;
	char own[SEAL_HEX];

	if (!report)
		return;
	finding = seal_check(report, verifier->public, &why);
	if (finding == SEAL_FINE && !is_named(path, id)) {
		why = text_format("this is the report of %s", id);
		say(verifier, path, "swapped", why);
	} else if (finding == SEAL_FINE && digest &&
		   (!seal_digest(report, own) || strcmp(own, digest) != 0)) {
		say(verifier, path, "swapped",
		    "signed by the grader, but not the report that the journal "
		    "tells of");
	} else {
		say(verifier, path, words[finding], why);
	}
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
		AUTO_FREE char *path = text_format("%s/reports/%s.json", folder,
						   id);

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

/* This user's own, which is not made for it. */
static char *own_key(void)
{
	AUTO_FREE char *path = key_path();

	return path ? text_format("%s.pub", path) : NULL;
}

int report_verify(char *const *paths, int count, const char *key)
{
	struct verifier verifier = { .status = COMMAND_DONE };
	AUTO_FREE char *own = key ? NULL : own_key();
	struct error err = { 0 };
	int i;

	if (!key && !own)
		return command_usage("report", "--verify: there is no key to "
					       "compare with; --key names one");
	if (key_public_load(key ? key : own, verifier.public, &err) < 0)
		return command_input("report", err.code,
				     "--verify: the grader's public key: %s%s",
				     err.text,
				     key ? "" : " (--key names another)");
	for (i = 0; i < count; i++) {
		if (report_list_is_folder(paths[i]))
			verify_folder(&verifier, paths[i]);
		else
			verify_report(&verifier, paths[i], NULL);
	}
	return fflush(stdout) ? COMMAND_FAULT : verifier.status;
}
