/*
 * What compilers and sanitizers said, beside the lines that they said it of.
 */
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "diagnostics.h"
#include "report_excerpts.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "sanitizer.h"
#include "text.h"

#define DIAGNOSTICS_SHOWN_MAX 40
#define RACES_MAX 6
#define STACKS_MAX 4
#define FRAMES_MAX 8

static bool is_near(const json_t *excerpt, const char *file, json_int_t line)
{
	json_int_t at = json_integer_value(json_object_get(excerpt, "line"));

	return report_is(excerpt, "file", file) &&
	       at >= line - EXCERPT_AROUND && at <= line + EXCERPT_AROUND;
}

char *page_with_blanks(const char *text)
{
	char *blanks = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&blanks, &size);

	ENOUGH(out);
	for (; *text; text++)
		(void)fputs(*text == '\t' ? "    " : (char[]){ *text, '\0' },
			    out);
	text_stream_close(out, &blanks);
	return blanks;
}

static void put_line(struct html *html, const json_t *excerpt, bool here)
{
	AUTO_FREE char *text = page_with_blanks(report_string(excerpt, "text"));

	html_begin(html, "tr", "class", here ? "here" : NULL, NULL);
	html_begin(html, "th", "scope", "row", NULL);
	html_textf(html, "%lld",
		   json_integer_value(json_object_get(excerpt, "line")));
	html_end(html, "th");
	html_element(html, "td", NULL, text);
	html_end(html, "tr");
}

void page_excerpt(struct html *html, const json_t *view, const char *file,
		  json_int_t line)
{
	const json_t *excerpts = json_object_get(view, "excerpts");
	AUTO_FREE char *label = text_format("%s around line %lld", file, line);
	bool any = false;
	json_t *excerpt;
	size_t i;

	json_array_foreach (excerpts, i, excerpt) {
		if (!is_near(excerpt, file, line))
			continue;
		if (!any) {
			page_wide_begin(html, label);
			page_table_begin(html, "source", label, NULL);
		}
		any = true;
		put_line(html, excerpt,
			 json_integer_value(json_object_get(excerpt, "line")) ==
				 line);
	}
	if (!any)
		return;
	page_table_end(html);
	page_wide_end(html);
}

static void put_diagnostic(struct html *html, const json_t *view,
			   const json_t *diagnostic)
{
	const char *file = report_string(diagnostic, "file");
	const char *kind = report_string(diagnostic, "kind");
	json_int_t line = json_integer_value(
		json_object_get(diagnostic, "line"));

	html_begin(html, "li", NULL);
	html_element(html, "strong",
		     strcmp(kind, "error") == 0 ? "badge fail" : "badge warn",
		     kind);
	html_textf(html, " %s ", report_string(diagnostic, "message"));
	if (*file && line > 0)
		html_elementf(html, "code", NULL, "%s:%lld", file, line);
	if (*report_string(diagnostic, "option"))
		html_elementf(html, "span", "soft", " %s",
			      report_string(diagnostic, "option"));
	page_excerpt(html, view, file, line);
	html_end(html, "li");
}

static void put_diagnostics(struct html *html, const json_t *view,
			    const json_t *builds, size_t build)
{
	const json_t *diagnostics = json_object_get(
		json_array_get(builds, build), "diagnostics");
	size_t shown = 0, i;
	json_t *diagnostic;

	html_begin(html, "ul", NULL);
	json_array_foreach (diagnostics, i, diagnostic) {
		if (diagnostics_were_said(builds, build, diagnostic) ||
		    ++shown > DIAGNOSTICS_SHOWN_MAX)
			continue;
		put_diagnostic(html, view, diagnostic);
	}
	if (shown > DIAGNOSTICS_SHOWN_MAX)
		html_elementf(html, "li", "soft", "and %zu more",
			      shown - DIAGNOSTICS_SHOWN_MAX);
	html_end(html, "ul");
}

static bool says_anything(const json_t *builds, size_t build)
{
	const json_t *diagnostics = json_object_get(
		json_array_get(builds, build), "diagnostics");
	json_t *diagnostic;
	size_t i;

	json_array_foreach (diagnostics, i, diagnostic)
		if (!diagnostics_were_said(builds, build, diagnostic))
			return true;
	return false;
}

