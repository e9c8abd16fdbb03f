/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/canvas.h"

#include <curses.h>
#include <wchar.h>

/* Drawing moves the terminal's cursor: where it is to rest is remembered. */
static struct {
	int y, x;
} cursor;

static attr_t look(const struct canvas *canvas, enum style style)
{
	attr_t attributes = (attr_t)theme_attributes(style);

	return canvas->selected ? attributes ^ A_REVERSE : attributes;
}

struct canvas canvas_rows(const struct canvas *canvas, int y, int height)
{
	struct canvas rows = *canvas;

	rows.y += y;
	rows.height = CLAMP(height, 0, MAX(canvas->height - y, 0));
	return rows;
}

static void put_cell(
	const struct canvas *canvas, int y, int x, const char *text, size_t len, enum style style)
{
	wchar_t wide[CCHARW_MAX + 1] = {0};
	attr_t attributes = look(canvas, style);
	const char *p = text;
	cchar_t cell;

	for (int i = 0; i < CCHARW_MAX && p < text + len; i++, p = g_utf8_next_char(p))
		wide[i] = (wchar_t)g_utf8_get_char(p);
	setcchar(&cell, wide, attributes & ~A_COLOR, (short)PAIR_NUMBER(attributes), NULL);
	mvadd_wch(canvas->y + y, canvas->x + x, &cell);
}

int canvas_cells(const struct canvas *canvas, int y, int x, int width, const struct shown *shown,
	size_t first, size_t count, enum style style)
{
	int columns = 0, drawn = 0;

	width = MIN(width, canvas->width - x);
	if (y < 0 || y >= canvas->height || x < 0 || width <= 0)
		return 0;
	for (size_t i = first; i < first + count; i++)
		columns += shown->cells[i].columns;
	for (size_t i = first; i < first + count; i++) {
		const struct shown_cell *cell = &shown->cells[i];

		if (columns > width && drawn + cell->columns >= width) {
			put_cell(canvas, y, x + drawn, "…", strlen("…"), STYLE_QUIET);
			return drawn + 1;
		}
		put_cell(canvas, y, x + drawn, shown->text + cell->offset, cell->len,
			cell->stand_in ? STYLE_STAND_IN : style);
		drawn += cell->columns;
	}
	return drawn;
}

int canvas_shown(const struct canvas *canvas, int y, int x, int width, const struct shown *shown,
	enum style style)
{
	return canvas_cells(canvas, y, x, width, shown, 0, shown->count, style);
}

int canvas_text(
	const struct canvas *canvas, int y, int x, int width, const char *bytes, enum style style)
{
	/* What is far beyond the right edge need not be looked at: every column has at most one
	 * base and its marks. */
	size_t limit = (size_t)MAX(width, 0) * 32 + 64, len;
	struct shown *shown;
	int drawn;

	if (!bytes || width <= 0)
		return 0;
	len = strnlen(bytes, limit);
	while (len + 4 > limit && bytes[len] && ((guchar)bytes[len] & 0xC0) == 0x80)
		len--;
	shown = shown_new((struct span){bytes, len});
	drawn = canvas_shown(canvas, y, x, width, shown, style);
	shown_free(shown);
	/* A flood of marks takes no columns and must not hide that there is more. */
	if (bytes[len] && drawn < width)
		drawn += canvas_text(canvas, y, x + drawn, width - drawn, "…", STYLE_QUIET);
	return drawn;
}

int canvas_printf(const struct canvas *canvas, int y, int x, int width, enum style style,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	return canvas_text(canvas, y, x, width, text, style);
}

void canvas_fill(const struct canvas *canvas, int y, int x, enum style style)
{
	if (y < 0 || y >= canvas->height)
		return;
	for (; x < canvas->width; x++)
		put_cell(canvas, y, x, " ", 1, style);
}

void canvas_rule(const struct canvas *canvas, int y, enum style style)
{
	if (y < 0 || y >= canvas->height)
		return;
	for (int x = 0; x < canvas->width; x++)
		put_cell(canvas, y, x, "─", strlen("─"), style);
}

void canvas_cursor(const struct canvas *canvas, int y, int x)
{
	cursor.y = canvas->y + CLAMP(y, 0, MAX(canvas->height - 1, 0));
	cursor.x = canvas->x + CLAMP(x, 0, MAX(canvas->width - 1, 0));
}

void canvas_place_cursor(void)
{
	move(cursor.y, cursor.x);
}
