/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Charts on a screen in memory: what is drawn must be what was counted, with colour and without.
 */
#include "tui/widget/chart.h"

#include "tui/term.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 80
#define HEIGHT 24
/* Columns left of the bars. */
#define AXIS 6

/* ---- a chart of two series and the others ---- */

#define BARS 400

static guint32 alpha[BARS], beta[BARS], others[BARS], sums[BARS];
static struct chart_tick ticks[BARS];
static const struct chart_series series[] = {
	{"alpha", 'A', STYLE_ESP, alpha, 1234},
	{"beta", 'B', STYLE_ESP + 1, beta, 56},
	{"others", '+', STYLE_QUIET, others, 7},
};
static const struct chart_series sum = {"messages", ' ', STYLE_NORMAL, sums, 2345678};

static struct chart make_chart(size_t count)
{
	memset(alpha, 0, sizeof(alpha));
	memset(beta, 0, sizeof(beta));
	memset(others, 0, sizeof(others));
	memset(ticks, 0, sizeof(ticks));
	term_clear();
	return (struct chart){.series = series,
		.series_count = G_N_ELEMENTS(series),
		.sum = &sum,
		.ticks = ticks,
		.count = count,
		.pitch = 1};
}

static wchar_t wide_at(int y, int x)
{
	wchar_t wide[CCHARW_MAX + 1];
	attr_t attributes;
	cchar_t cell;
	short pair;

	assert_int_equal(mvin_wch(y, x, &cell), OK);
	getcchar(&cell, wide, &attributes, &pair, NULL);
	return wide[0];
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

static void assert_line(int y, const char *expected)
{
	g_autofree char *text = term_text();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	assert_string_equal(lines[y], expected);
}

/* A line that goes on with the same character up to the right edge. */
static void assert_axis(int y, const char *begins, const char *goes_on)
{
	g_autoptr(GString) line = g_string_new(begins);

	for (glong x = g_utf8_strlen(begins, -1); x < WIDTH; x++)
		g_string_append(line, goes_on);
	assert_line(y, line->str);
}

/* How high a column is, in eighths of a line; fails where something stands over a gap. */
static int height_at(int rows, int x)
{
	static const wchar_t blocks[] = L"▁▂▃▄▅▆▇";
	int eighths = 0;

	for (int y = rows - 1; y >= 0; y--) {
		wchar_t c = wide_at(y, x);
		const wchar_t *block = c ? wcschr(blocks, c) : NULL;

		if (block) {
			eighths += (int)(block - blocks) + 1;
			assert_true(!y || wide_at(y - 1, x) == L' ' || wide_at(y - 1, x) == L'┊');
			break;
		}
		if (c == L' ' || c == L'┊')
			break;
		eighths += 8;
	}
	return eighths;
}

/* ---- tests ---- */

static void test_step(void **state)
{
	(void)state;
	assert_int_equal(chart_step(0, 5), 1);
	assert_int_equal(chart_step(5, 5), 1);
	assert_int_equal(chart_step(6, 5), 2);
	assert_int_equal(chart_step(41, 5), 10);
	assert_int_equal(chart_step(99, 4), 20);
	assert_int_equal(chart_step(1000, 1), 1000);
	assert_int_equal(chart_step(1999, 1), 1000);
	assert_int_equal(chart_step(2000, 1), 2000);
	assert_int_equal(chart_step(7, 0), 5);
	assert_int_equal(chart_step((guint64)G_MAXUINT32 * 300, 8), 200000000000);
	assert_true(chart_step(G_MAXUINT64, 3) > 0);
}

static void test_bars(void **state)
{
	(void)state;
	assert_int_equal(chart_bars(AXIS + 10, 1), 10);
	/* Of three columns, the last is a gap, which the last bar needs not. */
	assert_int_equal(chart_bars(AXIS + 11, 3), 4);
	assert_int_equal(chart_bars(AXIS + 10, 3), 3);
	assert_int_equal(chart_bars(1, 1), 1);
}

static void test_heights(void **state)
{
	struct canvas canvas = term_canvas();
	int rows = canvas.height - 2;
	struct chart chart = make_chart(50);

	(void)state;
	for (guint32 i = 0; i < 50; i++) {
		alpha[i] = i * i;
		beta[i] = i * 3;
		others[i] = i % 2;
	}
	chart_draw(&chart, &canvas);
	for (guint32 i = 0; i < 50; i++) {
		double total = i * i + i * 3 + i % 2, top = 49 * 49 + 49 * 3 + 1;
		int exact = (int)(total * rows * 8 / top + 0.5);

		assert_int_equal(height_at(rows, AXIS + (int)i), total > 0 ? MAX(exact, 1) : 0);
	}
	assert_int_equal(height_at(rows, AXIS + 49), rows * 8);
}

/* The lines of a bar are shared out as the counts are, and letters stand at the ends. */
static void test_stacks(void **state)
{
	struct canvas all = term_canvas(), canvas = canvas_rows(&all, 0, 12);
	struct chart chart = make_chart(3);

	(void)state;
	chart.pitch = 4;
	alpha[0] = 50;
	beta[0] = 30;
	others[0] = 20;
	beta[1] = 100;
	others[2] = 10;
	chart_draw(&chart, &canvas);
	assert_line(0, "  100┤█+█ █B█");
	assert_line(1, "     │███ ███");
	assert_line(2, "     │█B█ ███");
	assert_line(3, "     │███ ███");
	assert_line(4, "     │███ ███");
	assert_line(5, "   50┤█A█ ███");
	assert_line(8, "     │███ ███");
	assert_line(9, "     │███ ███ █+█");
	for (int y = 0; y < 10; y++) {
		enum style style = y < 2 ? STYLE_QUIET : y < 5 ? STYLE_ESP + 1 : STYLE_ESP;

		assert_int_equal(attributes_at(y, AXIS), theme_attributes(style));
	}
	assert_int_equal(attributes_at(0, AXIS + 1), theme_attributes(STYLE_QUIET) ^ A_REVERSE);
}

static void test_axes(void **state)
{
	struct canvas all = term_canvas(), canvas = canvas_rows(&all, 0, 12);
	struct chart chart = make_chart(30);

	(void)state;
	alpha[29] = 40;
	for (int i = 0; i < 30; i++) {
		g_snprintf(ticks[i].text, sizeof(ticks[i].text), "%d", i);
		ticks[i].rank = i % 10 == 5 ? 2 : i % 5 == 0 ? 1 : 0;
	}
	g_strlcpy(ticks[6].text, "close", sizeof(ticks[6].text));
	ticks[6].rank = 1;
	chart.at = 12;
	chart_draw(&chart, &canvas);
	/* Of 6, which stands too close to 5, nothing is seen, nor of those of rank 0. */
	assert_axis(10, "    0┼┬────┬────┬─▲──┬────┬────┬", "─");
	assert_line(11, "      0    5    10   15   20   25");
	assert_int_equal(wide_at(0, 5), L'┤');
	assert_int_equal(wide_at(5, 5), L'┤');
	assert_int_equal(wide_at(0, AXIS + 12), L'┊');
	/* Where each bar has room, all have one. */
	chart = make_chart(4);
	chart.pitch = 3;
	alpha[0] = 1;
	for (int i = 0; i < 4; i++)
		g_snprintf(ticks[i].text, sizeof(ticks[i].text), "%d", 20 + i);
	chart_draw(&chart, &canvas);
	assert_line(11, "      20 21 22 23");
	chart.pitch = 2;
	term_clear();
	chart_draw(&chart, &canvas);
	assert_line(11, "");
}

static void test_window(void **state)
{
	struct canvas canvas = term_canvas();
	struct chart chart = make_chart(BARS);
	int y, x;

	(void)state;
	for (guint32 i = 0; i < BARS; i++)
		alpha[i] = i;
	chart.first = 100;
	chart.at = 120;
	chart_draw(&chart, &canvas);
	/* Only what is seen sets the scale. */
	assert_int_equal(height_at(HEIGHT - 2, WIDTH - 1), (HEIGHT - 2) * 8);
	assert_int_equal(wide_at(HEIGHT - 2, AXIS + 20), L'▲');
	term_refresh();
	getyx(stdscr, y, x);
	assert_int_equal(y, HEIGHT - 2);
	assert_int_equal(x, AXIS + 20);
}

/* Without colour, neighbours differ by their patterns. */
static void test_monochrome(void **state)
{
	struct canvas all = term_canvas(), canvas = canvas_rows(&all, 0, 12);
	struct chart chart = make_chart(1);

	(void)state;
	theme_start(false);
	assert_false(theme_coloured());
	chart.pitch = 4;
	alpha[0] = beta[0] = others[0] = 10;
	chart_draw(&chart, &canvas);
	assert_line(0, "   30┤▓+▓");
	assert_line(2, "     │▓▓▓");
	assert_line(3, "   20┤▒B▒");
	assert_line(6, "     │▒▒▒");
	assert_line(7, "   10┤█A█");
	assert_line(9, "     │███");
	theme_start(true);
	assert_true(theme_coloured());
}

static void test_ascii(void **state)
{
	struct canvas all = term_canvas(), canvas = canvas_rows(&all, 0, 8);
	struct chart chart = make_chart(3);

	(void)state;
	chart.ascii = true;
	chart.pitch = 3;
	chart.at = 2;
	g_strlcpy(ticks[0].text, "Nov", sizeof(ticks[0].text));
	ticks[0].rank = 1;
	alpha[0] = 30;
	beta[0] = 30;
	beta[1] = 1;
	chart_draw(&chart, &canvas);
	assert_line(0, "     |BB    :");
	assert_line(1, "   50+BB    :");
	assert_line(2, "     |BB    :");
	assert_line(3, "     |AA    :");
	assert_line(5, "     |AA BB :");
	assert_axis(6, "    0++-----^", "-");
	assert_line(7, "      Nov");
	/* Nothing but ASCII was drawn. */
	g_autofree char *text = term_text();
	assert_true(g_str_is_ascii(text));
}

static void test_legend(void **state)
{
	struct canvas all = term_canvas(), canvas = canvas_rows(&all, 0, 5);
	struct chart chart = make_chart(2);

	(void)state;
	alpha[1] = 12;
	others[1] = 4000000000;
	sums[1] = 13;
	chart.at = 1;
	assert_int_equal(chart_legend_lines(&chart, 2), 3);
	assert_int_equal(chart_legend_lines(&chart, 1), 5);
	chart_draw_legend(&chart, &canvas, 2, "Tue 2026-11-24", 1);
	assert_line(0,
		"Tue 2026-11-24              here in all                             here in "
		"all");
	assert_line(1, "A█ alpha                      12   1234 +█ others                  4000M   "
		       "   7");
	assert_line(2, "B█>beta                        0     56    messages                   13  "
		       "2345k");
	assert_int_equal(attributes_at(1, 0), theme_attributes(STYLE_ESP) ^ A_REVERSE);
	assert_int_equal(attributes_at(1, 3), theme_attributes(STYLE_ESP));
	assert_int_equal(attributes_at(2, 3), theme_attributes(STYLE_ESP + 1) ^ A_REVERSE);
}

/* No size, and no count, is too much or too little. */
static void test_odd_sizes(void **state)
{
	struct canvas all = term_canvas();

	(void)state;
	for (int height = 0; height <= 8; height++) {
		for (int width = 0; width <= 20; width++) {
			struct canvas canvas = {0, 0, height, width, false};
			struct chart chart = make_chart(30);

			alpha[0] = beta[0] = others[0] = G_MAXUINT32;
			alpha[1] = 1;
			chart.pitch = 1 + width % 5;
			chart_draw(&chart, &canvas);
			chart_draw_legend(&chart, &canvas, 1, "heading", 0);
			/* What is outside stays as it was. */
			assert_int_equal(wide_at(height, 0), L' ');
			assert_int_equal(wide_at(0, width), L' ');
		}
	}
	struct chart empty = make_chart(0);
	chart_draw(&empty, &all);
	chart_draw_legend(&empty, &all, 2, "heading", -1);
	struct chart nothing = make_chart(10);
	chart_draw(&nothing, &all);
	assert_int_equal(height_at(HEIGHT - 2, AXIS + 5), 0);
	struct chart none = make_chart(10);
	none.series_count = 0;
	chart_draw(&none, &all);
	chart_draw_legend(&none, &all, 2, "heading", -1);
}

static void test_large(void **state)
{
	struct canvas canvas;
	struct chart chart;

	(void)state;
	term_resize(200, 50);
	canvas = term_canvas();
	chart = make_chart(BARS);
	for (guint32 i = 0; i < BARS; i++)
		beta[i] = 1000000 + i;
	beta[0] = 4000000;
	chart_draw(&chart, &canvas);
	assert_int_equal(height_at(48, AXIS), 48 * 8);
	assert_int_equal(height_at(48, 199), 12 * 8);
	assert_line(0, "4000k┤B");
	term_resize(WIDTH, HEIGHT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_heights),
		cmocka_unit_test(test_stacks),
		cmocka_unit_test(test_axes),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_monochrome),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_legend),
		cmocka_unit_test(test_odd_sizes),
		cmocka_unit_test(test_large),
	};
	int failed;

	g_unsetenv("NO_COLOR");
	if (!setlocale(LC_ALL, "C.UTF-8") || !term_start_in_memory(WIDTH, HEIGHT))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	term_stop();
	return failed;
}