static void put_command(struct html *html, const json_t *argv)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0, i;
	json_t *arg;
	FILE *out;

	if (json_array_size(argv) == 0)
		return;
	out = open_memstream(&text, &size);
	ENOUGH(out);
	json_array_foreach (argv, i, arg)
		(void)fprintf(out, "%s%s", i > 0 ? " " : "",
			      json_string_value(arg) ? json_string_value(arg)
						     : "");
	text_stream_close(out, &text);
	html_begin(html, "details", NULL);
	html_element(html, "summary", NULL, "Command");
	page_lines(html, text);
	html_end(html, "details");
}

static void put_build(struct html *html, const json_t *view,
		      const json_t *builds, size_t index)
{
	const json_t *build = json_array_get(builds, index);
	const json_t *evidence = json_object_get(build, "evidence");
	bool ok = json_is_true(json_object_get(build, "ok"));

	html_begin(html, "h3", NULL);
	html_textf(html, "%s ", report_string(build, "variant"));
	html_element(html, "span", ok ? "badge pass" : "badge fail",
		     ok ? "built" : "did not build");
	html_end(html, "h3");
	if (!ok && *report_string(evidence, "detail"))
		html_element(html, "p", NULL,
			     report_string(evidence, "detail"));
	if (says_anything(builds, index))
		put_diagnostics(html, view, builds, index);
	if (!ok)
		page_lines(html, report_string(build, "output"));
	put_command(html, json_object_get(build, "argv"));
}

void page_build(struct html *html, const json_t *view)
{
	const json_t *builds = json_object_get(view, "build");
	size_t i;

	if (json_array_size(builds) == 0)
		return;
	page_section_begin(html, "h2", "build", "Build and diagnostics");
	for (i = 0; i < json_array_size(builds); i++)
		put_build(html, view, builds, i);
	page_section_end(html);
}

static void put_stack(struct html *html, const json_t *view,
		      const json_t *stack)
{
	json_t *frame;
	size_t i;

	html_element(html, "p", NULL, report_string(stack, "what"));
	html_begin(html, "ol", "class", "stack", NULL);
	json_array_foreach (json_object_get(stack, "frames"), i, frame) {
		const char *file = report_string(frame, "file");
		bool own = *file && *file != '/';

		if (i == FRAMES_MAX)
			break;
		html_begin(html, "li", "class", own ? "own" : NULL, NULL);
		html_textf(html, "%s, %s:%lld",
			   report_string(frame, "function"), file,
			   json_integer_value(json_object_get(frame, "line")));
		html_end(html, "li");
	}
	html_end(html, "ol");
	json_array_foreach (json_object_get(stack, "frames"), i, frame) {
		const char *file = report_string(frame, "file");

		if (!*file || *file == '/')
			continue;
		page_excerpt(
			html, view, file,
			json_integer_value(json_object_get(frame, "line")));
		break;
	}
}

void page_races(struct html *html, const json_t *view, const json_t *test)
{
	const json_t *races = json_object_get(test, "races");
	json_t *race, *stack;
	size_t i, j;

	if (json_array_size(races) == 0)
		return;
	html_element(html, "h4", NULL, "What the sanitizer found");
	json_array_foreach (races, i, race) {
		json_auto_t *alone = json_pack("[O]", race);
		AUTO_FREE char *summary = sanitizer_summary(alone);

		if (i == RACES_MAX)
			break;
		html_begin(html, "details", "open", i == 0 ? "open" : NULL,
			   NULL);
		html_element(html, "summary", NULL,
			     summary ? summary : report_string(race, "kind"));
		json_array_foreach (json_object_get(race, "stacks"), j, stack)
			if (j < STACKS_MAX)
				put_stack(html, view, stack);
		html_end(html, "details");
	}
	if (json_array_size(races) > RACES_MAX)
		html_elementf(html, "p", "soft", "and %zu more",
			      json_array_size(races) - RACES_MAX);
}
