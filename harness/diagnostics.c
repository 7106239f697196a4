#include "diagnostics.h"
#include "report_member.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#define MESSAGE_MAX 2000      /* bytes of one diagnostic's message */
#define OUTPUT_MAX (16 << 10) /* bytes of the text around diagnostics */
#define SUBMISSION "/work/submission/"

static const char *without_prefix(const char *text, const char *prefix)
{
	size_t size = strlen(prefix);

	return strncmp(text, prefix, size) == 0 ? text + size : text;
}

static json_t *new_diagnostic(const char *file, json_int_t line,
			      json_int_t column, const char *kind,
			      const char *message)
{
	AUTO_FREE char *text = text_clean(message, strlen(message),
					  MESSAGE_MAX);
	json_t *diagnostic = json_pack(
		"{s:s?, s:o, s:o, s:s, s:s}", "file", file, "line",
		line > 0 ? json_integer(line) : json_null(), "column",
		column > 0 ? json_integer(column) : json_null(), "kind", kind,
		"message", text);

	CHECK(diagnostic);
	return diagnostic;
}

static bool is_error(const json_t *diagnostic)
{
	return report_is(diagnostic, "kind", "error");
}

/* Make room by dropping the last diagnostic that is no error. */
static bool drop_lesser(json_t *into)
{
	size_t i = DIAGNOSTICS_MAX;

	while (i-- > 0)
		if (!is_error(json_array_get(into, i)))
			return json_array_remove(into, i) == 0;
	return false;
}

static void count_omitted(json_t *into)
{
	json_t *last = json_array_get(into, DIAGNOSTICS_MAX);
	json_int_t omitted =
		json_integer_value(json_object_get(last, "omitted")) + 1;
	AUTO_FREE char *message = text_format(
		"%lld more diagnostics were left out", omitted);

	last = new_diagnostic(NULL, 0, 0, "note", message);
	CHECK(json_object_set_new(last, "omitted", json_integer(omitted)) == 0);
	if (json_array_size(into) > DIAGNOSTICS_MAX)
		CHECK(json_array_set_new(into, DIAGNOSTICS_MAX, last) == 0);
	else
		CHECK(json_array_append_new(into, last) == 0);
}

/* Takes over @diagnostic. */
static void add(json_t *into, json_t *diagnostic)
{
	size_t count = json_array_size(into);

	if (count < DIAGNOSTICS_MAX) {
		CHECK(json_array_append_new(into, diagnostic) == 0);
		return;
	}
	count_omitted(into);
	if (is_error(diagnostic) && drop_lesser(into))
		CHECK(json_array_insert_new(into, DIAGNOSTICS_MAX - 1,
					    diagnostic) == 0);
	else
		json_decref(diagnostic);
}

/* GCC has "fatal error", "sorry, unimplemented", "pedwarn", ... as well. */
static const char *simple_kind(const char *kind)
{
	if (strstr(kind, "error") || strstr(kind, "sorry"))
		return "error";
	return strstr(kind, "warn") ? "warning" : "note";
}

static bool add_gcc_diagnostic(json_t *object, json_t *into)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));
	const char *message = json_string_value(
		json_object_get(object, "message"));
	const char *option = json_string_value(
		json_object_get(object, "option"));
	json_t *place = json_object_get(
		json_array_get(json_object_get(object, "locations"), 0),
		"caret");
	const char *file = json_string_value(json_object_get(place, "file"));
	json_t *diagnostic;

	if (!kind || !message)
		return false;
	if (file)
		file = without_prefix(without_prefix(file, SUBMISSION), "./");
	diagnostic = new_diagnostic(
		file, json_integer_value(json_object_get(place, "line")),
		json_integer_value(json_object_get(place, "column")),
		simple_kind(kind), message);
	if (option)
		CHECK(json_object_set_new(diagnostic, "option",
					  json_string(option)) == 0);
	add(into, diagnostic);
	return true;
}

/*
 * One element of GCC's array with its notes, from the start of @text. Returns
 * the bytes it took; 0 when there is none: the end of the array, a line that
 * a bound cut off, or something else that starts with a bracket.
 */
static size_t take_element(const char *text, size_t size, json_t *into)
{
	json_error_t parse;
	json_auto_t *object = json_loadb(text, size, JSON_DISABLE_EOF_CHECK,
					 &parse);
	json_t *child;
	size_t i;

	if (!object || !add_gcc_diagnostic(object, into))
		return 0;
	json_array_foreach (json_object_get(object, "children"), i, child)
		(void)add_gcc_diagnostic(child, into);
	return (size_t)parse.position;
}

/*
 * Whether @line is GCC's JSON, all of it or as far as it goes. Nothing keeps
 * two compilers from ending their arrays on the same line.
 */
static bool take_json(const char *line, json_t *into)
{
	const char *at = line, *end = line + strlen(line);
	bool found = strcmp(line, "[]") == 0;
	size_t taken;

	if (*line != '[')
		return false;
	for (;;) {
		at += strspn(at, "[, ]");
		if (*at != '{')
			return found;
		taken = take_element(at, (size_t)(end - at), into);
		if (taken == 0)
			return found;
		found = true;
		at += taken;
	}
}

/*
 * "multiple definition of `x'; OBJECT:FILE:LINE: first defined here": whichever
 * of the two comes first, the candidate's is the one to be changed. Returns the
 * length of the message up to there, or 0: its place is not the other one.
 */
static size_t first_defined(const char *message, char **file, json_int_t *line)
{
	const char *tail = strstr(message, "; ");
	const char *place = tail ? strstr(tail, SUBMISSION) : NULL;
	const char *colon = place ? strchr(place, ':') : NULL;

	if (!colon || !strstr(colon, ": first defined here"))
		return 0;
	free(*file);
	*file = strndup(place, (size_t)(colon - place));
	ENOUGH(*file);
	*line = strtol(colon + 1, NULL, 10);
	return (size_t)(tail - message);
}

