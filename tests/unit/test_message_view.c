/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a message as it is drawn, and its links as they are numbered, of real mails on a
 * screen in memory.
 */
#include "tui/message_view.h"

#include "tui/mail/message.h"
#include "tui/term.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 60
#define HEIGHT 16

struct read {
	struct message *message;
	GPtrArray *verdicts;
	struct matcher *matcher;
	struct link_list *links;
	struct message_view *view;
	size_t lines;
};

static struct matcher *no_rules(void)
{
	struct rule *rule = rule_new();
	struct ruleset *ruleset;
	struct matcher *matcher;

	rule->id = g_strdup("none/none");
	rule->esp = g_strdup("none");
	g_ptr_array_add(rule->hosts, g_strdup("none.invalid"));
	ruleset = ruleset_with(NULL, rule, NULL);
	matcher = matcher_new(ruleset);
	ruleset_unref(ruleset);
	rule_free(rule);
	return matcher;
}

static struct read read_html(const char *html)
{
	g_autofree char *mail = g_strconcat("From: a@example.com\nSubject: x\n"
					    "List-Unsubscribe: <https://www.example.com/out>\n"
					    "Content-Type: text/html; charset=utf-8\n\n",
		html, NULL);
	g_autoptr(GError) error = NULL;
	struct read read = {.message = message_parse(mail, strlen(mail), NULL, &error)};

	if (!read.message)
		fail_msg("%s", error->message);
	read.matcher = no_rules();
	read.verdicts = verdict_of_links(message_links(read.message), read.matcher);
	read.links = link_list_new(read.verdicts, message_text(read.message));
	read.view = message_view_new();
	message_view_add_body(read.view, message_text(read.message), read.links);
	read.lines = message_view_wrap(read.view, WIDTH);
	return read;
}

static void read_free(struct read *read)
{
	message_view_free(read->view);
	link_list_free(read->links);
	g_ptr_array_unref(read->verdicts);
	matcher_unref(read->matcher);
	message_free(read->message);
}

static char *drawn(const struct read *read, guint selected)
{
	struct canvas canvas = term_canvas();

	term_clear();
	message_view_draw(read->view, &canvas, 0, selected);
	return term_text();
}

/* The lines, and nothing beneath them. */
static void assert_drawn(const struct read *read, const char *expected)
{
	g_autofree char *text = drawn(read, 0);

	g_strchomp(text);
	g_strlcat(text, "\n", strlen(text) + 2);
	assert_string_equal(text, expected);
}

static attr_t attributes_at(int y, int x)
{
	wchar_t wide[CCHARW_MAX + 1];
	attr_t attributes;
	cchar_t cell;
	short pair;

	assert_int_equal(mvin_wch(y, x, &cell), OK);
	getcchar(&cell, wide, &attributes, &pair, NULL);
	return (attributes & ~A_COLOR) | COLOR_PAIR(pair);
}

static void numbers_each_url_once(void **state)
{
	struct read read = read_html("<a href='https://www.example.com/1'>one</a> "
				     "<a href='https://www.example.com/2'>two</a> "
				     "<a href='https://www.example.com/1'>again</a>"
				     "<img src='https://www.example.com/big.png' alt=big>"
				     "<img src='https://www.example.com/p.gif' width=1 height=1>");

	(void)state;
	assert_drawn(&read, "one[1] two[2] again[1][big]\n");
	/* the text's two, then what a header has, then the pixel; the picture is none */
	assert_int_equal(link_list_count(read.links), 4);
	assert_int_equal(link_list_at(read.links, 0)->count, 2);
	assert_string_equal(url_href(link_list_at(read.links, 2)->verdict->link->url),
		"https://www.example.com/out");
	assert_int_equal(link_list_at(read.links, 3)->verdict->link->kind, LINK_PIXEL);
	assert_int_equal(link_list_number(read.links, G_MAXUINT), 0);
	read_free(&read);
}

