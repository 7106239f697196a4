/*
 * What a submission used, what it was held by, and what it was made of.
 */
#include <string.h>

#include <assay/cleanup.h>

#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"

static void put_use(struct html *html, double used, double limit,
		    const char *unit)
{
	AUTO_FREE char *seen = page_quantity(used, unit);
	AUTO_FREE char *bound = page_quantity(limit, unit);

	html_begin(html, "td", NULL);
	html_textf(html, "%s of %s", seen, bound);
	page_bar(html, used, limit, used >= limit && limit > 0 ? "over" : "");
	html_end(html, "td");
}

static void put_row(struct html *html, const json_t *test)
{
	const json_t *used = json_object_get(test, "resources");
	const json_t *limits = json_object_get(test, "limits");

	if (!json_is_object(used))
		return;
	html_begin(html, "tr", NULL);
	page_heading(html, "row", "id", report_string(test, "id"));
	put_use(html, report_number(used, "wall_ms"),
		report_number(limits, "wall_ms"), "ms");
	put_use(html,
		report_number(used, "user_ms") +
			report_number(used, "system_ms"),
		report_number(limits, "cpu_ms"), "ms");
	put_use(html, report_number(used, "peak_bytes"),
		report_number(limits, "memory_bytes"), "bytes");
	html_end(html, "tr");
}

static bool any_ran(const json_t *tests)
{
	json_t *test;
	size_t i;

	json_array_foreach (tests, i, test)
		if (json_is_object(json_object_get(test, "resources")))
			return true;
	return false;
}

void page_resources(struct html *html, const json_t *view)
{
	static const char *const head[] = { "Test", "Time", "Processor",
					    "Memory", NULL };
	const json_t *tests = json_object_get(view, "tests");
	json_t *test;
	size_t i;

	if (!any_ran(tests))
		return;
	page_section_begin(html, "h2", "resources", "Resources against limits");
	page_wide_begin(html, "Table of resources");
	page_table_begin(html, NULL,
			 "What each test's run used, of what it may", head);
	json_array_foreach (tests, i, test)
		put_row(html, test);
	page_table_end(html);
	page_wide_end(html);
	page_section_end(html);
}

static void put_layer(struct html *html, const json_t *layer)
{
	bool on = json_is_true(json_object_get(layer, "on"));

	html_begin(html, "tr", NULL);
	page_heading(html, "row", NULL, report_string(layer, "name"));
	html_begin(html, "td", NULL);
	html_element(html, "span", on ? "badge pass" : "badge warn",
		     on ? "on" : "off");
	html_end(html, "td");
	html_begin(html, "td", NULL);
	html_text(html, report_string(layer, "detail"));
	if (*report_string(layer, "remedy")) {
		html_text(html, " To turn it on: ");
		html_element(html, "code", NULL,
			     report_string(layer, "remedy"));
	}
	html_end(html, "td");
	html_end(html, "tr");
}

static void put_layers(struct html *html, const json_t *layers)
{
	static const char *const head[] = { "Layer", "State", "How", NULL };
	json_t *layer;
	size_t i;

	if (json_array_size(layers) == 0)
		return;
	page_wide_begin(html, "Table of isolation layers");
	page_table_begin(html, NULL, "What held its programs", head);
	json_array_foreach (layers, i, layer)
		put_layer(html, layer);
	page_table_end(html);
	page_wide_end(html);
}

void page_environment(struct html *html, const json_t *view)
{
	const json_t *environment = json_object_get(view, "environment");
	const json_t *isolation = json_object_get(environment, "isolation");
	double memory_bytes = report_number(environment, "memory_bytes");
	AUTO_FREE char *memory = page_quantity(memory_bytes, "bytes");
	AUTO_FREE char *host = NULL;

	if (*report_string(environment, "kernel"))
		host = text_format("Linux %s, %s, %.10g CPUs, %s",
				   report_string(environment, "kernel"),
				   report_string(environment, "machine"),
				   report_number(environment, "cpus"), memory);
	page_section_begin(html, "h2", "environment", "How it was run");
	html_begin(html, "dl", "class", "facts", NULL);
	page_fact(html, "Isolation", report_string(isolation, "level"));
	page_fact(html, "Compiler", report_string(environment, "compiler"));
	page_fact(html, "C library", report_string(environment, "libc"));
	page_fact(html, "Host", host);
	page_fact(html, "Judged by assay", report_string(environment, "assay"));
	page_fact(html, "Started",
		  report_string(json_object_get(view, "timing"), "started"));
	page_fact_code(html, "Verdict digest",
		       report_string(view, "verdict_digest"));
	html_end(html, "dl");
	put_layers(html, json_object_get(isolation, "layers"));
	page_section_end(html);
}

static void put_flags(struct html *html, const json_t *flags)
{
	json_t *flag;
	size_t i;

	if (json_array_size(flags) == 0)
		return;
	html_element(html, "h3", NULL, "For a person to look at");
	html_begin(html, "ul", NULL);
	json_array_foreach (flags, i, flag) {
		html_begin(html, "li", NULL);
		if (*report_string(flag, "file"))
			html_elementf(html, "code", NULL, "%s",
				      report_string(flag, "file"));
		html_textf(html, " %s", report_string(flag, "message"));
		html_end(html, "li");
	}
	html_end(html, "ul");
}

void page_files(struct html *html, const json_t *view)
{
	static const char *const head[] = { "File", "Role", "#Size", "SHA-256",
					    NULL };
	const json_t *submission = json_object_get(view, "submission");
	const json_t *files = json_object_get(submission, "files");
	json_t *file;
	size_t i;

	if (json_array_size(files) == 0)
		return;
	page_section_begin(html, "h2", "files", "What was handed in");
	put_flags(html, json_object_get(submission, "flags"));
	page_wide_begin(html, "Table of files");
	page_table_begin(html, NULL,
			 "candidate: built; owned: the exercise's own file was "
			 "taken instead; ignored: not looked at",
			 head);
	json_array_foreach (files, i, file) {
		html_begin(html, "tr", NULL);
		page_heading(html, "row", NULL, report_string(file, "path"));
		html_element(html, "td", "word", report_string(file, "role"));
		html_elementf(html, "td", "number", "%.10g",
			      report_number(file, "size"));
		html_begin(html, "td", NULL);
		html_element(html, "code", NULL, report_string(file, "sha256"));
		html_end(html, "td");
		html_end(html, "tr");
	}
	page_table_end(html);
	page_wide_end(html);
	page_section_end(html);
}
