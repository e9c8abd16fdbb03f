/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Display-safe text: what each kind of hostile character becomes, and, of every character and of
 * random bytes, that nothing unsafe is left and the columns add up.
 */
#include "tui/widget/shown.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

static struct shown *shown_of(const char *bytes, size_t len)
{
	/* An exact copy lets a sanitizer see a read past the end. */
	g_autofree char *copy = g_memdup2(bytes, len);

	return shown_new((struct span){copy, len});
}

static void assert_bytes_shown(const char *bytes, size_t len, const char *expected)
{
	struct shown *shown = shown_of(bytes, len);

	assert_string_equal(shown->text, expected);
	shown_free(shown);
}

static void assert_shown(const char *bytes, const char *expected)
{
	assert_bytes_shown(bytes, strlen(bytes), expected);
}

/* ---- what holds of any text ---- */

static bool is_safe(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return false;
	case G_UNICODE_SPACE_SEPARATOR:
		return c == ' ';
	default:
		return !((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF));
	}
}

/* Returns how many characters the cell holds. */
static unsigned assert_cell(const struct shown *shown, const struct shown_cell *cell)
{
	const char *at = shown->text + cell->offset, *end = at + cell->len;
	unsigned columns = 0, count = 0;

	for (; at < end; at = g_utf8_next_char(at), count++) {
		gunichar c = g_utf8_get_char(at);
		int width = wcwidth((wchar_t)c);

		assert_true(is_safe(c));
		assert_true(count ? width == 0 : width > 0);
		columns += (unsigned)width;
	}
	assert_ptr_equal(at, end);
	assert_int_equal(columns, cell->columns);
	assert_int_equal(cell->blank, cell->len == 1 && shown->text[cell->offset] == ' ');
	return count;
}

static void assert_wraps(const struct shown *shown, unsigned width)
{
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(struct shown_line));
	size_t at = 0;

	shown_wrap(shown, width, lines);
	assert_true(lines->len >= 1);
	for (guint i = 0; i < lines->len; i++) {
		const struct shown_line *line = &g_array_index(lines, struct shown_line, i);
		unsigned columns = 0;

		/* Only blanks go, and only where a line ends. */
		for (; at < line->first; at++)
			assert_true(shown->cells[at].blank);
		assert_int_equal(at, line->first);
		assert_true(line->count > 0 || shown->count == 0);
		for (guint32 c = 0; c < line->count; c++)
			columns += shown->cells[at++].columns;
		assert_true(columns <= MAX(width, 2));
	}
	for (; at < shown->count; at++)
		assert_true(shown->cells[at].blank);
}

static void assert_properties(const char *bytes, size_t len)
{
	struct shown *shown = shown_of(bytes, len);
	unsigned columns = 0;
	size_t offset = 0, source = 0;

	assert_true(g_utf8_validate(shown->text, -1, NULL));
	for (size_t i = 0; i < shown->count; i++) {
		const struct shown_cell *cell = &shown->cells[i];

		assert_int_equal(cell->offset, offset);
		assert_true(cell->source >= source && cell->source <= len);
		assert_true(assert_cell(shown, cell) <= 1 + SHOWN_MAX_COMBINING);
		offset += cell->len;
		source = cell->source;
		columns += cell->columns;
	}
	assert_int_equal(offset, strlen(shown->text));
	assert_int_equal(columns, shown->columns);
	for (unsigned width = 1; width < 12; width++)
		assert_wraps(shown, width);
	assert_wraps(shown, 80);
	shown_free(shown);
}

/* ---- what becomes of what ---- */

static void test_plain_text(void **state)
{
	(void)state;
	assert_shown("", "");
	assert_shown("Invoice #7 <a@example.com>", "Invoice #7 <a@example.com>");
	assert_shown("Grüße, señor — Привет 你好 مرحبا", "Grüße, señor — Привет 你好 مرحبا");
	assert_shown("<U+202E>", "<U+202E>");
}

static void test_controls(void **state)
{
	(void)state;
	for (char c = 1; c < 0x20; c++) {
		const char input[] = {'a', c, 'b', '\0'};
		const char expected[] = {'a', '^', (char)(c | 0x40), 'b', '\0'};

		assert_shown(input, c == '\t' ? "a b" : expected);
	}
	assert_shown("a\x7F", "a^?");
	assert_bytes_shown("a\0b", 3, "a^@b");
	assert_shown("Subject\r\nBcc: x", "Subject^M^JBcc: x");
}

static void test_escape_sequences(void **state)
{
	(void)state;
	assert_shown("\x1B[2J\x1B[1;1H", "^[[2J^[[1;1H");
	assert_shown("\x1B]0;title\x07", "^[]0;title^G");
	assert_shown("\x1B]52;c;Y3Vy\x1B\\", "^[]52;c;Y3Vy^[\\");
	assert_shown("\x1BP+q544e\x1B\\", "^[P+q544e^[\\");
	assert_shown("\x1B_payload\x1B\\\x1B^x\x1BXy\x1B"
		     "c",
		"^[_payload^[\\^[^x^[Xy^[c");
}

