#include "xml.h"

#include <stdbool.h>
#include <string.h>

#include "text.h"

/* Production 2 of XML 1.0, of what text_decode() gives. */
static bool is_allowed(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r' ||
	       (code >= 0x20 && code != 0xfffe && code != 0xffff);
}

/* NULL where the character may stand as it is. */
static const char *reference(uint32_t code, bool quoted)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>': /* "]]>" is not allowed in content */
		return "&gt;";
	case '\r': /* would be read as a newline */
		return "&#13;";
	case '"':
		return quoted ? "&quot;" : NULL;
	case '\n':
		return quoted ? "&#10;" : NULL;
	case '\t':
		return quoted ? "&#9;" : NULL;
	default:
		return is_allowed(code) ? NULL : "\xef\xbf\xbd";
	}
}

static void put(FILE *out, const char *text, bool quoted)
{
	size_t left = strlen(text);

	while (left > 0) {
		uint32_t code;
		size_t size = text_decode(text, left, &code);
		const char *instead = reference(code, quoted);

		if (code == TEXT_REPLACEMENT)
			instead = "\xef\xbf\xbd";
		if (instead)
			(void)fputs(instead, out);
		else
			(void)fwrite(text, 1, size, out);
		text += size;
		left -= size;
	}
}

void xml_text(FILE *out, const char *text)
{
	put(out, text, false);
}

void xml_quoted(FILE *out, const char *text)
{
	put(out, text, true);
}

void xml_attribute(FILE *out, const char *name, const char *text)
{
	(void)fprintf(out, " %s=\"", name);
	xml_quoted(out, text);
	(void)fputc('"', out);
}
