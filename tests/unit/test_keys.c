/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/keys.h"

#include "tui/app.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int key(const char *name)
{
	return key_from_name(name, strlen(name));
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(key("j"), 'j');
	assert_int_equal(key("/"), '/');
	assert_int_equal(key("é"), 0xE9);
	assert_int_equal(key("😀"), 0x1F600);
	assert_int_equal(key("Enter"), '\r');
	assert_int_equal(key("enter"), '\r');
	assert_int_equal(key("Esc"), 0x1B);
	assert_int_equal(key("Space"), ' ');
	assert_int_equal(key("PgDn"), KEYS_SPECIAL + KEY_NPAGE);
	assert_int_equal(key("F1"), KEYS_SPECIAL + KEY_F(1));
	assert_int_equal(key("F12"), KEYS_SPECIAL + KEY_F(12));
	assert_int_equal(key("^L"), 'L' - '@');
	assert_int_equal(key("^"), '^');
	assert_int_equal(key("F"), 'F');
	/* Only the first characters of a longer text. */
	assert_int_equal(key_from_name("Down Up", 4), KEYS_SPECIAL + KEY_DOWN);
}

static void test_no_keys(void **state)
{
	(void)state;
	assert_int_equal(key(""), 0);
	assert_int_equal(key("jk"), 0);
	assert_int_equal(key("Ente"), 0);
	assert_int_equal(key("Enterr"), 0);
	assert_int_equal(key("^l"), 0);
	assert_int_equal(key("^LL"), 0);
	assert_int_equal(key("Fx"), 0);
	assert_int_equal(key("F1x"), 0);
	assert_int_equal(key("F99"), 0);
	assert_int_equal(key("\xFF"), 0);
	assert_int_equal(key("\xE2\x82"), 0);
}

/* What is written is what is read. */
static void test_round_trip(void **state)
{
	static const char *const names[] = {"j", "J", "é", "Enter", "Esc", "Tab", "Space",
		"Backspace", "BackTab", "Up", "Down", "Left", "Right", "PgUp", "PgDn", "Home",
		"End", "Delete", "Resize", "F1", "F10", "^A", "^L", "^_"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_not_equal(key(names[i]), 0);
		assert_string_equal(key_name(key(names[i])), names[i]);
	}
	assert_string_equal(key_name('\n'), "Enter");
	assert_string_equal(key_name(KEYS_SPECIAL + KEY_ENTER), "Enter");
	assert_string_equal(key_name('\b'), "Backspace");
}

static void down(struct screen *screen)
{
	(void)screen;
}

static void enter(struct screen *screen)
{
	(void)screen;
}

static void test_find(void **state)
{
	static const struct binding table[] = {
		{"j Down", "down", "go down", false, down},
		{"Enter  o", "open", "open it", false, enter},
		{0},
	};

	(void)state;
	assert_ptr_equal(binding_find(table, 'j'), &table[0]);
	assert_ptr_equal(binding_find(table, KEYS_SPECIAL + KEY_DOWN), &table[0]);
	/* However the terminal sends it. */
	assert_ptr_equal(binding_find(table, '\r'), &table[1]);
	assert_ptr_equal(binding_find(table, '\n'), &table[1]);
	assert_ptr_equal(binding_find(table, KEYS_SPECIAL + KEY_ENTER), &table[1]);
	assert_ptr_equal(binding_find(table, 'o'), &table[1]);
	assert_null(binding_find(table, ' '));
	assert_null(binding_find(table, 'D'));
	assert_null(binding_find(table, 0));
	assert_null(binding_find(NULL, 'j'));
}

/* ---- the tables of the console ---- */

static const struct screen_ops *const screens[] = {&screen_list, &screen_message, &screen_pager,
	&screen_help, &screen_picker, &screen_label, &screen_history, &screen_campaigns,
	&screen_samples, &screen_chain};

static void assert_no_key_twice(const struct binding *table)
{
	for (const struct binding *row = table; row && row->name; row++) {
		g_auto(GStrv) names = g_strsplit(row->keys, " ", -1);

		for (guint i = 0; names[i]; i++) {
			int pressed = key(names[i]);

			if (!pressed)
				fail_msg("%s is no key", names[i]);
			if (binding_find(table, pressed) != row)
				fail_msg("%s has two meanings", names[i]);
		}
	}
}

static void assert_explained(const struct binding *table)
{
	for (; table && table->name; table++) {
		assert_non_null(table->act);
		assert_true(table->help && *table->help);
		/* With the keys before it, it fits a line of help at 80 columns. */
		if (strlen(table->keys) > 18 || strlen(table->help) > 59)
			fail_msg("too long for a line of help: %s %s", table->keys, table->help);
	}
}

static void test_tables(void **state)
{
	(void)state;
	assert_no_key_twice(app_bindings);
	assert_explained(app_bindings);
	for (size_t i = 0; i < G_N_ELEMENTS(screens); i++) {
		assert_no_key_twice(screens[i]->bindings);
		assert_explained(screens[i]->bindings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
