#include "csv.h"

#include <stdbool.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

/* Whether a spreadsheet takes @text for a formula; full-width forms too. */
static bool is_formula(const char *text)
{
	static const uint32_t starts[] = { '=',    '+',    '-',    '@',
					   0xff1d, 0xff0b, 0xff0d, 0xff20 };
	uint32_t code;
	size_t i;

	text += strspn(text, " ");
	if (*text == '\0')
		return false;
	(void)text_decode(text, strlen(text), &code);
	for (i = 0; i < sizeof starts / sizeof *starts; i++)
		if (code == starts[i])
			return true;
	return false;
}

void csv_field(FILE *out, const char *text, const char *separator)
{
	AUTO_FREE char *line = text_line(text);
	bool formula = is_formula(line);
	const char *c;

	(void)fputs(separator, out);
	if (!formula && !strpbrk(line, "\",")) {
		(void)fputs(line, out);
		return;
	}
	(void)fputs(formula ? "\"'" : "\"", out);
	for (c = line; *c; c++) {
		if (*c == '"')
			(void)fputc('"', out);
		(void)fputc(*c, out);
	}
	(void)fputc('"', out);
}

void csv_end(FILE *out)
{
	(void)fputs("\r\n", out);
}
