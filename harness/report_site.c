#include "report_site.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "report_file.h"
#include "report_index.h"
#include "report_page.h"
#include "report_parts.h"
#include "report_view.h"
#include "similar_batch.h"
#include "text.h"

#define PAGES "reports"
#define PAIRS "similar"
#define INDEX "index.html"

struct report_site {
	char *folder;
	struct report_index *index;
	bool any; /* that belongs into an index */
	size_t pairs;
};

static int make_folder(const char *path, struct error *err)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	return error_set(err, errno, "%s: %s", path, strerror(errno));
}

int report_site_new(const char *folder, struct report_site **ret,
		    struct error *err)
{
	AUTO_FREE char *pages = text_format("%s/" PAGES, folder);
	struct report_site *site;
	int r = make_folder(folder, err);

	if (r == 0)
		r = make_folder(pages, err);
	if (r < 0)
		return r;
	site = calloc(1, sizeof *site);
	ENOUGH(site);
	site->folder = text_format("%s", folder);
	site->index = report_index_new();
	*ret = site;
	return 0;
}

int report_site_add(struct report_site *site, const json_t *view,
		    const char *name, struct error *err)
{
	bool listed = !report_view_is_candidates(view);
	AUTO_FREE char *page = text_format(PAGES "/%s.html", name);
	AUTO_FREE char *path = text_format("%s/%s", site->folder, page);
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ENOUGH(out);
	report_page(view, listed ? "../" INDEX : NULL, out);
	text_stream_close(out, &text);
	if (listed)
		report_index_add(site->index, view, page);
	site->any = site->any || listed;
	return report_file_replace(path, text, size, err);
}

void report_site_audit(struct report_site *site, const json_t *audit)
{
	report_index_audit(site->index, audit);
}

int report_site_pair(struct report_site *site, json_t *pair,
		     struct report_similar *page, struct error *err)
{
	AUTO_FREE char *folder = text_format("%s/" PAIRS, site->folder);
	AUTO_FREE char *name = text_format(PAIRS "/%zu.html", ++site->pairs);
	AUTO_FREE char *path = text_format("%s/%s", site->folder, name);
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r = make_folder(folder, err), written;

	if (r < 0)
		return r;
	out = open_memstream(&text, &size);
	ENOUGH(out);
	report_set(pair, "page", report_text(name));
	page->pair = pair;
	page->index = "../" INDEX;
	written = report_similar_page(page, out, err);
	text_stream_close(out, &text);
	return written < 0 ? written
			   : report_file_replace(path, text, size, err);
}

int report_site_similar(struct report_site *site, json_t *similarity,
			struct error *err)
{
	AUTO_FREE char *path = text_format("%s/" SIMILARITY_NAME, site->folder);
	AUTO_FREE char *text = json_dumps(similarity, SIMILARITY_DUMP);

	ENOUGH(text);
	report_index_similar(site->index, similarity);
	return report_file_replace(path, text, strlen(text), err);
}

int report_site_end(struct report_site *site, struct error *err)
{
	AUTO_FREE char *text = NULL, *path = NULL;
	size_t size = 0;
	FILE *out;
	int r = 0;

	if (!site)
		return 0;
	if (site->any) {
		out = open_memstream(&text, &size);
		ENOUGH(out);
		report_index_write(site->index, out);
		text_stream_close(out, &text);
		path = text_format("%s/" INDEX, site->folder);
		r = report_file_replace(path, text, size, err);
	}
	report_index_free(site->index);
	free(site->folder);
	free(site);
	return r;
}
