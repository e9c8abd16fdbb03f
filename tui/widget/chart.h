/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts over time as stacked bars: an axis of values, one of dates, a cursor on one bar, and a
 * legend that reads its values off. Each series has a letter, drawn where it ends at the top, and
 * without colour a pattern, so that it is never told by its colour alone.
 */
#ifndef ESPIAL_TUI_WIDGET_CHART_H
#define ESPIAL_TUI_WIDGET_CHART_H

#include "tui/widget/canvas.h"

/* Strings and arrays belong to the caller. */
struct chart_series {
	const char *name;
	char letter;
	enum style style;
	const guint32 *counts; /* one for each bar */
	gint64 total;
};

/* What stands under a bar, where there is room: the higher ranks first, those of rank 0 only where
 * every bar has it. */
struct chart_tick {
	char text[8]; /* ASCII; "": nothing */
	guint8 rank;
};
#define CHART_TICK_RANKS 4

struct chart {
	const struct chart_series *series; /* the first at the bottom */
	size_t series_count;
	const struct chart_series *sum; /* a last line of the legend; NULL: none */
	const struct chart_tick *ticks; /* one for each bar */
	size_t count;                   /* bars there are */
	size_t first, at; /* the first one to be seen, the one that the cursor is on */
	int pitch;        /* columns from bar to bar, at least 1 */
	bool ascii;       /* the terminal has no other characters */
};

/* Whether the locale leaves no choice but ASCII. */
bool chart_needs_ascii(void);
/* How many bars fit in that many columns; at least 1. */
int chart_bars(int width, int pitch);
/* The smallest of 1, 2, 5, 10, 20, 50 … of which at most `most` (at least 1) go into `max`. */
guint64 chart_step(guint64 max, int most);

void chart_draw(const struct chart *chart, const struct canvas *canvas);

/* The lines that the legend takes, with its heading. */
int chart_legend_lines(const struct chart *chart, int columns);
/* `heading` says what the cursor is on; the line of series number `selected` is marked (-1: none).
 */
void chart_draw_legend(const struct chart *chart, const struct canvas *canvas, int columns,
	const char *heading, int selected);

#endif
