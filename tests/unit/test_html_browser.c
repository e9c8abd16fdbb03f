/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages that parsers disagree about, against what Chromium says of them: each page's .links file is
 * its document.links, in order (tests/integration/browser_links.sh writes and checks them).
 */
#include "tui/mail/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define PAGES "tests/fixtures/html"

static GPtrArray *links_of_page(const char *path)
{
	GPtrArray *links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	g_autofree char *bytes = NULL;
	gsize len;

	assert_true(g_file_get_contents(path, &bytes, &len, NULL));
	g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)len);
	html_read(span_from(valid), 0, links, NULL);
	return links;
}

/* Takes the first such link away. */
static bool take_link(GPtrArray *links, const char *href)
{
	for (guint i = 0; i < links->len; i++) {
		const struct link *link = links->pdata[i];

		if ((link->kind == LINK_ANCHOR || link->kind == LINK_AREA) &&
			strcmp(url_href(link->url), href) == 0) {
			g_ptr_array_remove_index(links, i);
			return true;
		}
	}
	return false;
}

/* More than what the browser lists is only what it shows in other ways or other readers show:
 * templates, Outlook's comments, documents within the document, links of SVG and MathML. */
static bool may_have_more(const char *name)
{
	static const char *const pages[] = {
		"comments-conditional", "fetched", "math", "svg", "template"};

	for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
		if (strcmp(name, pages[i]) == 0)
			return true;
	return false;
}

static guint count_anchors(const GPtrArray *links)
{
	guint count = 0;

	for (guint i = 0; i < links->len; i++) {
		enum link_kind kind = ((const struct link *)links->pdata[i])->kind;

		if (kind == LINK_ANCHOR || kind == LINK_AREA)
			count++;
	}
	return count;
}

static void check_page(const char *name)
{
	g_autofree char *page = g_strdup_printf(PAGES "/%s.html", name);
	g_autofree char *list = g_strdup_printf(PAGES "/%s.links", name);
	g_autoptr(GPtrArray) links = links_of_page(page);
	g_autofree char *text = NULL;

	assert_true(g_file_get_contents(list, &text, NULL, NULL));
	g_auto(GStrv) hrefs = g_strsplit(text, "\n", -1);
	for (guint i = 0; hrefs[i]; i++)
		if (*hrefs[i] && !take_link(links, hrefs[i]))
			fail_msg("%s: the browser sees %s", name, hrefs[i]);
	if (!may_have_more(name) && count_anchors(links))
		fail_msg("%s: the browser sees %u links less", name, count_anchors(links));
}

static void test_pages(void **state)
{
	GDir *dir = g_dir_open(PAGES, 0, NULL);
	unsigned count = 0;

	(void)state;
	assert_non_null(dir);
	for (const char *file; (file = g_dir_read_name(dir));) {
		g_autofree char *name = g_strndup(file, strcspn(file, "."));

		if (g_str_has_suffix(file, ".html")) {
			check_page(name);
			count++;
		}
	}
	g_dir_close(dir);
	assert_true(count >= 38);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
