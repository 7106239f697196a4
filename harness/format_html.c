/*
 * A page for each report; report_site.h puts an index beside many of them.
 */
#include "format_parts.h"
#include "report_page.h"

static void html_report(FILE *out, const json_t *view, size_t number)
{
	(void)number;
	report_page(view, NULL, out);
}

const struct format format_html = {
	.name = "html",
	.suffix = ".html",
	.together = false,
	.head = "",
	.between = "",
	.report = html_report,
	.tail = format_no_tail,
};
