/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The typed line: editing, history, completion, and how it is drawn on a narrow screen in memory.
 */
#include "tui/widget/prompt.h"

#include "tui/keys.h"
#include "tui/term.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum prompt_result press(struct prompt *prompt, const char *names)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);
	enum prompt_result result = PROMPT_EDITING;

	for (guint i = 0; words[i]; i++) {
		int key = key_from_name(words[i], strlen(words[i]));

		assert_int_not_equal(key, 0);
		assert_int_equal(result, PROMPT_EDITING);
		result = prompt_key(prompt, key);
	}
	return result;
}

static void type(struct prompt *prompt, const char *text)
{
	for (const char *at = text; *at; at = g_utf8_next_char(at))
		assert_int_equal(prompt_key(prompt, (int)g_utf8_get_char(at)), PROMPT_EDITING);
}

/* The keys on a line that says `initial`; `|` in what is expected is the cursor. */
static void assert_edits(const char *initial, const char *names, const char *expected)
{
	struct prompt *prompt = prompt_new("", initial, NULL, NULL, NULL);

	if (*names)
		assert_int_equal(press(prompt, names), PROMPT_EDITING);
	/* A character marks where the cursor is. */
	type(prompt, "|");
	assert_string_equal(prompt_text(prompt), expected);
	prompt_free(prompt);
}

static void test_editing(void **state)
{
	(void)state;
	assert_edits("ab", "", "ab|");
	assert_edits("ab", "c d", "abcd|");
	assert_edits("ab", "Left", "a|b");
	assert_edits("ab", "Left Left Left", "|ab");
	assert_edits("ab", "Home", "|ab");
	assert_edits("ab", "^A Right", "a|b");
	assert_edits("ab", "Home End", "ab|");
	assert_edits("ab", "^A ^E", "ab|");
	assert_edits("ab", "Right", "ab|");
	assert_edits("abc", "Left Backspace", "a|c");
	assert_edits("abc", "Home Backspace", "|abc");
	assert_edits("abc", "Home Delete", "|bc");
	assert_edits("abc", "Delete", "abc|");
	assert_edits("abc", "Left ^U", "|c");
	assert_edits("abc", "Left ^K", "ab|");
	assert_edits("one two", "^W", "one |");
	assert_edits("one two  ", "^W", "one |");
	assert_edits("one two", "^W ^W ^W", "|");
	assert_edits("tag:a b", "Left ^W", "|b");
	assert_edits("", "Backspace Delete ^U ^K ^W Left Right", "|");
}

/* Characters are never cut. */
static void test_unicode(void **state)
{
	(void)state;
	assert_edits("né€😀", "Left", "né€|😀");
	assert_edits("né€😀", "Backspace Backspace", "né|");
	assert_edits("né€😀", "Home Right Delete", "n|€😀");
	assert_edits("né ", "€ 😀", "né €😀|");
}

static void test_keys_that_type_nothing(void **state)
{
	struct prompt *prompt = prompt_new("", "a", NULL, NULL, NULL);

	(void)state;
	assert_int_equal(press(prompt, "F1 PgUp ^L ^Z"), PROMPT_EDITING);
	assert_int_equal(prompt_key(prompt, KEYS_SPECIAL + 12345), PROMPT_EDITING);
	assert_int_equal(prompt_key(prompt, 1), PROMPT_EDITING);
	assert_int_equal(press(prompt, "Tab BackTab Up Down"), PROMPT_EDITING);
	assert_string_equal(prompt_text(prompt), "a");
	prompt_free(prompt);
}

static void test_ends(void **state)
{
	static const char *const cancel[] = {"Esc", "^G"};
	struct prompt *prompt = prompt_new("", "a", NULL, NULL, NULL);

	(void)state;
	assert_int_equal(press(prompt, "b Enter"), PROMPT_DONE);
	assert_string_equal(prompt_text(prompt), "ab");
	prompt_free(prompt);
	for (size_t i = 0; i < G_N_ELEMENTS(cancel); i++) {
		prompt = prompt_new("", "a", NULL, NULL, NULL);
		assert_int_equal(press(prompt, cancel[i]), PROMPT_CANCELLED);
		prompt_free(prompt);
	}
}

/* ---- history ---- */

static GPtrArray *history_of(const char *lines)
{
	GPtrArray *history = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) words = g_strsplit(lines, " ", -1);

	for (guint i = 0; words[i]; i++)
		g_ptr_array_add(history, g_strdup(words[i]));
	return history;
}

static void test_history(void **state)
{
	g_autoptr(GPtrArray) history = history_of("one two three");
	struct prompt *prompt = prompt_new("", "typed", history, NULL, NULL);

	(void)state;
	press(prompt, "Up");
	assert_string_equal(prompt_text(prompt), "three");
	press(prompt, "Up Up Up Up");
	assert_string_equal(prompt_text(prompt), "one");
	press(prompt, "Down");
	assert_string_equal(prompt_text(prompt), "two");
	/* What was typed comes back, and an old line can be edited. */
	press(prompt, "Down Down Down");
	assert_string_equal(prompt_text(prompt), "typed");
	press(prompt, "Up x");
	assert_string_equal(prompt_text(prompt), "threex");
	assert_int_equal(press(prompt, "Enter"), PROMPT_DONE);
	assert_int_equal(history->len, 4);
	assert_string_equal(history->pdata[2], "three");
	assert_string_equal(history->pdata[3], "threex");
	prompt_free(prompt);
}

