/*
 * build_kept.c - see build_kept.h
 *
 * The note is JSON. Who can write to the store can write what he likes, but
 * that is the user; it is read with care all the same, as files get old.
 */
#include "build_kept.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "store.h"

/* What of a box's result is numbers; BOX_UNKNOWN becomes -1. */
#define NUMBER(name)                                     \
	{                                                \
#name, offsetof(struct box_result, name) \
	}
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	NUMBER(wall_us),
	NUMBER(user_us),
	NUMBER(system_us),
	NUMBER(peak_bytes),
	NUMBER(anonymous_bytes),
	NUMBER(file_bytes),
	NUMBER(kernel_bytes),
	NUMBER(voluntary_switches),
	NUMBER(involuntary_switches),
	NUMBER(output_bytes),
	NUMBER(processes_refused),
};
#undef NUMBER

#define NUMBERS (sizeof numbers / sizeof numbers[0])

static json_t *box_note(const struct box_result *box)
{
	json_t *note = json_pack("{s:i, s:s, s:s}", "exit_status",
				 box->exit_status, "mechanism", box->mechanism,
				 "memory_source", box->memory_source);
	uint64_t value;
	size_t i;

	ENOUGH(note);
	for (i = 0; i < NUMBERS; i++) {
		memcpy(&value, (const char *)box + numbers[i].offset,
		       sizeof value);
		(void)json_object_set_new(note, numbers[i].name,
					  json_integer((json_int_t)value));
	}
	return note;
}

static bool box_read(const json_t *note, struct box_result *box)
{
	const char *mechanism = json_string_value(
		json_object_get(note, "mechanism"));
	const char *source = json_string_value(
		json_object_get(note, "memory_source"));
	const json_t *number;
	uint64_t value;
	size_t i;

	if (!mechanism || !source)
		return false;
	*box = (struct box_result){ .type = BOX_RESULT, .outcome = BOX_EXITED };
	box->exit_status = (int32_t)json_integer_value(
		json_object_get(note, "exit_status"));
	(void)snprintf(box->mechanism, sizeof box->mechanism, "%s", mechanism);
	(void)snprintf(box->memory_source, sizeof box->memory_source, "%s",
		       source);
	for (i = 0; i < NUMBERS; i++) {
		number = json_object_get(note, numbers[i].name);
		if (!json_is_integer(number))
			return false;
		value = (uint64_t)json_integer_value(number);
		memcpy((char *)box + numbers[i].offset, &value, sizeof value);
	}
	return true;
}

static char *copy_of(const json_t *text)
{
	char *copy = json_is_string(text) ? strdup(json_string_value(text))
					  : NULL;

	ENOUGH(copy || !json_is_string(text));
	return copy;
}

bool build_kept_get(const char *key, struct build_result *ret, int *program)
{
	struct store_entry entry;
	json_auto_t *note = NULL;
	json_t *diagnostics;

	*program = -1;
	if (!store_get(key, &entry))
		return false;
	note = json_loads(entry.note, 0, NULL);
	diagnostics = json_object_get(note, "diagnostics");
	*ret = (struct build_result){ .kept = true };
	if (!json_is_array(diagnostics) ||
	    !box_read(json_object_get(note, "box"), &ret->box)) {
		store_entry_release(&entry);
		return false;
	}
	ret->ok = entry.program >= 0;
	ret->command = (unsigned)json_integer_value(
		json_object_get(note, "command"));
	ret->diagnostics = json_incref(diagnostics);
	ret->output = copy_of(json_object_get(note, "output"));
	ret->scanned = json_is_true(json_object_get(note, "scanned"));
	ret->unsearchable = copy_of(json_object_get(note, "unsearchable"));
	*program = TAKE_FD(entry.program);
	store_entry_release(&entry);
	return true;
}

/* A compiler that found something wrong, and not one that ran out of something:
 * that has no place in a file. */
static bool says_why(const struct build_result *build)
{
	const json_t *diagnostic;
	size_t i;

	json_array_foreach (build->diagnostics, i, diagnostic)
		if (report_is(diagnostic, "kind", "error") &&
		    json_is_integer(json_object_get(diagnostic, "line")))
			return true;
	return false;
}

static bool worth_keeping(const struct build_result *build, int program)
{
	const struct box_result *box = &build->box;

	if (build->fault || box->type != BOX_RESULT ||
	    box->outcome != BOX_EXITED)
		return false;
	if (build->ok)
		return program >= 0;
	return program < 0 && box->exit_status != 0 &&
	       (box->processes_refused == 0 ||
		box->processes_refused == BOX_UNKNOWN) &&
	       says_why(build);
}

void build_kept_put(const char *key, const struct build_result *build,
		    int program)
{
	AUTO_FREE char *text = NULL;
	json_auto_t *note = NULL;

	if (!worth_keeping(build, program))
		return;
	note = json_pack("{s:o, s:i, s:O, s:s?, s:b, s:s?}", "box",
			 box_note(&build->box), "command", (int)build->command,
			 "diagnostics", build->diagnostics, "output",
			 build->output, "scanned", (int)build->scanned,
			 "unsearchable", build->unsearchable);
	ENOUGH(note);
	text = json_dumps(note, JSON_COMPACT);
	ENOUGH(text);
	store_put(key, text, program);
}
