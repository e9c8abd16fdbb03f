/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void collect(struct span url, void *data)
{
	GString *all = data;

	g_string_append_len(all, url.ptr, (gssize)url.len);
	g_string_append_c(all, '|');
}

static void assert_found(const char *text, const char *expected)
{
	g_autoptr(GString) all = g_string_new(NULL);

	link_find_in_text(span_from(text), collect, all);
	assert_string_equal(all->str, expected);
}

static void test_urls_in_sentences(void **state)
{
	(void)state;
	assert_found("See https://www.example.com/a?b=c#d.", "https://www.example.com/a?b=c#d|");
	assert_found("HTTP://EXAMPLE.COM/ and ftp://example.org",
		"HTTP://EXAMPLE.COM/|ftp://example.org|");
	assert_found("\"https://example.com/x\", 'https://example.com/y'.",
		"https://example.com/x|https://example.com/y|");
	assert_found("Really? https://example.com/?!", "https://example.com/|");
	assert_found("a:https://example.com/1\nhttps://example.com/2\r\n",
		"https://example.com/1|https://example.com/2|");
	assert_found("no links here: // . www. http:// https://...", "");
}

static void test_brackets(void **state)
{
	(void)state;
	assert_found("(https://example.com/a_(b))", "https://example.com/a_(b)|");
	assert_found("[https://example.com/]", "https://example.com/|");
	assert_found("<URL:https://example.com/x>", "https://example.com/x|");
	assert_found("<https://example.com/x>.", "https://example.com/x|");
	assert_found("[text](https://example.com/md)", "https://example.com/md|");
}

static void test_no_scheme(void **state)
{
	(void)state;
	assert_found("go to www.example.com, now", "www.example.com|");
	assert_found("bit.ly/2abc or Example.COM/path.", "bit.ly/2abc|Example.COM/path|");
	assert_found("and/or 1/2 report.txt/x 192.0.2.1/24 example.com", "");
	assert_found("mail user@example.com/x or user@www.example.com", "");
	assert_found("https://example.com/bit.ly/x", "https://example.com/bit.ly/x|");
}

static void test_other_scripts(void **state)
{
	(void)state;
	assert_found("请访问https://example.com/登录。谢谢", "https://example.com/登录|");
	assert_found("「https://example.com/a」，https://example.com/b！",
		"https://example.com/a|https://example.com/b|");
	assert_found("“https://example.com/c”", "https://example.com/c|");
	assert_found("https://example.com/a\xC2\xA0tail", "https://example.com/a|");
}

static void test_bytes_of_any_kind(void **state)
{
	g_autoptr(GString) all = g_string_new(NULL);
	static const char text[] = "http://example.com/a\0b \xFFhttp://example.com/\xFF\xFE";

	(void)state;
	link_find_in_text((struct span){text, sizeof text - 1}, collect, all);
	assert_string_equal(all->str, "http://example.com/a|http://example.com/|");
	link_find_in_text((struct span){text, 0}, collect, all);
}

static void count(struct span url, void *data)
{
	(void)url;
	++*(unsigned *)data;
}

/* Each of these takes minutes where the time grows with the square of the length. */
static void test_linear_time(void **state)
{
	static const char *const units[] = {"www.", "http://", "a.b/", "(", "http://x)", "a-a.",
		"example.com/", "....", "@a.b", "<http://x\n", "<www.x\ny\n"};
	gint64 start = g_get_monotonic_time();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) text = g_string_new("https://example.com/");
		unsigned found = 0;

		while (text->len < 2000000)
			g_string_append(text, units[i]);
		link_find_in_text(span_from_string(text), count, &found);
		assert_true(found >= 1);
	}
	assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
}

static void assert_href(enum link_kind kind, const char *raw, const char *expected)
{
	struct link *link = link_new(kind, 3, span_from(raw), NULL);

	if (!expected) {
		assert_null(link);
		return;
	}
	assert_non_null(link);
	assert_string_equal(url_href(link->url), expected);
	assert_int_equal(link->part, 3);
	link_free(link);
}

static void test_what_is_a_link(void **state)
{
	(void)state;
	assert_href(LINK_ANCHOR, " hTTp:\\\\Example.com\\x\n", "http://example.com/x");
	assert_href(LINK_ANCHOR, "javascript:alert(1)", "javascript:alert(1)");
	assert_href(LINK_ANCHOR, "data:text/html,x", "data:text/html,x");
	assert_href(LINK_IMAGE, "data:image/png;base64,AA", NULL);
	assert_href(LINK_ANCHOR, "mailto:user@example.com", NULL);
	assert_href(LINK_ANCHOR, "tel:+1555", NULL);
	assert_href(LINK_IMAGE, "cid:logo", NULL);
	assert_href(LINK_ANCHOR, "#top", NULL);
	assert_href(LINK_ANCHOR, "page.html", NULL);
	assert_href(LINK_ANCHOR, "", NULL);
	assert_href(LINK_TEXT, "www.example.com/a", "http://www.example.com/a");
	assert_href(LINK_TEXT, "bit.ly/a", "http://bit.ly/a");
}

static void test_wrapped(void **state)
{
	struct link *link = link_new_text(0, span_from("https://example.com/a\nb"));

	(void)state;
	assert_string_equal(link->text, "https://example.com/ab");
	assert_string_equal(url_href(link->url), "https://example.com/ab");
	link_free(link);
}

static void test_full_list(void **state)
{
	g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);

	(void)state;
	for (unsigned i = 0; i < LINK_MAX; i++)
		assert_true(link_append(links, link_new_text(0, span_from("http://example.com/"))));
	assert_true(link_list_full(links));
	assert_false(link_append(links, link_new_text(0, span_from("http://example.com/"))));
	assert_int_equal(links->len, LINK_MAX);
}

static void test_text_is_folded(void **state)
{
	struct link *link = link_new(LINK_ANCHOR, 0, span_from("http://example.com/"), NULL);
	g_autofree char *long_text = g_strnfill(5000, 'x');

	(void)state;
	link_set_text(link, span_from(" \n a\xC2\xA0\t b\xE2\x80\x8B"
				      "c\xFF "));
	assert_string_equal(link->text, "a bc\xEF\xBF\xBD");
	link_set_text(link, span_from(long_text));
	assert_int_equal(strlen(link->text), LINK_MAX_TEXT);
	link_free(link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls_in_sentences),
		cmocka_unit_test(test_brackets),
		cmocka_unit_test(test_no_scheme),
		cmocka_unit_test(test_other_scripts),
		cmocka_unit_test(test_bytes_of_any_kind),
		cmocka_unit_test(test_linear_time),
		cmocka_unit_test(test_what_is_a_link),
		cmocka_unit_test(test_text_is_folded),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_full_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
