/*
 * journal_line.c - the lines of a journal: see journal.h
 */
#include "journal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "text.h"
#include "version.h"

static const char *const names[] = {
	[JOURNAL_BATCH] = "batch",     [JOURNAL_GRADED] = "graded",
	[JOURNAL_ERROR] = "error",     [JOURNAL_AUDIT] = "audit",
	[JOURNAL_RESUMED] = "resumed", [JOURNAL_END] = "end",
};

static json_t *line_new(enum journal_kind kind)
{
	json_t *line = json_object();

	report_set(line, "type", report_text(names[kind]));
	return line;
}

/* RFC 3339, UTC. */
static json_t *now(void)
{
	time_t seconds = time(NULL);
	struct tm utc = { 0 };
	char text[32];

	CHECK(gmtime_r(&seconds, &utc));
	(void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
	return report_text(text);
}

json_t *journal_batch_line(const struct journal_batch *batch)
{
	json_t *line = line_new(JOURNAL_BATCH), *options = json_object();

	report_set(options, "exercise", report_text(batch->exercise));
	report_set(options, "language", report_text(batch->language));
	report_set(options, "hidden", report_text(batch->hidden));
	report_set(options, "require", report_text(batch->require));
	report_set(line, "journal_version", report_count(JOURNAL_VERSION));
	report_set(line, "assay", report_text(ASSAY_VERSION));
	report_set(line, "started", now());
	report_set(line, "options", options);
	report_set(line, "ids", report_text(batch->ids));
	report_set(line, "shard", report_text(batch->shard));
	report_set(line, "total", report_count(batch->total));
	report_set(line, "regrade_of", report_text(batch->regrade_of));
	return line;
}

json_t *journal_graded_line(const char *path, const char *id,
			    const char content[65], double seconds,
			    json_t *summary)
{
	json_t *line = line_new(JOURNAL_GRADED);

	report_set(line, "path", report_text(path));
	report_set(line, "id", report_text(id));
	report_set(line, "content", report_text(content));
	report_set(line, "seconds", report_decimal(seconds));
	report_set(line, "line", summary);
	return line;
}

json_t *journal_error_line(const char *path, const char *message)
{
	json_t *line = line_new(JOURNAL_ERROR);

	report_set(line, "path", report_text(path));
	report_set(line, "message", report_text(message));
	return line;
}

json_t *journal_audit_line(const char *id, const char *first, const char *again,
			   json_t *tests)
{
	json_t *line = line_new(JOURNAL_AUDIT);

	report_set(line, "id", report_text(id));
	report_set(line, "same", json_boolean(strcmp(first, again) == 0));
	report_set(line, "first", report_text(first));
	report_set(line, "again", report_text(again));
	report_set(line, "tests", tests);
	return line;
}

json_t *journal_resumed_line(void)
{
	json_t *line = line_new(JOURNAL_RESUMED);

	report_set(line, "started", now());
	return line;
}

json_t *journal_end_line(uint64_t graded)
{
	json_t *line = line_new(JOURNAL_END);

	report_set(line, "graded", report_count(graded));
	return line;
}

char *journal_text(const json_t *line)
{
	AUTO_FREE char *text = json_dumps(
		line, JSON_COMPACT | JSON_REAL_PRECISION(15));

	ENOUGH(text);
	return text_format("%s\n", text);
}

/* ---- reading one ---- */

static bool has(const json_t *line, const char *key, json_type type)
{
	const json_t *value = json_object_get(line, key);

	return value && json_typeof(value) == type;
}

static bool has_flag(const json_t *line, const char *key)
{
	return json_is_boolean(json_object_get(line, key));
}

static bool is_whole(const json_t *line, enum journal_kind kind)
{
	switch (kind) {
	case JOURNAL_BATCH:
		return has(line, "journal_version", JSON_INTEGER);
	case JOURNAL_GRADED:
		return has(line, "path", JSON_STRING) &&
		       has(line, "id", JSON_STRING) &&
		       has(line, "content", JSON_STRING) &&
		       has(line, "line", JSON_OBJECT);
	case JOURNAL_ERROR:
		return has(line, "path", JSON_STRING) &&
		       has(line, "message", JSON_STRING);
	case JOURNAL_AUDIT:
		return has(line, "id", JSON_STRING) && has_flag(line, "same");
	case JOURNAL_RESUMED:
		return has(line, "started", JSON_STRING);
	case JOURNAL_END:
		return has(line, "graded", JSON_INTEGER);
	case JOURNAL_OTHER:
		return true;
	}
	return false;
}

static enum journal_kind kind_of(const char *type)
{
	size_t kind;

	for (kind = 0; kind < JOURNAL_OTHER; kind++)
		if (strcmp(type, names[kind]) == 0)
			break;
	return (enum journal_kind)kind;
}

json_t *journal_parse(const char *bytes, size_t size, enum journal_kind *kind)
{
	json_auto_t *line = json_loadb(bytes, size, JSON_REJECT_DUPLICATES,
				       NULL);
	const char *type = json_string_value(json_object_get(line, "type"));
	enum journal_kind found;

	if (!type)
		return NULL;
	found = kind_of(type);
	if (!is_whole(line, found))
		return NULL;
	*kind = found;
	return json_incref(line);
}
