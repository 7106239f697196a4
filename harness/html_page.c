#include "html_page.h"

#include <sodium.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"
#include "version.h"

/* report.css, as it is: the assembler puts it here. */
__asm__(".section .rodata\n"
	".global assay_report_css\n"
	".hidden assay_report_css\n"
	".global assay_report_css_end\n"
	".hidden assay_report_css_end\n"
	"assay_report_css:\n"
	".incbin \"harness/report.css\"\n"
	"assay_report_css_end:\n"
	".byte 0\n"
	".previous\n");

extern const char assay_report_css[] __attribute__((visibility("hidden")));
extern const char assay_report_css_end[] __attribute__((visibility("hidden")));

static size_t css_size(void)
{
	return (size_t)(assay_report_css_end - assay_report_css);
}

/* CSP level 3, 2.3.1: 'sha256-' and the digest in base 64. To be freed. */
static char *policy(void)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof hash,
					    sodium_base64_VARIANT_ORIGINAL)];

	(void)crypto_hash_sha256(hash, (const unsigned char *)assay_report_css,
				 css_size());
	(void)sodium_bin2base64(text, sizeof text, hash, sizeof hash,
				sodium_base64_VARIANT_ORIGINAL);
	return text_format("default-src 'none'; style-src 'sha256-%s'; "
			   "base-uri 'none'; form-action 'none'",
			   text);
}

void html_page_begin(struct html *html, FILE *out, const char *title)
{
	AUTO_FREE char *csp = policy();

	*html = (struct html){ .out = out };
	(void)fputs("<!DOCTYPE html>\n", out);
	html_begin(html, "html", "lang", "en", NULL);
	html_begin(html, "head", NULL);
	html_void(html, "meta", "charset", "utf-8", NULL);
	html_void(html, "meta", "http-equiv", "Content-Security-Policy",
		  "content", csp, NULL);
	html_void(html, "meta", "name", "viewport", "content",
		  "width=device-width, initial-scale=1", NULL);
	html_void(html, "meta", "name", "color-scheme", "content", "light dark",
		  NULL);
	html_void(html, "meta", "name", "referrer", "content", "no-referrer",
		  NULL);
	html_element(html, "title", NULL, title);
	html_begin(html, "style", NULL);
	(void)fwrite(assay_report_css, 1, css_size(), out);
	html_end(html, "style");
	html_end(html, "head");
	html_begin(html, "body", NULL);
	html_begin(html, "a", "class", "skip", "href", "#main", NULL);
	html_text(html, "Skip to the content");
	html_end(html, "a");
	html_begin(html, "main", "id", "main", "tabindex", "-1", NULL);
}

void html_page_end(struct html *html, const char *about)
{
	html_end(html, "main");
	html_begin(html, "footer", NULL);
	html_begin(html, "p", NULL);
	html_text(html, about);
	html_textf(html, " Made by assay %s.", ASSAY_VERSION);
	html_end(html, "p");
	html_end(html, "footer");
	html_end(html, "body");
	html_end(html, "html");
}
