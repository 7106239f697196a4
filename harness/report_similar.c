#include "report_similar.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "html.h"
#include "html_page.h"
#include "report_member.h"
#include "report_page_parts.h"
#include "text.h"
#include "tokens.h"

#define REGION_LINES_MAX 300 /* of one side */
#define FILE_LINES_MAX 3000
#define REGIONS_MAX 50

const char report_similar_caution[] =
	"Code can be alike for many reasons: a common book, course or answer "
	"on the web, the same tools, working together where that was allowed, "
	"or a problem with one obvious solution. This says where to look, not "
	"why it is so. Read both sides, and let both explain their code, "
	"before you conclude anything.";

static const char *const sides[2] = { "first", "second" };

/* ---- lines of a file ---- */

/* A file's text cut into lines, and which region each is in. */
struct listing {
	char *text;
	char **lines;
	size_t count;
	size_t *region; /* from 1; 0: none */
};

static void listing_release(struct listing *listing)
{
	free(listing->text);
	free(listing->lines);
	free(listing->region);
}

static int listing_read(const struct file *file, struct listing *ret,
			struct error *err)
{
	struct listing listing = { .text = file ? file_read(file) : NULL };
	char *at;
	size_t room = 1, i;

	if (!listing.text)
		return error_set(err, EIO, "%s: cannot be read",
				 file ? file->path : "a file");
	/* Shown as text: a NUL is a line's end no more than anything else. */
	for (i = 0; i < file->size; i++) {
		room += listing.text[i] == '\n';
		if (listing.text[i] == '\0')
			listing.text[i] = ' ';
	}
	listing.lines = calloc(room + 1, sizeof *listing.lines);
	listing.region = calloc(room + 1, sizeof *listing.region);
	ENOUGH(listing.lines && listing.region);
	for (at = listing.text; at && *at;)
		listing.lines[listing.count++] = strsep(&at, "\n");
	*ret = listing;
	return 0;
}

static size_t number_of(const json_t *object, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	return number > 0 ? (size_t)number : 0;
}

/* ---- source ---- */

static void put_line(struct html *html, const struct report_similar *page,
		     size_t side, const struct listing *listing, size_t number,
		     bool marked)
{
	const char *own = listing->lines[number - 1];
	AUTO_FREE char *shown = page->line ? page->line(page->data, side, own)
					   : NULL;
	AUTO_FREE char *text = page_with_blanks(shown ? shown : own);
	size_t region = listing->region[number - 1];

	html_begin(html, "tr", "class", marked && region ? "alike" : NULL,
		   NULL);
	html_begin(html, "th", "scope", "row", NULL);
	html_textf(html, "%zu", number);
	if (marked && region &&
	    (number == 1 || listing->region[number - 2] != region)) {
		AUTO_FREE char *to = text_format("#region-%zu", region);
		AUTO_FREE char *label = text_format("Region %zu", region);

		html_text(html, " ");
		html_begin(html, "a", "href", to, "aria-label", label, NULL);
		html_textf(html, "[%zu]", region);
		html_end(html, "a");
	}
	html_end(html, "th");
	html_element(html, "td", NULL, text);
	html_end(html, "tr");
}

/* Lines @from to @to, of which at most @max. */
static void put_lines(struct html *html, const struct report_similar *page,
		      size_t side, const struct listing *listing,
		      const char *label, size_t from, size_t to, size_t max)
{
	bool marked = max == FILE_LINES_MAX;
	size_t last = to < listing->count ? to : listing->count, i;
	size_t end = last >= from + max ? from + max - 1 : last;

	page_wide_begin(html, label);
	page_table_begin(html, "source", label, NULL);
	for (i = from; i > 0 && i <= end; i++)
		put_line(html, page, side, listing, i, marked);
	page_table_end(html);
	page_wide_end(html);
	if (end < last)
		html_elementf(html, "p", "soft", "and %zu more lines",
			      last - end);
}

/* ---- regions ---- */

static int put_region_side(struct html *html, const struct report_similar *page,
			   const json_t *region, size_t side, struct error *err)
{
	const json_t *lines = json_object_get(region, sides[side]);
	const char *path = report_string(lines, "file");
	size_t from = number_of(lines, "from"), to = number_of(lines, "to");
	AUTO_FREE char *label = text_format("%s, %s, lines %zu to %zu",
					    page->names[side], path, from, to);
	struct listing listing;
	int r = listing_read(fileset_find(page->files[side], path), &listing,
			     err);

	if (r < 0)
		return r;
	html_begin(html, "div", "class", "side", NULL);
	put_lines(html, page, side, &listing, label, from, to,
		  REGION_LINES_MAX);
	html_end(html, "div");
	listing_release(&listing);
	return 0;
}

static int put_region(struct html *html, const struct report_similar *page,
		      const json_t *region, size_t number, struct error *err)
{
	AUTO_FREE char *id = text_format("region-%zu", number);
	size_t side;
	int r = 0;

	html_begin(html, "section", "class", "card", NULL);
	html_begin(html, "h3", "id", id, NULL);
	html_textf(html, "Region %zu: %zu tokens alike", number,
		   number_of(region, "tokens"));
	html_end(html, "h3");
	html_begin(html, "div", "class", "sides", NULL);
	for (side = 0; r == 0 && side < 2; side++)
		r = put_region_side(html, page, region, side, err);
	html_end(html, "div");
	html_end(html, "section");
	return r;
}