static void test_c1(void **state)
{
	(void)state;
	for (gunichar c = 0x80; c < 0xA0; c++) {
		char input[8] = {0};
		g_autofree char *expected = g_strdup_printf("<U+%04X>", c);

		g_unichar_to_utf8(c, input);
		assert_shown(input, expected);
	}
	/* The same as bare bytes is no UTF-8. */
	assert_shown("\x9B"
		     "31m",
		"\\x9b31m");
	assert_shown("\xC2\x9B"
		     "31m\xC2\x9D"
		     "0;x\xC2\x9C",
		"<U+009B>31m<U+009D>0;x<U+009C>");
}

static void test_bidi_and_invisible(void **state)
{
	static const gunichar hidden[] = {0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5,
		0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B,
		0x202C, 0x202D, 0x202E, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069,
		0x206A, 0x206F, 0x2800, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB,
		0xFFFE, 0xE000, 0xF8FF, 0x1D173, 0xE0001, 0xE0020, 0xE0041, 0xE007F, 0xE0100,
		0xE01EF, 0xF0000, 0x10FFFD};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
		char character[8] = {0};
		g_autofree char *expected = g_strdup_printf("a<U+%04X>b", hidden[i]);

		g_unichar_to_utf8(hidden[i], character);
		g_autofree char *input = g_strdup_printf("a%sb", character);
		assert_shown(input, expected);
	}
	assert_shown("Report \u202Egpj.exe\u202C", "Report <U+202E>gpj.exe<U+202C>");
	/* Runs of one kind are counted, so that padding cannot push text out of sight. */
	assert_shown("a\u200B\u200B\u200Bb", "a<U+200B×3>b");
	assert_shown("\u200B\u200B\u200C\u200B", "<U+200B×2><U+200C><U+200B>");
}

static void test_blanks(void **state)
{
	struct shown *shown = shown_of("a\u00A0b\u2003c\u3000d\u1680e\u202Ff",
		strlen("a\u00A0b\u2003c\u3000d\u1680e\u202Ff"));

	(void)state;
	assert_string_equal(shown->text, "a b c d e f");
	assert_int_equal(shown->columns, 11);
	assert_true(shown->cells[1].blank && !shown->cells[1].stand_in);
	shown_free(shown);
}

static void test_not_utf8(void **state)
{
	(void)state;
	assert_shown("caf\xE9", "caf\\xe9");
	/* Truncated, overlong, surrogates, beyond Unicode: every byte by itself. */
	assert_shown("\xE2\x82", "\\xe2\\x82");
	assert_shown("\xE2\x82x", "\\xe2\\x82x");
	assert_shown("\xF0\x9F\x92", "\\xf0\\x9f\\x92");
	assert_shown("\xC0\x80\xC0\x9B", "\\xc0\\x80\\xc0\\x9b");
	assert_shown("\xE0\x80\x9B", "\\xe0\\x80\\x9b");
	assert_shown("\xED\xA0\x80", "\\xed\\xa0\\x80");
	assert_shown("\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	assert_shown("\xFF\xFE"
		     "a",
		"\\xff\\xfea");
	assert_shown("\x80\xBF", "\\x80\\xbf");
	/* What is written like a stand-in is none: they are drawn apart. */
	struct shown *shown = shown_of("\\xe9\xE9", 5);
	assert_string_equal(shown->text, "\\xe9\\xe9");
	assert_false(shown->cells[0].stand_in);
	assert_true(shown->cells[4].stand_in);
	shown_free(shown);
}

static void test_wide(void **state)
{
	struct shown *shown = shown_of("新書x", strlen("新書x"));

	(void)state;
	assert_int_equal(shown->count, 3);
	assert_int_equal(shown->columns, 5);
	assert_int_equal(shown->cells[1].columns, 2);
	assert_int_equal(shown->cells[1].source, 3);
	shown_free(shown);
}

static void test_combining(void **state)
{
	g_autoptr(GString) flood = g_string_new("e");
	struct shown *shown;

	(void)state;
	shown = shown_of("e\u0301\u0323x", strlen("e\u0301\u0323x"));
	assert_int_equal(shown->count, 2);
	assert_int_equal(shown->columns, 2);
	assert_string_equal(shown->text, "e\u0301\u0323x");
	shown_free(shown);
	for (int i = 0; i < 1000; i++)
		g_string_append(flood, "\u0336");
	g_string_append_c(flood, 'x');
	shown = shown_of(flood->str, flood->len);
	assert_int_equal(shown->count, 2);
	assert_int_equal(shown->cells[0].len, 1 + 2 * SHOWN_MAX_COMBINING);
	shown_free(shown);
	/* Marks stand on something of their own: not on the frame, nor on a stand-in. */
	assert_shown("\u0301x", " \u0301x");
	assert_shown("\u0301\u0301\u0301\u0301\u0301\u0301x", " \u0301\u0301\u0301\u0301x");
	shown = shown_of("\x1B\u0301x", strlen("\x1B\u0301x"));
	assert_string_equal(shown->text, "^[x");
	shown_free(shown);
}

