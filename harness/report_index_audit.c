/*
 * report_index_audit.c - how far verdicts can be relied on: some were given
 * twice
 */
#include "report_index_parts.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "audit.h"
#include "report_member.h"
#include "report_page_parts.h"

static const json_t *entry_of(const json_t *entries, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry)
		if (report_is(entry, "id", id))
			return entry;
	return NULL;
}

/* "bob: close, two-producers", the name leading to the page. */
static void put_differing(struct html *html, const json_t *one,
			  const json_t *entries)
{
	const char *id = report_string(one, "submission");
	const char *page = report_string(entry_of(entries, id), "page");
	const char *separator = *id ? ": " : "";
	json_t *test;
	size_t i;

	html_begin(html, "li", NULL);
	if (*page) {
		html_begin(html, "a", "href", page, NULL);
		html_text(html, id);
		html_end(html, "a");
	} else {
		html_text(html, id);
	}
	json_array_foreach (json_object_get(one, "tests"), i, test) {
		html_textf(html, "%s%s", separator,
			   json_string_value(test) ? json_string_value(test)
						   : "?");
		separator = ", ";
	}
	html_end(html, "li");
}

void index_audit(struct html *html, const json_t *audit, const json_t *entries)
{
	const json_t *differing = json_object_get(audit, "differing");
	AUTO_FREE char *words = NULL;
	json_t *one;
	size_t i;

	if (report_number(audit, "graded_twice") < 1)
		return;
	words = audit_words(audit);
	words[strcspn(words, "\n")] = '\0'; /* the others are told below */
	html_element(html, "h2", NULL, "Graded twice");
	html_begin(html, "section", "class", "card", "aria-label",
		   "Graded twice", NULL);
	html_element(html, "p", json_array_size(differing) > 0 ? "note" : NULL,
		     words);
	if (json_array_size(differing) > 0) {
		html_element(html, "p", NULL,
			     "These came to another verdict the second time, "
			     "and should not be decided by either:");
		html_begin(html, "ul", NULL);
		json_array_foreach (differing, i, one)
			put_differing(html, one, entries);
		html_end(html, "ul");
	}
	html_end(html, "section");
}
