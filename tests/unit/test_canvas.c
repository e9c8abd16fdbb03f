/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawing, on a screen in memory.
 */
#include "tui/widget/canvas.h"

#include "tui/term.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 40
#define HEIGHT 8

static void assert_line(int y, const char *expected)
{
	g_autofree char *text = term_text();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	assert_int_equal(g_strv_length(lines), HEIGHT + 1);
	assert_string_equal(lines[y], expected);
}

static void assert_blank_but(int y)
{
	for (int line = 0; line < HEIGHT; line++)
		if (line != y)
			assert_line(line, "");
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

static void assert_style(int y, int x, enum style style)
{
	assert_int_equal(attributes_at(y, x), theme_attributes(style));
}

static void test_text(void **state)
{
	struct canvas canvas = term_canvas();

	(void)state;
	term_clear();
	assert_int_equal(canvas.width, WIDTH);
	assert_int_equal(canvas.height, HEIGHT);
	assert_int_equal(canvas_text(&canvas, 2, 3, 20, "Hello", STYLE_STRONG), 5);
	assert_line(2, "   Hello");
	assert_blank_but(2);
	assert_style(2, 3, STYLE_STRONG);
	assert_style(2, 8, STYLE_NORMAL);
	assert_int_equal(canvas_text(&canvas, 3, 0, 20, NULL, STYLE_NORMAL), 0);
	assert_int_equal(canvas_text(&canvas, 3, 0, 20, "", STYLE_NORMAL), 0);
	assert_int_equal(canvas_printf(&canvas, 3, 0, 20, STYLE_NORMAL, "%d of %s", 1, "9"), 6);
	assert_line(3, "1 of 9");
}

static void test_what_does_not_fit(void **state)
{
	struct canvas canvas = term_canvas();

	(void)state;
	term_clear();
	assert_int_equal(canvas_text(&canvas, 0, 0, 5, "Hello", STYLE_NORMAL), 5);
	assert_int_equal(canvas_text(&canvas, 1, 0, 5, "Hello!", STYLE_NORMAL), 5);
	assert_int_equal(canvas_text(&canvas, 2, 0, 1, "Hello", STYLE_NORMAL), 1);
	assert_int_equal(canvas_text(&canvas, 3, 0, 0, "Hello", STYLE_NORMAL), 0);
	assert_int_equal(canvas_text(&canvas, 4, 36, 20, "Hello", STYLE_NORMAL), 4);
	assert_line(0, "Hello");
	assert_line(1, "Hell…");
	assert_line(2, "…");
	assert_line(3, "");
	assert_line(4, "                                    Hel…");
	assert_style(1, 4, STYLE_QUIET);
	/* Half of a wide character is not drawn. */
	assert_int_equal(canvas_text(&canvas, 5, 0, 4, "新書", STYLE_NORMAL), 4);
	assert_int_equal(canvas_text(&canvas, 6, 0, 4, "新書x", STYLE_NORMAL), 3);
	assert_int_equal(canvas_text(&canvas, 7, 0, 3, "新書", STYLE_NORMAL), 3);
	assert_line(5, "新書");
	assert_line(6, "新…");
	assert_line(7, "新…");
}

static void test_outside(void **state)
{
	struct canvas canvas = term_canvas(), rows = canvas_rows(&canvas, 2, 3);

	(void)state;
	term_clear();
	assert_int_equal(canvas_text(&rows, -1, 0, 10, "above", STYLE_NORMAL), 0);
	assert_int_equal(canvas_text(&rows, 3, 0, 10, "below", STYLE_NORMAL), 0);
	assert_int_equal(canvas_text(&rows, 0, -1, 10, "left", STYLE_NORMAL), 0);
	assert_int_equal(canvas_text(&rows, 0, WIDTH, 10, "right", STYLE_NORMAL), 0);
	canvas_fill(&rows, 3, 0, STYLE_TITLE);
	canvas_fill(&rows, -1, 0, STYLE_TITLE);
	canvas_rule(&rows, 3, STYLE_NORMAL);
	canvas_rule(&rows, -1, STYLE_NORMAL);
	assert_blank_but(-1);
	assert_style(5, 0, STYLE_NORMAL);
}

static void test_rows(void **state)
{
	struct canvas canvas = term_canvas();
	struct canvas rows = canvas_rows(&canvas, 2, 3), row = canvas_rows(&rows, 1, 1);

	(void)state;
	term_clear();
	canvas_text(&row, 0, 0, 10, "here", STYLE_NORMAL);
	assert_line(3, "here");
	assert_int_equal(canvas_rows(&canvas, 6, 10).height, 2);
	assert_int_equal(canvas_rows(&canvas, 20, 10).height, 0);
	assert_int_equal(canvas_rows(&canvas, 0, -5).height, 0);
}

static void test_fill_and_rule(void **state)
{
	struct canvas canvas = term_canvas();
	g_autoptr(GString) rule = g_string_new(NULL);

	(void)state;
	term_clear();
	canvas_rule(&canvas, 1, STYLE_QUIET);
	for (int x = 0; x < WIDTH; x++)
		g_string_append(rule, "─");
	assert_line(1, rule->str);
	canvas_fill(&canvas, 1, 2, STYLE_TITLE);
	assert_line(1, "──");
	assert_style(1, 1, STYLE_QUIET);
	assert_style(1, 2, STYLE_TITLE);
	assert_style(1, WIDTH - 1, STYLE_TITLE);
}

static void test_selected(void **state)
{
	struct canvas canvas = term_canvas();

	(void)state;
	term_clear();
	canvas.selected = true;
	canvas_fill(&canvas, 0, 0, STYLE_NORMAL);
	canvas_text(&canvas, 0, 0, 10, "a\x1B", STYLE_STRONG);
	assert_int_equal(attributes_at(0, 0), theme_attributes(STYLE_STRONG) ^ A_REVERSE);
	assert_int_equal(attributes_at(0, 9), theme_attributes(STYLE_NORMAL) ^ A_REVERSE);
	/* What stands for something unsafe is still told apart. */
	assert_int_not_equal(attributes_at(0, 0) & A_REVERSE, attributes_at(0, 1) & A_REVERSE);
}

/* Nothing that a mail holds reaches the terminal as it is. */
static void test_hostile_text(void **state)
{
	struct canvas canvas = term_canvas();
	g_autoptr(GString) flood = g_string_new("e");

	(void)state;
	term_clear();
	canvas_text(&canvas, 0, 0, WIDTH, "a\x1B[2J\r\n\tb\u202Ec\x9B", STYLE_NORMAL);
	assert_line(0, "a^[[2J^M^J b<U+202E>c\\x9b");
	assert_blank_but(0);
	assert_style(0, 0, STYLE_NORMAL);
	assert_style(0, 1, STYLE_STAND_IN);
	assert_style(0, 3, STYLE_NORMAL);
	for (int i = 0; i < 100000; i++)
		g_string_append(flood, "\u0336");
	canvas_text(&canvas, 1, 0, 3, flood->str, STYLE_NORMAL);
	g_string_append(flood, "end");
	canvas_text(&canvas, 2, 0, 10, flood->str, STYLE_NORMAL);
	assert_line(1, "e\u0336\u0336\u0336\u0336…");
	assert_line(2, "e\u0336\u0336\u0336\u0336…");
}

static void test_cells(void **state)
{
	struct canvas canvas = term_canvas();
	struct shown *shown = shown_new(span_from("0123456789"));

	(void)state;
	term_clear();
	assert_int_equal(canvas_cells(&canvas, 0, 0, 10, shown, 2, 3, STYLE_NORMAL), 3);
	assert_int_equal(canvas_cells(&canvas, 1, 0, 2, shown, 2, 3, STYLE_NORMAL), 2);
	assert_int_equal(canvas_shown(&canvas, 2, 0, 40, shown, STYLE_NORMAL), 10);
	assert_line(0, "234");
	assert_line(1, "2…");
	assert_line(2, "0123456789");
	shown_free(shown);
}

static void test_cursor(void **state)
{
	struct canvas canvas = term_canvas(), rows = canvas_rows(&canvas, 2, 3);
	int y, x;

	(void)state;
	canvas_cursor(&rows, 1, 7);
	canvas_text(&canvas, 0, 0, 10, "drawn later", STYLE_NORMAL);
	term_refresh();
	getyx(stdscr, y, x);
	assert_int_equal(y, 3);
	assert_int_equal(x, 7);
	canvas_cursor(&rows, 99, -5);
	term_refresh();
	getyx(stdscr, y, x);
	assert_int_equal(y, 4);
	assert_int_equal(x, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_what_does_not_fit),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fill_and_rule),
		cmocka_unit_test(test_selected),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_cursor),
	};
	int failed;

	if (!setlocale(LC_ALL, "C.UTF-8") || !term_start_in_memory(WIDTH, HEIGHT))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	term_stop();
	return failed;
}