static int put_regions(struct html *html, const struct report_similar *page,
		       struct error *err)
{
	const json_t *regions = json_object_get(page->pair, "regions");
	json_t *region;
	size_t i;

	html_element(html, "h2", NULL, "Where they are alike");
	json_array_foreach (regions, i, region) {
		int r = i < REGIONS_MAX
				? put_region(html, page, region, i + 1, err)
				: 0;

		if (r < 0)
			return r;
	}
	if (json_array_size(regions) > REGIONS_MAX)
		html_elementf(html, "p", "soft", "and %zu smaller ones",
			      json_array_size(regions) - REGIONS_MAX);
	return 0;
}

/* ---- all of both ---- */

static void mark_regions(const struct report_similar *page, size_t side,
			 const char *path, struct listing *listing)
{
	json_t *region;
	size_t i, line;

	json_array_foreach (json_object_get(page->pair, "regions"), i, region) {
		const json_t *lines = json_object_get(region, sides[side]);

		if (!report_is(lines, "file", path) || i >= REGIONS_MAX)
			continue;
		for (line = number_of(lines, "from");
		     line > 0 && line <= number_of(lines, "to") &&
		     line <= listing->count;
		     line++)
			if (!listing->region[line - 1])
				listing->region[line - 1] = i + 1;
	}
}

/* Whether a region is in the file at @path. */
static bool is_marked(const struct report_similar *page, size_t side,
		      const char *path)
{
	json_t *region;
	size_t i;

	json_array_foreach (json_object_get(page->pair, "regions"), i, region)
		if (report_is(json_object_get(region, sides[side]), "file",
			      path))
			return true;
	return false;
}

static int put_file(struct html *html, const struct report_similar *page,
		    size_t side, const struct file *file, struct error *err)
{
	AUTO_FREE char *label = text_format("%s, all of %s", page->names[side],
					    file->path);
	struct listing listing;
	int r = listing_read(file, &listing, err);

	if (r < 0)
		return r;
	mark_regions(page, side, file->path, &listing);
	put_lines(html, page, side, &listing, label, 1, listing.count,
		  FILE_LINES_MAX);
	listing_release(&listing);
	return 0;
}

static int put_all(struct html *html, const struct report_similar *page,
		   struct error *err)
{
	size_t side, i;
	int r = 0;

	html_element(html, "h2", NULL, "All of both, with the regions marked");
	html_begin(html, "details", "class", "card", NULL);
	html_element(html, "summary", NULL, "Show the files");
	html_begin(html, "div", "class", "sides", NULL);
	for (side = 0; r == 0 && side < 2; side++) {
		const struct fileset *files = page->files[side];

		html_begin(html, "div", "class", "side", NULL);
		for (i = 0; r == 0 && i < files->count; i++)
			if (is_marked(page, side, files->files[i].path))
				r = put_file(html, page, side, &files->files[i],
					     err);
		html_end(html, "div");
	}
	html_end(html, "div");
	html_end(html, "details");
	return r;
}

/* ---- the page ---- */

static void put_sums(struct html *html, const struct report_similar *page)
{
	const json_t *own = json_object_get(page->pair, "own");

	html_begin(html, "section", "class", "card", "aria-label", "In numbers",
		   NULL);
	html_begin(html, "p", "class", "points", NULL);
	html_elementf(html, "b", NULL, "%.0f %%",
		      100 * report_number(page->pair, "share"));
	html_text(html, " of the smaller one's own code is in both");
	html_end(html, "p");
	html_elementf(html, "p", NULL,
		      "%zu fingerprints are in both, of %zu of %s and %zu of "
		      "%s. Names, numbers, strings, comments and layout were "
		      "not looked at; what is the exercise's, or in a third of "
		      "all submissions, does not count.",
		      number_of(page->pair, "shared"),
		      (size_t)json_integer_value(json_array_get(own, 0)),
		      page->names[0],
		      (size_t)json_integer_value(json_array_get(own, 1)),
		      page->names[1]);
	html_element(html, "p", "note", report_similar_caution);
	html_end(html, "section");
}

int report_similar_page(const struct report_similar *page, FILE *out,
			struct error *err)
{
	AUTO_FREE char *heading = text_format("%s and %s", page->names[0],
					      page->names[1]);
	AUTO_FREE char *title = text_format("%s - assay", heading);
	struct html html;
	int r;

	html_page_begin(&html, out, title);
	page_crumb(&html, page->index);
	html_element(&html, "h1", NULL, heading);
	put_sums(&html, page);
	r = put_regions(&html, page, err);
	if (r == 0)
		r = put_all(&html, page, err);
	if (r == 0)
		html_page_end(&html, "Not for candidates: it shows them each "
				     "other's code.");
	return r;
}
