#include "report_page_parts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

char *page_quantity(double value, const char *unit)
{
	if (strcmp(unit, "bytes") == 0 && value >= 1 << 30)
		return text_format("%.4g GiB", value / (1 << 30));
	if (strcmp(unit, "bytes") == 0 && value >= 1 << 20)
		return text_format("%.4g MiB", value / (1 << 20));
	if (strcmp(unit, "bytes") == 0 && value >= 1 << 10)
		return text_format("%.4g KiB", value / (1 << 10));
	if (strcmp(unit, "ms") == 0 && value >= 1000)
		return text_format("%.4g s", value / 1000);
	return text_format("%.4g %s", value, unit);
}

const char *page_tone(const char *status)
{
	if (strcmp(status, "pass") == 0)
		return "pass";
	if (strcmp(status, "skipped") == 0 ||
	    strcmp(status, "inconclusive") == 0)
		return "warn";
	return "fail";
}

static const struct {
	const char *status, *words, *meaning;
} statuses[] = {
	{ "pass", "passed", "" },
	{ "fail", "failed", "" },
	{ "crash", "crashed", "The program ended by a signal." },
	{ "cpu-limit", "CPU limit",
	  "The program used more processor time than it may." },
	{ "wall-limit", "time limit",
	  "The program had not ended when its time was over." },
	{ "deadlock", "deadlock",
	  "Every thread slept on something that only this program could "
	  "release." },
	{ "memory-limit", "memory limit",
	  "The program wanted more memory than it may have." },
	{ "output-limit", "output limit",
	  "The program wrote more than it may." },
	{ "forbidden-syscall", "forbidden call",
	  "The program made a system call that the exercise does not "
	  "allow." },
	{ "skipped", "skipped", "It was not run." },
	{ "inconclusive", "inconclusive",
	  "The host or the harness failed; nobody loses a point for it." },
	{ "build-error", "does not build", "" },
	{ "rejected", "rejected",
	  "The submission breaks the rules for what may be handed in; nothing "
	  "of it was built." },
};

#define STATUSES (sizeof statuses / sizeof *statuses)

void page_badge(struct html *html, const char *status, const char *also)
{
	AUTO_FREE char *class = text_format("badge %s %s", page_tone(status),
					    also ? also : "");
	const char *words = status;
	size_t i;

	for (i = 0; i < STATUSES; i++)
		if (strcmp(statuses[i].status, status) == 0)
			words = statuses[i].words;
	html_begin(html, "span", "class", class, NULL);
	html_text(html, words);
	html_end(html, "span");
}

const char *page_status_meaning(const char *status)
{
	size_t i;

	for (i = 0; i < STATUSES; i++)
		if (strcmp(statuses[i].status, status) == 0)
			return statuses[i].meaning;
	return "";
}

void page_fact(struct html *html, const char *term, const char *text)
{
	if (!text || !*text)
		return;
	html_element(html, "dt", NULL, term);
	html_element(html, "dd", NULL, text);
}

void page_fact_code(struct html *html, const char *term, const char *text)
{
	if (!text || !*text)
		return;
	html_element(html, "dt", NULL, term);
	html_begin(html, "dd", NULL);
	html_element(html, "code", NULL, text);
	html_end(html, "dd");
}

void page_heading(struct html *html, const char *scope, const char *class,
		  const char *text)
{
	html_begin(html, "th", "scope", scope, "class", class, NULL);
	html_text(html, text);
	html_end(html, "th");
}

void page_section_begin(struct html *html, const char *level, const char *id,
			const char *heading)
{
	html_begin(html, level, "id", id, NULL);
	html_text(html, heading);
	html_end(html, level);
	html_begin(html, "div", "class", "card", NULL);
}

void page_section_end(struct html *html)
{
	html_end(html, "div");
}

static void put_head_row(struct html *html, const char *const *names)
{
	html_begin(html, "thead", NULL);
	html_begin(html, "tr", NULL);
	for (; *names; names++) {
		bool number = **names == '#';
		bool time = strcmp(*names + number, "Time") == 0;

		page_heading(html, "col",
			     number && time ? "number time"
			     : number       ? "number"
					    : NULL,
			     *names + number);
	}
	html_end(html, "tr");
	html_end(html, "thead");
}

void page_table_begin(struct html *html, const char *class, const char *caption,
		      const char *const *names)
{
	html_begin(html, "table", "class", class, NULL);
	html_element(html, "caption", NULL, caption);
	if (names)
		put_head_row(html, names);
	html_begin(html, "tbody", NULL);
}

void page_table_end(struct html *html)
{
	html_end(html, "tbody");
	html_end(html, "table");
}

void page_wide_begin(struct html *html, const char *label)
{
	html_begin(html, "div", "class", "wide", "role", "group", "tabindex",
		   "0", "aria-label", label, NULL);
}

void page_wide_end(struct html *html)
{
	html_end(html, "div");
}

/* Line by line: each is cut by itself. */
void page_lines(struct html *html, const char *text)
{
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy, *line;

	ENOUGH(copy);
	if (!*text)
		return;
	html_begin(html, "pre", "class", "wrap", "tabindex", "0", NULL);
	while ((line = strsep(&rest, "\n"))) {
		html_text(html, line);
		if (rest)
			html_text(html, "\n");
	}
	html_end(html, "pre");
}

#define BAR_WIDTH 144
#define BAR_HEIGHT 10

void page_bar(struct html *html, double part, double whole, const char *tone)
{
	double share = whole > 0 ? part / whole : 0;
	AUTO_FREE char *class = text_format("bar %s", tone);
	AUTO_FREE char *width = NULL;

	share = share < 0 ? 0 : share > 1 ? 1 : share;
	width = text_format("%.1f", share * BAR_WIDTH);
	html_begin(html, "svg", "viewBox", "0 0 144 10", "aria-hidden", "true",
		   "focusable", "false", NULL);
	html_begin(html, "rect", "class", "track", "width", "144", "height",
		   "10", "rx", "3", NULL);
	html_end(html, "rect");
	html_begin(html, "rect", "class", class, "width", width, "height", "10",
		   "rx", "3", NULL);
	html_end(html, "rect");
	html_end(html, "svg");
}
