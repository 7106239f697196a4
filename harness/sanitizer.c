/*
 * A sanitizer's report is a head line, then stacks: a line that says what the
 * stack is of, and one line per frame.
 *
 *   WARNING: ThreadSanitizer: data race (pid=42)
 *     Write of size 8 at 0x7b04 by thread T2:
 *       #0 bq_put /work/submission/bq.c:30 (program+0x128f)
 *
 *   ==42==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020 ...
 *   READ of size 1 at 0x602000000011 thread T0
 *       #0 0x555555555310 in main /work/submission/bq.c:7
 *
 * The forms are those of GCC 12's libsanitizer; what is of no form known here
 * is passed over.
 */
#include "sanitizer.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define STACKS_MAX 16 /* kept per report */
#define FRAMES_MAX 32 /* kept per stack */
#define LINE_MAX_KEPT 1000
#define WORK "/work/"
#define SUBMISSION WORK "submission/"

struct parser {
	json_t *reports;
	json_t *report; /* that lines go into, or NULL between two */
	json_t *stack;  /* that frames go into, or NULL; the report's */
	char *what;     /* the last line that was not a frame */
};

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void remember(struct parser *parser, const char *line)
{
	free(parser->what);
	parser->what = strdup(line);
	ENOUGH(parser->what);
}

/* Addresses differ from run to run and help nobody. */
static char *without_addresses(const char *text)
{
	char *kept = malloc(strlen(text) * 2 + 1); /* "0x" becomes "..." */
	size_t used = 0;

	ENOUGH(kept);
	while (*text) {
		if (starts_with(text, "0x")) {
			text += 2;
			text += strspn(text, "0123456789abcdef");
			memcpy(kept + used, "...", 3);
			used += 3;
		} else {
			kept[used++] = *text++;
		}
	}
	while (used > 0 && strchr(": ", kept[used - 1]))
		used--;
	kept[used] = '\0';
	return kept;
}

/* "attempting double-free on 0x602 in thread T0:" is a "double-free". */
static char *kind_of(const char *head)
{
	static const char *const ends[] = { " on ", " (", ": ", " 0x" };
	const char *end;
	size_t i;

	if (starts_with(head, "attempting "))
		head += strlen("attempting ");
	if (starts_with(head, "detected memory leaks"))
		return text_format("memory leak");
	if (starts_with(head, "free on address which was not malloc"))
		return text_format("bad-free");
	end = head + strlen(head);
	for (i = 0; i < sizeof ends / sizeof *ends; i++) {
		const char *found = strstr(head, ends[i]);

		if (found && found < end)
			end = found;
	}
	while (end > head && strchr(": ", end[-1]))
		end--;
	return text_format("%.*s", (int)(end - head), head);
}

/* The first frame of @stack in a file of the candidate's, or NULL. */
static json_t *own_frame(json_t *stack)
{
	json_t *frame;
	size_t i;

	json_array_foreach (json_object_get(stack, "frames"), i, frame) {
		const char *file = json_string_value(
			json_object_get(frame, "file"));

		if (file && *file != '/')
			return frame;
	}
	return NULL;
}

json_t *sanitizer_own_frame(const json_t *report, size_t stack)
{
	return own_frame(
		json_array_get(json_object_get(report, "stacks"), stack));
}

static bool same_value(json_t *a, json_t *b, const char *key)
{
	json_t *of_a = json_object_get(a, key), *of_b = json_object_get(b, key);

	return of_a == of_b || json_equal(of_a, of_b);
}

/* Alike to a person: the same kind at the same places, whichever threads. */
static bool same_report(json_t *a, json_t *b)
{
	size_t i;

	if (!same_value(a, b, "kind") || !same_value(a, b, "tool"))
		return false;
	for (i = 0; i < 2; i++) {
		json_t *of_a = sanitizer_own_frame(a, i);
		json_t *of_b = sanitizer_own_frame(b, i);

		if (!of_a != !of_b || !same_value(of_a, of_b, "function") ||
		    !same_value(of_a, of_b, "file") ||
		    !same_value(of_a, of_b, "line"))
			return false;
	}
	return true;
}

