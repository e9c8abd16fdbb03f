/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct page {
	GPtrArray *links;
	struct rendered *rendered;
};

static struct page read_page(struct span html)
{
	struct page page = {
		g_ptr_array_new_with_free_func((GDestroyNotify)link_free), rendered_new()};

	html_read(html, 0, page.links, page.rendered);
	assert_true(
		g_utf8_validate(page.rendered->text->str, (gssize)page.rendered->text->len, NULL));
	return page;
}

static void page_clear(struct page *page)
{
	g_ptr_array_unref(page->links);
	rendered_free(page->rendered);
}

/* `kind url [text]` of each link, a line each. */
static void assert_links(const char *html, const char *expected)
{
	struct page page = read_page(span_from(html));
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < page.links->len; i++) {
		const struct link *link = page.links->pdata[i];

		g_string_append_printf(
			all, "%s %s", link_kind_name(link->kind), url_href(link->url));
		if (*link->text)
			g_string_append_printf(all, " [%s]", link->text);
		g_string_append_c(all, '\n');
	}
	assert_string_equal(all->str, expected);
	page_clear(&page);
}

static void assert_text(const char *html, const char *expected)
{
	struct page page = read_page(span_from(html));

	assert_string_equal(page.rendered->text->str, expected);
	page_clear(&page);
}

/* What is marked with `kind`, each followed by `|`. */
static void assert_marked(const char *html, enum rendered_mark_kind kind, const char *expected)
{
	struct page page = read_page(span_from(html));
	g_autoptr(GString) all = g_string_new(NULL);
	size_t last = 0;

	for (guint i = 0; i < page.rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(page.rendered->marks, struct rendered_mark, i);

		assert_true(mark->start >= last && mark->end <= page.rendered->text->len);
		last = mark->start;
		if (mark->kind != kind)
			continue;
		if (kind == RENDERED_LINK)
			g_string_append_printf(all, "%u=", mark->link);
		g_string_append_len(all, page.rendered->text->str + mark->start,
			(gssize)(mark->end - mark->start));
		g_string_append_c(all, '|');
	}
	assert_string_equal(all->str, expected);
	page_clear(&page);
}

static void test_anchors(void **state)
{
	(void)state;
	assert_links("<A HREF=' ht\ntps://example.com/?a=1&amp;b=2&#x26;c ' >Go <b>there</b></a>",
		"anchor https://example.com/?a=1&b=2&c [Go there]\n");
	assert_links(
		"<a href=//example.com/x>rel</a><a href=mailto:u@example.com>m</a><a href=#x>f</a>"
		"<a href=x>none</a>",
		"anchor https://example.com/x [rel]\n");
	assert_links("<a href=javascript:alert(1)>x</a>", "anchor javascript:alert(1) [x]\n");
	assert_links("<a href='http://example.com/'><div>one</div>two<br>three</a>",
		"anchor http://example.com/ [one two three]\n");
	assert_links("<svg><a xlink:href='http://example.com/svg'><text>s</text></a></svg>",
		"anchor http://example.com/svg [s]\n");
}

static void test_malformed_anchors(void **state)
{
	(void)state;
	assert_links("<a href=http://example.com/1>one<a href=http://example.com/2>two",
		"anchor http://example.com/1 [one]\nanchor http://example.com/2 [two]\n");
	assert_links(
		"<a/href=\"http://example.com/\"class=x>y", "anchor http://example.com/ [y]\n");
	assert_links("<a href=\"http://example.com/1\" href=\"http://example.com/2\">x</a>",
		"anchor http://example.com/1 [x]\n");
	assert_links("<table><tr><a href=http://example.com/t>foster</table>",
		"anchor http://example.com/t [foster]\n");
	assert_links("<script><a href=http://example.com/>no</a></script>", "");
	assert_links("<!-- <a href=http://example.com/> --!><a href=http://example.com/2>yes",
		"anchor http://example.com/2 [yes]\n");
	assert_links("<a href=\"http://example.com/never closed", "");
}

/* What overflows is no character; gumbo would make another, or invalid UTF-8. */
static void test_long_references(void **state)
{
	(void)state;
	assert_links("<a href='&#4294967400;ttps://example.com/'>x</a>", "");
	assert_links("<a href='&#00000000000104;ttps://example.com/&#x0000000041'>x</a>",
		"anchor https://example.com/A [x]\n");
	assert_text("a&#84111111117;b&#x1000000041;c&#;&#x;", "a\xEF\xBF\xBD"
							      "b\xEF\xBF\xBD"
							      "c&#;&#x;\n");
}

