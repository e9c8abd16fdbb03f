/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/shown.h"

#include <wchar.h>

struct builder {
	GString *text;
	GArray *cells;
	unsigned columns;
	unsigned combining; /* on the last cell */
	gunichar last;      /* the character before, 0 at the start */
	gunichar run;       /* the hidden character that the last cell stands for */
	unsigned run_length;
};

static void add_cell(struct builder *b, size_t source, const char *text, size_t len,
	unsigned columns, bool stand_in)
{
	struct shown_cell cell = {
		.offset = (guint32)b->text->len,
		.source = (guint32)source,
		.len = (guint8)len,
		.columns = (guint8)columns,
		.stand_in = stand_in,
		.blank = len == 1 && *text == ' ',
	};

	g_string_append_len(b->text, text, (gssize)len);
	g_array_append_val(b->cells, cell);
	b->columns += columns;
	b->combining = 0;
}

/* A stand-in is ASCII (but for ×), a column a character; each is a cell of its own so that it can
 * be clipped and wrapped. */
static void add_stand_in(struct builder *b, size_t source, const char *text)
{
	for (const char *p = text, *next; *p; p = next) {
		next = g_utf8_next_char(p);
		add_cell(b, source, p, (size_t)(next - p), 1, true);
	}
}

static void end_run(struct builder *b, size_t source)
{
	char text[40];

	if (!b->run)
		return;
	if (b->run_length > 1)
		g_snprintf(text, sizeof(text), "<U+%04X×%u>", b->run, b->run_length);
	else
		g_snprintf(text, sizeof(text), "<U+%04X>", b->run);
	add_stand_in(b, source, text);
	b->run = 0;
}

static bool is_blank(gunichar c)
{
	return c == ' ' || c == '\t' || g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR;
}

static bool is_hidden(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return true;
	default:
		break;
	}
	/* Fillers and the grapheme joiner print nothing though they are letters and marks. */
	if (c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
		c == 0x3164 || c == 0xFFA0 || c == 0x2800)
		return true;
	return wcwidth((wchar_t)c) < 0;
}

static bool is_variation_selector(gunichar c)
{
	return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF) ||
	       (c >= 0x180B && c <= 0x180F);
}

static bool is_symbol(gunichar c)
{
	GUnicodeType type = g_unichar_type(c);

	return type == G_UNICODE_OTHER_SYMBOL || type == G_UNICODE_MATH_SYMBOL ||
	       type == G_UNICODE_MODIFIER_SYMBOL;
}

/* An emoji's joiner or variation selector, which can be left out without hiding anything. */
static bool is_emoji_glue(const struct builder *b, gunichar c)
{
	if (c != 0x200D && c != 0xFE0E && c != 0xFE0F)
		return false;
	return is_symbol(b->last) || (c == 0x200D && b->last == 0xFE0F);
}

static void add_combining(struct builder *b, size_t source, const char *bytes, size_t len)
{
	struct shown_cell *cell;

	if (b->cells->len == 0) {
		g_autofree char *on_blank = g_strdup_printf(" %.*s", (int)len, bytes);
		add_cell(b, source, on_blank, len + 1, 1, false);
		b->combining = 1;
		return;
	}
	cell = &g_array_index(b->cells, struct shown_cell, b->cells->len - 1);
	if (cell->stand_in || cell->len + len > G_MAXUINT8 || b->combining >= SHOWN_MAX_COMBINING)
		return;
	g_string_append_len(b->text, bytes, (gssize)len);
	cell->len = (guint8)(cell->len + len);
	cell->blank = false;
	b->combining++;
}

static void add_character(
	struct builder *b, gunichar c, size_t source, const char *bytes, size_t len)
{
	char caret[3] = {'^', (char)(c ^ 0x40), '\0'};

	if (b->run && c == b->run) {
		b->run_length++;
		return;
	}
	end_run(b, source);
	if (is_blank(c)) {
		add_cell(b, source, " ", 1, 1, false);
	} else if (c < 0x20 || c == 0x7F) {
		add_stand_in(b, source, caret);
	} else if (is_emoji_glue(b, c)) {
		;
	} else if (is_hidden(c) || is_variation_selector(c)) {
		b->run = c;
		b->run_length = 1;
	} else if (wcwidth((wchar_t)c) == 0) {
		add_combining(b, source, bytes, len);
	} else {
		add_cell(b, source, bytes, len, (unsigned)wcwidth((wchar_t)c), false);
	}
	b->last = c;
}

struct shown *shown_new(struct span bytes)
{
	struct builder b = {.text = g_string_sized_new(bytes.len + 8),
		.cells = g_array_new(FALSE, FALSE, sizeof(struct shown_cell))};
	size_t len = MIN(bytes.len, SHOWN_MAX_BYTES);
	struct shown *shown = g_new0(struct shown, 1);

	for (size_t i = 0; i < len;) {
		/* For GLib a NUL ends the text, but here it is a character like any other. */
		gunichar c = bytes.ptr[i]
				     ? g_utf8_get_char_validated(bytes.ptr + i, (gssize)(len - i))
				     : 0;
		char invalid[5];

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			end_run(&b, i);
			g_snprintf(
				invalid, sizeof(invalid), "\\x%02x", (unsigned char)bytes.ptr[i]);
			add_stand_in(&b, i, invalid);
			b.last = 0;
			i++;
			continue;
		}
		size_t width = (size_t)(g_utf8_next_char(bytes.ptr + i) - (bytes.ptr + i));
		add_character(&b, c, i, bytes.ptr + i, width);
		i += width;
	}
	end_run(&b, len);
	if (len < bytes.len)
		add_stand_in(&b, len, "…");
	shown->columns = b.columns;
	shown->count = b.cells->len;
	shown->cells = (struct shown_cell *)(void *)g_array_free(b.cells, FALSE);
	shown->text = g_string_free(b.text, FALSE);
	return shown;
}

void shown_free(struct shown *shown)
{
	if (!shown)
		return;
	g_free(shown->text);
	g_free(shown->cells);
	g_free(shown);
}

char *shown_plain(const char *bytes)
{
	struct shown *shown = shown_new(span_from(bytes));
	char *text = g_steal_pointer(&shown->text);

	shown_free(shown);
	return text;
}

/* How many cells from `first` fit in `width`, broken at the last blank where the line does not end
 * there anyway; what indents the line is no place to break it. */
static guint32 line_length(const struct shown *shown, guint32 first, unsigned width)
{
	unsigned columns = 0;
	guint32 end = first, after_blank = first;
	bool indent = true;

	while (end < shown->count && columns + shown->cells[end].columns <= width) {
		columns += shown->cells[end].columns;
		indent &= shown->cells[end].blank;
		if (shown->cells[end++].blank && !indent)
			after_blank = end;
	}
	if (end == shown->count || shown->cells[end].blank || after_blank == first)
		return end - first;
	return after_blank - first;
}

void shown_wrap(const struct shown *shown, unsigned width, GArray *lines)
{
	guint32 at = 0;

	do {
		struct shown_line line = {at, line_length(shown, at, MAX(width, 2))};

		g_array_append_val(lines, line);
		at += line.count;
		while (line.count && at < shown->count && shown->cells[at].blank)
			at++;
	} while (at < shown->count);
}