/* The report is over: keep it unless there is one like it. */
static void close_report(struct parser *parser)
{
	json_t *report = TAKE_PTR(parser->report);
	json_t *frame = NULL, *other;
	size_t i;

	parser->stack = NULL;
	if (!report)
		return;
	for (i = 0; !frame && i < STACKS_MAX; i++)
		frame = sanitizer_own_frame(report, i);
	if (frame) {
		(void)json_object_set(report, "file",
				      json_object_get(frame, "file"));
		(void)json_object_set(report, "line",
				      json_object_get(frame, "line"));
	}
	json_array_foreach (parser->reports, i, other) {
		if (same_report(report, other)) {
			json_decref(report);
			return;
		}
	}
	CHECK(json_array_append_new(parser->reports, report) == 0);
}

static void open_report(struct parser *parser, const char *tool,
			const char *head)
{
	AUTO_FREE char *kind = kind_of(head);

	close_report(parser);
	parser->report = json_pack("{s:s, s:s, s:n, s:n, s:[]}", "kind", kind,
				   "tool", tool, "file", "line", "stacks");
	CHECK(parser->report);
	remember(parser, head);
}

static void open_stack(struct parser *parser)
{
	json_t *stacks = json_object_get(parser->report, "stacks");
	AUTO_FREE char *what = without_addresses(parser->what);

	parser->stack = NULL;
	if (json_array_size(stacks) == STACKS_MAX)
		return;
	parser->stack = json_pack("{s:s, s:[]}", "what", what, "frames");
	CHECK(parser->stack &&
	      json_array_append_new(stacks, parser->stack) == 0);
}

/*
 * Take ":LINE" or ":LINE:COLUMN" off the end of @place. Returns the line, 0
 * where there is none.
 */
static json_int_t split_place(char *place)
{
	json_int_t line = 0;
	int i;

	for (i = 0; i < 2; i++) {
		char *colon = strrchr(place, ':');

		if (!colon || !isdigit((unsigned char)colon[1]) ||
		    colon[1 + strspn(colon + 1, "0123456789")] != '\0')
			break;
		line = strtol(colon + 1, NULL, 10);
		*colon = '\0';
	}
	return line;
}

/*
 * The name of a file as a person knows it: their own without the folder of
 * the box, others in full, and NULL for sources of libraries that are not
 * here ("../sysdeps/...").
 */
static char *file_name(const char *path)
{
	if (starts_with(path, SUBMISSION "../"))
		return text_format(WORK "%s", path + strlen(SUBMISSION "../"));
	if (starts_with(path, SUBMISSION))
		path += strlen(SUBMISSION);
	if (starts_with(path, "./"))
		path += 2;
	if (*path == '\0' || *path == '<' || starts_with(path, "../"))
		return NULL;
	return text_format("%s", path);
}

static void add_frame(struct parser *parser, const char *function,
		      const char *file, json_int_t line)
{
	json_t *frames = json_object_get(parser->stack, "frames");

	if (!frames || json_array_size(frames) == FRAMES_MAX)
		return;
	CHECK(json_array_append_new(
		      frames, json_pack("{s:s?, s:s?, s:o}", "function",
					function, "file", file, "line",
					file && line > 0 ? json_integer(line)
							 : json_null())) == 0);
}