static void test_base(void **state)
{
	(void)state;
	assert_links("<a href=x>1</a><base><base href=https://example.com/d/><base "
		     "href=http://example.org>",
		"anchor https://example.com/d/x [1]\n");
	assert_links("<base href='https://example.com'><a href='//example.net/y'>2</a>",
		"anchor https://example.net/y [2]\n");
}

static void test_other_elements(void **state)
{
	(void)state;
	assert_links("<map><area href=http://example.com/a alt=Map></map>",
		"area http://example.com/a [Map]\n");
	assert_links("<form action=http://example.com/f><button "
		     "formaction=http://example.com/g>b</button>"
		     "<input type=submit value=Send formaction=http://example.com/h></form>",
		"form http://example.com/f\nform http://example.com/g\nform http://example.com/h "
		"[Send]\n");
	assert_links("<link rel=stylesheet href=http://example.com/s.css>",
		"link http://example.com/s.css\n");
	assert_links("<iframe src=http://example.com/i></iframe><embed src=http://example.com/e>"
		     "<object data=http://example.com/o></object>",
		"frame http://example.com/i\nframe http://example.com/e\nframe "
		"http://example.com/o\n");
	assert_links("<video src=http://example.com/v poster=http://example.com/p><source "
		     "src=http://example.com/s><track src=http://example.com/t></video>"
		     "<picture><source srcset='http://example.com/1 1x, http://example.com/2 2x'>",
		"image http://example.com/v\nimage http://example.com/p\nimage "
		"http://example.com/s\nimage http://example.com/t\nimage http://example.com/1\n"
		"image http://example.com/2\n");
	assert_links("<select><option><a href=http://example.com/o>in</a></select>after",
		"anchor http://example.com/o [in]\n");
}

static void test_inner_documents(void **state)
{
	(void)state;
	assert_links("<base href=http://example.com/><iframe src=f srcdoc='<a href=a>in</a> "
		     "http://example.com/t'></iframe><a href=b>out</a>",
		"frame http://example.com/f\nanchor http://example.com/a [in]\ntext "
		"http://example.com/t [http://example.com/t]\nanchor http://example.com/b [out]\n");
	assert_links("<iframe srcdoc=\"<iframe srcdoc='<iframe srcdoc=&quot;<a "
		     "href=http://example.com/>&quot;>'>\">",
		"");
	assert_text("a<iframe srcdoc='b'></iframe>c", "ac\n");
}

static void test_refresh(void **state)
{
	(void)state;
	assert_links("<meta http-equiv=refresh content='0; URL = \"http://example.com/r\"x'>",
		"refresh http://example.com/r\n");
	assert_links("<META HTTP-EQUIV=Refresh CONTENT=' 5,url=http://example.com/s'>",
		"refresh http://example.com/s\n");
	assert_links("<meta http-equiv=refresh content='0 http://example.com/t'>",
		"refresh http://example.com/t\n");
	assert_links("<meta http-equiv=refresh content='url=http://example.com/'>"
		     "<meta name=x content='0;url=http://example.com/'><meta http-equiv=refresh "
		     "content=9>",
		"");
}

static void test_images(void **state)
{
	(void)state;
	assert_links("<img src=http://example.com/i.png alt='A  pic' width=100 height=1>",
		"image http://example.com/i.png [A pic]\n");
	assert_links("<img src=http://example.com/p width=1 height=1>"
		     "<img src=http://example.com/q style='width:1px;height:0px'>"
		     "<img src=http://example.com/r style='display: none'>"
		     "<img src=http://example.com/wf/open?upn=x>"
		     "<img src=http://example.com/s width='1%' height='1em'>",
		"pixel http://example.com/p\npixel http://example.com/q\npixel "
		"http://example.com/r\n"
		"pixel http://example.com/wf/open?upn=x\nimage http://example.com/s\n");
	assert_links("<img srcset='http://example.com/1 1x, http://example.com/2,3 "
		     "2x,http://example.com/4'>",
		"image http://example.com/1\nimage http://example.com/2,3\nimage "
		"http://example.com/4\n");
	assert_links("<td><table background=http://example.com/b></table>"
		     "<p style=\"background:URL( 'http://example.com/c' )\">"
		     "<style>@import \"http://example.com/d\"; "
		     "p{background:url(http://example.com/e)}</style>",
		"image http://example.com/b\nimage http://example.com/c\nimage "
		"http://example.com/d\n"
		"image http://example.com/e\n");
	assert_links("<img src=cid:logo@example.com><img src=data:image/gif;base64,AA>", "");
}

