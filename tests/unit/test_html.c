#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "hostile_text.h"
#include "html.h"
#include "html_page.h"
#include "text.h"

/* Where a test writes to, and what is there afterwards. */
struct written {
	struct html html;
	char *text;
	size_t size;
};

static int begin(void **state)
{
	struct written *written = calloc(1, sizeof *written);

	assert_non_null(written);
	written->html.out = open_memstream(&written->text, &written->size);
	assert_non_null(written->html.out);
	*state = written;
	return 0;
}

static int end(void **state)
{
	struct written *written = *state;

	(void)fclose(written->html.out);
	free(written->text);
	free(written);
	return 0;
}

static const char *text_of(struct written *written)
{
	assert_int_equal(fflush(written->html.out), 0);
	return written->text;
}

static void test_text__is_never_markup(void **state)
{
	struct written *written = *state;

	html_text(&written->html, "a<b>&\"'");
	assert_string_equal(text_of(written), "a&lt;b&gt;&amp;&quot;&#39;");
}

static void test_text__keeps_lines_and_replaces_controls(void **state)
{
	struct written *written = *state;

	html_text(&written->html,
		  "a\nb\tc\r\033[31m \xe2\x80\xae \xff \xed\xa0\x80\n");
	assert_string_equal(text_of(written),
			    "a\nb c\xef\xbf\xbd\xef\xbf\xbd[31m \xef\xbf\xbd "
			    "\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			    "\n");
}

static void test_text__is_cut(void **state)
{
	struct written *written = *state;
	AUTO_FREE char *line = malloc((1 << 20) + 1);

	assert_non_null(line);
	memset(line, 'x', 1 << 20);
	line[1 << 20] = '\0';
	html_text(&written->html, line);
	assert_int_equal(strlen(text_of(written)), HTML_TEXT_MAX);
}

static void test_element__has_escaped_attributes(void **state)
{
	struct written *written = *state;

	html_begin(&written->html, "td", "class", NULL, "title", "\"><script>",
		   NULL);
	html_text(&written->html, NULL);
	html_end(&written->html, "td");
	assert_string_equal(text_of(written),
			    "<td title=\"&quot;&gt;&lt;script&gt;\"></td>\n");
}

static void test_link__has_no_scheme_and_no_host(void **state)
{
	struct written *written = *state;
	size_t i;

	html_begin(&written->html, "a", "href", "//host/a b:c?d", NULL);
	assert_string_equal(text_of(written),
			    "<a href=\"host/a%20b%3Ac%3Fd\">");
	for (i = 0; i < HOSTILE_TEXTS; i++) {
		const char *link = text_of(written);
		size_t before = strlen(link);

		html_void(&written->html, "link", "href", hostile_text(i),
			  NULL);
		link = text_of(written) + before;
		assert_null(strchr(link, ':'));
		assert_int_equal(strspn(link, "<"), 1);
		assert_ptr_equal(strchr(link + 1, '<'), NULL);
	}
}

static void test_id__is_made_of_harmless_characters(void **state)
{
	AUTO_FREE char *id = html_id("#t-", "a b/<\xc3\xa4");

	(void)state;
	assert_string_equal(id, "#t-a_20b_2f_3c_c3_a4");
}

static size_t times(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)); text++)
		count++;
	return count;
}

static void test_page__forbids_all_but_its_own_style(void **state)
{
	struct written *written = *state;
	struct html html;
	const char *page;

	html_page_begin(&html, written->html.out, "</title><script>");
	html_page_end(&html, "x");
	page = text_of(written);
	assert_int_equal(html.depth, 0);
	assert_non_null(strstr(page, "default-src &#39;none&#39;; style-src "
				     "&#39;sha256-"));
	assert_null(strstr(page, "<script"));
	assert_int_equal(times(page, "<title>"), 1);
	assert_int_equal(times(page, "</style"), 1);
	assert_non_null(strstr(page, "prefers-color-scheme"));
}

#define WRITTEN(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WRITTEN(test_text__is_never_markup),
		WRITTEN(test_text__keeps_lines_and_replaces_controls),
		WRITTEN(test_text__is_cut),
		WRITTEN(test_element__has_escaped_attributes),
		WRITTEN(test_link__has_no_scheme_and_no_host),
		cmocka_unit_test(test_id__is_made_of_harmless_characters),
		WRITTEN(test_page__forbids_all_but_its_own_style),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
