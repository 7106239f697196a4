/*
 * fuzz_journal.c - a line of a journal, as a power cut may have left it
 *
 * What is taken for a line says what its type promises, and says it again
 * when it is written and read once more.
 */
#include "fuzz.h"

#include <string.h>

#include "journal.h"

static void check_fields(const json_t *line, enum journal_kind kind)
{
	static const char *const fields[JOURNAL_OTHER + 1] = {
		[JOURNAL_BATCH] = "journal_version",
		[JOURNAL_GRADED] = "content",
		[JOURNAL_ERROR] = "message",
		[JOURNAL_AUDIT] = "same",
		[JOURNAL_RESUMED] = "started",
		[JOURNAL_END] = "graded",
		[JOURNAL_OTHER] = "type",
	};

	CHECK(json_is_object(line));
	CHECK(json_object_get(line, fields[kind]));
	if (kind == JOURNAL_GRADED) {
		CHECK(json_string_value(json_object_get(line, "id")));
		CHECK(json_is_object(json_object_get(line, "line")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum journal_kind kind = JOURNAL_OTHER, again = JOURNAL_OTHER;
	json_auto_t *line = journal_parse((const char *)data, size, &kind);
	json_auto_t *same = NULL;
	AUTO_FREE char *text = NULL;

	if (!line)
		return 0;
	check_fields(line, kind);
	text = journal_text(line);
	CHECK(strchr(text, '\n') == text + strlen(text) - 1);
	same = journal_parse(text, strlen(text) - 1, &again);
	CHECK(same && again == kind);
	return 0;
}