static void test_outlook_comments(void **state)
{
	(void)state;
	assert_links("<!--[if mso]><a href=http://example.com/o>Outlook</a><![endif]-->"
		     "<!-- <a href=http://example.com/n>no</a> -->",
		"anchor http://example.com/o [Outlook]\n");
	assert_links("<base href=http://example.com/><!--[if gte mso 9]><v:roundrect href='b'>Buy"
		     "<v:fill src='f.png'/></v:roundrect><![endif]-->",
		"anchor http://example.com/b [Buy]\nimage http://example.com/f.png\n");
	assert_links("<!--[if mso]><a href=http://example.com/><span>Buy</span> "
		     "<v:x></v:x>now</a><![endif]-->",
		"anchor http://example.com/ [Buy now]\n");
	assert_text("a<!--[if mso]>hidden<![endif]-->b", "ab\n");
}

static void test_urls_in_text(void **state)
{
	(void)state;
	assert_links(
		"<p>see https://example.com/x, <a href=http://example.com/y>http://example.org</a>",
		"text https://example.com/x [https://example.com/x]\n"
		"anchor http://example.com/y [http://example.org]\n");
	assert_marked(
		"<p>see https://example.com/x, or", RENDERED_LINK, "0=https://example.com/x|");
	assert_text("<p>see  https://example.com/x, or", "see https://example.com/x, or\n\n");
}

static void test_paragraphs(void **state)
{
	(void)state;
	assert_text("<title>no</title><h1>Head</h1>one \n two<p>three<br>four<p>five",
		"Head\n\none two\n\nthree\nfour\n\nfive\n\n");
	assert_text("<ul><li>a<li>b</ul>", "* a\n* b\n\n");
	assert_text("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc\n");
	assert_text("<pre>a  b\n  c</pre>", "a  b\n  c\n\n");
	assert_text("<blockquote>q<br>r</blockquote>s", "> q\n> r\n\ns\n");
	assert_text("a&nbsp;&nbsp;b&zwnj;&#8203;c &amp; &lt;d&gt;", "a bc & <d>\n");
	assert_text("", "");
}

