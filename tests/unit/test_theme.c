/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Styles on terminals of 256 colours, of 8, of none, and where NO_COLOR is set.
 */
#include "tui/widget/theme.h"

#include <curses.h>
#include <glib.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void with_terminal(const char *name, bool colour, void (*check)(void))
{
	FILE *null = fopen("/dev/null", "r+");
	SCREEN *screen = newterm(name, null, null);

	if (!screen)
		fail_msg("terminfo has no %s", name);
	theme_start(colour);
	check();
	endwin();
	delscreen(screen);
	fclose(null);
}

static attr_t without_colour(enum style style)
{
	return (attr_t)theme_attributes(style) & ~(attr_t)A_COLOR;
}

static void assert_no_colour(void)
{
	for (int style = 0; style < STYLE_COUNT; style++)
		assert_int_equal(PAIR_NUMBER(theme_attributes((enum style)style)), 0);
	/* What matters can be told from plain text all the same. */
	for (int style = STYLE_QUIET; style < STYLE_COUNT; style++)
		assert_int_not_equal(theme_attributes((enum style)style), A_NORMAL);
	assert_int_not_equal(theme_attributes(STYLE_ADDED), theme_attributes(STYLE_REMOVED));
	assert_int_not_equal(theme_attributes(STYLE_GOOD), theme_attributes(STYLE_BAD));
	assert_int_not_equal(theme_attributes(STYLE_LINK), theme_attributes(STYLE_DECEPTIVE));
	assert_int_not_equal(theme_attributes(STYLE_LINK), theme_attributes(STYLE_ESP));
}

static short colour_of(enum style style)
{
	short foreground = -1, background = -1;

	if (PAIR_NUMBER(theme_attributes(style)))
		pair_content((short)PAIR_NUMBER(theme_attributes(style)), &foreground, &background);
	assert_int_equal(background, -1);
	return foreground;
}

static void assert_colours(void)
{
	assert_int_equal(colour_of(STYLE_NORMAL), -1);
	assert_true(colour_of(STYLE_BAD) >= 0);
	assert_int_not_equal(colour_of(STYLE_BAD), colour_of(STYLE_GOOD));
	assert_int_not_equal(colour_of(STYLE_ADDED), colour_of(STYLE_REMOVED));
	for (int i = 0; i < THEME_ESP_STYLES; i++)
		assert_true(colour_of(STYLE_ESP + i) >= 0);
	/* The loudest things are so without colour too. */
	assert_true(without_colour(STYLE_LANDING) & A_BOLD);
	assert_true(without_colour(STYLE_DECEPTIVE) & A_UNDERLINE);
	assert_true(without_colour(STYLE_STAND_IN) & A_REVERSE);
}

static void assert_8_colours(void)
{
	assert_int_equal(COLORS, 8);
	assert_colours();
	for (int style = 0; style < STYLE_COUNT; style++)
		assert_true(colour_of((enum style)style) < 8);
}

static void assert_256_colours(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	assert_int_equal(COLORS, 256);
	assert_colours();
	for (int i = 0; i < THEME_ESP_STYLES; i++)
		assert_true(g_hash_table_add(seen, GINT_TO_POINTER(colour_of(STYLE_ESP + i))));
}

static void test_terminals(void **state)
{
	(void)state;
	with_terminal("xterm-256color", true, assert_256_colours);
	with_terminal("xterm", true, assert_8_colours);
	with_terminal("linux", true, assert_8_colours);
	with_terminal("vt100", true, assert_no_colour);
	with_terminal("xterm-256color", false, assert_no_colour);
	with_terminal("xterm", false, assert_no_colour);
	with_terminal("xterm-256color", true, assert_256_colours);
}

static void test_providers(void **state)
{
	static const char *const esps[] = {"sendgrid", "mandrill", "mailgun", "amazon-ses", "brevo",
		"postmark", "sparkpost", "mailjet", "", "x"};
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(esps); i++) {
		enum style style = theme_esp(esps[i]);
		g_autofree char *copy = g_strdup(esps[i]);

		assert_true(style >= STYLE_ESP && style < STYLE_COUNT);
		assert_int_equal(style, theme_esp(copy));
		g_hash_table_add(seen, GINT_TO_POINTER(style));
	}
	/* They spread. */
	assert_true(g_hash_table_size(seen) >= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_providers),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
