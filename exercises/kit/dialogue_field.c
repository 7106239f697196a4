/* dialogue_field.c - fields of a line, checked: see dialogue.h */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue_inner.h"

/* Fail with the line in the message: it is not always the last one. */
__attribute__((noreturn, format(printf, 3, 4))) static void
fail_line(struct dialogue *dialogue, const json_t *line, const char *format,
	  ...)
{
	char problem[256];
	char *text = json_dumps(line, JSON_COMPACT);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(problem, sizeof problem, format, args);
	va_end(args);
	dialogue_fail(dialogue, "the program wrote a line %s: %s", problem,
		      text ? text : "");
}

static const json_t *field(struct dialogue *dialogue, const json_t *line,
			   const char *key)
{
	const json_t *value = json_object_get(line, key);

	if (!value)
		fail_line(dialogue, line, "without \"%s\"", key);
	return value;
}

const char *dialogue_text(struct dialogue *dialogue, const json_t *line,
			  const char *key)
{
	const json_t *value = field(dialogue, line, key);

	if (!json_is_string(value))
		fail_line(dialogue, line, "whose \"%s\" is not a string", key);
	return json_string_value(value);
}

json_int_t dialogue_number(struct dialogue *dialogue, const json_t *line,
			   const char *key, json_int_t low, json_int_t high)
{
	const json_t *value = field(dialogue, line, key);
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value))
		fail_line(dialogue, line, "whose \"%s\" is not an integer",
			  key);
	if (number < low || number > high)
		fail_line(dialogue, line,
			  "whose \"%s\" is not from %" JSON_INTEGER_FORMAT
			  " to %" JSON_INTEGER_FORMAT,
			  key, low, high);
	return number;
}

bool dialogue_flag(struct dialogue *dialogue, const json_t *line,
		   const char *key)
{
	const json_t *value = field(dialogue, line, key);

	if (!json_is_boolean(value))
		fail_line(dialogue, line,
			  "whose \"%s\" is neither true nor false", key);
	return json_is_true(value);
}

void dialogue_only(struct dialogue *dialogue, const json_t *line,
		   const char *const *keys)
{
	/* jansson's iterators want what may be changed */
	json_t *object = (json_t *)(uintptr_t)line, *value;
	const char *key;
	size_t i;

	json_object_foreach (object, key, value) {
		for (i = 0; keys[i] && strcmp(keys[i], key) != 0; i++)
			;
		if (!keys[i])
			fail_line(dialogue, line,
				  "with \"%s\", which it may not have", key);
	}
}