/* Numbers that overflow in the parser; 2147483904 and 4294967360 would be NUL and `@`. */
static void test_references(void **state)
{
	(void)state;
	assert_text("a&#65;&#x42;&#000000000000067;b", "aABCb\n");
	assert_text("a&#2147483904;b&#4294967360;c&#x800000040;d", "a\xEF\xBF\xBD"
								   "b\xEF\xBF\xBD"
								   "c\xEF\xBF\xBD"
								   "d\n");
	assert_text("&#2147483888;&#99999999999999999999999999999999999902",
		"\xEF\xBF\xBD\xEF\xBF\xBD\n");
	assert_text("&#1114112;&#x110000;&#xFFFFFFF;", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n");
	assert_links("<a href='https://example.com/&#2147483904;x'>a&#2147483904;b</a>",
		"anchor https://example.com/%EF%BF%BDx [a\xEF\xBF\xBD"
		"b]\n");
	assert_text("<p>&#", "&#\n\n");
	assert_text("<p>&#x", "&#x\n\n");
}

static void test_hidden_text(void **state)
{
	(void)state;
	assert_text("a<span style='DISPLAY:none'>x</span><span style='font-size:0'>y</span>"
		    "<span hidden>z</span><script>s</script><style>t</style>b",
		"ab\n");
	assert_text("<p style='font-size:1.5em;height:0'>shown", "shown\n\n");
	assert_links("<div style='visibility:hidden'><a href=http://example.com/h>h</a></div>",
		"anchor http://example.com/h [h]\n");
	assert_links("<a href=http://example.com/>bank<i style='display:none'>x</i>.example</a>",
		"anchor http://example.com/ [bank.example]\n");
}

static void test_marks(void **state)
{
	(void)state;
	assert_marked("x <a href=http://example.com/> <b>one</b> two </a> y <a "
		      "href=http://example.com/2></a>",
		RENDERED_LINK, "0=one two|1=[link]|");
	assert_marked("<a href=http://example.com/><img src=http://example.com/i></a>"
		      "<a href=http://example.com/><img alt=Buy></a>",
		RENDERED_LINK, "0=[image]|2=[Buy]|");
	assert_marked("<form action=http://example.com/f></form><iframe "
		      "src=http://example.com/></iframe>",
		RENDERED_LINK, "0=[form]|1=[frame]|");
	assert_marked(
		"<h2>Big <a href=http://example.com/>x</a></h2>y", RENDERED_HEADING, "Big x|");
	assert_marked("<blockquote>a<blockquote>b</blockquote></blockquote>", RENDERED_QUOTE,
		"> a\n\n> > b|");
	assert_marked("<img alt=Logo>", RENDERED_ADDED, "[Logo]|");
}

static GString *repeated(const char *unit, unsigned count)
{
	GString *html = g_string_new(NULL);

	for (unsigned i = 0; i < count; i++)
		g_string_append(html, unit);
	return html;
}

/* Each brings an unguarded parser down, or keeps it busy for minutes. The link at the end is seen.
 */
static void test_hostile(void **state)
{
	static const char *const units[] = {"<div>", "<b>", "<font><p>", "<table><tr><td>",
		"<x></y>", "<ul><li><p>", "<svg>", "<a href=x><b><div>", "<select><option>",
		"<template>", "<", "<p><b id=1><i id=2>", "<button>", "<object>", "</p>",
		"<![CDATA[", "<blockquote>"};
	gint64 start = g_get_monotonic_time();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) html = repeated(units[i], 100000);

		g_string_append(html, "]]> <a href='https://example.com/end'>end</a>");
		struct page page = read_page(span_from_string(html));
		assert_int_equal(page.links->len, 1);
		page_clear(&page);
	}
	assert_true(g_get_monotonic_time() - start < 120 * G_USEC_PER_SEC);
}

static void test_attribute_bomb(void **state)
{
	g_autoptr(GString) html = g_string_new("<p ");

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		g_string_append_printf(html, "a%u ", i);
	g_string_append(html, "><a href=https://example.com/end>end</a>");
	struct page page = read_page(span_from_string(html));
	assert_int_equal(page.links->len, 1);
	page_clear(&page);
}

/* Every paragraph opens all that is open anew: gigabytes, were there no limit. */
static void test_memory_bomb(void **state)
{
	g_autoptr(GString) html = g_string_new("<p>");

	(void)state;
	for (unsigned i = 0; i < 500; i++)
		g_string_append_printf(html, "<b id=%u>", i);
	for (unsigned i = 0; i < 50000; i++)
		g_string_append(html, "</p><p>x");
	g_string_append(html, "<a href=https://example.com/end>end</a>");
	struct page page = read_page(span_from_string(html));
	assert_int_equal(page.links->len, 1);
	page_clear(&page);
}

static void test_limits(void **state)
{
	g_autoptr(GString) html = repeated("<a href=http://example.com/>x</a>", LINK_MAX + 10);
	g_autofree char *long_text = g_strnfill(HTML_MAX_SIZE, 'x');
	static const char bytes[] = "<a href='http://example.com/\0x'>a\0\xFF\xC3</a>";

	(void)state;
	struct page page = read_page(span_from_string(html));
	assert_int_equal(page.links->len, LINK_MAX);
	page_clear(&page);
	page = read_page((struct span){long_text, HTML_MAX_SIZE});
	assert_true(page.rendered->text->len <= RENDERED_MAX_SIZE + 64);
	assert_non_null(strstr(page.rendered->text->str, "[the text is cut here]"));
	page_clear(&page);
	page = read_page((struct span){bytes, sizeof bytes - 1});
	assert_int_equal(page.links->len, 1);
	page_clear(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_malformed_anchors),
		cmocka_unit_test(test_long_references),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_other_elements),
		cmocka_unit_test(test_inner_documents),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_outlook_comments),
		cmocka_unit_test(test_urls_in_text),
		cmocka_unit_test(test_paragraphs),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_hidden_text),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_attribute_bomb),
		cmocka_unit_test(test_memory_bomb),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