static void test_emoji(void **state)
{
	struct shown *shown = shown_of("👩‍💻❤️!", strlen("👩‍💻❤️!"));

	(void)state;
	assert_string_equal(shown->text, "👩💻❤!");
	shown_free(shown);
	/* The joiner is only left out where it joins emoji. */
	assert_shown("pay\u200Dpal", "pay<U+200D>pal");
	assert_shown("pay\uFE0Fpal", "pay<U+FE0F>pal");
	assert_shown("👩\u200D\u200Dx", "👩<U+200D>x");
}

static void test_too_long(void **state)
{
	g_autofree char *bytes = g_strnfill(SHOWN_MAX_BYTES + 10, 'x');
	struct shown *shown = shown_of(bytes, SHOWN_MAX_BYTES + 10);

	(void)state;
	assert_int_equal(shown->count, SHOWN_MAX_BYTES + 1);
	assert_true(g_str_has_suffix(shown->text, "x…"));
	assert_true(shown->cells[SHOWN_MAX_BYTES].stand_in);
	shown_free(shown);
}

static void test_plain(void **state)
{
	g_autofree char *text = shown_plain("a\x1B[31m\u202E\xFF");

	(void)state;
	assert_string_equal(text, "a^[[31m<U+202E>\\xff");
}

/* ---- wrapping ---- */

static void assert_lines(const char *text, unsigned width, const char *expected)
{
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(struct shown_line));
	g_autoptr(GString) all = g_string_new(NULL);
	struct shown *shown = shown_of(text, strlen(text));

	shown_wrap(shown, width, lines);
	for (guint i = 0; i < lines->len; i++) {
		const struct shown_line *line = &g_array_index(lines, struct shown_line, i);

		for (guint32 c = line->first; c < line->first + line->count; c++)
			g_string_append_len(
				all, shown->text + shown->cells[c].offset, shown->cells[c].len);
		g_string_append_c(all, '|');
	}
	assert_string_equal(all->str, expected);
	shown_free(shown);
}

static void test_wrap(void **state)
{
	(void)state;
	assert_lines("", 10, "|");
	assert_lines("ten columns", 11, "ten columns|");
	assert_lines("ten columns", 10, "ten |columns|");
	assert_lines("one two three", 7, "one two|three|");
	assert_lines("one two three", 8, "one two |three|");
	assert_lines("https://example.com/", 8, "https://|example.|com/|");
	assert_lines("to https://example.com/", 8, "to |https://|example.|com/|");
	/* A wide character is never cut. */
	assert_lines("a新書", 4, "a新|書|");
	assert_lines("新書", 1, "新|書|");
	assert_lines("e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301|");
	assert_lines("a    b", 3, "a  |b|");
	/* What is indented stays so. */
	assert_lines("  ab", 10, "  ab|");
}

/* ---- everything ---- */

static void test_every_character(void **state)
{
	(void)state;
	for (gunichar c = 0; c <= 0x10FFFF; c++) {
		char text[16] = "x";
		int len;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		len = 1 + g_unichar_to_utf8(c, text + 1);
		text[len] = 'y';
		struct shown *shown = shown_of(text, (size_t)len + 1);
		unsigned columns = 0;
		for (size_t i = 0; i < shown->count; i++) {
			assert_cell(shown, &shown->cells[i]);
			columns += shown->cells[i].columns;
		}
		assert_int_equal(columns, shown->columns);
		assert_int_equal(shown->text[0], 'x');
		assert_int_equal(shown->text[strlen(shown->text) - 1], 'y');
		shown_free(shown);
	}
}

static void test_random_text(void **state)
{
	static const char *const pieces[] = {"a", " ", "  ", "新", "e\u0301", "\u0336", "\x1B[",
		"\u202E", "\u200B", "\uFE0F", "👩", "\u200D", "\xE2", "\x80", "\xFF", "\n", "\u3000",
		"\U000E0041"};
	g_autoptr(GRand) random = g_rand_new_with_seed(7);

	(void)state;
	for (int round = 0; round < 3000; round++) {
		g_autoptr(GString) text = g_string_new(NULL);
		int length = g_rand_int_range(random, 0, 40);

		for (int i = 0; i < length; i++) {
			if (g_rand_int_range(random, 0, 4) == 0)
				g_string_append_c(text, (char)g_rand_int_range(random, 0, 256));
			else
				g_string_append(text,
					pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
		}
		assert_properties(text->str, text->len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_text),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_escape_sequences),
		cmocka_unit_test(test_c1),
		cmocka_unit_test(test_bidi_and_invisible),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_combining),
		cmocka_unit_test(test_emoji),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_random_text),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
