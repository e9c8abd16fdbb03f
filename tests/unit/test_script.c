/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The script player's own rules; what it plays is tested by the screen tests.
 */
#include "tui/script.h"

#include "rules/error.h"
#include "tui/keys.h"
#include "tui/term.h"

#include <curses.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char *dir;

static char *path_of(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static struct script *read_script(const char *text, GError **error)
{
	g_autofree char *path = path_of("script");

	assert_true(g_file_set_contents(path, text, -1, NULL));
	return script_read(path, error);
}

static struct script *script_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct script *script = read_script(text, &error);

	if (!script)
		fail_msg("%s", error->message);
	return script;
}

static void assert_refused(const char *text, unsigned line, const char *what)
{
	g_autofree char *expected =
		g_strdup_printf("%s/script:%u: not a command: %s", dir, line, what);
	g_autoptr(GError) error = NULL;

	assert_null(read_script(text, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID));
	assert_string_equal(error->message, expected);
}

static void test_reading(void **state)
{
	struct script *script = script_of("# a comment\nsize 100x30\n\nkeys j\n");
	g_autoptr(GError) error = NULL;
	g_autofree char *missing = path_of("missing");

	(void)state;
	assert_int_equal(script_width(script), 100);
	assert_int_equal(script_height(script), 30);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	assert_in_range(script_now(script), now - 100, now + 100);
	script_free(script);
	script = script_of("keys j\nnow 2026-11-24T12:00:00Z\n");
	assert_int_equal(script_now(script), 1795521600);
	script_free(script);
	script = script_of("");
	assert_int_equal(script_width(script), 80);
	assert_int_equal(script_height(script), 24);
	assert_true(script_ended(script));
	script_free(script);
	assert_null(script_read(missing, &error));
	assert_non_null(strstr(error->message, "missing"));
	script_free(NULL);
}

static void test_what_is_refused(void **state)
{
	(void)state;
	assert_refused("keys j\npress j\n", 2, "press j");
	assert_refused("# x\n\nkeysj\n", 3, "keysj");
	assert_refused("Keys j", 1, "Keys j");
	assert_refused("size 80", 1, "size 80");
	assert_refused("size 0x24", 1, "size 0x24");
	assert_refused("size 80x-1", 1, "size 80x-1");
	assert_refused("size 80x2000", 1, "size 80x2000");
	assert_refused("size axb", 1, "size axb");
	assert_refused("now yesterday", 1, "now yesterday");
	assert_refused("keys j\nresize 80\n", 2, "resize 80");
	assert_refused("save-screen", 1, "save-screen");
	assert_refused("expect", 1, "expect");
	assert_refused("keys Entre", 1, "keys Entre");
}

static void assert_keys(struct script *script, const int *keys)
{
	for (; *keys; keys++) {
		assert_false(script_ended(script));
		assert_int_equal(script_next_key(script), *keys);
	}
	assert_int_equal(script_next_key(script), 0);
	assert_true(script_ended(script));
	assert_false(script_failed(script));
}

static void test_keys(void **state)
{
	static const int keys[] = {'j', '\r', KEYS_SPECIAL + KEY_NPAGE, 0x1B, 'a', ' ', 0xE9,
		0x1F600, ' ', 'L' - '@', 0};
	struct script *script =
		script_of("keys  j Enter  PgDn\n# between\nkeys Esc\ntype a é😀\nkeys Space ^L\n");

	(void)state;
	assert_keys(script, keys);
	script_free(script);
}

static void put_screen(const char *text)
{
	struct canvas canvas = term_canvas();

	term_clear();
	canvas_text(&canvas, 1, 2, canvas.width, text, STYLE_NORMAL);
	term_refresh();
}

static void test_screen(void **state)
{
	g_autofree char *path = path_of("saved"), *saved = NULL;
	g_autofree char *text = g_strdup_printf("save-screen %s\nexpect é 新 x\nrefuse y\n", path);
	struct script *script = script_of(text);

	(void)state;
	put_screen("é 新 x");
	assert_int_equal(script_next_key(script), 0);
	assert_false(script_failed(script));
	script_free(script);
	assert_true(g_file_get_contents(path, &saved, NULL, NULL));
	assert_string_equal(saved, "\n  é 新 x\n\n\n\n\n");
}

static void test_resize(void **state)
{
	static const int keys[] = {KEYS_SPECIAL + KEY_RESIZE, 'j', 0};
	struct script *script = script_of("resize 60x10\nkeys j\n");

	(void)state;
	assert_keys(script, keys);
	script_free(script);
	assert_int_equal(term_canvas().width, 60);
	assert_int_equal(term_canvas().height, 10);
	term_resize(40, 6);
}

/* What is written to stderr meanwhile. */
static char *errors_of(struct script *script)
{
	g_autofree char *path = path_of("stderr");
	int kept = dup(STDERR_FILENO), file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char *text = NULL;

	dup2(file, STDERR_FILENO);
	assert_int_equal(script_next_key(script), 0);
	dup2(kept, STDERR_FILENO);
	close(file);
	close(kept);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void assert_fails(const char *text, unsigned line, const char *what)
{
	struct script *script = script_of(text);
	g_autofree char *errors = errors_of(script);
	g_autofree char *expected = g_strdup_printf("%s/script:%u: %s\n", dir, line, what);

	assert_true(g_str_has_prefix(errors, expected));
	assert_true(script_failed(script));
	assert_true(script_ended(script));
	/* Nothing more is played. */
	assert_int_equal(script_next_key(script), 0);
	script_free(script);
}

static void test_failures(void **state)
{
	g_autofree char *nowhere = g_strdup_printf("save-screen %s/no/where\nkeys j\n", dir);

	(void)state;
	put_screen("here");
	assert_fails("# x\nexpect there\nkeys j\n", 2, "not on the screen: there");
	assert_fails("expect here\nrefuse here\nkeys j\n", 2, "on the screen: here");
	struct script *script = script_of(nowhere);
	g_autofree char *errors = errors_of(script);
	assert_true(script_failed(script));
	assert_non_null(strstr(errors, "script:1: "));
	assert_non_null(strstr(errors, "/no/where"));
	/* The screen is shown with the failure. */
	assert_non_null(strstr(errors, "\n  here\n"));
	script_free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_failures),
	};
	static const char *const files[] = {"script", "saved", "stderr"};
	int failed;

	if (!setlocale(LC_ALL, "C.UTF-8") || !term_start_in_memory(40, 6))
		return 1;
	dir = g_dir_make_tmp("espial-script-XXXXXX", NULL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	term_stop();
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = path_of(files[i]);
		g_unlink(path);
	}
	g_rmdir(dir);
	g_free(dir);
	return failed;
}
