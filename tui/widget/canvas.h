/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rectangle of the terminal to draw in. All drawing goes through here, and all text through
 * struct shown.
 */
#ifndef ESPIAL_TUI_WIDGET_CANVAS_H
#define ESPIAL_TUI_WIDGET_CANVAS_H

#include "tui/widget/shown.h"
#include "tui/widget/theme.h"

/* Set on a canvas to draw a selected line: everything on it is reversed. */
struct canvas {
	int y, x; /* on the terminal */
	int height, width;
	bool selected;
};

/* The part of a canvas from line `y` on, `height` lines of it. */
struct canvas canvas_rows(const struct canvas *canvas, int y, int height);

/* Draws cells first … first+count-1 at (y, x), in at most `width` columns; what does not fit ends
 * in `…`. Returns the columns drawn. */
int canvas_cells(const struct canvas *canvas, int y, int x, int width, const struct shown *shown,
	size_t first, size_t count, enum style style);
int canvas_shown(const struct canvas *canvas, int y, int x, int width, const struct shown *shown,
	enum style style);
/* Any bytes, made display-safe on the way; NULL draws nothing. */
int canvas_text(
	const struct canvas *canvas, int y, int x, int width, const char *bytes, enum style style);
int canvas_printf(const struct canvas *canvas, int y, int x, int width, enum style style,
	const char *format, ...) G_GNUC_PRINTF(6, 7);
/* Blanks from x to the end of the line, in that style. */
void canvas_fill(const struct canvas *canvas, int y, int x, enum style style);
/* A horizontal rule. */
void canvas_rule(const struct canvas *canvas, int y, enum style style);
/* Where the terminal's cursor rests: on what has the focus. The last call counts. */
void canvas_cursor(const struct canvas *canvas, int y, int x);
/* Puts it there, when all is drawn. */
void canvas_place_cursor(void);

#endif