static void keeps_links_in_headings_and_quotes(void **state)
{
	struct read read =
		read_html("<h1>Big <a href='https://www.example.com/1'>news</a> today</h1>"
			  "<blockquote>He said <a href='https://www.example.com/2'>so</a> "
			  "twice</blockquote>");

	(void)state;
	assert_drawn(&read, "Big news[1] today\n\n> He said so[2] twice\n");
	g_autofree char *text = drawn(&read, 0);
	assert_int_equal(attributes_at(0, 0), theme_attributes(STYLE_HEADING));
	assert_int_equal(attributes_at(0, 4), theme_attributes(STYLE_LINK));
	assert_int_equal(attributes_at(0, 12), theme_attributes(STYLE_HEADING));
	/* the numbers before it have moved the quote */
	assert_int_equal(attributes_at(2, 2), theme_attributes(STYLE_QUOTE));
	assert_int_equal(attributes_at(2, 10), theme_attributes(STYLE_LINK));
	assert_int_equal(attributes_at(2, 19), theme_attributes(STYLE_QUOTE));
	read_free(&read);
}

static void finds_and_shows_the_selected(void **state)
{
	struct read read =
		read_html("<p>One</p><p>Two <a href='https://www.example.com/1'>here</a></p>"
			  "<p>Three <a href='https://www.example.com/2'>there</a></p>");
	size_t line = 99;

	(void)state;
	assert_true(message_view_find(read.view, 2, &line));
	assert_int_equal(line, 4);
	assert_false(message_view_find(read.view, 3, &line));
	assert_false(message_view_find(read.view, 0, &line));
	g_autofree char *text = drawn(&read, 2);
	assert_int_equal(attributes_at(4, 6), theme_attributes(STYLE_LINK) ^ A_REVERSE);
	assert_int_equal(attributes_at(2, 4), theme_attributes(STYLE_LINK));
	read_free(&read);
}

static void tells_what_deceives(void **state)
{
	struct read read = read_html("<a href='https://evil.example/x'>www.bank.com</a> "
				     "<a href='https://evil.example/x'>click</a>");

	(void)state;
	/* one of the two is enough */
	assert_int_equal(link_list_count(read.links), 2);
	assert_true(link_list_at(read.links, 0)->signals & SIGNAL_DECEPTIVE_TEXT);
	g_autofree char *text = drawn(&read, 0);
	assert_int_equal(attributes_at(0, 0), theme_attributes(STYLE_DECEPTIVE));
	read_free(&read);
}

/* What looks like a header line in a header's value must not look like one. */
static void keeps_headers_to_their_line(void **state)
{
	struct message_view *view = message_view_new();
	struct canvas canvas = term_canvas();

	(void)state;
	message_view_add_header(view, "Subject", "a\r\nFrom: bank");
	message_view_add_line(view, STYLE_BAD, "one\nline \x1b[31m");
	assert_int_equal(message_view_wrap(view, WIDTH), 2);
	term_clear();
	message_view_draw(view, &canvas, 0, 0);
	g_autofree char *text = term_text();
	assert_true(g_str_has_prefix(text, "Subject: a  From: bank\none line ^[[31m\n\n"));
	assert_int_equal(attributes_at(0, 0), theme_attributes(STYLE_HEADER));
	assert_int_equal(attributes_at(0, 12), theme_attributes(STYLE_NORMAL));
	assert_int_equal(attributes_at(1, 0), theme_attributes(STYLE_BAD));
	message_view_clear(view);
	assert_int_equal(message_view_wrap(view, WIDTH), 0);
	message_view_free(view);
}

static int start(void **state)
{
	(void)state;
	setlocale(LC_ALL, "");
	message_library_init();
	return term_start_in_memory(WIDTH, HEIGHT) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	term_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_each_url_once),
		cmocka_unit_test(keeps_links_in_headings_and_quotes),
		cmocka_unit_test(finds_and_shows_the_selected),
		cmocka_unit_test(tells_what_deceives),
		cmocka_unit_test(keeps_headers_to_their_line),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
