/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/shown.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	default:
		return !((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF));
	}
}

static void check_cell(const struct shown *shown, const struct shown_cell *cell)
{
	const char *at = shown->text + cell->offset, *end = at + cell->len;
	int columns = 0, marks = -1;

	for (; at < end; at = g_utf8_next_char(at), marks++) {
		gunichar c = g_utf8_get_char(at);

		if (!is_safe(c) || (wcwidth((wchar_t)c) == 0) != (marks >= 0))
			abort();
		columns += wcwidth((wchar_t)c);
	}
	if (at != end || columns != cell->columns || marks < 0 || marks > SHOWN_MAX_COMBINING)
		abort();
}

static void check_cells(const struct shown *shown, size_t size)
{
	size_t offset = 0, source = 0;
	unsigned columns = 0;

	for (size_t i = 0; i < shown->count; i++) {
		const struct shown_cell *cell = &shown->cells[i];

		if (cell->offset != offset || cell->source < source || cell->source > size)
			abort();
		check_cell(shown, cell);
		offset += cell->len;
		source = cell->source;
		columns += cell->columns;
	}
	if (offset != strlen(shown->text) || columns != shown->columns)
		abort();
}

static void check_line(const struct shown *shown, const struct shown_line *line, unsigned width)
{
	unsigned columns = 0;

	for (guint32 i = line->first; i < line->first + line->count; i++)
		columns += shown->cells[i].columns;
	if (columns > MAX(width, 2) || (!line->count && shown->count))
		abort();
}

/* Every cell is on a line, in order, but for blanks where a line ends. */
static void check_wrap(const struct shown *shown, unsigned width)
{
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(struct shown_line));
	size_t at = 0;

	shown_wrap(shown, width, lines);
	for (guint i = 0; i <= lines->len; i++) {
		const struct shown_line *line = &g_array_index(lines, struct shown_line, i);
		size_t first = i < lines->len ? line->first : shown->count;

		for (; at < first; at++)
			if (!shown->cells[at].blank)
				abort();
		if (at != first)
			abort();
		if (i < lines->len) {
			check_line(shown, line, width);
			at += line->count;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shown *shown;

	/* Columns are those of a UTF-8 terminal. */
	setlocale(LC_CTYPE, "C.UTF-8");
	shown = shown_new((struct span){(const char *)data, size});
	if (!g_utf8_validate(shown->text, -1, NULL))
		abort();
	check_cells(shown, size);
	check_wrap(shown, size ? data[0] % 90 : 1);
	shown_free(shown);
	return 0;
}