static void test_what_is_remembered(void **state)
{
	g_autoptr(GPtrArray) history = history_of("one");
	static const char *const typed[] = {"one", "", "two", "two"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
		struct prompt *prompt = prompt_new("", typed[i], history, NULL, NULL);

		assert_int_equal(press(prompt, "Enter"), PROMPT_DONE);
		prompt_free(prompt);
	}
	struct prompt *prompt = prompt_new("", "dropped", history, NULL, NULL);
	assert_int_equal(press(prompt, "Esc"), PROMPT_CANCELLED);
	prompt_free(prompt);
	assert_int_equal(history->len, 2);
	assert_string_equal(history->pdata[1], "two");
}

/* ---- completion ---- */

/* Names of fruit that begin with the last word. */
static char **complete(void *user, const char *text, size_t *start)
{
	static const char *const names[] = {"apple", "apricot", "banana"};
	const char *blank = strrchr(text, ' ');
	GPtrArray *found = g_ptr_array_new();

	++*(int *)user;
	*start = blank ? (size_t)(blank + 1 - text) : 0;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_has_prefix(names[i], text + *start))
			g_ptr_array_add(found, g_strdup(names[i]));
	g_ptr_array_add(found, NULL);
	return (char **)g_ptr_array_free(found, FALSE);
}

static void test_completion(void **state)
{
	int asked = 0;
	struct prompt *prompt = prompt_new("", "eat ap now", NULL, complete, &asked);

	(void)state;
	press(prompt, "Left Left Left Left Tab");
	assert_string_equal(prompt_text(prompt), "eat apple now");
	press(prompt, "Tab");
	assert_string_equal(prompt_text(prompt), "eat apricot now");
	press(prompt, "Tab");
	assert_string_equal(prompt_text(prompt), "eat apple now");
	press(prompt, "BackTab");
	assert_string_equal(prompt_text(prompt), "eat apricot now");
	assert_int_equal(asked, 1);
	/* Any other key goes on from there. */
	press(prompt, "s");
	assert_string_equal(prompt_text(prompt), "eat apricots now");
	press(prompt, "Tab");
	assert_int_equal(asked, 2);
	assert_string_equal(prompt_text(prompt), "eat apricots now");
	prompt_free(prompt);
}

static void test_only_one_candidate(void **state)
{
	int asked = 0;
	struct prompt *prompt = prompt_new("", "b", NULL, complete, &asked);

	(void)state;
	press(prompt, "Tab");
	assert_string_equal(prompt_text(prompt), "banana");
	type(prompt, " b");
	press(prompt, "Tab");
	assert_string_equal(prompt_text(prompt), "banana banana");
	assert_int_equal(asked, 2);
	prompt_free(prompt);
}

/* ---- drawing ---- */

static void assert_drawn(const struct prompt *prompt, const char *line, int cursor)
{
	struct canvas canvas = term_canvas();
	int y, x;

	term_clear();
	prompt_draw(prompt, &canvas, canvas.height - 1);
	term_refresh();
	getyx(stdscr, y, x);
	g_autofree char *text = term_text();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	assert_string_equal(lines[canvas.height - 1], line);
	assert_int_equal(y, canvas.height - 1);
	assert_int_equal(x, cursor);
}

static void test_drawing(void **state)
{
	struct prompt *prompt = prompt_new("Query: ", "abc", NULL, NULL, NULL);

	(void)state;
	assert_drawn(prompt, "Query: abc", 10);
	press(prompt, "Left Left");
	assert_drawn(prompt, "Query: abc", 8);
	/* What is typed can be hostile too: it may come out of the clipboard. */
	type(prompt, "\u202E");
	assert_drawn(prompt, "Query: a<U+202E>bc", 16);
	prompt_free(prompt);
}

static void test_drawing_long_lines(void **state)
{
	struct prompt *prompt = prompt_new("Query: ", "", NULL, NULL, NULL);

	(void)state;
	for (int i = 0; i < 50; i++)
		type(prompt, "0123456789");
	/* The end is in sight, with the cursor behind it. */
	assert_drawn(prompt, "Query: 89012345678901234567890123456789", 39);
	press(prompt, "Home");
	assert_drawn(prompt, "Query: 01234567890123456789012345678901…", 7);
	press(prompt, "End 新 新");
	assert_drawn(prompt, "Query: 2345678901234567890123456789新新", 39);
	prompt_free(prompt);
}

static void test_drawing_candidates(void **state)
{
	int asked = 0;
	struct prompt *prompt = prompt_new("> ", "a", NULL, complete, &asked);
	struct canvas canvas = term_canvas();

	(void)state;
	press(prompt, "Tab");
	assert_drawn(prompt, "> apple", 7);
	g_autofree char *text = term_text();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	assert_string_equal(lines[canvas.height - 2], "apple  apricot");
	prompt_free(prompt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_editing),
		cmocka_unit_test(test_unicode),
		cmocka_unit_test(test_keys_that_type_nothing),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_what_is_remembered),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_only_one_candidate),
		cmocka_unit_test(test_drawing),
		cmocka_unit_test(test_drawing_long_lines),
		cmocka_unit_test(test_drawing_candidates),
	};
	int failed;

	if (!setlocale(LC_ALL, "C.UTF-8") || !term_start_in_memory(40, 6))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	term_stop();
	return failed;
}