/*
 * "/usr/bin/ld: FILE:LINE: undefined reference to `x'", where without debug
 * information LINE is "(.text+0x1f)".
 */
static bool take_linker(const char *line, json_t *into)
{
	static const char *const marks[] = {
		": undefined reference to `",
		": multiple definition of `",
	};
	const char *mark = NULL, *colon, *file = line;
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *message = NULL;
	json_int_t number = 0;
	size_t i, length = 0;

	for (i = 0; !mark && i < sizeof marks / sizeof *marks; i++)
		mark = strstr(line, marks[i]);
	if (!mark)
		return false;
	for (i = 0; line + i < mark; i++)
		if (strncmp(line + i, ": ", 2) == 0)
			file = line + i + 2;
	colon = memrchr(file, ':', (size_t)(mark - file));
	if (!colon)
		return false;
	if (isdigit((unsigned char)colon[1]))
		number = strtol(colon + 1, NULL, 10);
	name = strndup(file, (size_t)(colon - file));
	ENOUGH(name);
	if (!strstr(name, SUBMISSION))
		length = first_defined(mark + 2, &name, &number);
	message = length ? text_format("%.*s, which the exercise or its tools "
				       "have, too",
				       (int)length, mark + 2)
			 : text_format("%s", mark + 2);
	add(into, new_diagnostic(without_prefix(name, SUBMISSION), number, 0,
				 "error", message));
	return true;
}

/* What Python says of a source that it cannot compile, as far as it has come:
 *
 *	Traceback (most recent call last):
 *	  File "<string>", line 1, in <module>
 *	  File "store.py", line 2
 *	    def f(:
 *	          ^
 *	SyntaxError: invalid syntax
 */
struct traceback {
	bool open;
	size_t start; /* where it begins in the text that is kept */
	char *file;   /* the last place, which is the one that matters */
	json_int_t line;
};

static void take_place(struct traceback *traceback, const char *line)
{
	const char *name = line + strlen("  File \""), *end;

	end = strstr(name, "\", line ");
	if (!end)
		return;
	free(traceback->file);
	traceback->file = strndup(name, (size_t)(end - name));
	ENOUGH(traceback->file);
	traceback->line = strtol(end + strlen("\", line "), NULL, 10);
}

static bool is_syntax_error(const char *line)
{
	return strncmp(line, "SyntaxError: ", 13) == 0 ||
	       strncmp(line, "IndentationError: ", 18) == 0 ||
	       strncmp(line, "TabError: ", 10) == 0;
}

/* Whether @line, which would be at @used of what is kept, ends a traceback that
 * has become a diagnostic. */
static bool take_traceback(struct traceback *traceback, const char *line,
			   size_t used, json_t *into)
{
	bool first = strcmp(line, "Traceback (most recent call last):") == 0;
	bool place = strncmp(line, "  File \"", 8) == 0;
	bool was_open = traceback->open;

	if (first || (place && !was_open)) {
		traceback->open = true;
		traceback->start = used;
		free(traceback->file);
		traceback->file = NULL;
	}
	if (place)
		take_place(traceback, line);
	if (first || *line == ' ' || !was_open)
		return false;
	traceback->open = false;
	/* "<string>" is the build command's own */
	if (!is_syntax_error(line) || !traceback->file ||
	    *traceback->file == '<')
		return false;
	add(into, new_diagnostic(without_prefix(traceback->file, SUBMISSION),
				 traceback->line, 0, "error", line));
	return true;
}

/* "store.py:2: SyntaxWarning: "is" with a literal." */
static bool take_python_warning(const char *line, json_t *into)
{
	const char *mark = strstr(line, ": SyntaxWarning: ");
	const char *colon = mark ? memrchr(line, ':', (size_t)(mark - line))
				 : NULL;
	AUTO_FREE char *name = NULL;

	if (!colon || !isdigit((unsigned char)colon[1]))
		return false;
	name = strndup(line, (size_t)(colon - line));
	ENOUGH(name);
	add(into, new_diagnostic(without_prefix(name, SUBMISSION),
				 strtol(colon + 1, NULL, 10), 0, "warning",
				 mark + 2));
	return true;
}

static bool is_blank(const char *text, size_t size)
{
	while (size > 0 && strchr(" \t\r\n", text[size - 1]) &&
	       text[size - 1] != '\0')
		size--;
	return size == 0;
}

char *diagnostics_parse(const char *text, size_t size, json_t *into)
{
	AUTO_FREE char *rest = malloc(size + 1);
	struct traceback traceback = { 0 };
	const char *end = text + size;
	size_t used = 0;

	ENOUGH(rest);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);
		AUTO_FREE char *line = text_clean(text, length, SIZE_MAX);

		if (take_traceback(&traceback, line, used, into)) {
			used = traceback.start;
		} else if (!take_json(line, into) && !take_linker(line, into) &&
			   !take_python_warning(line, into)) {
			size_t whole = length + (newline ? 1 : 0);

			memcpy(rest + used, text, whole);
			used += whole;
		}
		text = newline ? newline + 1 : end;
	}
	free(traceback.file);
	return is_blank(rest, used) ? NULL : text_clean(rest, used, OUTPUT_MAX);
}

bool diagnostics_were_said(const json_t *builds, size_t build,
			   const json_t *diagnostic)
{
	json_t *other;
	size_t i, j;

	for (i = 0; i < build; i++) {
		const json_t *earlier = json_object_get(
			json_array_get(builds, i), "diagnostics");

		json_array_foreach (earlier, j, other) {
			if (json_equal(other, diagnostic))
				return true;
		}
	}
	return false;
}