/* The sanitizer's own code, and what runs before main(). */
static bool is_runtime(const char *function, const char *path,
		       const char *module)
{
	static const char *const names[] = {
		"__interceptor_", "__sanitizer", "__tsan",
		"__asan",         "__ubsan",     "__libc_start_"
	};
	static const char *const modules[] = { "libtsan.so", "libasan.so",
					       "libubsan.so", "liblsan.so" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (starts_with(function, names[i]))
			return true;
	for (i = 0; i < sizeof modules / sizeof *modules; i++)
		if (strstr(module, modules[i]))
			return true;
	return strstr(path, "/libsanitizer/") ||
	       strcmp(function, "_start") == 0;
}

/* @text is what stands behind "#3 ", and is cut up. */
static void take_frame(struct parser *parser, char *text)
{
	char *module, *place;
	AUTO_FREE char *file = NULL;
	json_int_t line = 0;

	if (starts_with(text, "0x")) {
		text += strcspn(text, " ");
		text += strspn(text, " ");
		if (starts_with(text, "in "))
			text += strlen("in ");
	}
	module = strrchr(text, '(');
	if (module && module[strlen(module) - 1] == ')' &&
	    strstr(module, "+0x")) {
		size_t end = (size_t)(module - text);

		while (end > 0 && text[end - 1] == ' ')
			end--;
		*module++ = '\0';
		text[end] = '\0';
	}
	place = strrchr(text, ' ');
	if (place) {
		*place++ = '\0';
		line = split_place(place);
		file = file_name(place);
	}
	if ((!file || *file == '/') &&
	    is_runtime(text, place ? place : "", module ? module : ""))
		return;
	add_frame(parser, *text ? text : NULL, file, line);
}

/*
 * "bq.c:1:58: runtime error: index 4 out of bounds": the head line holds the
 * place, and a stack follows only when the program was told to print one.
 */
static bool take_undefined(struct parser *parser, const char *line)
{
	const char *found = strstr(line, ": runtime error: ");
	AUTO_FREE char *place = NULL, *file = NULL;
	json_int_t number;

	if (!found)
		return false;
	place = strndup(line, (size_t)(found - line));
	ENOUGH(place);
	number = split_place(place);
	file = file_name(place);
	open_report(parser, "UndefinedBehaviorSanitizer",
		    "undefined behaviour");
	remember(parser, found + strlen(": runtime error: "));
	open_stack(parser);
	add_frame(parser, NULL, file, number);
	return true;
}

/* Whether @line is a head line of any of the tools; then a report is open. */
static bool take_head(struct parser *parser, const char *line)
{
	static const char *const tools[] = { "ThreadSanitizer",
					     "AddressSanitizer",
					     "LeakSanitizer" };
	const char *head = NULL;
	size_t i;

	if (starts_with(line, "=="))
		head = strstr(line, "==ERROR: ");
	if (head)
		head += strlen("==ERROR: ");
	else if (starts_with(line, "WARNING: "))
		head = line + strlen("WARNING: ");
	for (i = 0; head && i < sizeof tools / sizeof *tools; i++) {
		size_t size = strlen(tools[i]);

		if (starts_with(head, tools[i]) &&
		    starts_with(head + size, ": ")) {
			open_report(parser, tools[i], head + size + 2);
			return true;
		}
	}
	return take_undefined(parser, line);
}

/* Whether @line ends a report: a rule of '=' or the tool's own summary. */
static bool is_end(const char *line)
{
	return starts_with(line, "SUMMARY: ") ||
	       (starts_with(line, "====") && line[strspn(line, "=")] == '\0');
}

static void take_line(struct parser *parser, char *line)
{
	char *text = line + strspn(line, " ");
	size_t digits;

	if (take_head(parser, line))
		return;
	if (is_end(line)) {
		close_report(parser);
		return;
	}
	if (!parser->report || *text == '\0')
		return;
	digits = *text == '#' ? strspn(text + 1, "0123456789") : 0;
	if (digits > 0 && text[1 + digits] == ' ') {
		if (!parser->stack || strncmp(text, "#0 ", 3) == 0)
			open_stack(parser);
		take_frame(parser, text + 1 + digits + 1);
	} else if (starts_with(text, "[failed to restore the stack]")) {
		open_stack(parser);
	} else if (!strstr(text, "Hint: ") && !starts_with(text, "HINT: ")) {
		if (starts_with(text, "=="))
			text += strspn(text, "=0123456789");
		remember(parser, text);
	}
}

json_t *sanitizer_parse(const char *text, size_t size)
{
	struct parser parser = { .reports = json_array() };
	const char *end = text + size;

	CHECK(parser.reports);
	while (text < end &&
	       json_array_size(parser.reports) < SANITIZER_REPORTS_MAX) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;
		AUTO_FREE char *line = text_clean(text, (size_t)(stop - text),
						  LINE_MAX_KEPT);

		take_line(&parser, line);
		text = newline ? newline + 1 : end;
	}
	if (json_array_size(parser.reports) < SANITIZER_REPORTS_MAX)
		close_report(&parser);
	json_decref(parser.report);
	free(parser.what);
	return parser.reports;
}
