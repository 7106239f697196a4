#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include <assay/cleanup.h>

#include "text.h"
#include "xml.h"

static char *written(void (*write)(FILE *, const char *), const char *text)
{
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);

	assert_non_null(out);
	write(out, text);
	text_stream_close(out, &result);
	return result;
}

static void expect(void (*write)(FILE *, const char *), const char *text,
		   const char *expected)
{
	AUTO_FREE char *result = written(write, text);

	assert_string_equal(result, expected);
}

static void test_xml__escapes_markup(void **state)
{
	(void)state;
	expect(xml_text, "a<b>&\"c\"]]>", "a&lt;b&gt;&amp;\"c\"]]&gt;");
	expect(xml_quoted, "a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;");
}

static void test_xml__keeps_white_space_through_a_parser(void **state)
{
	(void)state;
	expect(xml_text, "a\n\tb\rc", "a\n\tb&#13;c");
	expect(xml_quoted, "a\n\tb\rc", "a&#10;&#9;b&#13;c");
}

static void test_xml__replaces_what_no_document_may_hold(void **state)
{
	(void)state;
	expect(xml_text, "\x01\x1b[0m\x0c",
	       "\xef\xbf\xbd\xef\xbf\xbd[0m\xef\xbf\xbd");
	/* U+FFFE, U+FFFF; U+FFFD itself and U+10000 are allowed */
	expect(xml_text, "\xef\xbf\xbe\xef\xbf\xbf",
	       "\xef\xbf\xbd\xef\xbf\xbd");
	expect(xml_text, "\xef\xbf\xbd\xf0\x90\x80\x80",
	       "\xef\xbf\xbd\xf0\x90\x80\x80");
}

static void test_xml__replaces_what_is_not_utf8(void **state)
{
	(void)state;
	expect(xml_text,
	       "\xff"
	       "a\xc3",
	       "\xef\xbf\xbd"
	       "a\xef\xbf\xbd");
	expect(xml_quoted, "\xed\xa0\x80x",
	       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml__escapes_markup),
		cmocka_unit_test(test_xml__keeps_white_space_through_a_parser),
		cmocka_unit_test(test_xml__replaces_what_no_document_may_hold),
		cmocka_unit_test(test_xml__replaces_what_is_not_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
